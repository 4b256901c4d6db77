"""Which lines can be taken as they stand?

A line that has every time in UTC and nothing to forgive is decoded straight into records, in C. This is the way of most lines of
a large export; it costs half of what building the records in Python does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from feedbackloop.clock import EARLIEST, LATEST
from feedbackloop.records import Answer, Item, Rating

MAXIMUM_ID = 500
"""Characters of an id."""

Given: TypeAlias = Raw | UnsetType

_QUOTE = ord('"')
_FIRST_YEAR, _END_YEAR = EARLIEST.year, LATEST.year
_PLAIN = frozenset((str, bool, float, type(None)))


class _MessageKeys(Struct, gc=False):
    id: Given = UNSET
    author: Given = UNSET
    at: Given = UNSET
    text: Given = UNSET
    public: Given = UNSET
    own: Given = UNSET
    automatic: Given = UNSET


class _CustomerKeys(Struct, gc=False):
    id: Given = UNSET
    name: Given = UNSET
    email: Given = UNSET
    locale: Given = UNSET
    timezone: Given = UNSET
    tags: Given = UNSET
    organization: Given = UNSET
    organization_tags: Given = UNSET


class _ItemKeys(Struct, gc=False):
    """The keys that may stand on a line; their values stay as they are."""

    id: Given = UNSET
    kind: Given = UNSET
    created_at: Given = UNSET
    updated_at: Given = UNSET
    version: Given = UNSET
    subject: Given = UNSET
    status: Given = UNSET
    solved_at: Given = UNSET
    due_at: Given = UNSET
    channel: Given = UNSET
    url: Given = UNSET
    tags: Given = UNSET
    fields: Given = UNSET
    customer: _CustomerKeys | UnsetType = UNSET
    messages: tuple[_MessageKeys, ...] | UnsetType = UNSET
    ratings: Given = UNSET
    answers: Given = UNSET


_ITEMS = msgspec.json.Decoder(Item)
_KEYS = msgspec.json.Decoder(_ItemKeys)
_ENCODER = msgspec.json.Encoder()


def at_once(line: bytes) -> Item | None:
    """Give the item if nothing on the line needs a closer look, else None.

    Unknown and doubled keys leave no trace in a typed result. So the line is decoded once more into its known keys with their
    raw values, written again, and the quotation marks of both are counted: a lost key lacks at least two.
    """
    try:
        item = _ITEMS.decode(line)
        keys = _KEYS.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if line.count(_QUOTE) != _ENCODER.encode(keys).count(_QUOTE):
        return None
    return item if _is_sound(item) else None


def has_id(name: str) -> bool:
    """Say whether an id may be one."""
    return 0 < len(name) <= MAXIMUM_ID and not name.isspace()


def is_plain(fields: dict[str, Any]) -> bool:
    """Say whether there are only texts, truths and decimal numbers: whole numbers and nested values are looked at closer."""
    for value in fields.values():  # noqa: SIM110  a generator would cost three times as much on the hot path
        if type(value) not in _PLAIN:
            return False
    return True


def _is_sound(item: Item) -> bool:
    if not (has_id(item.id) and _is_moment(item.created_at)) or (item.fields and not is_plain(item.fields)):
        return False
    for moment in (item.updated_at, item.solved_at, item.due_at):
        if moment is not None and not _is_moment(moment):
            return False
    for message in item.messages:
        if not (message.id and _is_moment(message.at)):
            return False
    if len(item.messages) > 1 and len({message.id for message in item.messages}) < len(item.messages):
        return False
    return not (item.ratings or item.answers) or _are_in_scale(item)


def _are_in_scale(item: Item) -> bool:
    scored: tuple[Rating | Answer, ...] = item.ratings + item.answers
    if not all(one.min < one.max and one.min <= one.value <= one.max for one in scored):
        return False
    return all(one.scale and (one.at is None or _is_moment(one.at)) for one in item.ratings)


def _is_moment(moment: datetime) -> bool:
    """Say whether a moment is in UTC and within bounds. Both bounds are starts of a year: comparing years is twice as fast."""
    return moment.tzinfo is UTC and _FIRST_YEAR <= moment.year < _END_YEAR
