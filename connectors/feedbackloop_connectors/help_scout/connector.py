"""The Help Scout connector: its dialect, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.help_scout.dialect import HelpScoutDialect
from feedbackloop_connectors.help_scout.options import HelpScoutOptions


class HelpScout(SinceConnector[HelpScoutOptions]):
    """Help Scout by its Mailbox API 2.0. See docs/connectors/help_scout.md."""

    name: ClassVar[str] = "help_scout"
    Options: ClassVar[type[SourceOptions]] = HelpScoutOptions
    # no ERASURES: a conversation that is deleted leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = (BOTH_WAYS - {Ability.ERASURES}) | {Ability.WEBHOOKS}
    dialect_of = HelpScoutDialect
    webhook = Webhook("help-scout", lambda body: body.get("ticketId") or body.get("id"))

    def needs(self) -> Mapping[Ability, object]:
        """A task needs a mailbox and somebody who stands as its customer."""
        return {**super().needs(), Ability.TASKS: self.options.task_mailbox and self.options.task_customer}
