"""Which raised findings have one cause, and by how much does each move the scores?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from feedbackloop.analysis.impact import impacts
from feedbackloop.analysis.tasks import OPEN
from feedbackloop.analysis.tasks_cause import covered
from feedbackloop.clock import week_bounds
from feedbackloop.records import Finding, group_key
from feedbackloop.stages.evidence import items_behind
from feedbackloop.stages.turn import Turn


def with_causes(turn: Turn, week: str, findings: Sequence[Finding]) -> list[Finding]:
    """Say of raised findings by how much their items move each score; of those with one cause only one stays raised.

    It is the one whose group has a task in work, if one has: so the task follows its own group's figures.
    """
    raised = {finding.id: finding for finding in findings if finding.raised}
    if not raised:
        return list(findings)
    items = {name: set(items_behind(turn, finding)) for name, finding in raised.items()}
    ratings = turn.store.judgements.ratings(*week_bounds(week, turn.settings.loop.zone))
    in_work = {group_key(task.group) for task in turn.store.plans.tasks((*OPEN, "done"))}
    has_task = {name for name, one in raised.items() if group_key(one.group) in in_work}
    same: dict[str, str] = {}
    for side in ("worse", "better", "met"):
        same |= covered({name: one for name, one in raised.items() if one.direction == side}, has_task, items)
    return [
        replace(
            one,
            impact=impacts(items[one.id], ratings),
            same_cause_as=_last(same, one.id),
            raised=one.id not in same,
        )
        if one.id in raised
        else one
        for one in findings
    ]


def _last(same: Mapping[str, str], name: str) -> str | None:
    """Follow a chain of findings that stand for each other to its end."""
    stands = same.get(name)
    while stands is not None and stands in same:
        stands = same[stands]
    return stands
