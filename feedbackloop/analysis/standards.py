"""Did the business keep its own standards and due dates on this item?

Each standard that applies gives a gap, a kept one too: it is what the share of broken ones is counted among. A case
with a due time belongs to the week of its due time; one that is unanswered then is broken. A case that is not yet
due is open (direction None).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from feedbackloop.analysis import gap_quantity as quantity
from feedbackloop.analysis.gap_yardstick import Yardstick, gap_id
from feedbackloop.clock import iso
from feedbackloop.records import Basis, Direction, Gap, Item
from feedbackloop.settings import Standard

_DIMENSIONS = {"first_reply": "responsiveness", "next_reply": "responsiveness"}
_AT_WORK = frozenset({"new", "open", "pending"})
_DONE = frozenset({"solved", "closed"})


@dataclass(frozen=True, slots=True)
class Wait:
    """One time that a customer waited for an answer: since when, and until when (None: still waiting)."""

    name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """What stays the same for all comparisons of one item.

    `own_touchpoint` is the one that the source's own category names; `touchpoint` that, or else what the customer
    spoke of most clearly.
    """

    item: Item
    segment: str
    own_touchpoint: str | None
    touchpoint: str | None
    yardstick: Yardstick
    now: datetime


def standard_gaps(case: Case) -> Iterator[Gap]:
    """Give the gaps of all standards and of the due date of one item."""
    waits: list[Wait] | None = None
    for standard in case.yardstick.standards:
        if not case.yardstick.applies(standard, case.item) or not _covers(standard, case.item):
            continue
        if standard.metric in {"first_reply", "next_reply"}:
            waits = reply_waits(case.item) if waits is None else waits
            chosen = waits[:1] if standard.metric == "first_reply" else waits[1:]
            for wait in chosen:
                yield from _timed(case, standard, wait, "answered")
        elif standard.metric == "resolution":
            yield from _resolution(case, standard)
        elif standard.metric == "reopens":
            yield from _reopens(case, standard)
        elif standard.metric == "field":
            yield from _field(case, standard)
    yield from _due(case)


def reply_waits(item: Item) -> list[Wait]:
    """List the times that the customer waited for an agent's public word, in order.

    Messages of feedbackloop's own and of auto-responders answer nothing. The first wait starts with the customer's
    first message, or with the item where the system opened it; where an agent wrote first, the customer's first
    answer starts it. A wait that ends in the solving of the item without a word ends there; one that started after
    it (a last thank-you) is none.
    """
    messages = sorted((m for m in item.messages if m.public and not m.own and not m.automatic), key=lambda m: m.at)
    waits: list[Wait] = []
    waiting: tuple[str, datetime] | None = None
    if messages and messages[0].author == "system":
        waiting = ("opening", item.created_at)
    for message in messages:
        if message.author == "customer" and waiting is None:
            waiting = (message.id, message.at)
        elif message.author == "agent" and waiting is not None:
            waits.append(Wait(*waiting, until=max(message.at, waiting[1])))
            waiting = None
    if waiting is not None:
        if item.solved_at is not None and item.solved_at >= waiting[1]:
            waits.append(Wait(*waiting, until=item.solved_at))
        elif item.status not in _DONE and (item.status is not None or item.kind != "ticket"):
            waits.append(Wait(*waiting, until=None))
    return waits


def _covers(standard: Standard, item: Item) -> bool:
    """Say whether a standard is meant for this kind of item.

    Clocks run on tickets. On reviews and surveys they run only where the standard names their channel: nobody
    owes an answer to every survey reply.
    """
    return standard.metric == "field" or item.kind == "ticket" or bool(standard.channels)


def _resolution(case: Case, standard: Standard) -> Iterator[Gap]:
    item = case.item
    if item.solved_at is not None or item.status in _AT_WORK:
        yield from _timed(case, standard, Wait("resolution", item.created_at, item.solved_at), "solved")


def _timed(case: Case, standard: Standard, wait: Wait, done: str) -> Iterator[Gap]:
    """Hold one wait against what the standard allows the item's segment."""
    yardstick = case.yardstick
    within = yardstick.within(standard, case.segment)
    if not isinstance(within, timedelta):
        return
    allowed = yardstick.seconds(standard, within)
    due_at = yardstick.due(standard, wait.since, allowed)
    taken: float | None = None
    direction: Direction | None = "worse" if due_at <= case.now else None
    if wait.until is not None:
        # Times carry microseconds; business time runs over floats: a millisecond is nobody's delay.
        taken = round(yardstick.elapsed(standard, wait.since, wait.until), 3)
        desired = yardstick.seconds(standard, standard.desired) if isinstance(standard.desired, timedelta) else None
        direction = quantity.zone_of_tolerance(taken, allowed, desired)
    unit, size = ("minute", 60) if allowed < 3600 and standard.calendar == "calendar" else ("hour", 3600)
    yield _gap(
        case,
        standard,
        position=wait.name,
        at=due_at,
        due_at=due_at,
        direction=direction,
        expected=quantity.tidy(allowed / size),
        experienced=None if taken is None else quantity.tidy(taken / size),
        unit=f"business_{unit}" if standard.calendar == "business" else unit,
        disconfirmation=None if taken is None else quantity.less_is_better(allowed, taken),
        evidence=_times(due_at, wait.until, done),
    )


