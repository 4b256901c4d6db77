"""The connector of GitHub Issues: its dialect, and what it can do."""

from __future__ import annotations

from typing import ClassVar

from feedbackloop.connector import Ability, SourceOptions
from feedbackloop_connectors.desk.connector import BOTH_WAYS
from feedbackloop_connectors.desk.values import table
from feedbackloop_connectors.desk_since.connector import SinceConnector
from feedbackloop_connectors.desk_since.webhooks import Webhook
from feedbackloop_connectors.github_issues.dialect import GitHubDialect
from feedbackloop_connectors.github_issues.options import GitHubOptions


class GitHubIssues(SinceConnector[GitHubOptions]):
    """GitHub Issues by its REST interface. See docs/connectors/github_issues.md."""

    name: ClassVar[str] = "github_issues"
    Options: ClassVar[type[SourceOptions]] = GitHubOptions
    # no PRIVATE_NOTES: whoever sees an issue sees its comments; no ERASURES: one that is deleted leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = (BOTH_WAYS - {Ability.PRIVATE_NOTES, Ability.ERASURES}) | {
        Ability.WEBHOOKS
    }
    dialect_of = GitHubDialect
    webhook = Webhook("github", lambda body: table(body.get("issue")).get("number"))
