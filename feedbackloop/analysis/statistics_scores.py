"""What do ratings say as NPS, CSAT and CES, by which variant, and how surely?"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean, variance
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.statistics import Z95, wilson
from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.records import Interval, Rating

ScoreName = Literal["nps", "csat", "ces"]


class Score(Struct, frozen=True):
    """One score with its 95 % interval, the number of answers, and the variant by which it was made.

    Shares are 0..1, NPS and net CES -100..100, means in points of the scale.
    """

    name: str
    variant: str
    n: int
    interval: Interval


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


def net_ease(values: Sequence[float]) -> Interval:
    """Give CES 2.0 as net ease on 1..7: percent of 6 and 7 minus percent of 1 to 3."""
    easy, hard = sum(value >= 6 for value in values), sum(value <= 3 for value in values)
    return nps(easy, len(values) - easy - hard, hard)


VARIANTS: Mapping[ScoreName, Mapping[str, Callable[[Sequence[float]], Interval]]] = {
    "nps": {"promoters - detractors": nps_of},
    "csat": {
        "share of 4-5 (top-2-box)": lambda values: share_of(values, lambda value: value >= 4),
        "mean": mean_of,
    },
    "ces": {
        "share of 5-7": lambda values: share_of(values, lambda value: value >= 5),
        "6-7 minus 1-3": net_ease,
        "mean": mean_of,
    },
}
"""Score -> variant -> how it is made from answers on the score's own scale; the first variant is the one shown."""

_SCALES: Mapping[ScoreName, tuple[float, float]] = {"nps": (0, 10), "csat": (1, 5), "ces": (1, 7)}


def scores(ratings: Sequence[Rating]) -> list[Score]:
    """Give every score that the ratings allow, all variants of it, in the order NPS, CSAT, CES.

    A rating of good or bad (min 0, max 1, as Zendesk has it) is its own variant of CSAT, good / (good + bad). Other
    scales than a score's own are left out: a 1-10 answer made into 1-5 would be another question. Unrated is left
    out.
    """
    found = []
    for name, scale in _SCALES.items():
        values = [r.value for r in ratings if r.scale == name and (r.min, r.max) == scale and _on_scale(r)]
        found += [Score(name, variant, len(values), of(values)) for variant, of in VARIANTS[name].items() if values]
    thumbs = [r.value for r in ratings if r.scale == "csat" and (r.min, r.max) == (0, 1)]
    if thumbs:
        found.append(Score("csat", "good / (good + bad)", len(thumbs), share_of(thumbs, lambda value: value > 0.5)))
    return found


def _on_scale(rating: Rating) -> bool:
    return rating.min <= rating.value <= rating.max
