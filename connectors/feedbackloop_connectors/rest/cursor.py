"""What does a described source remember between two pulls?"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct, field

from feedbackloop.clock import EARLIEST
from feedbackloop_connectors.cursors import ForgivingCursor


class Seen(Struct, frozen=True, array_like=True):
    """One row as it was read: the digest of its content and when it had changed (None where rows do not say)."""

    digest: str
    changed_at: datetime | None = None


class Mark(ForgivingCursor, frozen=True):
    """A place in a source.

    Attributes:
        place: The newest change that was read.
        seen: Rows by id that may come again unchanged: those of the overlap, or all where the source is read whole each time.
        since: What was created earlier is left out.
    """

    place: datetime = EARLIEST
    seen: dict[str, Seen] = field(default_factory=dict)
    since: datetime | None = None

    def before(self, span: timedelta) -> datetime:
        """Give the time that lies so long before the place."""
        return self.place - span if self.place - EARLIEST > span else EARLIEST

    def moved(self, place: datetime, read: dict[str, Seen], overlap: timedelta) -> Mark:
        """Give the mark behind rows that were read; what fell out of the overlap is forgotten."""
        floor = Mark(place).before(overlap)
        kept = {
            name: one for name, one in (self.seen | read).items() if one.changed_at is None or one.changed_at >= floor
        }
        return Mark(place, kept, self.since)
