"""How does a cursor remember a place in a source, and what does it keep of a row?

It is written as JSON, without what has its default. To the core it is opaque.
"""

from __future__ import annotations

from datetime import datetime
from hashlib import blake2b
from typing import Any, Self

import msgspec

from feedbackloop.errors import Fatal


class SourceCursor(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a source. A subclass names what is remembered; all of it has a default, which is the beginning."""

    @classmethod
    def first(cls, since: datetime | None) -> Self:
        """Give the cursor of a first pull: of what came since; None: from the beginning."""
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


class ForgivingCursor(SourceCursor, frozen=True, omit_defaults=True):
    """A place in a source that loses nothing when it is read from the beginning: a cursor that is not ours begins anew.

    A subclass whose fields hold more than their types say looks at them in `__post_init__`, and raises ValueError.
    """

    @classmethod
    def read(cls, text: str) -> Self:
        """Read a cursor back, or give the beginning."""
        try:
            return super().read(text)
        except Fatal:
            return cls()


def digest(content: Any) -> str:
    """Give eight bytes that change when the content of a row does, whatever the order of its keys."""
    return blake2b(msgspec.json.encode(content, order="sorted"), digest_size=8).hexdigest()
