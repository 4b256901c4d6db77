"""Which calls does the connector make, and what does Chatwoot mean by its answers?

Lists come 25 a page, newest activity first, and slide while they are read. So a first pull lists by creation, and every later
one asks what changed within so many seconds, which Chatwoot answers all at once, without pages. A message of ours never carries
a `source_id`: Chatwoot takes one that does for a copy of what the customer has already got, and does not send it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Check, Context
from feedbackloop.records import Item
from feedbackloop_connectors.chatwoot.items import Reader, author_id, changed_in, message_id
from feedbackloop_connectors.chatwoot.options import ChatwootOptions
from feedbackloop_connectors.desk.values import Row, number, rows, table, text, when, words
from feedbackloop_connectors.desk_since.dialect import Dialect, Listed, Me, Said, named

MESSAGES = 20
"""Of one answer."""
MARGIN_SECONDS = 300
"""What is asked for beyond the time gone by, in case clocks differ; what comes too early is passed over."""


class ChatwootDialect(Dialect[ChatwootOptions]):
    """Chatwoot's application interface."""

    noun: ClassVar[str] = "conversation"
    lists_first: ClassVar[bool] = True
    login_fix: ClassVar[str] = "check base_url, account and access_token: of an agent who is in all inboxes"

    def __init__(self, options: ChatwootOptions, context: Context) -> None:
        super().__init__(options, context)
        self._api = f"/api/v1/accounts/{options.account}"
        self._reader = Reader(self.url, self.is_own, context.tag_prefix)

    def headers(self) -> dict[str, str]:
        """Log in by a header of Chatwoot's own."""
        return {**super().headers(), "api_access_token": self.options.access_token.get_secret_value()}

    def ask_me(self) -> Me:
        """Ask whose token it is."""
        found = self.get("/api/v1/profile")
        return Me(str(number(found.get("id")) or ""), text(found.get("email")) or "")

    # --- reading ------------------------------------------------------------------------------------------------------

    def listed(self, since: datetime, page: int) -> Listed:
        """Give all conversations by creation; how many make a page is the server's setting, so the last page is the empty one."""
        del since
        found = self._conversations(page=page, sort_by="created_at_asc")
        return Listed(found, is_last=not found)

    def changed(self, since: datetime, page: int) -> Listed:
        """Give what changed since, oldest change first; a page is cut out of the one answer that holds all."""
        gone_by = (self.server_time - since).total_seconds() + time.monotonic() - self.answered_at
        found = self._conversations(updated_within=max(0, math.ceil(gone_by)) + MARGIN_SECONDS)
        found = [row for row in found if (when(row.get(changed_in(row))) or since) >= since]
        found.sort(key=lambda row: (when(row.get(changed_in(row))) or since, number(row.get("id")) or 0))
        end = page * self.options.page_size
        return Listed(found[end - self.options.page_size : end], is_last=len(found) <= end)

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row."""
        key = number(row.get("id"))
        return str(key) if key else None, row.get(changed_in(row)), row.get("created_at")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item, one call for each twenty of its messages."""
        return self._reader.item(row or self._conversation(key), self._messages(key))

    # --- writing ------------------------------------------------------------------------------------------------------

    def said(self, key: str) -> Iterator[Said]:
        """Give the messages of a conversation."""
        for row in self._messages(key):
            is_ours = str(author_id(row)) == self.me.id
            yield Said(message_id(row), text(row.get("content")) or "", row.get("private") is not True, is_ours)

    def tags(self, key: str) -> Sequence[str]:
        """Give the labels of a conversation."""
        return words(self.get(f"{self._api}/conversations/{key}/labels").get("payload"))

    def note(self, key: str, body: str) -> str:
        """Write a private note."""
        return self._say(key, body, private=True)

    def reply(self, key: str, body: str) -> str:
        """Write what goes out by the conversation's channel."""
        return self._say(key, body, private=False)

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Write the labels that are there and ours: Chatwoot takes whole lists alone."""
        held = self.tags(key)
        self.write("POST", f"{self._api}/conversations/{key}/labels", {"labels": list(dict.fromkeys([*held, *tags]))})

    def url(self, key: str) -> str:
        """Give the address of a conversation for agents."""
        return f"{self.http.base_url}/app/accounts/{self.options.account}/conversations/{key}"

    # --- checking -----------------------------------------------------------------------------------------------------

    def checks(self) -> Iterator[Check]:
        """Look at the account, our role in it, and the inboxes that are open to us."""
        accounts = rows(self.get("/api/v1/profile").get("accounts"))
        ours = next((row for row in accounts if number(row.get("id")) == self.options.account), None)
        fix = "correct account: it is the number in the address of every page"
        yield Check("account", ours is not None, str((ours or {}).get("name") or "is not ours"), None if ours else fix)
        fix = "add the sidecar's agent to every inbox, or make it an administrator"
        yield self.seen("inboxes", self._inboxes, fix)
        yield self.seen("conversations", self.first_page, fix)
        yield Check("tasks", True, "Chatwoot has none: name another source in [actions] tasks_in")

    def _inboxes(self) -> str:
        found = rows(self.get(f"{self._api}/inboxes").get("payload"))
        return ", ".join(str(row.get("name")) for row in found) or "none is there"

    # --- parts --------------------------------------------------------------------------------------------------------

    def _conversations(self, **asked: object) -> list[Row]:
        found = self.get(f"{self._api}/conversations", {"status": "all", "assignee_type": "all", **asked})
        return rows(table(found.get("data")).get("payload"))

    def _conversation(self, key: str) -> Row:
        return self.get(f"{self._api}/conversations/{key}")

    def _messages(self, key: str) -> list[Row]:
        """Read all messages, oldest first; they are asked for from the newest back."""
        path, found = f"{self._api}/conversations/{key}/messages", list[Row]()
        while True:
            asked = {"before": found[0].get("id")} if found else None
            older = rows(self.get(path, asked).get("payload"))
            known = {row.get("id") for row in found}
            found = [row for row in older if row.get("id") not in known] + found
            if len(older) < MESSAGES or len(found) == len(known):
                return found

    def _say(self, key: str, body: str, *, private: bool) -> str:
        sent = {"content": body, "message_type": "outgoing", "private": private}
        return f"message-{named(self.write('POST', f'{self._api}/conversations/{key}/messages', sent), 'id')}"
