"""Which calls does the connector make, and what does GitHub mean by its answers?

A list of issues holds pull requests too, and without `state=all` open ones alone. A limit that is used up is said with 403 as
often as with 429; an issue that was moved to another repository with 301. The search lags behind, so nothing of ours is looked
for by it.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from feedbackloop.clock import iso
from feedbackloop.errors import Retriable
from feedbackloop.http import Answer, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.desk.values import Row, number, text, when
from feedbackloop_connectors.desk_since.dialect import Dialect, Listed, Me
from feedbackloop_connectors.github_issues.items import Reader, author_id, words_of
from feedbackloop_connectors.github_issues.options import GitHubOptions

ROWS = 100
"""Of one answer; GitHub gives no more."""
ANOTHER_MINUTE = 60.0
"""What a limit without a time waits."""


class GitHubReads(Dialect[GitHubOptions]):
    """The half that reads."""

    noun: ClassVar[str] = "issue"
    login_fix: ClassVar[str] = "check token: it needs to read and write the issues of this repository"

    @property
    def repo(self) -> str:
        """Where the calls about the repository begin."""
        return f"/repos/{self.options.repository}"

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self.is_own, self.context.tag_prefix)

    def headers(self) -> dict[str, str]:
        """Say which form and version of the interface is meant."""
        return {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

    def call(self, method: str, path: str, *, params: Row | None = None, body: object = None) -> Answer:
        """Make one call; tell a used-up limit from a refusal."""
        try:
            return super().call(method, path, params=params, body=body)
        except Denied as refusal:
            wait = self._limit(refusal)
            if wait is None:
                raise
            raise Retriable(f"{refusal}; the limit is used up", wait_seconds=wait) from refusal

    def ask_me(self) -> Me:
        """Ask whose token it is."""
        found = self.get("/user")
        return Me(str(number(found.get("id")) or ""), text(found.get("login")) or "")

    # --- reading ------------------------------------------------------------------------------------------------------

    def changed(self, since: datetime, page: int) -> Listed:
        """Give issues by time of change; nothing where they are no feedback."""
        if not self.options.feedback:
            return Listed((), is_last=True)
        size = self.options.page_size
        asked = {
            "state": "all",
            "sort": "updated",
            "direction": "asc",
            "since": iso(since),
            "per_page": size,
            "page": page,
        }
        found = self.list(f"{self.repo}/issues", asked)
        return Listed(found, is_last=len(found) < size and not self._has_next())

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row; its number stands in its address, too."""
        key = number(row.get("number")) or number(str(row.get("html_url")).rpartition("/")[2])
        return str(key) if key else None, row.get("updated_at"), row.get("created_at")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item; one call for each hundred comments, none where there are none."""
        issue = row or self.issue(key)
        if "pull_request" in issue or self._is_task(issue):
            return None
        return self._reader.item(issue, self.comments(key) if issue.get("comments") != 0 else ())

    def url(self, key: str) -> str:
        """Give the address of an issue for people."""
        site = self.http.base_url.replace("://api.github.com", "://github.com").removesuffix("/api/v3")
        return f"{site}/{self.options.repository}/issues/{key}"

    # --- parts --------------------------------------------------------------------------------------------------------

    def issue(self, key: str) -> Row:
        """Read one issue."""
        return self.get(f"{self.repo}/issues/{key}")

    def _is_task(self, issue: Row) -> bool:
        return str(author_id(issue)) == self.me.id and self.is_marked(words_of(issue))

    def comments(self, key: str) -> list[Row]:
        """Read all comments on an issue, oldest first."""
        found: list[Row] = []
        page = 1
        while True:
            listed = self.list(f"{self.repo}/issues/{key}/comments", {"per_page": ROWS, "page": page})
            found += listed
            if len(listed) < ROWS:
                return found
            page += 1

    def _has_next(self) -> bool:
        return 'rel="next"' in self.http.last_headers.get("Link", "")

    def _limit(self, refusal: Denied) -> float | None:
        """Say how long a refusal asks to wait; None: it is no used-up limit."""
        headers = self.http.last_headers
        if refusal.status != 403:
            return None
        retry_after = number(headers.get("Retry-After"))
        if retry_after is not None:
            return float(retry_after)
        if headers.get("X-RateLimit-Remaining") == "0":
            reset = when(float(number(headers.get("X-RateLimit-Reset")) or 0))
            return max(1.0, (reset - self.server_time).total_seconds()) if reset else ANOTHER_MINUTE
        return ANOTHER_MINUTE if "rate limit" in str(refusal) else None
