"""Which calls read a Jira Service Management, and what does it mean by its answers?

A search takes times to the minute, and in the zone of the account that asks; so it is asked for the minutes gone by instead,
which no zone changes. Issues are read by version 2 of Jira's interface, whose texts are texts. To whom the right is missing,
comments are an empty list and no refusal: `check` asks for the rights themselves.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop_connectors.desk.finding import if_shown
from feedbackloop_connectors.desk.values import Row, number, rows, table, text
from feedbackloop_connectors.desk_since.dialect import Dialect, Listed, Me
from feedbackloop_connectors.jira_sm.items import Reader, status_of, words_of
from feedbackloop_connectors.jira_sm.options import JiraOptions

JIRA = "/rest/api/2"
DESK = "/rest/servicedeskapi/request"
ROWS = 50
"""Comments of one answer."""
MARGIN_MINUTES = 5
"""What is asked for beyond the time gone by, in case clocks differ; what is known is passed over."""


class JiraReads(Dialect[JiraOptions]):
    """The half of the interface that reads."""

    noun: ClassVar[str] = "request"
    login_fix: ClassVar[str] = "check base_url, email and api_token: of an account that is an agent of the project"

    def __init__(self, options: JiraOptions, context: Context) -> None:
        super().__init__(options, context)
        self.reader = Reader(options, self.http.base_url, self.is_own, context.tag_prefix)
        self._query: str | None = None
        self._place: str | None = None

    def ask_me(self) -> Me:
        """Ask whose token it is."""
        found = self.get(f"{JIRA}/myself")
        return Me(text(found.get("accountId")) or "", text(found.get("displayName")) or "")

    def beside(self, since: datetime, *, is_first: bool) -> Iterator[tuple[str, datetime]]:
        """Begin a pull anew; a rating is asked for with its request."""
        del since, is_first
        self._query, self._place = None, None
        return iter(())

    def changed(self, since: datetime, page: int) -> Listed:
        """Give requests by time of change; the list goes on behind the last one given, wherever others have moved meanwhile."""
        del page
        if self._query is None:
            gone_by = (self.server_time - since).total_seconds() + time.monotonic() - self.answered_at
            minutes = max(0, math.ceil(gone_by / 60)) + MARGIN_MINUTES
            self._query = (
                f'project = "{self.options.project}" AND updated >= "-{minutes}m" ORDER BY updated ASC, id ASC'
            )
        found, self._place = self.jql(self._query, self._place)
        return Listed(found, is_last=self._place is None)

    def jql(self, query: str, place: str | None) -> tuple[list[Row], str | None]:
        """Give one answer to a search, and where its list goes on."""
        asked: Row = {"jql": query, "maxResults": self.options.page_size, "fields": ["*all", "-comment"]}
        answer = self.searched(f"{JIRA}/search/jql", asked | ({"nextPageToken": place} if place else {}))
        going_on = None if answer.get("isLast") is True else text(answer.get("nextPageToken"))
        return rows(answer.get("issues")), going_on

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row."""
        key, fields = number(row.get("id")), table(row.get("fields"))
        return str(key) if key else None, fields.get("updated"), fields.get("created")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item: one call for each fifty comments, one for the rating of a finished request."""
        issue = row or self.issue(key)
        if self._is_task(issue):
            return None
        return self.reader.item(issue, self.comments(key), self._feedback(key, issue))

    def issue(self, key: str) -> Row:
        """Read one issue."""
        return self.get(f"{JIRA}/issue/{key}", {"fields": "*all,-comment"})

    def comments(self, key: str) -> list[Row]:
        """Read all comments on a request, oldest first, private ones with them."""
        found: list[Row] = []
        while True:
            answer = self.get(f"{DESK}/{key}/comment", {"start": len(found), "limit": ROWS})
            listed = rows(answer.get("values"))
            found += listed
            if not listed or answer.get("isLastPage") is True:
                return found

    def url(self, key: str) -> str:
        """Give the address of an issue of which only the number is known."""
        return f"{self.http.base_url}/issues/?jql=id%3D{key}"

    def _feedback(self, key: str, issue: Row) -> Row:
        if not self.options.ratings or status_of(table(issue.get("fields"))) != "solved":
            return {}
        return if_shown(lambda: self.get(f"{DESK}/{key}/feedback")) or {}

    def _is_task(self, issue: Row) -> bool:
        fields = table(issue.get("fields"))
        is_ours = table(fields.get("reporter")).get("accountId") == self.me.id
        return is_ours and self.is_marked(words_of({"body": fields.get("description")}))
