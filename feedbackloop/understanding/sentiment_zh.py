"""Which features does a Chinese text show its model?

Characters by one, two and three, and the words of a hand-made list by longest match, with the negation and the degree before
them. No tokenizer is needed, and an unknown word puts nothing out of step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from operator import add
from typing import NamedTuple

from feedbackloop.understanding.model import Clause

_READ = 2_000
_SENTENCE = re.compile(r"[^。！？!?；;\n…~～]+[。！？!?；;\n…~～]*")
_CLAUSE_END = re.compile(r"[，,、：:（）()\s]")
_GAP = re.compile(r"[ \t\u3000]+")
_STRETCHED = re.compile(r"([^\d.])\1{2,}")
_WIDE: dict[int, int | str] = {
    code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，！？；：（）"
}
_WIDE[ord("=")] = " "  # the mark of word-list features
_REACH = 5
_TURNED_SHARE = 0.5
_BEFORE_SHARE = 0.4
_ASKED_SHARE = 0.7


class WordList(NamedTuple):
    """The hand-made list. A meaning is a strength (a number), or what a word does to others: not, strong, weak, turn, before."""

    meanings: dict[str, float | str]
    lengths: dict[str, tuple[int, ...]]
    first: re.Pattern[str]


@lru_cache(maxsize=1)
def word_list() -> WordList:
    """Read the words of feeling and the marks, once a process."""
    folder = files("feedbackloop.understanding") / "words"
    meanings: dict[str, float | str] = {}
    for name in ("chinese_marks.txt", "chinese.txt"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            head, _, words = line.partition(":")
            if words and not line.startswith("#"):
                meanings.update(dict.fromkeys(words.split(), _meaning(head)))
    lengths: dict[str, set[int]] = {}
    for word in meanings:
        lengths.setdefault(word[0], set()).add(len(word))
    first = re.compile("[" + re.escape("".join(sorted(lengths))) + "]")
    return WordList(meanings, {one: tuple(sorted(all_, reverse=True)) for one, all_ in lengths.items()}, first)


def _meaning(head: str) -> float | str:
    kind, _, factor = head.partition(" ")
    if kind == "degree":
        return "strong" if float(factor) > 1 else "weak"
    return kind if kind.isalpha() else float(kind)


def normal(text: str) -> str:
    """Write a text plainly: simplified, half-width letters, no gaps between Chinese characters, nothing stretched."""
    text = _STRETCHED.sub(r"\1\1", text[:_READ].lower().translate(_WIDE))
    return _GAP.sub(" ", text)


def matches(text: str) -> Iterator[tuple[int, int, float | str]]:
    """Find the list's words from left to right, always the longest: start, end, meaning."""
    meanings, lengths, first = word_list()
    end = 0
    for found in first.finditer(text):
        start = found.start()
        if start < end:
            continue
        for length in lengths[text[start]]:
            meaning = meanings.get(text[start : start + length])
            if meaning is not None:
                end = start + length
                yield start, end, meaning
                break


def clauses(text: str) -> list[Clause]:
    """Split a text into clauses with their features; what stands before a turn, was believed or is asked counts less."""
    found: list[Clause] = []
    for sentence in _SENTENCE.findall(normal(text)):
        found += _sentence_clauses(sentence)
    return found


def _sentence_clauses(sentence: str) -> list[Clause]:
    share = _ASKED_SHARE if sentence.endswith(("?", "？")) else 1.0
    words: list[str] = []
    parts: list[tuple[float, int, list[str]]] = []
    state = ""
    reach = begin = 0
    weight = share
    for start, end, meaning in matches(sentence):
        if start > reach:
            state = ""
        if isinstance(meaning, float):
            if meaning:
                words.append(f"{state}{meaning:+.0f}")
                state = ""
        elif meaning == "turn":
            parts.append((weight, start, words))
            parts = [(one * _TURNED_SHARE, upto, rest) for one, upto, rest in parts]
            words, state, weight = [], "", share
        elif meaning == "before":
            parts.append((weight, start, words))
            words, state, weight = [], "", share * _BEFORE_SHARE
        elif meaning == "question":
            continue
        else:
            state += meaning[0]
            reach = end + _REACH
    parts.append((weight, len(sentence), words))
    found: list[Clause] = []
    for one, upto, rest in parts:
        piece = sentence[begin:upto]
        pairs = list(map(add, piece, piece[1:]))
        found.append((one, [*piece, *pairs, *map(add, pairs, piece[2:]), *["=" + word for word in rest]]))
        begin = upto
    return found
