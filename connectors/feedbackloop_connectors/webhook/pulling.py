"""How are the deliveries in the inbox read?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from typing import Any

from msgspec.structs import replace

from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import BadRecord
from feedbackloop.records import Item
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.webhook.cursor import Cursor
from feedbackloop_connectors.webhook.inbox import Inbox
from feedbackloop_connectors.webhook.reading import Reader

PAGE = 100
"""Deliveries of one page."""


class Puller:
    """One reading of the inbox."""

    def __init__(self, inbox: Inbox, reader: Reader) -> None:
        self._inbox = inbox
        self._reader = reader

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all deliveries behind the cursor, in the order in which they came; the last page is caught up."""
        places = self._inbox.after(cursor.place)
        for begin in range(0, max(1, len(places)), PAGE):
            some = places[begin : begin + PAGE]
            batch = Batch()
            for place in some:
                self._take(place, batch, cursor.since)
            cursor = replace(cursor, place=some[-1]) if some else cursor
            is_last = begin + PAGE >= len(places)
            yield batch.page(cursor, requests=0, is_last=is_last, warnings=self._reader.warnings())

    def erase(self, ids: Collection[str], stored: int) -> tuple[int, int]:
        """Remove the deliveries that speak of some items.

        Args:
            ids: Of the items.
            stored: Up to this place the core has stored what came; a later one that holds other items too goes once it was read.

        Returns:
            How many went, and how many go later.
        """
        gone = later = 0
        for place in self._inbox.after(0):
            waiting = self._inbox.read(place)
            names = self._reader.names(waiting.body) if waiting else []
            if not any(name in ids for name in names):
                continue
            if place > stored and not all(name in ids for name in names):
                self._inbox.remove_when_read(place)
                later += 1
            else:
                self._inbox.remove(place)
                gone += 1
        return gone, later

    def _take(self, place: int, batch: Batch, since: datetime | None) -> None:
        waiting = self._inbox.read(place)
        if waiting is None:
            batch.rejected.append(Rejected(f"delivery {place}", "its file in the inbox is gone or broken"))
            return
        try:
            rows = self._reader.rows(waiting.body)
        except BadRecord as bad:
            batch.reject(f"delivery {waiting.id}", bad)
            return
        for row in rows:
            name = self._reader.name(row)
            batch.add(name or f"delivery {waiting.id}", partial(self._item, row, place, batch, since))

    def _item(self, row: Any, place: int, batch: Batch, since: datetime | None) -> Item | None:
        if self._reader.is_deleted(row):
            batch.erased.append(self._reader.name(row))
            return None
        return self._reader.item(row, place, since)
