"""What do a day's new items and the weekly digest cost, on top of how long a history?

    python benchmarks/history.py [--items 100000 1000000] [--folder DIR] [--weeks 104]

Fills a database with an invented history: a few hundred items are understood and compared by the loop itself, and written to
the tables again and again under other ids and times (that takes a minute or two for a million, the loop would take an hour).
Then measures whole commands, each in a process of its own: a run with one day's new items, on a day like others and on the
day on which the last week is tested; a run with nothing new; the digest for all, and for one team. Prints seconds and peak
memory; on a busy machine the seconds of work tell more than the clock. Learning from the desk's ratings is off: what it costs
is bounded by itself (docs/local-ratings.md).
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from run_jsonl import CLOSINGS, FILLERS, MIDDLES, OPENINGS

from feedbackloop import loop
from feedbackloop.clock import iso, week_of
from feedbackloop.config import load
from feedbackloop.manager import PluginManager
from feedbackloop.records import Judgement
from feedbackloop.stages.turn import Turn, closing
from feedbackloop.store import Store
from feedbackloop.store.judgements import packed, places, unpacked

MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
"""The day that is measured: its night before closed the last week of the history."""
MODELS = 400
"""So many different items are repeated."""
CONFIG = """
[understand]
local_correction = "off"
[loop]
database = "loop.db"
[[segments]]
name = "gold"
tags = ["vip"]
[[standards]]
name = "first reply"
metric = "first_reply"
within = "8h"
touchpoint = "support"
dimension = "responsiveness"
[[teams]]
name = "Logistics"
touchpoints = ["delivery", "returns"]
[[teams]]
name = "Rest"
[sources.desk]
connector = "jsonl"
path = "day.jsonl"
[sources.shop]
connector = "jsonl"
path = "none.jsonl"
"""


class Model(NamedTuple):
    """One item's rows with marks where id and time belong, its groups, and where its gaps lie."""

    ident: str
    document: str
    understanding: str
    judgements: tuple[Judgement, ...]
    groups: tuple[tuple[str, bool, bool], ...]
    gaps: tuple[tuple[str, str | None, str | None, str, float, str], ...]
    ratings: tuple[tuple[str, float, float, float], ...]


def line(ident: str, at: datetime, chance: random.Random) -> str:
    """Make one ticket with an answer and, for every third, a rating."""
    words = [chance.choice(OPENINGS), *([chance.choice(MIDDLES)] if chance.random() < 0.4 else [])]
    while sum(len(word) for word in words) < 300:
        words.append(chance.choice(FILLERS))
    words.append(chance.choice(CLOSINGS))
    answered = at + timedelta(hours=chance.choice([1, 3, 12]))
    said = [
        {"id": "m1", "author": "customer", "at": iso(at), "text": " ".join(words)},
        {"id": "m2", "author": "agent", "at": iso(answered), "text": "We look into it and come back to you."},
    ]
    made = {
        "id": ident,
        "kind": "ticket",
        "created_at": iso(at),
        "status": "solved",
        "solved_at": iso(answered),
        "channel": chance.choice(["email", "chat"]),
        "customer": {"id": f"c-{chance.randrange(40_000)}", "tags": ["vip"] if chance.random() < 0.1 else []},
        "messages": said,
        "ratings": [{"scale": "csat", "value": chance.randint(1, 5), "min": 1, "max": 5, "at": iso(answered)}]
        if chance.random() < 0.33
        else [],
    }
    return json.dumps(made, ensure_ascii=False)