def _due(case: Case) -> Iterator[Gap]:
    """Hold the item's own due date against its solving, whether or not a standard speaks of it."""
    item = case.item
    if item.due_at is None or (item.solved_at is None and item.status not in _AT_WORK):
        return
    standard = next((s for s in case.yardstick.due_standards if case.yardstick.applies(s, item)), None)
    grace = standard.within if standard and isinstance(standard.within, timedelta) else timedelta(0)
    due_at = item.due_at + grace
    direction: Direction | None = "worse" if due_at <= case.now else None
    taken: float | None = None
    if item.solved_at is not None:
        taken = (item.solved_at - item.created_at).total_seconds()
        direction = "worse" if item.solved_at > due_at else "met"
    allowed = (due_at - item.created_at).total_seconds()
    yield _gap(
        case,
        standard,
        basis="due",
        position="due",
        at=due_at,
        due_at=due_at,
        direction=direction,
        expected=quantity.tidy(allowed / 3600),
        experienced=None if taken is None else quantity.tidy(taken / 3600),
        unit="hour",
        disconfirmation=None if taken is None else quantity.less_is_better(allowed, taken),
        evidence=_times(due_at, item.solved_at, "solved"),
    )


def _reopens(case: Case, standard: Standard) -> Iterator[Gap]:
    """Hold the number of reopenings (the field `reopens`) against the number allowed, once the item is solved or over it."""
    item = case.item
    count = item.fields.get("reopens")
    within = case.yardstick.within(standard, case.segment)
    allowed = 0 if within is None else within
    if isinstance(count, bool) or not isinstance(count, int | float) or isinstance(allowed, timedelta):
        return
    if item.solved_at is None and count <= allowed:
        return
    desired = standard.desired if isinstance(standard.desired, int) else None
    yield _gap(
        case,
        standard,
        position="reopens",
        at=item.solved_at or item.updated_at or item.created_at,
        direction=quantity.zone_of_tolerance(count, allowed, desired),
        expected=allowed,
        experienced=quantity.tidy(count),
        unit="reopening",
        disconfirmation=quantity.less_is_better(allowed, count),
        evidence=f"reopened {quantity.tidy(count)} times, {allowed} allowed",
    )


def _field(case: Case, standard: Standard) -> Iterator[Gap]:
    """Take the source system's own judgement from one of its fields; an empty one judges nothing."""
    item = case.item
    value = item.fields.get((standard.field or "").removeprefix("fields."))
    if value is None or value == "":
        return
    direction: Direction = "met" if str(value) in standard.met else "worse"
    yield _gap(
        case,
        standard,
        position="field",
        at=item.due_at or item.created_at,
        direction=direction,
        expected=", ".join(standard.met),
        experienced=str(value),
        disconfirmation=quantity.WORDS_ALONE[direction],
        evidence=f"{standard.field}: {value}",
    )


def _gap(
    case: Case,
    standard: Standard | None,
    *,
    position: str,
    at: datetime,
    direction: Direction | None,
    expected: float | int | str,
    experienced: float | int | str | None,
    disconfirmation: float | None,
    evidence: str,
    basis: Basis = "standard",
    unit: str | None = None,
    due_at: datetime | None = None,
) -> Gap:
    name = standard.name if standard else None
    metric = standard.metric if standard else "due"
    return Gap(
        id=gap_id(case.item.key, basis, f"{metric}:{name or ''}:{position}"),
        item=case.item.key,
        basis=basis,
        at=at,
        gap_type="delivery" if direction == "worse" else None,
        touchpoint=(standard.touchpoint if standard else None) or case.touchpoint,
        dimension=(standard.dimension if standard else None) or _DIMENSIONS.get(metric, "reliability"),
        segment=case.segment,
        expected=expected,
        experienced=experienced,
        unit=unit,
        disconfirmation=None if disconfirmation is None else round(disconfirmation, 3),
        direction=direction,
        evidence=evidence,
        due_at=due_at,
        name=name,
    )


def _times(due_at: datetime, until: datetime | None, done: str) -> str:
    return f"due {iso(due_at)}, {'not yet ' + done if until is None else done + ' ' + iso(until)}"
