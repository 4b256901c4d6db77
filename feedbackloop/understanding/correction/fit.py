"""What do rated texts teach beyond the shipped model?

A logistic regression on the same features as the shipped model, whose sums are where it starts from: with no labels nothing
changes, and every weight has to earn its place against a strong pull to zero. Plain Python, no random number: the same rows in
the same order give the same weights.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import exp, sqrt
from operator import mul
from typing import NamedTuple, TypedDict
from zlib import crc32

from feedbackloop.understanding.correction.correcting import Correction, Pair, fingerprint
from feedbackloop.understanding.correction.labels import Label
from feedbackloop.understanding.sentiment.model import Clause, LinearModel, load_model, softmax, written
from feedbackloop.understanding.sentiment.scoring import LANGUAGES

SHARED_BY = 3
"""Features of fewer rated items are not learned: they would be names and numbers."""
PULL = 0.2
"""Strength of the pull to zero (L2), in units of one text's log loss."""
PULL_OF_ALL = 10.0
"""The same for scale and shift, towards 1 and 0."""
RARER = 0.5
"""How much more a rare label counts: 0 not at all, 1 so much that all labels weigh the same."""
ROUNDS = 12
STEP = 0.3
FIRST = 1e-6
"""Where the sum of squared slopes begins: small, so that the first step has the full length."""
_PLACES = 4


class RatedText(NamedTuple):
    """A customer's own words and what the rating that came with them says.

    `has_middle` is False for a scale of two steps, which cannot say neutral and so teaches nothing about it.
    """

    key: str
    words: str
    label: Label
    has_middle: bool = True


class Row(NamedTuple):
    """One rated text as numbers: the shipped model's log odds, its features' places and values, and the label."""

    polar: float
    neutral: float
    places: list[int]
    values: list[float]
    label: str
    has_middle: bool
    weight: float


class Learned(TypedDict):
    """What `learn` gives: the parts of a correction."""

    scale: Pair
    shift: Pair
    weights: dict[str, Pair]


def fit(language: str, rated: Sequence[RatedText], version: int) -> Correction:
    """Learn a correction from rated texts, in their order."""
    model = load_model(f"sentiment_{language}")
    learned = learn(model, LANGUAGES[language], rated)
    return Correction(language=language, version=version, base=fingerprint(language), **learned)


def learn(model: LinearModel, clauses: Callable[[str], list[Clause]], rated: Sequence[RatedText]) -> Learned:
    """Learn scale, shift and weights on top of any model."""
    ordered = sorted(rated, key=lambda one: (crc32(one.key.encode("utf-8", "replace")), one.key))
    values = [feature_values(clauses(one.words), model.softening) for one in ordered]
    counts = Counter(feature for row in values for feature in row)
    features = sorted(feature for feature, count in counts.items() if count >= SHARED_BY)
    place = {feature: number for number, feature in enumerate(features)}
    weight = _weights(ordered)
    rows = [
        _row(model.sums(clauses(one.words)), one, row, place, weight[one.label])
        for one, row in zip(ordered, values, strict=True)
    ]
    learner = Learner([counts[feature] for feature in features], len(rows))
    for _ in range(ROUNDS):
        for row in rows:
            learner.take(row)
    return {
        "scale": _rounded(1 + learner.whole[0], 1 + learner.whole[1]),
        "shift": _rounded(learner.whole[2], learner.whole[3]),
        "weights": {
            feature: pair
            for feature, *both in zip(features, learner.polar, learner.neutral, strict=True)
            if any(pair := _rounded(*both))
        },
    }


def feature_values(clauses: Iterable[Clause], softening: float) -> dict[str, float]:
    """Give each feature's value as the shipped model counts it: its shares, divided by the root of the text's length."""
    values: dict[str, float] = defaultdict(float)
    length = 0
    for share, features in clauses:
        length += len(features)
        for feature in features:
            values[written(feature)] += share
    root = sqrt(length + softening)
    return {feature: value / root for feature, value in values.items()}


def _row(sums: Pair, one: RatedText, values: dict[str, float], place: dict[str, int], weight: float) -> Row:
    known = [feature for feature in values if feature in place]
    places, found = [place[feature] for feature in known], [values[feature] for feature in known]
    return Row(*sums, places, found, one.label, one.has_middle, weight)


def _weights(rated: Sequence[RatedText]) -> dict[Label, float]:
    """Let a rare label count for more, by the root of how rare it is: most desks have few bad ratings, and they matter most."""
    counts = Counter(one.label for one in rated)
    raw = {label: (len(rated) / count / len(counts)) ** RARER for label, count in counts.items()}
    mean = sum(raw[label] * count for label, count in counts.items()) / max(1, len(rated))
    return {label: weight / mean for label, weight in raw.items()}


def _rounded(polar: float, neutral: float) -> Pair:
    return round(polar, _PLACES), round(neutral, _PLACES)


class Learner:
    """Weights that follow one rated text after another.

    Each weight has a step of its own, which shrinks as it is moved (AdaGrad; Duchi, Hazan & Singer 2011, JMLR 12). The pull to
    zero is shared out over the texts that have the feature.
    """

    def __init__(self, counts: Sequence[int], rows: int) -> None:
        """Start from the shipped model.

        Args:
            counts: In how many texts each feature stands.
            rows: How many texts there are.
        """
        self.polar = [0.0] * len(counts)
        self.neutral = [0.0] * len(counts)
        self.whole = [0.0] * 4
        self._pull = [PULL / count for count in counts]
        self._pull_of_all = PULL_OF_ALL / max(1, rows)
        self._polar_moved = [FIRST] * len(counts)
        self._neutral_moved = [FIRST] * len(counts)
        self._whole_moved = [FIRST] * 4

    def take(self, row: Row) -> None:
        """Move the weights by one text."""
        polar = row.polar * (1 + self.whole[0]) + self.whole[2]
        polar += sum(map(mul, map(self.polar.__getitem__, row.places), row.values))
        if row.has_middle:
            neutral = row.neutral * (1 + self.whole[1]) + self.whole[3]
            neutral += sum(map(mul, map(self.neutral.__getitem__, row.places), row.values))
            odds = softmax(polar, neutral)
            toward = (
                (row.label == "positive") - (row.label == "negative") - odds.positive + odds.negative
            ) * row.weight
            self._move(self.polar, self._polar_moved, row, toward / 2)
            between = ((row.label == "neutral") - odds.neutral) * row.weight
            self._move(self.neutral, self._neutral_moved, row, between)
            self._move_whole((toward / 2 * row.polar, between * row.neutral, toward / 2, between))
        else:
            toward = ((row.label == "positive") - 1 / (1 + exp(-max(-30.0, min(30.0, polar))))) * row.weight
            self._move(self.polar, self._polar_moved, row, toward)
            self._move_whole((toward * row.polar, 0.0, toward, 0.0))

    def _move(self, weights: list[float], moved: list[float], row: Row, error: float) -> None:
        pull = self._pull
        for place, value in zip(row.places, row.values, strict=True):
            slope = error * value - pull[place] * weights[place]
            moved[place] += slope * slope
            weights[place] += STEP * slope / sqrt(moved[place])

    def _move_whole(self, slopes: tuple[float, float, float, float]) -> None:
        for place, slope in enumerate(slopes):
            full = slope - self._pull_of_all * self.whole[place]
            self._whole_moved[place] += full * full
            self.whole[place] += STEP * full / sqrt(self._whole_moved[place])
