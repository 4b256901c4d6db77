"""Which calls of the core go to which of these parts?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from feedbackloop.connector import Ability, Context
from feedbackloop_connectors.desk.connector import DeskConnector
from feedbackloop_connectors.desk_since.checking import Checker
from feedbackloop_connectors.desk_since.cursor import SinceCursor
from feedbackloop_connectors.desk_since.dialect import Dialect, OptionsT
from feedbackloop_connectors.desk_since.pulling import Puller
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.desk_since.writing import Writer


class SinceConnector(DeskConnector[OptionsT, SinceCursor]):
    """The connector of one such desk: a subclass names its dialect."""

    cursor_type = SinceCursor
    dialect_of: ClassVar[type[Dialect[Any]]]
    webhook: ClassVar[Webhook]

    def __init__(self, options: OptionsT, context: Context) -> None:
        super().__init__(options, context)
        self.dialect = self.dialect_of(options, context)
        self.http = self.dialect.http
        self.writer = Writer(self.dialect)

    def needs(self) -> Mapping[Ability, object]:
        """Webhooks are taken where their signature can be checked."""
        return {Ability.WEBHOOKS: self.options.webhook_secret}

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook and name its ticket; see `Connector.read_webhook`."""
        return self.webhook.tickets(self.options.webhook_secret, headers, raw_body)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read tickets in the order in which they changed."""
        return Puller(self.dialect, until)

    def checker(self) -> Checker:
        """Ask about the account and what it may see."""
        return Checker(self.dialect)
