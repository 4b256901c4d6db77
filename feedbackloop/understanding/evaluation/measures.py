"""How good is a reading of texts, and how sure is that figure?

Pure functions: what was given is held against labels; intervals come from a bootstrap with a fixed seed, so that the same file
gives the same report. The tasks have modules of their own: `evaluation.sentiment`, `evaluation.expectation`.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from math import sqrt
from typing import Any

import msgspec
from msgspec import Struct

SEED = 20_250_101
RESAMPLES = 400
MINIMUM = 20
"""Groups with fewer rows get no figures of their own."""

_LENGTHS = (50, 200, 600)
Pair = tuple[str, str]
"""What the label says, and what was given."""


class Measure(Struct, frozen=True):
    """One figure with its 95 % interval and the rows that it rests on."""

    name: str
    value: float
    low: float
    high: float
    rows: int


class Bin(Struct, frozen=True):
    """Of the rows with a confidence in this tenth: how sure they were on average, and how many were right."""

    confidence_from: float
    confidence_mean: float
    share_right: float
    rows: int


class Mistake(Struct, frozen=True):
    """One row that came out wrong, to read."""

    id: str
    text: str
    label: str
    given: str
    confidence: float


class Report(Struct, frozen=True, kw_only=True):
    """All about one scorer.

    `groups` holds the figures per language and per length, `confusion` label -> given -> rows, `read_by` who really read them:
    another scorer takes over what one does not answer.
    """

    scorer: str
    measures: tuple[Measure, ...]
    groups: dict[str, tuple[Measure, ...]] = {}
    confusion: dict[str, dict[str, int]] = {}
    calibration: tuple[Bin, ...] = ()
    worst: tuple[Mistake, ...] = ()
    texts_per_second: float | None = None
    read_by: dict[str, int] = {}


class Difference(Struct, frozen=True):
    """How much better the second scorer is than the first on the same rows; `is_sure` when the interval leaves 0 out."""

    first: str
    second: str
    measure: str
    value: float
    low: float
    high: float
    is_sure: bool


class Evaluation(Struct, frozen=True, kw_only=True):
    """The whole answer to `evaluate`. `skipped` rows had no label."""

    task: str
    rows: int
    skipped: int
    reports: tuple[Report, ...]
    differences: tuple[Difference, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Give plain dicts, lists and numbers."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain


def length_class(text: str) -> str:
    """Name the length class of a text in characters."""
    bounds = ["0", *map(str, _LENGTHS)]
    place = bisect_left(_LENGTHS, len(text) + 1)
    return f"length {bounds[place]}-{_LENGTHS[place] - 1}" if place < len(_LENGTHS) else f"length {bounds[place]}-"


def group_order(name: str) -> tuple[str, int, str]:
    """Sort groups by kind, lengths from short to long."""
    kind, _, rest = name.partition(" ")
    low = rest.partition("-")[0]
    return kind, int(low) if low.isdecimal() else 0, rest


def confusion(pairs: Sequence[Pair]) -> dict[str, dict[str, int]]:
    """Count what was given for each label, labels and answers in alphabetical order."""
    counts = Counter(pairs)
    table: dict[str, dict[str, int]] = {}
    for (label, given), count in sorted(counts.items()):
        table.setdefault(label, {})[given] = count
    return table


def accuracy(counts: Mapping[Pair, int]) -> float:
    """Share of rows that were given their label."""
    return sum(count for (label, given), count in counts.items() if label == given) / max(1, sum(counts.values()))


def macro_f1(counts: Mapping[Pair, int]) -> float:
    """Mean of the labels' F1; a label that stands in no row is left out."""
    labels = sorted({label for label, _ in counts})
    scores = []
    for one in labels:
        right = counts.get((one, one), 0)
        others = sum(count for (label, given), count in counts.items() if (label == one) != (given == one))
        scores.append(2 * right / (2 * right + others))
    return sum(scores) / max(1, len(scores))


