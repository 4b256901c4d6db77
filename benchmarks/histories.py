"""What do weeks look like in which nothing happens, or one known thing does? Invented, or real ones in another order.

Everything is drawn from the given generator, so that fixed seeds give the same tables.
"""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feedbackloop.analysis.gap import Yardstick, compare_item
from feedbackloop.analysis.themes import WeekWords, week_words
from feedbackloop.clock import parse_time, week_shift
from feedbackloop.records import Item, Sentiment, Understanding, WeekCount, group_key
from feedbackloop.settings import Settings

Counts = dict[str, list[WeekCount]]
FIRST_WEEK = "2024-W01"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SILENT = Understanding(language="und", sentiment=Sentiment("unknown", None, None, "none"))
GROUPS = 12


def invented(
    chance: random.Random,
    *,
    groups: int = GROUPS,
    weeks: int = 14,
    spread: float = 0.3,
    drift: float = 0.0,
    items: float = 25,
    parts: bool = False,
) -> Counts:
    """Make weekly counts in which nothing happens: groups of different size and share, weeks that differ by more than counting.

    Args:
        chance: Where everything is drawn from.
        groups: How many.
        weeks: How long.
        spread: Logits by which weeks differ from each other.
        drift: Logits of an AR(1) with coefficient 0.7 that stays with a group from week to week.
        items: A group has about so many a week, some more, some fewer.
        parts: Add delight (an item in eight) and what the same items give by segment, source and language.
    """
    counts: Counts = {}
    for number in range(groups):
        group = {"touchpoint": f"t{number}", "dimension": "reliability"}
        size, level, wandering = items * math.exp(chance.gauss(0, 0.6)), chance.gauss(-1.7, 0.6), chance.gauss(0, drift)
        for step in range(weeks):
            share = share_at(level + wandering + chance.gauss(0, spread))
            number_now = poisson(chance, size)
            if parts:
                delight = share_at(-2.0 + chance.gauss(0, spread))
                _add_items(chance, counts, group, step, (number_now, share, delight))
            else:
                key = group_key(group)
                counts.setdefault(key, []).append(week_of_items(chance, key, step, number_now, share))
            wandering = 0.7 * wandering + chance.gauss(0, drift * math.sqrt(1 - 0.7**2))
    return counts


PARTS = {"segment": ("gold", 0.2, "standard"), "source": ("desk", 0.6, "reviews"), "language": ("zh", 0.35, "en")}
"""What groups are parted by: one value, its share of the items, the other value."""


def _add_items(
    chance: random.Random, counts: Counts, group: dict[str, str], step: int, drawn: tuple[int, float, float]
) -> None:
    """Draw one week's items, each with its segment, source and language, and count them in the group and in its parts."""
    number, worse, better = drawn
    totals: dict[str, list[int]] = {}
    whole = group_key(group)
    pairs = [
        (part, group_key({**group, name: one}), group_key({**group, name: other}))
        for name, (one, part, other) in PARTS.items()
    ]
    for _ in range(number):
        hits = (1, chance.random() < worse, chance.random() < better)
        for key in (whole, *(one if chance.random() < part else other for part, one, other in pairs)):
            counted = totals.setdefault(key, [0, 0, 0])
            for place, hit in enumerate(hits):
                counted[place] += hit
    for key, parts in totals.items():
        counts.setdefault(key, []).append(WeekCount(key, week_shift(FIRST_WEEK, step), *parts))


def planted(
    chance: random.Random, before: float, after: float, items: int, *, weeks: int = 14, delight: bool = False
) -> Counts:
    """Add one group to a desk with all its parts, which changes in the last week: more pain, or more delight."""
    counts = invented(chance, weeks=weeks, parts=True)
    group = {"touchpoint": "shifted", "dimension": "reliability"}
    for step, level in enumerate([before] * (weeks - 1) + [after]):
        share = share_at(math.log(level / (1 - level)) + chance.gauss(0, 0.3))
        drawn = (items, 0.15, share) if delight else (items, share, 0.12)
        _add_items(chance, counts, group, step, drawn)
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
    items, worse, better = (Counter[tuple[str, str]]() for _ in range(3))
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            compared = compare_item(_item(json.loads(line)), SILENT, yardstick, NOW, settle=lambda promise, *_: promise)
            for judgement in compared.judgements:
                items[judgement.group, judgement.week] += 1
                worse[judgement.group, judgement.week] += judgement.worse
                better[judgement.group, judgement.week] += judgement.better
    counts: Counts = {}
    for (group, week), number in sorted(items.items()):
        counts.setdefault(group, []).append(WeekCount(group, week, number, worse[group, week], better[group, week]))
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


def week_of_items(chance: random.Random, group: str, step: int, items: int, share: float) -> WeekCount:
    return WeekCount(group, week_shift(FIRST_WEEK, step), items, sum(chance.random() < share for _ in range(items)), 0)


def texts_of(path: Path) -> list[str]:
    """Read the texts of a file: one JSON a line with `text`, or items in the wire form."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    said = (row.get("text") or " ".join(one["text"] for one in row.get("messages", ())) for row in rows)
    return [text for text in said if text]


def worded(chance: random.Random, texts: list[str], *, weekly: int, weeks: int = 14) -> list[WeekWords]:
    """Deal real texts out to weeks by lot: whatever grows in the last one grew by chance."""
    dealt = chance.sample(texts, min(len(texts), weekly * weeks))
    return [
        week_words(
            week_shift(FIRST_WEEK, step), [(f"{step}-{n}", text) for n, text in enumerate(dealt[step::weeks][:weekly])]
        )
        for step in range(weeks)
    ]


def share_at(logit: float) -> float:
    return 1 / (1 + math.exp(-logit))


def poisson(chance: random.Random, mean: float) -> int:
    count, passed = 0, chance.expovariate(1.0)
    while passed < mean:
        count += 1
        passed += chance.expovariate(1.0)
    return count
