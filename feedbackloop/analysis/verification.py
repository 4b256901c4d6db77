"""Did the mending work, or would it have looked like this anyway?

Weeks are the units, groups without a mending are the comparison, the week that raised the task is left out (it was
picked because it was bad, the next one would have been better by itself), autocorrelation stands in the error, and
there is one verdict at a date fixed when the task is done, with at most one more look.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from statistics import NormalDist, fmean

import msgspec
from msgspec import Struct

from feedbackloop.analysis.statistics_student import quantile
from feedbackloop.analysis.verification_series import Noise, Series, noise, set_off
from feedbackloop.clock import week_bounds, week_of, week_shift
from feedbackloop.records import Finding, Interval, Verdict, WeekCount, group_of

SETTLING_WEEKS = 2
"""Weeks after "done" that count neither as before nor as after: cases under way still run by the old rule."""
FEWEST_AFTER, MOST_AFTER = 4, 12
"""How many weeks the first verdict looks at: as many as the target needs, within these bounds."""
LAST_LOOK_WEEKS = 26
"""So many weeks after "done" the matter is closed: what cannot be told then is not going to be."""
FEWEST_RAISED = 3
"""With so many weeks between raising and mending, they alone are the before: they are the state that was to be mended."""
FEWEST_CALM = 4
"""With so many weeks before the raising, noise is learnt from them alone: what came after may be the trouble itself."""
SMALLEST_TARGET = 0.02
"""An improvement below two points in a hundred is not asked of anybody: no desk sees it in half a year."""

_ALPHA = 0.05
_POWER = NormalDist().inv_cdf(0.80)


class Fix(Struct, frozen=True, kw_only=True):
    """One task that was done: what is to be verified, fixed when it was done.

    `target` is the improvement asked for, as a share (0.05: five in a hundred fewer fall short). `look` is 1, or 2
    for the one re-look, which is made at half the error rate.
    """

    raised_week: str
    done_week: str
    target: float
    weeks_after: int
    baseline_weeks: int = 13
    look: int = 1

    @property
    def after_weeks(self) -> list[str]:
        """The weeks on which the verdict looks."""
        length = self.weeks_after if self.look == 1 else LAST_LOOK_WEEKS - SETTLING_WEEKS
        return [week_shift(self.done_week, SETTLING_WEEKS + step) for step in range(length)]

    @property
    def raised_weeks(self) -> list[str]:
        """The weeks after the one that raised the task and before the one in which it was done."""
        return [week for week in _before(self.done_week, self.baseline_weeks) if week > self.raised_week]

    @property
    def before_weeks(self) -> list[str]:
        """The weeks to compare with: those between raising and mending where they are enough, else the baseline.

        The week that raised the task is in neither.
        """
        raised = self.raised_weeks
        if len(raised) >= FEWEST_RAISED:
            return raised
        return [week for week in _before(self.done_week, self.baseline_weeks) if week != self.raised_week]


class Verification(Struct, frozen=True, kw_only=True):
    """A verdict and all that it rests on.

    `change` is the group's share after minus before, set off against the comparison groups, with its interval;
    below zero is better. `needed_items`: with too_early, how many more items of the group it takes; None where no
    number would do. `displaced`: neighbours that rose at the same time.
    """

    verdict: Verdict
    change: Interval | None = None
    weeks_before: int = 0
    weeks_after: int = 0
    items_before: int = 0
    items_after: int = 0
    needed_items: int | None = None
    compared_with: int = 0
    displaced: tuple[str, ...] = ()
    target: float = 0.0


def target_improvement(finding: Finding) -> float:
    """Give the improvement that a task asks for: half of the rise back to the baseline, at least two points in a hundred."""
    rise = finding.share - (finding.baseline_share if finding.baseline_share is not None else 0.0)
    return max(SMALLEST_TARGET, rise / 2)


def comparison_groups(
    group: str, groups: Iterable[str], with_tasks: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part the other groups into those to compare with and the neighbours to which the trouble may have moved.

    Args:
        group: The mended one's key.
        groups: All groups' keys.
        with_tasks: Groups that have tasks of their own: they are moved by their own mending.

    Returns:
        Comparison groups and neighbours, each ordered. Both are grouped by the same things as `group` itself, so
        that no part of a group is compared with the whole. A neighbour has the same touchpoint, or the same further
        grouping (the same company): it counts some of the same items.
    """
    own = group_of(group)
    compare, neighbours = [], []
    for key in sorted(groups):
        other = group_of(key)
        if key == group or other.keys() != own.keys():
            continue
        further = own.keys() - {"dimension"}
        if not further or any(other[name] == own[name] for name in further):
            neighbours.append(key)
        elif key not in with_tasks:
            compare.append(key)
    return tuple(compare), tuple(neighbours)


def weeks_to_look(own: Sequence[WeekCount], comparison: Sequence[Sequence[WeekCount]], fix: Fix) -> int:
    """Say, when a task is done, how many weeks the verdict must look at to see the target improvement with 80 % power.

    Returns:
        Between 4 and 12 weeks; 12 also where more would be needed: the re-look has 24.
    """
    group, others = Series.of(own), [Series.of(rows) for rows in comparison]
    found = noise(group, others, _baseline(fix, group), fix.before_weeks)
    if found is None:
        return MOST_AFTER
    needed = _weeks_needed(found, len(set_off(group, others, fix.before_weeks)), fix)
    return max(FEWEST_AFTER, min(MOST_AFTER, needed or MOST_AFTER))


