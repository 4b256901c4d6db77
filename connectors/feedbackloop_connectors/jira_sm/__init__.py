"""Jira Service Management as a source: requests with their comments and ratings in; notes, labels, replies and tasks out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.jira_sm.connector import JiraServiceManagement

    return [JiraServiceManagement]
