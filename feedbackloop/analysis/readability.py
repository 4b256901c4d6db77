"""Can a customer read this in one go?

English is measured by LIX (Björnsson 1968): words a sentence plus the percentage of words longer than six letters; 25 is a
children's book, 40 a newspaper, 60 a law. Chinese is measured by characters between two stops, since words are not spaced.
"""

from __future__ import annotations

import re

from feedbackloop.analysis.wording_figures import Language

LIMITS: dict[Language, float] = {"en": 45.0, "zh": 45.0}
"""Above these a text is too hard: LIX points for English, mean characters a sentence for Chinese."""

_SENTENCE = re.compile(r"(?<=[.!?])\s+|(?<=[。！？；])|\n+")
_WORD = re.compile(r"[A-Za-zÀ-ɏ]+(?:['’-][A-Za-zÀ-ɏ]+)*|\d[\d:.,%]*")
_LONG = 6


def sentences(text: str) -> list[str]:
    """Part a text into sentences; headings and list lines count as sentences of their own."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def difficulty(text: str, language: Language) -> float:
    """Measure how hard a text is; 0 for a text without words.

    Returns:
        LIX for English, mean characters a sentence (spaces left out) for Chinese.
    """
    parts = sentences(text)
    if not parts:
        return 0.0
    if language == "zh":
        return sum(len(re.sub(r"\s", "", part)) for part in parts) / len(parts)
    words = [word for part in parts for word in _WORD.findall(part)]
    if not words:
        return 0.0
    return len(words) / len(parts) + 100 * sum(len(word) > _LONG for word in words) / len(words)


def is_hard(text: str, language: Language) -> bool:
    """Say whether a text is above the limit of its language."""
    return difficulty(text, language) > LIMITS[language]
