"""What else does a text tell: effort, emotion, what it asks for, and whether the customer is leaving?

    effort          0..1, from how often and over how many channels somebody had to come back; `contacts` and
                    `channels` are the counts
    emotion         anger, disappointment, worry, confusion, gratitude or joy
    actionability   "answer" (something is asked or wanted), "idea" (a suggestion), "noise" (nothing to act on)
    churn           1.0 where somebody says that he leaves or warns others off
    escalation      1.0 where he turns to lawyers, authorities, the press or a manager
    suggestion      1.0 where an improvement is proposed

What does not show itself is left out, apart from `actionability`. All are hints by wording (`words/signals.toml`); how
good each is, and what was tried and left out, says `docs/signals.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.lexicon.lists import joined, table
from feedbackloop.understanding.lexicon.scan import names, seen
from feedbackloop.understanding.quantity import zh as quantity_zh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from feedbackloop.records import Text

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_CARDINALS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NUMBERS = (
    {word: n for words in (_ORDINALS, _CARDINALS, "一二三四五六七八九十") for n, word in enumerate(words, 1)}
    | {"couple of": 2, "several": 3, "multiple": 3, "many": 4, "numerous": 4, "countless": 8}
    | {"两": 2, "几": 3, "多": 3, "数": 3, "无": 8}
)
_SOME = 3
"""How often "again and again" is, and what number a word that names none stands for."""
_MOST_CONTACTS = 20
_BAD, _GOOD = ("anger", "disappointment", "worry", "confusion"), ("gratitude", "joy")
"""Of equally strong ones of a side the first is given; where a bad and a good one are equally strong, none."""
_DENIED = {
    "en": re.compile(
        r"(?:\b(?:not|no|never|hardly|without|nothing|less|cannot|dont|cant|if (?:you|this|it))|n't)(?: [a-z']+){0,2} $"
        r"|as far as $"
    ),
    "zh": re.compile(r"(?:[不没无未别]|没有)[很太是那么怎大再让我们感到觉得要会能用必需]{0,3}$"),
}
"""What stands before a word of emotion that is denied or only supposed: "not at all happy", "if you are worried", 不是很满意."""
_THANKS = "gratitude"
"""Is never denied: "can't thank you enough"."""
_MOST = 40
"""Triggers of one mark that are looked at."""
_BEFORE, _AFTER = 24, 60
"""Characters around a trigger in which its mark is looked for."""
_DIGIT = re.compile("[0-9]")
_ASKING = re.compile(
    r"\b(?:call|contact|phon|rang|ask|e-?mail|wr[io]t|spoke|talk|chat|tried|trying|try |attempt|request|complain|reach|report"
    r"|submit|sent |send |explain|told |disput|messag|visit|open)"
)
"""Three times is an effort where somebody asked three times, not where he dined."""
_THEIR_CALLS = re.compile(r"\b(?:they|them|who) (?:\w+ ){0,3}call|\bcall(?:s|ed|ing)? (?:me|my|us|family)\b|harass")
"""Who is called, by a debt collector for one, has no effort of his own."""
_OWN_WAY = {
    "en": re.compile(
        r"\b(?:i|we|i've|we've|have|had|and|then|also|even)"
        r" (?:called|phoned|rang|e-?mailed|wrote|sent|chatted|tweeted|visited|went|contacted|spoke|dm'?d|faxed|mailed|drove"
        r"|used)\b"
    ),
    "zh": re.compile(""),
}
"""Two channels are an effort where the customer went over them; addresses and forms name channels too."""
_FLAGS = ("churn", "escalation", "suggestion")


def read(text: Text) -> dict[str, float | str]:
    """Give the signals of one text of a customer; {} for languages that are not read."""
    language = lexicon_text.reading(text.text, text.language)
    if language is None or not text.text.strip():
        return {}
    words = lexicon_text.normalised(text.text, language)
    found = seen(words, language)
    signs: dict[str, list[int]] = {}
    names_of = names("signals", language)
    for number, start, _ in found.signals:
        for name in names_of[number]:
            signs.setdefault(name, []).append(start)
    signals: dict[str, float | str] = {name: 1.0 for name in _FLAGS if _shows(name, words, language, signs)}
    signals |= _effort(words, language, signs)
    emotion = _emotion(
        [
            name
            for number, start, _ in found.emotions
            for name in names("emotions", language)[number]
            if not _is_denied(name, start, words, language)
        ]
    )
    if emotion:
        signals["emotion"] = emotion
    signals["actionability"] = _actionability(signals, asks=_asks(words, language, signs))
    return signals


@cache
def _mark(name: str, language: str) -> re.Pattern[str]:
    return re.compile(joined(table("signals")[language]["marks"][name]["pattern"], {}))


@cache
def _near(name: str, language: str) -> re.Pattern[str]:
    """Give the pattern that matches up to a mark that begins `_BEFORE` characters later at most.

    `re` cannot be told where to give up a search: to the end of the window it would try four times as many places.
    """
    return re.compile(rf"(?s:.{{0,{_BEFORE}}}?)(?={_mark(name, language).pattern})")


def _shows(name: str, words: str, language: str, signs: dict[str, list[int]]) -> bool:
    """Say whether a mark begins a little before one of its triggers, or at it."""
    places = signs.get(name, ())[:_MOST]
    return any(_near(name, language).match(words, max(0, at - _BEFORE), at + _AFTER) for at in places)


def _asks(words: str, language: str, signs: dict[str, list[int]]) -> bool:
    """Say whether anything is asked or wanted around a trigger: much that says so ("my order has not") has none of its own."""
    if "?" in words or "？" in words:
        return True
    places = signs.get("question", ())[:_MOST]
    return any(_mark("question", language).search(words, max(0, at - _BEFORE), at + _AFTER) for at in places)


def _all(name: str, words: str, language: str, places: Iterable[int]) -> Iterator[re.Match[str]]:
    """Give the marks that stand around places, in the order of the text, each once."""
    near, mark, last = _near(name, language), _mark(name, language), 0
    for at in places:
        while at >= last and (before := near.match(words, max(last, at - _BEFORE))):
            match = mark.match(words, before.end())
            if match is None:
                break
            last = match.end()
            yield match


def _effort(words: str, language: str, signs: dict[str, list[int]]) -> dict[str, float | str]:
    """Count contacts and channels; where no more than one channel is named, only more than one contact is an effort."""
    named = signs.get("channels", [])
    if len(named) < 2 and "contact" not in signs:
        return {}
    counted = (one for one in _all("contact", words, language, _counted(words, language, signs)) if _is_contact(one))
    contacts = max(map(_contacts, counted), default=0)
    if len(named) < 2 and contacts < 2:
        return {}
    channels = len({match.lastgroup for match in _all("channels", words, language, named)})
    if contacts < 2 and (channels < 2 or not _OWN_WAY[language].search(words)):
        return {}
    effort = min(1.0, 0.2 * max(0, contacts - 1) + 0.25 * max(0, channels - 1))
    return {"effort": round(effort, 2), "contacts": float(contacts), "channels": float(channels)}


def _counted(words: str, language: str, signs: dict[str, list[int]]) -> list[int]:
    """Give where contacts may be counted: in English also at digits, for not all that is counted is a trigger ("3 reps")."""
    places = signs.get("contact", [])
    return sorted([*places, *(digit.start() for digit in _DIGIT.finditer(words))]) if language == "en" else places


def _is_contact(match: re.Match[str]) -> bool:
    """Say whether what was counted are contacts of the customer's: times and occasions need a word of asking near them."""
    around = match.string, max(0, match.start() - _AFTER), match.end() + _AFTER
    if _THEIR_CALLS.search(*around):
        return False
    return not match[0].endswith(("time", "times", "occasions")) or bool(_ASKING.search(*around))


def _contacts(match: re.Match[str]) -> int:
    said = match["number"] or match["nth"]
    if match["again"] or not said:
        return _SOME
    digits = "".join(character for character in said if character in "0123456789")
    if digits:
        return min(int(digits), _MOST_CONTACTS)
    ends = quantity_zh.numeral(said) if "十" in said else None
    return min(int(ends[0]), _MOST_CONTACTS) if ends else _NUMBERS.get(said, _SOME)


def _is_denied(name: str, start: int, words: str, language: str) -> bool:
    return name != _THANKS and bool(_DENIED[language].search(words, max(0, start - _BEFORE), start))


def _emotion(found: Sequence[str]) -> str | None:
    counts = Counter(found)
    bad, good = (max(side, key=lambda name: counts[name]) for side in (_BAD, _GOOD))
    if counts[bad] == counts[good]:
        return None
    return max(bad, good, key=lambda name: counts[name])


def _actionability(signals: dict[str, float | str], *, asks: bool) -> str:
    if asks or "escalation" in signals:
        return "answer"
    return "idea" if "suggestion" in signals else "noise"
