"""The Zammad connector: its dialect, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.zammad.dialect import ZammadDialect
from feedbackloop_connectors.zammad.options import ZammadOptions


class Zammad(SinceConnector[ZammadOptions]):
    """Zammad by its REST interface. See docs/connectors/zammad.md."""

    name: ClassVar[str] = "zammad"
    Options: ClassVar[type[SourceOptions]] = ZammadOptions
    # no ERASURES: a deleted ticket leaves no trace in a list; merged ones are named all the same
    abilities: ClassVar[frozenset[Ability]] = (BOTH_WAYS - {Ability.ERASURES}) | {Ability.WEBHOOKS}
    dialect_of = ZammadDialect
    webhook = Webhook("zammad", lambda body: table(body.get("ticket")).get("id"))

    def needs(self) -> Mapping[Ability, object]:
        """Tasks live in a group."""
        return {**super().needs(), Ability.TASKS: self.options.task_group}
