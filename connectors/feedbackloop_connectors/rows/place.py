"""What is remembered between two pulls of a list?"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, field

from feedbackloop.clock import EARLIEST
from feedbackloop_connectors.cursors import ForgivingCursor


class Seen(Struct, frozen=True, array_like=True):
    """One row as it was read: the digest of its content, and its time in the list's order."""

    digest: str
    at: datetime


class Place(ForgivingCursor, frozen=True):
    """How far a list was read.

    Attributes:
        time: Everything up to here was read.
        seen: Rows by id that are read again because they may have changed since.
        anchor: Of a walk that goes on: the time that its pages were asked with.
        token: Of a walk that goes on: its next page.
        top: Of a walk from the newest down: the newest row that it met; `time` follows when the walk is done.
        since: What was written earlier is left out.
    """

    time: datetime = EARLIEST
    seen: dict[str, Seen] = field(default_factory=dict)
    anchor: datetime | None = None
    token: str | None = None
    top: datetime | None = None
    since: datetime | None = None

    @classmethod
    def first(cls, since: datetime | None) -> Place:
        """Begin with what was written since."""
        return cls(time=since, since=since) if since else cls()
