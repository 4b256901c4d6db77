"""The Intercom connector: its dialect, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk.values import Row, table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.intercom.dialect import IntercomDialect
from feedbackloop_connectors.intercom.options import IntercomOptions


class Intercom(SinceConnector[IntercomOptions]):
    """Intercom by its REST interface 2.14. See docs/connectors/intercom.md."""

    name: ClassVar[str] = "intercom"
    Options: ClassVar[type[SourceOptions]] = IntercomOptions
    # no ERASURES: a conversation that is deleted leaves no trace in a search
    abilities: ClassVar[frozenset[Ability]] = (BOTH_WAYS - {Ability.ERASURES}) | {Ability.WEBHOOKS}
    dialect_of = IntercomDialect
    webhook = Webhook("intercom", lambda body: _conversation(table(table(body.get("data")).get("item"))))

    def needs(self) -> Mapping[Ability, object]:
        """A ticket needs a type and a contact."""
        return {**super().needs(), Ability.TASKS: self.options.task_type and self.options.task_contact}


def _conversation(item: Row) -> object:
    """Give the id of a conversation; a webhook about a contact or a ticket names none."""
    return item.get("id") if item.get("type") == "conversation" else None
