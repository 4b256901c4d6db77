"""The django-helpdesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from feedbackloop.clock import iso
from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.desk.door import open_http
from feedbackloop_connectors.django_helpdesk.api import Api
from feedbackloop_connectors.django_helpdesk.checking import Checker
from feedbackloop_connectors.django_helpdesk.cursor import Cursor, read_cursor
from feedbackloop_connectors.django_helpdesk.items import Reader
from feedbackloop_connectors.django_helpdesk.options import DjangoHelpdeskOptions
from feedbackloop_connectors.django_helpdesk.pulling import Puller
from feedbackloop_connectors.django_helpdesk.writing import Writer


class DjangoHelpdesk(DeskConnector[DjangoHelpdeskOptions, Cursor]):
    """A django-helpdesk. See docs/connectors/django-helpdesk.md."""

    name: ClassVar[str] = "django-helpdesk"
    Options: ClassVar[type[SourceOptions]] = DjangoHelpdeskOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS

    def __init__(self, options: DjangoHelpdeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self.http = open_http(options, context)
        self._api = Api(self.http, options.page_size)
        self.finder = self.writer = Writer(
            self._api, tag_field=options.tag_field, task_queue=options.task_queue, tag_prefix=context.tag_prefix
        )

    def needs(self) -> Mapping[Ability, object]:
        """Tags live in a custom field that each helpdesk may have or not."""
        return {Ability.TAGS: self.options.tag_field}

    def first(self, since: datetime | None) -> Cursor:
        """Begin with all tickets; those not touched since are passed over."""
        return Cursor(iso(since) if since else "")

    def read_cursor(self, text: str) -> Cursor:
        """Read a cursor back; one that is not ours begins anew."""
        return read_cursor(text)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read all tickets in the order of their ids, and give those that changed."""
        reader = Reader(self.options, self.http.base_url, self.context.tag_prefix)
        return Puller(self._api, reader, self.options.queues, until)

    def checker(self) -> Checker:
        """Ask about the tickets and their custom fields."""
        return Checker(self._api, self.options)
