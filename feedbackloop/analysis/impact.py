"""By how much does a theme move a score? score(all) - score(all without the theme's items), with its interval."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean, variance

from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.records import Interval, Rating


def impact(theme: Sequence[float], rest: Sequence[float]) -> Interval | None:
    """Give a theme's impact on a score that is a mean over items.

    Args:
        theme: One value an item of the theme: its points; -100, 0, 100 for NPS (`nps_points`); 0 and 1 for a share.
        rest: The same for all other items.

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


def impacts(theme: Collection[str], ratings: Mapping[str, Sequence[Rating]]) -> dict[str, Interval]:
    """Give a theme's impact on every score that customers gave.

    Args:
        theme: Keys of the theme's items.
        ratings: Item key -> its ratings, for all items of the period.

    Returns:
        Name of the scale -> impact, in its own points (NPS in NPS points), by name. Where one scale came in several
        ranges, the most frequent one speaks; a score that cannot tell anything is left out.
    """
    found: dict[str, Interval] = {}
    ranges = Counter((r.scale, r.min, r.max) for given in ratings.values() for r in given)
    for (scale, low, high), _ in sorted(ranges.items(), key=lambda entry: (-entry[1], entry[0])):
        if scale in found:
            continue
        values = {
            key: value for key, given in ratings.items() if (value := _last(given, (scale, low, high))) is not None
        }
        inside = [value for key, value in values.items() if key in theme]
        effect = impact(inside, [value for key, value in values.items() if key not in theme])
        if effect is not None:
            found[scale] = effect
    return dict(sorted(found.items()))


def _last(ratings: Sequence[Rating], wanted: tuple[str, float, float]) -> float | None:
    """Give an item's last rating on one scale, in points of its score."""
    values = [r.value for r in ratings if (r.scale, r.min, r.max) == wanted and r.min <= r.value <= r.max]
    if not values:
        return None
    return nps_points(values[-1]) if wanted == ("nps", 0, 10) else values[-1]


def nps_points(value: float) -> float:
    """Give an answer on 0..10 the points whose mean is the NPS: 100, 0 or -100."""
    if value >= 9:
        return 100.0
    return -100.0 if value <= 6 else 0.0


def is_real(value: Interval) -> bool:
    """Say whether an impact's interval leaves zero out; where it does not, say "cannot tell", never "no impact"."""
    return value.low > 0 or value.high < 0
