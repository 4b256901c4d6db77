"""Which writes to source systems are decided, on their way, done, or stuck?

An action enters in the transaction that decided it, under a key made from what it is about: the same decision made again adds
nothing. `sending` is stored before anything is sent, and an action stays `unsure` until an answer came, so that `find` is asked
before anything is sent again.
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
    """One action with what became of it so far. `unsure`: it was sent, and whether it arrived is not known."""

    action: Action
    status: str
    attempts: int
    unsure: bool
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

    def due(self, now: datetime, sources: Sequence[str]) -> list[str]:
        """Name the actions that may be sent now: interrupted ones first, then what matters most, then the oldest.

        Only the ids, so that each action is looked at as it stands when its turn comes: meanwhile people review and erase.
        """
        marks = ",".join("?" * len(sources))
        query = (
            f"SELECT id FROM actions WHERE source IN ({marks}) AND {_DUE}"  # noqa: S608 - only marks and literals
            f" ORDER BY status != 'sending', {_RANK}, created_at, id"
        )
        return [row[0] for row in self._conn.execute(query, (*sources, text.stamp(now)))]

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

    def may_have_arrived(self, follow_up: str) -> bool:
        """Say whether words of a follow-up were sent and nobody knows yet whether they arrived: they count as arrived."""
        query = "SELECT 1 FROM actions WHERE about = ? AND kind = 'reply' AND unsure AND status != 'done' LIMIT 1"
        return self._conn.execute(query, (follow_up,)).fetchone() is not None

    def _read(self, where: str, values: Sequence[object]) -> list[Queued]:
        columns = "document, status, attempts, unsure, created_at, next_try_at, external_id, url, last_error, done_at"
        query = f"SELECT {columns} FROM actions WHERE {where}"  # noqa: S608 - where is a literal of this file
        found = self._conn.execute(query, tuple(values))
        return [Queued(text.load(row[0], Action), *row[1:]) for row in found]

    # --- what becomes of an action ---------------------------------------------------------------------------------

    def change_waiting(self, action: Action, *, approved_too: bool = False) -> bool:
        """Store another text for an action that waits for approval; False if it waits no more.

        Args:
            action: As it is to be.
            approved_too: Also where nobody approved it but the config; what a person approved is sent as it was approved.
        """
        changed = self._conn.execute(
            "UPDATE actions SET document = ?1 WHERE id = ?2 AND attempts = 0 AND unsure = 0"
            " AND (status = 'waiting' OR (?3 AND status = 'approved'))",
            (text.dump(action), action.id, approved_too),
        )
        return changed.rowcount > 0

    def revive(self, action: Action, status: str, now: datetime) -> bool:
        """Decide anew on an action that was cancelled before it was ever sent; False if there is none such."""
        changed = self._conn.execute(
            "UPDATE actions SET status = ?, document = ?, created_at = ?, last_error = NULL"
            " WHERE id = ? AND status = 'cancelled' AND unsure = 0",
            (status, text.dump(action), text.stamp(now), action.id),
        )
        return changed.rowcount > 0

    def claim(self, action_id: str) -> bool:
        """Mark an action as being sent, which counts an attempt; False if it may not be sent any more."""
        changed = self._conn.execute(
            "UPDATE actions SET status = 'sending', attempts = attempts + 1, unsure = 1, next_try_at = NULL"
            " WHERE id = ? AND status IN ('approved', 'retrying', 'sending')",
            (action_id,),
        )
        return changed.rowcount > 0

    def mark(
        self,
        action_id: str,
        status: str,
        error: str | None = None,
        *,
        next_try_at: datetime | None = None,
        nothing_done: bool = False,
    ) -> None:
        """Move an action to another status; `nothing_done`: its last attempt certainly changed nothing at the source."""
        self._conn.execute(
            "UPDATE actions SET status = ?, last_error = coalesce(?, last_error), next_try_at = ?,"
            " unsure = unsure AND NOT ? WHERE id = ?",
            (status, error, text.maybe_stamp(next_try_at), nothing_done, action_id),
        )

    def again(self, action_id: str) -> None:
        """Let an action that got stuck go once more, with all its attempts: a person looked at it and says so."""
        self._conn.execute(
            "UPDATE actions SET status = 'approved', attempts = 0, next_try_at = NULL, last_error = NULL WHERE id = ?",
            (action_id,),
        )

    def done(self, action: Action, receipt: Receipt, now: datetime) -> None:
        """Store the receipt, and remember what was written, so that it is recognised when it comes back."""
        self._conn.execute(
            "UPDATE actions SET status = 'done', unsure = 0, external_id = ?, url = ?, last_error = NULL, done_at = ?"
            " WHERE id = ?",
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
