"""How is a desk read, page by page, so that none is missed while tickets change?

Pages are never counted through a list that changes while it is read: a ticket that is touched meanwhile moves to its end, and the
next page would begin one too far on. So each call asks from the newest time of change that it has seen; only where a page holds a
single time, the next page of that same list is asked for. A list that ends after so many pages is thereby read to its end, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace

from feedbackloop.connector import Page, Rejected
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.desk.finding import GONE
from feedbackloop_connectors.desk.pulling import RESET_HINT, Batch, Meter, is_later, refusals_explained
from feedbackloop_connectors.desk.values import Row, when
from feedbackloop_connectors.desk_since.cursor import Listing, Place, SinceCursor
from feedbackloop_connectors.desk_since.dialect import Dialect, Gone

SOON = timedelta(minutes=10)
"""A time of change that lies further ahead of the desk's own clock is a mistake, and the cursor does not follow it there."""
PAGE_OF_OTHERS = 50
"""Tickets on one page that are read anew because of a rating or a deletion."""


@dataclass(slots=True)
class Part:
    """One answer as it was understood: what came of it, the newest time in it, what is settled."""

    batch: Batch = field(default_factory=Batch)
    reached: datetime | None = None
    known: dict[str, datetime] = field(default_factory=dict)


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and the cursor stays before them."""

    def __init__(self, dialect: Dialect[Any], until: datetime | None = None) -> None:
        self._dialect = dialect
        self._until = until
        self._meter = Meter(lambda: dialect.http.requests_made)
        self._handled: dict[str, datetime] = {}

    def pages(self, cursor: SinceCursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The login is not accepted, or a right is missing.
            Fatal: The desk does not take the question: a wrong address, or a cursor of another desk.
        """
        with refusals_explained(RESET_HINT, self._dialect.login_fix):
            self._dialect.me  # noqa: B018 - says who is refused before a list that might be empty for it
            cursor, others = self._beside(cursor)
            held: SinceCursor | None = None
            for part, after in self._parts(cursor):
                held = held or (cursor if part.batch.has_later else None)
                cursor = after
                if part.batch.items or part.batch.rejected or part.batch.erased:
                    yield part.batch.page(held or cursor, requests=self._meter.spent())
            yield from self._others(held or cursor, others)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is erased."""
        with refusals_explained(RESET_HINT, self._dialect.login_fix):
            self._dialect.me  # noqa: B018 - says who is refused before a list that might be empty for it
            batch = Batch()
            for key in ids:
                self._read(batch, key, {})
            return batch.page("", requests=self._meter.spent(), is_last=True)

    # --- tickets that changed -----------------------------------------------------------------------------------------

    def _parts(self, cursor: SinceCursor) -> Iterator[tuple[Part, SinceCursor]]:
        """Yield what each answer came to, and the cursor behind it."""
        if self._dialect.lists_always or (self._dialect.lists_first and not cursor.is_listed):
            for part, after in self._list(cursor):
                cursor = after
                yield part, cursor
        if self._dialect.lists_always:
            return
        for part in self._walk(cursor.tickets):
            cursor = cursor.after(part.reached or cursor.tickets.at, part.known)
            yield part, cursor

    def _list(self, cursor: SinceCursor) -> Iterator[tuple[Part, SinceCursor]]:
        """List everything once; what changes meanwhile changed since the beginning, and comes afterwards."""
        since, place = cursor.tickets.since, cursor.tickets
        listing, is_last = cursor.listing or Listing(self._dialect.server_time), False
        while not is_last:
            listed = self._dialect.listed(since, listing.pages + 1)
            part = self._part([row for row in listed.rows if not self._is_older(row, since)], place)
            listing, is_last = listing.after(part.known), listed.is_last
            done = replace(cursor, tickets=place.after(listing.begun_at, listing.known), listing=None, is_listed=True)
            yield part, done if is_last else replace(cursor, listing=listing)

    def _is_older(self, row: Row, since: datetime) -> bool:
        stamp = when(self._dialect.stamps(row)[1])
        return stamp is not None and stamp < since

    def _walk(self, place: Place) -> Iterator[Part]:
        since, page = place.since, 1
        while True:
            listed = self._dialect.changed(since, page)
            part = self._part(listed.rows, place)
            yield part
            if listed.is_last:
                return
            is_new = part.reached is not None and part.reached > since
            since, page = (part.reached or since, 1) if is_new else (since, page + 1)

    def _part(self, listed: Sequence[Row], place: Place) -> Part:
        part = Part()
        for row in listed:
            key, changed, created = self._dialect.stamps(row)
            stamp = when(changed)
            if stamp is not None and stamp <= self._dialect.server_time + SOON:
                part.reached = max(part.reached or stamp, stamp)
            if key is None:
                part.batch.rejected.append(Rejected(str(row.get("id") or "?"), "its number is missing", "id"))
            elif stamp is not None and stamp in {place.known.get(key), self._handled.get(key)}:
                continue
            elif is_later(created, self._until):
                part.batch.has_later = True
            else:
                self._take(part, key, row, stamp)
        return part

    def _take(self, part: Part, key: str, row: Row, stamp: datetime | None) -> None:
        asked_at = self._dialect.server_time
        self._read(part.batch, key, row)
        if stamp is not None:
            self._handled[key] = stamp
            if asked_at >= stamp + self._dialect.resolution:
                part.known[key] = stamp

    def _read(self, batch: Batch, key: str, row: Row) -> None:
        """Read one ticket with its messages; one that cannot be read is rejected, one that is gone is erased."""
        try:
            batch.add(key, lambda: self._wanted(self._dialect.item(key, row)))
        except Gone:
            batch.erased.append(key)
        except Declined as refusal:
            if refusal.status not in GONE:
                raise
            batch.erased.append(key)
        except Denied as refusal:
            if refusal.status == 401:
                raise
            batch.rejected.append(Rejected(key, f"this account may not see this {self._dialect.noun}"))

    def _wanted(self, item: Item | None) -> Item | None:
        """Pass over what was created after the pull's end, where only the item itself tells that."""
        is_too_late = item is not None and self._until is not None and item.created_at > self._until
        return None if is_too_late else item

    # --- tickets to which something happened beside the list ----------------------------------------------------------

    def _beside(self, cursor: SinceCursor) -> tuple[SinceCursor, list[tuple[str, datetime]]]:
        """Load what stands in other lists, before the tickets: a first pull reads all tickets after it."""
        begun_at = self._dialect.server_time
        if cursor.beside is None:
            for _ in self._dialect.beside(cursor.tickets.since, is_first=True):
                pass
            return replace(cursor, beside=Place(begun_at)), []
        place = cursor.beside
        found = sorted(self._dialect.beside(place.since, is_first=False), key=lambda one: one[1])
        return cursor, [(key, at) for key, at in found if at >= place.since and place.known.get(key) != at]

    def _others(self, cursor: SinceCursor, found: Sequence[tuple[str, datetime]]) -> Iterator[Page]:
        """Read anew what was not read above already."""
        place, batch = cursor.beside or Place(), Batch()
        for key, at in found:
            if key not in self._handled:
                self._read(batch, key, {})
            known = {key: at} if self._dialect.server_time >= at + self._dialect.resolution else {}
            place = place.after(at, known)
            if len(batch.items) >= PAGE_OF_OTHERS:
                yield batch.page(replace(cursor, beside=place), requests=self._meter.spent())
                batch = Batch()
        done = replace(cursor, beside=place)
        yield batch.page(done, requests=self._meter.spent(), is_last=True, warnings=self._dialect.warnings())
