"""Which features does a Chinese text show its model?

Pairs of characters, and the words of a hand-made list by longest match, with the negation and the degree before them. No
tokenizer is needed, and an unknown word puts nothing out of step. The words are found by an automaton in one pass, and the pairs
are numbers cut out of the text's bytes: both cost the same however many words are listed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from struct import unpack_from
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from feedbackloop.understanding.sentiment.model import Clause, Feature

WORD = "="
"""Marks a feature that stands for words of the list: what is before them, and their strength (`=ns+2`: not, strong, 2)."""

QUERY = "=asks"
"""The feature of words and marks that ask."""

PLAIN = "=plain"
"""The feature of a text that shows no word of feeling: questions and statements without one are mostly neutral."""

MIXED = "=mixed"
"""The feature of a text that shows words of feeling on both sides."""

NO_CHARACTER = "\ufffd"

_READ = 2_000
_REACH = 5
_SHORT = 12
_TURNED_SHARE = 0.5
_BELIEVED_SHARE = 0.4
_ASKED_SHARE = 0.7


class WordList(NamedTuple):
    """The hand-made list.

    `finder` gives the longest words from left to right. A word's number leads to its kind and meaning: it `feels` (-3..+3), is a
    `state` of what follows (n: not, s: strong, w: weak), `marks` a place (turn, before, asked, query, end, comma), or `hides` a
    shorter word inside it.
    """

    finder: AhoCorasick
    meanings: tuple[tuple[str, str], ...]


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """Read the words of feeling and the marks, once a process."""
    folder = files("feedbackloop.understanding") / "words"
    meanings: dict[str, tuple[str, str]] = {}
    for name in ("chinese_marks.txt", "chinese.txt"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            head, _, words = line.partition(":")
            if words and not line.startswith("#"):
                meanings.update(dict.fromkeys(map(normal, words.split()), _meaning(head)))
    finder = AhoCorasick(meanings, matchkind=MatchKind.LeftmostLongest, store_patterns=False)
    return WordList(finder, tuple(meanings.values()))


def _meaning(head: str) -> tuple[str, str]:
    if head in {"not", "strong", "weak"}:
        return "state", head[0]
    if head.isalpha():
        return "marks", head
    return ("feels" if int(head) else "hides"), f"{int(head):+d}"


def normal(text: str) -> str:
    """Write a text plainly: lower-case, simplified characters, half-width letters, one place a character."""
    odd, plainly = _plainly()
    return odd.sub(lambda one: plainly.get(one[0], NO_CHARACTER), text[:_READ].lower())


@lru_cache(maxsize=1)
def _plainly() -> tuple[re.Pattern[str], dict[str, str]]:
    """Read the traditional characters: a pattern for what is to be written otherwise, and how.

    Faces move to where two bytes are enough, so that places in the text are places in its bytes; what else lies beyond two bytes,
    and halves of such characters, become one sign.
    """
    path = files("feedbackloop.understanding") / "words" / "chinese_traditional.txt"
    _, old, new = path.read_text(encoding="utf-8").splitlines()
    plainly = dict(zip(old, new, strict=True))
    plainly |= {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？；：（）"}
    odd = re.compile(f"[{re.escape(''.join(plainly))}\ud800-\udfff\U00010000-\U0010ffff]")
    return odd, plainly | {chr(code): chr(code - 0x11000) for code in range(0x1F000, 0x20000)}


def clauses(text: str) -> list[Clause]:
    """Give a text's features by how much they count: what stands before a turn, was believed or is asked counts less."""
    line = normal(text)
    size = len(line)
    code = line.encode("utf-16-le", "replace")
    even = unpack_from(f"<{size // 2}I", code)
    odd = unpack_from(f"<{(size - 1) // 2}I", code, 2) if size > 2 else ()
    parts = _read(line)
    found: dict[float, list[Feature]] = {1.0: [*_WHOLE[_sides(parts)]]}
    for share, start, end, words in parts:
        features = found.setdefault(share, [])
        features += even[(start + 1) // 2 : (end + 1) // 2]
        features += odd[start // 2 : end // 2]
        features += words
    return list(found.items())


def _sides(parts: Sequence[tuple[float, int, int, list[Feature]]]) -> int:
    """Say what a text's words of feeling are together: 1 has bad ones, 2 good ones, 3 both, 0 none."""
    sides = 0
    for _, _, _, words in parts:
        for word in words:
            sides |= _side(word)
    return sides


class _Sides(dict[Feature, int]):
    """The side of each feature of words: worked out the first time, remembered where it is no chain of negations."""

    def __missing__(self, word: Feature) -> int:
        said = str(word)
        side = 0 if said == QUERY else 1 + (("-" in said) == ("n" in said))
        if len(said) < _SHORT:
            self[word] = side
        return side


_side = _Sides().__getitem__
_WHOLE: tuple[tuple[Feature, ...], ...] = ((PLAIN,), (), (), (MIXED,))


def _read(line: str) -> list[tuple[float, int, int, list[Feature]]]:
    """Walk over the words of the list: share, start and end of each clause, and what its words of feeling say."""
    finder, meanings = word_list()
    reader = _Reader()
    before, reach = "", 0
    for number, start, end in finder.find_matches_as_indexes(line):
        kind, meaning = meanings[number]
        if kind == "feels":
            reader.words.append(WORD + before + meaning if start <= reach else WORD + meaning)
            before = ""
        elif kind == "state":
            before = before + meaning if start <= reach else meaning
            reach = end + _REACH
        elif kind == "marks":
            before = ""
            if meaning == "end" and reader.share == 1.0 and reader.sentence == len(reader.parts):
                reader.sentence_begin = (end, len(reader.words))
            elif meaning != "comma" or reader.share != 1.0:
                getattr(reader, meaning)(start, end)
    reader.close(len(line))
    return reader.parts


class _Reader:
    """Keeps the open clause and the sentence's start; its methods are what the marks do."""

    def __init__(self) -> None:
        self.parts: list[tuple[float, int, int, list[Feature]]] = []
        self.words: list[Feature] = []
        self.begin = 0
        self.share = 1.0
        self.sentence = 0
        self.sentence_begin = (0, 0)

    def close(self, at: int) -> None:
        """End the open clause."""
        if at > self.begin:
            self.parts.append((self.share, self.begin, at, self.words))
        self.words = []
        self.begin = at

    def comma(self, start: int, _end: int) -> None:
        """What was believed or hoped ends here."""
        self.close(start)
        self.share = 1.0

    def before(self, start: int, _end: int) -> None:
        """What follows was believed or hoped."""
        self._cut_sentence(start)
        self.share = _BELIEVED_SHARE

    def turn(self, start: int, _end: int) -> None:
        """What follows outweighs what the sentence said so far."""
        self._cut_sentence(start)
        self._scale(_TURNED_SHARE)
        self.share = 1.0

    def query(self, _start: int, _end: int) -> None:
        """The text asks for something."""
        self.words.append(QUERY)

    def asked(self, _start: int, end: int) -> None:
        """The sentence was a question."""
        self.words.append(QUERY)
        self._cut_sentence(end)
        self._scale(_ASKED_SHARE)
        self.end(end, end)

    def end(self, _start: int, end: int) -> None:
        """The sentence ends."""
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
