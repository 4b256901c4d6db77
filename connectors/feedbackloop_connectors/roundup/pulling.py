"""How is the tracker read, page by page, so that every page can be the last?

Issues come in the order of their last change, each page asked for from the newest second seen on. Pages are never counted
through a list that changes while it is read: an issue that is touched meanwhile moves to its end, and the next page would
begin one too far on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from feedbackloop.connector import Page, Rejected
from feedbackloop.records import Item
from feedbackloop_connectors.roundup.api import Api
from feedbackloop_connectors.roundup.cursor import Cursor
from feedbackloop_connectors.roundup.items import BadRecord, Reader
from feedbackloop_connectors.roundup.own import opens_task
from feedbackloop_connectors.roundup.rows import Issue, Msg, Row, from_on, moment, shaped


@dataclass(frozen=True, slots=True)
class Batch:
    """What some issues came to."""

    items: tuple[Item, ...]
    rejected: tuple[Rejected, ...]


class Puller:
    """One pull. `until`: issues created later are left for another pull, and the cursor stays before them."""

    def __init__(self, api: Api, reader: Reader, until: datetime | None = None) -> None:
        self._api = api
        self._reader = reader
        self._until = until
        self._requests = 0

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up."""
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
            yield Page(batch.items, (), str(held or cursor), batch.rejected, self._spent(), caught_up=is_last)
            if is_last:
                return
            # from this page's newest on, which may lie before the newest of the pull before
            newest = Cursor().after(rows).at
            since, number = (newest, 1) if newest > since else (since, number + 1)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single issues anew; retired ones are erased."""
        rows = self._api.issues_by_id([name for name in ids if name.isdigit()])
        batch = self.batch(rows)
        found = {str(row.get("id")) for row in rows}
        gone = tuple(name for name in ids if name not in found)
        return Page(batch.items, gone, "", batch.rejected, self._spent(), caught_up=True)

    def batch(self, rows: Sequence[Row]) -> Batch:
        """Make items of issues; one that cannot be read is rejected with its reason, our own tasks are left out."""
        rejected: list[Rejected] = []
        issues: list[tuple[Issue, Row]] = []
        for row in rows:
            try:
                issues.append((shaped(row, Issue), row))
            except msgspec.ValidationError as error:
                rejected.append(Rejected(str(row.get("id")), str(error)))
        messages, unreadable = self._messages(issues)
        items: list[Item] = []
        for issue, row in issues:
            thread = sorted((messages[name] for name in issue.messages if name in messages), key=_by_id)
            bad = next((unreadable[name] for name in issue.messages if name in unreadable), None)
            if bad:
                rejected.append(Rejected(issue.id, bad, "messages"))
            elif not (thread and opens_task(thread[0])):
                self._add(items, rejected, issue, (row, thread))
        return Batch(tuple(items), tuple(rejected))

    def _add(self, items: list[Item], rejected: list[Rejected], issue: Issue, parts: tuple[Row, list[Msg]]) -> None:
        try:
            items.append(self._reader.item(issue, *parts))
        except BadRecord as bad:
            rejected.append(Rejected(issue.id, str(bad), bad.field))

    def _messages(self, issues: Sequence[tuple[Issue, Row]]) -> tuple[dict[str, Msg], dict[str, str]]:
        """Read all messages of some issues and learn who wrote them; those of another shape come with the reason."""
        wanted = dict.fromkeys(name for issue, _ in issues for name in issue.messages)
        found: dict[str, Msg] = {}
        unreadable: dict[str, str] = {}
        for row in self._api.messages(list(wanted)):
            try:
                message = shaped(row, Msg)
                found[message.id] = message
            except msgspec.ValidationError as error:
                unreadable[str(row.get("id"))] = str(error)
        missing = self._reader.missing_users(found.values())
        self._reader.learn_users(self._api.users_by_id(missing))
        return found, unreadable

    def _is_later(self, row: Row) -> bool:
        if self._until is None:
            return False
        try:
            return moment(str(row.get("creation"))) > self._until
        except ValueError:
            return False

    def _spent(self) -> int:
        made = self._api.http.requests_made
        spent, self._requests = made - self._requests, made
        return spent


def _by_id(message: Msg) -> tuple[int, str]:
    return len(message.id), message.id
