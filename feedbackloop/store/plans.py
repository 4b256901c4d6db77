"""Which findings were made, which improvement tasks stand, and whom did the loop mean to write to?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from feedbackloop.records import Finding, FollowUp, ImprovementTask, group_key
from feedbackloop.store import text


class Plans:
    """Findings, tasks and follow-ups. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    # --- findings --------------------------------------------------------------------------------------------------

    def last_tested_week(self) -> str | None:
        """Name the newest week that was tested."""
        found = self._conn.execute("SELECT max(week) FROM tested").fetchone()
        return str(found[0]) if found[0] else None

    def save_findings(self, week: str, findings: Iterable[Finding], now: datetime) -> None:
        """Store one week's tests; a week is tested once."""
        self._conn.execute("INSERT OR IGNORE INTO tested VALUES (?, ?)", (week, text.stamp(now)))
        self._conn.executemany(
            "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?)",
            [(one.id, group_key(one.group), one.week, one.raised, text.dump(one)) for one in findings],
        )

    def findings(self, first: str = "", last: str = "~", *, raised_only: bool = False) -> list[Finding]:
        """Give the findings of a span of weeks, by week and id."""
        found = self._conn.execute(
            "SELECT document FROM findings WHERE week BETWEEN ? AND ? AND raised >= ? ORDER BY week, id",
            (first, last, int(raised_only)),
        )
        return [text.load(row[0], Finding) for row in found]

    def finding(self, finding_id: str) -> Finding | None:
        """Give one finding."""
        row = self._conn.execute("SELECT document FROM findings WHERE id = ?", (finding_id,)).fetchone()
        return text.load(row[0], Finding) if row else None

    # --- tasks -----------------------------------------------------------------------------------------------------

    def save_tasks(self, tasks: Iterable[ImprovementTask]) -> None:
        """Store new and changed tasks."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?)",
            [(one.id, one.team, one.status, one.source, one.external_id, text.dump(one)) for one in tasks],
        )

    def tasks(self, statuses: Sequence[str] = ()) -> list[ImprovementTask]:
        """Give tasks, those of the given statuses only if any are given, by id."""
        where = f"WHERE status IN ({','.join('?' * len(statuses))})" if statuses else ""
        found = self._conn.execute(f"SELECT document FROM tasks {where} ORDER BY id", tuple(statuses))  # noqa: S608 - only marks
        return [text.load(row[0], ImprovementTask) for row in found]

    def task(self, task_id: str) -> ImprovementTask | None:
        """Give one task."""
        row = self._conn.execute("SELECT document FROM tasks WHERE id = ?", (task_id,)).fetchone()
        return text.load(row[0], ImprovementTask) if row else None

    # --- follow-ups ------------------------------------------------------------------------------------------------

    def save_follow_ups(self, follow_ups: Iterable[FollowUp], emails: dict[str, str] | None = None) -> None:
        """Store new and changed follow-ups; `emails` gives the mail address by follow-up, to count over all sources."""
        known = emails or {}
        self._conn.executemany(
            "INSERT INTO follow_ups VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " status = excluded.status, sent_at = excluded.sent_at, document = excluded.document",
            [
                (
                    one.id,
                    one.item,
                    one.customer,
                    known.get(one.id),
                    one.cause,
                    one.status,
                    text.maybe_stamp(one.created_at) or "",
                    text.maybe_stamp(one.sent_at),
                    text.dump(one),
                )
                for one in follow_ups
            ],
        )

    def follow_ups(self, statuses: Sequence[str] = ()) -> list[FollowUp]:
        """Give follow-ups, those of the given statuses only if any are given, oldest first."""
        where = f"WHERE status IN ({','.join('?' * len(statuses))})" if statuses else ""
        query = f"SELECT document FROM follow_ups {where} ORDER BY created_at, id"  # noqa: S608 - only marks
        return [text.load(row[0], FollowUp) for row in self._conn.execute(query, tuple(statuses))]

    def unsettled(self, since: datetime) -> list[FollowUp]:
        """Give the follow-ups of which the customer's next word is not settled for good, oldest first.

        Args:
            since: What went out or was held out after this moment may still be answered.
        """
        query = (
            "SELECT document FROM follow_ups WHERE status = 'sent' OR status IN ('confirmed', 'reopened') AND sent_at >= ?1"
            " OR status = 'held' AND json_extract(document, '$.reason') = 'hold_out' AND"
            " (json_extract(document, '$.outcome') IS NULL OR json_extract(document, '$.held_at') >= ?2)"
            " ORDER BY created_at, id"
        )
        found = self._conn.execute(query, (text.stamp(since), since.isoformat()))
        return [text.load(row[0], FollowUp) for row in found]

    def follow_up(self, follow_up_id: str) -> FollowUp | None:
        """Give one follow-up."""
        row = self._conn.execute("SELECT document FROM follow_ups WHERE id = ?", (follow_up_id,)).fetchone()
        return text.load(row[0], FollowUp) if row else None

    def follow_ups_of(self, item: str) -> list[FollowUp]:
        """Give the follow-ups on one item, oldest first."""
        found = self._conn.execute("SELECT document FROM follow_ups WHERE item = ? ORDER BY created_at, id", (item,))
        return [text.load(row[0], FollowUp) for row in found]

    def follow_ups_to(self, customers: Sequence[str], emails: Sequence[str] = ()) -> list[FollowUp]:
        """Give all follow-ups to one person, known by customer keys and mail addresses over all sources, oldest first."""
        found = self._conn.execute(
            "SELECT document FROM follow_ups WHERE customer IN (SELECT value FROM json_each(?))"
            " OR email IN (SELECT value FROM json_each(?)) ORDER BY created_at, id",
            (json.dumps(list(customers)), json.dumps(list(emails))),
        )
        return [text.load(row[0], FollowUp) for row in found]
