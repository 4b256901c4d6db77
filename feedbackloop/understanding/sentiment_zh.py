"""Which features does a Chinese text show its model?

Pairs of characters, and the words of a hand-made list by longest match, with the negation and the degree before them. No
tokenizer is needed, and an unknown word puts nothing out of step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import count
from operator import add
from typing import NamedTuple

from feedbackloop.understanding.model import Clause

WORD = "="
"""Marks a feature that stands for words of the list: what is before them, and their strength (`=ns+2`: not, strong, 2)."""

HIDING = "+0"
"""The strength of words that only keep a shorter word inside them from being read."""

QUERY = "=?"
"""The feature of words and marks that ask."""

_READ = 2_000
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？；：（）"}
_IS_WIDE = re.compile("[" + "".join(map(chr, _WIDE)) + "]")
_REACH = 5
_TURNED_SHARE = 0.5
_BELIEVED_SHARE = 0.4
_ASKED_SHARE = 0.7


class WordList(NamedTuple):
    """The hand-made list. A meaning is a strength (-3..+3), or what a word does: not, strong, weak, turn, before, asked.

    `heads` has the longer words by their first two characters, the longest first; `singles` the words of one character.
    """

    singles: dict[str, str]
    heads: dict[str, tuple[tuple[str, str], ...]]


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """Read the words of feeling and the marks, once a process."""
    folder = files("feedbackloop.understanding") / "words"
    meanings: dict[str, str] = {}
    for name in ("chinese_marks.txt", "chinese.txt"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            head, _, words = line.partition(":")
            if words and not line.startswith("#"):
                meanings.update(dict.fromkeys(words.split(), _meaning(head)))
    heads: dict[str, list[tuple[str, str]]] = {}
    for word in sorted(meanings, key=lambda word: (-len(word), word)):
        if len(word) > 1:
            heads.setdefault(word[:2], []).append((word, meanings[word]))
    singles = {word: meaning for word, meaning in meanings.items() if len(word) == 1}
    return WordList(singles, {head: tuple(words) for head, words in heads.items()})


def _meaning(head: str) -> str:
    return head if head.isalpha() else f"{int(head):+d}"


def normal(text: str) -> str:
    """Write a text plainly: lower-case, simplified characters, half-width letters."""
    low = text[:_READ].lower()
    is_traditional, simplified = _traditional()
    if is_traditional.search(low):
        low = low.translate(simplified)
    return low.translate(_WIDE) if _IS_WIDE.search(low) else low


@lru_cache(maxsize=1)
def _traditional() -> tuple[re.Pattern[str], dict[int, int]]:
    """Read the traditional characters: a pattern for any of them, and the simplified ones in their stead."""
    path = files("feedbackloop.understanding") / "words" / "chinese_traditional.txt"
    _, old, new = path.read_text(encoding="utf-8").splitlines()
    return re.compile(f"[{old}]"), str.maketrans(old, new)


def matches(text: str, pairs: list[str]) -> Iterator[tuple[int, int, str]]:
    """Find the list's words from left to right, always the longest: start, end, meaning."""
    singles, heads = word_list()
    end = 0
    for place in [at for at, one, pair in zip(count(), text, [*pairs, ""]) if one in singles or pair in heads]:
        if place < end:
            continue
        for word, meaning in heads.get(text[place : place + 2], ()):
            if text.startswith(word, place):
                end = place + len(word)
                if meaning != HIDING:
                    yield place, end, meaning
                break
        else:
            if text[place] in singles:
                end = place + 1
                yield place, end, singles[text[place]]


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses with their features; what stands before a turn, was believed or is asked counts less."""
    line = normal(text)
    pairs = list(map(add, line, line[1:]))
    reader = _Reader()
    for start, end, meaning in matches(line, pairs):
        reader.take(start, end, meaning)
    reader.close(len(line))
    return [(share, pairs[start:end] + words) for share, start, end, words in reader.parts]


class _Reader:
    """Walks over the words of the list and keeps the open clause, what stands before the next word, and the sentence's start."""

    def __init__(self) -> None:
        self.parts: list[tuple[float, int, int, list[str]]] = []
        self.words: list[str] = []
        self.begin = 0
        self.share = 1.0
        self.before = ""
        self.reach = 0
        self.sentence = 0
        self.sentence_begin = (0, 0)

    def take(self, start: int, end: int, meaning: str) -> None:
        """Take the next word of the list."""
        if meaning[0] in "+-":
            before = self.before if start <= self.reach else ""
            self.words.append(WORD + before + meaning)
            self.before = ""
        elif meaning in _STATES:
            self.before = (self.before if start <= self.reach else "") + meaning[0]
            self.reach = end + _REACH
        else:
            self.before = ""
            getattr(self, "_" + meaning)(start, end)

    def close(self, at: int) -> None:
        """End the open clause."""
        if at > self.begin:
            self.parts.append((self.share, self.begin, at, self.words))
        self.words = []
        self.begin = at

    def _comma(self, start: int, _end: int) -> None:
        if self.share != 1.0:
            self.close(start)
            self.share = 1.0

    def _before(self, start: int, _end: int) -> None:
        self._cut_sentence(start)
        self.share = _BELIEVED_SHARE

    def _turn(self, start: int, _end: int) -> None:
        self._cut_sentence(start)
        self._scale(_TURNED_SHARE)
        self.share = 1.0

    def _query(self, _start: int, _end: int) -> None:
        self.words.append(QUERY)

    def _asked(self, _start: int, end: int) -> None:
        self.words.append(QUERY)
        self._cut_sentence(end)
        self._scale(_ASKED_SHARE)
        self._end(end, end)

    def _end(self, _start: int, end: int) -> None:
        if len(self.parts) > self.sentence or self.share != 1.0:
            self.close(end)
        self.share = 1.0
        self.sentence = len(self.parts)
        self.sentence_begin = (end, len(self.words))

    def _cut_sentence(self, at: int) -> None:
        """End the open clause here, and let the sentences before this one be a clause of their own."""
        place, words = self.sentence_begin
        if place > self.begin:
            rest = self.words[words:]
            self.words = self.words[:words]
            self.close(place)
            self.words = rest
            self.sentence = len(self.parts)
        self.close(at)

    def _scale(self, share: float) -> None:
        for number in range(self.sentence, len(self.parts)):
            one, begin, end, words = self.parts[number]
            self.parts[number] = (one * share, begin, end, words)


_STATES = frozenset({"not", "strong", "weak"})
