"""How are the linear sentiment models stored and read?

A model is one text file: a line of JSON with its recipe (what it was trained on, the licences, the date, the figures), then one
feature a line with two whole numbers: what it says for positive against negative, and for neutral against both. A sum over the
features of a text, divided by the root of its length, gives the odds of the three labels.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.resources import files
from math import exp, sqrt
from typing import Any, NamedTuple

SOFTENING = 4.0
"""Added to a text's length, so that one strong word alone does not make certain."""

Feature = str | int
"""A word, some words, or two neighbouring characters of Chinese as one number (`pair_number`)."""

Clause = tuple[float, Sequence[Feature]]
"""Some of a text's features, and how much they count. A text has one for each share: few long sums are faster than many."""


class Odds(NamedTuple):
    """The shares of the three labels for one text; they add up to 1."""

    negative: float
    neutral: float
    positive: float


class LinearModel(NamedTuple):
    """Weights per feature. Both numbers of a feature stand in one: the sum of whole numbers is what Python adds fastest."""

    weights: dict[Feature, int]
    recipe: dict[str, Any]
    bias: tuple[float, float]
    unit: float
    softening: float

    def odds(self, clauses: Iterable[Clause]) -> Odds:
        """Weigh a text's clauses.

        Args:
            clauses: With their features; what the model does not know counts for length only.
        """
        return softmax(*self.sums(clauses))

    def sums(self, clauses: Iterable[Clause]) -> tuple[float, float]:
        """Give the log odds of positive to negative, and of neutral to the middle of both."""
        find = self.weights.get
        polar = neutral = 0.0
        length = 0
        for share, features in clauses:
            between, towards = unpack(sum(filter(None, map(find, features))))
            polar += share * towards
            neutral += share * between
            length += len(features)
        unit = self.unit / sqrt(length + self.softening)
        return polar * unit + self.bias[0], neutral * unit + self.bias[1]


_SHIFT = 24
_HALF = 1 << (_SHIFT - 1)


def pack(polar: int, neutral: int) -> int:
    """Put two whole numbers into one, so that sums of packed numbers are packed sums (up to eight million each)."""
    return (neutral << _SHIFT) + polar


def unpack(packed: int) -> tuple[int, int]:
    """Take a packed sum apart: neutral, polar."""
    neutral = (packed + _HALF) >> _SHIFT
    return neutral, packed - (neutral << _SHIFT)


def softmax(polar: float, neutral: float) -> Odds:
    """Turn two sums into shares: log odds of positive to negative, and of neutral to the middle of both."""
    half = max(-30.0, min(30.0, polar / 2))
    low, middle, high = exp(-half), exp(max(-30.0, min(30.0, neutral))), exp(half)
    whole = low + middle + high
    return Odds(low / whole, middle / whole, high / whole)


def pair_number(pair: str) -> int:
    """Give the number of two characters: their four bytes, as `sentiment.zh` cuts them out of a text."""
    return int.from_bytes(pair.encode("utf-16-le", "surrogatepass"), "little")


def written(feature: Feature) -> str:
    """Write a feature as it stands in a model's file."""
    if isinstance(feature, str):
        return feature
    return feature.to_bytes(4, "little").decode("utf-16-le", "surrogatepass")


def read_feature(line: str, language: str) -> Feature:
    """Read a feature as a model's file has it: in Chinese two characters are a pair, all others words of the list."""
    return pair_number(line) if language == "zh" and len(line) == 2 else line


@lru_cache(maxsize=4)
def load_model(name: str) -> LinearModel:
    """Read the model `words/NAME.model`, once a process."""
    text = (files("feedbackloop.understanding") / "words" / f"{name}.model").read_text(encoding="utf-8")
    head, _, body = text.partition("\n")
    recipe = json.loads(head)
    weights: dict[Feature, int] = {}
    known: dict[int, int] = {}  # equal weights are one object: less memory to walk through
    for line in body.splitlines():
        feature, polar, neutral = line.rsplit("\t", 2)
        weight = pack(int(polar), int(neutral))
        weights[read_feature(feature, recipe["language"])] = known.setdefault(weight, weight)
    numbers = recipe["numbers"]
    return LinearModel(weights, recipe, tuple(numbers["bias"]), numbers["unit"], numbers["softening"])
