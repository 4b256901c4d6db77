"""What does a tap's source remember between two runs?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct, field

from feedbackloop_connectors.cursors import SourceCursor


class Known(Struct, frozen=True, omit_defaults=True):
    """What was read of a stream that is sent whole.

    Attributes:
        version: The tap's number of that reading, where it numbers them.
        rows: Id -> digest of the row and its parts.
    """

    version: int | None = None
    rows: dict[str, str] = field(default_factory=dict)


class Cursor(SourceCursor, frozen=True):
    """A place in a tap's source.

    Attributes:
        state: The newest STATE of the tap whose records are all stored.
        known: Stream -> what was read of it, for streams that are sent whole.
        since: What was created earlier is left out.
    """

    state: Any = None
    known: dict[str, Known] = field(default_factory=dict)
    since: datetime | None = None
