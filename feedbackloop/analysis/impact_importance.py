"""What matters to customers, and how well is it done? Importance against performance, four quadrants.

Importance is derived, not asked: the standardised coefficient of each driver in one regression on a score, with its
test. A driver whose importance cannot be told from none stands in no quadrant.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.statistics_student import quantile, two_sided_p
from feedbackloop.records import Interval

Quadrant = Literal["concentrate here", "keep up the good work", "low priority", "possible overkill", "cannot tell"]

ROWS_PER_DRIVER = 10
"""With fewer answers for each driver a regression fits chance."""
COLLINEAR = 1e-8
"""A driver of which less than this part is its own is the others' sum in disguise; nothing can be said about either."""


class Importance(Struct, frozen=True):
    """How much a score moves, in its own standard deviations, with one standard deviation of a driver; others held still."""

    interval: Interval
    p_value: float


def importances(scores: Sequence[float], drivers: Mapping[str, Sequence[float]]) -> dict[str, Importance]:
    """Derive each driver's importance for a score.

    Args:
        scores: One score an answer.
        drivers: Name -> performance as experienced in the same answers, in the same order; drivers that never vary
            are left out.

    Returns:
        Name -> importance, by name. Empty where the answers are too few (ten a driver and at least ten more), the
        score never varies, or the drivers cannot be told apart.

    Raises:
        ValueError: A driver has not one value for each score.
    """
    if any(len(values) != len(scores) for values in drivers.values()):
        raise ValueError("every driver needs one value for each score")
    columns = {name: column for name in sorted(drivers) if (column := _standardised(drivers[name]))}
    target = _standardised(scores)
    if not target or not columns or len(scores) < ROWS_PER_DRIVER * (len(columns) + 1):
        return {}
    x = list(columns.values())
    inverse = _inverse([[_dot(a, b) for b in x] for a in x])
    if inverse is None:
        return {}
    products = [_dot(a, target) for a in x]
    weights = [_dot(row, products) for row in inverse]
    freedom = len(scores) - len(x) - 1
    left = max(0.0, _dot(target, target) - _dot(weights, products)) / freedom
    found = {}
    for place, name in enumerate(columns):
        error = math.sqrt(left * inverse[place][place]) or math.ulp(1.0)
        spread = quantile(0.05, freedom) * error
        interval = Interval(weights[place], weights[place] - spread, weights[place] + spread)
        found[name] = Importance(interval, two_sided_p(weights[place] / error, freedom))
    return found


def quadrants(importance: Mapping[str, Importance], performance: Mapping[str, float]) -> dict[str, Quadrant]:
    """Place each driver by its importance and its performance, against the means of both.

    Args:
        importance: As `importances` gives it.
        performance: Name -> mean performance, on one scale for all; more is better.

    Returns:
        Name -> quadrant, for the names that both know, by name.

    Source: Martilla & James (1977), Journal of Marketing 41(1); the cross at the means, named here because others
        set it at the middle of the scale.
    """
    names = sorted(importance.keys() & performance.keys())
    if not names:
        return {}
    usual_weight = fmean(importance[name].interval.value for name in names)
    usual_performance = fmean(performance[name] for name in names)
    return {name: _quadrant(importance[name], usual_weight, performance[name] >= usual_performance) for name in names}


def _quadrant(importance: Importance, usual: float, is_good: bool) -> Quadrant:
    if importance.interval.low <= 0 <= importance.interval.high:
        return "cannot tell"
    if importance.interval.value >= usual:
        return "keep up the good work" if is_good else "concentrate here"
    return "possible overkill" if is_good else "low priority"


def _standardised(values: Sequence[float]) -> list[float]:
    """Bring values to mean 0 and a sum of squares of their number; empty where they never vary."""
    mean = fmean(values) if values else 0.0
    errors = [value - mean for value in values]
    size = math.sqrt(sum(error * error for error in errors) / max(1, len(values)))
    return [error / size for error in errors] if size > COLLINEAR * max(1.0, abs(mean)) else []


def _dot(a: Sequence[float], b: Sequence[float]) -> float:
    return math.fsum(x * y for x, y in zip(a, b, strict=True))


def _inverse(matrix: list[list[float]]) -> list[list[float]] | None:
    """Invert a small symmetric matrix by Gauss and Jordan; None where it is singular to the eye."""
    size = len(matrix)
    rows = [[*row, *(float(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if abs(rows[i][i]) <= COLLINEAR * abs(matrix[0][0]):
            return None
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for k in range(size):
            if k != i:
                rows[k] = [value - rows[k][i] * own for value, own in zip(rows[k], rows[i], strict=True)]
    return [row[size:] for row in rows]
