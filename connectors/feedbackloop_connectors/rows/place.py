"""What is remembered between two pulls of a list?"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from feedbackloop.clock import EARLIEST


class Seen(Struct, frozen=True, array_like=True):
    """One row as it was read: the digest of its content, and its time in the list's order."""

    digest: str
    at: datetime


class Place(Struct, frozen=True, omit_defaults=True):
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
    seen: dict[str, Seen] = {}
    anchor: datetime | None = None
    token: str | None = None
    top: datetime | None = None
    since: datetime | None = None


def read(cursor: str) -> Place:
    """Read a cursor; one that is not ours begins at the beginning, which loses nothing."""
    try:
        return msgspec.json.decode(cursor, type=Place) if cursor else Place()
    except (msgspec.DecodeError, ValueError):
        return Place()


def write(place: Place) -> str:
    """Write a place as text."""
    return msgspec.json.encode(place).decode()


def digest(row: Any) -> str:
    """Give eight bytes that change when the row does."""
    return blake2b(msgspec.json.encode(row, order="sorted"), digest_size=8).hexdigest()
