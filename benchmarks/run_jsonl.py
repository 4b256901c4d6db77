"""What does one run cost on many JSON lines, a second with nothing new, and a third with one line in a hundred changed?

    python benchmarks/run_jsonl.py [--items 100000] [--folder DIR]

Makes invented feedback of about 600 characters an item, then measures in the same process tree, one after the other: a bare
loop that reads the lines and stores them in SQLite, understanding alone (the command `score`), and `feedbackloop run` three
times. Prints seconds, items a second, peak memory, and the ratio of the first run to bare loop + understanding.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

OPENINGS = [
    "I ordered the blue kettle on Monday and paid for express shipping.",
    "This is the second time I write about the same invoice.",
    "The assistant on the phone was friendly and knew what to do.",
    "The app logs me out whenever I open the order page.",
    "我上周在你们网站下的单，当时写着24小时内发货。",
]
MIDDLES = [
    "You promised delivery within 24 hours, and it took three days until anything moved.",
    "Nobody answered my last mail, although your page says that you reply within a day.",
    "The parcel arrived a day earlier than announced and nothing was broken.",
    "I expected the larger size as shown in the picture, and got the small one instead.",
    "客服说第二天会给我回电话，结果等了一个星期也没有人联系我。",
]
FILLERS = [
    "I have been a customer for several years and never had to write before.",
    "My neighbour bought the same one last month and told me about it.",
    "The colour is nice and it fits well next to the window in our kitchen.",
    "Please have a look at the order and tell me how we go on from here.",
    "订单号可以在我的账户里查到，麻烦你们核实一下具体的情况。",
    "We use it every day for the whole family and it does what it should.",
]
CLOSINGS = ["I look forward to your answer.", "Thank you for looking into it.", "谢谢，请尽快处理。", "Kind regards"]


def line(number: int, chance: random.Random, *, edited: bool = False) -> str:
    """Make one item, ticket or review, of about 600 characters."""
    words = [chance.choice(OPENINGS), chance.choice(MIDDLES)]
    while sum(len(word) for word in words) < 520:
        words.append(chance.choice(FILLERS))
    words.append(chance.choice(CLOSINGS))
    created = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(minutes=2 * number)
    text = " ".join(words) + (" I add: still nothing." if edited else "")
    return json.dumps(
        {
            "id": f"B-{number}",
            "kind": "review",
            "created_at": created.isoformat(),
            "text": text,
            "customer": {"id": f"c-{number % 40_000}"},
        },
        ensure_ascii=False,
    )


def write(path: Path, items: int, *, edit_every: int = 0) -> None:
    """Write the feedback; with `edit_every` each so many-th line has other words."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        for number in range(items):
            file.write(line(number, chance, edited=bool(edit_every and number % edit_every == 0)) + "\n")


def bare(path: Path, folder: Path) -> float:
    """Read and store, and nothing else."""
    began = time.perf_counter()
    db = sqlite3.connect(folder / "bare.db", isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE items (id TEXT PRIMARY KEY, kind TEXT, created_at TEXT, customer TEXT, text TEXT)")
    page: list[tuple[str, ...]] = []
    with path.open(encoding="utf-8") as file:
        for text in file:
            row = json.loads(text)
            page.append((row["id"], row["kind"], row["created_at"], row["customer"]["id"], row["text"]))
            if len(page) == 1000:
                _store(db, page)
                page = []
    _store(db, page)
    db.close()
    return time.perf_counter() - began


def _store(db: sqlite3.Connection, page: list[tuple[str, ...]]) -> None:
    db.execute("BEGIN")
    db.executemany("INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)", page)
    db.execute("COMMIT")


def measured(*command: str) -> tuple[float, float]:
    """Run a command; give its seconds and its own peak memory in MB."""
    script = (
        "import resource, subprocess, sys\n"
        "code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024)"
    )
    began = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", script, *command], capture_output=True, text=True, check=True)
    code, peak = done.stdout.split()
    if code not in {"0", "1"}:
        sys.exit(f"{' '.join(command)} ended with {code}: {done.stderr}")
    return time.perf_counter() - began, float(peak)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--items", type=int, default=100_000)
    options.add_argument("--folder", type=Path, default=None)
    chosen = options.parse_args()
    folder = chosen.folder or Path(tempfile.mkdtemp(prefix="feedbackloop-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    feedback, config = folder / "feedback.jsonl", folder / "feedbackloop.toml"
    for old in folder.glob("*.db*"):
        old.unlink()
    write(feedback, chosen.items)
    config.write_text('[sources.all]\nconnector = "jsonl"\npath = "feedback.jsonl"\n[actions]\nmax_age = "1d"\n')
    tool = [sys.executable, "-m", "feedbackloop"]
    run = [*tool, "run", "-q", "-c", str(config), "--now", "2026-11-20T08:00:00Z"]
    bare_seconds = bare(feedback, folder)
    score_seconds, score_peak = measured(*tool, "score", str(feedback))
    rows = [("bare read and store", bare_seconds, 0.0), ("understanding alone (score)", score_seconds, score_peak)]
    rows.append(("first run", *measured(*run)))
    rows.append(("second run, nothing new", *measured(*run)))
    write(feedback, chosen.items, edit_every=100)
    rows.append(("third run, 1 % changed", *measured(*run)))
    print(f"{chosen.items:,} items of {feedback.stat().st_size / chosen.items:.0f} bytes")
    for name, seconds, peak in rows:
        print(f"{name:30} {seconds:8.2f} s {chosen.items / seconds:10,.0f} items/s {peak:7.0f} MB")
    ratio = rows[2][1] / (bare_seconds + score_seconds)
    print(f"first run / (bare + understanding) = {ratio:.2f}")
    print(f"this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
    main()
