"""The Intercom connector: its dialect, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.dialect import Dialect
from feedbackloop_connectors.intercom.dialect import IntercomDialect
from feedbackloop_connectors.intercom.options import IntercomOptions


class Intercom(SinceConnector[IntercomOptions]):
    """Intercom by its REST interface 2.14. See docs/connectors/intercom.md."""

    name: ClassVar[str] = "intercom"
    Options: ClassVar[type[SourceOptions]] = IntercomOptions
    # no ERASURES: a conversation that is deleted leaves no trace in a search
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS - {Ability.ERASURES}
    dialect_of: ClassVar[type[Dialect[Any]]] = IntercomDialect

    def needs(self) -> Mapping[Ability, object]:
        """A ticket needs a type and a contact."""
        return {Ability.TASKS: self.options.task_type and self.options.task_contact}
