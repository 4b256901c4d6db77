"""What does the digest ask the database, that no stage asks?

Every query reads one week (or one span) by an index, never the whole history. `scope` is a JSON list of touchpoints ("" for
none named), or None for all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from feedbackloop.records import FollowUp, Gap, Item, Promise
from feedbackloop.store import text

_IN_SCOPE = """(:scope IS NULL OR EXISTS (SELECT 1 FROM json_each(:scope) s
    WHERE instr(coalesce(i.places, char(31) || char(31)), char(31) || s.value || char(31))))"""
_FELL_SHORT = "EXISTS (SELECT 1 FROM gaps g WHERE g.item = i.key AND g.direction = 'worse' AND g.confidence >= 0.5)"

_ARRIVED = f"""
SELECT i.source, coalesce(json_extract(i.understanding, '$.language'), 'und'),
    json_extract(i.understanding, '$.sentiment.scorer'), count(*),
    sum(i.places IS NOT NULL), sum({_FELL_SHORT}),
    count(json_extract(i.understanding, '$.signals.contradicts_rating'))
FROM items i WHERE i.created_at >= :first AND i.created_at < :last AND {_IN_SCOPE} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""  # noqa: S608 - made of the constants above
_RATINGS = f"""
SELECT r.scale, r.low, r.high, r.value, count(*) FROM ratings r WHERE r.at >= :first AND r.at < :last
AND (:scope IS NULL OR EXISTS (SELECT 1 FROM items i WHERE i.key = r.item AND {_IN_SCOPE}))
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""  # noqa: S608
_RATED = "SELECT item, scale, low, high, value FROM ratings WHERE at >= ? AND at < ? ORDER BY item, scale, question"
_RATED_ITEMS = f"""
SELECT r.item, r.scale, r.low, r.high, r.value, r.at FROM ratings r WHERE r.at >= :first AND r.at < :last
AND r.low < r.high AND r.value BETWEEN r.low AND r.high
AND (:scope IS NULL OR EXISTS (SELECT 1 FROM items i WHERE i.key = r.item AND {_IN_SCOPE})) ORDER BY r.item, r.scale, r.question
"""  # noqa: S608
_FELL_SHORT_IN = """
SELECT g.item, g.touchpoint, g.dimension FROM gaps g
WHERE g.item IN (SELECT item FROM ratings WHERE at >= :first AND at < :last)
AND g.direction = 'worse' AND g.confidence >= 0.5 ORDER BY g.item, g.confidence DESC, g.id
"""
_GAPS = """
SELECT document FROM gaps WHERE week = :week
AND (:scope IS NULL OR coalesce(touchpoint, '') IN (SELECT value FROM json_each(:scope))) ORDER BY id
"""
_DUE = """
SELECT p.item, p.document, json_extract(i.document, '$.url') FROM promises p JOIN items i ON i.key = p.item
WHERE p.state = 'open' AND p.due_at >= ? AND p.due_at < ? ORDER BY p.due_at, p.id
"""
_DRIFTING = """
SELECT g.document, json_extract(i.document, '$.url'), i.created_at FROM items i JOIN gaps g ON g.item = i.key
WHERE i.recheck_at >= ? AND i.recheck_at < ? AND g.direction IS NULL
AND json_extract(g.document, '$.basis') IN ('standard', 'due') ORDER BY i.recheck_at, g.id
"""
_UNHAPPY = f"""
SELECT i.document FROM items i WHERE i.created_at >= :first AND i.created_at < :last AND {_FELL_SHORT} AND {_IN_SCOPE}
ORDER BY i.created_at, i.key
"""  # noqa: S608
_OLDEST_OPEN = f"""
SELECT i.document FROM items i WHERE i.created_at >= :first AND i.created_at < :last AND i.erased_at IS NULL
AND json_extract(i.document, '$.status') IN ('new', 'open', 'pending') AND {_IN_SCOPE} ORDER BY i.created_at, i.key LIMIT 1
"""  # noqa: S608
_FOLLOW_UPS = f"""
SELECT f.document FROM follow_ups f LEFT JOIN items i ON i.key = f.item
WHERE ((f.created_at >= :first AND f.created_at < :last) OR (f.sent_at >= :first AND f.sent_at < :last)) AND {_IN_SCOPE}
ORDER BY f.created_at, f.id
"""  # noqa: S608
_OF_ITEM = f"(:scope IS NULL OR EXISTS (SELECT 1 FROM items i WHERE i.key = a.source || '/' || a.item AND {_IN_SCOPE}))"  # noqa: S608
_WRITTEN = f"""
SELECT a.kind, count(*) FROM actions a WHERE a.status = 'done' AND a.done_at >= :first AND a.done_at < :last
AND a.kind IN ('note', 'tag', 'reply') AND {_OF_ITEM} GROUP BY a.kind
"""  # noqa: S608
_WAITING = f"""
SELECT count(*) FROM actions a WHERE a.status = 'waiting' AND (:team IS NULL
    OR EXISTS (SELECT 1 FROM tasks t WHERE t.id = a.about AND t.team = :team)
    OR (a.kind IN ('note', 'tag', 'reply') AND {_OF_ITEM}))
