"""Which matters of an item deserve a message to the customer?

Few do. Something must have gone wrong for the customer and be over, or be promised and nearly late. Words that merely sound
negative are not enough (a hard question sounds negative too), and neither is a clock that ran over without anybody minding:
that is mended for all, and a message about it would only bother. One item gives one matter at most.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from feedbackloop.analysis.follow_ups_matter import Matter, Trigger, agent_action, is_bad, is_good, people, task_for
from feedbackloop.records import (
    Comparison,
    Direction,
    Gap,
    ImprovementTask,
    Item,
    Promise,
    Rating,
    Understanding,
)
from feedbackloop.settings import Settings

CONFIDENT = 0.5
"""Gaps and promises below this confidence are counted elsewhere, but nobody is written to because of them."""

AHEAD = timedelta(hours=24)
"""A promise that is due within this time, and of which no agent has said a word since, is worth a word before it breaks."""


SURE_MOOD = 0.6
"""From this confidence on the mood of the words decides whether the customer minded."""

_UNSPOKEN = frozenset({"standard", "due", "survey"})


def triggers(
    item: Item, understanding: Understanding, comparison: Comparison, settings: Settings, now: datetime
) -> list[Matter]:
    """Give the matters of an item that deserve a follow-up, none for most items.

    Where the customer's last rating is praise, nothing went wrong for them. What went wrong comes before a promise that is
    nearly due, and both before thanks; each item gives at most one matter.
    Open threads give only promises: broken or nearly due ones of which no agent has written since.

    Args:
        item: As far as it is known at `now`.
        understanding: What was read from it.
        comparison: Its gaps and promises.
        settings: `actions.thanks` decides whether delight is a matter.
        now: The loop's time.
    """
    if item.status == "deleted" or not _customer_spoke(item):
        return []
    found = (
        _went_wrong(item, understanding, comparison, now)
        or _nearly_due(item, understanding, comparison, now)
        or (_went_well(item, understanding, comparison, now) if settings.actions.thanks != "off" else None)
    )
    return [found] if found else []


def fixed(
    item: Item, understanding: Understanding, comparison: Comparison, task: ImprovementTask, now: datetime
) -> Matter | None:
    """Give the matter of telling somebody who had complained that the cause is mended; None: there is nothing to tell.

    Told is only what a verdict backs (`worked`), to the customers of the task's own items, about the gap they spoke of.

    Args:
        item: One of the task's items.
        understanding: What was read from it.
        comparison: Its gaps; at least one must be worse, clear, and of the task's touchpoint and dimension.
        task: The task that mended the cause.
        now: The loop's time.
    """
    gaps = tuple(gap for gap in _clear(comparison.gaps, "worse") if task_for([gap], [task]))
    works = task.status == "verified" and task.verdict == "worked" and item.key in task.evidence
    if not works or not gaps or item.status == "deleted" or not _customer_spoke(item):
        return None
    return Matter(item=item, understanding=understanding, trigger="fixed", at=now, gaps=gaps, task=task)


def _customer_spoke(item: Item) -> bool:
    return any(m.author == "customer" for m in people(item)) or bool(item.ratings or item.answers)


def _is_over(item: Item) -> bool:
    """Reviews and surveys are over when they are written; tickets when they are solved."""
    return item.status in {"solved", "closed"} or (item.kind != "ticket" and item.status is None)


def _went_wrong(item: Item, understanding: Understanding, comparison: Comparison, now: datetime) -> Matter | None:
    over, rating = _is_over(item), next(reversed(_by_time(item)), None)
    if rating and is_good(rating):
        return None
    bad = next((r for r in reversed(_by_time(item)) if is_bad(r)), None) if over else None
    broken = _sure(p for p in comparison.promises if p.state == "broken" and (over or _unheard_since(item, p.due_at)))
    gaps = _clear(comparison.gaps, "worse")
    fell_short = over and _minded(gaps, understanding)
    trigger: Trigger | None = (
        "promise_broken" if broken else "bad_rating" if bad else "shortfall" if fell_short else None
    )
    if trigger is None:
        return None
    return Matter(
        item=item,
        understanding=understanding,
        trigger=trigger,
        at=now,
        gaps=gaps,
        promises=broken,
        rating=bad,
        agent_action=agent_action(item, broken),
    )


def _minded(gaps: Iterable[Gap], understanding: Understanding) -> bool:
    """Say whether the customer felt a gap: they spoke of it; or a clock or a survey shows it and they sound unhappy.

    Who sounds happy did not mind, whatever was read: then either they forgave it or it was misread.
    In a survey most people put what they expect a point above what they got; two points of six, without praise beside them,
    are a complaint too.
    """
    mood = understanding.sentiment
    is_sure = (mood.confidence or 0.0) >= SURE_MOOD
    if is_sure and mood.label == "positive":
        return False
    unhappy = is_sure and mood.label == "negative"
    return any(unhappy or gap.basis not in _UNSPOKEN or (_is_wide(gap) and mood.label != "positive") for gap in gaps)


def _is_wide(gap: Gap) -> bool:
    return gap.basis == "survey" and (gap.disconfirmation or 0.0) <= -1 / 3 + 0.01


def _nearly_due(item: Item, understanding: Understanding, comparison: Comparison, now: datetime) -> Matter | None:
    due = sorted(
        (p for p in comparison.promises if p.state == "open" and p.due_at and now < p.due_at <= now + AHEAD),
        key=lambda p: (p.due_at or now, p.id),
    )
    waiting = _sure(p for p in due if _unheard_since(item, p.said_at))
    if _is_over(item) or not waiting:
        return None
    return Matter(item=item, understanding=understanding, trigger="promise_due", at=now, promises=waiting[:1])


def _went_well(item: Item, understanding: Understanding, comparison: Comparison, now: datetime) -> Matter | None:
    gaps = _clear(comparison.gaps, "better")
    rating = next((r for r in reversed(_by_time(item)) if is_good(r)), None)
    unhappy = any(gap.direction == "worse" for gap in comparison.gaps) or any(is_bad(r) for r in item.ratings)
    if unhappy or not _is_over(item) or not gaps or understanding.sentiment.label == "negative":
        return None
    return Matter(item=item, understanding=understanding, trigger="thanks", at=now, gaps=gaps, rating=rating)


def _clear(gaps: Iterable[Gap], direction: Direction) -> tuple[Gap, ...]:
    """Give the gaps of one direction of which we are sure, clearest first."""
    sure = (gap for gap in gaps if gap.direction == direction and gap.confidence >= CONFIDENT)
    return tuple(sorted(sure, key=lambda gap: (-abs(gap.disconfirmation or 0.0), -gap.confidence, gap.id)))


def _sure(promises: Iterable[Promise]) -> tuple[Promise, ...]:
    return tuple(promise for promise in promises if promise.confidence >= CONFIDENT)


def _unheard_since(item: Item, moment: datetime | None) -> bool:
    """Say whether no agent has written to the customer after a moment; without a moment nobody can say, so False."""
    return moment is not None and not any(m.author == "agent" and m.at > moment for m in people(item))


def _by_time(item: Item) -> list[Rating]:
    return sorted(item.ratings, key=lambda rating: rating.at or item.created_at)
