"""Does a clause say good or bad things?

A small hand-made lexicon with negation, for clauses: it decides directions that the cue leaves open, and gives each
dimension and touchpoint the polarity of its own clause. Whole texts are the sentiment scorers' business.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from feedbackloop.understanding.lexicon.clauses import Clause, clauses
from feedbackloop.understanding.lexicon.scan import moods, names, seen
from feedbackloop.understanding.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedbackloop.understanding.lexicon.word_map import Hit

_NEGATED = -0.7
"""A negated word turns, and weakens a little: "not bad" is less than "good"."""
_BOOST = 1.3
_REACH = {"en": 22, "zh": 4}
"""So many characters after a negation are negated: some four English words, or four Chinese characters."""
_VALUES = {"+": 1, "-": -1}


class Heard(NamedTuple):
    """The clauses of a text, where each begins (the first with the text), and how good each sounds, -1..+1."""

    parts: tuple[Clause, ...]
    begins: list[int]
    moods: list[float]

    def number(self, place: int) -> int:
        """Give the number of the clause in which a place lies, or of the last one that begins before it."""
        return bisect_right(self.begins, place) - 1


@lru_cache(maxsize=512)
def polarity(clause: str, language: str) -> float:
    """Say how good a piece sounds, -1..+1; 0 where no word of the lexicon stands in it, or good and bad are even.

    Args:
        clause: A short piece of text; lower case for English.
        language: "zh" or anything else for English.
    """
    read_as = "zh" if language == "zh" else "en"
    lexicon = moods(read_as)
    found = lexicon.hits(clause)
    return _weighed(found, 0, len(clause), lexicon.names, _REACH[read_as])[0] if found else 0.0


@remembered
def heard(words: str, language: str) -> Heard:
    """Say how the clauses of a text sound, which was made ready by `expectation_text.normalised`.

    Words of mood and clauses are walked over together, once. Remembered for the last texts: do not change it.
    """
    parts, found, names_of = clauses(words, language), seen(words, language).moods, names("moods", language)
    reach, count, place = _REACH[language], len(found), 0
    begins, moods_of = [part.start for part in parts], [0.0] * len(parts)
    for number, first in enumerate(begins):
        while place < count and found[place][1] < first:
            place += 1
        if place == count:
            break
        last = parts[number].end
        if found[place][1] < last:
            moods_of[number], place = _weighed(found, place, last, names_of, reach)
    begins[:1] = [0]
    return Heard(parts, begins, moods_of)


def mood(words: str, language: str, span: tuple[int, int]) -> float:
    """Say the same of a place in a text that was made ready by `expectation_text.normalised`."""
    whole = heard(words, language)
    number = whole.number(span[0])
    part = whole.parts[number] if whole.parts else None
    if part and (part.start, part.end) == span:
        return whole.moods[number]
    found = seen(words, language).moods
    first = next((number for number, hit in enumerate(found) if hit[1] >= span[0]), len(found))
    return _weighed(found, first, span[1], names("moods", language), _REACH[language])[0]


def _weighed(
    found: Sequence[Hit], number: int, last: int, names: Sequence[tuple[str, ...]], reach: int
) -> tuple[float, int]:
    """Weigh the words of the lexicon from one on that end by `last`; give the mood, and the first word's number that does not.

    Of words that overlap the first counts, of those that begin together the longest.
    """
    total, opinions, negated_until, boost = 0.0, 0, -1, 1.0
    count = len(found)
    while number < count:
        word, start, end = found[number]
        if end > last:
            break
        number += 1
        while number < count and (hit := found[number])[1] < end:
            number += 1
            if hit[1] == start and end < hit[2] <= last:
                word, _, end = hit
        mark = names[word][0]
        if mark == "~":
            negated_until = end + reach
        elif mark == "^":
            boost = _BOOST
        elif mark != "=":
            value = _VALUES[mark] * boost
            total += value * _NEGATED if start <= negated_until else value
            opinions, boost, negated_until = opinions + 1, 1.0, -1
    return (max(-1.0, min(1.0, total / (opinions + 0.5) * 1.5)) if opinions else 0.0), number
