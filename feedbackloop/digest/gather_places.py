"""Where did experience fall short or go beyond: findings, the journey, standing gaps, thanks?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from msgspec.structs import replace

from feedbackloop.analysis.findings import standing as standing_gaps
from feedbackloop.analysis.priority import rank
from feedbackloop.digest.facts import Share, Stage, Standing, Thanks, Trend, WeekShare
from feedbackloop.digest.gather_quotes import in_group, masked_quotes, most_mended
from feedbackloop.digest.gather_reading import PLAIN_GROUP, Reading
from feedbackloop.digest.gather_scores import share
from feedbackloop.records import Counted, Finding, Gap, WeekCount, group_key, group_of
from feedbackloop.understanding.journey import stage_of

STANDING_WEEKS = 4
FEWEST_DELIGHTS = 3
MOST_STANDING = 5
MOST_PARTS = 3
SMALLEST_STANDING = 0.05
"""A group that falls short more seldom does not stand among the worst, even if nothing else does."""
MOST_THANKS = 2
FEWEST_TREND_WEEKS = 3
STAGES = ("awareness", "decision", "purchase", "use", "repurchase", "referral")


def findings(reading: Reading) -> tuple[tuple[Finding, ...], int]:
    """Give the week's raised findings, what is to be worked on first, and how many groups were tested."""
    tested = [one for one in reading.store.plans.findings(reading.week, reading.week) if reading.owns_group(one.group)]
    raised = [
        replace(one, gap_type=one.gap_type or most_mended(in_group(reading, reading.shortfalls, one.group)))
        if one.counted == "worse"
        else one
        for one in tested
        if one.raised
    ]
    return tuple(rank(raised)), len(tested)


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
    """Give the groups that fall short most over the last weeks, however long they have.

    Groups by touchpoint and dimension first, then parts of them (a segment, a company) that stand out from their whole.
    """
    weeks = reading.last_weeks(STANDING_WEEKS)
    smallest = reading.settings.detect.minimum_items
    wholes = standing_gaps(reading.counts, weeks, minimum_items=smallest)
    usual = {group_key(one.group): one.share.value for one in wholes}
    parts = standing_gaps(reading.counts_also_by, weeks, minimum_items=smallest)
    found = wholes[:MOST_STANDING]
    parts = [one for one in parts if one.share.low > usual.get(_whole(one.group), 0.0)][:MOST_PARTS]
    return tuple(
        Standing(group=one.group, shortfall=share(one.shortfalls, one.items), weeks=STANDING_WEEKS)
        for one in (*found, *parts)
        if one.share.value >= SMALLEST_STANDING
    )


def _whole(group: dict[str, str]) -> str:
    return group_key({name: value for name, value in group.items() if name in PLAIN_GROUP})


def trend(reading: Reading) -> Trend | None:
    """Give the weeks of the group that the digest is about: that of the first finding, else of the worst standing gap."""
    raised, _ = findings(reading)
    lead = next((one for one in raised if one.direction == "worse"), None) or next(iter(raised), None)
    group = lead.group if lead else next((one.group for one in standing(reading)), None)
    if group is None:
        return None
    counted: Counted = lead.counted if lead else "worse"
    weeks = reading.last_weeks(reading.settings.detect.baseline_weeks + 1)[::-1]
    rows = {row.week: row for row in reading.weeks_of(group)}
    if sum(week in rows for week in weeks) < FEWEST_TREND_WEEKS:
        return None
    shares = tuple(WeekShare(week, _share_of(rows.get(week), counted)) for week in weeks)
    return Trend(group=group, counted=counted, weeks=shares)


def _share_of(row: WeekCount | None, counted: Counted) -> Share | None:
    if row is None or not row.items:
        return None
    return share(row.better if counted == "better" else row.worse, row.items)


def thanks(reading: Reading) -> tuple[Thanks, ...]:
    """Give the groups in which most customers got more than they expected, with the team to thank."""
    found = standing_gaps(reading.counts, [reading.week], minimum_items=1, side="better")
    rose = {group_key(finding.group) for finding in findings(reading)[0] if finding.counted == "better"}
    found.sort(key=lambda one: group_key(one.group) not in rose)  # what grew beyond noise is thanked for first
    best = [one for one in found if one.shortfalls >= FEWEST_DELIGHTS and one.group.get("touchpoint")][:MOST_THANKS]
    return tuple(_thanks(reading, one.group, one.shortfalls, one.items) for one in best)


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
    delights = in_group(reading, reading.sure("better"), group)
    quote = next(iter(masked_quotes(reading, delights, 1)), None)
    return Thanks(group=group, better=better, items=items, team=team.name if team else None, quote=quote)
