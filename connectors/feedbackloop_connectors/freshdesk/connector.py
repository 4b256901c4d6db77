"""The Freshdesk connector: its dialect, and what it can do."""

from __future__ import annotations

from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.freshdesk.dialect import FreshdeskDialect
from feedbackloop_connectors.freshdesk.options import FreshdeskOptions


class Freshdesk(SinceConnector[FreshdeskOptions]):
    """Freshdesk by API v2. See docs/connectors/freshdesk.md."""

    name: ClassVar[str] = "freshdesk"
    Options: ClassVar[type[SourceOptions]] = FreshdeskOptions
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS | {Ability.WEBHOOKS}
    dialect_of = FreshdeskDialect
    webhook = Webhook("token", lambda body: table(body.get("freshdesk_webhook")).get("ticket_id"))
