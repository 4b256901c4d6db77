"""Which calls read a Help Scout, and what does it mean by its answers?

Help Scout sorts conversations by their last change and does not tell that time. So every pull lists what changed since the last
one began, the newest change first: what changes meanwhile moves to the front, and pushes others to a page that is still to
come. Where a list is empty, `_embedded` is missing. A login is a token that lasts two days, got for the application's id and
secret.
"""

from __future__ import annotations

import time
from datetime import datetime
from functools import cached_property
from typing import ClassVar

from feedbackloop.clock import iso
from feedbackloop.http import Answer, Denied
from feedbackloop.records import Item
from feedbackloop_connectors.desk.values import Row, number, rows, table, text
from feedbackloop_connectors.desk_since.dialect import Dialect, Gone, Listed, Me
from feedbackloop_connectors.door import access_token
from feedbackloop_connectors.help_scout.items import Reader, author_id, changed_at, threads_of, words_of
from feedbackloop_connectors.help_scout.options import HelpScoutOptions

EARLY_SECONDS = 300
"""A token is renewed so long before it runs out."""


class HelpScoutReads(Dialect[HelpScoutOptions]):
    """The half of the Mailbox API 2.0 that reads."""

    noun: ClassVar[str] = "conversation"
    lists_always: ClassVar[bool] = True
    login_fix: ClassVar[str] = "check app_id and app_secret, and that who made the application may see the mailboxes"

    _token = ""
    _token_got = _token_ends = 0.0

    @cached_property
    def reader(self) -> Reader:
        """What makes items of conversations."""
        return Reader(self.url, self.is_own, self.context.tag_prefix)

    # --- the login ----------------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, *, params: Row | None = None, body: object = None) -> Answer:
        """Make one call; a token that is not taken any more is renewed once."""
        try:
            return super().call(method, path, params=params, body=body)
        except Denied as refusal:
            if refusal.status != 401 or time.monotonic() - self._token_got < 1:
                raise
        self._token = ""
        return super().call(method, path, params=params, body=body)

    def login_headers(self) -> dict[str, str]:
        """Give the token, a new one where the old one runs out."""
        if not self._token or time.monotonic() > self._token_ends:
            self._renew()
        return {"Authorization": f"Bearer {self._token}"}

    def _renew(self) -> None:
        secret = self.options.app_secret.get_secret_value()
        form = {"grant_type": "client_credentials", "client_id": self.options.app_id, "client_secret": secret}
        self._token, seconds = access_token(self.http, "/v2/oauth2/token", form, fix=self.login_fix)
        self._token_got = time.monotonic()
        self._token_ends = self._token_got + seconds - EARLY_SECONDS

    def ask_me(self) -> Me:
        """Ask whose application it is."""
        found = self.get("/v2/users/me")
        return Me(str(number(found.get("id")) or ""), text(found.get("email")) or "")

    # --- reading ------------------------------------------------------------------------------------------------------

    def changed(self, since: datetime, page: int) -> Listed:
        """Give nothing: every pull lists."""
        del since, page
        return Listed((), is_last=True)

    def listed(self, since: datetime, page: int) -> Listed:
        """Give one page of what changed since, the newest change first."""
        return self.conversations(page, modifiedSince=iso(since.replace(microsecond=0)), sortField="modifiedAt")

    def conversations(self, page: int, **asked: object) -> Listed:
        """Give one page of conversations with their threads, whatever their status."""
        shared = {"status": "all", "embed": "threads", "sortOrder": "desc", "page": page}
        found = self.get("/v2/conversations", {**shared, **asked})
        pages = number(table(found.get("page")).get("totalPages")) or 0
        return Listed(rows(table(found.get("_embedded")).get("conversations")), is_last=page >= pages)

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read id and time of creation; the time of the last change is made of all that the row tells."""
        key, changed = number(row.get("id")), changed_at(row)
        return str(key) if key else None, iso(changed) if changed else None, row.get("createdAt")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item; its threads come with the list."""
        conversation = row or self.conversation(key)
        if conversation.get("state") == "deleted" or conversation.get("status") == "spam":
            raise Gone
        if conversation.get("state") == "draft" or self._is_task(conversation):
            return None
        return self.reader.item(conversation)

    def conversation(self, key: str) -> Row:
        """Read one conversation with its threads."""
        return self.get(f"/v2/conversations/{key}", {"embed": "threads"})

    def url(self, key: str) -> str:
        """Give the address of a conversation for colleagues."""
        return f"https://secure.helpscout.net/conversation/{key}"

    def _is_task(self, conversation: Row) -> bool:
        threads = threads_of(conversation)
        is_ours = bool(threads) and str(author_id(threads[0])) == self.me.id
        return is_ours and self.is_marked(words_of(threads[0]))
