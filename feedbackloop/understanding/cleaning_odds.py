"""How likely is a sentence at the head or tail of a text, or a line below it, a courtesy and not feedback?

Courtesies speak of their reader and of the writing itself ("hope you are all enjoying the sunshine over there"), feedback of a
matter. A linear model weighs a sentence's words, pairs of words and build: who speaks of whom, who wishes or thanks, what is
told. It was trained on courtesies written for this project against the sentences of open reviews
(`benchmarks/train_courtesy.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from feedbackloop.understanding.dimensions_words import content, entries
from feedbackloop.understanding.language import is_common_english, unstretched

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
    """What each feature says for a courtesy, in steps of `unit` log odds."""

    weights: dict[str, int]
    bias: float
    unit: float


def courtesy_odds(piece: str, place: str = "") -> float:
    """Give the log odds that a piece is a courtesy: above 0 it rather is one; far below, they are not reckoned to the end.

    Args:
        piece: A sentence, as written.
        place: `LINE` if it stands on a line of its own at the end of a text, where signatures stand.
    """
    language = "zh" if _HAN.search(piece) else "en"
    model = _load(language)
    weight = model.weights.get
    odds = model.bias
    for found in _shown(piece, place, language):
        odds += model.unit * sum(filter(None, map(weight, found)))
        if odds < _HOPELESS:
            break
    return odds


def features(piece: str, place: str, language: str) -> list[str]:
    """Name what a piece shows, as often as it does."""
    return [feature for found in _shown(piece, place, language) for feature in found]


def _shown(piece: str, place: str, language: str) -> Iterator[list[str]]:
    """Give what tells most for its cost first."""
    if place == LINE:
        yield list(_shape(piece))
    if language == "zh":
        signs = ["^", *_HAN_TOKEN.findall(piece), "$"]
        yield [*signs, f"#{_bucket(len(signs) // 2)}"]
        yield [*map("".join, pairwise(signs)), *map("".join, zip(signs, signs[1:], signs[2:], strict=False))]
        return
    words = _TOKEN.findall(unstretched(piece.lower().replace("’", "'")))
    kinds = "".join(map(_kinds().__getitem__, words))
    if "U" in kinds:
        kinds = _named(kinds, words, piece)
    words, kinds = ["^", *words, "$"], f"^{kinds}$"
    has = ["+" + kind for kind in set(kinds)]
    persons = "+" + "".join(sorted(_PERSONS.intersection(kinds)))
    yield [
        *words,
        *has,
        persons,
        f"#{_bucket(len(words) - 2)}",
        *[kinds[at : at + 2] + "=" for at in range(len(kinds) - 1)],
    ]
    yield [*map(" ".join, pairwise(words)), *[kinds[at : at + 3] + "=" for at in range(len(kinds) - 2)]]


def _named(kinds: str, words: list[str], piece: str) -> str:
    """Call words seldom met names where they are written so."""
    names = {name.lower() for name in _NAME.findall(piece)}
    return "".join("N" if kind == "U" and word in names else kind for kind, word in zip(kinds, words, strict=True))


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
    pairs = (line.rsplit("\t", 1) for line in body.splitlines())
    return Weights({feature: int(weight) for feature, weight in pairs}, numbers["bias"], numbers["unit"])
