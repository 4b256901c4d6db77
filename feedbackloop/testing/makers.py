"""How is a record written in few words, where a test cares for one or two of its fields?

Every maker fills in what is required with plain values and takes the rest by name. Times are given as text: `at("2026-11-02")`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from feedbackloop import clock
from feedbackloop.records import (
    Action,
    ActionKind,
    Answer,
    Author,
    Customer,
    Finding,
    Gap,
    ImprovementTask,
    Item,
    Kind,
    Message,
    Rating,
    group_key,
)

MONDAY = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
"""The moment of everything that is not given another: a Monday morning, in week 2026-W45."""


def at(text: str | datetime) -> datetime:
    """Read a time; without a zone it is UTC."""
    return text if isinstance(text, datetime) else clock.parse_time(text)


def message(text: str = "Hello", author: Author = "customer", when: str | datetime = MONDAY, **more: Any) -> Message:
    """Make a message of a thread; its id is made from author and time unless given."""
    moment = at(when)
    return Message(more.pop("id", f"{author}-{moment:%d%H%M%S}"), author, moment, text, **more)


def customer(id: str = "c-1", **more: Any) -> Customer:
    """Make a customer."""
    return Customer(id, **more)


def rating(value: float, scale: str = "csat", low: float = 1, high: float = 5, **more: Any) -> Rating:
    """Make a rating, from 1 to 5 unless told otherwise."""
    return Rating(scale, value, low, high, **more)


def answers(expected: float, perceived: float, question: str = "q1", **more: Any) -> tuple[Answer, Answer]:
    """Make a SERVQUAL pair on the scale 1..7."""
    pair: dict[str, Any] = {"min": 1.0, "max": 7.0, "dimension": "reliability"} | more
    return Answer(question, "expectation", expected, **pair), Answer(question, "perception", perceived, **pair)


def item(
    id: str = "T-1", *texts: str | Message, kind: Kind = "ticket", when: str | datetime = MONDAY, **more: Any
) -> Item:
    """Make an item; plain texts become messages of the customer at the time of the item."""
    moment = at(when)
    thread = tuple(
        text if isinstance(text, Message) else Message(f"{id}-{number}", "customer", moment, text)
        for number, text in enumerate(texts, 1)
    )
    return Item(id=id, kind=kind, created_at=moment, messages=more.pop("messages", thread), **more)


def action(kind: str | ActionKind = "note", item: str = "T-1", key: str = "", **more: Any) -> Action:
    """Make a write to the source `memory`; its key is made from kind and item unless given."""
    key = key or f"{kind}-{item or 'new'}"
    fields = {"id": f"act-{key}", "source": "memory", "text": "A note.", "about": "find-1"} | more
    return Action(key=key, kind=ActionKind(kind), item=item, **fields)


def gap(expected: float = 24, experienced: float = 72, **more: Any) -> Gap:
    """Make a gap in hours, less being better: D = (E - P) / max(E, P)."""
    worse = experienced > expected
    fields: dict[str, Any] = {
        "id": "gap-1",
        "item": "shop/T-1",
        "basis": "standard",
        "at": MONDAY,
        "unit": "hour",
        "dimension": "reliability",
        "touchpoint": "delivery",
        "direction": "worse" if worse else "met" if expected == experienced else "better",
        "disconfirmation": (expected - experienced) / (max(expected, experienced) or 1),
    }
    return Gap(expected=expected, experienced=experienced, **fields | more)


def finding(items: int = 20, shortfalls: int = 10, **more: Any) -> Finding:
    """Make a raised finding about late delivery; the interval is a plain tenth to either side."""
    group = more.pop("group", {"touchpoint": "delivery", "dimension": "reliability"})
    share = shortfalls / items
    fields: dict[str, Any] = {
        "id": f"find-{group_key(group)}",
        "week": clock.week_of(MONDAY),
        "share": share,
        "share_low": max(0.0, share - 0.1),
        "share_high": min(1.0, share + 0.1),
        "raised": True,
    }
    return Finding(group=group, items=items, shortfalls=shortfalls, **fields | more)


def task(**more: Any) -> ImprovementTask:
    """Make an open improvement task for the team Logistics."""
    week = clock.week_of(MONDAY)
    fields: dict[str, Any] = {
        "id": "task-1",
        "finding_id": "find-1",
        "group": {"touchpoint": "delivery", "dimension": "reliability"},
        "title": "Deliver in the time promised",
        "body": "Ten of twenty came late.",
        "team": "Logistics",
        "status": "open",
        "raised_week": week,
        "updated_week": week,
    }
    return ImprovementTask(**fields | more)
