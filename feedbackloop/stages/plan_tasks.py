"""Which improvement tasks follow from the findings, and where are they filed?

A task stands in the database first; in the outbox it waits for approval, unless the config says `auto`. Findings of the last
weeks are looked at again in every run: planning twice changes nothing, and a team that has room again takes the next one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

from msgspec.structs import replace

from feedbackloop.analysis.gap_judgements import value_at
from feedbackloop.analysis.priority import rank
from feedbackloop.analysis.segments import segment_of
from feedbackloop.analysis.tasks import plan_tasks
from feedbackloop.analysis.tasks_evidence import Evidence, Example, Quote
from feedbackloop.clock import last_full_week, week_bounds, week_shift
from feedbackloop.connector import Ability
from feedbackloop.errors import FeedbackloopError
from feedbackloop.records import Action, Finding, Gap, ImprovementTask, Item, Understanding
from feedbackloop.settings import Mode, Settings
from feedbackloop.stages.actions import decide_action, new_task, task_update
from feedbackloop.stages.turn import Turn
from feedbackloop.store.erasure import SILENT

LOOK_BACK = 4
"""Weeks whose raised findings may still become tasks: older news is no news."""
PLANNED = "planned_improvements"
MOST_GAPS = 300
MOST_QUOTES = 3
MOST_EXAMPLES = 3
GROUPED_BY_GAP = {"touchpoint", "dimension"}


def plan_improvements(turn: Turn) -> None:
    """Turn raised findings into new and updated tasks, with their actions."""
    plans = turn.store.plans
    newest = last_full_week(turn.now, turn.settings.loop.zone)
    raised = plans.findings(week_shift(newest, -LOOK_BACK), newest, raised_only=True)
    if not raised:
        return
    existing = {task.id: task for task in plans.tasks()}
    standing = _standing(turn.settings, raised, existing)
    if turn.store.books.note(PLANNED) == standing:
        return  # nothing was found and nothing was decided since the last look: it would end the same
    evidence = {finding.id: gather_evidence(turn, finding) for finding in raised}
    order = {finding.id: -place for place, finding in enumerate(rank(raised))}
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


def _standing(settings: Settings, raised: Sequence[Finding], tasks: Mapping[str, ImprovementTask]) -> str:
    """Fingerprint what planning depends on: the config, the raised findings, and where every task stands."""
    actions = settings.actions
    facts = [repr(settings.teams), actions.tasks, str(actions.tasks_in), *(finding.id for finding in raised)]
    facts += [f"{task.id}:{task.status}:{task.body == SILENT}" for task in tasks.values()]
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
    return next((source for source in candidates if source and _holds_tasks(turn, source)), None)


def _holds_tasks(turn: Turn, source: str) -> bool:
    if source not in turn.settings.sources:
        return False
    try:
        return Ability.TASKS in turn.connector(source).abilities
    except FeedbackloopError:
        return False


# --- evidence ------------------------------------------------------------------------------------------------------


def gather_evidence(turn: Turn, finding: Finding) -> Evidence:
    """Collect what stands behind a finding: items, masked quotes, examples, and what the items have in common."""
    gaps = turn.store.judgements.shortfalls(finding.week, finding.touchpoint, finding.dimension, MOST_GAPS)
    known = {item.key: (item, read) for item, read in turn.store.items.several(sorted({gap.item for gap in gaps}))}
    mine = [gap for gap in gaps if gap.item in known and _belongs(turn, finding, gap, *known[gap.item])]
    keys = list(dict.fromkeys(gap.item for gap in mine))
    return Evidence(
        items=tuple(keys),
        quotes=tuple(_quotes(turn, mine, {key: known[key][0] for key in keys})),
        examples=tuple(_examples(mine)),
        clusters=_clusters([known[key][0] for key in keys], mine),
        usual=_usual(turn, finding),
    )


def _belongs(turn: Turn, finding: Finding, gap: Gap, item: Item, read: Understanding | None) -> bool:
    language = read.language if read else "und"
    rest = {name: value for name, value in finding.group.items() if name not in GROUPED_BY_GAP}
    segment = gap.segment or segment_of(item, turn.settings.segments)
    return all(value_at(item, segment, name, language) == value for name, value in rest.items())


def _quotes(turn: Turn, gaps: Sequence[Gap], items: Mapping[str, Item]) -> list[Quote]:
    chosen: dict[str, str] = {}
    for gap in gaps:
        words = _words(gap, items[gap.item])
        if words and gap.item not in chosen:
            chosen[gap.item] = words
        if len(chosen) == MOST_QUOTES:
            break
    if not chosen:
        return []
    masked = turn.plugins.batch("redact", len(chosen), texts=list(chosen.values()))
    return [Quote(words, key, items[key].url) for key, words in zip(chosen, masked, strict=True)]


def _words(gap: Gap, item: Item) -> str:
    """Give the customer's own words behind a gap; for gaps seen by the clock or told by an agent, what they wrote last."""
    said = [message.text for message in item.messages if message.author == "customer" and not message.automatic]
    if gap.evidence and any(part in words for words in said for part in gap.evidence.split(" … ")):
        return gap.evidence
    return said[-1].strip()[:300] if said else ""


def _examples(gaps: Sequence[Gap]) -> list[Example]:
    counted = Counter((gap.expected, gap.experienced, gap.unit) for gap in gaps if gap.expected is not None)
    return [
        Example(expected=expected, experienced=experienced, unit=unit, items=number)
        for (expected, experienced, unit), number in counted.most_common(MOST_EXAMPLES)
        if expected is not None
    ]


def _usual(turn: Turn, finding: Finding) -> dict[str, dict[str, float]]:
    """Give how all items of the finding's week divide by channel, source and segment: a cluster is one only beside that."""
    start, end = week_bounds(finding.week, turn.settings.loop.zone)
    counted: dict[str, Counter[str]] = {"channel": Counter(), "source": Counter(), "segment": Counter()}
    for item, _ in turn.store.items.each(start, end):
        counted["source"][item.source] += 1
        counted["segment"][segment_of(item, turn.settings.segments)] += 1
        if item.channel:
            counted["channel"][item.channel] += 1
    return {
        what: {value: number / values.total() for value, number in values.items()}
        for what, values in counted.items()
        if values
    }


def _clusters(items: Sequence[Item], gaps: Sequence[Gap]) -> dict[str, dict[str, int]]:
    segments = {gap.item: gap.segment for gap in gaps}
    names = {gap.item: gap.name for gap in gaps if gap.name}
    found = {
        "segment": Counter(segments.values()),
        "channel": Counter(item.channel for item in items if item.channel),
        "source": Counter(item.source for item in items),
        "standard": Counter(name for name in names.values()),
    }
    return {what: dict(values) for what, values in found.items() if values}
