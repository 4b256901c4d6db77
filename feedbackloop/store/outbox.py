"""Which writes to source systems are decided, on their way, done, or stuck?

An action enters in the transaction that decided it, under a key made from what it is about: the same decision made again adds
nothing. `sending` is stored before anything is sent, so that after a crash `find` is asked first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from feedbackloop.records import Action, Receipt
from feedbackloop.store import text

STATUSES = (
    "waiting",
    "approved",
    "sending",
    "retrying",
    "done",
    "needs_a_look",
    "set_aside",
    "failed",
    "cancelled",
)
_DUE = "(status = 'sending' OR (status IN ('approved', 'retrying') AND coalesce(next_try_at, '') <= ?))"
_RANK = "CASE kind WHEN 'reply' THEN 0 WHEN 'task' THEN 1 WHEN 'task_update' THEN 2 WHEN 'note' THEN 3 ELSE 4 END"


@dataclass(frozen=True, slots=True)
class Queued:
    """One action with what became of it so far."""

    action: Action
    status: str
    attempts: int
    created_at: str
    next_try_at: str | None = None
    external_id: str | None = None
    url: str | None = None
    last_error: str | None = None
    done_at: str | None = None


class Outbox:
    """Actions by id. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def add(self, action: Action, status: str, now: datetime) -> bool:
        """Put an action in; False if one with the same key is there already (nothing changes then)."""
        added = self._conn.execute(
            "INSERT OR IGNORE INTO actions (id, key, kind, source, item, about, status, created_at, document)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                action.id,
                action.key,
                action.kind,
                action.source,
                action.item,
                action.about,
                status,
                text.stamp(now),
                text.dump(action),
            ),
        )
        return added.rowcount > 0

    def due(self, now: datetime, limit: int) -> list[Queued]:
        """Give actions that may be sent now: what was interrupted first, then what matters most, then the oldest."""
        return self._read(
            f"{_DUE} ORDER BY status != 'sending', {_RANK}, created_at, id LIMIT ?", (text.stamp(now), limit)
        )

    def with_status(self, *statuses: str) -> list[Queued]:
        """Give the actions in these statuses, oldest first; all if none is named."""
        wanted = statuses or STATUSES
        return self._read(f"status IN ({','.join('?' * len(wanted))}) ORDER BY created_at, id", wanted)

    def get(self, action_id: str) -> Queued | None:
        """Give one action."""
        return next(iter(self._read("id = ?", (action_id,))), None)

    def about(self, what: str) -> list[Queued]:
        """Give the actions about one item, task or follow-up, oldest first."""
        return self._read("about = ? OR source || '/' || item = ? ORDER BY created_at, id", (what, what))

    def _read(self, where: str, values: Sequence[object]) -> list[Queued]:
        columns = "document, status, attempts, created_at, next_try_at, external_id, url, last_error, done_at"
        query = f"SELECT {columns} FROM actions WHERE {where}"  # noqa: S608 - where is a literal of this file
        found = self._conn.execute(query, tuple(values))
        return [Queued(text.load(row[0], Action), *row[1:]) for row in found]

    # --- what becomes of an action ---------------------------------------------------------------------------------

    def change_unsent(self, action: Action) -> bool:
        """Store another text for an action that was never sent; False if it left already."""
        changed = self._conn.execute(
            "UPDATE actions SET document = ? WHERE id = ? AND attempts = 0 AND status IN ('waiting', 'approved')",
            (text.dump(action), action.id),
        )
        return changed.rowcount > 0

    def mark(self, action_id: str, status: str, error: str | None = None, next_try_at: datetime | None = None) -> None:
        """Move an action to another status; `sending` counts an attempt."""
        self._conn.execute(
            "UPDATE actions SET status = ?1, attempts = attempts + (?1 = 'sending'), last_error = coalesce(?2, last_error),"
            " next_try_at = ?3 WHERE id = ?4",
            (status, error, text.maybe_stamp(next_try_at), action_id),
        )

    def done(self, action: Action, receipt: Receipt, now: datetime) -> None:
        """Store the receipt, and remember what was written, so that it is recognised when it comes back."""
        self._conn.execute(
            "UPDATE actions SET status = 'done', external_id = ?, url = ?, last_error = NULL, done_at = ? WHERE id = ?",
            (receipt.external_id, receipt.url, text.stamp(now), action.id),
        )
        self._conn.executemany(
            "INSERT OR IGNORE INTO written VALUES (?, ?)", [(action.source, one) for one in receipt.written_ids]
        )

    def written(self, source: str) -> set[str]:
        """Give the ids of what feedbackloop itself wrote to a source."""
        return {row[0] for row in self._conn.execute("SELECT external_id FROM written WHERE source = ?", (source,))}

    def counts(self) -> dict[str, int]:
        """Count the actions by status."""
        found = dict(self._conn.execute("SELECT status, count(*) FROM actions GROUP BY status").fetchall())
        return {status: int(found.get(status, 0)) for status in STATUSES}
