"""In which language is a text written?

Scripts answer for Chinese, Japanese, Korean and a dozen others, however short the text is; packaged detectors fail there. Among
languages in Latin and Cyrillic letters function words answer. Chinese with English words in it is Chinese.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

UNKNOWN = "und"

_READ = 400
_ENOUGH_WORDS = 8
_LATIN_LANGUAGES = frozenset(
    [
        "en",
        "de",
        "fr",
        "es",
        "pt",
        "it",
        "nl",
        "id",
        "tr",
        "pl",
        "sv",
        "da",
        "fi",
        "cs",
        "ro",
        "hu",
        "vi",
        "tl",
        "ms",
        "no",
    ]
)
_STRETCHED = re.compile(r"([a-z])\1\1+")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LATIN_WORD = re.compile("[a-z\u00df-\u024f\u1e00-\u1eff]+(?:['’][a-z]+)?")
_SCRIPTS = {
    "ja": re.compile("[\u3040-\u30ff]"),
    "ko": re.compile("[\uac00-\ud7af\u1100-\u11ff]"),
    "ru": re.compile("[\u0400-\u04ff]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "he": re.compile("[\u0590-\u05ff]"),
    "el": re.compile("[\u0370-\u03ff]"),
    "th": re.compile("[\u0e00-\u0e7f]"),
    "hi": re.compile("[\u0900-\u097f]"),
    "bn": re.compile("[\u0980-\u09ff]"),
    "ta": re.compile("[\u0b80-\u0bff]"),
    "te": re.compile("[\u0c00-\u0c7f]"),
    "ka": re.compile("[\u10a0-\u10ff]"),
    "hy": re.compile("[\u0530-\u058f]"),
    "my": re.compile("[\u1000-\u109f]"),
    "km": re.compile("[\u1780-\u17ff]"),
}
_ALIEN = "\u0370-\u11ff\u1780-\u17ff\u3040-\u30ff\uac00-\ud7af"
_OTHER = re.compile(f"[{_ALIEN}]")
"""A letter of any of these scripts."""
_NONE = dict.fromkeys(_SCRIPTS, 0)
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff\u212a\u212b"
_PLAINLY_CHINESE = re.compile(
    rf"(?=(?:[^\u3400-\u9fff]*+[\u3400-\u9fff]){{12}})[^{_ALIEN}{_LATIN}]*+(?:[{_LATIN}]++[^{_ALIEN}{_LATIN}]*+){{0,24}}+"
)
"""Twelve Chinese characters, up to twenty-four runs of Latin letters, and no letter of another script."""
_UKRAINIAN = re.compile("[іїєґ]", re.IGNORECASE)
_PERSIAN = re.compile("[پچژگ]")
_APART = {code: chr(code) if chr(code).isalpha() else " " for code in range(128)}
"""Leaves nothing but letters and blanks of text in ASCII."""
_NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|[\w.%+-]{1,64}@[\w.-]{1,63}|[@#]\w+|\b\w*\d\w*\b")


def detect(text: str) -> str:
    """Name a text's language.

    Returns:
        An ISO 639-1 code, or `und` where there are no letters, or Latin words that no list of ours knows.
    """
    sample = text[:_READ]
    if sample.isascii():
        return _latin_language(sample)
    if _PLAINLY_CHINESE.fullmatch(sample):
        return "zh"
    han = sum(map(len, _HAN.findall(sample)))
    counts = (
        {code: len(letters.findall(sample)) for code, letters in _SCRIPTS.items()} if _OTHER.search(sample) else _NONE
    )
    code, most = max(counts.items(), key=lambda pair: pair[1])
    if counts["ja"] and counts["ja"] * 4 >= han:
        return "ja"
    # One Chinese character says about as much as one English word of five letters.
    latin = len(_LATIN_WORD.findall(sample.lower()))
    if han and han >= most:
        return "zh" if han * 2 >= latin else _latin_language(sample)
    if most > latin:
        return _close_relative(code, sample)
    return _latin_language(sample)


def settle(mark: str, text: str) -> str:
    """Decide between the language that a source claims and the one that the letters show.

    A help desk's language mark is often its default. Letters of another script overrule it; among Latin languages it is
    believed unless the text is long enough to tell.

    Args:
        mark: `zh-CN`, `en`, `und`, or anything else.
        text: The author's own words.
    """
    claimed = re.split("[-_]", mark.strip().lower(), maxsplit=1)[0] if mark else UNKNOWN
    found = detect(text)
    if len(claimed) != 2 or not claimed.isascii() or claimed == found:
        return found
    if found == UNKNOWN:
        return claimed if claimed in _LATIN_LANGUAGES or not _LATIN_WORD.search(text[:_READ].lower()) else UNKNOWN
    is_plain = found in _LATIN_LANGUAGES and claimed in _LATIN_LANGUAGES
    return claimed if is_plain and len(text.split()) < _ENOUGH_WORDS else found


def is_common_english(word: str) -> bool:
    """Say whether a word in lower case is one of the common English ones."""
    return word in _word_lists()[0]


def unstretched(low: str) -> str:
    """Write stretched letters as they are spelt most often: twice for e, o, l, s, t and f ("sooo", "yesss"), else once."""
    return _STRETCHED.sub(lambda run: run[1] * 2 if run[1] in "eolstf" else run[1], low)


def _close_relative(code: str, sample: str) -> str:
    if code == "ru" and _UKRAINIAN.search(sample):
        return "uk"
    if code == "ar" and len(_PERSIAN.findall(sample)) > 1:
        return "fa"
    return code


def _latin_language(sample: str) -> str:
    """Weigh function words. English is believed when common English words make up enough of the text."""
    if _is_plainly_english(sample):
        return "en"
    words = _LATIN_WORD.findall(_NOT_WORDS.sub(" ", unstretched(sample.lower().replace("’", "'"))))
    if not words:
        return UNKNOWN
    known, others = _word_lists()
    foreign = [word for word in words if word not in known]
    english = len(words) - len(foreign)
    if len(foreign) <= english:
        return "en"
    best, hits = max(
        ((code, sum(map(own.__contains__, foreign))) for code, own in others.items()), key=lambda pair: pair[1]
    )
    if hits > english or (hits > 1 and hits * 2 > english):
        return best
    return "en" if english * 3 >= len(words) else UNKNOWN


def _is_plainly_english(sample: str) -> bool:
    """Say whether common English words that stand free are half of all words: most English texts need no closer look."""
    low = sample.lower()
    known, _ = _word_lists()
    common = 2 * sum(map(known.__contains__, low.split()))
    if low.isascii() and 0 < len(low.translate(_APART).split()) <= common:  # it counts "don't" twice, so never too few
        return True
    return 0 < len(_LATIN_WORD.findall(low)) <= common


@lru_cache(maxsize=1)
def _word_lists() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Load the common English words and the other languages' function words, none of which is a common English word."""
    folder = files("feedbackloop.understanding") / "words"
    english = frozenset((folder / "english_common.txt").read_text(encoding="utf-8").split())
    others = {}
    for line in (folder / "function_words.txt").read_text(encoding="utf-8").splitlines():
        code, _, words = line.partition(":")
        if words and code != "en" and not line.startswith("#"):
            others[code] = frozenset(words.split()) - english
    return english, others