"""  # noqa: S608


class Arrived(NamedTuple):
    """Items that arrived in a span, of one source, language and scorer.

    `contradict`: how many are surely good by their words and bad by their rating, or the other way round.
    """

    source: str
    language: str
    scorer: str | None
    items: int
    judged: int
    fell_short: int
    contradict: int


class Rated(NamedTuple):
    """One rating on its scale; `items` counts how often it was given."""

    scale: str
    low: float
    high: float
    value: float
    items: int


class RatedItem(NamedTuple):
    """One answer on a scale (name, low, high), and where its item fell short: `place` is the touchpoint of the surest gap."""

    scale: tuple[str, float, float]
    value: float
    at: datetime
    place: str | None
    dimensions: frozenset[str]


class DigestQueries:
    """Reads only. All spans are [first, last)."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._conn = conn

    def arrived(self, first: datetime, last: datetime, scope: str | None) -> list[Arrived]:
        """Count the items of a span by source, language and scorer."""
        return [Arrived(*row) for row in self._conn.execute(_ARRIVED, _span(first, last, scope))]

    def ratings(self, first: datetime, last: datetime, scope: str | None) -> list[Rated]:
        """Count the ratings of a span by scale and value."""
        return [Rated(*row) for row in self._conn.execute(_RATINGS, _span(first, last, scope))]

    def rated_items(self, first: datetime, last: datetime) -> list[tuple[str, Rated]]:
        """Give (item, rating) of a span."""
        found = self._conn.execute(_RATED, (text.stamp(first), text.stamp(last)))
        return [(item, Rated(scale, low, high, value, 1)) for item, scale, low, high, value in found]

    def rated_where(self, first: datetime, last: datetime, scope: str | None) -> list[RatedItem]:
        """Give the answers of a span with where their items fell short; of one item and scale each question counts."""
        span = _span(first, last, scope)
        places: dict[str, list[tuple[str | None, str | None]]] = {}
        for item, touchpoint, dimension in self._conn.execute(_FELL_SHORT_IN, span):
            places.setdefault(item, []).append((touchpoint, dimension))
        return [
            RatedItem(
                (scale, low, high),
                value,
                text.moment(at),
                next((touchpoint for touchpoint, _ in places.get(item, ()) if touchpoint), None),
                frozenset(dimension for _, dimension in places.get(item, ()) if dimension),
            )
            for item, scale, low, high, value, at in self._conn.execute(_RATED_ITEMS, span)
        ]

    def gaps(self, week: str, scope: str | None) -> list[Gap]:
        """Give the gaps of a week."""
        return [text.load(row[0], Gap) for row in self._conn.execute(_GAPS, {"week": week, "scope": scope})]

    def promises_due(self, first: datetime, last: datetime) -> list[tuple[str, Promise, str | None]]:
        """Give (item, promise, url) of open promises that fall due in a span, the next first."""
        found = self._conn.execute(_DUE, (text.stamp(first), text.stamp(last)))
        return [(item, text.load(document, Promise), url) for item, document, url in found]

    def drifting(self, first: datetime, last: datetime) -> list[tuple[Gap, str | None, datetime]]:
        """Give (open gap, url, when its item came) of standards and due dates that fall due in a span, the next first."""
        found = self._conn.execute(_DRIFTING, (text.stamp(first), text.stamp(last)))
        return [(text.load(document, Gap), url, text.moment(came)) for document, url, came in found]

    def unhappy(self, first: datetime, last: datetime, scope: str | None) -> Iterator[Item]:
        """Give the items of a span that fell short of an expectation, oldest first."""
        for row in self._conn.execute(_UNHAPPY, _span(first, last, scope)):
            yield text.load(row[0], Item)

    def oldest_open(self, first: datetime, last: datetime, scope: str | None) -> Item | None:
        """Give the oldest item of a span that is still open."""
        row = self._conn.execute(_OLDEST_OPEN, _span(first, last, scope)).fetchone()
        return text.load(row[0], Item) if row else None

    def follow_ups(self, first: datetime, last: datetime, scope: str | None) -> list[FollowUp]:
        """Give the follow-ups that were drafted or sent in a span."""
        return [text.load(row[0], FollowUp) for row in self._conn.execute(_FOLLOW_UPS, _span(first, last, scope))]

    def written(self, first: datetime, last: datetime, scope: str | None) -> dict[str, int]:
        """Count what was written on items in a span, by kind."""
        return dict(self._conn.execute(_WRITTEN, _span(first, last, scope)).fetchall())

    def waiting(self, team: str | None, scope: str | None) -> int:
        """Count the writes that wait for approval: a team's tasks, and what is about items in scope."""
        return int(self._conn.execute(_WAITING, {"team": team, "scope": scope}).fetchone()[0])


def _span(first: datetime, last: datetime, scope: str | None) -> dict[str, str | None]:
    return {"first": text.stamp(first), "last": text.stamp(last), "scope": scope}
