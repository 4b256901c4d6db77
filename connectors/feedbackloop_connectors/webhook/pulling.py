"""How are the deliveries in the inbox read?"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from feedbackloop.connector import Page, Rejected
from feedbackloop.plain_json import BadRecord, load_object, sound
from feedbackloop.records import Item
from feedbackloop_connectors.desk.cursor import DeskCursor
from feedbackloop_connectors.desk.pulling import Batch
from feedbackloop_connectors.rest.expressions import search
from feedbackloop_connectors.rest.mapping import Mapper
from feedbackloop_connectors.webhook.inbox import Inbox
from feedbackloop_connectors.webhook.options import WebhookOptions

PAGE = 100
"""Deliveries of one page."""


class Cursor(DeskCursor, frozen=True):
    """`place`: deliveries up to it are read. `since`: items created earlier are left out."""

    place: int = 0
    since: datetime | None = None


class Puller:
    """One reading of the inbox."""

    def __init__(self, options: WebhookOptions, inbox: Inbox, mapper: Mapper) -> None:
        self._options = options
        self._inbox = inbox
        self._mapper = mapper

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
            yield batch.page(cursor, requests=0, is_last=is_last, warnings=self._mapper.warnings())

    def names(self, body: bytes) -> list[str]:
        """Name the items that a body speaks of; none where it cannot be read."""
        try:
            return [name for row in self._rows(body) if (name := self._mapper.name(row))]
        except BadRecord:
            return []

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
            names = self.names(waiting.body) if waiting else []
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
            rows = self._rows(waiting.body)
        except BadRecord as bad:
            batch.rejected.append(Rejected(f"delivery {waiting.id}", str(bad), bad.field))
            return
        for row in rows:
            name = self._mapper.name(row)
            batch.add(name or f"delivery {waiting.id}", partial(self._item, row, place, batch, since))

    def _item(self, row: Any, place: int, batch: Batch, since: datetime | None) -> Item | None:
        if self._mapper.is_deleted(row):
            batch.erased.append(self._mapper.name(row))
            return None
        item = self._mapper.item(row)
        if item is None or (since is not None and item.created_at < since):
            return None
        # deliveries overtake each other; where rows do not say when they changed, the later one counts
        has_version = item.version is not None or item.updated_at is not None
        return item if has_version else replace(item, version=place / 1e9)

    def _rows(self, body: bytes) -> list[Any]:
        """Give the rows of a body; none where it is not wanted.

        Raises:
            BadRecord: It is no JSON, or the expressions do not fit it.
        """
        document = sound(_document(body))
        if self._options.only is not None and not search(self._options.only, document, "only"):
            return []
        found = search(self._options.each, document, "each")
        if found is None:
            raise BadRecord(f"{self._options.each!r} finds nothing in the body", field="each")
        return found if isinstance(found, list) else [found]


def _document(body: bytes) -> Any:
    if body.lstrip()[:1] == b"[":
        try:
            return msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadRecord(f"is not JSON: {error}") from error
    return load_object(body)
