"""Where did the last pull get to?

A second, and what was seen in it and shortly before: Roundup tells times to the second, and a change that was under way may
appear behind later ones. What is asked for again is passed over by its digest.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec import field

from feedbackloop_connectors.cursors import ForgivingCursor, digest
from feedbackloop_connectors.desk.values import Row
from feedbackloop_connectors.roundup.rows import moment, stamp

OVERLAP = timedelta(seconds=10)
"""So long a change may need from its time stamp until others can see it."""


class Cursor(ForgivingCursor, frozen=True):
    """`at`: the newest second seen, "" at the beginning. `seen`: id -> (second, digest) of what changed within the overlap."""

    at: str = ""
    seen: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def first(cls, since: datetime | None) -> Cursor:
        """Begin at the first issue changed since."""
        return cls(stamp(since) if since else "")

    def __post_init__(self) -> None:
        self.since  # noqa: B018 - raises where the second cannot be read

    @property
    def since(self) -> str:
        """The second from which to ask."""
        return stamp(moment(self.at) - OVERLAP) if self.at else ""

    def knows(self, row: Row) -> bool:
        """Say whether an issue was seen in exactly this state."""
        return self.seen.get(str(row.get("id")), ("", ""))[1] == digest(row)

    def after(self, rows: list[Row]) -> Cursor:
        """Give the cursor behind these issues."""
        stamps = {str(row.get("id")): (str(row["activity"]), digest(row)) for row in rows if _has_time(row)}
        newest = max([self.at, *(second for second, _ in stamps.values())])
        oldest = Cursor(newest).since
        return Cursor(newest, {name: one for name, one in (self.seen | stamps).items() if one[0] >= oldest})


def _has_time(row: Row) -> bool:
    try:
        return bool(moment(str(row.get("activity"))))
    except ValueError:
        return False
