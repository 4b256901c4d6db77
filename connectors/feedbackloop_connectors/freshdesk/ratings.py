"""How was a ticket rated?

Freshdesk lists ratings by the time at which they were given, in a list of their own that not every plan has. It is read before
the tickets, some days back, because nothing tells that a rating was changed. A ticket that is older than what was read is asked
by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from feedbackloop.clock import EARLIEST, iso
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.finding import if_shown
from feedbackloop_connectors.desk.values import Row, when
from feedbackloop_connectors.freshdesk.options import API

LIST = f"{API}/surveys/satisfaction_ratings"


class Lists(Protocol):
    """What reads lists of a Freshdesk."""

    def list(self, path: str, params: Row | None = None) -> list[Row]:
        """Read one page."""

    def all(self, path: str, asked: Row) -> Iterator[Row]:
        """Read a list to its end."""


class Ratings:
    """The ratings of one pull. `days`: how far back a pull looks again."""

    def __init__(self, lists: Lists, *, days: int) -> None:
        self._lists = lists
        self._days = timedelta(days=days)
        self._by_ticket: dict[str, list[Row]] = {}
        self._complete_since: datetime | None = None
        self.warnings: tuple[str, ...] = ()

    def load(self, since: datetime, *, is_first: bool) -> Iterator[tuple[str, datetime]]:
        """Read what was given since, and some days before; gives ticket and time of each rating."""
        begin = since if is_first or since - self._days < EARLIEST else since - self._days
        self._by_ticket, self._complete_since = {}, begin
        try:
            for row in self._lists.all(LIST, {"created_since": iso(begin)}):
                key, at = str(row.get("ticket_id")), when(row.get("updated_at")) or when(row.get("created_at"))
                self._by_ticket.setdefault(key, []).append(row)
                if at:
                    yield key, at
        except (Denied, Declined) as refusal:
            if refusal.status == 401:
                raise
            why = f"no satisfaction ratings are read: {refusal}; the plan or the agent's role lacks them (ratings = false)"
            self.warnings = (why,)

    def of(self, key: str, ticket: Row) -> Sequence[Row]:
        """Give the ratings of a ticket."""
        if self.warnings:
            return ()
        created = when(ticket.get("created_at"))
        if key in self._by_ticket or (self._complete_since and created and created >= self._complete_since):
            return self._by_ticket.get(key, ())
        return if_shown(lambda: list(self._lists.all(f"{API}/tickets/{key}/satisfaction_ratings", {}))) or ()

    def seen(self) -> str:
        """Look whether they may be read."""
        return f"{len(self._lists.list(LIST, {'created_since': iso(EARLIEST), 'per_page': 1}))} on the first page"
