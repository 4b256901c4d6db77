"""What do answers say as a score, and how surely? Which scale is shown as which variant says `digest.gather_scores`."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import fmean, variance

from feedbackloop.analysis.statistics import Z95, wilson
from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.records import Interval


def nps(promoters: int, passives: int, detractors: int) -> Interval:
    """Give the Net Promoter Score 100(p - d) with SE = sqrt((p + d - (p - d)^2) / n).

    50, 30 and 20 give 30 +- 15.3.

    Raises:
        ValueError: Nobody answered.
    """
    n = promoters + passives + detractors
    if n <= 0:
        raise ValueError("nobody answered: there is no score")
    p, d = promoters / n, detractors / n
    spread = 100 * Z95 * math.sqrt(max(0.0, p + d - (p - d) ** 2) / n)
    value = 100 * (p - d)
    return Interval(value, max(-100.0, value - spread), min(100.0, value + spread))


def nps_of(values: Sequence[float]) -> Interval:
    """Give the NPS of answers on 0..10: 9 and 10 promote, 7 and 8 are passive, 0 to 6 detract."""
    promoters = sum(value >= 9 for value in values)
    detractors = sum(value <= 6 for value in values)
    return nps(promoters, len(values) - promoters - detractors, detractors)


def share_of(values: Sequence[float], counts: Callable[[float], bool]) -> Interval:
    """Give the share of answers that count, with Wilson's interval."""
    return wilson(sum(counts(value) for value in values), len(values))


def mean_of(values: Sequence[float]) -> Interval:
    """Give the mean with its t interval; of a single answer only the value is known, so the interval is open.

    Raises:
        ValueError: There is no answer.
    """
    if not values:
        raise ValueError("nobody answered: there is no mean")
    mean = fmean(values)
    if len(values) < 2:
        return Interval(mean, -math.inf, math.inf)
    spread = quantile(0.05, len(values) - 1) * math.sqrt(variance(values) / len(values))
    return Interval(mean, mean - spread, mean + spread)
