"""Which scores did customers give, and how far did each dimension fall short, against the weeks before?"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from statistics import fmean

from feedbackloop.analysis.statistics import newcombe, overdispersion, wilson
from feedbackloop.analysis.statistics_scores import mean_of, nps_of, share_of
from feedbackloop.digest.facts import DimensionGap, Score, Share, Unit
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.records import DIMENSIONS, Gap, Interval, WeekCount, group_of
from feedbackloop.store.digest_queries import Rated

FEWEST_ANSWERS = 5
"""Below this a score is an anecdote, not a score."""

_Scale = tuple[str, float, float]
_Form = tuple[str, Unit, Callable[[Sequence[float]], Interval]]
_ORDER = ("csat", "nps", "ces", "stars")


def scores(reading: Reading) -> tuple[Score, ...]:
    """Give every score that was asked for this week, each in one named variant, with its change against the baseline."""
    start, end = reading.bounds
    now = _by_scale(reading.ask.ratings(start, end, reading.scope))
    before = _by_scale(reading.ask.ratings(reading.baseline_start, start, reading.scope))
    found = [_score(scale, now[scale], before.get(scale, [])) for scale in sorted(now, key=_place)]
    return tuple(score for score in found if score.n >= FEWEST_ANSWERS)


def dimensions(reading: Reading) -> tuple[DimensionGap, ...]:
    """Give survey pairs and shortfalls of the five dimensions; one without either is left out."""
    pairs = _survey_pairs(reading.gaps)
    weeks = {dimension: _weeks(reading, dimension) for dimension in DIMENSIONS}
    found = [_dimension(name, pairs.get(name, []), weeks[name], reading.week) for name in DIMENSIONS]
    return tuple(gap for gap in found if gap.gap or gap.shortfall)


def difference(now: Interval, before: Interval) -> Interval:
    """Give the difference of two independent values from their own intervals; for shares it is Newcombe's method 10.

    Source: Zou & Donner (2008), Statistics in Medicine 27(10), the method of variance estimates recovery.
    """
    value = now.value - before.value
    below = math.hypot(now.value - now.low, before.high - before.value)
    above = math.hypot(now.high - now.value, before.value - before.low)
    return Interval(value, value - below, value + above)


# --- scores ----------------------------------------------------------------------------------------------------------


def _by_scale(rated: Sequence[Rated]) -> dict[_Scale, list[float]]:
    found: defaultdict[_Scale, list[float]] = defaultdict(list)
    for one in rated:
        if one.low < one.high and one.low <= one.value <= one.high:
            found[one.scale, one.low, one.high] += [one.value] * one.items
    return dict(found)


def _place(scale: _Scale) -> tuple[int, str, float, float]:
    name, low, high = scale
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), name, low, high


def _score(scale: _Scale, now: Sequence[float], before: Sequence[float]) -> Score:
    form, unit, make = form_of(*scale)
    value = make(now)
    change = difference(value, make(before)) if len(before) >= FEWEST_ANSWERS else None
    return Score(name=scale[0], form=form, unit=unit, n=len(now), value=value, change=change)


def form_of(name: str, low: float, high: float) -> _Form:
    """Give the variant in which a scale is shown: its name, its unit, and how it is made from answers."""
    if name == "nps" and (low, high) == (0, 10):
        return "nps", "points", nps_of
    if name == "csat" and (low, high) == (0, 1):
        return "good_share", "percent", lambda values: _percent(share_of(values, lambda value: value > 0.5))
    if name == "csat" and (low, high) == (1, 5):
        return "top_two", "percent", lambda values: _percent(share_of(values, lambda value: value >= 4))
    if name == "ces" and (low, high) == (1, 7):
        return "easy_share", "percent", lambda values: _percent(share_of(values, lambda value: value >= 5))
    return "mean", "points", mean_of


def _percent(share: Interval) -> Interval:
    return Interval(100 * share.value, 100 * share.low, 100 * share.high)


# --- dimensions ------------------------------------------------------------------------------------------------------


def _survey_pairs(gaps: Sequence[Gap]) -> dict[str, list[Gap]]:
    found: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in gaps:
        if gap.basis == "survey" and gap.dimension and _points(gap) is not None:
            found[gap.dimension].append(gap)
    return dict(found)


def _points(gap: Gap) -> tuple[float, float] | None:
    """Read the ends of the scale from `points 1-7`."""
    low, dash, high = (gap.unit or "").removeprefix("points ").partition("-")
    try:
        return (float(low), float(high)) if dash else None
    except ValueError:
        return None


def _dimension(name: str, pairs: Sequence[Gap], weeks: Sequence[WeekCount], week: str) -> DimensionGap:
    shortfall, change = _shortfall(weeks, week)
    scales = sorted({scale for gap in pairs if (scale := _points(gap))})
    if not scales:
        return DimensionGap(dimension=name, shortfall=shortfall, change=change)
    low, high = max(scales, key=lambda scale: sum(_points(gap) == scale for gap in pairs))
    same = [gap for gap in pairs if _points(gap) == (low, high)]
    expected, experienced = _by_respondent(same, "expected"), _by_respondent(same, "experienced")
    distances = [p - e for e, p in zip(expected, experienced, strict=True)]
    # one respondent has no interval; a picture of one person would pass for a finding
    is_enough = len(distances) >= FEWEST_ANSWERS
    return DimensionGap(
        dimension=name,
        expected=fmean(expected) if is_enough else None,
        experienced=fmean(experienced) if is_enough else None,
        scale_min=low,
        scale_max=high,
        gap=mean_of(distances) if is_enough else None,
        pairs=len(distances),
        shortfall=shortfall,
        change=change,
    )


def _by_respondent(pairs: Sequence[Gap], side: str) -> list[float]:
    """Give each respondent's mean over the questions of the dimension, in the order of their items."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for gap in pairs:
        found[gap.item].append(float(getattr(gap, side)))
    return [fmean(found[item]) for item in sorted(found)]


def _weeks(reading: Reading, dimension: str) -> list[WeekCount]:
    """Add up the dimension's cases over all touchpoints, week by week."""
    total: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, weeks in reading.counts.items():
        if group_of(key).get("dimension") == dimension:
            for count in weeks:
                parts = total[count.week]
                total[count.week] = [parts[0] + count.items, parts[1] + count.worse, parts[2] + count.better]
    return [WeekCount(dimension, week, *total[week]) for week in sorted(total)]


def _shortfall(weeks: Sequence[WeekCount], week: str) -> tuple[Share | None, Interval | None]:
    now = [count for count in weeks if count.week == week]
    before = [count for count in weeks if count.week < week]
    if not now:
        return None, None
    worse, items = now[0].worse, now[0].items
    known = sum(count.items for count in before)
    change = None
    if known:
        phi = overdispersion([([count.worse for count in before], [count.items for count in before])])
        change = newcombe((worse, sum(count.worse for count in before)), (items, known), phi)
    return share(worse, items), change


def share(part: int, whole: int) -> Share:
    """Give a share with its Wilson interval."""
    interval = wilson(part, whole)
    return Share(part, whole, interval.low, interval.high)
