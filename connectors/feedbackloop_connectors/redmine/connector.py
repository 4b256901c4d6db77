"""The Redmine connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.checking import Checker
from feedbackloop_connectors.redmine.cursor import Cursor
from feedbackloop_connectors.redmine.options import RedmineOptions
from feedbackloop_connectors.redmine.pulling import Puller
from feedbackloop_connectors.redmine.writing import Writer


class Redmine(DeskConnector[RedmineOptions, Cursor]):
    """Redmine 5 by its REST interface. See docs/connectors/redmine.md."""

    name: ClassVar[str] = "redmine"
    Options: ClassVar[type[SourceOptions]] = RedmineOptions
    # no ERASURES: an issue that is deleted leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS - {Ability.ERASURES}
    cursor_type = Cursor

    def __init__(self, options: RedmineOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http = self._account.http
        self.writer = Writer(self._account)

    def needs(self) -> Mapping[Ability, object]:
        """Tags live in a custom field, tasks in a project."""
        return {Ability.TAGS: self.options.tag_field, Ability.TASKS: self.options.task_project}

    def puller(self, until: datetime | None = None) -> Puller:
        """Read issues in the order in which they changed."""
        return Puller(self._account, until)

    def checker(self) -> Checker:
        """Ask about the account, its permissions and the fields."""
        return Checker(self._account)
