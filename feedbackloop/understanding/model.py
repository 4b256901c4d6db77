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
from itertools import repeat
from math import exp, sqrt
from typing import Any, NamedTuple

Clause = tuple[float, Sequence[str]]
"""A piece of a text: how much it counts, and its features."""


class Odds(NamedTuple):
    """The shares of the three labels for one text; they add up to 1."""

    negative: float
    neutral: float
    positive: float


class LinearModel(NamedTuple):
    """Weights per feature; a weight's real part is for positive against negative, its imaginary part for neutral."""

    weights: dict[str, complex]
    recipe: dict[str, Any]
    bias: complex
    unit: float
    softening: float
    temperature: float

    def odds(self, clauses: Iterable[Clause]) -> Odds:
        """Weigh a text's clauses.

        Args:
            clauses: With their features; what the model does not know counts for length only.
        """
        find = self.weights.get
        total = 0j
        length = 0
        for share, features in clauses:
            total += share * sum(map(find, features, repeat(0)))
            length += len(features)
        total = (total * (self.unit / sqrt(length + self.softening)) + self.bias) / self.temperature
        return softmax(total)


def softmax(total: complex) -> Odds:
    """Turn the two sums into shares: real is the log odds of positive to negative, imaginary of neutral to their middle."""
    half = max(-30.0, min(30.0, total.real / 2))
    negative, neutral, positive = exp(-half), exp(max(-30.0, min(30.0, total.imag))), exp(half)
    whole = negative + neutral + positive
    return Odds(negative / whole, neutral / whole, positive / whole)


@lru_cache(maxsize=4)
def load_model(name: str) -> LinearModel:
    """Read the model `words/NAME.model`, once a process."""
    text = (files("feedbackloop.understanding") / "words" / f"{name}.model").read_text(encoding="utf-8")
    head, _, body = text.partition("\n")
    recipe = json.loads(head)
    weights = {}
    for line in body.splitlines():
        feature, polar, neutral = line.rsplit("\t", 2)
        weights[feature] = complex(int(polar), int(neutral))
    numbers = recipe["numbers"]
    return LinearModel(
        weights, recipe, complex(*numbers["bias"]), numbers["unit"], numbers["softening"], numbers["temperature"]
    )
