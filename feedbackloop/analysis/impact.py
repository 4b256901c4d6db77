"""By how much does a theme move a score? score(all) - score(all without the theme's items), with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, variance

from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.records import Interval


def impact(theme: Sequence[float], rest: Sequence[float]) -> Interval | None:
    """Give a theme's impact on a score that is a mean over items.

    Args:
        theme: One value an item of the theme: its points, or -100, 0, 100 for NPS (`nps_points`), or 0 and 1 for a
        share. rest: The same for all other items.

    Returns:
        The impact in units of the score, negative where the theme pulls it down, with its 95 % interval: the
        theme's share times the difference of the two means (Welch's t), the share taken as it is. None where one
        side has fewer than two items or neither varies: then it cannot be told, which is not zero.
    """
    if len(theme) < 2 or len(rest) < 2:
        return None
    weight = len(theme) / (len(theme) + len(rest))
    value = weight * (fmean(theme) - fmean(rest))
    parts = (variance(theme) / len(theme), variance(rest) / len(rest))
    error = math.sqrt(sum(parts))
    if error == 0:
        return None
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (len(theme) - 1) + parts[1] ** 2 / (len(rest) - 1))
    spread = weight * quantile(0.05, freedom) * error
    return Interval(value, value - spread, value + spread)


def nps_points(value: float) -> float:
    """Give an answer on 0..10 the points whose mean is the NPS: 100, 0 or -100."""
    if value >= 9:
        return 100.0
    return -100.0 if value <= 6 else 0.0


def is_real(value: Interval) -> bool:
    """Say whether an impact's interval leaves zero out; where it does not, say "cannot tell", never "no impact"."""
    return value.low > 0 or value.high < 0
