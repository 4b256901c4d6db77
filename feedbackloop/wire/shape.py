"""Which keys may stand on a line of feedback, and of which type is each?

These are the typed forms of the contract's section 4, in which every optional key may be missing or null. Decoding into them is
the short way: one step in C.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeAlias, get_args

import msgspec
from msgspec import UNSET, Struct, UnsetType

from feedbackloop.records import Author, Kind, Status
from feedbackloop.wire.quick import is_plain

Text: TypeAlias = str | UnsetType | None
Time: TypeAlias = datetime | UnsetType | None
Number: TypeAlias = float | UnsetType | None
Words: TypeAlias = tuple[str, ...] | UnsetType | None
Fields: TypeAlias = dict[str, Any] | UnsetType | None
Role = Literal["expectation", "perception"]


class WireMessage(Struct, gc=False):
    """One message of the thread."""

    author: Author
    id: Text = UNSET
    at: Time = UNSET
    text: Text = UNSET
    public: bool | UnsetType | None = UNSET
    own: bool | UnsetType | None = UNSET
    automatic: bool | UnsetType | None = UNSET


class WireRating(Struct, gc=False):
    """One rating; `true` and `false` stand for the ends of its scale."""

    value: float | bool
    scale: Text = UNSET
    min: Number = UNSET
    max: Number = UNSET
    at: Time = UNSET
    comment: Text = UNSET
    question: Text = UNSET


class WireAnswer(Struct, gc=False):
    """One answer of a survey pair."""

    question: str
    role: Role
    value: float
    min: float
    max: float
    dimension: Text = UNSET


class WireCustomer(Struct, gc=False):
    """The person behind the item."""

    id: Text = UNSET
    name: Text = UNSET
    email: Text = UNSET
    locale: Text = UNSET
    timezone: Text = UNSET
    tags: Words = UNSET
    organization: Text = UNSET
    organization_tags: Words = UNSET
    fields: Fields = UNSET


class WireItem(Struct, gc=False):
    """One line."""

    id: str
    kind: Kind
    created_at: datetime
    updated_at: Time = UNSET
    version: Number = UNSET
    subject: Text = UNSET
    status: Status | UnsetType | None = UNSET
    solved_at: Time = UNSET
    due_at: Time = UNSET
    channel: Text = UNSET
    url: Text = UNSET
    tags: Words = UNSET
    fields: Fields = UNSET
    customer: WireCustomer | UnsetType | None = UNSET
    messages: tuple[WireMessage, ...] | UnsetType | None = UNSET
    ratings: tuple[WireRating, ...] | UnsetType | None = UNSET
    answers: tuple[WireAnswer, ...] | UnsetType | None = UNSET
    text: Text = UNSET


KNOWN = {"kind": get_args(Kind), "author": get_args(Author), "status": get_args(Status), "role": get_args(Role)}
"""Which words may stand where only some may."""

_DECODER = msgspec.json.Decoder(WireItem)
_ENCODER = msgspec.json.Encoder()
_QUOTE = ord('"')


def decoded(line: bytes) -> WireItem | None:
    """Give the typed form; None for a line that needs forgiving. Lost keys are noticed as in `quick.at_once`."""
    try:
        wire = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if line.count(_QUOTE) != _ENCODER.encode(wire).count(_QUOTE) or (wire.customer and wire.customer.fields):
        return None
    return wire if not wire.fields or is_plain(wire.fields) else None
