"""In which groups was this week more than noise?

A week is tested, two-sided, against the pooled weeks before it. Weeks of real desks differ by more than chance
alone, so the variance is widened by what the baseline itself shows (overdispersion), and all tests of a week are corrected
for together: items that fell short (pain points), items that went better than expected (delight
points), the same for parts of a group (a segment, a source, a language), and themes. What a share counts stands in
`feedbackloop.analysis.gap_judgements`.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from feedbackloop.analysis import statistics
from feedbackloop.clock import week_shift
from feedbackloop.records import Counted, Finding, GapType, Interval, WeekCount, group_key, group_of
from feedbackloop.settings import Detect

Side = Literal["worse", "better"]
Family = Literal["whole", "named", "part", "theme"]

SPENDING: Mapping[Family, float] = {"whole": 0.5, "named": 0.3, "part": 0.1, "theme": 0.1}
"""How the rate of false discoveries is shared out: many parts and many words must not drown the groups that matter, those of
touchpoint and dimension and those that the operator named (`also_by`). A family that is not there leaves its share to the
others."""
NEARLY_ALL = 0.9
"""A part that holds so much of its whole is the whole: it is not tested again."""
FEWEST_BASELINE_WEEKS = 4
"""With fewer, their spread says nothing and Fisher's exact test stands in."""
SMALLEST_EXPECTED = 5
"""Below this expected count the normal approximation is too bold; Fisher's exact test must agree with it."""
FEWEST_SHORTFALLS = 2
"""One case that fell short is an incident for the inner loop, not a cause to be mended."""
FEWEST_DELIGHTS = 3
"""Two customers who got more than they expected are two customers."""


class Tally(Struct, frozen=True):
    """One group's tested week and its baseline weeks, newest last: how many of how many counted."""

    group: str
    count: int
    items: int
    counts: tuple[int, ...] = ()
    trials: tuple[int, ...] = ()
    counted: Counted = "worse"
    family: Family = "whole"

    @property
    def both_counts(self) -> tuple[int, int]:
        """What counted in the week, and in the whole baseline."""
        return self.count, sum(self.counts)

    @property
    def both_items(self) -> tuple[int, int]:
        """The items of the week, and of the whole baseline."""
        return self.items, sum(self.trials)

    @property
    def share(self) -> float:
        """The week's share."""
        return self.count / self.items

    @property
    def baseline_share(self) -> float | None:
        """The pooled share of the baseline; None without one."""
        return sum(self.counts) / sum(self.trials) if self.trials else None


class Standing(Struct, frozen=True):
    """One group's share over a whole window, however long it has been so."""

    group: dict[str, str]
    items: int
    shortfalls: int
    share: Interval


def test_week(
    week: str,
    counts: Mapping[str, Sequence[WeekCount]],
    detect: Detect,
    *,
    gap_types: Mapping[str, GapType] | None = None,
) -> list[Finding]:
    """Test every group that has enough items in a complete week against its own baseline.

    Args:
        week: The tested week; it must be over.
        counts: Group key -> its weeks, in any order; weeks after `week` and before the baseline are ignored. Of a theme
            `items` are the texts that name no touchpoint, and `worse` those of them that use its words.
        detect: Baseline length, minimum volume, rate of false discoveries.
        gap_types: Group key -> what its gaps of this week ask to mend.

    Returns:
        One finding of shortfalls for each group with at least `minimum_items` in the week, and one of delight where
        anything ever went better than expected; ordered by group key, pain before delight. `raised` says which are more
        than noise; of delight and of themes only a rise is. A group without a baseline, or in which nothing ever fell
        short, has no p-value: there is nothing to test.
    """
    everywhere = _tallies(week, counts, detect)
    phis = _overdispersions(everywhere)
    tallies = [tally for tally in everywhere if tally.items >= detect.minimum_items]
    p_values = [_p_value(tally, phis[_name(tally)]) for tally in tallies]
    q_values = _corrected(tallies, p_values)
    return [
        _finding(
            week,
            tally,
            phi=phis[_name(tally)],
            p_value=p_value,
            q_value=q_values.get(_name(tally)),
            gap_type=(gap_types or {}).get(tally.group) if tally.counted == "worse" else None,
            rate=detect.false_discovery_rate,
        )
        for tally, p_value in zip(tallies, p_values, strict=True)
        if tally.counted == "worse" or p_value is not None
    ]


