"""How is the desk read, page by page, so that every page can be the last?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from feedbackloop.connector import Page, Rejected
from feedbackloop.errors import Fatal, Refused
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.cursor import Cursor
from feedbackloop_connectors.redmine.items import BadRecord
from feedbackloop_connectors.redmine.walking import Slice, changed_at, walk
from feedbackloop_connectors.zendesk.values import Row, moment, number


@dataclass(slots=True)
class Batch:
    """What some issues came to. `has_later`: some were created after the pull's `until` and left out."""

    items: list[Item] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    known: dict[str, datetime] = field(default_factory=dict)
    fresh: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    has_later: bool = False


class Puller:
    """One pull. `until`: issues created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._account = account
        self._api = account.api
        self._until = until
        self._requests = account.http.requests_made
        self._held: Cursor | None = None
        self._handled: dict[str, datetime] = {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The key is not accepted, or the account may not see the project.
            Fatal: The project is not there.
        """
        try:
            self._account.people  # noqa: B018 - says who is refused before the first list, which would be empty
            for part in walk(self._api, self._account.options.project, cursor.since):
                batch = self._batch(part, cursor)
                after = cursor.after(part.reached if part.rows else cursor.at, batch.known, batch.fresh)
                if batch.has_later and self._held is None:
                    self._held = cursor
                cursor = after
                if batch.items or batch.rejected or batch.erased:
                    yield self._page(batch, str(self._held or cursor))
            yield Page(cursor=str(self._held or cursor), requests=self._spent(), caught_up=True)
        except Declined as refusal:
            raise Fatal(
                f"{refusal}; check base_url, or set the cursor anew with `feedbackloop state reset`"
            ) from refusal
        except Denied as refusal:
            raise Refused(f"{refusal}; check api_key, and the account's roles in the project") from refusal

    def fetch(self, ids: Sequence[int]) -> Page:
        """Read single issues anew; what is gone is erased."""
        batch = Batch()
        self._account.people  # noqa: B018 - a wrong key must be refused, not read as "all gone"
        for one in ids:
            self._read(batch, one)
        return self._page(batch, "", is_last=True)

    def _batch(self, part: Slice, cursor: Cursor) -> Batch:
        batch, now = Batch(), datetime.now(UTC)
        for row in part.rows:
            key, stamp = str(row.get("id")), changed_at(row)
            if stamp is not None and stamp in {cursor.known.get(key), self._handled.get(key)}:
                continue
            if self._is_later(row):
                batch.has_later = True
                continue
            issue_id = number(row.get("id"))
            if issue_id is None:
                batch.rejected.append(Rejected(key, "is missing", "id"))
                continue
            self._read(batch, issue_id)
            if stamp is not None:
                self._note(batch, key, stamp, cursor.is_over(key, stamp, part.asked_at, now))
        return batch

    def _note(self, batch: Batch, key: str, stamp: datetime, is_over: bool) -> None:
        self._handled[key] = stamp
        if is_over:
            batch.known[key] = stamp
        else:
            batch.fresh[key] = (stamp, datetime.now(UTC))

    def _read(self, batch: Batch, issue_id: int) -> None:
        """Read one issue with its journals; one that cannot be read is rejected, one that is gone is erased."""
        try:
            issue = self._api.issue(issue_id)
            reader = self._account.reader()
            if not reader.is_own_task(issue):
                batch.items.append(reader.item(issue))
        except BadRecord as bad:
            batch.rejected.append(Rejected(str(issue_id), str(bad), bad.field))
        except Declined as refusal:
            if refusal.status not in {404, 410}:
                raise
            batch.erased.append(str(issue_id))
        except Denied as refusal:
            if refusal.status == 401:
                raise
            batch.rejected.append(Rejected(str(issue_id), "this account may not see it any more"))

    def _is_later(self, row: Row) -> bool:
        try:
            created = moment(row.get("created_on"))
        except ValueError:
            return False
        return self._until is not None and created is not None and created > self._until

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
