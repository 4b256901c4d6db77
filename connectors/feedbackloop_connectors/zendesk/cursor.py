"""Where did the last pull get to, over all streams of the account?

The cursor is JSON and opaque to the core. It moves with every page of tickets; what is known of ratings moves only at the end.
No part of it comes from the local clock: times are the server's.
"""

from __future__ import annotations

from datetime import datetime

from feedbackloop_connectors.cursors import SourceCursor


class Cursor(SourceCursor, frozen=True):
    """A place in the account's history.

    Attributes:
        start: Unix seconds from which the export begins, while there is no `tickets` yet.
        tickets: The export's own cursor, as the server gave it.
        rated_at: Ratings changed up to this second are known; None before the first whole pull.
        deep_at: When the whole lookback of ratings was read last.
    """

    start: int = 0
    tickets: str | None = None
    rated_at: int | None = None
    deep_at: int | None = None

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin the export at a moment."""
        return cls(start=int(since.timestamp()) if since else 0)