def family(group: Mapping[str, str], also_by: Iterable[str] = ()) -> Family:
    """Say with which other groups a group is tested."""
    if "theme" in group:
        return "theme"
    if group.keys() <= {"touchpoint", "dimension"}:
        return "whole"
    return "named" if any(name in group for name in also_by) else "part"


def standing(
    counts: Mapping[str, Sequence[WeekCount]],
    weeks: Iterable[str],
    *,
    minimum_items: int = 8,
    side: Side = "worse",
) -> list[Standing]:
    """Rank groups by their share over a window: what is always so, and no change ever raises.

    Returns:
        The worst first, by the lower bound of Wilson's interval, so that three of four do not stand above ninety of
        two hundred.
    """
    window = frozenset(weeks)
    found = []
    for group, rows in counts.items():
        chosen = [row for row in rows if row.week in window]
        items, hits = sum(row.items for row in chosen), sum(_hits(row, side) for row in chosen)
        if items >= minimum_items:
            found.append(Standing(group_of(group), items, hits, statistics.wilson(hits, items)))
    return sorted(found, key=lambda s: (-s.share.low, -s.items, sorted(s.group.items())))


def finding_id(group: str, week: str, counted: Counted = "worse") -> str:
    """Name a finding so that the same group and week have the same name in every run."""
    about = f"{group}\x1f{week}" + (f"\x1f{counted}" if counted == "better" else "")
    return "find-" + hashlib.sha256(about.encode("utf-8", "replace")).hexdigest()[:12]


def _name(tally: Tally) -> tuple[str, Counted]:
    return tally.group, tally.counted


def _overdispersions(tallies: Sequence[Tally]) -> dict[tuple[str, Counted], float]:
    """Give phi for each tally: its own, and at least that of all groups together, for one group's weeks tell little."""
    tables: dict[tuple[Counted, Family], list[tuple[tuple[int, ...], tuple[int, ...]]]] = {}
    for tally in tallies:
        tables.setdefault((tally.counted, tally.family), []).append((tally.counts, tally.trials))
    common = {kind: statistics.overdispersion(weeks) for kind, weeks in tables.items()}
    return {
        _name(tally): max(
            common[tally.counted, tally.family], statistics.overdispersion([(tally.counts, tally.trials)])
        )
        for tally in tallies
    }


def _corrected(tallies: Sequence[Tally], p_values: Sequence[float | None]) -> dict[tuple[str, Counted], float]:
    """Give the q-values of all tests of a week together, each family spending its own share of the rate.

    Wholes and parts go through Benjamini-Hochberg. Words come in bundles (who writes "lid" writes "leaks"), so that each true
    one would make room for a false one there: they are held to Bonferroni's bound.
    """
    tested = [(tally, p) for tally, p in zip(tallies, p_values, strict=True) if p is not None]
    sizes = Counter(tally.family for tally, _ in tested)
    spent = sum(SPENDING[kind] for kind in sizes)
    groups = [(tally, p) for tally, p in tested if tally.family != "theme"]
    weights = [SPENDING[tally.family] / spent * len(groups) / sizes[tally.family] for tally, _ in groups]
    q_values = statistics.benjamini_hochberg([p for _, p in groups], weights)
    found = {_name(tally): min(1.0, q) for (tally, _), q in zip(groups, q_values, strict=True)}
    words = [(tally, p) for tally, p in tested if tally.family == "theme"]
    return found | {_name(tally): min(1.0, p * len(words) * spent / SPENDING["theme"]) for tally, p in words}


