"""Which findings become improvement tasks, for which team, and which wait?

One cause is one task for ever: its id comes from the group that was tested, so the finding of a later week updates the task
instead of making a second one. Few tasks are open at a time; the rest stand as `seen` until there is room.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop import clock
from feedbackloop.analysis.priority import extra_shortfalls
from feedbackloop.analysis.tasks_cause import covered, is_part
from feedbackloop.analysis.tasks_evidence import Evidence
from feedbackloop.analysis.tasks_text import Frame, task_text
from feedbackloop.analysis.wording import wording_of
from feedbackloop.records import Finding, ImprovementTask, TaskStatus, group_key
from feedbackloop.settings import Settings, Team

DUE_AFTER = timedelta(days=14)
"""A task is due two weeks after it was first proposed: long enough to change something, short enough to be remembered."""

EVERYONE = "everyone"
"""The team of all where the config names none."""

MAX_OPEN_TASKS = 5
"""For the team of all, and for a team that is no longer configured."""

MOST_ITEMS = 200
"""So many items are kept as a task's evidence, the newest finding's first."""

OPEN: frozenset[TaskStatus] = frozenset({"proposed", "approved", "open", "reopened"})
"""These count against `max_open_tasks`."""

Passed = Literal[
    "not_raised",
    "not_worse",
    "same_cause",
    "older_week",
    "team_full",
    "rejected",
    "waiting_for_verdict",
    "raised_before_verdict",
]
"""Why a finding led to nothing new."""


_EVERYONE_WORDS = {"en": "everyone", "zh": "全体"}


class Assigned(NamedTuple):
    """Who has a task, how it stands, and how urgent it is."""

    team: str
    status: TaskStatus
    priority: float


class NotProposed(Struct, frozen=True):
    """One finding that led to no proposal, with its task's id and the reason."""

    finding: str
    task: str
    reason: Passed


class TaskPlan(Struct, frozen=True):
    """New and changed tasks, highest priority first, and why the other findings led to nothing."""

    tasks: tuple[ImprovementTask, ...] = ()
    not_proposed: tuple[NotProposed, ...] = ()


