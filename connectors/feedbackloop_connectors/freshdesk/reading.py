"""Which calls does the connector make, and what does Freshdesk mean by its answers?

Without `updated_since` a list holds the last 30 days alone, so it is always said. Page 301 of a list is refused; the puller
asks from the newest time seen instead of counting pages. A rating is not a change of its ticket, and deleted tickets stand in a
list of their own: both are asked for beside the tickets.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from feedbackloop.clock import EARLIEST, iso
from feedbackloop.errors import Fatal
from feedbackloop.records import Item
from feedbackloop_connectors.desk.values import Row, number, table, text, when
from feedbackloop_connectors.desk_since.dialect import Dialect, Gone, Listed, Me
from feedbackloop_connectors.freshdesk.items import Reader, said_in
from feedbackloop_connectors.freshdesk.options import API, FreshdeskOptions
from feedbackloop_connectors.freshdesk.ratings import Ratings

WITH = "description,requester,stats"
LAST_PAGE = 300
"""Of any list; only a second in which more tickets changed than this makes is not read to its end."""
ROWS = 100
"""Of one page of conversations, ratings and tasks; Freshdesk gives no more."""


class FreshdeskReads(Dialect[FreshdeskOptions]):
    """The half of Freshdesk's API v2 that reads."""

    login_fix: ClassVar[str] = "check base_url and api_key: the key of an agent that may see all tickets"

    @cached_property
    def reader(self) -> Reader:
        """What makes items of tickets."""
        return Reader(self.url, self.is_own, self.options.statuses, self.context.tag_prefix)

    @cached_property
    def ratings(self) -> Ratings | None:
        """The ratings of a pull; None where they are not to be read."""
        return Ratings(self, days=self.options.rating_days) if self.options.ratings else None

    def ask_me(self) -> Me:
        """Ask whose key it is."""
        found = self.get(f"{API}/agents/me")
        key = str(number(found.get("id")) or "")
        return Me(key, text(table(found.get("contact")).get("name")) or key)

    # --- reading ------------------------------------------------------------------------------------------------------

    def changed(self, since: datetime, page: int) -> Listed:
        """Give tickets by time of change.

        Raises:
            Fatal: More tickets changed in one second than Freshdesk lists.
        """
        if page > LAST_PAGE:
            raise Fatal(
                f"more tickets changed at {iso(since)} than the {LAST_PAGE} pages that Freshdesk lists; "
                f"set the cursor behind it with `feedbackloop state reset`, or raise page_size"
            )
        return self._tickets(page, self.options.page_size, updated_since=iso(since), include=WITH)

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row."""
        key = number(row.get("id"))
        return str(key) if key else None, row.get("updated_at"), row.get("created_at")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item, one call for its conversations and at most two more."""
        ticket = row or self.ticket(key)
        if ticket.get("deleted") is True or ticket.get("spam") is True:
            raise Gone
        if self._is_task(ticket):
            return None
        ratings = self.ratings.of(key, ticket) if self.ratings else ()
        return self.reader.item(ticket, self.conversations(key), ratings)

    def beside(self, since: datetime, *, is_first: bool) -> Iterator[tuple[str, datetime]]:
        """Give what was rated or deleted since."""
        if self.ratings:
            yield from self.ratings.load(since, is_first=is_first)
        if not is_first:
            yield from self._deleted_since(since)

    def warnings(self) -> tuple[str, ...]:
        """Say that ratings are locked."""
        return self.ratings.warnings if self.ratings else ()

    def _deleted_since(self, since: datetime) -> Iterator[tuple[str, datetime]]:
        page, listed = 1, Listed((), is_last=False)
        while not listed.is_last:
            listed = self._tickets(page, ROWS, filter="deleted", updated_since=iso(since))
            page += 1
            for row in listed.rows:
                at = when(row.get("updated_at"))
                if at:
                    yield str(row.get("id")), at

    def url(self, key: str) -> str:
        """Give the address of a ticket for agents."""
        return f"{self.http.base_url}/a/tickets/{key}"

    # --- parts --------------------------------------------------------------------------------------------------------

    def ticket(self, key: str) -> Row:
        """Read one ticket."""
        return self.get(f"{API}/tickets/{key}", {"include": "requester,stats"})

    def conversations(self, key: str) -> list[Row]:
        """Read all conversations of a ticket, oldest first."""
        return list(self.all(f"{API}/tickets/{key}/conversations", {}))

    def own_tickets(self) -> Iterator[Row]:
        """Read the tickets that our own agent requested."""
        asked = {"requester_id": int(self.me.id), "updated_since": iso(EARLIEST), "include": "description"}
        return self.all(f"{API}/tickets", asked)

    def _is_task(self, ticket: Row) -> bool:
        is_ours = str(number(ticket.get("requester_id"))) == self.me.id
        return is_ours and self.is_marked(said_in(ticket, "description_text", "description"))

    def _tickets(self, page: int, size: int, **asked: str) -> Listed:
        order = {"order_by": "updated_at", "order_type": "asc", "per_page": size, "page": page}
        found = self.list(f"{API}/tickets", {**asked, **order})
        has_next = 'rel="next"' in self.http.last_headers.get("Link", "")
        return Listed(found, is_last=not has_next and len(found) < size)

    def all(self, path: str, asked: Row) -> Iterator[Row]:
        """Read a list to its end."""
        page = 1
        while True:
            found = self.list(path, {**asked, "per_page": ROWS, "page": page})
            yield from found
            if len(found) < ROWS:
                return
            page += 1
