"""Which words of a list stand in a text, and where?

All words of a list are looked for in one pass by an Aho-Corasick automaton, however many there are; it costs as much
as the text is long, whatever stands in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ahocorasick_rs import AhoCorasick

_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_JOINTS = frozenset("'-")
"""Between two letters they belong to the word: "don't", "check-in"."""
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


Found = tuple[int, int, str]
"""Where a word of a map begins and ends in a text, and one of the names under which it stands in the map."""

_Name = TypeVar("_Name", str, tuple[str, str])


class WordMap(Generic[_Name]):
    """Words with the names under which they stand, found in a lower-case text in one pass.

    English words are whole words or phrases (with `*` their beginnings), Chinese ones stand anywhere; words may
    overlap. The automaton is built when first asked for.
    """

    def __init__(self, entries: Iterable[tuple[_Name, str]], language: str) -> None:
        """Take (name, word) pairs; a word may stand under several names."""
        self._is_chinese = language == "zh"
        self._names: dict[str, list[tuple[_Name, bool]]] = {}
        self._entries: list[tuple[tuple[_Name, bool], ...]] = []
        self._automaton: AhoCorasick | None = None
        for name, word in entries:
            if self._is_chinese or _TOKEN.match(word):
                self._names.setdefault(word.removesuffix("*"), []).append((name, word.endswith("*")))

    def find(self, text: str) -> list[tuple[int, int, _Name]]:
        """Give start, end and name of all words of the map in a text, in its order."""
        if not self._names:
            return []
        try:
            matches = self._matches(text)
        except UnicodeEncodeError:
            return self.find(_LONE_SURROGATE.sub("\ufffd", text))
        return sorted(self._anywhere(matches) if self._is_chinese else self._tokens(text, matches))

    def _matches(self, text: str) -> list[tuple[int, int, int]]:
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick, Implementation

            self._entries = [tuple(names) for names in self._names.values()]
            self._automaton = AhoCorasick(
                list(self._names), implementation=Implementation.ContiguousNFA, store_patterns=False
            )
        found: list[tuple[int, int, int]] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return found

    def _anywhere(self, matches: Iterable[tuple[int, int, int]]) -> list[tuple[int, int, _Name]]:
        entries = self._entries
        return [(start, end, name) for number, start, end in matches for name, _ in entries[number]]

    def _tokens(self, text: str, matches: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, _Name]]:
        entries = self._entries
        for number, start, end in matches:
            if start and _continues(text, start - 1, start - 2):
                continue
            is_whole = not _continues(text, end, end + 1)
            for name, may_go_on in entries[number]:
                if is_whole:
                    yield start, end, name
                elif may_go_on:
                    token = _TOKEN.match(text, start)
                    yield start, max(end, token.end() if token else 0), name


def _continues(text: str, near: int, far: int) -> bool:
    """Say whether the word beside goes on at a place: with a letter, or with a joint and a letter behind it."""
    beside = text[near : near + 1]
    return beside in _LETTERS or (beside in _JOINTS and far >= 0 and text[far : far + 1] in _LETTERS)
