"""The feedback that ships with feedbackloop: where does it lie, and which weeks does it tell of?

Lantern & Leaf (灯叶茶铺), a small tea shop with English and Chinese speaking customers, is invented, and so are its customers;
every text was written by hand for this project. `feedbackloop demo` replays it week after week.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

from feedbackloop import clock

FILES = ("feedbackloop.toml", "tickets.jsonl", "reviews.csv", "surveys.jsonl")
"""What a run of the loop needs: the config and the three sources that it names."""
HISTORY = tuple(f"2026-W{number:02d}" for number in range(18, 31))
"""Thirteen quieter weeks before the story: the baseline with which the first of its weeks is compared."""
STORY = tuple(f"2026-W{number:02d}" for number in range(31, 43))
"""The twelve weeks of the story."""
BREAKS = "2026-W32"
"""The week in which "we ship within 24 hours" begins to be broken."""
MENDED = "2026-W37"
"""The first week in which it is kept again; the shop mends it on this week's Monday."""


def moment_after(week: str) -> datetime:
    """Give the moment at which a week is looked at: the following Monday at 8:00 in Berlin, as UTC."""
    _, end = clock.week_bounds(week, ZoneInfo("Europe/Berlin"))
    monday = end.astimezone(ZoneInfo("Europe/Berlin")).date()
    return datetime.combine(monday, time(8), ZoneInfo("Europe/Berlin")).astimezone(UTC)


WEEKS = tuple(moment_after(week) for week in STORY)
"""The loop's clock (`--now`) for each run of the demo, in order."""
MENDED_AT = moment_after(MENDED) - timedelta(weeks=1)
"""When the shop says that its task is done."""


def copy_to(folder: Path) -> list[Path]:
    """Copy the feedback and its config into a folder, which is made where it is missing; files of those names are replaced.

    Returns:
        The copies, the config first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        (folder / name).write_bytes((files(__name__) / name).read_bytes())
    return [folder / name for name in FILES]
