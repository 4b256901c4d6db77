"""Freshdesk as a source: tickets with their conversations and ratings in; notes, tags, replies and tasks out, by API v2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.freshdesk.connector import Freshdesk

    return [Freshdesk]
