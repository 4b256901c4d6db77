"""Where did the last pull get to?

Redmine tells only when an issue changed, to the second, so the cursor is a second and what is known about it: each pull begins a
little earlier, passes over the states that it knows, and reads again what was read while its second still ran.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from feedbackloop.clock import EARLIEST
from feedbackloop.errors import Fatal

OVERLAP = timedelta(seconds=60)
"""A change is stamped before it is there to be seen: so long before the last one, a pull looks again."""


class Cursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in the desk's history.

    Attributes:
        at: The newest second of change that was read.
        known: Issue number -> second of its change, for whole states read within the overlap.
    """

    at: datetime = EARLIEST
    known: dict[str, datetime] = {}

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()

    @property
    def since(self) -> datetime:
        """The second from which a pull asks."""
        return max(EARLIEST, self.at - OVERLAP)

    def after(self, at: datetime, states: dict[str, datetime]) -> Cursor:
        """Give the cursor behind a page that ended at `at` and held these whole states."""
        newest = max(self.at, at)
        known = {key: stamp for key, stamp in (self.known | states).items() if stamp >= newest - 2 * OVERLAP}
        return Cursor(newest, known)


def read_cursor(text: str) -> Cursor:
    """Read a cursor back; an empty one is the beginning.

    Raises:
        Fatal: It is none of ours.
    """
    try:
        return msgspec.json.decode(text or "{}", type=Cursor)
    except msgspec.DecodeError as error:
        raise Fatal(
            "the saved cursor is not one of this connector; set it anew with `feedbackloop state reset SOURCE --to TIME`"
        ) from error
