"""The Zendesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from feedbackloop.clock import parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Fatal
from feedbackloop.http import Declined, Http, Pace, is_loopback
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.checking import Checker
from feedbackloop_connectors.zendesk.cursor import Cursor, read_cursor
from feedbackloop_connectors.zendesk.finding import Finder
from feedbackloop_connectors.zendesk.items import Naming
from feedbackloop_connectors.zendesk.options import ZendeskOptions
from feedbackloop_connectors.zendesk.pulling import Puller
from feedbackloop_connectors.zendesk.values import unix
from feedbackloop_connectors.zendesk.writing import Writer


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
        self._http = Http(
            options.base_url,
            authorization=options.authorization,
            ca_file=str(Path(context.folder) / options.ca_file) if options.ca_file else None,
            proxy=options.proxy,
            plain_http=options.plain_http,
            secrets=options.secrets,
        )
        self._api = Api(self._http, Pace(options.incremental_requests_per_minute), options.page_size)
        agent_url = f"{self._http.base_url}/agent/tickets"
        self._naming = Naming(agent_url, context.tag_prefix)
        self._finder = Finder(self._api, agent_url=agent_url, tag_prefix=context.tag_prefix)
        self._writer = Writer(
            self._api,
            self._finder,
            agent_url=agent_url,
            task_group=options.task_group,
            link_incidents=options.link_incidents,
        )

    @property
    def is_local(self) -> bool:
        """Say whether the desk is a loopback one, reached without a proxy."""
        return is_loopback(self.options.base_url) and self.options.proxy is None

    def check(self) -> list[Check]:
        """Ask the account what it is, what it lets us do and what it offers; writes nothing."""
        return list(Checker(self._api, self.context.now, self._writer.group_id).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the account's beginning."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(start=unix(since) if since else 0))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of tickets in the order in which they changed, then tickets that were only rated; see `Connector.pull`."""
        place = read_cursor(cursor or self.start(None))
        try:
            yield from Puller(self._api, self._naming, self.options.lookback, until).pages(place)
        except Declined as refusal:
            raise Fatal(
                f"{refusal}; check base_url, or set the cursor anew with `feedbackloop state reset`"
            ) from refusal

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is named in `Page.erased`."""
        numbers = [int(name) for name in ids if name.isdigit()]
        page = Puller(self._api, self._naming, self.options.lookback).fetch(numbers)
        return replace(page, erased=(*page.erased, *(name for name in ids if not name.isdigit())))

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return self._writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: audits for notes and replies, external ids for tasks, the tags themselves."""
        return self._finder.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand: solved or closed is done; our prefix with `rejected` as a tag turns one down."""
        return self._finder.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()
