"""Where is an improvement task filed, and by which write?

A task stands in the database first; in the outbox it waits for approval, unless the config says `auto`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec.structs import replace

from feedbackloop.connector import Ability
from feedbackloop.records import Action, ImprovementTask
from feedbackloop.settings import Mode
from feedbackloop.stages.actions import decide_action, new_task, task_update
from feedbackloop.stages.turn import Turn


def file_task(turn: Turn, task: ImprovementTask, before: ImprovementTask | None, items: Sequence[str]) -> None:
    """Store a task that is new or changed, and decide on its action; inside `store.write()`.

    Args:
        turn: The run.
        task: As planned.
        before: As it stood; None if it is new.
        items: Keys of the items behind it: most of them say where it is filed, unless the config does.
    """
    mode = turn.settings.actions.tasks
    source = task.source or _where(turn, items)
    is_new = before is None or before.status == "seen"
    if is_new and task.status == "proposed" and mode == "auto":
        task = replace(task, status="approved")
    turn.store.plans.save_tasks([replace(task, source=source)])
    turn.report.tasks["proposed" if is_new else "updated"] += task.status != "seen"
    turn.write_down("task", task.id, task.status, "new" if is_new else "updated")
    if task.status == "seen" or mode == "off":
        return
    if source is None:
        turn.report.remarks.append(f"{task.id} is filed nowhere: no source that takes part can hold tasks")
    elif task.external_id:
        decide_action(turn, task_update(task, source, task.body), mode)
    else:
        action = new_task(task, source, (f"{turn.settings.actions.tag_prefix}task",))
        if not decide_action(turn, action, mode):
            _decide_again(turn, action, mode, is_new=task.status in {"proposed", "approved"})


def _decide_again(turn: Turn, action: Action, mode: Mode, *, is_new: bool) -> None:
    """Bring a task's action up to date that was decided on before; a text that a person wrote or approved stays."""
    outbox = turn.store.outbox
    if turn.store.books.last("review", action.id) != ("edited", ""):
        outbox.change_waiting(action, approved_too=mode == "auto")
    status = "approved" if mode == "auto" else "waiting"
    if is_new and outbox.revive(action, status, turn.now):  # rejected once; the gap grew clearly since
        turn.write_down("action", action.id, status, action.kind)


def _where(turn: Turn, items: Sequence[str]) -> str | None:
    """Name the source in which the task is filed: the config's, else the one with most items of the finding."""
    counts = Counter(key.partition("/")[0] for key in items)
    wanted = turn.settings.actions.tasks_in
    candidates = [wanted] if wanted else [source for source, _ in counts.most_common()] + list(turn.settings.sources)
    return next((source for source in candidates if source and Ability.TASKS in turn.sources.abilities(source)), None)
