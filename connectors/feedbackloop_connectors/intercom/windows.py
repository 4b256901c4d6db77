"""How is a search read that has no order, and that changes while it is read?

By spans of time. The search says how many conversations changed within a span; one that holds too many is halved. What is
within a span is read to its end, sorted here, and only then handed on. A conversation that changes meanwhile leaves the span
for a later one, and no new one can enter, because the span lies in the past.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from feedbackloop_connectors.desk.values import Row, number, when
from feedbackloop_connectors.desk_since.dialect import Listed

MOST = 1500
"""Conversations of one span, ten pages of Intercom's largest."""
Search = Callable[[datetime, datetime | None, str | None], tuple[Sequence[Row], int, str | None]]
"""From, until (None: to the end), place in the list -> rows, how many there are in all, the next place."""


class Windows:
    """The spans of one pull. `now`: the desk's own time."""

    def __init__(self, search: Search, now: Callable[[], datetime]) -> None:
        self._search = search
        self._now = now
        self._width: timedelta | None = None
        self._end: datetime | None = None
        self._is_done = False
        self._held: list[Row] = []

    def rows(self, since: datetime, count: int) -> Listed:
        """Give the next rows, oldest change first; `since` counts for the first call."""
        if not self._held and not self._is_done:
            self._held = self._span(self._end or since)
        given, self._held = self._held[:count], self._held[count:]
        return Listed(given, is_last=self._is_done and not self._held)

    def _span(self, begin: datetime) -> list[Row]:
        """Read one span; after a thin one the next is wider."""
        now = self._now()
        while True:
            end = begin + self._width if self._width and begin + self._width < now else None
            found, total, place = self._search(begin, end, None)
            span = (end or now) - begin
            if total <= MOST or span <= timedelta(seconds=1):
                break
            self._width = span / 2
        self._is_done, self._end = end is None, end
        if self._width and total < MOST / 4:
            self._width *= 2
        return self._to_the_end(begin, end, list(found), place)

    def _to_the_end(self, begin: datetime, end: datetime | None, found: list[Row], place: str | None) -> list[Row]:
        while place:
            more, _, place = self._search(begin, end, place)
            found += more
        by_id = {str(row.get("id")): row for row in found}
        return sorted(
            by_id.values(), key=lambda row: (when(row.get("updated_at")) or begin, number(row.get("id")) or 0)
        )
