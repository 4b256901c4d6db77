"""Which tasks come first, did earlier ones help, and which exchanges are worth learning from?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec
from msgspec import Struct

from feedbackloop.analysis.impact import impact, nps_points
from feedbackloop.analysis.verification import Verification
from feedbackloop.digest.facts import Exchange, Fix, FixVerdict, Share
from feedbackloop.digest.gather_quotes import in_group, masked_quotes, most_mended
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.digest.gather_scores import form_of
from feedbackloop.records import Finding, Gap, ImprovementTask, Interval, Item, group_of
from feedbackloop.store.digest_queries import Rated

IN_WORK = ("proposed", "approved", "open", "reopened")
QUOTES = 2
MOST_VERDICTS = 5
CANDIDATES = 50
"""So many of the surest gaps are looked at for an exchange worth showing."""
VERDICT_AGE = timedelta(days=7)


class _Look(Struct):
    """What is read of a task's verification."""

    result: Verification | None = None


def fixes(reading: Reading, lead: Finding | None) -> tuple[Fix, ...]:
    """Give the top tasks: the one about the week's finding first, then by priority."""
    tasks = [task for task in reading.store.plans.tasks(IN_WORK) if reading.owns_group(task.group)]
    about = lead.group if lead else None
    tasks.sort(key=lambda task: (task.group != about, -task.priority, task.id))
    return tuple(_fix(reading, task) for task in tasks[: reading.settings.digest.top])


def verdicts(reading: Reading) -> tuple[FixVerdict, ...]:
    """Give verdicts that fell since the week began, and the done tasks whose verdict is still to come."""
    start, _ = reading.bounds
    tasks = [
        task
        for task in reading.store.plans.tasks(("done", "verified", "reopened"))
        if task.verdict and reading.owns_group(task.group)
        if (task.status == "done" and task.verdict_due_at)  # its verdict is still to come
        or (task.verdict_at and start <= task.verdict_at < reading.as_of + VERDICT_AGE)
    ]
    tasks.sort(key=lambda task: (task.verdict == "too_early", task.id))
    return tuple(_verdict(task) for task in tasks[:MOST_VERDICTS])


def exchanges(reading: Reading) -> tuple[Exchange, ...]:
    """Give one good and one bad exchange: what the customer wrote and what was answered, masked."""
    found = (_exchange(reading, reading.sure(side), is_good=side == "better") for side in ("better", "worse"))
    return tuple(exchange for exchange in found if exchange)


# --- tasks -----------------------------------------------------------------------------------------------------------


def _fix(reading: Reading, task: ImprovementTask) -> Fix:
    finding = reading.store.plans.finding(task.finding_id)
    week = finding.week if finding else task.raised_week
    gaps = in_group(reading, _shortfalls_of(reading, week, task.group), task.group)
    score, value = _impact(reading, finding, {gap.item for gap in gaps})
    shown = Share(finding.shortfalls, finding.items, finding.share_low, finding.share_high) if finding else None
    return Fix(
        title=task.title,
        group=task.group,
        status=task.status,
        team=task.team,
        due_at=task.due_at,
        url=task.external_url,
        shortfall=shown,
        gap_type=(finding.gap_type if finding else None) or most_mended(gaps),
        impact_on=score,
        impact=value,
        quotes=masked_quotes(reading, gaps, QUOTES),
    )


def _shortfalls_of(reading: Reading, week: str, group: dict[str, str]) -> list[Gap]:
    if week == reading.week:
        return reading.shortfalls
    touchpoint, dimension = group.get("touchpoint"), group.get("dimension")
    return reading.store.judgements.of_group(week, [touchpoint], dimension, "worse", CANDIDATES)


def _impact(reading: Reading, finding: Finding | None, theme: set[str]) -> tuple[str | None, Interval | None]:
    """Say what a score would gain without the theme's items: as the finding has it, else from this week's ratings."""
    for score in ("nps", "csat"):
        known = finding.impact.get(score) if finding else None
        found = known or _impact_now(reading, score, theme)
        if found:
            return score, Interval(-found.value, -found.high, -found.low)
    return None, None


def _impact_now(reading: Reading, score: str, theme: set[str]) -> Interval | None:
    rated = [
        (item, points)
        for item, rating in reading.ask.rated_items(*reading.bounds)
        if rating.scale == score and (points := _score_points(rating)) is not None
    ]
    inside = [points for item, points in rated if item in theme]
    return impact(inside, [points for item, points in rated if item not in theme])


def _score_points(rating: Rated) -> float | None:
    """Give a rating the points whose mean is the score as the digest shows it; None on another scale."""
    form, _, _ = form_of(rating.scale, rating.low, rating.high)
    if form == "nps":
        return nps_points(rating.value)
    if form == "good_share":
        return 100.0 * (rating.value > 0.5)
    return 100.0 * (rating.value >= 4) if form == "top_two" else None


def _verdict(task: ImprovementTask) -> FixVerdict:
    result = msgspec.json.decode(task.verification, type=_Look).result if task.verification else None
    displaced = group_of(result.displaced[0]) if result and result.displaced else None
    return FixVerdict(
        title=task.title,
        verdict=task.verdict or "too_early",
        url=task.external_url,
        change=result.change if result else None,
        needed=result.needed_items if result else None,
        due_at=task.verdict_due_at,
        displaced_to=displaced,
    )


# --- exchanges -------------------------------------------------------------------------------------------------------


def _exchange(reading: Reading, gaps: Sequence[Gap], *, is_good: bool) -> Exchange | None:
    first = {gap.item: gap for gap in reversed(gaps)}
    keys = list(dict.fromkeys(gap.item for gap in gaps))[:CANDIDATES]
    known = {item.key: item for item, _ in reading.store.items.several(keys)}
    for key in keys:
        pair = _pair(reading, known[key], first[key], is_good=is_good) if key in known else None
        if pair:
            said, answered = reading.masked(pair)
            return Exchange(is_good=is_good, said=said, answered=answered, item=key, url=known[key].url)
    return None


def _pair(reading: Reading, item: Item, gap: Gap, *, is_good: bool) -> tuple[str, str] | None:
    """Find a customer's own words and the answer to them; only where they wrote the words from which the gap was read.

    Of a delighted customer the last exchange before they said so (that is what delighted them), of a let-down one the
    exchange that begins with the words of the let-down.
    """
    people = [m for m in item.messages if m.public and not m.own and not m.automatic and m.author != "system"]
    if len(people) < 2:
        return None
    spoken = [(one.author, said) for one, said in zip(people, reading.own_words(people), strict=True) if said.strip()]
    piece = gap.evidence.split(" \u2026 ")[0]
    told = next((at for at, (who, said) in enumerate(spoken) if who == "customer" and piece and piece in said), None)
    pairs = [
        (at, (first, second))
        for at, ((who, first), (other, second)) in enumerate(pairwise(spoken))
        if (who, other) == ("customer", "agent")
    ]
    if told is None:
        return None  # seen by a clock alone: the words may be about anything
    pairs = [(at, pair) for at, pair in pairs if (at < told if is_good else at >= told)]
    return pairs[-1 if is_good else 0][1] if pairs else None
