"""Whom did the loop write to, whom did it leave alone, did it help, and how much did people change in its drafts?"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from feedbackloop.analysis.edits import Edits, edits
from feedbackloop.analysis.follow_ups_matter import is_bad
from feedbackloop.analysis.next_word import WINDOW
from feedbackloop.analysis.recovery import Recovery, recovery
from feedbackloop.digest.facts import Restraint
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.records import FollowUp, Rating
from feedbackloop.store.digest_queries import Rated

SENT = ("sent", "confirmed", "reopened", "unanswered")
RATED_ENOUGH = 20
"""From so many ratings on they tell the desk's share of unhappy answers; with fewer, the judged items do."""


def restraint(reading: Reading) -> Restraint:
    """Count what was sent and written in the week, what was held back and why, and what waits for a reviewer."""
    start, end = reading.bounds
    follow_ups = reading.ask.follow_ups(start, end, reading.scope)
    held = Counter(
        one.reason or "held" for one in follow_ups if one.status == "held" and _within(one.created_at, start, end)
    )
    written = reading.ask.written(start, end, reading.scope)
    return Restraint(
        sent=sum(_within(one.sent_at, start, end) for one in follow_ups),
        waiting=reading.ask.waiting(reading.team.name if reading.team else None, reading.scope),
        held=dict(sorted(held.items())),
        notes=written.get("note", 0),
        tags=written.get("tag", 0),
    )


def changed(reading: Reading) -> Edits | None:
    """Say how much people changed in the drafts that went out since the baseline began; None where none went."""
    sent = [one for one in _of_the_quarter(reading) if one.status in SENT and one.text]
    return edits([(one.draft, one.text) for one in sent]) if sent else None


def recovered(reading: Reading) -> Recovery | None:
    """Compare those who were written to because something went wrong with those held out, since the baseline began.

    Only those count whose time to answer is over: early answers would stand there without the silence that follows.
    """
    until = reading.as_of - WINDOW
    wronged = [one for one in _of_the_quarter(reading) if one.cause == "recovery"]
    contacted = [one.status for one in wronged if one.status in SENT[1:] and one.sent_at and one.sent_at <= until]
    held_out = [one.outcome for one in wronged if one.outcome and one.held_at and one.held_at <= until]
    return recovery(contacted, held_out, _unhappy(reading)) if contacted or held_out else None


def _of_the_quarter(reading: Reading) -> list[FollowUp]:
    return reading.ask.follow_ups(reading.baseline_start, reading.bounds[1], reading.scope)


def _unhappy(reading: Reading) -> float | None:
    """Give the share of the desk's answers that are unhappy: of its ratings, or of judged items where there are too few."""
    start, end = reading.baseline_start, reading.bounds[1]
    rated = reading.ask.ratings(start, end, reading.scope)
    number = sum(one.items for one in rated)
    if number >= RATED_ENOUGH:
        return sum(one.items for one in rated if _is_bad(one)) / number
    arrived = reading.ask.arrived(start, end, reading.scope)
    judged = sum(one.judged for one in arrived)
    return sum(one.fell_short for one in arrived) / judged if judged else None


def _is_bad(rated: Rated) -> bool:
    return is_bad(Rating(rated.scale, rated.value, rated.low, rated.high))


def _within(at: datetime | None, start: datetime, end: datetime) -> bool:
    return at is not None and start <= at < end
