"""The Request Tracker connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.rt.account import Account
from feedbackloop_connectors.rt.checking import Checker
from feedbackloop_connectors.rt.cursor import Cursor
from feedbackloop_connectors.rt.options import RtOptions
from feedbackloop_connectors.rt.pulling import Puller
from feedbackloop_connectors.rt.writing import Writer


class RequestTracker(DeskConnector[RtOptions, Cursor]):
    """Request Tracker 5 by REST 2. See docs/connectors/rt.md."""

    name: ClassVar[str] = "rt"
    Options: ClassVar[type[SourceOptions]] = RtOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS
    cursor_type = Cursor

    def __init__(self, options: RtOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http = self._account.http
        self.writer = Writer(self._account)

    def needs(self) -> Mapping[Ability, object]:
        """Tags live in a custom field, tasks in a queue."""
        return {Ability.TAGS: self.options.tag_field, Ability.TASKS: self.options.task_queue}

    def puller(self, until: datetime | None = None) -> Puller:
        """Read tickets at first by number, later in the order in which they changed."""
        return Puller(self._account, until)

    def checker(self) -> Checker:
        """Ask about the version, the account, its queues and fields."""
        return Checker(self._account)
