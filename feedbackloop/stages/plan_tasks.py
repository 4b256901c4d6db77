"""Which improvement tasks follow from the findings?

Findings of the last weeks are looked at again in every run: planning twice changes nothing, and a team that has room again
takes the next one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from feedbackloop.analysis.priority import rank_by_evidence
from feedbackloop.analysis.tasks import plan_tasks
from feedbackloop.records import Finding, ImprovementTask
from feedbackloop.settings import Settings
from feedbackloop.stages.evidence import gather_evidence
from feedbackloop.stages.filing import file_task
from feedbackloop.stages.renames import findings_now
from feedbackloop.stages.turn import Turn

LOOK_BACK = 4
"""Weeks whose raised findings may still become tasks: older news is no news."""
PLANNED = "planned_improvements"


def plan_improvements(turn: Turn) -> None:
    """Turn raised findings into new and updated tasks, with their actions."""
    plans = turn.store.plans
    raised = [finding for finding in findings_now(turn, LOOK_BACK) if finding.direction == "worse"]
    if not raised:
        return
    existing = {task.id: task for task in plans.tasks()}
    standing = _standing(turn.settings, raised, existing)
    if turn.store.books.note(PLANNED) == standing:
        return  # nothing was found and nothing was decided since the last look: it would end the same
    evidence = gather_evidence(turn, raised)
    order = {finding.id: -place for place, finding in enumerate(rank_by_evidence(raised, evidence))}
    earlier = {task.finding_id: found for task in existing.values() if (found := plans.finding(task.finding_id))}
    planned = plan_tasks(
        raised,
        existing,
        evidence,
        turn.settings,
        turn.now,
        priority=lambda finding: order[finding.id],
        earlier=earlier,
    )
    vetoes = _vetoes(turn, planned.tasks)
    with turn.store.write():
        for task in planned.tasks:
            if task.id not in vetoes:
                file_task(turn, task, existing.get(task.id), evidence[task.finding_id].items)
        now_standing = _standing(turn.settings, raised, {task.id: task for task in plans.tasks()})
        turn.store.books.set_note(PLANNED, now_standing)
        for passed in planned.not_proposed:
            if turn.store.books.last("task", passed.task) != ("passed", passed.reason):
                turn.write_down("task", passed.task, "passed", passed.reason)


def _standing(settings: Settings, raised: Sequence[Finding], tasks: Mapping[str, ImprovementTask]) -> str:
    """Fingerprint what planning depends on: the config, the raised findings, tasks and their texts (erased ones)."""
    actions = settings.actions
    facts = [repr(settings.teams), actions.tasks, str(actions.tasks_in), *(finding.id for finding in raised)]
    facts += [f"{task.id}:{task.status}:{len(task.body)}" for task in tasks.values()]
    return blake2b("\n".join(facts).encode(), digest_size=12).hexdigest()


def _vetoes(turn: Turn, tasks: Sequence[ImprovementTask]) -> dict[str, str]:
    """Give the tasks that a plugin strikes out, each with the plugin's name."""
    vetoes: dict[str, str] = {}
    for plugin, answer in turn.plugins.each("before_plan", tasks=tasks, follow_ups=[], settings=turn.settings):
        if isinstance(answer, Mapping):
            vetoes.update(dict.fromkeys(answer, plugin))
    for about, plugin in vetoes.items():
        if turn.store.books.last("task", about) != ("vetoed", plugin):
            with turn.store.write():
                turn.write_down("task", about, "vetoed", plugin)
    return vetoes
