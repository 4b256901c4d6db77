"""How often does the loop cry wolf?

    python benchmarks/false_alarms.py                      on invented history in which nothing happens
    python benchmarks/false_alarms.py FILE.jsonl.gz ...    on shuffled weeks of real feedback too
    python benchmarks/false_alarms.py --texts FILE ...     themes, on real texts dealt out to weeks by lot

A file is read in the wire form; its touchpoints are the values of `--touchpoint-field`. `--timely FIELD=VALUE` judges by a field
instead of due dates, `--also-by NAME` groups further. Everything runs from fixed seeds.
"""

from __future__ import annotations

import argparse
import math
import random
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from histories import Counts, invented, read, shuffled, texts_of, worded

from feedbackloop.analysis.findings import test_week
from feedbackloop.analysis.themes import candidates
from feedbackloop.settings import Settings


def false_alarms(rounds: int) -> None:
    """Print how many weeks without any change raise something."""
    rate = Settings().detect.false_discovery_rate
    print(f"Weeks with any false finding, configured rate {rate:.0%}")
    for parts in (False, True):
        for spread in (0.0, 0.3, 0.6):
            for items in (12, 25, 80):
                chance = random.Random(1)
                histories = (invented(chance, spread=spread, items=items, parts=parts) for _ in range(rounds))
                more = ", delight and parts" if parts else ""
                _print_alarms(f"invented, spread {spread} logit, ~{items} items{more}", histories, _last_week, rate)


def real(rounds: int, files: dict[str, Counts]) -> None:
    """Print the same of real weeks: shuffled, so that no change is left in them, and as they were."""
    rate = Settings().detect.false_discovery_rate
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


def false_themes(rounds: int, name: str, texts: list[str]) -> None:
    """Print how many weeks raise something when texts that name no touchpoint are dealt out to weeks by lot."""
    detect, chance = Settings().detect, random.Random(5)
    rate = detect.false_discovery_rate
    for weekly in (40, 150):
        histories = (
            invented(chance, parts=True) | candidates(worded(chance, texts, weekly=weekly), [], detect.minimum_items)
            for _ in range(max(1, rounds // 6))
        )
        _print_alarms(f"{name}, {weekly} texts a week, beside groups", histories, _last_week, rate)


def _last_week(counts: Counts) -> list[str]:
    return [max(row.week for rows in counts.values() for row in rows)]


def _weeks_with_baseline(counts: Counts) -> list[str]:
    return sorted({row.week for rows in counts.values() for row in rows})[13:]


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=600)
    parser.add_argument("--only-real", action="store_true", help="leave the invented histories out")
    parser.add_argument("--texts", nargs="*", type=Path, default=[])
    parser.add_argument("--touchpoint-field", default="reason")
    parser.add_argument("--also-by", action="append", default=[])
    parser.add_argument("--timely", metavar="FIELD=VALUE")
    options = parser.parse_args()
    config: dict[str, Any] = {
        "sources": {"file": {"touchpoint_field": options.touchpoint_field}},
        "detect": {"also_by": options.also_by},
    }
    if options.timely:
        field, _, value = options.timely.partition("=")
        config["standards"] = [{"name": "timely", "metric": "field", "field": field, "met": [value]}]
    started = time.perf_counter()
    if not options.only_real:
        false_alarms(options.rounds)
    real(options.rounds, {path.name: read(path, Settings(**config)) for path in options.files})
    for path in options.texts:
        false_themes(options.rounds, path.name, texts_of(path))
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
