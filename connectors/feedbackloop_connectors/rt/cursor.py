"""Where did the last pull get to?

RT numbers every change of every ticket. A first pull lists the tickets by their number; from then on the cursor is the number of
the last change read: no clock, no time zone and no two changes in one second come into it.
"""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from feedbackloop.clock import iso, parse_time
from feedbackloop_connectors.cursors import SourceCursor

OVERLAP = 200
"""So many numbers before the last one are looked at again: a change is numbered before it is there to be seen."""


class Cursor(SourceCursor, frozen=True):
    """A place in the desk's history.

    Attributes:
        since: A first pull leaves out what was not touched since, as ISO time.
        ticket: A first pull has read the tickets up to this number; None once it is over.
        change: Changes up to this number are known, except those missing from `seen`; None before the first pull.
        seen: The numbers within the overlap that were seen.
    """

    since: str | None = None
    ticket: int | None = 0
    change: int | None = None
    seen: tuple[int, ...] = ()

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin at the first ticket touched since."""
        return cls(since=iso(since) if since else None)

    @property
    def touched_since(self) -> datetime | None:
        """`since` as a moment."""
        return parse_time(self.since) if self.since else None

    def after(self, changes: list[int]) -> Cursor:
        """Give the cursor behind these further changes."""
        newest = max([self.change or 0, *changes])
        seen = {one for one in (*self.seen, *changes) if one > newest - OVERLAP}
        return replace(self, change=newest, seen=tuple(sorted(seen)))
