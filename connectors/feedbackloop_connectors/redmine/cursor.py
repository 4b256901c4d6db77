"""Where did the last pull get to?

Redmine tells only when an issue changed, to the second, so the cursor is a second and what is known about it: each pull begins a
little earlier, passes over the states that it knows, and reads once more what was read while its second may still have run.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import field

from feedbackloop.clock import EARLIEST
from feedbackloop_connectors.cursors import SourceCursor

OVERLAP = timedelta(seconds=60)
"""A change is stamped before it is there to be seen: so long before the last one, a pull looks again."""
SECOND = timedelta(seconds=1)


class Cursor(SourceCursor, frozen=True):
    """A place in the desk's history.

    Attributes:
        at: The newest second of change that was read.
        known: Issue number -> second of its change, for states read within the overlap whose second was over.
        fresh: Issue number -> second of its change, and our time when it was first read, where that second may have run on.
    """

    at: datetime = EARLIEST
    known: dict[str, datetime] = field(default_factory=dict)
    fresh: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin at the first issue changed since."""
        return cls(max(EARLIEST, since) + OVERLAP) if since else cls()

    @property
    def since(self) -> datetime:
        """The second from which a pull asks."""
        return max(EARLIEST, self.at - OVERLAP)

    def is_over(self, key: str, stamp: datetime, asked_at: datetime, now: datetime) -> bool:
        """Say whether the second of a change is surely over: the server's time says so, or ours moved on since it was read first.

        Only how much our time moved counts, so our clock need not agree with the server's.
        """
        read_stamp, read_at = self.fresh.get(key, (None, now))
        return asked_at >= stamp + SECOND or (read_stamp == stamp and now >= read_at + SECOND)

    def after(self, at: datetime, known: dict[str, datetime], fresh: dict[str, tuple[datetime, datetime]]) -> Cursor:
        """Give the cursor behind a page that ended at `at` and held these states."""
        newest = max(self.at, at)
        oldest = newest - 2 * OVERLAP
        held = dict(self.fresh)
        held |= {key: read for key, read in fresh.items() if key not in held or held[key][0] != read[0]}
        kept = {key: stamp for key, stamp in (self.known | known).items() if stamp >= oldest}
        return Cursor(
            newest, kept, {k: read for k, read in held.items() if read[0] >= oldest and kept.get(k) != read[0]}
        )
