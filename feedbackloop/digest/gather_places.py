"""Where did experience fall short or go beyond: findings, promises, what is due, the journey, standing gaps, thanks?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median

from msgspec.structs import replace

from feedbackloop.analysis.findings import standing as standing_gaps
from feedbackloop.analysis.gap_quantity import in_unit
from feedbackloop.analysis.priority import rank
from feedbackloop.clock import week_shift
from feedbackloop.digest.facts import Due, PromiseClass, PromiseTimes, Quote, Stage, Standing, Thanks
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.digest.gather_scores import share
from feedbackloop.records import Finding, Gap, GapType, group_of
from feedbackloop.understanding.journey import stage_of

AHEAD = timedelta(days=7)
"""Promises that fall due within this time are shown before they break."""
DRIFTING = timedelta(days=2)
"""Items whose standard or due date falls within this time."""
STANDING_WEEKS = 4
FEWEST_PROMISES = 3
FEWEST_DELIGHTS = 3
MOST_DUE = 5
MOST_STANDING = 5
MOST_THANKS = 2
_HOUR = timedelta(hours=1)
STAGES = ("awareness", "decision", "purchase", "use", "repurchase", "referral")


def findings(reading: Reading) -> tuple[tuple[Finding, ...], int]:
    """Give the week's raised findings, what is to be worked on first, and how many groups were tested."""
    tested = [one for one in reading.store.plans.findings(reading.week, reading.week) if reading.owns_group(one.group)]
    raised = [
        replace(one, gap_type=one.gap_type or most_mended(g for g in reading.shortfalls if in_group(g, one.group)))
        for one in tested
        if one.raised
    ]
    return tuple(rank(raised)), len(tested)


def promises(reading: Reading) -> PromiseClass | None:
    """Give the promises of the touchpoint that breaks them most surely, with promised and actual time by segment."""
    judged: defaultdict[str, list[Gap]] = defaultdict(list)
    for gap in reading.gaps:
        if gap.basis == "promised" and gap.direction:
            judged[gap.touchpoint or ""].append(gap)
    classes = {where: gaps for where, gaps in judged.items() if len(gaps) >= FEWEST_PROMISES and _broken(gaps)}
    if not classes:
        return None
    worst = max(sorted(classes), key=lambda where: share(_broken(classes[where]), len(classes[where])).low)
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
        Due(item=item, what=what, due_at=promise.due_at, url=url)
        for (item, promise, url), what in zip(mine, words, strict=True)
        if promise.due_at
    )


def drifting(reading: Reading) -> tuple[Due, ...]:
    """Give items that come near to a standard or a due date without an end, the next first."""
    found = reading.ask.drifting(reading.as_of, reading.as_of + DRIFTING)
    mine = [one for one in found if one[0].due_at and reading.owns(one[0].touchpoint)]
    return tuple(_drift(gap, url, came, reading.as_of) for gap, url, came in mine)[:MOST_DUE]


def journey(reading: Reading) -> tuple[Stage, ...]:
    """Give the journey's stages: items that spoke of each, with pain and delight."""
    worse, better = (_items_by_touchpoint(reading.sure(direction)) for direction in ("worse", "better"))
    spoken = _spoken(reading)
    totals = {stage: [0, 0, 0] for stage in STAGES}
    for touchpoint in sorted(spoken.keys() | worse.keys() | better.keys()):
        if not touchpoint:
            continue
        stage = totals[stage_of(touchpoint, reading.settings.understand.touchpoints)]
        pain, delight = len(worse.get(touchpoint, ())), len(better.get(touchpoint, ()))
        stage[0] += max(spoken.get(touchpoint, 0), pain, delight)
        stage[1] += pain
        stage[2] += delight
    return tuple(Stage(name, *totals[name]) for name in STAGES) if any(total[0] for total in totals.values()) else ()


def standing(reading: Reading) -> tuple[Standing, ...]:
    """Give the groups that fall short most over the last weeks, however long they have."""
    weeks = [week_shift(reading.week, -back) for back in range(STANDING_WEEKS)]
    found = standing_gaps(reading.counts, weeks, minimum_items=reading.settings.detect.minimum_items)
    return tuple(
        Standing(group=one.group, shortfall=share(one.shortfalls, one.items), weeks=STANDING_WEEKS)
        for one in found[:MOST_STANDING]
        if one.shortfalls
    )


def thanks(reading: Reading) -> tuple[Thanks, ...]:
    """Give the groups in which most customers got more than they expected, with the team to thank."""
    found = standing_gaps(reading.counts, [reading.week], minimum_items=1, side="better")
    best = [one for one in found if one.shortfalls >= FEWEST_DELIGHTS][:MOST_THANKS]
    return tuple(_thanks(reading, one.group, one.shortfalls, one.items) for one in best)


def masked_quotes(reading: Reading, gaps: Sequence[Gap], most: int) -> tuple[Quote, ...]:
    """Give customers' own words behind gaps, masked: one quote an item, the surest first."""
    spoken = {gap.item: gap for gap in reversed(gaps) if gap.basis in {"stated", "promised"} and gap.evidence}
    chosen = [gap.item for gap in gaps if gap.item in spoken]
    chosen = list(dict.fromkeys(chosen))[:most]
    known = {item.key: (item, read) for item, read in reading.store.items.several(chosen)}
    words = reading.masked([spoken[key].evidence for key in chosen])
    return tuple(
        Quote(said, key, known[key][0].url, read.language if (read := known[key][1]) else None)
        for key, said in zip(chosen, words, strict=True)
        if key in known
    )


def most_mended(gaps: Iterable[Gap]) -> GapType | None:
    """Say what most of these shortfalls ask to mend."""
    kinds = Counter[GapType](gap.gap_type for gap in gaps if gap.gap_type is not None)
    return min(kinds, key=lambda kind: (-kinds[kind], kind), default=None)


def in_group(gap: Gap, group: dict[str, str]) -> bool:
    """Say whether a gap counts in a group of touchpoint and dimension."""
    return all(getattr(gap, key, None) == value for key, value in group.items() if key in {"touchpoint", "dimension"})


def _broken(gaps: Sequence[Gap]) -> int:
    return sum(gap.direction == "worse" for gap in gaps)


def _times(segment: str, gaps: Sequence[Gap], hours: Mapping[str, tuple[float, float] | None]) -> PromiseTimes:
    pairs = [pair for gap in gaps if (pair := hours[gap.id])]
    return PromiseTimes(
        segment=segment,
        broken=share(_broken(gaps), len(gaps)),
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


def _items_by_touchpoint(gaps: Sequence[Gap]) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for gap in gaps:
        found[gap.touchpoint or ""].add(gap.item)
    return dict(found)


def _spoken(reading: Reading) -> dict[str, int]:
    """Count the items that could be judged on each touchpoint: its dimensions share most of them, so the largest counts."""
    found: dict[str, int] = {}
    for key, weeks in reading.counts.items():
        touchpoint = group_of(key).get("touchpoint", "")
        items = sum(count.items for count in weeks if count.week == reading.week)
        found[touchpoint] = max(found.get(touchpoint, 0), items)
    return found


def _thanks(reading: Reading, group: dict[str, str], better: int, items: int) -> Thanks:
    team = reading.settings.team_for(group.get("touchpoint"))
    delights = [gap for gap in reading.sure("better") if in_group(gap, group)]
    quote = next(iter(masked_quotes(reading, delights, 1)), None)
    return Thanks(group=group, better=better, items=items, team=team.name if team else None, quote=quote)
