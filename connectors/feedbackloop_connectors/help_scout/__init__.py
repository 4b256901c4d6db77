"""Help Scout as a source: conversations with their threads and ratings in; notes, tags, replies and tasks out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.help_scout.connector import HelpScout

    return [HelpScout]
