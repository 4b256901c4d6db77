"""Where did the last pull get to?

A time of change, and what is known about the states that were read around it: each pull begins a little earlier, passes over the
states that it knows, and reads once more what was read while its second may still have run.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.clock import EARLIEST
from feedbackloop_connectors.cursors import SourceCursor

OVERLAP = timedelta(seconds=60)
"""A change is stamped before it is there to be seen: so long before the last one, a pull looks again."""


class Place(Struct, frozen=True, omit_defaults=True):
    """A place in one list that is ordered by time of change.

    Attributes:
        at: The newest time of change that was read.
        known: Id -> its time of change, for states read within the overlap after their second was over.
    """

    at: datetime = EARLIEST
    known: dict[str, datetime] = {}

    @property
    def since(self) -> datetime:
        """The time from which a pull asks."""
        return max(EARLIEST, self.at - OVERLAP) if self.at > EARLIEST else EARLIEST

    def after(self, reached: datetime, known: dict[str, datetime]) -> Place:
        """Give the place behind some rows: `reached` is the newest of their times, `known` those that are settled."""
        newest = max(self.at, reached)
        kept = {key: stamp for key, stamp in (self.known | known).items() if stamp >= newest - 2 * OVERLAP}
        return Place(newest, kept)


class Listing(Struct, frozen=True, omit_defaults=True):
    """How far a pull has listed a desk page by page: since when, so many pages, and what is known of them (see `Place`)."""

    begun_at: datetime
    pages: int = 0
    known: dict[str, datetime] = {}

    def after(self, known: dict[str, datetime]) -> Listing:
        """Give the state behind one page more."""
        kept = {key: stamp for key, stamp in known.items() if stamp >= self.begun_at - 2 * OVERLAP}
        return Listing(self.begun_at, self.pages + 1, self.known | kept)


class SinceCursor(SourceCursor, frozen=True):
    """A place in a desk's history.

    Attributes:
        tickets: Among the tickets, by their last change.
        listing: Of a pull that is under way, where the desk has to be listed.
        is_listed: A first one is over.
        beside: Among what stands in other lists, such as ratings and deletions; None before the first pull.
    """

    tickets: Place = Place()
    listing: Listing | None = None
    is_listed: bool = False
    beside: Place | None = None

    @classmethod
    def first(cls, since: datetime | None) -> SinceCursor:
        """Give the cursor of a first pull; the overlap that every pull goes back is added, so that it begins at `since`."""
        return cls(Place(max(EARLIEST, since) + OVERLAP)) if since else cls()

    def after(self, reached: datetime, known: dict[str, datetime]) -> SinceCursor:
        """Give the cursor behind some tickets."""
        return replace(self, tickets=self.tickets.after(reached, known))
