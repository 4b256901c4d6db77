"""How does a text keep its characters' places while parts of it are taken away, and which rules need be tried at all?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

Span = tuple[int, int]


class Glance:
    """Signs, one of which a text must show to be looked at: most texts show none.

    In ASCII an automaton looks for all of them in one pass, in a fifth of the time that `re` or a search for each takes; in
    Chinese text one expression is as fast.
    """

    def __init__(self, signs: Sequence[str]) -> None:
        """Take the signs, in lower case."""
        others = [re.escape(sign) for sign in signs if not sign.isascii()]
        self._plain = [sign for sign in signs if sign.isascii()]
        self._others = re.compile("|".join(others)) if others else None

    def is_in(self, low: str) -> bool:
        """Say whether a text in lower case shows a sign."""
        if low.isascii():
            return bool(self._plain and self._find(low))
        return any(map(low.__contains__, self._plain)) or (
            self._others is not None and self._others.search(low) is not None
        )

    @cached_property
    def _find(self) -> Callable[[str], list[tuple[int, int, int]]]:
        from ahocorasick_rs import AhoCorasick, Implementation

        return AhoCorasick(self._plain, implementation=Implementation.DFA, store_patterns=False).find_matches_as_indexes


class Rule:
    """A pattern, and the signs (lower case) without one of which it need not be looked for."""

    def __init__(self, signs: Sequence[str], pattern: re.Pattern[str]) -> None:
        """Take both; each match of the pattern holds a sign."""
        self.pattern = pattern
        self.may_stand_in = Glance(signs).is_in

    def search(self, text: str, low: str) -> re.Match[str] | None:
        """Find the first place, if any."""
        return self.pattern.search(text) if self.may_stand_in(low) else None


class Marked(NamedTuple):
    """Words, and for each character its place in the raw text.

    `places` is a range as long as nothing was cut out of the middle, so the common case costs nothing.
    """

    text: str
    places: Sequence[int]

    def keep(self, spans: Sequence[Span]) -> Marked:
        """Keep these pieces only; they are in order and do not overlap."""
        if len(spans) == 1:
            start, end = spans[0]
            return self if (start, end) == (0, len(self.text)) else Marked(self.text[start:end], self.places[start:end])
        text = "".join([self.text[start:end] for start, end in spans])
        return Marked(text, list(chain.from_iterable(self.places[start:end] for start, end in spans)))

    def without(self, spans: Iterable[Span]) -> Marked:
        """Take these pieces away; they are in order and do not overlap."""
        kept: list[Span] = []
        at = 0
        for start, end in spans:
            if start > at:
                kept.append((at, start))
            at = end
        if not at:
            return self
        return self.keep([*kept, (at, len(self.text))])

    def stripped(self) -> Marked:
        """Take white space away at both ends."""
        left = len(self.text) - len(self.text.lstrip())
        return self.keep([(left, max(left, len(self.text.rstrip())))])

    def offsets(self, raw_length: int) -> tuple[int, ...]:
        """Give the places as `Text.offsets` wants them: empty where the text is the raw text itself."""
        if self.places == range(raw_length):
            return ()
        return tuple(self.places)


def has_words(text: str) -> bool:
    """Tell whether anything but marks and space is left; a face is a word."""
    return any(character.isalnum() or character > "\u2fff" or "\u2600" <= character <= "\u27bf" for character in text)
