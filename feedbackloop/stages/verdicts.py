"""Did a task that is done help?

When a task is done, the date of its verdict and what it will look at are fixed there and then: looking every week and stopping
at the first success would call noise a success. A verdict of worse or no change reopens the task with the evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.analysis.verification import (
    Fix,
    Verification,
    comparison_groups,
    target_improvement,
    verdict_due,
    weeks_to_look,
)
from feedbackloop.analysis.verification import (
    verify as judge_fix,
)
from feedbackloop.clock import last_full_week, week_of, week_shift
from feedbackloop.records import ImprovementTask, Verdict, WeekCount, group_key
from feedbackloop.stages.actions import decide_action, task_update
from feedbackloop.stages.renames import counts_now
from feedbackloop.stages.turn import Turn

WATCHED = ("approved", "open", "reopened", "done")


class Look(Struct, frozen=True, omit_defaults=True):
    """What a verdict rests on: what was fixed when the task was done, and what came of it."""

    fix: Fix
    result: Verification | None = None


def set_verdict_date(turn: Turn, task: ImprovementTask, done_at: datetime) -> ImprovementTask:
    """Fix, the moment a task is done, when its verdict falls and on which weeks it looks."""
    zone = turn.settings.loop.zone
    finding = turn.store.plans.finding(task.finding_id)
    fix = Fix(
        raised_week=task.raised_week,
        done_week=week_of(done_at, zone),
        target=target_improvement(finding) if finding else 0.05,
        weeks_after=0,
        baseline_weeks=turn.settings.detect.baseline_weeks,
    )
    counts = _counts(turn, fix)
    compare, _ = _groups(turn, task, counts)
    weeks = weeks_to_look(counts.get(group_key(task.group), []), [counts[key] for key in compare], fix)
    fix = replace(fix, weeks_after=weeks)
    return replace(
        task,
        status="done",
        done_at=done_at,
        verdict="too_early",
        verdict_due_at=verdict_due(done_at, weeks, zone),
        verification=_written(Look(fix)),
    )


def _counts(turn: Turn, fix: Fix) -> dict[str, list[WeekCount]]:
    newest = last_full_week(turn.now, turn.settings.loop.zone)
    return counts_now(turn, week_shift(fix.raised_week, -fix.baseline_weeks), newest)


def _groups(
    turn: Turn, task: ImprovementTask, counts: dict[str, list[WeekCount]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    others = {group_key(other.group) for other in turn.store.plans.tasks(WATCHED) if other.id != task.id}
    compare, neighbours = comparison_groups(group_key(task.group), counts, others)
    fewest = turn.settings.detect.minimum_items
    large = tuple(key for key in compare if _weekly_items(counts[key]) >= fewest)
    return large or compare, neighbours


def _weekly_items(weeks: Sequence[WeekCount]) -> float:
    """Give a group's items a week: one with few of them brings noise and no comparison."""
    return sum(week.items for week in weeks) / len(weeks) if weeks else 0.0


# --- verdicts ------------------------------------------------------------------------------------------------------


def give_verdict(turn: Turn, task: ImprovementTask) -> None:
    """Judge a task whose verdict is due, and reopen it with the evidence if it did not help."""
    if task.verification is None or task.verdict_due_at is None or turn.now < task.verdict_due_at:
        turn.report.verified["too_early"] += task.verdict_due_at is not None
        return
    look = msgspec.json.decode(task.verification, type=Look)
    counts = _counts(turn, look.fix)
    compare, neighbours = _groups(turn, task, counts)
    result = judge_fix(
        counts.get(group_key(task.group), []),
        [counts[key] for key in compare],
        look.fix,
        last_week=last_full_week(turn.now, turn.settings.loop.zone),
        neighbours={key: counts[key] for key in neighbours},
    )
    turn.report.verified[result.verdict] += 1
    judged = _after_verdict(turn, task, Look(look.fix, result), result.verdict)
    with turn.store.write():
        turn.store.plans.save_tasks([judged])
        turn.write_down("task", task.id, judged.status, f"verdict_{result.verdict}")
        if judged.status == "reopened" and judged.external_id and judged.source:
            text = f"feedbackloop: {result.verdict.replace('_', ' ')}.\n{in_words(result)}"
            update = task_update(replace(judged, updated_week=f"verdict-{look.fix.done_week}"), judged.source, text)
            decide_action(turn, update, turn.settings.actions.tasks)


def _after_verdict(turn: Turn, task: ImprovementTask, look: Look, verdict: Verdict) -> ImprovementTask:
    judged = replace(task, verdict=verdict, verdict_at=turn.now, verification=_written(look))
    if verdict == "too_early" and task.done_at:  # the one re-look, at half the error rate
        again = replace(look.fix, look=2)
        due = verdict_due(task.done_at, look.fix.weeks_after, turn.settings.loop.zone, look=2)
        return replace(judged, verdict_due_at=due, verification=_written(Look(again, look.result)))
    if verdict in {"worse", "no_change"}:
        return replace(judged, status="reopened", verdict_due_at=None)
    # what cannot be told was done and is not verified: it stays done, and is closed
    return replace(judged, status="verified" if verdict == "worked" else "done", verdict_due_at=None)


def in_words(result: Verification) -> str:
    """Say what a verdict rests on, in one line."""
    if result.change is None:
        return f"{result.items_after} items so far; the verdict falls at the date fixed when the task was done."
    change, others = result.change, result.compared_with
    return (
        f"The share that falls short moved by {_points(change.value)} points ({_points(change.low)} to "
        f"{_points(change.high)}), set off against {others} group{'' if others == 1 else 's'} in which nothing was mended; "
        f"{result.items_before} items before, {result.items_after} after."
    )


def _points(share: float) -> str:
    return f"{share * 100:+.0f}".replace("-", "−")


def _written(look: Look) -> str:
    return msgspec.json.encode(look).decode()
