"""How does a person, or an old text, disappear for good?

Rows keep their figures and lose every word, name and address; SQLite overwrites freed pages (`secure_delete`), and `scrub`
empties the write-ahead log, where deleted texts otherwise remain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from msgspec.structs import replace

from feedbackloop.records import Action, Customer, FollowUp, Gap, ImprovementTask, Item, Promise, Understanding
from feedbackloop.store import text
from feedbackloop.store.corrections import Corrections
from feedbackloop.store.persons import Persons

SILENT = "[erased]"
UNSENT = {"drafted", "waiting", "approved"}


@dataclass
class Erased:
    """What was erased, by kind, and what had been sent outside and cannot be recalled."""

    counts: dict[str, int] = field(default_factory=dict)
    outside: list[str] = field(default_factory=list)


class Erasure:
    """Erases inside `Store.write`; call `scrub` after the transaction."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def forget_items(
        self, keys: Iterable[str], now: datetime, *, keep_person: bool = False, people: Iterable[str] = ()
    ) -> Erased:
        """Erase the words of items and of all that quotes them, tasks included; counts, times and directions stay.

        Args:
            keys: Items, `SOURCE/ID`; unknown ones are passed over.
            now: Noted as the time of erasure; an erased item stays erased when it is pulled again.
            keep_person: For retention: the texts go, the customer stays known.
            people: Customers to be forgotten beside those of the items, as far as no item of theirs is left.
        """
        erased = Erased()
        wanted, met = list(keys), set(people)
        for key in wanted:
            self._wake(key)
            self._conn.execute("DELETE FROM set_aside WHERE source || '/' || record = ?", (key,))
            row = self._conn.execute("SELECT document, erased_at, customer FROM items WHERE key = ?", (key,)).fetchone()
            if row is None or (row[1] and row[2] is None):
                continue  # unknown, or erased with its person already
            met.add(row[2] or "")
            self._item(text.load(row[0], Item), now, keep_person, erased)
            self._quotes(key, erased)
            self._messages_out(key, keep_person, erased)
        if not keep_person and (gone := Persons(self._conn).forget(sorted(met))):
            _add(erased, "identities", gone)
        if wanted:
            self._tasks(set(wanted), erased)
            self._words_of(wanted)
            if dropped := Corrections(self._conn).forget(wanted):
                _add(erased, "local_corrections", dropped)
        return erased

    def _words_of(self, keys: list[str]) -> None:
        """Forget the words of the weeks in which these items came; what is left of them is counted again."""
        self._conn.execute(
            "DELETE FROM theme_words WHERE EXISTS (SELECT 1 FROM items i WHERE i.key IN (SELECT value FROM json_each(?))"
            " AND i.created_at >= starts_at AND i.created_at < ends_at)",
            (text.dump(keys),),
        )

    def _wake(self, key: str) -> None:
        """Let an item that waits for its time exist already: only what exists can stay erased."""
        row = self._conn.execute("DELETE FROM later WHERE key = ? RETURNING document", (key,)).fetchone()
        if row:
            item = text.load(row[0], Item)
            self._conn.execute(
                "INSERT OR IGNORE INTO items (key, source, kind, created_at, document, stage) VALUES (?, ?, ?, ?, ?, 'erased')",
                (key, item.source, item.kind, text.stamp(item.created_at), row[0]),
            )

    def _item(self, item: Item, now: datetime, keep_person: bool, erased: Erased) -> None:
        silent = replace(
            item,
            subject=None,
            url=None,
            fields={},
            messages=tuple(replace(message, text="") for message in item.messages),
            ratings=tuple(replace(rating, comment=None) for rating in item.ratings),
            customer=item.customer if keep_person else Customer(),
        )
        columns = "customer = customer, email = email" if keep_person else "customer = NULL, email = NULL"
        self._conn.execute(
            f"UPDATE items SET document = ?, stage = 'erased', erased_at = ?, recheck_at = NULL, digest = NULL,"  # noqa: S608
            f" {columns} WHERE key = ?",
            (text.dump(silent), text.stamp(now), item.key),
        )
        row = self._conn.execute("SELECT understanding FROM items WHERE key = ?", (item.key,)).fetchone()
        if row[0]:
            wordless = _wordless(text.load(row[0], Understanding))
            self._conn.execute("UPDATE items SET understanding = ? WHERE key = ?", (text.dump(wordless), item.key))
        _add(erased, "items", 1)

    def _quotes(self, key: str, erased: Erased) -> None:
        for gap_id, document in self._conn.execute("SELECT id, document FROM gaps WHERE item = ?", (key,)).fetchall():
            gap = text.load(document, Gap)
            worded = isinstance(gap.expected, str) or isinstance(gap.experienced, str)
            silent = replace(
                gap,
                evidence="",
                expected=None if worded else gap.expected,
                experienced=None if worded else gap.experienced,
            )
            self._conn.execute("UPDATE gaps SET document = ? WHERE id = ?", (text.dump(silent), gap_id))
            _add(erased, "gaps", 1)
        found = self._conn.execute("SELECT id, document FROM promises WHERE item = ?", (key,)).fetchall()
        for promise_id, document in found:
            promise = replace(text.load(document, Promise), who="", what="", evidence=None)
            self._conn.execute("UPDATE promises SET document = ? WHERE id = ?", (text.dump(promise), promise_id))
            _add(erased, "promises", 1)

    def _messages_out(self, key: str, keep_person: bool, erased: Erased) -> None:
        found = self._conn.execute("SELECT document FROM follow_ups WHERE item = ?", (key,)).fetchall()
        for (document,) in found:
            follow_up = text.load(document, FollowUp)
            silent = replace(
                follow_up,
                text="",
                feeling="",
                understanding="",
                action="",
                draft="",
                lint=(),
                customer=follow_up.customer if keep_person else None,
                status="expired" if follow_up.status in UNSENT else follow_up.status,
            )
            columns = "" if keep_person else ", customer = NULL, email = NULL"
            self._conn.execute(
                f"UPDATE follow_ups SET document = ?, status = ?{columns} WHERE id = ?",  # noqa: S608 - one of two literals
                (text.dump(silent), silent.status, follow_up.id),
            )
            _add(erased, "follow_ups", 1)
        source, _, item = key.partition("/")
        actions = self._conn.execute(
            "SELECT status, external_id, document FROM actions WHERE source = ? AND item = ?"
            " AND kind != 'task_update' ORDER BY kind, id",
            (source, item),
        ).fetchall()
        for status, external_id, document in actions:
            self._action(text.load(document, Action), status, external_id, erased)

    def _action(self, action: Action, status: str, external_id: str | None, erased: Erased) -> None:
        went = _went(status, external_id)
        self._conn.execute(
            "UPDATE actions SET document = ?, last_error = NULL, status = ? WHERE id = ?",
            (
                text.dump(replace(action, text="", title="", draft="")),
                status if status == "done" else "cancelled",
                action.id,
            ),
        )
        _add(erased, "actions", 1)
        if went:
            erased.outside.append(f"{action.kind} on {action.source}/{action.item} ({went})")

    def _tasks(self, wanted: set[str], erased: Erased) -> None:
        """Take quotes of these items out of improvement tasks, and out of what was or will be written of them."""
        quoting = set()
        for task_id, document in self._conn.execute("SELECT id, document FROM tasks").fetchall():
            task = text.load(document, ImprovementTask)
            if wanted & set(task.evidence):
                quoting.add(task_id)
                kept = tuple(key for key in task.evidence if key not in wanted)
                self._conn.execute(
                    "UPDATE tasks SET document = ? WHERE id = ?",
                    (text.dump(replace(task, body=SILENT, evidence=kept)), task_id),
                )
                _add(erased, "tasks", 1)
        found = self._conn.execute(
            "SELECT status, external_id, document FROM actions WHERE kind IN ('task', 'task_update') ORDER BY id"
        ).fetchall()
        for status, external_id, document in found:
            action = text.load(document, Action)
            if action.about not in quoting and not wanted & {f"{action.source}/{one}" for one in action.linked}:
                continue
            left = tuple(one for one in action.linked if f"{action.source}/{one}" not in wanted)
            self._conn.execute(
                "UPDATE actions SET document = ?, last_error = NULL WHERE id = ?",
                (text.dump(replace(action, text=SILENT, draft="", linked=left)), action.id),
            )
            if went := _went(status, external_id):
                erased.outside.append(f"{action.kind} in {action.source} that may quote them ({went})")

    def older_than(self, moment: datetime) -> list[str]:
        """Name the items in which nobody said anything since `moment`: their texts are past the time for which they are kept."""
        found = self._conn.execute(
            "SELECT key, document FROM items WHERE created_at < ? AND erased_at IS NULL", (text.stamp(moment),)
        )
        return [key for key, document in found if _newest_words(text.load(document, Item)) < moment]

    def scrub(self) -> bool:
        """Leave no bytes behind: empty the write-ahead log. Freed pages were overwritten already. Outside a transaction.

        Returns:
            False if another process was reading all the time, so that the log could not be emptied yet.
        """
        return bool(self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0)


def _went(status: str, external_id: str | None) -> str | None:
    """Say of an action whether it is outside; None: it certainly is not."""
    if status == "done":
        return external_id or "sent"
    return "it is not known whether it arrived" if status in {"sending", "needs_a_look"} else None


def _newest_words(item: Item) -> datetime:
    moments = [message.at for message in item.messages if not message.own]
    return max([item.created_at, *moments, *(rating.at for rating in item.ratings if rating.at)])


def _wordless(understanding: Understanding) -> Understanding:
    """Keep the figures of an understanding and none of the words it copied."""
    return replace(
        understanding,
        expectations=tuple(replace(one, expected=None, experienced=None) for one in understanding.expectations),
        promises=(),
        signals={},
    )


def _add(erased: Erased, kind: str, number: int) -> None:
    erased.counts[kind] = erased.counts.get(kind, 0) + number
