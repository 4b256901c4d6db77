"""How likely is a sentence at the head or tail of a text, or a line below it, a courtesy and not feedback?

Courtesies speak of their reader and of the writing itself ("hope you are all enjoying the sunshine over there"), feedback of a
matter. A linear model weighs a sentence's words, pairs of words and build: who speaks of whom, who wishes or thanks, what is
told. It was trained on courtesies written for this project against the sentences of open reviews
(`benchmarks/train_courtesy.py`).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise, repeat
from operator import add
from typing import NamedTuple

from feedbackloop.understanding.language import is_common_english, unstretched
from feedbackloop.understanding.lexicon.lists import content, entries

_TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)*|\d+|[!?,]|[\u2600-\u27bf\U0001f300-\U0001faff]")
_HAN_TOKEN = re.compile("[\u3400-\u9fff]|[A-Za-z]+|[\u2600-\u27bf\U0001f300-\U0001faff]")
_NAME = re.compile("[A-Z][A-Za-z]*(?:'[A-Za-z]+)*")
_HAN = re.compile("[\u3400-\u9fff]")
_SYMBOLS = re.compile(r"[@|#/\"“”*~•©®™_+]|www|https?")
_HOPELESS = -3.8
_WORDS_OF_A_BUCKET = (2, 4, 7, 11, 16, 24)
LINE = "line"
"""Where a piece stands: on a line of its own below other words. Else it is a sentence at the head or tail."""


class Weights(NamedTuple):
    """What each feature says for a courtesy, in steps of `unit` log odds.

    English features that are made of kinds stand in tables of their own as well, so that no name need be put together to ask.
    """

    weights: dict[str, int]
    bias: float
    unit: float
    kinds: dict[str, int]
    """By one kind, two or three in a row."""
    persons: dict[frozenset[str], int]
    lengths: tuple[int, ...]


def courtesy_odds(piece: str, place: str = "") -> float:
    """Give the log odds that a piece is a courtesy: above 0 it rather is one; far below, they are not reckoned to the end.

    Args:
        piece: A sentence, as written.
        place: `LINE` if it stands on a line of its own at the end of a text, where signatures stand.
    """
    is_chinese = _HAN.search(piece) is not None
    model = _load("zh" if is_chinese else "en")
    odds = model.bias
    if place == LINE:
        odds += model.unit * _total(model.weights, _shape(piece))
    if odds < _HOPELESS:
        return odds
    for weight in (_chinese if is_chinese else _english)(piece, model):
        odds += model.unit * weight
        if odds < _HOPELESS:
            break
    return odds


def _total(weights: dict[str, int], found: Iterable[str]) -> int:
    return sum(map(weights.get, found, repeat(0)))


def _chinese(piece: str, model: Weights) -> Iterator[int]:
    """Weigh the characters first, then what stands side by side."""
    signs = ["^", *_HAN_TOKEN.findall(piece), "$"]
    yield _total(model.weights, signs) + model.lengths[_bucket(len(signs) // 2)]
    yield _total(model.weights, map(add, signs, signs[1:])) + _total(model.weights, map("".join, _triples(signs)))


def _english(piece: str, model: Weights) -> Iterator[int]:
    """Weigh words and the kinds side by side first, then words side by side and three kinds in a row."""
    words, kinds = _words_and_kinds(piece)
    pairs = list(map(add, kinds, kinds[1:]))
    yield (
        _total(model.weights, words)
        + _total(model.kinds, set(kinds))
        + model.persons.get(_PERSONS.intersection(kinds), 0)
        + model.lengths[_bucket(len(words) - 2)]
        + _total(model.kinds, pairs)
    )
    yield _total(model.weights, map(" ".join, pairwise(words))) + _total(model.kinds, map(add, pairs, kinds[2:]))


def features(piece: str, place: str, language: str) -> list[str]:
    """Name what a piece shows, as often as it does; `courtesy_odds` weighs the same without the names."""
    shape = list(_shape(piece)) if place == LINE else []
    if language == "zh":
        signs = ["^", *_HAN_TOKEN.findall(piece), "$"]
        return [
            *[*shape, *signs, f"#{_bucket(len(signs) // 2)}"],
            *[*map("".join, pairwise(signs)), *map("".join, _triples(signs))],
        ]
    words, kinds = _words_and_kinds(piece)
    return [
        *[*shape, *words, *("+" + kind for kind in sorted(set(kinds)))],
        "+" + "".join(sorted(_PERSONS.intersection(kinds))),
        f"#{_bucket(len(words) - 2)}",
        *(kinds[at : at + 2] + "=" for at in range(len(kinds) - 1)),
        *map(" ".join, pairwise(words)),
        *(kinds[at : at + 3] + "=" for at in range(len(kinds) - 2)),
    ]


def _triples(signs: list[str]) -> Iterator[tuple[str, str, str]]:
    return zip(signs, signs[1:], signs[2:], strict=False)


def _words_and_kinds(piece: str) -> tuple[list[str], str]:
    """Part English into words and marks, with the kind of each, between a begin and an end."""
    words = _TOKEN.findall(unstretched(piece.lower().replace("’", "'")))
    kinds = "".join(map(_kinds().__getitem__, words))
    if "U" in kinds:
        kinds = _named(kinds, words, piece)
    return ["^", *words, "$"], f"^{kinds}$"


def _named(kinds: str, words: list[str], piece: str) -> str:
    """Call words seldom met names where they are written so."""
    names = set(map(str.lower, _NAME.findall(piece)))
    if names.isdisjoint(words):
        return kinds
    return "".join(["N" if kind == "U" and word in names else kind for kind, word in zip(kinds, words, strict=True)])


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
    return bisect_left(_WORDS_OF_A_BUCKET, count)


_PERSONS = frozenset("yiwaoxk-")
_NOT_BAD = frozenset("+~^")


class _Kinds(dict[str, str]):
    """The kind of each word: the letter of the list, else what it tells of; what was asked once is remembered."""

    def __missing__(self, word: str) -> str:
        kind = _kind(word)
        if len(self) < _REMEMBERED:
            self[word] = kind
        return kind


_REMEMBERED = 20_000


def _kind(word: str) -> str:
    """Give the kind of a word that is not listed: what it tells of, something bad, a number, a mark, a common or a rare word."""
    if not word[0].isalpha():
        return "0" if word[0].isdigit() else word if word in "!?," else "☺"
    if word.endswith("'s"):
        return _kinds()[word[:-2]]
    told = [name for name, start in _telling() if word == start or (start[-1] == "*" and word.startswith(start[:-1]))]
    if told:
        return "-" if "-" in told else "k"
    return "c" if is_common_english(word) else "U"


@cache
def _telling() -> list[tuple[str, str]]:
    """Give the words, or their beginnings, that tell of a dimension, a touchpoint or something bad."""
    lists = ("dimensions", "journey", "expectation_polarity")
    return [(name, word) for kind in lists for name, word in entries(kind, "en") if name not in _NOT_BAD]


@cache
def _kinds() -> _Kinds:
    lines = [line.split(": ", 1) for line in content("courtesy_kinds_en.txt").splitlines() if line[:1] != "#"]
    return _Kinds({word: kind for kind, words in lines for word in words.split()})


@cache
def _load(language: str) -> Weights:
    head, _, body = content(f"courtesy_odds_{language}.txt").partition("\n")
    numbers = json.loads(head)["numbers"]
    weights = {feature: int(weight) for feature, _, weight in (line.rpartition("\t") for line in body.splitlines())}
    rows = {feature[:-1]: weight for feature, weight in weights.items() if feature[-1] == "=" and 2 < len(feature) < 5}
    alone = {feature[1:]: weight for feature, weight in weights.items() if feature[0] == "+" and len(feature) == 2}
    persons = {frozenset(feature[1:]): weight for feature, weight in weights.items() if feature[0] == "+"}
    lengths = tuple(weights.get(f"#{bucket}", 0) for bucket in range(len(_WORDS_OF_A_BUCKET) + 1))
    return Weights(weights, numbers["bias"], numbers["unit"], rows | alone, persons, lengths)
