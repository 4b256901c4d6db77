"""How is a described source read, page by page, so that every page can be the last?

Where the list can be asked for what changed since a time and comes oldest change first, each call asks again from the newest
change seen: page numbers shift when a row changes meanwhile, times do not. Only where a whole page changed at one moment its next
page is asked for. A list in another order is followed by its pages, and the cursor moves when the last one was read. A list
without times is read whole each time and compared by content.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from feedbackloop.connector import Context, Page, Rejected
from feedbackloop.errors import Fatal, Skippable
from feedbackloop_connectors.cursors import digest
from feedbackloop_connectors.described.mapping import Mapper
from feedbackloop_connectors.desk import pulling
from feedbackloop_connectors.rest.asking import Asker, Sheet
from feedbackloop_connectors.rest.cursor import Mark, Seen
from feedbackloop_connectors.rest.options import RestOptions

SETTLED = timedelta(seconds=5)
"""A row that changed so shortly before it was read may change again within the same second of its stamp: it is read again."""
CLOCKS_DIFFER = timedelta(seconds=60)
"""So much more is allowed for where the system does not say its own time."""


@dataclass(slots=True)
class Batch(pulling.Batch):
    """What one page of rows gave, and the states they were read in, as the cursor keeps them."""

    read: dict[str, Seen] = field(default_factory=dict)


class Puller:
    """One reading of one source: a pull, or single rows."""

    def __init__(self, options: RestOptions, asker: Asker, context: Context) -> None:
        self._now = context.now
        self._options = options
        self._asker = asker
        self._mapper = Mapper(options, context.zone, options.time_format)
        self._meter = pulling.Meter(lambda: asker.door.requests_made)
        self._read_now: dict[str, str] = {}

    def pages(self, mark: Mark) -> Iterator[Page]:
        """Yield all pages from a mark on; the last one is caught up."""
        self._asker.who()
        listing = self._options.list
        since = mark.before(listing.span)
        place, token, behind = mark.place, None, mark
        while True:
            sheet = self._asker.page(since, token)
            changes = self._changes(sheet.rows)
            newest = max([since, *changes])
            place = max(place, newest) if listing.asks_since else place
            batch = self._batch(sheet, mark)
            behind = behind.moved(place, batch.read, listing.span)
            is_last = sheet.following is None
            if is_last and not listing.asks_since:
                behind = Mark(
                    place, {name: one for name, one in behind.seen.items() if name in self._read_now}, mark.since
                )
            moves = is_last or not listing.asks_since or listing.ordered
            yield self._page(batch, behind if moves else mark, is_last=is_last)
            if is_last:
                return
            if listing.asks_since and listing.ordered and newest > since:
                since, token = newest, None
                here = set(map(self._mapper.name, sheet.rows))
                self._read_now = {name: content for name, content in self._read_now.items() if name in here}
            else:
                token = sheet.following

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single rows anew; what is gone is named as erased."""
        batch = Batch()
        for name in ids:
            found = self._asker.single(name)
            batch.erased += [] if found else [name]
            for row in found:
                self._take(row, batch, Mark())
        return self._page(batch, Mark(), is_last=True)

    def _changes(self, rows: list[Any]) -> list[datetime]:
        if not self._options.list.asks_since:
            return []
        changes = [at for row in rows if (at := self._mapper.changed_at(row, self._options.list.changed)) is not None]
        if self._options.list.ordered and changes != sorted(changes):
            raise Fatal(
                "the list's rows do not come oldest change first; sort them in list.params, or set ordered = false"
            )
        return changes

    def _batch(self, sheet: Sheet, mark: Mark) -> Batch:
        batch = Batch()
        now = sheet.at or self._now() - CLOCKS_DIFFER
        for row in sheet.rows:
            self._take(row, batch, mark, now)
        return batch

    def _take(self, row: Any, batch: Batch, mark: Mark, now: datetime | None = None) -> None:
        """Read one row unless it was read in this state; note down what it gave."""
        name = self._mapper.name(row)
        content = digest(row) if self._options.list.asks_since else ""
        if content and self._is_known(name, content, mark):
            return
        try:
            if self._mapper.is_deleted(row):
                content = digest(row)
                batch.erased += [] if self._is_known(name, content, mark) else [name]
            else:
                row = self._asker.whole(row)
                content = content or digest(row)
                item = None if self._is_known(name, content, mark) else self._mapper.item(row)
                if item is not None and (mark.since is None or item.created_at >= mark.since):
                    batch.items.append(item)
        except Skippable as error:
            batch.rejected.append(Rejected(name, str(error), getattr(error, "field", None)))
        self._remember(name, content or digest(row), row, batch, now)

    def _remember(self, name: str, content: str, row: Any, batch: Batch, now: datetime | None) -> None:
        self._read_now[name] = content
        changed = self._mapper.changed_at(row, self._options.list.changed) if self._options.list.asks_since else None
        if not self._options.list.asks_since or (changed and now and changed < now - SETTLED):
            batch.read[name] = Seen(content, changed)

    def _is_known(self, name: str, content: str, mark: Mark) -> bool:
        seen = mark.seen.get(name)
        return bool(name) and (self._read_now.get(name) == content or (seen is not None and seen.digest == content))

    def _page(self, batch: Batch, mark: Mark, *, is_last: bool) -> Page:
        return batch.page(mark, requests=self._meter.spent(), is_last=is_last, warnings=self._mapper.warnings())
