"""How is the desk read, page by page, so that every page can be the last?

A first pull lists the tickets by number. All later ones follow the numbered changes: each names its ticket, and deletions and
merges, which RT leaves out of every list of tickets, are among them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from msgspec.structs import replace

from feedbackloop.connector import Page
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.pulling import RESET_HINT, Batch, Meter, is_later, refusals_explained
from feedbackloop_connectors.desk.values import Row, number, table, when
from feedbackloop_connectors.rt.account import Account
from feedbackloop_connectors.rt.cursor import OVERLAP, Cursor
from feedbackloop_connectors.rt.gathering import Gathering
from feedbackloop_connectors.rt.items import Thread

ZONES_APART = timedelta(hours=26)
"""A start is asked for so much earlier: RT reads times in the account's own zone, and zones lie up to 26 hours apart."""


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._account = account
        self._api = account.api
        self._until = until
        self._gathering = Gathering(account.api)
        self._meter = Meter(lambda: account.http.requests_made)
        self._at = Cursor()
        self._held: Cursor | None = None
        self._handled: set[int] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The credentials are not accepted.
            Fatal: A queue is not there or not ours to see.
        """
        with refusals_explained(RESET_HINT, "check the token, and the account's rights in RT"):
            queues = self._account.seen_queues()
            self._at = cursor if cursor.change is not None else self._begin(cursor, queues)
            if cursor.ticket is not None:
                yield from self._listed(queues)
                self._at = replace(self._at, ticket=None, since=None)
            yield from self._changed(queues)
            yield Batch().page(self._held or self._at, requests=self._meter.spent(), is_last=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone, and what went into another ticket, is erased."""
        batch = self._of_numbers([int(name) for name in ids], self._account.seen_queues())
        return batch.page("", requests=self._meter.spent(), is_last=True)

    def _begin(self, cursor: Cursor, queues: Sequence[str]) -> Cursor:
        """Note the newest change before the tickets are listed: what happens meanwhile is read afterwards."""
        newest = self._api.newest_change(queues)
        near = self._numbers(newest - OVERLAP, queues, newest)
        return replace(cursor, change=newest).after([number(row.get("id")) or 0 for page in near for row in page])

    def _listed(self, queues: Sequence[str]) -> Iterator[Page]:
        since = self._at.touched_since
        asked = since - ZONES_APART if since else None
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
        wanted = [row for row in tickets if not is_later(row.get("Created"), self._until)]
        batch.has_later = len(wanted) < len(tickets)
        threads = self._gathering.threads(wanted)
        reader = self._account.reader(self._gathering.colleagues)
        for row in wanted:
            thread = threads.get(number(row.get("id")) or 0, Thread())
            if not reader.is_own_task(row, thread):
                batch.add(row.get("id"), partial(reader.item, row, thread))
        return batch

    def _step(self, batch: Batch, after: Cursor) -> Page:
        """Give a page and move on behind it; where something was left out, the saved cursor stays before it."""
        if batch.has_later and self._held is None:
            self._held = self._at
        self._at = after
        return batch.page(self._held or after, requests=self._meter.spent())


def _is_older(ticket: Row, since: datetime | None) -> bool:
    updated = when(ticket.get("LastUpdated"))
    return since is not None and updated is not None and updated < since
