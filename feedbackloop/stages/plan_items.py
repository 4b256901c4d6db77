"""Which notes, tags and follow-ups does an item deserve after it was compared?

An item is looked at once after each comparison. Whatever is decided, refusals included, stands in the ledger; keys made from
the cause see to it that a second look at the same matter adds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.analysis.follow_ups_matter import task_for
from feedbackloop.analysis.follow_ups_triggers import fixed, triggers
from feedbackloop.records import Comparison, ImprovementTask, Item, Understanding
from feedbackloop.stages.contact import last_feedback
from feedbackloop.stages.deeds import deed_elsewhere
from feedbackloop.stages.plan_follow_ups import plan_follow_up
from feedbackloop.stages.plan_notes import plan_note
from feedbackloop.stages.turn import Turn

BATCH = 500


class _Case(Struct, frozen=True):
    """One item as planning sees it."""

    item: Item
    understanding: Understanding
    comparison: Comparison


def plan_items(turn: Turn) -> None:
    """Look at every item that was compared since the last look."""
    tasks = turn.store.plans.tasks()
    while keys := turn.store.items.due_for_planning(BATCH):
        cases = _cases(turn, keys)
        for case in cases:
            if _is_recent(turn, case):
                _plan_item(turn, case, tasks)
        with turn.store.write():
            turn.store.items.mark_planned(keys)


def _cases(turn: Turn, keys: Sequence[str]) -> list[_Case]:
    """Read what was found of these items; those without gap, promise or rating need no look."""
    judgements = turn.store.judgements
    cases = []
    for item, understanding in turn.store.items.several(keys):
        gaps, promises = tuple(judgements.gaps_of(item.key)), tuple(judgements.promises_of(item.key))
        if understanding and (gaps or promises or item.ratings):
            comparison = Comparison(item=item.key, gaps=gaps, promises=promises)
            cases.append(_Case(item, understanding, comparison))
    return cases


def _is_recent(turn: Turn, case: _Case) -> bool:
    """Say whether anything happened here within `max_age`: older items are counted, nothing is written to them."""
    moments = [last_feedback(case.item), case.item.solved_at, case.item.created_at]
    moments += [promise.due_at for promise in case.comparison.promises]
    newest = max((moment for moment in moments if moment and moment <= turn.now), default=None)
    if newest is None:  # the clock went back: all that is known of the item lies ahead
        return False
    return turn.now - newest <= turn.settings.actions.max_age


def _plan_item(turn: Turn, case: _Case, tasks: Sequence[ImprovementTask]) -> None:
    plan_note(turn, case.item, case.comparison)
    for matter in triggers(case.item, case.understanding, case.comparison, turn.settings, turn.now):
        done = matter.agent_action or deed_elsewhere(turn, matter)
        plan_follow_up(turn, replace(matter, task=task_for(matter.gaps, tasks), agent_action=done))


def plan_fixed(turn: Turn, task: ImprovementTask) -> None:
    """Draft "you told us, we changed it" to those whose complaints a verified task rests on; each is told once."""
    for item, understanding in turn.store.items.several(sorted(task.evidence)):
        if understanding is None:
            continue
        gaps = tuple(turn.store.judgements.gaps_of(item.key))
        comparison = Comparison(item=item.key, gaps=gaps)
        matter = fixed(item, understanding, comparison, task, task.verdict_at or turn.now)
        if matter:
            plan_follow_up(turn, matter)
