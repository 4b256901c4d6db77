"""How is the helpdesk read, page by page, so that every page can be the last?

The interface cannot be asked what changed, so every pull reads every ticket and compares it with what the cursor knows. The
report's count of requests is that cost; a long scan says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from feedbackloop.connector import Page
from feedbackloop.records import Item
from feedbackloop_connectors.desk.pulling import Batch, Meter, refusals_explained
from feedbackloop_connectors.desk.values import Row, shaped
from feedbackloop_connectors.django_helpdesk.account import Account
from feedbackloop_connectors.django_helpdesk.cursor import Bucket, Cursor, bucket_of, ids_in, in_buckets, summary
from feedbackloop_connectors.django_helpdesk.rows import Ticket

LONG_SCAN = 50
"""Calls from which on a pull says what it cost."""


class Puller:
    """One pull. `until`: tickets created later are left for another pull, and so are their buckets."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._api = account.api
        self._reader = account.reader
        self._queues = frozenset(account.options.queues)
        self._until = until
        self._meter = Meter(lambda: account.http.requests_made)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up and its cursor begins at the front again.

        Raises:
            Refused: The credentials are not accepted, or the account is not staff.
            Fatal: The address is no django-helpdesk.
        """
        fix = "check base_url: where the helpdesk is mounted, without /api"
        with refusals_explained(fix, "check the token or password; the account must be staff"):
            yield from self._pages(cursor)

    def _pages(self, cursor: Cursor) -> Iterator[Page]:
        scan = _Scan(cursor)
        while True:
            answer = self._api.tickets(scan.number)
            is_last = not answer.get("next")
            changed, vanished = scan.take(answer["results"], is_last=is_last)
            batch, later = self._batch(changed, cursor.oldest)
            batch.erased += [name for name in vanished if self._api.ticket(name) is None]
            scan.forget(later)
            warnings = (_cost(scan, answer),) if is_last and scan.calls >= LONG_SCAN else ()
            place = scan.cursor(is_last=is_last)
            yield batch.page(place, requests=self._meter.spent(), is_last=is_last, warnings=warnings)
            if is_last:
                return

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is erased."""
        found = {name: self._api.ticket(name) for name in ids}
        batch, _ = self._batch([row for row in found.values() if row], None)
        batch.erased += [name for name, row in found.items() if row is None]
        return batch.page("", requests=self._meter.spent(), is_last=True)

    def _batch(self, rows: Sequence[Row], oldest: datetime | None) -> tuple[Batch, set[int]]:
        """Make items of tickets; also give the buckets that hold tickets of later than `until`."""
        batch = Batch()
        later: set[int] = set()

        def wanted(row: Row) -> Item | None:
            item = self._item(row)
            if item and self._until and item.created_at > self._until:
                later.add(bucket_of(row))
                return None
            is_old = item and oldest and (item.updated_at or item.created_at) < oldest
            return None if is_old else item

        for row in rows:
            batch.add(row.get("id"), partial(wanted, row))
        return batch, later

    def _item(self, row: Row) -> Item | None:
        """Make one item; None for our own tasks and for queues that are not to be read."""
        ticket = shaped(row, Ticket)
        if ticket.is_own_task or (self._queues and ticket.queue not in self._queues):
            return None
        return self._reader.item(ticket, row)


class _Scan:
    """One way through all pages. The last bucket of a page is held back until the next page has completed it."""

    def __init__(self, cursor: Cursor) -> None:
        self._known = dict(cursor.buckets)
        self._since = cursor.since
        self._done = cursor.done
        self._is_whole = cursor.page == 1
        # one page earlier: tickets that were deleted meanwhile have moved the others forward
        self.number = max(1, cursor.page - 1)
        self._seen: set[int] = set()
        self._held: dict[int, Row] = {}
        self._held_page = self.number
        self.calls = 0
        self.changed = 0

    def take(self, results: Sequence[object], *, is_last: bool) -> tuple[list[Row], list[str]]:
        """Take up one page: give the tickets of changed buckets, and the ids that are missing from them."""
        self.calls += 1
        rows = [row for row in results if isinstance(row, dict) and isinstance(row.get("id"), int)]
        self._held |= {row["id"]: row for row in rows if bucket_of(row) >= self._done}
        buckets = in_buckets([self._held[key] for key in sorted(self._held)])
        complete = buckets if is_last else buckets[:-1]
        changed: list[Row] = []
        vanished: set[int] = set()
        for number, members in complete:
            before, now = self._known.get(number), summary(members)
            self._seen.add(number)
            if before != now:
                changed += members
                vanished |= ids_in(number, before) - ids_in(number, now)
            self._known[number] = now
        if complete:
            self._done = complete[-1][0] + 1
            self._held = {key: row for key, row in self._held.items() if bucket_of(row) >= self._done}
            self._held_page = self.number
        self.number += 1
        if is_last and self._is_whole:
            vanished |= self._emptied()
        self.changed += len(changed)
        return changed, [str(key) for key in sorted(vanished)]

    def forget(self, buckets: set[int]) -> None:
        """Let the next pull read these buckets again."""
        for number in buckets:
            known = self._known[number]
            self._known[number] = Bucket(known.ids, "")

    def cursor(self, *, is_last: bool) -> Cursor:
        """Give the cursor behind what was taken so far."""
        place = Cursor(self._since, buckets=dict(sorted(self._known.items())))
        return place if is_last else replace(place, page=self._held_page, done=self._done)

    def _emptied(self) -> set[int]:
        """Name the ids of buckets of which nothing came in a whole scan."""
        gone = [number for number in self._known if number not in self._seen]
        return {key for number in gone for key in ids_in(number, self._known.pop(number))}


def _cost(scan: _Scan, answer: Row) -> str:
    return (
        f"django-helpdesk cannot be asked what changed: {scan.calls} calls read all {answer.get('count')} tickets to find"
        f" {scan.changed} worth a look; run it less often, or raise page_size"
    )
