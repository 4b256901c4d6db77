"""Does the store survive what kills programs: SIGKILL in the middle of writing, and a full disk?"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedbackloop.records import LedgerEntry
from feedbackloop.store import Store

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
WRITER = """
import sys
from datetime import UTC, datetime
from feedbackloop.records import LedgerEntry
from feedbackloop.store import Store

now = datetime(2026, 11, 2, 9, tzinfo=UTC)
with Store(sys.argv[1]) as store:
    print("ready", flush=True)
    for number in range(1_000_000):
        with store.write():
            store.books.write_down([LedgerEntry(now, "item", f"a-{number}", "done", "x" * 500)])
            store.books.set_note("last", f"a-{number}")
"""


def entry(about: str, reason: str = "x") -> LedgerEntry:
    return LedgerEntry(NOW, "item", about, "done", reason)


def test_a_killed_writer_leaves_whole_transactions_only(tmp_path: Path) -> None:
    chance = random.Random(7)
    path = tmp_path / "loop.db"
    for _ in range(8):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0.001, 0.06))
            writer.kill()
        with Store(path) as store:
            assert store.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            newest = [one.about for _, one in store.books.ledger()]
            # The entry and the note are one transaction: both are there, or neither.
            assert store.books.note("last") == (newest[-1] if newest else None)


def test_a_full_disk_loses_nothing_that_was_stored_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "loop.db"
    with Store(path) as store:
        with store.write():
            store.books.write_down([entry("before")])
        (pages,) = store.conn.execute("PRAGMA page_count").fetchone()
        store.conn.execute(f"PRAGMA max_page_count = {pages + 2}")

        with pytest.raises(sqlite3.OperationalError, match="full"), store.write():
            store.books.write_down([entry(f"lost-{number}", "x" * 2000) for number in range(200)])

        store.conn.execute("PRAGMA max_page_count = 1000000")
        with store.write():
            store.books.write_down([entry("after")])
    with Store(path) as store:
        assert [one.about for _, one in store.books.ledger()] == ["before", "after"]
        assert store.conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)
