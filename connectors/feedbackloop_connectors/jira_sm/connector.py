"""The connector of Jira Service Management: its dialect, and what it can do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.jira_sm.dialect import JiraDialect
from feedbackloop_connectors.jira_sm.options import JiraOptions


class JiraServiceManagement(SinceConnector[JiraOptions]):
    """Jira Service Management Cloud. See docs/connectors/jira_sm.md."""

    name: ClassVar[str] = "jira_sm"
    Options: ClassVar[type[SourceOptions]] = JiraOptions
    # no ERASURES: a request that is deleted leaves no trace in a search
    abilities: ClassVar[frozenset[Ability]] = (BOTH_WAYS - {Ability.ERASURES}) | {Ability.WEBHOOKS}
    dialect_of = JiraDialect
    webhook = Webhook("jira", lambda body: table(body.get("issue")).get("id"))

    def needs(self) -> Mapping[Ability, object]:
        """Tasks live in a project."""
        return {**super().needs(), Ability.TASKS: self.options.task_project}
