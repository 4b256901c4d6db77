"""How likely is a sentence at the head or tail of a text, or a line below it, a courtesy and not feedback?

Courtesies speak of their reader and of the writing itself ("hope you are all enjoying the sunshine over there"), feedback of a
matter. A linear model weighs a sentence's words, pairs of words and build: who speaks of whom, who wishes or thanks, what is told.
It was trained on courtesies written for this project against the sentences of open reviews (`benchmarks/train_courtesy.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from typing import NamedTuple

from feedbackloop.understanding.dimensions_words import content, entries
from feedbackloop.understanding.language import is_common_english, unstretched

_TOKEN = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)*|\d+|[!?,]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_HAN_TOKEN = re.compile("[\u3400-\u9fff]|[A-Za-z]+|[\u2600-\u27bf\U0001f300-\U0001faff]")
_HAN = re.compile("[\u3400-\u9fff]")
_SYMBOLS = re.compile(r"[@|#/\"“”*~•©®™_+]|www|https?")
_WORDS_OF_A_BUCKET = (2, 4, 7, 11, 16, 24)
LINE = "line"
"""Where a piece stands: on a line of its own below other words. Else it is a sentence at the head or tail."""


class Weights(NamedTuple):
    """What each feature says for a courtesy, in steps of `unit` log odds."""

    weights: dict[str, int]
    bias: float
    unit: float


def courtesy_odds(piece: str, place: str = "") -> float:
    """Give the log odds that a piece is a courtesy: above 0 it rather is one.

    Args:
        piece: A sentence, as written.
        place: `LINE` if it stands on a line of its own at the end of a text, where signatures stand.
    """
    language = "zh" if _HAN.search(piece) else "en"
    model = _load(language)
    return model.bias + model.unit * sum(filter(None, map(model.weights.get, features(piece, place, language))))


def features(piece: str, place: str, language: str) -> set[str]:
    """Name what a piece shows, each thing once."""
    found = _chinese(piece) if language == "zh" else _english(piece)
    return found.union(_shape(piece)) if place == LINE else found


def _english(piece: str) -> set[str]:
    written = _TOKEN.findall(piece.replace("’", "'"))
    words = ["^", *map(unstretched, map(str.lower, written)), "$"]
    kinds = "^" + "".join(map(_kind, words[1:-1], written)) + "$"
    found = {*words, *map(" ".join, pairwise(words))}
    found.update(["=" + kinds[at : at + 2] for at in range(len(kinds) - 1)])
    found.update(["=" + kinds[at : at + 3] for at in range(len(kinds) - 2)])
    has = set(kinds)
    found.update(["+" + kind for kind in has])
    found.add("+" + "".join(sorted(has & _PERSONS)))
    found.add(f"#{_bucket(len(words) - 2)}")
    return found


def _chinese(piece: str) -> set[str]:
    signs = ["^", *_HAN_TOKEN.findall(piece), "$"]
    found = {*signs, *map("".join, pairwise(signs)), *map("".join, zip(signs, signs[1:], signs[2:], strict=False))}
    found.add(f"#{_bucket(len(signs) // 2)}")
    return found


def _shape(piece: str) -> Iterator[str]:
    """Say how a line looks: names and titles begin with capitals, slogans are short, sentences end with a mark."""
    words = piece.split()
    capitals = sum(word[0].isupper() for word in words)
    yield "@line"
    yield f"@words{_bucket(len(words))}"
    yield f"@capitals{round(4 * capitals / max(1, len(words)))}"
    yield "@end" + (piece.rstrip()[-1:] if piece.rstrip()[-1:] in {".", "!", "?", ",", "。", "！"} else "")
    if any(map(str.isdigit, piece)):
        yield "@digits"
    if _SYMBOLS.search(piece):
        yield "@symbols"


def _bucket(count: int) -> int:
    return sum(count > most for most in _WORDS_OF_A_BUCKET)


_PERSONS = frozenset("yiwaoxk-")
_NOT_BAD = frozenset("+~^")


def _kind(word: str, written: str) -> str:
    """Give a word's kind; of a word seldom met, whether it is written as a name."""
    kind = _kind_of(word)
    return "N" if kind == "U" and written[0].isupper() else kind


@lru_cache(maxsize=20_000)
def _kind_of(word: str) -> str:
    """Give the letter of the list, or: of what feedback tells, something bad, a number, a mark, a common word, a rare one."""
    known = _kinds().get(word)
    if known:
        return known
    if not word[0].isalpha():
        return "0" if word[0].isdigit() else word if word in "!?," else "☺"
    told = next((name for name, begin in _telling() if word == begin or (begin[-1] == "*" and word.startswith(begin[:-1]))), "")
    if told:
        return "-" if told == "-" else "k"
    return "c" if is_common_english(word) else "U"


@cache
def _telling() -> list[tuple[str, str]]:
    """Give the words, or their beginnings, that tell of a dimension, a touchpoint or something bad."""
    lists = ("dimensions", "journey", "expectation_polarity")
    return [(name, word) for kind in lists for name, word in entries(kind, "en") if name not in _NOT_BAD]


@cache
def _kinds() -> dict[str, str]:
    lines = [line.split(": ", 1) for line in content("courtesy_kinds_en.txt").splitlines() if line[:1] != "#"]
    return {word: kind for kind, words in lines for word in words.split()}


@cache
def _load(language: str) -> Weights:
    head, _, body = content(f"courtesy_odds_{language}.txt").partition("\n")
    numbers = json.loads(head)["numbers"]
    pairs = (line.rsplit("\t", 1) for line in body.splitlines())
    return Weights({feature: int(weight) for feature, weight in pairs}, numbers["bias"], numbers["unit"])
