"""What does a described source remember between two pulls?"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from feedbackloop.clock import EARLIEST


class Seen(Struct, frozen=True, array_like=True):
    """One row as it was read: the digest of its content and when it had changed (None where rows do not say)."""

    digest: str
    changed_at: datetime | None = None


class Mark(Struct, frozen=True, omit_defaults=True):
    """A place in a source.

    Attributes:
        place: The newest change that was read.
        seen: Rows by id that may come again unchanged: those of the overlap, or all where the source is read whole each time.
        since: What was created earlier is left out.
    """

    place: datetime = EARLIEST
    seen: dict[str, Seen] = {}
    since: datetime | None = None

    def moved(self, place: datetime, read: dict[str, Seen], overlap: timedelta) -> Mark:
        """Give the mark behind rows that were read; what fell out of the overlap is forgotten."""
        floor = place - overlap if place - EARLIEST > overlap else EARLIEST
        kept = {
            name: one for name, one in (self.seen | read).items() if one.changed_at is None or one.changed_at >= floor
        }
        return Mark(place, kept, self.since)


def read(cursor: str) -> Mark:
    """Read a cursor; one that is not ours begins at the beginning, which loses nothing."""
    try:
        return msgspec.json.decode(cursor, type=Mark) if cursor else Mark()
    except (msgspec.DecodeError, ValueError):
        return Mark()


def write(mark: Mark) -> str:
    """Write a mark as text."""
    return msgspec.json.encode(mark).decode()


def digest(content: Any) -> str:
    """Give eight bytes that change when the content does."""
    return blake2b(msgspec.json.encode(content, order="sorted"), digest_size=8).hexdigest()
