"""Which words of a text may leave this machine, and where did they stand?

The installed plugins mask first (hook `redact`): names after a greeting, addresses, phone and card numbers. What else must not
leave is masked on top (`private`). Everything else keeps its place, so that each piece an answer quotes has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from feedbackloop.hookspecs import Redact
from feedbackloop_plugins.language_model.private import folded, without_private

Span = tuple[int, int]

_QUOTES, _ANY_QUOTE = re.compile("['’‘`\"“”]"), "['’‘`\"“”]"
_MASK = re.compile(r"(\[[^\[\]\n]{1,30}\])")


class Masked(NamedTuple):
    """A text without personal data. `starts` and `ends` hold, for each of its characters, its place in the text itself."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def find(self, piece: str | None) -> Span | None:
        """Give the place of a piece in the masked text; None where it does not stand there word for word.

        Small models copy words, but not always their case, spaces and quotation marks: those may differ.
        """
        words = (piece or "").split()
        if not words:
            return None
        place = self.text.find(" ".join(words))
        if place >= 0:
            return place, place + len(" ".join(words))
        alike = r"\s{1,20}".join(_QUOTES.sub(_ANY_QUOTE, re.escape(word)) for word in words)
        found = re.search(alike, self.text, re.IGNORECASE)
        return found.span() if found else None

    def original(self, span: Span) -> Span:
        """Turn a place in the masked text into one in the text itself; what was masked belongs to it whole."""
        return self.starts[span[0]], self.ends[span[1] - 1]


def masked(texts: Sequence[str], redact: Redact) -> list[Masked | None]:
    """Mask texts; None for one whose words a plugin changed otherwise than by `[…]` in place of some of them."""
    whole = [folded(text) for text in texts]
    shown = [without_private(words) for words in redact(whole)]
    return [align(text, words) for text, words in zip(whole, shown, strict=True)]


def align(text: str, words: str) -> Masked | None:
    """Find each character of masked words in the text.

    What stands between two masks is looked for from left to right, what stands after the last one at the end: so there is
    always a way to read the masks if there is one at all, in time that grows with the text alone.
    """
    starts, ends, place = [0] * len(words), [0] * len(words), 0
    for literal, gap in _pieces(words, text):
        if gap.stop > gap.start:  # a mask stands for at least one character
            is_last = literal.stop == len(words)
            found = _found(text, words[literal.start : literal.stop], place + 1, is_last=is_last)
            if found < 0:
                return None
            starts[gap.start : gap.stop] = [place] * len(gap)
            ends[gap.start : gap.stop] = [found] * len(gap)
            place = found
        elif not text.startswith(words[literal.start : literal.stop], place):
            return None
        starts[literal.start : literal.stop] = range(place, place + len(literal))
        ends[literal.start : literal.stop] = range(place + 1, place + len(literal) + 1)
        place += len(literal)
    return Masked(words, tuple(starts), tuple(ends)) if place == len(text) else None


def _found(text: str, literal: str, first: int, *, is_last: bool) -> int:
    if not is_last:
        return text.find(literal, first)
    at = len(text) - len(literal)
    return at if at >= first and text.endswith(literal) else -1


def _pieces(words: str, text: str) -> Iterator[tuple[range, range]]:
    """Cut masked words into (what was left, the masks before it); brackets that the author wrote are no masks."""
    own = {bracket for bracket in _MASK.findall(words) if bracket in text}
    masks = [match.span() for match in _MASK.finditer(words) if match[0] not in own]
    joined: list[Span] = []
    for start, end in masks:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    edges = [(0, 0), *joined, (len(words), len(words))]
    for (start, end), (following, _) in pairwise(edges):
        yield range(end, following), range(start, end)
