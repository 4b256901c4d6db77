"""What became of a promise: kept, broken, still open, or unknown?

Decided from what came later, in this order: the customer's words, the agents' words and answers, the ticket's end,
and the clock. A due time that passes in silence breaks the promise; where the ticket was solved or the agent wrote
without a word of it, it is unknown.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.clock import iso
from feedbackloop.records import Item, Message, Promise, PromiseState
from feedbackloop.understanding.promise import kinds as promise_kinds
from feedbackloop.understanding.promise import subject as promise_subject
from feedbackloop.understanding.quantity.duration import lowered

if TYPE_CHECKING:
    import re
    from datetime import datetime

    from feedbackloop.understanding.promise.kinds import Kind


_REPORTED_AFTER = timedelta(hours=6)
"""Nobody writes "he came" the minute that he comes: "by Monday noon", reported at one, was kept."""


class _Sign(Struct, frozen=True):
    state: PromiseState
    at: datetime
    evidence: str


def settle(promise: Promise, item: Item, now: datetime) -> Promise:
    """Give the promise as it stands at `now`, with the evidence.

    Args:
        promise: As `find_promises` gave it.
        item: The item with its thread; messages and ends later than `now` are not looked at, nor our own or automatic
            ones.
        now: The loop's time.

    Returns:
        The promise with `state`, `evidence` and `settled_at` set anew: the same input gives the same answer, whatever
        was set before.
    """
    kind = promise_kinds.kind_of(lowered(promise.what)) or promise_kinds.kinds()[-1]
    later = sorted(
        (m for m in item.messages if promise.said_at < m.at <= now and not (m.own or m.automatic)), key=lambda m: m.at
    )
    sign = (
        _by_words(promise, kind, later)
        or _by_end(promise, kind, item, now)
        or _by_clock(promise, kind, item, later, now)
    )
    if sign is None:
        return replace(promise, state="open", evidence=None, settled_at=None)
    return replace(promise, state=sign.state, evidence=sign.evidence, settled_at=sign.at)


def _by_words(promise: Promise, kind: Kind, later: list[Message]) -> _Sign | None:
    for message in later:
        words = lowered(message.text[:5000])
        sign = _of_customer(promise, kind, message, words) if message.author == "customer" else None
        if message.author == "agent" and message.public:
            sign = _of_agent(promise, kind, message, words)
        if sign:
            return sign
    return None


def _of_customer(promise: Promise, kind: Kind, message: Message, words: str) -> _Sign | None:
    missed = next((m for m in promise_kinds.sign("missed").finditer(words) if _concerns(kind, words, m)), None)
    if missed:
        too_early = promise.due_at is not None and message.at <= promise.due_at
        return None if too_early else _Sign("broken", promise.due_at or message.at, _quote(message, missed.span()))
    got = _place(kind.got.search(words)) or promise_subject.reported(lowered(promise.what), words, "came")
    slack = timedelta() if promise_kinds.sign("at_last").search(words) else _slack(promise)
    return _done(promise, message, _quote(message, got), slack) if got else None


def _slack(promise: Promise) -> timedelta:
    """Give the time after which a customer's report of what came by an hour of a day no longer tells that it came in time."""
    return _REPORTED_AFTER if promise.unit in {None, "clock", "date"} else timedelta()


def _concerns(kind: Kind, words: str, match: re.Match[str]) -> bool:
    """Say whether a complaint speaks of this kind of promise, or of nothing particular ("still nothing")."""
    around = words[max(0, match.start() - 40) : match.end() + 60]
    if kind.about.search(around):
        return True
    return not any(other.about.search(around) for other in promise_kinds.kinds() if other.name != kind.name)


def _of_agent(promise: Promise, kind: Kind, message: Message, words: str) -> _Sign | None:
    if kind.name == "contact":
        return _done(promise, message, f"answered {iso(message.at)}")
    done = _place(kind.done.search(words)) or promise_subject.reported(lowered(promise.what), words, "done_so")
    return _done(promise, message, _quote(message, done)) if done else None


def _place(match: re.Match[str] | None) -> tuple[int, int] | None:
    return match.span() if match else None


def _done(promise: Promise, message: Message, evidence: str, slack: timedelta = timedelta()) -> _Sign:
    late = promise.due_at is not None and message.at > promise.due_at + slack
    return _Sign("broken" if late else "kept", message.at, f"late: {evidence}" if late else evidence)


def _by_end(promise: Promise, kind: Kind, item: Item, now: datetime) -> _Sign | None:
    """Read the end of the ticket: solved in time keeps a promise to mend; it says nothing of money or parcels."""
    if item.solved_at is None or not promise.said_at < item.solved_at <= now:
        return None
    in_time = promise.due_at is None or item.solved_at <= promise.due_at
    if kind.name == "repair" and in_time:
        return _Sign("kept", item.solved_at, f"solved {iso(item.solved_at)}")
    if promise.due_at is None or (in_time and promise.due_at <= now):
        return _Sign("unknown", promise.due_at or item.solved_at, f"solved {iso(item.solved_at)} without a word of it")
    return None


def _by_clock(promise: Promise, kind: Kind, item: Item, later: list[Message], now: datetime) -> _Sign | None:
    if promise.due_at is None or now <= promise.due_at:
        return None
    if kind.name != "contact" and any(m.author == "agent" and m.at <= promise.due_at for m in later):
        return _Sign(
            "unknown", promise.due_at, f"due {iso(promise.due_at)}; the agent wrote since, without a word of it"
        )
    if item.status in {"closed", "deleted"} and item.solved_at is None:
        return _Sign("unknown", promise.due_at, f"due {iso(promise.due_at)}; closed without a word of it")
    return _Sign("broken", promise.due_at, f"due {iso(promise.due_at)}, nothing came")


def _quote(message: Message, place: tuple[int, int]) -> str:
    """Copy the words around a sign, whole words, some ninety characters beside it at most."""
    first, last = place
    start, end = max(0, first - 30), min(len(message.text), min(last, first + 90) + 40)
    while 0 < start < first and message.text[start - 1].isascii() and message.text[start - 1].isalnum():
        start += 1
    while last < end < len(message.text) and message.text[end].isascii() and message.text[end].isalnum():
        end -= 1
    return " ".join(message.text[start:end].split())
