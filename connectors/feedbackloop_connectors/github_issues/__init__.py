"""GitHub Issues as a board for improvement tasks, and, where feedback comes as issues, as a source of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.github_issues.connector import GitHubIssues

    return [GitHubIssues]
