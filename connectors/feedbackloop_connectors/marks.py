"""How are our own writes known in a system that keeps no metadata with them?

A text by a last line that names its idempotency key, shortened: `[feedbackloop:1f0c…]`. Colleagues may read it; customers never
get it. A tag by its prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

_MARK = re.compile(r"\[feedbackloop:([0-9a-f]{16})\]\s*\Z")


def digest(key: str) -> str:
    """Shorten an action's key to 16 hexadecimal digits; keys may hold ids of items, which need not be shown."""
    return blake2b(key.encode(), digest_size=8).hexdigest()


def mark(key: str) -> str:
    """Give the line that marks a write."""
    return f"[feedbackloop:{digest(key)}]"


def marked(text: str, key: str) -> str:
    """Put the mark under a text."""
    return f"{text}\n\n{mark(key)}"


def mark_in(text: str) -> str | None:
    """Give the digest that a text ends in; None: not marked. A mark quoted further up does not count."""
    found = _MARK.search(text)
    return found[1] if found else None


def is_same_text(one: str, other: str) -> bool:
    """Say whether two texts have the same words: systems change blanks and line ends on the way."""
    return one.split() == other.split()


def tags_of_others(tags: Iterable[str], tag_prefix: str) -> tuple[str, ...]:
    """Leave our own tags out: an item is read as if we were not there."""
    return tuple(tag for tag in tags if not tag.startswith(tag_prefix))
