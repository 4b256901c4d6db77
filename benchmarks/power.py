"""What does the loop see, and from which size on? Planted shifts raised in their first week.

    python benchmarks/power.py [--rounds N]

Everything runs from fixed seeds.
"""

from __future__ import annotations

import argparse
import random
import time

from histories import invented, planted, worded

from feedbackloop.analysis.findings import family, test_week
from feedbackloop.analysis.themes import candidates
from feedbackloop.clock import week_shift
from feedbackloop.records import WeekCount, group_of
from feedbackloop.settings import Settings

SHIFTS = (0.20, 0.25, 0.30, 0.40, 0.50, 0.60)
VOLUMES = (10, 25, 50, 100, 200)
SYLLABLES = [consonant + vowel for consonant in "bdklmnrt" for vowel in "aeio"]


def groups(rounds: int, *, delight: bool) -> None:
    """Print which planted shifts of a share are raised in their first week, in the whole group or in a part of it."""
    what, before = ("delight", 0.12) if delight else ("pain", 0.15)
    print(f"\n{what}: from {before:.0%}, among 12 other groups with all their parts, spread .3 logit")
    print("  items a week" + "".join(f"   to {shift:4.0%}" for shift in SHIFTS))
    for items in VOLUMES:
        cells = []
        for shift in SHIFTS:
            chance, seen = random.Random(3), 0
            for _ in range(rounds):
                counts = planted(chance, before, shift, items, delight=delight)
                seen += _is_seen(counts, "better" if delight else "worse")
            cells.append(f"  {seen / rounds:7.0%}")
        print(f"  {items:12}" + "".join(cells), flush=True)


def _is_seen(counts: dict[str, list[WeekCount]], direction: str) -> bool:
    week = max(row.week for rows in counts.values() for row in rows)
    found = test_week(week, counts, Settings().detect)
    return any(f.raised and f.direction == direction and f.touchpoint == "shifted" for f in found)


def themes(rounds: int) -> None:
    """Print how many texts of a week must speak of something new for it to be a theme."""
    grown = (8, 10, 12, 16, 24)
    print("\nthemes: texts of a week that speak of something new; of so many texts without a touchpoint")
    print("  texts a week" + "".join(f"  {number:7}" for number in grown))
    for weekly in (40, 100, 400):
        cells = []
        for number in grown:
            chance, seen = random.Random(6), 0
            for _ in range(rounds):
                counts = _with_news(chance, weekly, number)
                found = test_week(week_shift("2024-W01", 13), counts, Settings().detect)
                seen += any(f.raised and f.group.get("theme") == "lid leaking" for f in found)
            cells.append(f"  {seen / rounds:7.0%}")
        print(f"  {weekly:12}" + "".join(cells), flush=True)


def _with_news(chance: random.Random, weekly: int, news: int) -> dict[str, list[WeekCount]]:
    """Make a desk with all its groups, and texts of invented words; the newest week's first texts speak of a leaking lid."""
    names = ["".join(chance.choices(SYLLABLES, k=3)) for _ in range(300)]
    texts = [" and ".join(chance.sample(names, 6)) for _ in range(14 * weekly)]
    window = worded(chance, texts, weekly=weekly)
    last = window[-1]
    said = {**last.words, "lid leaking": tuple(range(news))}
    window[-1] = type(last)(last.week, last.keys, said)
    wholes = {key: rows for key, rows in invented(chance).items() if family(group_of(key)) == "whole"}
    return wholes | candidates(window, [], Settings().detect.minimum_items)


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=100)
    options = parser.parse_args()
    started = time.perf_counter()
    groups(options.rounds, delight=False)
    groups(options.rounds, delight=True)
    themes(max(1, options.rounds // 5))
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
