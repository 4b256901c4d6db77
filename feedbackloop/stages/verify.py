"""Where do improvement tasks stand in the sources, and what is due now: a verdict, a word to those it was mended for?"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from msgspec.structs import replace

from feedbackloop.connector import Ability
from feedbackloop.errors import Fatal, LeaseLost
from feedbackloop.records import ImprovementTask, TaskState
from feedbackloop.stages.plan_items import plan_fixed
from feedbackloop.stages.settling import settle_follow_ups
from feedbackloop.stages.turn import Turn
from feedbackloop.stages.verdicts import WATCHED, give_verdict, set_verdict_date


def verify(turn: Turn) -> None:
    """Read where tasks stand, give the verdicts that are due, and settle follow-ups."""
    _read_states(turn)
    for task in turn.store.plans.tasks(("done",)):
        give_verdict(turn, task)
    for task in turn.store.plans.tasks(("verified",)):
        if task.verdict == "worked" and task.verdict_at and turn.now - task.verdict_at <= turn.settings.actions.max_age:
            plan_fixed(turn, task)
    settle_follow_ups(turn)


def _read_states(turn: Turn) -> None:
    tasks = [task for task in turn.store.plans.tasks((*WATCHED, "verified", "rejected")) if task.external_id]
    for source in sorted({task.source for task in tasks if task.source in turn.sources.names}):
        if source and source not in turn.sources.closed:
            _read_source(turn, source, [task for task in tasks if task.source == source])


def _read_source(turn: Turn, source: str, tasks: Sequence[ImprovementTask]) -> None:
    try:
        connector = turn.sources.connector(source)
        if Ability.TASK_STATUS not in connector.abilities:
            return
        states = connector.task_status([task.external_id for task in tasks if task.external_id])
    except (LeaseLost, sqlite3.Error):
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the verdicts go on
        if isinstance(error, Fatal):
            turn.sources.closed.add(source)
        turn.fail("verify", error, source=source)
        return
    by_id = {task.external_id: task for task in tasks}
    for state in states:
        task = by_id.get(state.external_id)
        if task and not (state.at and state.at > turn.now):
            _follow_state(turn, task, state)


def _follow_state(turn: Turn, task: ImprovementTask, state: TaskState) -> None:
    """Follow what people did with the task in the source system."""
    changed = task
    if state.status == "done" and task.status in {"approved", "open", "reopened"} and _is_news(task, state):
        changed = set_verdict_date(turn, task, state.at or turn.now)
    elif state.status == "open" and task.status in {"done", "verified", "rejected"}:
        changed = replace(task, status="reopened", done_at=None, verdict=None, verdict_due_at=None, verification=None)
    elif state.status == "open" and task.done_at:
        changed = replace(task, done_at=None)  # reopened by a verdict, and now in the source too
    elif state.status in {"rejected", "missing"} and task.status in {"approved", "open", "reopened"}:
        changed = replace(task, status="rejected")
    if changed is task:
        return
    with turn.store.write():
        turn.store.plans.save_tasks([changed])
        turn.write_down("task", task.id, changed.status, f"source_says_{state.status}")


def _is_news(task: ImprovementTask, state: TaskState) -> bool:
    """Say whether a task was done anew: one that a verdict reopened still stands as done in the source for a while."""
    if task.status != "reopened" or task.done_at is None:
        return True
    return state.at is not None and state.at > task.done_at
