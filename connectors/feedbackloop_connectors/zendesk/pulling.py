"""How is the account read, page by page, so that every page can be the last?

First the ratings are listed into a book, then the export is followed to its end, then the tickets whose rating changed without
the ticket moving are read again. Each page's cursor says how to go on after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from feedbackloop.connector import Page
from feedbackloop.errors import Refused, Retriable
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.pulling import RESET_HINT, Batch, Meter, joined, refusals_explained
from feedbackloop_connectors.desk.values import Row, number, rows, text, unix
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.batches import Batcher
from feedbackloop_connectors.zendesk.cursor import Cursor

START_AGE_SECONDS = 120
"""The export refuses a start younger than a minute; one more covers clocks that differ."""
OVERLAP_SECONDS = 60
"""Ratings are asked for again from so long before the last look, for writes that were under way then."""
SHALLOW = timedelta(days=1)
"""How far back ratings are listed on most pulls; once a day the whole lookback is."""


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._api = account.api
        self._lookback = account.options.lookback
        self._batcher = Batcher(account, until)
        self._gathering = self._batcher.gathering
        self._meter = Meter(lambda: account.http.requests_made)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The credentials are not accepted, or lack the right to export.
            Fatal: The address is no Zendesk, or the export does not know the cursor any more.
        """
        with refusals_explained(RESET_HINT, "check the account's role and its token"):
            yield from self._pages(cursor)

    def _pages(self, cursor: Cursor) -> Iterator[Page]:
        self._gathering.introduce()
        began = unix(self._now())
        self._gathering.book.load(self._ratings_since(cursor, began))
        warnings = tuple(self._gathering.book.warnings)
        held: Cursor | None = None
        seen: set[int] = set()
        for answer, before, after in self._export(cursor, began):
            batch = self._batcher.batch(answer)
            if cursor.rated_at is not None:
                seen.update(number(row.get("id")) or 0 for row in rows(answer.get("tickets")))
            if batch.has_later and held is None:
                held = before
            cursor = after
            yield batch.page(held or cursor, requests=self._meter.spent(), warnings=warnings)
            warnings = ()
        yield from self._rated_again(cursor, held or cursor, seen)
        is_deep = self._is_deep(cursor, began)
        done = replace(cursor, rated_at=began, deep_at=began if is_deep else cursor.deep_at)
        yield Batch().page(held or done, requests=self._meter.spent(), is_last=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is erased. Archived tickets are missing from lists and are asked alone."""
        self._gathering.introduce()
        self._gathering.book.ask_singly(unix(self._now()))
        batches, listed = [], set()
        numbers = [int(name) for name in ids]
        for answer in self._api.tickets(numbers):
            listed |= {number(row.get("id")) for row in rows(answer.get("tickets"))}
            batches.append(self._batcher.batch(answer, self._read_version()))
        batches += [self._alone(i) for i in numbers if i not in listed]
        return joined(batches).page("", requests=self._meter.spent(), is_last=True)

    def _export(self, cursor: Cursor, began: int) -> Iterator[tuple[Row, Cursor, Cursor]]:
        """Yield each answer of the export with the cursor before and after it."""
        while True:
            start = max(0, min(cursor.start, began - START_AGE_SECONDS))
            try:
                answer = self._api.changed_tickets(cursor.tickets, start)
            except Denied as refusal:
                raise Refused(
                    f"the export is not open to this account, which must be an admin's: {refusal}"
                ) from refusal
            after = text(answer.get("after_cursor")) or cursor.tickets
            following = replace(cursor, tickets=after)
            yield answer, cursor, following
            if answer.get("end_of_stream") or not rows(answer.get("tickets")):
                return
            if after == cursor.tickets:
                raise Retriable("the export's cursor stands still before its end; the next run tries again")
            cursor = following

    def _rated_again(self, cursor: Cursor, saved: Cursor, seen: set[int]) -> Iterator[Page]:
        """Read again the tickets that were rated since the last pull and did not come by themselves."""
        if cursor.rated_at is None:  # the first pull saw every ticket after listing the ratings
            return
        ids = [i for i in self._gathering.book.changed_since(cursor.rated_at - OVERLAP_SECONDS) if i not in seen]
        for answer in self._api.tickets(ids):
            batch = self._batcher.batch(answer, self._read_version())
            yield batch.page(saved, requests=self._meter.spent())

    def _alone(self, ticket_id: int) -> Batch:
        try:
            answer = self._api.ticket_with_extras(ticket_id)
        except Declined as refusal:
            if refusal.status in {404, 410}:
                return Batch(erased=[str(ticket_id)])
            raise
        return self._batcher.batch(answer | {"tickets": [answer.get("ticket")]}, self._read_version())

    def _ratings_since(self, cursor: Cursor, began: int) -> int:
        if cursor.rated_at is None:
            return cursor.start
        back = self._lookback if self._is_deep(cursor, began) else SHALLOW
        return max(cursor.start, cursor.rated_at - int(back.total_seconds()))

    def _is_deep(self, cursor: Cursor, began: int) -> bool:
        return cursor.deep_at is None or began - cursor.deep_at >= SHALLOW.total_seconds()

    def _now(self) -> datetime:
        """Give the server's time; every Zendesk answer says it."""
        if self._api.server_time is None:
            raise Retriable(
                "the answer does not say its time (no Date header): something between us and Zendesk took it out"
            )
        return self._api.server_time

    def _read_version(self) -> float:
        """Give a version to a ticket that was read by id, whose row has none: surely later than any exported before it."""
        return float(unix(self._now()) - OVERLAP_SECONDS)
