"""The Zendesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from feedbackloop.clock import parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.checking import Checker
from feedbackloop_connectors.zendesk.cursor import cursor_at, read_cursor
from feedbackloop_connectors.zendesk.options import ZendeskOptions
from feedbackloop_connectors.zendesk.pulling import Puller


class Zendesk(Connector[ZendeskOptions]):
    """Zendesk Support. See docs/connectors/zendesk.md."""

    name: ClassVar[str] = "zendesk"
    Options: ClassVar[type[SourceOptions]] = ZendeskOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {
            Ability.PRIVATE_NOTES,
            Ability.TAGS,
            Ability.PUBLIC_REPLIES,
            Ability.TASKS,
            Ability.TASK_STATUS,
            Ability.FETCH,
            Ability.ERASURES,
        }
    )

    def __init__(self, options: ZendeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)

    @property
    def is_local(self) -> bool:
        """Say whether the desk is a loopback one, reached without a proxy."""
        return self._account.is_local

    def check(self) -> list[Check]:
        """Ask the account what it is, what it lets us do and what it offers; writes nothing."""
        return list(Checker(self._account.api, self.context.now, self._account.writer.group_id).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the account's beginning."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(cursor_at(since))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of tickets in the order in which they changed, then tickets that were only rated; see `Connector.pull`."""
        yield from self._puller(until).pages(read_cursor(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is named in `Page.erased`."""
        numbers = [int(name) for name in ids if name.isdigit()]
        page = self._puller().fetch(numbers)
        return replace(page, erased=(*page.erased, *(name for name in ids if not name.isdigit())))

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return self._account.writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: audits for notes and replies, external ids for tasks, the tags themselves."""
        return self._account.finder.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand: solved or closed is done; our prefix with `rejected` as a tag turns one down."""
        return self._account.finder.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._account.http.close()

    def _puller(self, until: datetime | None = None) -> Puller:
        return Puller(self._account, self.options.lookback, until)
