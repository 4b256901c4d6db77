"""Which improvement tasks follow from the findings, and where are they filed?

A task stands in the database first; in the outbox it waits for approval, unless the config says `auto`. Findings of the last
weeks are looked at again in every run: planning twice changes nothing, and a team that has room again takes the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from msgspec.structs import replace

from feedbackloop.analysis.priority import rank
from feedbackloop.analysis.tasks import plan_tasks
from feedbackloop.analysis.tasks_evidence import Evidence
from feedbackloop.clock import last_full_week, week_shift
from feedbackloop.connector import Ability
from feedbackloop.records import Action, Finding, ImprovementTask
from feedbackloop.settings import Mode, Settings
from feedbackloop.stages.actions import decide_action, new_task, task_update
from feedbackloop.stages.evidence import gather_evidence
from feedbackloop.stages.renames import findings_now
from feedbackloop.stages.turn import Turn

LOOK_BACK = 4
"""Weeks whose raised findings may still become tasks: older news is no news."""
PLANNED = "planned_improvements"


def plan_improvements(turn: Turn) -> None:
    """Turn raised findings into new and updated tasks, with their actions."""
    plans = turn.store.plans
    newest = last_full_week(turn.now, turn.settings.loop.zone)
    recent = findings_now(turn, week_shift(newest, -LOOK_BACK), newest)
    raised = [finding for finding in recent if finding.direction == "worse"]
    if not raised:
        return
    existing = {task.id: task for task in plans.tasks()}
    standing = _standing(turn.settings, raised, existing)
    if turn.store.books.note(PLANNED) == standing:
        return  # nothing was found and nothing was decided since the last look: it would end the same
    evidence = gather_evidence(turn, raised)
    order = {finding.id: -place for place, finding in enumerate(_ranked(raised, evidence))}
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
                _store(turn, task, existing.get(task.id), evidence[task.finding_id])
        now_standing = _standing(turn.settings, raised, {task.id: task for task in plans.tasks()})
        turn.store.books.set_note(PLANNED, now_standing)
        for passed in planned.not_proposed:
            if turn.store.books.last("task", passed.task) != ("passed", passed.reason):
                turn.write_down("task", passed.task, "passed", passed.reason)


def _ranked(raised: Sequence[Finding], evidence: Mapping[str, Evidence]) -> list[Finding]:
    """Put findings in order: by what they cost the score that most of them move, then by volume; the smaller effort first.

    Effort is not known; the fewer things the cases have to be mended in (standards, channels, sources), the less it is.
    """
    scores = Counter(score for finding in raised for score in finding.impact)
    score = max(sorted(scores), key=lambda name: scores[name], default=None)
    effort = {name: float(sum(len(values) for values in behind.clusters.values())) for name, behind in evidence.items()}
    return rank(raised, score=score, effort=effort)


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


def _store(turn: Turn, task: ImprovementTask, before: ImprovementTask | None, evidence: Evidence) -> None:
    mode = turn.settings.actions.tasks
    source = task.source or _where(turn, evidence)
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


def _where(turn: Turn, evidence: Evidence) -> str | None:
    """Name the source in which the task is filed: the config's, else the one with most items of the finding."""
    counts = Counter(key.partition("/")[0] for key in evidence.items)
    wanted = turn.settings.actions.tasks_in
    candidates = [wanted] if wanted else [source for source, _ in counts.most_common()] + list(turn.settings.sources)
    return next((source for source in candidates if source and Ability.TASKS in turn.sources.abilities(source)), None)
