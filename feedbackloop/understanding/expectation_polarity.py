"""Does a clause say good or bad things?

A small hand-made lexicon with negation, for clauses: it decides directions that the cue leaves open, and gives each
dimension and touchpoint the polarity of its own clause. Whole texts are the sentiment scorers' business.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.expectation_scan import moods, seen

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedbackloop.understanding.word_map import Found

_NEGATED = -0.7
"""A negated word turns, and weakens a little: "not bad" is less than "good"."""
_BOOST = 1.3
_REACH = {"en": 22, "zh": 4}
"""So many characters after a negation are negated: some four English words, or four Chinese characters."""
_VALUES = {"+": 1, "-": -1}


@lru_cache(maxsize=512)
def polarity(clause: str, language: str) -> float:
    """Say how good a piece sounds, -1..+1; 0 where no word of the lexicon stands in it, or good and bad are even.

    Args:
        clause: A short piece of text; lower case for English.
        language: "zh" or anything else for English.
    """
    read_as = "zh" if language == "zh" else "en"
    return _weighed(moods(clause, read_as), read_as, (0, len(clause)))


@lru_cache(maxsize=2048)
def mood(words: str, language: str, span: tuple[int, int]) -> float:
    """Say the same of a place in a text that was made ready by `expectation_text.normalised`."""
    return _weighed(seen(words, language)["moods"], language, span)


def _weighed(found: Sequence[Found], language: str, span: tuple[int, int]) -> float:
    total, count, negated_until, boost = 0.0, 0, -1, 1.0
    for start, end, mark in _longest(found, span):
        if mark == "~":
            negated_until = end + _REACH[language]
        elif mark == "^":
            boost = _BOOST
        elif mark != "=":
            total += _VALUES[mark] * boost * (_NEGATED if start <= negated_until else 1.0)
            count, boost, negated_until = count + 1, 1.0, -1
    return max(-1.0, min(1.0, total / (count + 0.5) * 1.5)) if count else 0.0


def _longest(found: Sequence[Found], span: tuple[int, int]) -> Iterator[tuple[int, int, str]]:
    """Give the words of the lexicon in a span; of those that overlap the first, of those that begin together the longest."""
    first, last = span
    number, count = bisect_left(found, (first,)), len(found)
    while number < count and found[number][1] <= last:
        best = found[number]
        number += 1
        while number < count and found[number][0] < best[1]:
            if found[number][0] == best[0] and best[1] < found[number][1] <= last:
                best = found[number]
            number += 1
        yield best
