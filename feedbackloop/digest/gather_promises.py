"""Which promises were broken, by how much, and what will fall due next?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from feedbackloop.analysis.gap_quantity import in_unit
from feedbackloop.digest.facts import Due, PromiseClass, PromiseTimes
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.digest.gather_scores import share
from feedbackloop.records import Gap

AHEAD = timedelta(days=7)
"""Promises that fall due within this time are shown before they break."""
DRIFTING = timedelta(days=2)
"""Items whose standard or due date falls within this time."""
FEWEST_PROMISES = 3
MOST_DUE = 5
_HOUR = timedelta(hours=1)


def promises(reading: Reading) -> PromiseClass | None:
    """Give the promises of the touchpoint that breaks most of them, with promised and actual time by segment.

    All promises that were checked count, and of those that customers tell of the broken ones: nobody tells of the others.
    """
    judged: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in reading.gaps:
        if gap.basis == "promised" and (gap.direction == "worse" or (gap.direction and gap.name)):
            judged[gap.touchpoint or ""].append(gap)
    classes = {where: gaps for where, gaps in judged.items() if _is_worth_telling(gaps)}
    if not classes:
        return None
    worst = max(sorted(classes), key=lambda where: _broken(classes[where]))
    gaps = classes[worst]
    sizes = Counter(gap.segment for gap in gaps)
    segments = sorted(segment for segment, size in sizes.items() if size >= FEWEST_PROMISES)
    hours = {gap.id: _hours_of(reading, gap) for gap in gaps}
    times = [_times("", gaps, hours)]
    if len(sizes) > 1:
        times += [_times(segment, [gap for gap in gaps if gap.segment == segment], hours) for segment in segments]
    return PromiseClass(worst, tuple(times))


def due(reading: Reading) -> tuple[Due, ...]:
    """Give open promises that fall due in the next seven days, the next first."""
    found = reading.ask.promises_due(reading.as_of, reading.as_of + AHEAD)
    mine = [one for one in found if reading.owns(one[1].touchpoint)][:MOST_DUE]
    words = reading.masked([promise.what for _, promise, _ in mine])
    return tuple(
        Due(item=item, what=what, due_at=promise.due_at, url=url, who=promise.who, said_at=promise.said_at)
        for (item, promise, url), what in zip(mine, words, strict=True)
        if promise.due_at
    )


def drifting(reading: Reading) -> tuple[Due, ...]:
    """Give items that come near to a standard or a due date without an end, the next first."""
    found = reading.ask.drifting(reading.as_of, reading.as_of + DRIFTING)
    mine = [one for one in found if one[0].due_at and reading.owns(one[0].touchpoint)]
    return tuple(_drift(gap, url, came, reading.as_of) for gap, url, came in mine)[:MOST_DUE]


def _checked(gaps: Sequence[Gap]) -> list[Gap]:
    """Give the promises that were made before our eyes and checked; the others were only told of."""
    return [gap for gap in gaps if gap.name]


def _is_worth_telling(gaps: Sequence[Gap]) -> bool:
    checked = _checked(gaps)
    told = _broken(gaps) - _broken(checked)
    return told >= FEWEST_PROMISES or (len(checked) >= FEWEST_PROMISES and _broken(checked) > 0)


def _broken(gaps: Sequence[Gap]) -> int:
    return sum(gap.direction == "worse" for gap in gaps)


def _times(segment: str, gaps: Sequence[Gap], hours: Mapping[str, tuple[float, float] | None]) -> PromiseTimes:
    pairs = [pair for gap in gaps if (pair := hours[gap.id])]
    checked = _checked(gaps)
    return PromiseTimes(
        segment=segment,
        broken=share(_broken(checked), len(checked)) if checked else None,
        told=_broken([gap for gap in gaps if not gap.name]),
        promised_hours=median(promised for promised, _ in pairs) if pairs else None,
        actual_hours=median(actual for _, actual in pairs) if pairs else None,
    )


def _hours_of(reading: Reading, gap: Gap) -> tuple[float, float] | None:
    """Give promised and actual hours: as the gap has them, else by the clock from the promise to what settled it.

    A broken promise that nothing settled is still waited for: it counts with the time that has gone by.
    """
    promised, actual = _hours(gap.expected, gap.unit), _hours(gap.experienced, gap.unit)
    if promised is not None and actual is not None:
        return promised, actual
    known = {promise.id: promise for promise in reading.store.judgements.promises_of(gap.item)}
    promise = known.get(gap.name or "")
    if promise is None or promise.due_at is None:
        return None
    settled_at = promise.settled_at or (reading.as_of if promise.state == "broken" else None)
    if settled_at is None:
        return None
    return (promise.due_at - promise.said_at) / _HOUR, (settled_at - promise.said_at) / _HOUR


def _hours(value: float | str | None, unit: str | None) -> float | None:
    return in_unit(float(value), unit, "hour") if isinstance(value, int | float) and unit else None


def _drift(gap: Gap, url: str | None, came: datetime, as_of: datetime) -> Due:
    assert gap.due_at is not None
    allowed = gap.due_at - came
    used = (as_of - came) / allowed if allowed > timedelta() else None
    what = (gap.name or gap.basis).replace("_", " ")
    return Due(item=gap.item, what=what, due_at=gap.due_at, url=url, used=min(used, 1.0) if used is not None else None)
