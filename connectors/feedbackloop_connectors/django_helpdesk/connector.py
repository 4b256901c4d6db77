"""The django-helpdesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from feedbackloop.clock import iso, parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Fatal
from feedbackloop.http import Declined, Http, is_loopback
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.django_helpdesk.api import Api
from feedbackloop_connectors.django_helpdesk.checking import Checker
from feedbackloop_connectors.django_helpdesk.cursor import Cursor, read_cursor
from feedbackloop_connectors.django_helpdesk.items import Reader
from feedbackloop_connectors.django_helpdesk.options import DjangoHelpdeskOptions
from feedbackloop_connectors.django_helpdesk.pulling import Puller
from feedbackloop_connectors.django_helpdesk.writing import Writer


class DjangoHelpdesk(Connector[DjangoHelpdeskOptions]):
    """A django-helpdesk. See docs/connectors/django-helpdesk.md."""

    name: ClassVar[str] = "django-helpdesk"
    Options: ClassVar[type[SourceOptions]] = DjangoHelpdeskOptions
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

    def __init__(self, options: DjangoHelpdeskOptions, context: Context) -> None:
        super().__init__(options, context)
        if not options.tag_field:
            # tags live in a custom field that each helpdesk may have or not
            self.abilities = self.abilities - {Ability.TAGS}  # type: ignore[misc]  # narrower here than in the class
        self._http = Http(
            options.base_url,
            authorization=options.authorization,
            ca_file=str(Path(context.folder) / options.ca_file) if options.ca_file else None,
            proxy=options.proxy,
            plain_http=options.plain_http,
            secrets=options.secrets,
        )
        self._api = Api(self._http, options.page_size)
        self._writer = Writer(
            self._api, tag_field=options.tag_field, task_queue=options.task_queue, tag_prefix=context.tag_prefix
        )

    @property
    def is_local(self) -> bool:
        """Say whether the helpdesk is a loopback one, reached without a proxy."""
        return is_loopback(self.options.base_url) and self.options.proxy is None

    def check(self) -> list[Check]:
        """Ask the helpdesk whether it lets us in and what it offers; writes nothing."""
        return list(Checker(self._api, self.options).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(iso(since) if since else ""))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of tickets that changed, in the order of their ids; see `Connector.pull`.

        Raises:
            Refused: The credentials are not accepted, or the account is not staff.
            Fatal: The address is no django-helpdesk.
        """
        try:
            yield from self._puller(until).pages(read_cursor(cursor or self.start(None)))
        except Declined as refusal:
            raise Fatal(f"{refusal}; check base_url: where the helpdesk is mounted, without /api") from refusal

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is named in `Page.erased`."""
        return self._puller().fetch(ids)

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return self._writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: our mark in the texts, the tags themselves."""
        return self._writer.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand: resolved or closed is done; duplicates, and our prefix with `rejected` as a tag, are refused."""
        return self._writer.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _puller(self, until: datetime | None = None) -> Puller:
        reader = Reader(self.options, self._http.base_url, self.context.tag_prefix)
        return Puller(self._api, reader, self.options.queues, until)
