"""The Redmine connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from feedbackloop.clock import EARLIEST, parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.redmine.account import Account
from feedbackloop_connectors.redmine.checking import Checker
from feedbackloop_connectors.redmine.cursor import OVERLAP, Cursor, read_cursor
from feedbackloop_connectors.redmine.finding import Finder
from feedbackloop_connectors.redmine.options import RedmineOptions
from feedbackloop_connectors.redmine.pulling import Puller
from feedbackloop_connectors.redmine.writing import Writer


class Redmine(Connector[RedmineOptions]):
    """Request Tracker 5 by REST 2. See docs/connectors/redmine.md."""

    name: ClassVar[str] = "redmine"
    Options: ClassVar[type[SourceOptions]] = RedmineOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PRIVATE_NOTES,
            Ability.TAGS,
            Ability.PUBLIC_REPLIES,
            Ability.TASKS,
            Ability.TASK_STATUS,
            Ability.FETCH,
        }
    )

    def __init__(self, options: RedmineOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self._finder = Finder(self._account)
        lacking = {Ability.TAGS: options.tag_field, Ability.TASKS: options.task_project}
        without = {ability for ability, needed in lacking.items() if needed is None}
        self.abilities = type(self).abilities - without  # type: ignore[misc] # what this desk lacks is not offered

    @property
    def is_local(self) -> bool:
        """Say whether the desk is a loopback one, reached without a proxy."""
        return self._account.is_local

    def check(self) -> list[Check]:
        """Ask the desk what it is, what it lets us do and what it offers; writes nothing."""
        return list(Checker(self._account).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the first issue."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(max(EARLIEST, since) + OVERLAP) if since else Cursor())

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of issues in the order in which they changed; see `Connector.pull`."""
        yield from Puller(self._account, until).pages(read_cursor(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single issues anew; what is gone is named in `Page.erased`."""
        page = Puller(self._account).fetch([int(name) for name in ids if name.isdigit()])
        return replace(page, erased=(*page.erased, *(name for name in ids if not name.isdigit())))

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return Writer(self._account, self._finder).push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: notes by their mark, replies by their words, tasks by theirs, the tags themselves."""
        return self._finder.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand: resolved or closed is done, rejected turns one down."""
        return self._finder.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._account.http.close()
