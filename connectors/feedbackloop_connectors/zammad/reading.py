"""Which calls read a Zammad, and what does it mean by its answers?

A search with words goes to Elasticsearch, which lags behind and is not there everywhere. A search with a `condition` alone goes
to the database itself: it is exact, it is sorted, and "after (absolute)" takes the moment itself in. Times have milliseconds.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from feedbackloop.clock import iso
from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop_connectors.desk.finding import if_shown
from feedbackloop_connectors.desk.values import Row, number, text, words
from feedbackloop_connectors.desk_since.dialect import Dialect, Gone, Listed, Me
from feedbackloop_connectors.zammad.items import GONE, Reader, customer_of, words_of
from feedbackloop_connectors.zammad.options import ZammadOptions

API = "/api/v1"
KEPT_PEOPLE = 5000
"""Customers that are remembered, so that each is asked for once a run."""


class ZammadReads(Dialect[ZammadOptions]):
    """The half of Zammad's interface that reads."""

    resolution: ClassVar[timedelta] = timedelta(milliseconds=1)
    login_fix: ClassVar[str] = "check base_url and token: of an agent, with the permission ticket.agent"

    def __init__(self, options: ZammadOptions, context: Context) -> None:
        super().__init__(options, context)
        self.reader = Reader(options, self.url, self.is_own, context.tag_prefix)
        self._people: dict[str, Row] = {}

    def ask_me(self) -> Me:
        """Ask whose token it is."""
        found = self.get(f"{API}/users/me")
        return Me(str(number(found.get("id")) or ""), text(found.get("login")) or "")

    def changed(self, since: datetime, page: int) -> Listed:
        """Give tickets by time of change."""
        found = self.search("updated_at", "after (absolute)", iso(since), page=page, per_page=self.options.page_size)
        return Listed(found, is_last=len(found) < self.options.page_size)

    def search(self, column: str, operator: str, value: object, **more: object) -> list[Row]:
        """Give one page of the tickets of which that is true, oldest change first."""
        condition = f"condition[ticket.{column}]"
        asked = {f"{condition}[operator]": operator, f"{condition}[value]": value, "expand": "true"}
        order = {"sort_by": "updated_at,id", "order_by": "asc,asc"}
        return self.list(f"{API}/tickets/search", {**asked, **order, **more})

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row."""
        key = number(row.get("id"))
        return str(key) if key else None, row.get("updated_at"), row.get("created_at")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item: one call for its articles, one for its tags, one for a customer who is new to this run."""
        ticket = row or self.ticket(key)
        if str(ticket.get("state")) in GONE:
            raise Gone
        articles = self.articles(key)
        if self._is_task(ticket, articles):
            return None
        return self.reader.item(ticket, articles, self.tags(key), customer_of(ticket, self.person(ticket)))

    def ticket(self, key: str) -> Row:
        """Read one ticket, with names in the place of numbers."""
        return self.get(f"{API}/tickets/{key}", {"expand": "true"})

    def articles(self, key: str) -> list[Row]:
        """Read all articles of a ticket, oldest first."""
        return self.list(f"{API}/ticket_articles/by_ticket/{key}")

    def tags(self, key: str) -> tuple[str, ...]:
        """Give the tags of a ticket."""
        return words(self.get(f"{API}/tags", {"object": "Ticket", "o_id": key}).get("tags"))

    def person(self, ticket: Row) -> Row:
        """Give the customer of a ticket; empty where we may not look, or where there is none."""
        key = str(number(ticket.get("customer_id")) or "")
        if key and key not in self._people:
            if len(self._people) >= KEPT_PEOPLE:
                self._people.pop(next(iter(self._people)))
            self._people[key] = if_shown(lambda: self.get(f"{API}/users/{key}", {"expand": "true"})) or {}
        return self._people.get(key, {})

    def url(self, key: str) -> str:
        """Give the address of a ticket for agents."""
        return f"{self.http.base_url}/#ticket/zoom/{key}"

    def _is_task(self, ticket: Row, articles: list[Row]) -> bool:
        is_ours = str(number(ticket.get("created_by_id"))) == self.me.id
        return is_ours and bool(articles) and self.is_marked(words_of(articles[0]))
