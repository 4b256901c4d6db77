"""How often does the loop cry wolf, what does it see, and how often would it call noise a success?

    python benchmarks/false_alarms.py                      all tables on invented history
    python benchmarks/false_alarms.py FILE.jsonl.gz ...    the first table on shuffled weeks of real feedback too

A file is read in the wire form; its touchpoints are the values of `--touchpoint-field`. `--timely FIELD=VALUE` judges by a field
instead of due dates. Everything runs from fixed seeds.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from feedbackloop.analysis.findings import test_week
from feedbackloop.analysis.gap import Yardstick, compare_item
from feedbackloop.analysis.statistics import two_proportions_p
from feedbackloop.analysis.verification import Fix, verify
from feedbackloop.clock import parse_time, week_shift
from feedbackloop.records import Item, Sentiment, Understanding, WeekCount, group_key
from feedbackloop.settings import Settings

Counts = dict[str, list[WeekCount]]
FIRST_WEEK = "2024-W01"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = Understanding(language="und", sentiment=Sentiment("unknown", None, None, "none"))
GROUPS = 12


# --- histories -----------------------------------------------------------------------------------------------------


def invented(
    chance: random.Random,
    *,
    groups: int = GROUPS,
    weeks: int = 14,
    spread: float = 0.3,
    drift: float = 0.0,
    items: float = 25,
) -> Counts:
    """Make weekly counts in which nothing happens: groups of different size and share, weeks that differ by more than counting.

    `spread`: logits by which weeks differ from each other; `drift`: those of an AR(1) with coefficient 0.7 that stays with a
    group from week to week.
    """
    counts: Counts = {}
    for number in range(groups):
        key = group_key({"touchpoint": f"t{number}", "dimension": "reliability"})
        size, level, wandering = items * math.exp(chance.gauss(0, 0.6)), chance.gauss(-1.7, 0.6), chance.gauss(0, drift)
        counts[key] = []
        for step in range(weeks):
            share = _share(level + wandering + chance.gauss(0, spread))
            counts[key].append(_week(chance, key, step, _poisson(chance, size), share))
            wandering = 0.7 * wandering + chance.gauss(0, drift * math.sqrt(1 - 0.7**2))
    return counts


def planted(chance: random.Random, before: float, after: float, items: int, weeks: int = 14) -> Counts:
    """Add one group to a desk, which changes in the last week."""
    counts = invented(chance, weeks=weeks)
    key = group_key({"touchpoint": "shifted", "dimension": "reliability"})
    levels = [before] * (weeks - 1) + [after]
    counts[key] = [
        _week(chance, key, step, items, _share(math.log(level / (1 - level)) + chance.gauss(0, 0.3)))
        for step, level in enumerate(levels)
    ]
    return counts


def shuffled(chance: random.Random, counts: Counts) -> Counts:
    """Give the weeks of a whole desk new places: what was in one week stays together, and no change is left."""
    weeks = sorted({row.week for rows in counts.values() for row in rows})
    places = dict(zip(weeks, chance.sample(weeks, len(weeks)), strict=True))
    return {
        group: [WeekCount(group, places[row.week], row.items, row.worse, row.better) for row in rows]
        for group, rows in counts.items()
    }


def read(path: Path, settings: Settings) -> Counts:
    """Judge the items of a file as `compare` does, and count by week."""
    yardstick = Yardstick(settings)
    items, worse = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            compared = compare_item(_item(json.loads(line)), SILENT, yardstick, NOW, settle=lambda promise, *_: promise)
            for judgement in compared.judgements:
                items[judgement.group, judgement.week] += 1
                worse[judgement.group, judgement.week] += judgement.worse
    counts: Counts = {}
    for (group, week), number in sorted(items.items()):
        counts.setdefault(group, []).append(WeekCount(group, week, number, worse[group, week], 0))
    return _busy(counts)


def _busy(counts: Counts) -> Counts:
    """Keep the weeks in which the desk was in full work: a download begins and ends in the middle of something."""
    per_week = Counter[str]()
    for rows in counts.values():
        for row in rows:
            per_week[row.week] += row.items
    usual = sorted(per_week.values())[len(per_week) // 2]
    return {group: [row for row in rows if per_week[row.week] >= usual / 4] for group, rows in counts.items()}


def _item(row: dict[str, Any]) -> Item:
    created, solved, due = (row.get(name) and parse_time(row[name]) for name in ("created_at", "solved_at", "due_at"))
    return Item(
        id=row["id"],
        kind="ticket",
        source="file",
        status=row["status"],
        fields=row["fields"],
        created_at=created,
        solved_at=solved,
        due_at=due,
    )


def _week(chance: random.Random, group: str, step: int, items: int, share: float) -> WeekCount:
    return WeekCount(group, week_shift(FIRST_WEEK, step), items, sum(chance.random() < share for _ in range(items)), 0)


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def _poisson(chance: random.Random, mean: float) -> int:
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count


# --- findings ------------------------------------------------------------------------------------------------------


def false_alarms(rounds: int, files: dict[str, Counts]) -> None:
    """Print how many weeks without any change raise something."""
    rate = Settings().detect.false_discovery_rate
    print(f"Weeks with any false finding, configured rate {rate:.0%}")
    for spread in (0.0, 0.3, 0.6):
        for items in (12, 25, 80):
            chance = random.Random(1)
            histories = (invented(chance, spread=spread, items=items) for _ in range(rounds))
            _print_alarms(f"invented, spread {spread} logit, ~{items} items", histories, _last_week, rate)
    for name, counts in files.items():
        chance = random.Random(2)
        histories = (shuffled(chance, counts) for _ in range(max(1, rounds // 12)))
        _print_alarms(f"{name}, shuffled", histories, _weeks_with_baseline, rate)
        _print_alarms(f"{name}, as it was (may be true)", [counts], _weeks_with_baseline, rate)


def _print_alarms(name: str, histories: Iterable[Counts], weeks: Callable[[Counts], list[str]], rate: float) -> None:
    detect = Settings().detect
    tested = alarmed = 0
    for counts in histories:
        for week in weeks(counts):
            tested += 1
            alarmed += any(finding.raised for finding in test_week(week, counts, detect))
    goal = rate + 2 * math.sqrt(rate * (1 - rate) / tested)
    print(
        f"  {name:<56} {alarmed / tested:6.1%} of {tested:5} (goal <= {goal:.1%}: {alarmed / tested <= goal})",
        flush=True,
    )


def _last_week(counts: Counts) -> list[str]:
    return [max(row.week for rows in counts.values() for row in rows)]


def _weeks_with_baseline(counts: Counts) -> list[str]:
    return sorted({row.week for rows in counts.values() for row in rows})[13:]


def power(rounds: int) -> None:
    """Print which planted shifts are raised in their first week."""
    shifts = (0.20, 0.25, 0.30, 0.40, 0.50, 0.60)
    print("\nPlanted shifts raised in their first week (from 15 %, among 12 other groups, spread .3 logit)")
    print("  items a week" + "".join(f"   to {shift:4.0%}" for shift in shifts))
    for items in (10, 25, 50, 100, 200):
        cells = []
        for shift in shifts:
            chance, seen = random.Random(3), 0
            for _ in range(rounds):
                counts = planted(chance, 0.15, shift, items)
                findings = test_week(_last_week(counts)[0], counts, Settings().detect)
                seen += any(f.raised and f.direction == "worse" and f.touchpoint == "shifted" for f in findings)
            cells.append(f"  {seen / rounds:7.0%}")
        print(f"  {items:12}" + "".join(cells), flush=True)


# --- verdicts ------------------------------------------------------------------------------------------------------


def verification(rounds: int) -> None:
    """Print how often a mending that did nothing, and one that did something, is said to have worked."""
    goal = 0.025 + 2 * math.sqrt(0.025 * 0.975 / rounds)
    columns = "naive 'worked'  worked at the date  finally worked  worse  no_change  cannot_tell"
    print(f"\nNo effect, tasks raised by the worst week (goal: 'worked' at the date <= {goal:.1%} without drift)")
    print(f"  drift  done after       {columns}")
    for drift in (0.0, 0.15, 0.3):
        for lag in (1, 6):
            tally = verdicts(rounds, partial(Story.nothing, drift=drift), lag=lag)
            _print_verdicts(f"  {drift:5.2f}  {lag:4} weeks", tally)
    print("\nA lasting shortfall of about 18 %, done 6 weeks after the raising by its worst week")
    print(f"  prevented  items        {columns}")
    for items in (25, 80):
        for part in (0.2, 0.4, 0.6, 0.8):
            mended = partial(Story.mended, part=part, items=items)
            _print_verdicts(f"  {part:9.0%}  {items:5}", verdicts(rounds // 3, mended, lag=6))
    print("\nA step from 15 % upwards that raised the task, mended (or not at all) 6 weeks later")
    print(f"  to   mended  items      {columns}")
    for items in (25, 80):
        for level in (0.25, 0.35, 0.45):
            for is_mended in (True, False):
                step = partial(Story.step, level=level, is_mended=is_mended, items=items)
                name = f"  {level:3.0%}  {'yes' if is_mended else 'no':6}  {items:5}"
                _print_verdicts(name, verdicts(rounds // 3, step, lag=6, target=(level - 0.15) / 2))


def _print_verdicts(name: str, tally: dict[str, float]) -> None:
    places = {"naive": 14, "worked": 18, "finally worked": 14, "finally worse": 5, "finally no_change": 9}
    places["finally cannot_tell"] = 11
    cells = "".join(f"  {tally.get(column, 0):{width}.1%}" for column, width in places.items())
    print(f"{name:<22}{cells}", flush=True)


@dataclass
class Story:
    """One group's trouble among seven others: its weeks, and how they go on once the task is done."""

    counts: Counts
    group: str
    raised: str
    after: Callable[[WeekCount], WeekCount] = lambda row: row

    @classmethod
    def nothing(cls, chance: random.Random, drift: float = 0.0, items: float = 25) -> Story:
        """Let nothing happen; the worst week raises a task."""
        counts = invented(chance, groups=8, weeks=46, drift=drift, items=items)
        return cls(counts, *worst_week(counts, 12, 17))

    @classmethod
    def mended(cls, chance: random.Random, part: float, items: float) -> Story:
        """Let a part of the shortfalls be prevented from the mending on."""
        story = cls.nothing(chance, items=items)
        story.after = lambda row: replace(row, worse=sum(chance.random() >= part for _ in range(row.worse)))
        return story

    @classmethod
    def step(cls, chance: random.Random, level: float, is_mended: bool, items: int) -> Story:
        """Let a group step up from 15 % in the week that raises its task, and back with the mending."""
        counts, key, raised = invented(chance, groups=7, weeks=46), group_key({"touchpoint": "step"}), 14

        def week(step: int, share: float) -> WeekCount:
            logit = math.log(share / (1 - share)) + chance.gauss(0, 0.3)
            return _week(chance, key, step, _poisson(chance, items), _share(logit))

        counts[key] = [week(step, level if step >= raised else 0.15) for step in range(46)]
        mended = {row.week: week(step, 0.15) for step, row in enumerate(counts[key])}
        return cls(counts, key, week_shift(FIRST_WEEK, raised), lambda row: mended[row.week] if is_mended else row)


