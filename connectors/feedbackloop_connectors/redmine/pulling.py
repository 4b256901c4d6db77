"""How is the desk read, page by page, so that every page can be the last?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from feedbackloop.connector import Page, Rejected
from feedbackloop.http import Denied
from feedbackloop_connectors.desk import pulling
from feedbackloop_connectors.desk.finding import if_there
from feedbackloop_connectors.desk.values import number, when
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.cursor import Cursor
from feedbackloop_connectors.redmine.walking import Slice, walk


@dataclass(slots=True)
class Batch(pulling.Batch):
    """What some issues came to, and the states they were read in, as the cursor keeps them."""

    known: dict[str, datetime] = field(default_factory=dict)
    fresh: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)


class Puller:
    """One pull. `until`: issues created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._account = account
        self._api = account.api
        self._until = until
        self._meter = pulling.Meter(lambda: account.http.requests_made)
        self._held: Cursor | None = None
        self._handled: dict[str, datetime] = {}

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The key is not accepted, or the account may not see the project.
            Fatal: The project is not there.
        """
        with pulling.refusals_explained(pulling.RESET_HINT, "check api_key, and the account's roles in the project"):
            self._account.people  # noqa: B018 - says who is refused before the first list, which would be empty
            for part in walk(self._api, self._account.options.project, cursor.since):
                batch = self._batch(part, cursor)
                after = cursor.after(part.reached if part.rows else cursor.at, batch.known, batch.fresh)
                if batch.has_later and self._held is None:
                    self._held = cursor
                cursor = after
                if batch.items or batch.rejected or batch.erased:
                    yield batch.page(self._held or cursor, requests=self._meter.spent())
            yield Batch().page(self._held or cursor, requests=self._meter.spent(), is_last=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single issues anew; what is gone is erased."""
        batch = Batch()
        self._account.people  # noqa: B018 - a wrong key must be refused, not read as "all gone"
        for one in ids:
            self._read(batch, int(one))
        return batch.page("", requests=self._meter.spent(), is_last=True)

    def _batch(self, part: Slice, cursor: Cursor) -> Batch:
        batch, now = Batch(), datetime.now(UTC)
        for row in part.rows:
            key, stamp = str(row.get("id")), when(row.get("updated_on"))
            if stamp is not None and stamp in {cursor.known.get(key), self._handled.get(key)}:
                continue
            if pulling.is_later(row.get("created_on"), self._until):
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
            issue = if_there(lambda: self._api.issue(issue_id))
        except Denied as refusal:
            if refusal.status == 401:
                raise
            batch.rejected.append(Rejected(str(issue_id), "this account may not see it any more"))
            return
        if issue is None:
            batch.erased.append(str(issue_id))
            return
        reader = self._account.reader()
        batch.add(issue_id, lambda: None if reader.is_own_task(issue) else reader.item(issue))
