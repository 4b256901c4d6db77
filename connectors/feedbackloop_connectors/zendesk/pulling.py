"""How is the account read, page by page, so that every page can be the last?

First the ratings are listed into a book, then the export is followed to its end, then the tickets whose rating changed without
the ticket moving are read again. Each page's cursor says how to go on after it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import Refused, Retriable
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.cursor import Cursor
from feedbackloop_connectors.zendesk.items import BadRecord, Naming, Parts, build_item, is_erased
from feedbackloop_connectors.zendesk.own import is_own_task
from feedbackloop_connectors.zendesk.people import People
from feedbackloop_connectors.zendesk.ratings import RatingBook
from feedbackloop_connectors.zendesk.threads import Threads
from feedbackloop_connectors.zendesk.values import Row, moment, number, rows, table, text, unix

START_AGE_SECONDS = 120
"""The export refuses a start younger than a minute; one more covers clocks that differ."""
OVERLAP_SECONDS = 60
"""Ratings are asked for again from so long before the last look, for writes that were under way then."""
SHALLOW = timedelta(days=1)
"""How far back ratings are listed on most pulls; once a day the whole lookback is."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one page of tickets came to."""

    items: tuple[Item, ...] = ()
    erased: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    has_later: bool = False


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and the cursor stays before them."""

    def __init__(self, api: Api, naming: Naming, lookback: timedelta, until: datetime | None = None) -> None:
        self._api = api
        self._naming = naming
        self._lookback = lookback
        self._until = until
        self._people = People(api)
        self._book = RatingBook(api)
        self._threads = Threads(api, None)
        self._requests = api.http.requests_made
        self._named = False

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The credentials are not accepted, or lack the right to export.
        """
        self._introduce()
        began = unix(self._now())
        self._book.load(self._ratings_since(cursor, began))
        warnings = tuple(self._book.warnings)
        held: Cursor | None = None
        seen: set[int] = set()
        for answer, before, after in self._export(cursor, began):
            batch = self.batch(rows(answer.get("tickets")), answer)
            if cursor.rated_at is not None:
                seen.update(number(row.get("id")) or 0 for row in rows(answer.get("tickets")))
            if batch.has_later and held is None:
                held = before
            cursor = after
            yield self._page(batch, held or cursor, warnings)
            warnings = ()
        yield from self._rated_again(cursor, held or cursor, seen)
        is_deep = self._is_deep(cursor, began)
        done = replace(cursor, rated_at=began, deep_at=began if is_deep else cursor.deep_at)
        yield Page(cursor=str(held or done), requests=self._spent(), caught_up=True)

    def batch(self, tickets: Sequence[Row], answer: Row, version: float | None = None) -> Batch:
        """Make items of the tickets of one answer.

        A ticket that cannot be read is rejected with its reason; our own tasks and tickets in which nobody but us has
        written are left out.
        """
        self._people.learn(answer)
        self._name_fields(tickets)
        erased = tuple(str(row["id"]) for row in tickets if is_erased(row) and number(row.get("id")) is not None)
        living = [row for row in tickets if not is_erased(row) and not is_own_task(row)]
        wanted = [row for row in living if not self._is_later(row)]
        threads = self._threads.of(wanted)
        self._people.need(
            number(row.get("author_id")) for thread in threads.values() if isinstance(thread, list) for row in thread
        )
        self._people.need(number(row.get("requester_id")) for row in wanted)
        items: list[Item] = []
        rejected: list[Rejected] = []
        for row in wanted:
            made = self._item(row, threads.get(number(row.get("id")) or 0), version)
            if isinstance(made, Rejected):
                rejected.append(made)
            elif not made.messages or not all(message.own for message in made.messages):
                items.append(made)
        return Batch(tuple(items), erased, tuple(rejected), len(wanted) < len(living))

    def fetch(self, ids: Sequence[int]) -> Page:
        """Read single tickets anew; what is gone is erased. Archived tickets are missing from lists and are asked alone."""
        self._introduce()
        self._book.ask_singly(unix(self._now()))
        batches, listed = [], set()
        for answer in self._api.tickets(ids):
            tickets = rows(answer.get("tickets"))
            listed |= {number(row.get("id")) for row in tickets}
            batches.append(self.batch(tickets, answer, self._read_version()))
        batches += [self._alone(i) for i in ids if i not in listed]
        return Page(
            items=tuple(item for batch in batches for item in batch.items),
            erased=tuple(name for batch in batches for name in batch.erased),
            rejected=tuple(bad for batch in batches for bad in batch.rejected),
            requests=self._spent(),
            caught_up=True,
        )

    def _introduce(self) -> None:
        """Ask who we are, so that comments of our account are looked at twice.

        Raises:
            Refused: Nobody: the credentials are not accepted, though the answer was 200.
        """
        me = number(self._api.me().get("id"))
        if me is None:
            raise Refused("the credentials are not accepted (Zendesk takes us for an anonymous user)")
        self._threads = Threads(self._api, me)

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
        ids = [i for i in self._book.changed_since(cursor.rated_at - OVERLAP_SECONDS) if i not in seen]
        for answer in self._api.tickets(ids):
            batch = self.batch(rows(answer.get("tickets")), answer, self._read_version())
            yield self._page(batch, saved, ())

    def _item(self, ticket: Row, thread: list[Row] | Declined | None, version: float | None) -> Item | Rejected:
        name = str(ticket.get("id"))
        if thread is None:
            return Rejected(name, "is not a number", "id")
        if isinstance(thread, Declined):
            return Rejected(name, f"its comments cannot be read: {thread}", "comments")
        try:
            own_ids = self._threads.own_ids(number(ticket.get("id")) or 0, thread)
            parts = Parts(thread, own_ids, self._book.of(ticket), version)
            return build_item(ticket, parts, self._people, self._naming)
        except BadRecord as bad:
            return Rejected(name, str(bad), bad.field)

    def _is_later(self, ticket: Row) -> bool:
        try:
            created = moment(ticket.get("created_at"))
        except ValueError:
            return False
        return self._until is not None and created is not None and created > self._until

    def _alone(self, ticket_id: int) -> Batch:
        try:
            answer = self._api.ticket_with_extras(ticket_id)
        except Declined as refusal:
            if refusal.status in {404, 410}:
                return Batch(erased=(str(ticket_id),))
            raise
        return self.batch([table(answer.get("ticket"))], answer, self._read_version())

    def _name_fields(self, tickets: Sequence[Row]) -> None:
        """Learn what the custom fields are called, once they are needed; without the right to know, their ids stand."""
        used = any(
            custom.get("value") not in (None, "", []) for row in tickets for custom in rows(row.get("custom_fields"))
        )
        if self._named or not used:
            return
        self._named = True
        try:
            listed = list(self._api.ticket_fields())
        except (Denied, Declined):
            return
        for row in listed:
            key, title = number(row.get("id")), text(row.get("title"))
            if key is not None and title:
                name = "_".join(title.lower().split())
                taken = name in self._naming.fields.values()
                self._naming.fields[key] = f"{name}_{key}" if taken else name

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

    def _page(self, batch: Batch, cursor: Cursor, warnings: tuple[str, ...]) -> Page:
        spent = self._spent()
        return Page(batch.items, batch.erased, str(cursor), batch.rejected, spent, False, warnings)

    def _spent(self) -> int:
        made = self._api.http.requests_made
        spent, self._requests = made - self._requests, made
        return spent
