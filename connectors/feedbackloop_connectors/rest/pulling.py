"""How is a described source read, page by page, so that every page can be the last?

Where the list can be asked for what changed since a time and comes oldest change first, each call asks again from the newest
change seen: page numbers shift when a row changes meanwhile, times do not. Only where a whole page changed at one moment its next
page is asked for. A list in another order is followed by its pages, and the cursor moves when the last one was read. A list
without times is read whole each time and compared by content.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from feedbackloop.clock import EARLIEST
from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import BadRecord, Fatal, Refused, Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Item
from feedbackloop_connectors.rest.cursor import Mark, Seen, digest, write
from feedbackloop_connectors.rest.door import Door
from feedbackloop_connectors.rest.expressions import path_of, search
from feedbackloop_connectors.rest.mapping import Mapper
from feedbackloop_connectors.rest.options import Also, RestOptions
from feedbackloop_connectors.rest.paging import Lister, Sheet

SETTLED = timedelta(seconds=5)
"""A row that changed so shortly before it was read may change again within the same second of its stamp: it is read again."""
CLOCKS_DIFFER = timedelta(seconds=60)
"""So much more is allowed for where the system does not say its own time."""


@dataclass(slots=True)
class Batch:
    """What one page of rows gave."""

    items: list[Item] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    read: dict[str, Seen] = field(default_factory=dict)


class Puller:
    """One reading of one source: a pull, or single rows."""

    def __init__(
        self, options: RestOptions, door: Door, mapper: Mapper, lister: Lister, now: Callable[[], datetime]
    ) -> None:
        self._now = now
        self._options = options
        self._door = door
        self._mapper = mapper
        self._lister = lister
        self._spent = door.requests_made
        self._read_now: dict[str, str] = {}

    def who(self) -> str | None:
        """Name the account; None where the config does not say how to ask.

        Raises:
            Refused: The answer names none.
            Fatal: The expression does not fit the answer.
        """
        account = self._options.account
        if account is None:
            return None
        document = self._door.call("GET", path_of(account.path, {})).json()
        try:
            name = search(account.name, document)
        except BadRecord as error:
            raise Fatal(f"account.name: {error}") from error
        if not name:
            raise Refused("the system does not say who we are (account.name finds nothing); look at the credentials")
        return str(name)

    def pages(self, mark: Mark) -> Iterator[Page]:
        """Yield all pages from a mark on; the last one is caught up."""
        self.who()
        listing = self._options.list
        since = mark.place - listing.span if mark.place - EARLIEST > listing.span else EARLIEST
        place, token, behind = mark.place, None, mark
        while True:
            sheet = self._lister.page(since, token)
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
        one = self._options.one
        assert one is not None
        batch = Batch()
        for name in ids:
            try:
                document = self._door.call("GET", path_of(one.path, {"id": name})).json()
                self._take(search(one.row, document, "one.row"), batch, Mark())
            except Declined as refusal:
                if refusal.status not in {404, 410}:
                    raise
                batch.erased.append(name)
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
                row = self._with_extras(row)
                content = content or digest(row)
                if not self._is_known(name, content, mark):
                    self._keep(self._mapper.item(row), batch, mark)
        except Declined as refusal:
            batch.rejected.append(Rejected(name, str(refusal), "also"))
        except Skippable as error:
            batch.rejected.append(Rejected(name, str(error), getattr(error, "field", None)))
        self._remember(name, content or digest(row), row, batch, now)

    def _keep(self, item: Item | None, batch: Batch, mark: Mark) -> None:
        if item is not None and (mark.since is None or item.created_at >= mark.since):
            batch.items.append(item)

    def _remember(self, name: str, content: str, row: Any, batch: Batch, now: datetime | None) -> None:
        self._read_now[name] = content
        changed = self._mapper.changed_at(row, self._options.list.changed) if self._options.list.asks_since else None
        if not self._options.list.asks_since or (changed and now and changed < now - SETTLED):
            batch.read[name] = Seen(content, changed)

    def _is_known(self, name: str, content: str, mark: Mark) -> bool:
        seen = mark.seen.get(name)
        return bool(name) and (self._read_now.get(name) == content or (seen is not None and seen.digest == content))

    def _with_extras(self, row: Any) -> Any:
        """Give the row with the answers of the further calls in it."""
        for also in self._options.also:
            if not isinstance(row, dict):
                raise BadRecord("is not a JSON object")
            row = row | {also.name: self._extra(also, row)}
        return row

    def _extra(self, also: Also, row: dict[str, Any]) -> Any:
        if also.each is None:
            return self._door.call("GET", path_of(also.path, {"row": row})).json()
        elements = search(also.each, row, f"also.{also.name}.each")
        if not isinstance(elements, list):
            raise BadRecord("finds no list", field=f"also.{also.name}.each")
        paths = [path_of(also.path, {"row": row, "it": one}) for one in elements]
        return [self._door.call("GET", path).json() for path in paths]

    def _page(self, batch: Batch, mark: Mark, *, is_last: bool) -> Page:
        made = self._door.requests_made
        spent, self._spent = made - self._spent, made
        return Page(
            tuple(batch.items),
            tuple(batch.erased),
            write(mark),
            tuple(batch.rejected),
            spent,
            is_last,
            self._mapper.warnings(),
        )
