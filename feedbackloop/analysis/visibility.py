"""What of an item is known at a moment, and what in it did people say or do?"""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import datetime
from hashlib import blake2b

import msgspec
from msgspec.structs import replace

from feedbackloop.records import Item

_encode = msgspec.json.Encoder(enc_hook=str).encode


def as_of(item: Item, now: datetime) -> tuple[Item | None, datetime | None]:
    """Give the item as far as it is known at `now`, and when more of it becomes known.

    Returns:
        (the item without later messages, ratings and status changes, or None if it does not exist yet;
        the moment of the earliest thing left out, or None if nothing was).
    """
    if item.created_at > now:
        return None, item.created_at
    later = [moment for moment in _moments(item) if moment > now]
    if not later:
        return item, None
    solved = item.solved_at if item.solved_at and item.solved_at <= now else None
    was_solved_later = item.solved_at is not None and solved is None
    known = replace(
        item,
        messages=tuple(message for message in item.messages if message.at <= now),
        ratings=tuple(rating for rating in item.ratings if rating.at is None or rating.at <= now),
        solved_at=solved,
        status="open" if was_solved_later and item.status in {"solved", "closed"} else item.status,
        updated_at=item.updated_at if item.updated_at and item.updated_at <= now else None,
    )
    return known, min(later)


def _moments(item: Item) -> Iterable[datetime]:
    yield from (message.at for message in item.messages)
    yield from (rating.at for rating in item.ratings if rating.at)
    if item.solved_at:
        yield item.solved_at


def mark_own(item: Item, written: Set[str]) -> Item:
    """Mark the messages that feedbackloop wrote itself, known by the ids in its receipts."""
    if not written or not any(message.id in written and not message.own for message in item.messages):
        return item
    messages = tuple(replace(message, own=True) if message.id in written else message for message in item.messages)
    return replace(item, messages=messages)


def substance(item: Item, tag_prefix: str) -> bytes:
    """Fingerprint what people said and did: our own notes and tags, and the stamps they move, do not count.

    Returns:
        16 bytes; equal for an item that only our own writes have touched.
    """
    messages = item.messages
    if any(message.own for message in messages):
        messages = tuple(message for message in messages if not message.own)
    tags = tuple(tag for tag in item.tags if not tag.startswith(tag_prefix))
    bare = replace(item, updated_at=None, version=None, tags=tags, messages=messages)
    return blake2b(_encode(bare), digest_size=16).digest()