def _tallies(week: str, counts: Mapping[str, Sequence[WeekCount]], detect: Detect) -> list[Tally]:
    first = week_shift(week, -detect.baseline_weeks)
    window = {
        group: sorted((row for row in rows if first <= row.week <= week and row.items > 0), key=_by_week)
        for group, rows in counts.items()
    }
    held = {group: sum(row.items for row in rows) for group, rows in window.items()}
    tallies = []
    for group in sorted(window):
        named = group_of(group)
        kind = family(named, detect.also_by)
        sides: tuple[Counted, ...] = ("spoken",) if kind == "theme" else ("worse", "better")
        if not _is_nearly_all(named, held[group], held):
            found = (_tally(week, group, window[group], side) for side in sides)
            tallies += [msgspec.structs.replace(tally, family=kind) for tally in found]
    return tallies


def _is_nearly_all(group: dict[str, str], items: int, held: Mapping[str, int]) -> bool:
    """Say whether a part holds nearly all items of the group that it is a part of."""
    whole = {name: value for name, value in group.items() if name in {"touchpoint", "dimension"}}
    return family(group) == "part" and items >= NEARLY_ALL * held.get(group_key(whole), math.inf)


def _tally(week: str, group: str, rows: Sequence[WeekCount], counted: Counted) -> Tally:
    now = [row for row in rows if row.week == week]
    before = [row for row in rows if row.week < week]
    return Tally(
        group,
        count=sum(_hits(row, counted) for row in now),
        items=sum(row.items for row in now),
        counts=tuple(_hits(row, counted) for row in before),
        trials=tuple(row.items for row in before),
        counted=counted,
    )


def _by_week(row: WeekCount) -> str:
    return row.week


def _hits(row: WeekCount, counted: Counted) -> int:
    return row.better if counted == "better" else row.worse


def _p_value(tally: Tally, phi: float) -> float | None:
    """Test one week, or say None where no result could ever be more than noise.

    A group in which nothing (or everything) counted, in the week and before, has only one possible table: to
    correct the others for it would cost power and prevent nothing.

    Source of leaving those out: Tarone (1990), Biometrics 46(2).
    """
    counts, items = tally.both_counts, tally.both_items
    if not tally.trials or sum(counts) in {0, sum(items)}:
        return None
    if len(tally.trials) < FEWEST_BASELINE_WEEKS:
        return statistics.fisher_exact_p(counts, items)
    by_spread = statistics.two_proportions_p(counts, items, phi, len(tally.trials) - 1)
    pooled = sum(counts) / sum(items)
    smallest = min(n * share for n in items for share in (pooled, 1 - pooled))
    # Fisher's test knows nothing of weeks that differ by themselves: where they do, it alone raised something false in
    # 24 % of simulated weeks at a configured 10 %. So with few expected both tests must agree.
    return max(by_spread, statistics.fisher_exact_p(counts, items)) if smallest < SMALLEST_EXPECTED else by_spread


def _finding(
    week: str,
    tally: Tally,
    *,
    phi: float,
    p_value: float | None,
    q_value: float | None,
    gap_type: GapType | None,
    rate: float,
) -> Finding:
    share = statistics.wilson(tally.count, tally.items)
    change = statistics.newcombe(tally.both_counts, tally.both_items, phi) if tally.trials else None
    rose = change is None or change.value >= 0
    is_pain = tally.counted == "worse"
    finding = Finding(
        id=finding_id(tally.group, week, tally.counted),
        group=group_of(tally.group),
        week=week,
        items=tally.items,
        shortfalls=tally.count,
        share=share.value,
        share_low=share.low,
        share_high=share.high,
        baseline_items=sum(tally.trials),
        baseline_share=tally.baseline_share,
        p_value=p_value,
        q_value=q_value,
        phi=phi,
        direction="worse" if rose == (tally.counted != "better") else "better",
        counted=tally.counted,
        gap_type=gap_type,
        raised=q_value is not None
        and q_value <= rate
        and (tally.count >= (FEWEST_SHORTFALLS if is_pain else FEWEST_DELIGHTS) if rose else is_pain),
    )
    if change is None:
        return finding
    return msgspec.structs.replace(finding, change_low=change.low, change_high=change.high)