def task_id(group: Mapping[str, str]) -> str:
    """Name the task of a group: the same group is the same task for ever."""
    return "task-" + hashlib.sha256(group_key(dict(group)).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def plan_tasks(
    raised: Sequence[Finding],
    existing: Mapping[str, ImprovementTask],
    evidence: Mapping[str, Evidence],
    settings: Settings,
    now: datetime,
    *,
    priority: Callable[[Finding], float] = extra_shortfalls,
    earlier: Mapping[str, Finding] | None = None,
) -> TaskPlan:
    """Turn findings into tasks; running it again with its own result changes nothing.

    A group and a part of it are one cause and get one task (see `tasks_cause`). Open tasks are updated and never displaced.
    What is left of a team's `max_open_tasks` goes to the findings of the highest priority, and the rest stand as `seen`. A
    rejected task stays rejected unless the gap grew clearly: the interval of its share now lies wholly above the interval
    at which it was rejected. A task verified as worked, and one of which nobody could tell, is reopened when its group is
    raised in a later week than the one of the verdict. Delight asks for no task.

    Args:
        raised: Findings of the week, in any order; of one group the newest week counts.
        existing: All tasks by id.
        evidence: By finding id; a missing one leaves the body without quotes.
        settings: Teams, language, `tasks_in`.
        now: For the due date of new tasks.
        priority: Higher comes first; equal ones by task id.
        earlier: Findings by id, for comparing a rejected task's finding with today's.

    Returns:
        Tasks to be written (a mere change of priority is none), and reasons; both in a fixed order.
    """
    known = {group_key(task.group): name for name, task in sorted(existing.items())}
    pains = [(_name_of(finding, known), finding) for finding in raised if finding.counted != "better"]
    newest = _newest(pains)
    covered_by = _covered(newest, existing, evidence)
    plan = _Plan(existing, evidence, settings, now, earlier or {}, _open_by_team(existing), covered_by)
    passed = [NotProposed(finding.id, name, "older_week") for name, finding in pains if newest[name] is not finding]
    changed: list[ImprovementTask] = []
    for name, finding in sorted(newest.items(), key=lambda pair: (-priority(pair[1]), pair[0])):
        task, reason = plan.outcome(name, finding, priority(finding))
        if task and not _is_same(task, existing.get(task.id)):
            changed.append(task)
        if reason:
            passed.append(NotProposed(finding.id, name, reason))
    return TaskPlan(tuple(changed), tuple(passed))


def _name_of(finding: Finding, known: Mapping[str, str]) -> str:
    """Give the id of a finding's task: of the one that stands for the group, whatever the group was called once."""
    return known.get(group_key(finding.group)) or task_id(finding.group)


def _is_same(task: ImprovementTask, known: ImprovementTask | None) -> bool:
    """Say whether nothing changed that anybody would see: the priority moves whenever other findings come and go."""
    return known is not None and replace(task, priority=known.priority) == known


def _newest(found: Sequence[tuple[str, Finding]]) -> dict[str, Finding]:
    """Keep the newest week of each group, by task id."""
    newest: dict[str, Finding] = {}
    for name, finding in found:
        known = newest.get(name)
        if known is None or (finding.week, finding.id) > (known.week, known.id):
            newest[name] = finding
    return newest


def _open_by_team(existing: Mapping[str, ImprovementTask]) -> Counter[str]:
    return Counter(task.team for task in existing.values() if task.status in OPEN)


def _covered(
    newest: Mapping[str, Finding], existing: Mapping[str, ImprovementTask], evidence: Mapping[str, Evidence]
) -> dict[str, str]:
    """Find the groups whose cause is another group's task; a task that was refused stands for nothing."""
    alive = {
        name: finding
        for name, finding in newest.items()
        if _not_a_task(finding) is None and not (name in existing and existing[name].status == "rejected")
    }
    items = {name: set(evidence[finding.id].items) for name, finding in alive.items() if finding.id in evidence}
    standing = {name for name, task in existing.items() if task.status in OPEN}
    in_work = {name: existing[name].group for name in existing if existing[name].status in OPEN | {"done"}}
    parts = {
        name: whole
        for name, finding in alive.items()
        for whole, group in sorted(in_work.items())
        if name not in standing and (is_part(finding.group, group) or is_part(group, finding.group))
    }
    return parts | covered({name: alive[name] for name in alive if name not in parts}, standing, items)


class _Plan(Struct):
    """One turn of planning. `taken` counts the open tasks of each team and grows as findings are given room."""

    existing: Mapping[str, ImprovementTask]
    evidence: Mapping[str, Evidence]
    settings: Settings
    now: datetime
    earlier: Mapping[str, Finding]
    taken: Counter[str]
    covered: Mapping[str, str]

    def outcome(self, name: str, finding: Finding, priority: float) -> tuple[ImprovementTask | None, Passed | None]:
        """Give the task of a finding, the reason why it is not proposed, or (for a task that is only seen) both."""
        known = self.existing.get(name)
        reason = _not_a_task(finding) or (self._untouched(known, finding) if known else None)
        if reason is None and name in self.covered:
            reason = "same_cause"
        if reason:
            return None, reason
        owner = self._owner(known, finding)
        status = self._status(known, owner)
        if status in {"verified", "done"}:
            return None, "team_full"
        task = self._written(finding, known, Assigned(owner, status, priority))
        return task, "team_full" if status == "seen" else None

    def _untouched(self, known: ImprovementTask, finding: Finding) -> Passed | None:
        """Say why a known task stays as it is."""
        if finding.week < known.updated_week:
            return "older_week"
        if known.status == "rejected" and not self._grew(known, finding):
            return "rejected"
        if known.status == "done" and not _is_closed(known):
            return "waiting_for_verdict"
        return "raised_before_verdict" if _is_closed(known) and not self._since_verdict(known, finding) else None

    def _grew(self, known: ImprovementTask, finding: Finding) -> bool:
        then = self.earlier.get(known.finding_id)
        return then is not None and finding.share_low > then.share_high

    def _since_verdict(self, known: ImprovementTask, finding: Finding) -> bool:
        verdict_at = known.verdict_at or known.done_at
        return verdict_at is None or finding.week > clock.week_of(verdict_at, self.settings.loop.zone)

    def _owner(self, known: ImprovementTask | None, finding: Finding) -> str:
        """Give the team: the one that has the task, as long as it exists; else the one that owns the touchpoint."""
        if known and self._team(known.team):
            return known.team
        team = self.settings.team_for(finding.touchpoint)
        return team.name if team else EVERYONE

    def _team(self, name: str) -> Team | None:
        return next((team for team in self.settings.teams if team.name == name), None)

    def _status(self, known: ImprovementTask | None, owner: str) -> TaskStatus:
        """Take room from the team where the task is not open yet; without room a new one is `seen`, an old one stays."""
        if known and known.status in OPEN:
            return known.status
        team = self._team(owner)
        if self.taken[owner] >= (team.max_open_tasks if team else MAX_OPEN_TASKS):
            return known.status if known and _is_closed(known) else "seen"
        self.taken[owner] += 1
        return "reopened" if known and _is_closed(known) else "proposed"

    def _written(self, finding: Finding, known: ImprovementTask | None, assigned: Assigned) -> ImprovementTask:
        evidence = self.evidence.get(finding.id, Evidence())
        task = known or self._blank(finding, evidence)
        due_at = self.now + DUE_AFTER if task.due_at is None or assigned.status != task.status else task.due_at
        templates = wording_of(self.settings)
        text = task_text(finding, evidence, self._frame(assigned.team, due_at), templates=templates)
        return replace(
            task,
            finding_id=finding.id,
            title=text.title,
            body=text.body,
            success_metric=text.success_metric,
            team=assigned.team,
            status=assigned.status,
            updated_week=finding.week,
            due_at=due_at,
            priority=assigned.priority,
            evidence=tuple(dict.fromkeys((*evidence.items, *task.evidence)))[:MOST_ITEMS],
            **(_started_again(finding) if assigned.status == "reopened" and _is_closed(task) else {}),
        )

    def _blank(self, finding: Finding, evidence: Evidence) -> ImprovementTask:
        return ImprovementTask(
            id=task_id(finding.group),
            finding_id=finding.id,
            group=finding.group,
            title="",
            body="",
            team="",
            status="seen",
            raised_week=finding.week,
            updated_week=finding.week,
            source=self.settings.actions.tasks_in or evidence.source,
        )

    def _frame(self, owner: str, due_at: datetime) -> Frame:
        team, loop = self._team(owner), self.settings.loop
        zone = clock.zone(team.timezone) if team and team.timezone else loop.zone
        language = (team.language if team else None) or loop.language
        return Frame(_EVERYONE_WORDS[language] if owner == EVERYONE else owner, language, due_at, zone)


def _started_again(finding: Finding) -> dict[str, Any]:
    """Say what changes when the trouble of a closed task comes back: the next verdict is about the new trouble.

    `done_at` stays: in the source the task still stands as done since then.
    """
    verdict = {"verdict": None, "verdict_at": None, "verdict_due_at": None, "verification": None}
    return {"raised_week": finding.week, **verdict}


def _is_closed(task: ImprovementTask) -> bool:
    """Say whether a task was done and its last verdict fell: that it worked, or that the weeks cannot tell."""
    return task.status == "verified" or (task.status == "done" and task.verdict == "cannot_tell")


def _not_a_task(finding: Finding) -> Passed | None:
    if not finding.raised:
        return "not_raised"
    return "not_worse" if finding.direction != "worse" else None
