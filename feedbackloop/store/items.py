"""Which feedback is known, and which of it waits for which stage?

A row holds an item as far as it is known at the loop's time; what lies later waits in the table `later` and is received when
its time has come, by the same road as a page of a source.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedbackloop.analysis.visibility import as_of, mark_own, substance
from feedbackloop.records import Item, Understanding
from feedbackloop.store import text

MAX_VARIABLES = 500


@dataclass
class Received:
    """How many items of a page were new, changed, or as before."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    @property
    def pulled(self) -> int:
        """All of them together."""
        return self.new + self.updated + self.unchanged

    def add(self, other: Received) -> None:
        """Count another page's items too."""
        self.new += other.new
        self.updated += other.updated
        self.unchanged += other.unchanged


@dataclass(frozen=True, slots=True)
class Known:
    """What the database knows of an item before a page is received."""

    version: float | None
    digest: bytes | None
    erased: bool


class Items:
    """Items with their understanding, by key `SOURCE/ID`. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    # --- receiving -------------------------------------------------------------------------------------------------

    def receive(self, items: Sequence[Item], now: datetime, tag_prefix: str, written: set[str]) -> Received:
        """Take in whole items: what is known at `now` becomes due for understanding if people changed it.

        An older version never overwrites a newer one; an erased item stays erased.
        """
        counts = Received()
        before = self._known([item.key for item in items])
        rows, taken = [], []
        ahead: dict[str, tuple[str, str, str, str] | None] = {}
        for whole in items:
            item, later_at = as_of(mark_own(whole, written), now)
            known = before.get(whole.key)
            if known and (known.erased or _is_older(whole, known)):
                counts.unchanged += 1
                continue
            waits = later_at and (whole.key, whole.source, text.stamp(later_at), text.dump(whole))
            ahead[whole.key] = waits or None
            taken.append((whole, known is not None))
            if item is None:
                continue
            digest = substance(item, tag_prefix)
            is_changed = known is None or known.digest != digest
            counts.new += known is None
            counts.updated += known is not None and is_changed
            counts.unchanged += not is_changed
            before[item.key] = Known(item.version, digest, False)
            rows.append(_row(item, digest, is_changed))
        self._conn.executemany(_UPSERT, rows)
        self._keep_ratings(taken, now)
        self._keep_ahead(ahead)
        return counts

    def _keep_ahead(self, ahead: dict[str, tuple[str, str, str, str] | None]) -> None:
        """Keep whole items of which something lies ahead, by key; None: nothing does any more."""
        self._conn.executemany(
            "INSERT OR REPLACE INTO later VALUES (?, ?, ?, ?)", [row for row in ahead.values() if row]
        )
        gone = [(key,) for key, row in ahead.items() if row is None]
        if gone and self._conn.execute("SELECT EXISTS (SELECT 1 FROM later)").fetchone()[0]:
            self._conn.executemany("DELETE FROM later WHERE key = ?", gone)

    def release(self, source: str, now: datetime, limit: int = 500) -> list[Item]:
        """Give whole items of which something more becomes known at `now`; `receive` them next."""
        found = self._conn.execute(
            "SELECT document FROM later WHERE source = ? AND at <= ? ORDER BY at, key LIMIT ?",
            (source, text.stamp(now), limit),
        )
        return [text.load(row[0], Item) for row in found]

    def _known(self, keys: Sequence[str]) -> dict[str, Known]:
        known = {}
        for start in range(0, len(keys), MAX_VARIABLES):
            part = keys[start : start + MAX_VARIABLES]
            marks = ",".join("?" * len(part))
            found = self._conn.execute(
                f"SELECT key, version, digest, erased_at IS NOT NULL FROM items WHERE key IN ({marks})",  # noqa: S608 - only marks
                part,
            )
            known.update({row[0]: Known(row[1], row[2], bool(row[3])) for row in found})
        return known

    def _keep_ratings(self, taken: Sequence[tuple[Item, bool]], now: datetime) -> None:
        """Keep the ratings of (item, known before) as they stand now: one that was taken back is gone."""
        self._conn.executemany("DELETE FROM ratings WHERE item = ?", [(item.key,) for item, known in taken if known])
        rows = [
            (item.key, rating.scale, rating.question or "", rating.value, rating.min, rating.max, text.stamp(at))
            for item, _ in taken
            for rating in item.ratings
            if (at := rating.at or item.solved_at or item.created_at) <= now
        ]
        self._conn.executemany("INSERT OR REPLACE INTO ratings VALUES (?, ?, ?, ?, ?, ?, ?)", rows)

    # --- what is due -----------------------------------------------------------------------------------------------

    def due_for_understanding(self, limit: int) -> list[Item]:
        """Give items whose words have not been read yet, as they are known."""
        found = self._conn.execute("SELECT document FROM items WHERE stage = 'understand' LIMIT ?", (limit,))
        return [text.load(row[0], Item) for row in found]

    def due_for_comparison(self, now: datetime, limit: int) -> list[tuple[Item, Understanding]]:
        """Give items that were read and not compared since, or whose due time has come.

        The plus keeps SQLite from looking through all items that are done, which are nearly all there are.
        """
        found = self._conn.execute(
            "SELECT document, understanding FROM items WHERE stage = 'compare'"
            " UNION ALL SELECT document, understanding FROM items WHERE recheck_at <= ? AND +stage = 'done' LIMIT ?",
            (text.stamp(now), limit),
        )
        return [(text.load(row[0], Item), text.load(row[1], Understanding)) for row in found]

    def due_for_planning(self, limit: int) -> list[str]:
        """Give the keys of items that were compared and not looked at for notes and follow-ups since."""
        found = self._conn.execute("SELECT key FROM items WHERE planned = 0 AND stage = 'done' LIMIT ?", (limit,))
        return [row[0] for row in found]

    def count(self, stage: str) -> int:
        """Count the items that wait for a stage."""
        found = self._conn.execute("SELECT count(*) FROM items WHERE stage = ?", (stage,)).fetchone()
        return int(found[0])

    def save_understandings(self, understandings: Iterable[tuple[str, Understanding]]) -> None:
        """Store what was understood; the items wait for comparison next. One erased meanwhile stays without words."""
        self._conn.executemany(
            "UPDATE items SET understanding = ?, stage = 'compare' WHERE key = ? AND erased_at IS NULL",
            [(text.dump(understanding), key) for key, understanding in understandings],
        )

    def mark_planned(self, keys: Iterable[str]) -> None:
        """Note that notes and follow-ups of these items were decided."""
        self._conn.executemany("UPDATE items SET planned = 1 WHERE key = ?", [(key,) for key in keys])

    def plan_anew(self, keys: Iterable[str]) -> None:
        """Make items due for planning again: something else than their words has changed."""
        self._conn.executemany(
            "UPDATE items SET planned = 0 WHERE key = ? AND stage = 'done'", [(key,) for key in keys]
        )

    def understand_again(self) -> int:
        """Make every item due for understanding again (the scorer changed); gives how many."""
        changed = self._conn.execute(
            "UPDATE items SET stage = 'understand' WHERE stage IN ('compare', 'done', 'aside')"
        )
        return changed.rowcount

    def put_aside(self, key: str) -> None:
        """Take one item out of the way of the others: it could not be read or compared."""
        self._conn.execute("UPDATE items SET stage = 'aside' WHERE key = ? AND erased_at IS NULL", (key,))

    def take_up(self, key: str) -> bool:
        """Make one item that was put aside due again; False if there is no such item."""
        changed = self._conn.execute("UPDATE items SET stage = 'understand' WHERE key = ? AND stage = 'aside'", (key,))
        if changed.rowcount:
            self._conn.execute("DELETE FROM set_aside WHERE source || '/' || record = ?", (key,))
        return changed.rowcount > 0

    def take_up_all(self) -> int:
        """Make every item that was put aside due again; gives how many."""
        return sum(self.take_up(key) for key in self.aside())

    def aside(self) -> list[str]:
        """Name the items that were put aside."""
        return [row[0] for row in self._conn.execute("SELECT key FROM items WHERE stage = 'aside' ORDER BY key")]

    def is_erased(self, key: str) -> bool:
        """Say whether an item's words are gone: people erase while a run is at work."""
        row = self._conn.execute("SELECT erased_at IS NOT NULL FROM items WHERE key = ?", (key,)).fetchone()
        return bool(row and row[0])

    # --- reading ---------------------------------------------------------------------------------------------------

    def get(self, key: str) -> tuple[Item, Understanding | None] | None:
        """Give one item with what was understood of it."""
        return next(self.several([key]), None)

    def several(self, keys: Sequence[str]) -> Iterator[tuple[Item, Understanding | None]]:
        """Give several items with what was understood of them, in the order of their keys.

        A part is read to its end before any of it is given: whoever writes while a query stands open writes on an old
        state, and SQLite refuses that as soon as another connection (`review`, the lease's heartbeat) wrote meanwhile.
        """
        for start in range(0, len(keys), MAX_VARIABLES):
            part = list(keys[start : start + MAX_VARIABLES])
            marks = ",".join("?" * len(part))
            yield from list(self._read(f"key IN ({marks}) ORDER BY key", part))

    def signals_of(self, key: str) -> dict[str, float | str]:
        """Give what else was read from one item's words, without loading them; {} if nothing was."""
        found = self._conn.execute("SELECT json_extract(understanding, '$.signals') FROM items WHERE key = ?", (key,))
        stored = found.fetchone()
        return text.load(stored[0], dict[str, float | str]) if stored and stored[0] else {}

    def each(self, since: datetime | None, until: datetime | None) -> Iterator[tuple[Item, Understanding | None]]:
        """Give all items created in a span, oldest first, in pages of a few hundred; erased ones without their words.

        No query stands open between the pages (see `several`).
        """
        end = text.stamp(until) if until else "~"
        last = (text.stamp(since) if since else "", "")
        while page := self._conn.execute(_PAGE, (last[0], end, *last)).fetchall():
            for *_, document, understanding in page:
                yield text.load(document, Item), text.load(understanding, Understanding) if understanding else None
            last = page[-1][:2]

    def of_customers(self, customers: Sequence[str], emails: Sequence[str]) -> list[tuple[Item, Understanding | None]]:
        """Give all items of a person known by these customer keys and mail addresses, oldest first; old ones without words."""
        where = "customer IN ({}) OR email IN ({})".format(
            ",".join("?" * len(customers)) or "NULL", ",".join("?" * len(emails)) or "NULL"
        )
        return list(self._read(f"({where}) ORDER BY created_at, key", [*customers, *emails]))

    def ahead_of_customers(self, customers: Sequence[str], emails: Sequence[str]) -> list[str]:
        """Name the items of a person that wait whole for their time, known by customer keys or mail addresses."""
        mail = "lower(trim(json_extract(document, '$.customer.email')))"
        query = (
            f"SELECT key FROM later WHERE source || '/' || coalesce(json_extract(document, '$.customer.id'), {mail})"  # noqa: S608
            f" IN (SELECT value FROM json_each(?)) OR {mail} IN (SELECT value FROM json_each(?)) ORDER BY key"
        )
        return [row[0] for row in self._conn.execute(query, (json.dumps(list(customers)), json.dumps(list(emails))))]

    def _read(self, where: str, values: Sequence[object]) -> Iterator[tuple[Item, Understanding | None]]:
        found = self._conn.execute(f"SELECT document, understanding FROM items WHERE {where}", tuple(values))  # noqa: S608 - callers' literals
        for document, understanding in found:
            yield text.load(document, Item), text.load(understanding, Understanding) if understanding else None


_PAGE = """
SELECT created_at, key, document, understanding FROM items
WHERE created_at >= ? AND created_at < ? AND (created_at, key) > (?, ?) ORDER BY created_at, key LIMIT 500
"""
_UPSERT = """
INSERT INTO items (key, source, kind, created_at, version, customer, email, digest, document, stage)
VALUES (:key, :source, :kind, :created_at, :version, :customer, :email, :digest, :document, 'understand')
ON CONFLICT (key) DO UPDATE SET
    version = excluded.version, customer = excluded.customer, email = excluded.email, document = excluded.document,
    digest = excluded.digest, stage = CASE WHEN :changed THEN 'understand' ELSE items.stage END
"""


def _row(item: Item, digest: bytes, is_changed: bool) -> dict[str, object]:
    email = item.customer.email
    return {
        "key": item.key,
        "source": item.source,
        "kind": item.kind,
        "created_at": text.stamp(item.created_at),
        "version": item.version,
        "customer": item.customer_key,
        "email": email.strip().lower() if email else None,
        "digest": digest,
        "document": text.dump(item),
        "changed": is_changed,
    }


def _is_older(item: Item, known: Known) -> bool:
    return item.version is not None and known.version is not None and item.version < known.version