def verdicts(
    rounds: int, tell: Callable[[random.Random], Story], *, lag: int, target: float = 0.08
) -> dict[str, float]:
    """Verify tasks that are done `lag` weeks after they were raised; give the share of each outcome."""
    chance, tally = random.Random(4), Counter[str]()
    for _ in range(rounds):
        story = tell(chance)
        fix = Fix(raised_week=story.raised, done_week=week_shift(story.raised, lag), target=target, weeks_after=8)
        own = [story.after(row) if row.week >= fix.done_week else row for row in story.counts[story.group]]
        others = [rows for key, rows in story.counts.items() if key != story.group]
        first = final = verify(own, others, fix, last_week=fix.after_weeks[-1]).verdict
        if first == "too_early":
            again = replace(fix, look=2)
            final = verify(own, others, again, last_week=again.after_weeks[-1]).verdict
        tally.update([first, f"finally {final}", *(["naive"] if naive(own, fix.done_week) else [])])
    return {name: number / rounds for name, number in tally.items()}


def naive(own: list[WeekCount], done_week: str) -> bool:
    """Judge as is usual: the items of eight weeks before against those of eight after, as if each stood alone."""
    before = [row for row in own if week_shift(done_week, -8) <= row.week < done_week]
    after = [row for row in own if done_week < row.week <= week_shift(done_week, 8)]
    hits = sum(row.worse for row in after), sum(row.worse for row in before)
    items = sum(row.items for row in after), sum(row.items for row in before)
    return hits[0] / items[0] < hits[1] / items[1] and two_proportions_p(hits, items, 1.0, math.inf) < 0.05


