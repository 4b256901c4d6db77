"""What was decided and why, which digests went out, and what does the loop remember of itself?"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime

from feedbackloop.records import LedgerEntry
from feedbackloop.store import text


class Books:
    """The ledger is append-only: a trigger refuses changes. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def write_down(self, entries: Iterable[LedgerEntry]) -> None:
        """Append decisions: codes and ids only, never words of people."""
        self._conn.executemany(
            "INSERT INTO ledger (at, what, about, decision, reason, by) VALUES (?, ?, ?, ?, ?, ?)",
            [(text.stamp(one.at), one.what, one.about, one.decision, one.reason, one.by) for one in entries],
        )

    def ledger(
        self, since: datetime | None = None, until: datetime | None = None, about: Iterable[str] = ()
    ) -> Iterator[tuple[int, LedgerEntry]]:
        """Give (number, entry) of a span in order; only those about certain ids if any are given."""
        wanted = tuple(about)
        where = f"AND about IN ({','.join('?' * len(wanted))})" if wanted else ""
        bounds = (text.stamp(since) if since else "", text.stamp(until) if until else "~")
        query = (
            f"SELECT n, at, what, about, decision, reason, by FROM ledger WHERE at >= ? AND at < ? {where} ORDER BY n"  # noqa: S608
        )
        for n, at, *rest in self._conn.execute(query, (*bounds, *wanted)):
            yield n, LedgerEntry(text.moment(at), *rest)

    def last(self, what: str, about: str) -> tuple[str, str] | None:
        """Give the newest (decision, reason) of one kind about one thing: a decision that stands is written down once."""
        row = self._conn.execute(
            "SELECT decision, reason FROM ledger WHERE about = ? AND what = ? ORDER BY n DESC LIMIT 1", (about, what)
        ).fetchone()
        return (row[0], row[1]) if row else None

    # --- digests ---------------------------------------------------------------------------------------------------

    def intend_digest(self, key: str, week: str, team: str | None, now: datetime) -> bool:
        """Note that a digest is about to go out; False if it went already."""
        self._conn.execute(
            "INSERT OR IGNORE INTO digests (key, week, team, intended_at) VALUES (?, ?, ?, ?)",
            (key, week, team, text.stamp(now)),
        )
        row = self._conn.execute("SELECT sent_at FROM digests WHERE key = ?", (key,)).fetchone()
        return row[0] is None

    def digest_went(self, key: str, where: str, now: datetime) -> None:
        """Note that a digest was delivered, or why there was none to deliver."""
        self._conn.execute("UPDATE digests SET sent_at = ?, went = ? WHERE key = ?", (text.stamp(now), where, key))

    # --- small notes -----------------------------------------------------------------------------------------------

    def note(self, name: str) -> str | None:
        """Give a small thing that the loop remembers of itself, such as which scorer was used last."""
        row = self._conn.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def set_note(self, name: str, value: str) -> None:
        """Remember a small thing."""
        self._conn.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))
