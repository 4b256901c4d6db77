"""How is a cursor written and read back?

As JSON, without what has its default. To the core it is opaque.
"""

from __future__ import annotations

from datetime import datetime
from typing import Self

import msgspec

from feedbackloop.errors import Fatal


class DeskCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a desk's history. A subclass names what is remembered; all of it has a default, which is the beginning."""

    @classmethod
    def first(cls, since: datetime | None) -> Self:
        """Give the cursor of a first pull: of what changed since; None: from the beginning."""
        raise NotImplementedError

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a cursor back; an empty one is the beginning.

        Raises:
            Fatal: It is none of ours.
        """
        try:
            return msgspec.json.decode(text or "{}", type=cls)
        except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
            raise Fatal(
                "the saved cursor is not one of this connector; "
                "set it anew with `feedbackloop state reset SOURCE --to TIME`"
            ) from error

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()
