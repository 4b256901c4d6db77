"""Which words of a list stand in a text, and where?

All words of a list are looked for in one pass by an Aho-Corasick automaton, however many there are; it costs as much
as the text is long, whatever stands in it.
"""

from __future__ import annotations

import re
from operator import itemgetter
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
Hit = tuple[int, int, int]
"""The number of a word of a map, and where it begins and ends in a text."""

_BEGINS = itemgetter(1)

_Name = TypeVar("_Name", str, tuple[str, str])


class WordMap(Generic[_Name]):
    """Words with the names under which they stand, found in a lower-case text in one pass.

    English words are whole words or phrases (with `*` their beginnings), Chinese ones stand anywhere; words may
    overlap. The automaton is built when first asked for.

    Attributes:
        names: By the number of a word the names under which it stands, in order. An English word has two numbers: under
            the second stand the names of which it is a beginning, where the word in the text goes on.
    """

    def __init__(self, entries: Iterable[tuple[_Name, str]], language: str) -> None:
        """Take (name, word) pairs; a word may stand under several names."""
        self._is_chinese = language == "zh"
        self._automaton: AhoCorasick | None = None
        whole: dict[str, list[_Name]] = {}
        begun: dict[str, list[_Name]] = {}
        for name, word in entries:
            if self._is_chinese or _TOKEN.match(word):
                plain = word.removesuffix("*")
                whole.setdefault(plain, []).append(name)
                begun.setdefault(plain, []).extend([name] if word.endswith("*") else [])
        self._words = list(whole)
        self.names: list[tuple[_Name, ...]] = [tuple(sorted(names)) for names in whole.values()]
        self.names += [tuple(sorted(names)) for names in begun.values()]

    def find(self, text: str) -> list[tuple[int, int, _Name]]:
        """Give start, end and name of all words of the map in a text, in its order."""
        return sorted((start, end, name) for number, start, end in self.hits(text) for name in self.names[number])

    def hits(self, text: str) -> list[Hit]:
        """Give the words of the map in a text by their numbers, in its order; of those that begin together the shorter first."""
        if not self._words:
            return []
        try:
            found = self._matches(text)
        except UnicodeEncodeError:
            found = self._matches(_LONE_SURROGATE.sub("\ufffd", text))
        found = found if self._is_chinese else list(self._whole(text, found))
        found.sort(key=_BEGINS)  # the automaton gives them by their ends: those that begin together stay in that order
        return found

    def _matches(self, text: str) -> list[Hit]:
        if self._automaton is None:
            from ahocorasick_rs import AhoCorasick, Implementation

            self._automaton = AhoCorasick(
                self._words, implementation=Implementation.ContiguousNFA, store_patterns=False
            )
        found: list[Hit] = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return found

    def _whole(self, text: str, found: Iterable[Hit]) -> Iterator[Hit]:
        """Leave of English words those that are whole, and beginnings as far as their word goes."""
        last, beginnings = len(text), len(self._words)
        for hit in found:
            number, start, end = hit
            before = text[start - 1] if start else " "
            if before in _LETTERS or (before in _JOINTS and text[start - 2 : start - 1] in _LETTERS):
                continue
            after = text[end] if end < last else " "
            if not (after in _LETTERS or (after in _JOINTS and text[end + 1 : end + 2] in _LETTERS)):
                yield hit
            elif self.names[beginnings + number]:
                token = _TOKEN.match(text, start)
                yield beginnings + number, start, max(end, token.end() if token else 0)
