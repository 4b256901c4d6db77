"""The django-helpdesk connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.django_helpdesk.account import Account
from feedbackloop_connectors.django_helpdesk.checking import Checker
from feedbackloop_connectors.django_helpdesk.cursor import Cursor
from feedbackloop_connectors.django_helpdesk.options import DjangoHelpdeskOptions
from feedbackloop_connectors.django_helpdesk.pulling import Puller
from feedbackloop_connectors.django_helpdesk.writing import Writer


class DjangoHelpdesk(DeskConnector[DjangoHelpdeskOptions, Cursor]):
    """A django-helpdesk. See docs/connectors/django-helpdesk.md."""

    name: ClassVar[str] = "django-helpdesk"
    Options: ClassVar[type[SourceOptions]] = DjangoHelpdeskOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS
    cursor_type = Cursor

    def __init__(self, options: DjangoHelpdeskOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self.http = self._account.http
        self.writer = Writer(self._account)

    def needs(self) -> Mapping[Ability, object]:
        """Tags live in a custom field that each helpdesk may have or not."""
        return {Ability.TAGS: self.options.tag_field}

    def puller(self, until: datetime | None = None) -> Puller:
        """Read all tickets in the order of their ids, and give those that changed."""
        return Puller(self._account, until)

    def checker(self) -> Checker:
        """Ask about the tickets and their custom fields."""
        return Checker(self._account)
