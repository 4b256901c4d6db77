"""The Zendesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.desk.cursor import read_cursor
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.checking import Checker
from feedbackloop_connectors.zendesk.cursor import Cursor, cursor_at
from feedbackloop_connectors.zendesk.options import ZendeskOptions
from feedbackloop_connectors.zendesk.pulling import Puller


class Zendesk(DeskConnector[ZendeskOptions, Cursor]):
    """Zendesk Support. See docs/connectors/zendesk.md."""

    name: ClassVar[str] = "zendesk"
    Options: ClassVar[type[SourceOptions]] = ZendeskOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS

    def __init__(self, options: ZendeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http, self.finder, self.writer = self._account.http, self._account.finder, self._account.writer

    def first(self, since: datetime | None) -> Cursor:
        """Begin at a moment of the export."""
        return cursor_at(since)

    def read_cursor(self, text: str) -> Cursor:
        """Read a cursor back."""
        return read_cursor(text, Cursor)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read tickets in the order in which they changed, then tickets that were only rated."""
        return Puller(self._account, self.options.lookback, until)

    def checker(self) -> Checker:
        """Ask about the account, the export, ratings, the group for tasks, the budget and the clock."""
        return Checker(self._account.api, self.context.now, self._account.writer.group_id)