def worst_week(counts: Counts, first: int, last: int) -> tuple[str, str]:
    """Pick the group and week that stand out most above their own mean: what would have raised a task."""
    best = (-math.inf, "", "")
    for rows in counts.values():
        usual = (sum(row.worse for row in rows) + 1) / (sum(row.items for row in rows) + 2)
        for row in rows[first:last]:
            excess = (row.worse - row.items * usual) / math.sqrt(max(1, row.items) * usual * (1 - usual))
            best = max(best, (excess if row.items >= 8 else -math.inf, row.group, row.week))
    return best[1], best[2]


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=600)
    parser.add_argument("--touchpoint-field", default="reason")
    parser.add_argument("--timely", metavar="FIELD=VALUE")
    parser.add_argument("--only", choices=["alarms", "power", "verdicts"])
    options = parser.parse_args()
    config: dict[str, Any] = {"sources": {"file": {"touchpoint_field": options.touchpoint_field}}}
    if options.timely:
        field, _, value = options.timely.partition("=")
        config["standards"] = [{"name": "timely", "metric": "field", "field": field, "met": [value]}]
    started = time.perf_counter()
    if options.only in {None, "alarms"}:
        false_alarms(options.rounds, {path.name: read(path, Settings(**config)) for path in options.files})
    if options.only in {None, "power"}:
        power(max(1, options.rounds // 6))
    if options.only in {None, "verdicts"}:
        verification(options.rounds)
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
