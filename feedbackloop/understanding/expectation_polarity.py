"""Does a clause say good or bad things?

A small hand-made lexicon with negation, for clauses: it decides directions that the cue leaves open, and gives each dimension and
touchpoint the polarity of its own clause. Whole texts are the sentiment scorers' business.
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct

from feedbackloop.understanding.dimensions_words import content

_NEGATED = -0.7
"""A negated word turns, and weakens a little: "not bad" is less than "good"."""


class Lexicon(Struct, frozen=True):
    """Words with -1 or +1, negations, and words that strengthen."""

    words: dict[str, int]
    negations: frozenset[str]
    boosters: frozenset[str]
    pattern: re.Pattern[str]


@cache
def lexicon(language: str) -> Lexicon:
    """Read the lexicon of "zh", or else the English one."""
    marked: dict[str, list[str]] = {"+": [], "-": [], "~": [], "^": []}
    for line in content(f"expectation_polarity_{'zh' if language == 'zh' else 'en'}.txt").splitlines():
        if line[:1] in marked:
            marked[line[0]].extend(line[1:].split())
    words = dict.fromkeys(marked["+"], 1) | dict.fromkeys(marked["-"], -1)
    every = sorted({*words, *marked["~"], *marked["^"]}, key=lambda word: (-len(word), word))
    joined = "|".join(map(re.escape, every))
    pattern = re.compile(joined if language == "zh" else rf"(?<![a-z])(?:{joined})(?![a-z])|n't\b")
    return Lexicon(words, frozenset(marked["~"]), frozenset(marked["^"]), pattern)


def polarity(clause: str, language: str) -> float:
    """Say how good a clause sounds, -1..+1; 0 where no word of the lexicon stands in it, or good and bad are even.

    Args:
        clause: A short piece of text; lower case for English.
        language: "zh" or anything else for English.
    """
    known = lexicon(language)
    total, count, negated_until, boost = 0.0, 0, -1, 1.0
    reach = 4 if language == "zh" else 22
    for match in known.pattern.finditer(clause):
        word = match[0]
        value = known.words.get(word, 0)
        if word in known.negations or word == "n't":
            negated_until = match.end() + reach
        elif value:
            negated = match.start() <= negated_until
            total += value * boost * (_NEGATED if negated else 1.0)
            count, boost, negated_until = count + 1, 1.0, -1
        else:
            boost = 1.3
    return max(-1.0, min(1.0, total / (count + 0.5) * 1.5)) if count else 0.0
