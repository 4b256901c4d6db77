"""What else does a text tell: effort, emotion, what it asks for, and whether the customer is leaving?

    effort          0..1, from how often and over how many channels somebody had to come back; `contacts` and `channels` are the counts
    emotion         anger, disappointment, worry, confusion, gratitude or joy
    actionability   "answer" (something is asked or wanted), "idea" (a suggestion), "noise" (nothing to act on)
    churn           1.0 where somebody says that he leaves or warns others off
    escalation      1.0 where lawyers, authorities, the press or a manager are named
    suggestion      1.0 where an improvement is proposed
    unasked_need    1.0 where somebody tells of a workaround or of something that he could not find, without asking for it

What does not show itself is left out, apart from `actionability`. All are hints by wording: how good each is stands in the docs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop.understanding import expectation_text, signals_words

if TYPE_CHECKING:
    from feedbackloop.records import Text

_NUMBERS = {
    "two": 2,
    "couple of": 2,
    "second": 2,
    "three": 3,
    "third": 3,
    "four": 4,
    "fourth": 4,
    "five": 5,
    "fifth": 5,
    "six": 6,
    "sixth": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "several": 3,
    "many": 4,
    "multiple": 3,
    "numerous": 4,
    "countless": 8,
    "两": 2,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "几": 3,
    "多": 3,
    "数": 3,
    "无": 8,
}
_FLAGS = ("churn", "escalation", "suggestion", "unasked_need")


def read(text: Text) -> dict[str, float | str]:
    """Give the signals of one text of a customer; {} for languages that are not read."""
    language = expectation_text.reading(text.text, text.language)
    if language is None or not text.text.strip():
        return {}
    words = expectation_text.normalised(text.text, language)
    signals: dict[str, float | str] = {name: 1.0 for name in _FLAGS if signals_words.mark(name, language).search(words)}
    signals |= _effort(words, language)
    emotion = _emotion(words, language)
    if emotion:
        signals["emotion"] = emotion
    signals["actionability"] = _actionability(words, language, signals)
    return signals


def _effort(words: str, language: str) -> dict[str, float | str]:
    contacts = max(
        (_contacts(m.groupdict()) for m in signals_words.mark("contact", language).finditer(words)), default=0
    )
    channels = len({m.lastgroup for m in signals_words.mark("channels", language).finditer(words)})
    if contacts < 2 and channels < 2:
        return {}
    effort = min(1.0, 0.2 * max(0, contacts - 1) + 0.25 * max(0, channels - 1))
    return {"effort": round(effort, 2), "contacts": float(contacts), "channels": float(channels)}


def _contacts(groups: dict[str, str | None]) -> int:
    said = groups["number"] or groups["nth"]
    if groups["again"] or not said:
        return 3
    digits = "".join(character for character in said if character.isascii() and character.isdigit())
    return min(int(digits), 20) if digits else _NUMBERS.get(said, 3)


def _emotion(words: str, language: str) -> str | None:
    counts = {name: sum(1 for _ in pattern.finditer(words)) for name, pattern in signals_words.emotions(language)}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


def _actionability(words: str, language: str, signals: dict[str, float | str]) -> str:
    if signals_words.mark("question", language).search(words) or "escalation" in signals:
        return "answer"
    return "idea" if "suggestion" in signals or "unasked_need" in signals else "noise"
