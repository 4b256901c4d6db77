"""Which calls of the core go to which of these parts?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from feedbackloop.connector import Ability, Context
from feedbackloop_connectors.desk.connector import DeskConnector
from feedbackloop_connectors.desk.cursor import read_cursor
from feedbackloop_connectors.desk.values import is_number
from feedbackloop_connectors.desk_since.checking import Checker
from feedbackloop_connectors.desk_since.cursor import SinceCursor, first_cursor
from feedbackloop_connectors.desk_since.dialect import Dialect
from feedbackloop_connectors.desk_since.options import SinceOptions
from feedbackloop_connectors.desk_since.pulling import Puller
from feedbackloop_connectors.desk_since.webhooks import Webhook, tickets_named
from feedbackloop_connectors.desk_since.writing import Writer

OptionsT = TypeVar("OptionsT", bound=SinceOptions)


class SinceConnector(DeskConnector[OptionsT, SinceCursor]):
    """The connector of one such desk: a subclass names its dialect."""

    dialect_of: ClassVar[type[Dialect[Any]]]
    webhook: ClassVar[Webhook]

    def __init__(self, options: OptionsT, context: Context) -> None:
        super().__init__(options, context)
        self.dialect = self.dialect_of(options, context)
        self.http = self.dialect.http
        self.writer = self.finder = Writer(self.dialect, self.is_id)

    def needs(self) -> Mapping[Ability, object]:
        """Webhooks are taken where their signature can be checked."""
        return {Ability.WEBHOOKS: self.options.webhook_secret}

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook and name its ticket; see `Connector.read_webhook`."""
        named = tickets_named(self.webhook, self.options.webhook_secret, headers, raw_body)
        return [name for name in named if self.is_id(name)]

    def is_id(self, name: str) -> bool:
        """Say whether a name can be a ticket of this desk at all."""
        return is_number(name)

    def first(self, since: datetime | None) -> SinceCursor:
        """Begin at the first ticket changed since."""
        return first_cursor(since)

    def read_cursor(self, text: str) -> SinceCursor:
        """Read a cursor back."""
        return read_cursor(text, SinceCursor)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read tickets in the order in which they changed."""
        return Puller(self.dialect, until)

    def checker(self) -> Checker:
        """Ask about the account and what it may see."""
        return Checker(self.dialect)
