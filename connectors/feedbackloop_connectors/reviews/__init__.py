"""Reviews as sources: App Store Connect, Google Play and Trustpilot; reviews in, public answers to them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the connectors of this package."""
    from feedbackloop_connectors.reviews.app_store import AppStore
    from feedbackloop_connectors.reviews.google_play import GooglePlay
    from feedbackloop_connectors.reviews.trustpilot import Trustpilot

    return [AppStore, GooglePlay, Trustpilot]
