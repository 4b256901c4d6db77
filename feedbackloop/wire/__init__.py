"""How does feedback look on the wire, one JSON object a line (contract, section 4)?

`Reader` makes items from lines or from dicts of that shape, `encode` writes them back. Most lines can be taken as they stand
(`quick`); one with nulls or times of another zone is decoded into a typed form (`shape`); one that does not fit even
that goes the long way (`forgiving`), which forgives or names the fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import msgspec
from msgspec import UNSET, structs

from feedbackloop import clock
from feedbackloop.errors import BadRecord
from feedbackloop.plain_json import MAXIMUM_TEXT, load_object
from feedbackloop.records import Answer, Customer, Item, Message, Rating
from feedbackloop.wire.forgiving import Forgiver
from feedbackloop.wire.quick import MAXIMUM_ID, at_once, has_id
from feedbackloop.wire.shape import WireAnswer, WireCustomer, WireItem, WireMessage, WireRating, decoded

__all__ = ["MAXIMUM_TEXT", "BadRecord", "RatingScale", "Reader", "encode"]

_SCALES = {"stars": (1.0, 5.0), "csat": (1.0, 5.0), "nps": (0.0, 10.0), "ces": (1.0, 7.0)}
_ENCODER = msgspec.json.Encoder()
_NO_CUSTOMER = Customer()


@dataclass(frozen=True, slots=True)
class RatingScale:
    """The scale of ratings that do not name their own."""

    scale: str
    min: float
    max: float


def encode(item: Item) -> bytes:
    """Write an item as one line without its end; `Reader.line` reads the same item back, `source` left out."""
    return _ENCODER.encode(structs.replace(item, source=""))


class Reader:
    """Makes items of one source. `warnings` gathers what was mended on the way; whoever reads takes them out.

    Args:
        zone: Of times without a zone.
        time_format: strptime pattern that is tried before ISO 8601.
        rating: Scale of ratings that name none; with it `"rating": 4` on an item is a rating too.
    """

    def __init__(
        self, zone: tzinfo = UTC, *, time_format: str | None = None, rating: RatingScale | None = None
    ) -> None:
        self.zone = zone
        self.rating = rating
        self._forgiver = Forgiver(zone, time_format, has_scale=rating is not None)
        self.warnings = self._forgiver.warnings
        self._short = time_format is None

    def line(self, line: bytes) -> Item:
        """Read one line.

        Raises:
            BadRecord: It cannot be read.
        """
        is_short = self._short and len(line) <= MAXIMUM_TEXT
        if is_short and (item := at_once(line)) is not None:
            return item
        wire = decoded(line) if is_short else None
        return self.record(load_object(line)) if wire is None else self._item(wire)

    def record(self, record: dict[str, object]) -> Item:
        """Read one item from a dict of the wire's shape; see `line`."""
        return self._item(self._forgiver.typed(record))

    def _item(self, wire: WireItem) -> Item:
        try:
            if not has_id(wire.id):
                raise BadRecord(f"is empty or longer than {MAXIMUM_ID} characters", field="id")  # noqa: TRY301
            return self._built(wire)
        except BadRecord as error:
            error.record = error.record or wire.id.strip()[:80] or None
            raise

    def _built(self, wire: WireItem) -> Item:
        created = self._moment(wire.created_at, "created_at")
        updated = self._moment(wire.updated_at, "updated_at") if wire.updated_at else None
        solved = self._moment(wire.solved_at, "solved_at") if wire.solved_at else None
        fields = wire.fields or {}
        messages = self._messages(wire.messages, created, solved or updated or created) if wire.messages else ()
        if wire.text and messages:
            fields = {"text": wire.text} | fields
        elif wire.text:
            messages = (Message("text", "customer", created, wire.text),)
        return Item(
            id=wire.id,
            kind=wire.kind,
            created_at=created,
            updated_at=updated,
            version=None if wire.version is UNSET else wire.version,
            subject=wire.subject or None,
            status=wire.status or None,
            solved_at=solved,
            due_at=self._moment(wire.due_at, "due_at") if wire.due_at else None,
            channel=wire.channel or None,
            url=wire.url or None,
            tags=wire.tags or (),
            fields=fields,
            customer=_customer(wire.customer) if wire.customer else _NO_CUSTOMER,
            messages=messages,
            ratings=tuple(map(self._rating, wire.ratings, range(len(wire.ratings)))) if wire.ratings else (),
            answers=tuple(map(_answer, wire.answers, range(len(wire.answers)))) if wire.answers else (),
        )

    def _moment(self, moment: datetime, field: str) -> datetime:
        if moment.tzinfo is UTC and clock.EARLIEST <= moment < clock.LATEST:
            return moment
        try:
            return clock.bounded(moment if moment.tzinfo else moment.replace(tzinfo=self.zone))
        except ValueError as error:
            raise BadRecord(str(error), field=field) from error

    def _messages(self, wires: tuple[WireMessage, ...], created: datetime, latest: datetime) -> tuple[Message, ...]:
        """Give the thread. An unknown time is the item's first for a customer, its last known one for everybody else.

        An answer without a time that were dated to the question would count as an instant reply.
        """
        messages = []
        for index, wire in enumerate(wires):
            at = created if wire.author == "customer" else latest
            if wire.at:
                at = self._moment(wire.at, f"messages[{index}].at")
            name, text, public = wire.id or f"#{index + 1}", wire.text or "", wire.public is not False
            messages.append(Message(name, wire.author, at, text, public, bool(wire.own), bool(wire.automatic)))
        if len(messages) > 1 and len({message.id for message in messages}) < len(messages):
            raise BadRecord("two messages have one id", field="messages")
        return tuple(messages)

    def _rating(self, wire: WireRating, index: int) -> Rating:
        place = f"ratings[{index}]"
        scale = wire.scale or (self.rating.scale if self.rating else None)
        if not scale:
            raise BadRecord("is missing; name the scale, or set rating = { scale, min, max }", field=f"{place}.scale")
        low, high = self._bounds(scale)
        low = wire.min if isinstance(wire.min, float) else low
        high = wire.max if isinstance(wire.max, float) else high
        if low is None or high is None:
            raise BadRecord("is missing; give min and max of the scale", field=f"{place}.min")
        value = (high if wire.value else low) if isinstance(wire.value, bool) else wire.value
        _within(value, low, high, place)
        at = self._moment(wire.at, f"{place}.at") if wire.at else None
        return Rating(scale, value, low, high, at, wire.comment or None, wire.question or None)

    def _bounds(self, scale: str) -> tuple[float, float] | tuple[None, None]:
        if self.rating and self.rating.scale == scale:
            return self.rating.min, self.rating.max
        return _SCALES.get(scale, (None, None))


def _customer(wire: WireCustomer) -> Customer:
    return Customer(
        wire.id or None,
        wire.name or None,
        wire.email or None,
        wire.locale or None,
        wire.timezone or None,
        wire.tags or (),
        wire.organization or None,
        wire.organization_tags or (),
        wire.fields or {},
    )


def _answer(wire: WireAnswer, index: int) -> Answer:
    _within(wire.value, wire.min, wire.max, f"answers[{index}]")
    return Answer(wire.question, wire.role, wire.value, wire.min, wire.max, wire.dimension or None)


def _within(value: float, low: float, high: float, place: str) -> None:
    if not low < high:
        raise BadRecord(f"min {low:g} is not below max {high:g}", field=f"{place}.min")
    if not low <= value <= high:
        raise BadRecord(f"{value:g} lies outside {low:g}..{high:g}", field=f"{place}.value")
