"""The Chatwoot connector: its dialect, and what it can do."""

from __future__ import annotations

from typing import ClassVar

from feedbackloop.connector import Ability, Connector, SourceOptions
from feedbackloop_connectors.chatwoot.dialect import ChatwootDialect
from feedbackloop_connectors.chatwoot.options import ChatwootOptions
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook


class Chatwoot(SinceConnector[ChatwootOptions]):
    """Chatwoot by its application interface. See docs/connectors/chatwoot.md."""

    name: ClassVar[str] = "chatwoot"
    Options: ClassVar[type[SourceOptions]] = ChatwootOptions
    # no TASKS: a conversation needs a customer; no ERASURES: one that is deleted leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.PRIVATE_NOTES, Ability.TAGS, Ability.PUBLIC_REPLIES, Ability.FETCH, Ability.WEBHOOKS}
    )
    dialect_of = ChatwootDialect
    webhook = Webhook("chatwoot", lambda body: table(body.get("conversation") or body).get("id"))
    task_status = Connector.task_status  # not offered
