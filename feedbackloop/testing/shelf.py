"""What does the core keep of a pull?

`Shelf` keeps it in memory by the core's rules: the newest state of each item, what was erased, the cursor of the last whole page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feedbackloop.connector import Connector, Page, Rejected
from feedbackloop.errors import Retriable
from feedbackloop.records import Item

MAXIMUM_PAGES = 1000
"""Of one pull in a test: a connector that yields more never catches up."""


@dataclass(slots=True)
class Shelf:
    """What was pulled so far.

    Attributes:
        cursor: None before the first pull.
        yielded: Every item in the order it came, repeated ones too.
        pages: How many pages came.
        caught_up: Whether the last page said so.
    """

    cursor: str | None = None
    items: dict[str, Item] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    rejected: list[Rejected] = field(default_factory=list)
    yielded: list[Item] = field(default_factory=list)
    pages: int = 0
    caught_up: bool = False

    def pull(self, connector: Connector[Any], *, attempts: int = 10, stop_after: int | None = None) -> Shelf:
        """Pull until caught up; after a passing fault go on from the last page, as the next run would.

        Args:
            connector: Of the system to read.
            attempts: So many passing faults in a row are borne.
            stop_after: Stop like a killed process after so many pages.

        Raises:
            Retriable: It failed too often in a row.
            AssertionError: It never catches up.
        """
        stop_at = self.pages + (stop_after or MAXIMUM_PAGES)
        while attempts:
            before = self.pages
            try:
                self._pull_once(connector, stop_at)
            except Retriable:
                attempts -= 1 if self.pages == before else 0
                if not attempts:
                    raise
            else:
                return self
        return self

    def _pull_once(self, connector: Connector[Any], stop_at: int) -> None:
        cursor = connector.start(None) if self.cursor is None else self.cursor
        for page in connector.pull(cursor):
            self.keep(page)
            if self.pages >= stop_at:
                assert stop_at < MAXIMUM_PAGES, f"the pull did not end after {self.pages} pages: it never catches up"
                return

    def keep(self, page: Page) -> None:
        """Take up one page with its cursor."""
        for item in page.items:
            held = self.items.get(item.id)
            if held is None or _stamp(item) >= _stamp(held):
                self.items[item.id] = item
            self.erased.discard(item.id)
        for item_id in page.erased:
            self.items.pop(item_id, None)
            self.erased.add(item_id)
        self.yielded += page.items
        self.rejected += page.rejected
        self.cursor, self.caught_up = page.cursor, page.caught_up
        self.pages += 1

    def texts(self) -> dict[str, list[str]]:
        """Give id -> customers' words, own writes left out."""
        return {
            name: [message.text for message in item.messages if message.author == "customer" and not message.own]
            for name, item in sorted(self.items.items())
        }


def _stamp(item: Item) -> tuple[float, datetime]:
    return item.version or 0.0, item.updated_at or item.created_at
