"""How is the tracker read, page by page, so that every page can be the last?

Issues come in the order of their last change, each page asked for from the newest second seen on. Pages are never counted
through a list that changes while it is read: an issue that is touched meanwhile moves to its end, and the next page would
begin one too far on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial

from feedbackloop.connector import Page
from feedbackloop.errors import BadRecord
from feedbackloop.records import Item
from feedbackloop_connectors.desk.pulling import Batch, Meter, refusals_explained
from feedbackloop_connectors.desk.values import Row, shaped
from feedbackloop_connectors.roundup.account import Account
from feedbackloop_connectors.roundup.cursor import Cursor
from feedbackloop_connectors.roundup.rows import Issue, Msg, from_on, moment

Messages = dict[str, Msg]
"""By id."""


class Puller:
    """One pull. `until`: issues created later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._api = account.api
        self._account = account
        self._until = until
        self._meter = Meter(lambda: account.http.requests_made)

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up.

        Raises:
            Refused: The credentials are not accepted, or the role lacks a right.
            Fatal: The address is no tracker, or a property in the options does not exist.
        """
        fix = "check base_url, which is the tracker's own address"
        with refusals_explained(fix, "check username and password, and the role's rights"):
            yield from self._pages(cursor)

    def _pages(self, cursor: Cursor) -> Iterator[Page]:
        held: Cursor | None = None
        since, number = cursor.since, 1
        while True:
            rows = self._api.issues(number, from_on(since) if since else None)
            new = [row for row in rows if not cursor.knows(row)]
            wanted = [row for row in new if not self._is_later(row)]
            held = held or (cursor if len(wanted) < len(new) else None)
            cursor = cursor.after(rows)
            batch = self.batch(wanted)
            is_last = len(rows) < self._api.page_size
            yield batch.page(held or cursor, requests=self._meter.spent(), is_last=is_last)
            if is_last:
                return
            # from this page's newest on, which may lie before the newest of the pull before
            newest = Cursor().after(rows).at
            since, number = (newest, 1) if newest > since else (since, number + 1)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single issues anew; retired ones are erased."""
        rows = self._api.issues_by_id(ids)
        batch = self.batch(rows)
        found = {str(row.get("id")) for row in rows}
        batch.erased += [name for name in ids if name not in found]
        return batch.page("", requests=self._meter.spent(), is_last=True)

    def batch(self, rows: Sequence[Row]) -> Batch:
        """Make items of issues; one that cannot be read is rejected with its reason, our own tasks are left out."""
        batch = Batch()
        issues: list[tuple[Issue, Row]] = []
        for row in rows:
            try:
                issues.append((shaped(row, Issue), row))
            except BadRecord as bad:
                batch.reject(row.get("id"), bad)
        messages, unreadable = self._messages([issue for issue, _ in issues])
        for issue, row in issues:
            batch.add(issue.id, partial(self._item, issue, row, messages, unreadable))
        return batch

    def _item(self, issue: Issue, row: Row, messages: Messages, unreadable: Mapping[str, str]) -> Item | None:
        """Make one item; None for our own tasks."""
        thread = sorted((messages[name] for name in issue.messages if name in messages), key=_by_id)
        bad = next((unreadable[name] for name in issue.messages if name in unreadable), None)
        if bad:
            raise BadRecord(bad, field="messages")
        return None if thread and thread[0].opens_task else self._account.reader.item(issue, row, thread)

    def _messages(self, issues: Sequence[Issue]) -> tuple[Messages, dict[str, str]]:
        """Read all messages of some issues and learn who wrote them; those of another shape come with the reason."""
        wanted = dict.fromkeys(name for issue in issues for name in issue.messages)
        found: dict[str, Msg] = {}
        unreadable: dict[str, str] = {}
        for row in self._api.messages(list(wanted)):
            try:
                message = shaped(row, Msg)
                found[message.id] = message
            except BadRecord as bad:
                unreadable[str(row.get("id"))] = f"{row.get('id')}: {bad.field or ''} {bad}"
        missing = self._account.reader.missing_users(found.values())
        self._account.reader.learn_users(self._api.users_by_id(missing))
        return found, unreadable

    def _is_later(self, row: Row) -> bool:
        if self._until is None:
            return False
        try:
            return moment(str(row.get("creation"))) > self._until
        except ValueError:
            return False


def _by_id(message: Msg) -> tuple[int, str]:
    return len(message.id), message.id
