"""Which gaps follow from what was said: by customers in their own words, by agents in their promises?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from feedbackloop.analysis import gap_quantity as quantity
from feedbackloop.analysis.gap_yardstick import gap_id
from feedbackloop.analysis.standards import Case
from feedbackloop.clock import iso
from feedbackloop.records import Aspect, Direction, Expectation, Gap, GapType, Item, Promise, Understanding

PROMISED_DIMENSION = "reliability"
"""Where the words name no dimension: to do what was promised, dependably and accurately, is what reliability means
(Parasuraman, Zeithaml & Berry 1988)."""


def word_gaps(case: Case, understanding: Understanding) -> Iterator[Gap]:
    """Give a gap for each expectation that was read from the customer's words.

    Its week is that of the words: among everybody who spoke of the touchpoint in that week it is counted.
    """
    common = strongest(understanding.dimensions) or PROMISED_DIMENSION
    for place, found in enumerate(understanding.expectations):
        expected, experienced, unit = _sides(found)
        distance = quantity.disconfirmation(expected, experienced, unit, found.direction)
        yield Gap(
            id=gap_id(case.item.key, found.basis, _place(found, place)),
            item=case.item.key,
            basis=found.basis,
            at=said_at(case.item, found.text_id),
            gap_type="communication" if found.direction == "worse" and found.basis == "promised" else None,
            touchpoint=case.own_touchpoint or found.touchpoint or case.touchpoint,
            dimension=found.dimension or common,
            segment=case.segment,
            expected=expected,
            experienced=experienced,
            unit=unit,
            disconfirmation=None if distance is None else round(distance, 3),
            direction=found.direction,
            confidence=found.confidence,
            evidence=" … ".join(filter(None, (found.expected, found.experienced))),
            due_at=found.due_at,
        )


def promise_gaps(case: Case, promises: tuple[Promise, ...]) -> Iterator[Gap]:
    """Give a gap for each promise that was kept, broken, or is still open; of an unknown end nothing can be said."""
    directions: dict[str, Direction | None] = {"kept": "met", "broken": "worse", "open": None}
    for promise in promises:
        if promise.state not in directions:
            continue
        direction = directions[promise.state]
        expected, experienced, unit = _promise_sides(promise)
        distance = quantity.disconfirmation(expected, experienced, unit, direction)
        yield Gap(
            id=gap_id(case.item.key, "promised", promise.id),
            item=case.item.key,
            basis="promised",
            at=promise.due_at or promise.said_at,
            gap_type="communication" if direction == "worse" else None,
            touchpoint=case.own_touchpoint or promise.touchpoint or case.touchpoint,
            dimension=promise.dimension or PROMISED_DIMENSION,
            segment=case.segment,
            expected=expected,
            experienced=experienced,
            unit=unit,
            disconfirmation=None if distance is None else round(distance, 3),
            direction=direction,
            confidence=promise.confidence,
            evidence=promise.evidence or _promise_times(promise),
            due_at=promise.due_at,
            name=promise.id,
        )


def mend_by(gaps: list[Gap]) -> list[Gap]:
    """Say of gaps in customers' words whether the service or the expectation is to be mended, where the standards tell.

    An own standard of the same dimension that was missed: the service (delivery). One that was kept, and the
    customer still expected more: the standard or the expectation (standards). No such standard: nothing is said.
    """
    kept: dict[str | None, bool] = {}
    for gap in gaps:
        if gap.basis in {"standard", "due"} and gap.direction is not None:
            kept[gap.dimension] = kept.get(gap.dimension, True) and gap.direction != "worse"
    if not kept:
        return gaps
    return [_with_type(gap, kept) if gap.basis == "stated" and gap.direction == "worse" else gap for gap in gaps]


def strongest(aspects: tuple[Aspect, ...]) -> str | None:
    """Name the aspect that was read with most confidence; of equals the first."""
    return max(aspects, key=lambda aspect: aspect.confidence).name if aspects else None


def said_at(item: Item, text_id: str | None) -> datetime:
    """Give the moment at which a text of an item was written.

    A text is named by its message, `rating-NUMBER` for the comment beside a rating, or `subject`, with or without
    the item's key and a `#` before it. Of an unknown name it is the moment of the customer's last words.
    """
    name = (text_id or "").removeprefix(f"{item.key}#")
    for message in item.messages:
        if message.id == name:
            return message.at
    words = words_at(item)
    if name == "subject":
        return min(words, default=item.created_at)
    commented = {f"rating-{place}": rating.at for place, rating in enumerate(item.ratings)}
    return commented.get(name) or max(words, default=item.created_at)


def words_at(item: Item) -> list[datetime]:
    """List the moments at which the customer said something in words, comments beside a rating included."""
    said = [m.at for m in item.messages if m.author == "customer" and m.text and not m.own and not m.automatic]
    return said + [rating.at or item.created_at for rating in item.ratings if rating.comment]


def _place(found: Expectation, number: int) -> str:
    """Name where an expectation was read: by its places in the text, or by its number where they are not known."""
    spans = (found.expected_span, found.experienced_span)
    return f"{found.text_id or ''}:{spans if any(spans) else number}"


def _sides(found: Expectation) -> tuple[quantity.Value, quantity.Value, str | None]:
    """Give E, P and their unit: numbers where both can be brought to one unit, else the quoted words."""
    experienced = _converted(found.actual_value, found.actual_unit, found.promised_unit)
    if found.promised_value is not None and experienced is not None:
        return found.promised_value, experienced, found.promised_unit
    return found.expected, found.experienced, None


def _converted(value: quantity.Value, unit: str | None, wanted: str | None) -> quantity.Value:
    if value is None or unit is None or wanted is None:
        return None
    if unit == wanted:
        return value
    amount = quantity.number(value)
    converted = None if amount is None else quantity.in_unit(amount, unit, wanted)
    return None if converted is None else quantity.tidy(converted)


def _promise_sides(promise: Promise) -> tuple[quantity.Value, quantity.Value, str | None]:
    if promise.value is None or promise.unit not in quantity.SECONDS:
        return promise.what, None, None
    if promise.settled_at is None:
        return promise.value, None, promise.unit
    taken = (promise.settled_at - promise.said_at).total_seconds() / quantity.SECONDS[promise.unit]
    return promise.value, quantity.tidy(taken), promise.unit


def _promise_times(promise: Promise) -> str:
    times = (("due", promise.due_at), ("done", promise.settled_at))
    return "; ".join((promise.what, *(f"{name} {iso(moment)}" for name, moment in times if moment)))


def _with_type(gap: Gap, kept: dict[str | None, bool]) -> Gap:
    if gap.dimension not in kept:
        return gap
    mend: GapType = "standards" if kept[gap.dimension] else "delivery"
    return msgspec.structs.replace(gap, gap_type=mend)
