"""Systems that only push: what they sent to our endpoint waits in an inbox, and is read from there as from any source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.webhook.connector import Webhook

    return [Webhook]
