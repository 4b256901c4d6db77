"""The Zendesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.checking import Checker
from feedbackloop_connectors.zendesk.cursor import Cursor
from feedbackloop_connectors.zendesk.options import ZendeskOptions
from feedbackloop_connectors.zendesk.pulling import Puller
from feedbackloop_connectors.zendesk.writing import Writer


class Zendesk(DeskConnector[ZendeskOptions, Cursor]):
    """Zendesk Support. See docs/connectors/zendesk.md."""

    name: ClassVar[str] = "zendesk"
    Options: ClassVar[type[SourceOptions]] = ZendeskOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS
    cursor_type = Cursor

    def __init__(self, options: ZendeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http = self._account.http
        self.writer = Writer(self._account)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read tickets in the order in which they changed, then tickets that were only rated."""
        return Puller(self._account, until)

    def checker(self) -> Checker:
        """Ask about the account, the export, ratings, the group for tasks, the budget and the clock."""
        return Checker(self._account)
