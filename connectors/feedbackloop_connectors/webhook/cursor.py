"""Up to which delivery was the inbox read?"""

from __future__ import annotations

from datetime import datetime

from feedbackloop_connectors.cursors import SourceCursor


class Cursor(SourceCursor, frozen=True):
    """`place`: deliveries up to it are read. `since`: items created earlier are left out."""

    place: int = 0
    since: datetime | None = None
