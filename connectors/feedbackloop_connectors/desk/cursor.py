"""How is a cursor written and read back?

As JSON, without what has its default. To the core it is opaque.
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

from feedbackloop.errors import Fatal


class DeskCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a desk's history. A subclass names what is remembered; all of it has a default, which is the beginning."""

    def __str__(self) -> str:
        return msgspec.json.encode(self).decode()


CursorT = TypeVar("CursorT", bound=DeskCursor)


def read_cursor(text: str, shape: type[CursorT]) -> CursorT:
    """Read a cursor back; an empty one is the beginning.

    Raises:
        Fatal: It is none of ours.
    """
    try:
        return msgspec.json.decode(text or "{}", type=shape)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise Fatal(
            "the saved cursor is not one of this connector; set it anew with `feedbackloop state reset SOURCE --to TIME`"
        ) from error
