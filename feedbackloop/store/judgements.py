"""Which gaps and promises were found, and how many items of each group fell short in each week?

Weekly counts are kept up to date by difference: an item's new say is added and its old one taken away, so that a digest over
years reads weeks, not items.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

from feedbackloop.clock import week_of
from feedbackloop.records import Comparison, Direction, Gap, GapType, Judgement, Promise, Rating, WeekCount, group_of
from feedbackloop.store import text

MARK = "\x1f"
"""Stands around the names in `places`; no touchpoint holds it."""


class Judgements:
    """Gaps, promises and weekly counts. Writing methods belong inside `Store.write`."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def save(self, comparisons: Sequence[Comparison], zone: tzinfo) -> None:
        """Replace what earlier comparisons of these items had found, and move the weekly counts by the difference.

        An item that was erased since it was read keeps its figures; what was found in its words is not stored.
        """
        change: Counter[tuple[str, str, str]] = Counter()
        updates, kept = [], []
        for comparison in comparisons:
            row = self._conn.execute(
                "SELECT judgements FROM items WHERE key = ? AND erased_at IS NULL", (comparison.item,)
            ).fetchone()
            if row is None:
                continue
            kept.append(comparison)
            old = unpacked(row[0])
            _count(change, old, -1)
            _count(change, comparison.judgements, +1)
            recheck_at = text.maybe_stamp(comparison.recheck_at)
            updates.append((packed(comparison.judgements), places(comparison.judgements), recheck_at, comparison.item))
        self._move(change)
        self._replace_found(kept, zone)
        self._conn.executemany(
            "UPDATE items SET judgements = ?, places = ?, recheck_at = ?, stage = 'done', planned = 0 WHERE key = ?",
            updates,
        )

    def _replace_found(self, comparisons: Sequence[Comparison], zone: tzinfo) -> None:
        keys = [(comparison.item,) for comparison in comparisons]
        self._conn.executemany("DELETE FROM gaps WHERE item = ?", keys)
        self._conn.executemany("DELETE FROM promises WHERE item = ?", keys)
        self._conn.executemany(
            "INSERT OR REPLACE INTO gaps VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [_gap_row(gap, zone) for comparison in comparisons for gap in comparison.gaps],
        )
        self._conn.executemany(
            "INSERT OR REPLACE INTO promises VALUES (?, ?, ?, ?, ?)",
            [
                (promise.id, comparison.item, promise.state, text.maybe_stamp(promise.due_at), text.dump(promise))
                for comparison in comparisons
                for promise in comparison.promises
            ],
        )

    def _move(self, change: Counter[tuple[str, str, str]]) -> None:
        groups = {(group, week) for group, week, _ in change}
        unnamed = {(week,) for group, week in groups if '"touchpoint"' not in group}
        self._conn.executemany("DELETE FROM theme_words WHERE week = ?", sorted(unnamed))
        self._conn.executemany(
            "INSERT INTO weekly VALUES (?, ?, ?, ?, ?) ON CONFLICT (grp, week) DO UPDATE SET"
            " items = items + excluded.items, worse = worse + excluded.worse, better = better + excluded.better",
            [
                (group, week, *(change[group, week, what] for what in ("items", "worse", "better")))
                for group, week in sorted(groups)
            ],
        )

    # --- reading ---------------------------------------------------------------------------------------------------

    def weekly(self, first: str, last: str) -> dict[str, list[WeekCount]]:
        """Give the weekly counts of every group from week `first` to week `last`, weeks in order."""
        found = self._conn.execute(
            "SELECT grp, week, items, worse, better FROM weekly WHERE week BETWEEN ? AND ? AND items > 0"
            " ORDER BY grp, week",
            (first, last),
        )
        counts: dict[str, list[WeekCount]] = {}
        for row in found:
            counts.setdefault(row[0], []).append(WeekCount(*row))
        return counts

    def first_week(self) -> str | None:
        """Name the oldest week in which anything was judged."""
        found = self._conn.execute("SELECT min(week) FROM weekly WHERE items > 0").fetchone()
        return str(found[0]) if found[0] else None

    def gaps_of(self, item: str) -> list[Gap]:
        """Give one item's gaps."""
        found = self._conn.execute("SELECT document FROM gaps WHERE item = ? ORDER BY id", (item,))
        return [text.load(row[0], Gap) for row in found]

    def promises_of(self, item: str) -> list[Promise]:
        """Give the promises made on one item."""
        found = self._conn.execute("SELECT document FROM promises WHERE item = ? ORDER BY id", (item,))
        return [text.load(row[0], Promise) for row in found]

    def of_group(
        self, week: str, touchpoints: Sequence[str | None], dimension: str | None, direction: Direction, limit: int
    ) -> list[Gap]:
        """Give the gaps of one week, direction and dimension at any of some touchpoints (None: none named), the surest first."""
        found = self._conn.execute(
            "SELECT document FROM gaps WHERE week = ?1 AND coalesce(touchpoint, '') IN (SELECT value FROM json_each(?2))"
            " AND dimension IS ?3 AND direction = ?4 AND confidence >= 0.5 ORDER BY confidence DESC, id LIMIT ?5",
            (week, text.dump([name or "" for name in touchpoints]), dimension, direction, limit),
        )
        return [text.load(row[0], Gap) for row in found]

    def gap_types(self, week: str) -> dict[tuple[str | None, str | None], GapType]:
        """Give, by touchpoint and dimension, what most of a week's shortfalls ask to mend."""
        found = self._conn.execute(
            "SELECT touchpoint, dimension, json_extract(document, '$.gap_type') AS kind, count(*) AS number FROM gaps"
            " WHERE week = ? AND direction = 'worse' AND confidence >= 0.5 AND kind IS NOT NULL"
            " GROUP BY touchpoint, dimension, kind ORDER BY number, kind",
            (week,),
        )
        return {(touchpoint, dimension): kind for touchpoint, dimension, kind, _ in found}

    def ratings(self, first: datetime, last: datetime) -> dict[str, list[Rating]]:
        """Give the ratings of a span (last exclusive) by item."""
        found = self._conn.execute(
            "SELECT item, scale, value, low, high FROM ratings WHERE at >= ? AND at < ? ORDER BY item, scale, question",
            (text.stamp(first), text.stamp(last)),
        )
        ratings: dict[str, list[Rating]] = {}
        for item, scale, value, low, high in found:
            ratings.setdefault(item, []).append(Rating(scale, value, low, high))
        return ratings

    def each_gap(self, since: datetime | None, until: datetime | None) -> Iterator[Gap]:
        """Give all gaps of the weeks of a span."""
        weeks = (week_of(since) if since else "", week_of(until) if until else "~")
        for row in self._conn.execute("SELECT document FROM gaps WHERE week BETWEEN ? AND ? ORDER BY week, id", weeks):
            yield text.load(row[0], Gap)

    def each_promise(self, states: Iterable[str] = ()) -> Iterator[tuple[str, Promise]]:
        """Give (item, promise), by due time; only those in one of `states` if any are given."""
        wanted = tuple(states)
        where = f"WHERE state IN ({','.join('?' * len(wanted))})" if wanted else ""
        query = f"SELECT item, document FROM promises {where} ORDER BY due_at, id"  # noqa: S608 - only marks
        for item, document in self._conn.execute(query, wanted):
            yield item, text.load(document, Promise)