def verdict_due(done_at: datetime, weeks_after: int, zone: tzinfo, *, look: int = 1) -> datetime:
    """Give the moment at which a verdict falls: when the last week that it looks at is over, UTC."""
    length = SETTLING_WEEKS + weeks_after if look == 1 else LAST_LOOK_WEEKS
    return week_bounds(week_shift(week_of(done_at, zone), length), zone)[0]


def verify(
    own: Sequence[WeekCount],
    comparison: Sequence[Sequence[WeekCount]],
    fix: Fix,
    *,
    last_week: str,
    neighbours: Mapping[str, Sequence[WeekCount]] | None = None,
) -> Verification:
    """Give the verdict on one mending.

    Args:
        own: The group's weeks, from the baseline on.
        comparison: The weeks of groups in which nothing was mended.
        fix: What was fixed when the task was done.
        last_week: The newest week that is over. Before the look's last week the verdict is too_early: looking every
            week and stopping at the first success would call noise a success three times as often.
        neighbours: Group key -> weeks, to see whether the trouble moved there.

    Returns:
        The verdict is `worked` or `worse` where the change is beyond noise; `no_change` where the interval holds zero
        and excludes the target improvement; else `too_early`, with the items still needed. It is `cannot_tell` where that
        is so at the last look, where there is no history, and where the share is back where it was before the week that
        raised the task: after an excess by chance it would be there too.
    """
    group, others = Series.of(own), [Series.of(rows) for rows in comparison]
    before = set_off(group, others, fix.before_weeks)
    found = noise(group, others, _baseline(fix, group), fix.before_weeks)
    result = Verification(
        verdict="too_early",
        weeks_before=len(before),
        items_before=_items(own, fix.before_weeks),
        items_after=_items(own, [week for week in fix.after_weeks if week <= last_week]),
        compared_with=len(comparison),
        target=fix.target,
    )
    if found is None or not before:
        return msgspec.structs.replace(result, verdict="cannot_tell")
    after = set_off(group, others, [week for week in fix.after_weeks if week <= last_week])
    result = msgspec.structs.replace(
        result, weeks_after=len(after), needed_items=_needed_items(result, found, fix, len(after))
    )
    if last_week < fix.after_weeks[-1]:
        return result
    if not after:
        return msgspec.structs.replace(result, verdict=_undecided(fix))
    change = _change(before, after, found, _ALPHA / fix.look)
    verdict = _verdict(change, fix)
    rose = tuple(_risen(neighbours or {}, others, fix, found))
    needed = result.needed_items if verdict == "too_early" else None
    return msgspec.structs.replace(result, verdict=verdict, change=change, displaced=rose, needed_items=needed)


def _verdict(change: Interval, fix: Fix) -> Verdict:
    if change.high < 0:
        return "worked"
    if change.low > 0:
        return "worse"
    if change.low > -fix.target:
        return "no_change" if len(fix.raised_weeks) >= FEWEST_RAISED else "cannot_tell"
    return _undecided(fix)


def _undecided(fix: Fix) -> Verdict:
    return "too_early" if fix.look == 1 else "cannot_tell"


def _change(before: Sequence[float], after: Sequence[float], found: Noise, alpha: float) -> Interval:
    value = fmean(after) - fmean(before)
    spread = quantile(alpha, found.freedom) * found.error(len(before), len(after))
    return Interval(value, value - spread, value + spread)


def _risen(
    neighbours: Mapping[str, Sequence[WeekCount]], others: Sequence[Series], fix: Fix, found: Noise
) -> Iterable[str]:
    """Name the neighbours that rose beyond noise, each tested at its part of the error rate (Bonferroni)."""
    for key, rows in sorted(neighbours.items()):
        own = Series.of(rows)
        before, after = (set_off(own, others, weeks) for weeks in (fix.before_weeks, fix.after_weeks))
        if before and after and _change(before, after, found, _ALPHA / len(neighbours)).low > 0:
            yield key


def _needed_items(result: Verification, found: Noise, fix: Fix, weeks_so_far: int) -> int | None:
    """Give the items still needed to see the target improvement; None where not even endless weeks would do."""
    needed = _weeks_needed(found, result.weeks_before, fix)
    if needed is None:
        return None
    weeks, items = (weeks_so_far, result.items_after) if weeks_so_far else (result.weeks_before, result.items_before)
    return math.ceil(max(0, needed - weeks_so_far) * items / weeks) if weeks else None


def _weeks_needed(found: Noise, weeks_before: int, fix: Fix) -> int | None:
    """Give the weeks after that show the target improvement with 80 % power, solved from SE^2 = v (1/before + 1/after)."""
    if not weeks_before:
        return None
    reach = quantile(_ALPHA / fix.look, found.freedom) + _POWER
    spare = (fix.target / reach) ** 2 / found.long_run - 1 / weeks_before
    return max(1, math.ceil(1 / spare)) if spare > 0 else None


def _baseline(fix: Fix, group: Series) -> list[str]:
    """Name the weeks from which noise is learnt: the baseline before the raising.

    Where that is too short, the weeks up to the mending too; the week that raised the task never.
    """
    calm = _before(fix.raised_week, fix.baseline_weeks)
    if sum(week in group.items for week in calm) >= FEWEST_CALM:
        return calm
    return sorted({*calm, *fix.before_weeks} - {fix.raised_week})


def _before(week: str, length: int) -> list[str]:
    return [week_shift(week, -step) for step in range(length, 0, -1)]


def _items(rows: Sequence[WeekCount], weeks: Collection[str]) -> int:
    return sum(row.items for row in rows if row.week in weeks)
