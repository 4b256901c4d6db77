"""Makes the word lists that are not written by hand: common English words, those of them with feeling, traditional characters.

    python benchmarks/make_word_lists.py --data FOLDER [--dictionary FILE …]

A dictionary has a word a line (Debian's `wamerican` and `wbritish` 2020.12.07); without one the words that are one slip from a
word of feeling stay as they are. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path
from typing import Any

import sentiment_sets as sets
from snownlp.normal.zh import zh2hans

from feedbackloop.understanding import language
from feedbackloop.understanding.sentiment import typos

WORDS = Path(language.__file__).parent / "words"
MINIMUM = 6
"""Texts in which a word must stand to be called common."""

LONG = 6
"""Letters of a word at which a typing error is read: shorter words are one slip from too many others."""
CLEAR = (0.7, 1.2, 2.0)
"""From which strength on VADER's, Pattern's and our own words are clear."""

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_SCOWL = """\
# English words that are one slip from a word of feeling, from SCOWL: Copyright 2000-2011 by Kevin Atkinson. Permission to use,
# copy, modify, distribute and sell these word lists, the associated scripts, the output created from the scripts, and its
# documentation for any purpose is hereby granted without fee, provided that the above copyright notice appears in all copies and
# that both that copyright notice and this permission notice appear in supporting documentation. Kevin Atkinson makes no
# representations about the suitability of this array for any purpose. It is provided "as is" without express or implied warranty.
"""
_HEAD = "# Traditional characters and, below, the simplified ones, from snownlp (MIT, Copyright (c) 2013 isnowfy).\n"


def common_english(folder: Path, function_words: Path) -> list[str]:
    """Give the words of many English texts, without other languages' function words."""
    counts: Counter[str] = Counter()
    for example in sets.english(folder):
        if example.source != "own":
            counts.update(set(_WORD.findall(example.text.lower().replace("’", "'"))))
    lines = [line.partition(":") for line in function_words.read_text(encoding="utf-8").splitlines()]
    own = {code: set(words.split()) for code, _, words in lines if words}
    foreign = set().union(*(words for code, words in own.items() if code != "en")) - own["en"]
    return sorted(
        word
        for word, count in counts.items()
        if count >= MINIMUM and word not in foreign and (len(word) > 1 or word in "ai")
    )


def with_feeling(words: list[str], service: Path) -> list[str]:
    """Give the longer common words to which VADER's, Pattern's or our own lexicon gives a clear feeling."""
    lexicons = zip(sets.english_lexicons(service), CLEAR, strict=False)
    clear = {word for lexicon, least in lexicons for word, strength in lexicon.items() if abs(strength) >= least}
    return [word for word in words if word in clear and word.isalpha() and len(word) >= LONG]


def near_feeling(dictionaries: list[Path]) -> list[str]:
    """Give the dictionaries' words that would be read as a typing error of a word of feeling."""
    words = {word for path in dictionaries for word in path.read_text(encoding="utf-8").lower().splitlines()}
    return sorted(word for word in words if word.isascii() and word.isalpha() and typos.mended(word) != word)


def simplified(pairs: dict[str, Any]) -> str:
    """Give the single characters and their simplified forms, one line each."""
    single = {old: new for old, new in pairs.items() if len(old) == len(new) == 1 and old not in {new, "著"}}
    old = sorted(single)
    return "".join(old) + "\n" + "".join(single[one] for one in old) + "\n"


def main() -> None:
    """Write the lists."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with the open sets as JSON lines")
    parser.add_argument("--dictionary", type=Path, nargs="*", help="words, one a line")
    options = parser.parse_args()
    folder = options.data
    words = common_english(folder, WORDS / "function_words.txt")
    (WORDS / "english_common.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    feelings = with_feeling(words, WORDS / "english_service.txt")
    (WORDS / "english_feelings.txt").write_text("\n".join(feelings) + "\n", encoding="utf-8")
    if options.dictionary:
        (WORDS / "english_near.txt").write_text(_SCOWL, encoding="utf-8")
        near = near_feeling(options.dictionary)
        (WORDS / "english_near.txt").write_text(_SCOWL + "\n".join(near) + "\n", encoding="utf-8")
    (WORDS / "chinese_traditional.txt").write_text(_HEAD + simplified(zh2hans), encoding="utf-8")


if __name__ == "__main__":
    main()