def packed(judgements: Sequence[Judgement]) -> bytes:
    """Make an item's judgements small: there are dozens, nearly alike, and they are read again only when the item changes."""
    return zlib.compress(text.dump(judgements).encode(), level=1)


def unpacked(stored: bytes | str | None) -> list[Judgement]:
    """Read what `packed` made, or the plain text of an older release."""
    if not stored:
        return []
    return text.load(stored if isinstance(stored, str) else zlib.decompress(stored), list[Judgement])


def places(judgements: Sequence[Judgement]) -> str | None:
    """Write the touchpoints on which an item was judged ("" for none named) so that one is found by `instr`; None: nowhere."""
    names = {group_of(one.group).get("touchpoint", "") for one in judgements}
    return MARK + MARK.join(sorted(names)) + MARK if names else None


def _count(change: Counter[tuple[str, str, str]], judgements: Iterable[Judgement], sign: int) -> None:
    for judgement in judgements:
        change[judgement.group, judgement.week, "items"] += sign
        change[judgement.group, judgement.week, "worse"] += sign * judgement.worse
        change[judgement.group, judgement.week, "better"] += sign * judgement.better


def _gap_row(gap: Gap, zone: tzinfo) -> tuple[object, ...]:
    return (
        gap.id,
        gap.item,
        week_of(gap.at, zone),
        gap.touchpoint,
        gap.dimension,
        gap.direction,
        gap.confidence,
        text.dump(gap),
    )