def models(folder: Path) -> list[Model]:
    """Let the loop itself understand and compare some items; read back what it stored."""
    work = folder / "models"
    work.mkdir()
    chance, at = random.Random(7), MONDAY - timedelta(days=3)
    (work / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    (work / "none.jsonl").write_text("")
    rows = [line("MODEL-ID", at, chance).replace("MODEL-ID", f"MODEL-{n:04}") for n in range(MODELS)]
    (work / "day.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    settings = load(work / "feedbackloop.toml")
    now = MONDAY - timedelta(days=1)
    with Store(work / "loop.db") as store:
        turn = Turn.at(now, store, settings, PluginManager())
        with closing(turn):
            loop.one_stage(turn, "pull")
            loop.one_stage(turn, "understand")
        return [_model(store, key) for (key,) in store.conn.execute("SELECT key FROM items ORDER BY key")]


def _model(store: Store, key: str) -> Model:
    row = store.conn.execute("SELECT document, understanding, judgements FROM items WHERE key = ?", (key,)).fetchone()
    gaps = store.conn.execute(
        "SELECT id, touchpoint, dimension, direction, confidence, document FROM gaps WHERE item = ?", (key,)
    ).fetchall()
    ratings = store.conn.execute("SELECT scale, value, low, high FROM ratings WHERE item = ?", (key,)).fetchall()
    judged = tuple(unpacked(row[2]))
    groups = tuple((one.group, one.worse, one.better) for one in judged)
    return Model(key.partition("/")[2], row[0], row[1], judged, groups, tuple(gaps), tuple(ratings))


def fill(path: Path, items: int, weeks: int, known: Sequence[Model]) -> None:
    """Write the history: the same items again and again under other ids and times, older ones first."""
    chance = random.Random(11)
    with Store(path) as store:
        store.conn.execute("PRAGMA synchronous = OFF")
        per_week = items // weeks
        for back in range(weeks, 0, -1):
            start = (MONDAY - timedelta(hours=6)) - timedelta(weeks=back)
            with store.write():
                _fill_week(store, start, list(_dealt(chance, known, per_week, f"{back}")))
        week = week_of(MONDAY - timedelta(weeks=1))
        with store.write():
            store.conn.execute(
                "INSERT INTO tested SELECT DISTINCT week, '2026-01-01' FROM weekly WHERE week < ?", (week,)
            )
        store.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _dealt(chance: random.Random, known: Sequence[Model], number: int, name: str) -> Iterator[tuple[str, Model]]:
    for n in range(number):
        yield f"H-{name}-{n}", chance.choice(known)


def _fill_week(store: Store, start: datetime, dealt: Sequence[tuple[str, Model]]) -> None:
    week, counted = week_of(start), Counter[tuple[str, int]]()
    items, gaps, ratings = [], [], []
    says = {id(model): _moved(model, week) for _, model in dealt}
    for place, (ident, model) in enumerate(dealt):
        at = start + timedelta(seconds=place * 600_000 // len(dealt))
        stamp, key = at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), f"desk/{ident}"
        mark, old_at = model.ident, iso(MONDAY - timedelta(days=3))
        document = model.document.replace(mark, ident).replace(old_at, iso(at))
        items.append((key, "desk", "ticket", stamp, None, f"desk/c-{place % 40_000}", None, b"", document,
                      model.understanding, says[id(model)], "done", None, 1, None,
                      places(model.judgements)))  # fmt: skip
        for gap_id, touchpoint, dimension, direction, confidence, found in model.gaps:
            text = found.replace(f"desk/{mark}", key).replace(old_at, iso(at))
            gaps.append((f"{gap_id}-{ident}", key, week, touchpoint, dimension, direction, confidence, text))
        ratings += [(key, scale, "", value, low, high, stamp) for scale, value, low, high in model.ratings]
        for group, worse, better in model.groups:
            counted[group, 0] += 1
            counted[group, 1] += worse
            counted[group, 2] += better
    conn = store.conn
    conn.executemany(f"INSERT INTO items VALUES ({','.join('?' * 16)})", items)
    conn.executemany("INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?)", gaps)
    conn.executemany("INSERT INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)", ratings)
    groups = sorted({group for group, _ in counted})
    conn.executemany(
        "INSERT INTO weekly VALUES (?, ?, ?, ?, ?)", [(g, week, *(counted[g, n] for n in range(3))) for g in groups]
    )


def _moved(model: Model, week: str) -> bytes:
    """Give a model's judgements as the store keeps them, moved to another week."""
    return packed([replace(one, week=week) for one in model.judgements])


def measured(folder: Path, *command: str) -> tuple[float, float, float]:
    """Run one command in a process of its own; seconds by the clock, of the processor, and the peak memory so far in MB."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "feedbackloop", "-c", str(folder / "feedbackloop.toml"), "--json", *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    taken = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return taken, worked, after.ru_maxrss / 1024


def new_day(folder: Path, day: datetime, items: int) -> None:
    """Write the items of one day to the source's file."""
    chance = random.Random(day.toordinal())
    rows = (line(f"N-{day:%m%d}-{n}", day - timedelta(seconds=86_400 * n // items), chance) for n in range(items))
    (folder / "day.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")


def measure(folder: Path, items: int, weeks: int, known: Sequence[Model]) -> None:
    """Fill one history and print what commands cost on it."""
    home = folder / str(items)
    home.mkdir()
    (home / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    (home / "none.jsonl").write_text("")
    began = time.perf_counter()
    fill(home / "loop.db", items, weeks, known)
    size = (home / "loop.db").stat().st_size / 1e9
    daily = max(1, items // weeks // 7)
    print(
        f"\n{items} items in {weeks} weeks ({size:.1f} GB, filled in {time.perf_counter() - began:.0f} s)", flush=True
    )
    week = week_of(MONDAY - timedelta(weeks=1))
    days = {0: "the week is tested", 3: "a day like others", 4: "the day after"}
    for ahead, name in days.items():
        day = MONDAY + timedelta(days=ahead)
        new_day(home, day, daily)
        _print(f"run, {daily} new items, {name}", *measured(home, "--now", iso(day), "run"))
        if not ahead:
            _print("digest for all", *measured(home, "--now", iso(day), "digest", "--week", week))
            _print(
                "digest for one team",
                *measured(home, "--now", iso(day), "digest", "--week", week, "--team", "Logistics"),
            )
            _print("run, nothing new", *measured(home, "--now", iso(day + timedelta(minutes=1)), "run"))


def _print(what: str, seconds: float, worked: float, peak: float) -> None:
    print(f"  {what:<52} {seconds:7.1f} s by the clock {worked:7.1f} s of work {peak:6.0f} MB", flush=True)


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--weeks", type=int, default=104)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        known = models(Path(folder))
        for items in options.items:
            measure(Path(folder), items, options.weeks, known)


if __name__ == "__main__":
    main()
