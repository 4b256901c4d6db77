"""Where does a cue stand in its text?"""

from __future__ import annotations

import re

from msgspec import Struct

from feedbackloop.understanding.expectation.cue import Cue
from feedbackloop.understanding.lexicon.clauses import Clause

Span = tuple[int, int]
Match = re.Match[str]

_NEAR = 6
_REACH = 40
"""So many clauses and characters to each side are still the sentence of a cue."""


class Place(Struct, frozen=True):
    """One match of a cue in its text."""

    words: str
    language: str
    parts: tuple[Clause, ...]
    number: int
    cue: Cue
    match: Match

    @property
    def part(self) -> Clause:
        return self.parts[self.number]

    def group(self, name: str) -> Span | None:
        """Give the span of a group, if the pattern has it and it took part."""
        span = self.match.span(name) if name in self.match.re.groupindex else (-1, -1)
        return span if span[1] > span[0] >= 0 else None


def sentence(place: Place) -> Span:
    """Give the sentence of the match, as far as it is near."""
    parts, here = place.parts, place.part.sentence
    first = last = place.number
    while first > 0 and parts[first - 1].sentence == here and place.number - first < _NEAR:
        first -= 1
    while last + 1 < len(parts) and parts[last + 1].sentence == here and last - place.number < _NEAR:
        last += 1
    start, end = place.match.span()
    return max(min(parts[first].start, start), start - _REACH, 0), min(max(parts[last].end, end), end + _REACH)
