"""How is the reading of the last texts remembered without keeping much in memory?"""

from __future__ import annotations

from functools import lru_cache, wraps
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Read = TypeVar("_Read")

_SHORT = 2000
"""Characters. Of longer texts only the last few are remembered."""
_MANY, _FEW = 512, 4


def remembered(function: Callable[[str, str], _Read]) -> Callable[[str, str], _Read]:
    """Remember what a function of (text, language) gave for the last texts: the hooks ask for the same batch one after another.

    What is given must not be changed by whoever gets it.
    """
    many, few = lru_cache(_MANY)(function), lru_cache(_FEW)(function)
    latest: tuple[str, str, _Read] | None = None

    @wraps(function)
    def remembering(text: str, language: str) -> _Read:
        nonlocal latest
        known = latest  # one name for all three: another thread may put its own there meanwhile
        if known and known[0] is text and known[1] == language:
            return known[2]
        read = many(text, language) if len(text) <= _SHORT else few(text, language)
        latest = text, language, read
        return read

    return remembering
