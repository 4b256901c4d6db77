"""What moved the score, and what does it depend on?

Both look at rated items and at where each of them fell short. The waterfall is exact: what the places moved adds up to the
change of the score. Importance is derived by regression and tested; see `feedbackloop.analysis.impact_importance`.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import fmean, variance

from feedbackloop.analysis.impact import nps_points
from feedbackloop.analysis.impact_importance import importances, quadrants
from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.digest.facts import Driver, Move, Moves
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.digest.gather_scores import FEWEST_ANSWERS, form_of
from feedbackloop.records import DIMENSIONS, Interval, group_of
from feedbackloop.store.digest_queries import RatedItem

MOST_MOVES = 4
"""So many places are named in the waterfall; what the others moved stands in one line."""
NOWHERE, OTHERS = "nowhere", "others"
_Scale = tuple[str, float, float]


def moves(reading: Reading) -> Moves | None:
    """Say which places moved the most answered score against the weeks before, each with its interval.

    An answer's place is the touchpoint of its surest shortfall. The contribution of a place is the mean, over this week's
    answers, of their distance from the old score where they belong to the place, less the same over the old answers; so
    contributions add up to the whole change.
    """
    scale = _scale(reading)
    now, before = _split(reading, scale) if scale else ([], [])
    if scale is None or min(len(now), len(before)) < FEWEST_ANSWERS:
        return None
    form, unit, make = form_of(*scale)
    old = fmean(_points(one, form) for one in before)
    found = {
        place: _contribution(place, now, before, (form, old)) for place in sorted({_place(o) for o in now + before})
    }
    ranked = sorted(found.keys() - {NOWHERE}, key=lambda place: (-abs(found[place].value), place))
    steps = [Move(place=place, change=found[place]) for place in ranked[:MOST_MOVES]]
    if rest := [found[place] for place in ranked[MOST_MOVES:]]:
        value = math.fsum(one.value for one in rest)
        spread = math.sqrt(math.fsum(((one.high - one.low) / 2) ** 2 for one in rest))
        steps.append(Move(place=OTHERS, change=Interval(value, value - spread, value + spread)))
    if NOWHERE in found:
        steps.append(Move(place=NOWHERE, change=found[NOWHERE]))
    return Moves(
        name=scale[0],
        form=form,
        unit=unit,
        before=make([one.value for one in before]),
        now=make([one.value for one in now]),
        steps=tuple(steps),
    )


def drivers(reading: Reading) -> tuple[Driver, ...]:
    """Place each dimension by its importance for the most answered score and by how often it did not fall short."""
    scale = _scale(reading)
    if scale is None:
        return ()
    form, _, _ = form_of(*scale)
    rated = [one for one in reading.rated if one.scale == scale]
    columns = {name: [float(name not in one.dimensions) for one in rated] for name in DIMENSIONS}
    important = importances([_points(one, form) for one in rated], columns)
    performance = _performance(reading)
    return tuple(
        Driver(
            dimension=name,
            quadrant=quadrant,
            importance=important[name].interval,
            performance=performance[name],
            score=scale[0],
            answers=len(rated),
        )
        for name, quadrant in quadrants(important, performance).items()
    )


def _scale(reading: Reading) -> _Scale | None:
    """Name the scale on which most answers came; of equals the first by name."""
    counted = Counter(one.scale for one in reading.rated)
    return min(counted, key=lambda scale: (-counted[scale], scale), default=None)


def _split(reading: Reading, scale: _Scale) -> tuple[list[RatedItem], list[RatedItem]]:
    start, _ = reading.bounds
    rated = [one for one in reading.rated if one.scale == scale]
    return [one for one in rated if one.at >= start], [one for one in rated if one.at < start]


def _points(one: RatedItem, form: str) -> float:
    """Give an answer the points whose mean is the score: 100 or 0 for a share, 100, 0 or -100 for NPS."""
    value, (_, low, _) = one.value, one.scale
    if form == "nps":
        return nps_points(value)
    if form == "good_share":
        return 100.0 * (value > 0.5)
    if form in {"top_two", "easy_share"}:
        return 100.0 * (value >= low + 3 if form == "top_two" else value >= 5)
    return value


def _place(one: RatedItem) -> str:
    return one.place or NOWHERE


def _contribution(
    place: str, now: Sequence[RatedItem], before: Sequence[RatedItem], scored: tuple[str, float]
) -> Interval:
    """Give what one place moved, with Welch's interval of the difference of two means."""
    form, old = scored
    sides = [[(_points(one, form) - old) if _place(one) == place else 0.0 for one in side] for side in (now, before)]
    value = fmean(sides[0]) - fmean(sides[1])
    parts = [variance(side) / len(side) for side in sides]
    error = math.sqrt(sum(parts))
    if error == 0:
        return Interval(value, value, value)
    freedom = sum(parts) ** 2 / sum(part**2 / (len(side) - 1) for part, side in zip(parts, sides, strict=True))
    spread = quantile(0.05, freedom) * error
    return Interval(value, value - spread, value + spread)


def _performance(reading: Reading) -> dict[str, float]:
    """Give the share of judged cases that did not fall short, by dimension, over the baseline and this week."""
    totals: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, weeks in reading.counts.items():
        dimension = group_of(key).get("dimension")
        if dimension:
            parts = totals[dimension]
            totals[dimension] = [parts[0] + sum(w.items for w in weeks), parts[1] + sum(w.worse for w in weeks)]
    return {name: 1 - worse / items for name, (items, worse) in totals.items() if items}