def measured(name: str, pairs: Sequence[Pair], figure: Callable[[Mapping[Pair, int]], float]) -> Measure:
    """Measure a figure over rows, with a percentile bootstrap.

    Rows are drawn by cells of the confusion table, which is the same as drawing rows.
    """
    counts = Counter(pairs)
    cells = sorted(counts)
    sums = list(accumulate(counts[cell] for cell in cells))
    draw = random.Random(SEED)  # noqa: S311  (resampling, nothing secret)
    size = len(pairs)
    values = sorted(
        figure(Counter(draw.choices(cells, cum_weights=sums, k=size))) for _ in range(RESAMPLES if size else 0)
    )
    low, high = _middle(values)
    return Measure(name, round(figure(counts), 4), round(low, 4), round(high, 4), size)


def difference(
    first: Sequence[Pair], second: Sequence[Pair], figure: Callable[[Mapping[Pair, int]], float]
) -> tuple[float, float, float]:
    """Compare two scorers on the same rows by a paired bootstrap: value, low, high."""
    counts = Counter(zip(first, second, strict=True))
    cells = sorted(counts)
    sums = list(accumulate(counts[cell] for cell in cells))
    draw = random.Random(SEED)  # noqa: S311  (resampling, nothing secret)
    values = []
    for _ in range(RESAMPLES):
        drawn = draw.choices(cells, cum_weights=sums, k=len(first))
        values.append(figure(Counter(two for _, two in drawn)) - figure(Counter(one for one, _ in drawn)))
    value = figure(Counter(second)) - figure(Counter(first))
    low, high = _middle(sorted(values))
    return round(value, 4), round(low, 4), round(high, 4)


def _middle(values: Sequence[float]) -> tuple[float, float]:
    """Bounds of the middle 95 % of sorted values."""
    if not values:
        return 0.0, 1.0
    cut = round(len(values) * 0.025)
    return values[cut], values[-1 - cut]


def auc(scored: Sequence[tuple[float, bool]]) -> Measure | None:
    """Chance that a positive text is rated above a negative one; ties count half.

    Source: Hanley & McNeil (1982), Radiology 143(1), for the interval.
    """
    positives = sum(1 for _, is_positive in scored if is_positive)
    negatives = len(scored) - positives
    if not positives or not negatives:
        return None
    area = (_rank_sum(scored) - positives * (positives + 1) / 2) / (positives * negatives)
    above, below = area / (2 - area), 2 * area * area / (1 + area)
    spread = area * (1 - area) + (positives - 1) * (above - area**2) + (negatives - 1) * (below - area**2)
    wide = 1.96 * sqrt(max(0.0, spread) / (positives * negatives))
    return Measure("auc", round(area, 4), round(max(0.0, area - wide), 4), round(min(1.0, area + wide), 4), len(scored))


def _rank_sum(scored: Sequence[tuple[float, bool]]) -> float:
    """Sum of the positives' ranks; equal scores share their mean rank."""
    values = Counter(score for score, _ in scored)
    rank: dict[float, float] = {}
    below = 0
    for value in sorted(values):
        rank[value] = below + (values[value] + 1) / 2
        below += values[value]
    return sum(rank[score] for score, is_positive in scored if is_positive)


def calibration(judged: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Hold confidence against share right, in tenths that hold rows. Input: confidence, and whether it was right."""
    tenths: dict[int, list[tuple[float, bool]]] = {}
    for confidence, is_right in judged:
        tenths.setdefault(min(9, int(confidence * 10)), []).append((confidence, is_right))
    return tuple(
        Bin(
            tenth / 10,
            round(sum(confidence for confidence, _ in rows) / len(rows), 4),
            round(sum(is_right for _, is_right in rows) / len(rows), 4),
            len(rows),
        )
        for tenth, rows in sorted(tenths.items())
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Mean distance between confidence and share right, weighted by rows (expected calibration error)."""
    rows = sum(one.rows for one in bins)
    return round(sum(abs(one.confidence_mean - one.share_right) * one.rows for one in bins) / max(1, rows), 4)
