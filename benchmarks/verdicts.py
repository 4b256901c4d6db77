"""How often would the loop call noise a success, and how often does it see that a mending worked?

    python benchmarks/verdicts.py [--rounds N]

Beside it stands the usual test, items before against items after, on the same histories. Everything runs from fixed seeds.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from histories import FIRST_WEEK, Counts, invented, poisson, share_at, week_of_items
from msgspec.structs import replace

from feedbackloop.analysis.statistics import two_proportions_p
from feedbackloop.analysis.verification import Fix, verify
from feedbackloop.clock import week_shift
from feedbackloop.records import WeekCount, group_key


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
            return week_of_items(chance, key, step, poisson(chance, items), share_at(logit))

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
    parser.add_argument("--rounds", type=int, default=600)
    options = parser.parse_args()
    started = time.perf_counter()
    verification(options.rounds)
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
