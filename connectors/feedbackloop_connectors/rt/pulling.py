"""How is the desk read, page by page, so that every page can be the last?

A first pull lists the tickets by number. All later ones follow the numbered changes: each names its ticket, and deletions and
merges, which RT leaves out of every list of tickets, are among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from msgspec.structs import replace

from feedbackloop.clock import parse_time
from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import Fatal, Refused
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.rt.account import Account
from feedbackloop_connectors.rt.api import query_time
from feedbackloop_connectors.rt.cursor import OVERLAP, Cursor
from feedbackloop_connectors.rt.gathering import Gathering
from feedbackloop_connectors.rt.items import BadRecord, Reader, Thread
from feedbackloop_connectors.zendesk.values import Row, moment, number, table

ZONES_APART = timedelta(hours=26)
"""A start is asked for so much earlier: RT reads times in the account's own zone, and zones lie up to 26 hours apart."""


@dataclass(slots=True)
class Batch:
    """What some tickets came to. `has_later`: some were created after the pull's `until` and left out."""

    items: list[Item] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    has_later: bool = False


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._account = account
        self._api = account.api
        self._until = until
        self._gathering = Gathering(account.api)
        self._requests = account.http.requests_made
        self._at = Cursor()
        self._held: Cursor | None = None
        self._handled: set[int] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The credentials are not accepted.
            Fatal: A queue is not there or not ours to see.
        """
        try:
            queues = self._account.seen_queues()
            self._at = cursor if cursor.change is not None else self._begin(cursor, queues)
            if cursor.ticket is not None:
                yield from self._listed(queues)
                self._at = replace(self._at, ticket=None, since=None)
            yield from self._changed(queues)
            yield Page(cursor=str(self._held or self._at), requests=self._spent(), caught_up=True)
        except Declined as refusal:
            raise Fatal(
                f"{refusal}; check base_url, or set the cursor anew with `feedbackloop state reset`"
            ) from refusal
        except Denied as refusal:
            raise Refused(f"{refusal}; check the token, and the account's rights in RT") from refusal

    def fetch(self, ids: Sequence[int]) -> Page:
        """Read single tickets anew; what is gone, and what went into another ticket, is erased."""
        batch = self._of_numbers(ids, self._account.seen_queues())
        return self._page(batch, "", is_last=True)

    def _begin(self, cursor: Cursor, queues: Sequence[str]) -> Cursor:
        """Note the newest change before the tickets are listed: what happens meanwhile is read afterwards."""
        newest = self._api.newest_change(queues)
        near = self._numbers(newest - OVERLAP, queues, newest)
        return replace(cursor, change=newest).after([number(row.get("id")) or 0 for page in near for row in page])

    def _listed(self, queues: Sequence[str]) -> Iterator[Page]:
        since = parse_time(self._at.since) if self._at.since else None
        asked = query_time(since - ZONES_APART) if since else None
        while listed := self._api.tickets_after(self._at.ticket or 0, queues, asked):
            batch = self._batch([row for row in listed if not _is_older(row, since)])
            yield self._step(batch, replace(self._at, ticket=max(number(row.get("id")) or 0 for row in listed)))

    def _changed(self, queues: Sequence[str]) -> Iterator[Page]:
        newest, known = self._api.newest_change(queues), set(self._at.seen)
        for listed in self._numbers((self._at.change or 0) - OVERLAP, queues, newest):
            fresh = [row for row in listed if number(row.get("id")) not in known]
            wanted = sorted({number(row.get("ObjectId")) or 0 for row in fresh} - self._handled)
            self._handled |= set(wanted)
            after = self._at.after([number(row.get("id")) or 0 for row in listed])
            if wanted:
                yield self._step(self._of_numbers(wanted, queues), after)
            self._at = after

    def _numbers(self, after: int, queues: Sequence[str], newest: int) -> Iterator[list[Row]]:
        """Yield pages of changes up to `newest`; empty ones in between hold what we may not see."""
        reached, page = after, 0
        while reached < newest:
            page += 1
            listed = self._api.changes(max(0, after), queues, page)
            reached = max([reached + (1 if not listed else 0), *(number(row.get("id")) or 0 for row in listed)])
            yield listed

    def _of_numbers(self, ids: Sequence[int], queues: Sequence[str]) -> Batch:
        """Read tickets by number; those missing from the list are asked alone: deleted, merged, or not ours to see."""
        found = self._api.tickets(ids)
        missing = sorted(set(ids) - {number(row.get("id")) for row in found})
        gone = [str(one) for one in missing if self._is_gone(one)]
        batch = self._batch([row for row in found if table(row.get("Queue")).get("Name") in queues])
        batch.erased += gone
        return batch

    def _is_gone(self, ticket_id: int) -> bool:
        try:
            row = self._api.ticket(ticket_id)
        except Declined:
            return True
        except Denied:
            return False
        return row.get("Status") == "deleted" or number(row.get("id")) != ticket_id

    def _batch(self, tickets: Sequence[Row]) -> Batch:
        batch = Batch()
        wanted = [row for row in tickets if not self._is_later(row)]
        batch.has_later = len(wanted) < len(tickets)
        threads = self._gathering.threads(wanted)
        reader = self._account.reader(self._gathering.colleagues)
        for row in wanted:
            self._add(batch, reader, row, threads.get(number(row.get("id")) or 0, Thread()))
        return batch

    def _add(self, batch: Batch, reader: Reader, ticket: Row, thread: Thread) -> None:
        if reader.is_own_task(ticket, thread):
            return
        try:
            batch.items.append(reader.item(ticket, thread))
        except BadRecord as bad:
            batch.rejected.append(Rejected(str(ticket.get("id")), str(bad), bad.field))

    def _is_later(self, ticket: Row) -> bool:
        try:
            created = moment(ticket.get("Created"))
        except ValueError:
            return False
        return self._until is not None and created is not None and created > self._until

    def _step(self, batch: Batch, after: Cursor) -> Page:
        """Give a page and move on behind it; where something was left out, the saved cursor stays before it."""
        if batch.has_later and self._held is None:
            self._held = self._at
        self._at = after
        return self._page(batch, str(self._held or after))

    def _page(self, batch: Batch, cursor: str, *, is_last: bool = False) -> Page:
        return Page(
            items=tuple(batch.items),
            erased=tuple(batch.erased),
            cursor=cursor,
            rejected=tuple(batch.rejected),
            requests=self._spent(),
            caught_up=is_last,
        )

    def _spent(self) -> int:
        made = self._account.http.requests_made
        spent, self._requests = made - self._requests, made
        return spent


def _is_older(ticket: Row, since: datetime | None) -> bool:
    try:
        updated = moment(ticket.get("LastUpdated"))
    except ValueError:
        return False
    return since is not None and updated is not None and updated < since
