"""How far has each source been read, and which of its records were set aside?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from feedbackloop.connector import Rejected
from feedbackloop.store import text


@dataclass(frozen=True, slots=True)
class SourceState:
    """Where one source stands. `backfill` is the cursor of a `--since/--until` run, apart from the live one."""

    name: str
    connector: str
    cursor: str | None = None
    backfill: str | None = None
    fresh_as_of: str | None = None
    caught_up: bool = False
    last_error: str | None = None


class Sources:
    """Cursors and set-aside records. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def get(self, name: str) -> SourceState | None:
        """Give one source's state, None if it was never read."""
        return next((state for state in self.all() if state.name == name), None)

    def all(self) -> list[SourceState]:
        """Give the state of every source ever read, by name."""
        found = self._conn.execute(
            "SELECT name, connector, cursor, backfill, fresh_as_of, caught_up, last_error FROM sources ORDER BY name"
        )
        return [
            SourceState(name, connector, cursor, backfill, fresh, bool(caught_up), error)
            for name, connector, cursor, backfill, fresh, caught_up, error in found
        ]

    def save_cursor(self, name: str, connector: str, cursor: str, *, backfill: bool = False) -> None:
        """Move the live cursor, or that of a backfill, in the transaction that stores the page."""
        column = "backfill" if backfill else "cursor"
        self._conn.execute(
            f"INSERT INTO sources (name, connector, {column}) VALUES (?, ?, ?)"  # noqa: S608 - one of two words
            f" ON CONFLICT (name) DO UPDATE SET connector = excluded.connector, {column} = excluded.{column}",
            (name, connector, cursor),
        )

    def finish_pull(self, name: str, connector: str, now: datetime, caught_up: bool, error: str | None) -> None:
        """Note how a pull ended; only one that caught up makes the source fresh."""
        self._conn.execute(
            "INSERT INTO sources (name, connector, caught_up, last_error, fresh_as_of, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
            " ON CONFLICT (name) DO UPDATE SET connector = ?2, caught_up = ?3, last_error = ?4, seen_at = ?6,"
            " fresh_as_of = coalesce(?5, fresh_as_of)",
            (name, connector, caught_up, error, text.stamp(now) if caught_up else None, text.stamp(now)),
        )

    def reset(self, name: str, connector: str, cursor: str) -> None:
        """Set one source's live cursor; no other source and no backfill is touched."""
        self.save_cursor(name, connector, cursor)
        self._conn.execute("UPDATE sources SET caught_up = 0 WHERE name = ?", (name,))

    # --- set aside -------------------------------------------------------------------------------------------------

    def set_aside(self, source: str, rejected: Iterable[Rejected], now: datetime) -> None:
        """Keep the names and reasons of records that could not be read."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO set_aside (id, source, record, field, reason, at) VALUES (?, ?, ?, ?, ?, ?)",
            [
                (aside_id(source, one.record), source, one.record, one.field, one.reason[:500], text.stamp(now))
                for one in rejected
            ],
        )

    def forgive(self, source: str, records: Iterable[str]) -> None:
        """Strike records off the list: they could be read after all. Items that wait aside for a person stay on it."""
        self._conn.executemany(
            "DELETE FROM set_aside WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM items WHERE key = ?2 AND stage = 'aside')",
            [(aside_id(source, one), f"{source}/{one}") for one in records],
        )

    def try_again(self, ids: Iterable[str]) -> None:
        """Mark records for another try; the next pull reads them anew."""
        self._conn.executemany("UPDATE set_aside SET again = 1 WHERE id = ?", [(one,) for one in ids])

    def to_try_again(self, source: str) -> list[str]:
        """Name one source's records that are to be tried again."""
        found = self._conn.execute("SELECT record FROM set_aside WHERE source = ? AND again = 1 ORDER BY id", (source,))
        return [row[0] for row in found]

    def aside(self) -> list[dict[str, Any]]:
        """Give all records set aside, oldest first."""
        return text.rows(
            self._conn.execute("SELECT id, source, record, field, reason, at, again FROM set_aside ORDER BY at, id")
        )

    def backlog(self, name: str) -> dict[str, int]:
        """Count what of one source waits: for understanding, for its time, set aside."""
        queries = {
            "to_understand": "SELECT count(*) FROM items WHERE source = ? AND stage IN ('understand', 'compare')",
            "later": "SELECT count(*) FROM later WHERE source = ?",
            "set_aside": "SELECT count(*) FROM set_aside WHERE source = ?",
        }
        return {what: int(self._conn.execute(query, (name,)).fetchone()[0]) for what, query in queries.items()}


def aside_id(source: str, record: str) -> str:
    """Give the stable id of a set-aside record."""
    return "rec-" + blake2b(f"{source}\n{record}".encode(errors="replace"), digest_size=6).hexdigest()
