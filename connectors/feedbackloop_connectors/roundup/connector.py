"""The Roundup connector: what the core calls, put together from its parts."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.roundup.account import Account
from feedbackloop_connectors.roundup.checking import Checker
from feedbackloop_connectors.roundup.cursor import Cursor
from feedbackloop_connectors.roundup.options import RoundupOptions
from feedbackloop_connectors.roundup.pulling import Puller
from feedbackloop_connectors.roundup.writing import Writer


class Roundup(DeskConnector[RoundupOptions, Cursor]):
    """A Roundup tracker. See docs/connectors/roundup.md."""

    name: ClassVar[str] = "roundup"
    Options: ClassVar[type[SourceOptions]] = RoundupOptions
    # no PRIVATE_NOTES: every message goes to the nosy list; no ERASURES: a retired issue leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS - {Ability.PRIVATE_NOTES, Ability.ERASURES}
    cursor_type = Cursor

    def __init__(self, options: RoundupOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http = self._account.http
        self.writer = Writer(self._account)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read issues in the order in which they changed."""
        return Puller(self._account, until)

    def checker(self) -> Checker:
        """Ask who we are, and about the issues, statuses and keywords."""
        return Checker(self._account)
