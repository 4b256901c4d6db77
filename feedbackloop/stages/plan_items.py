"""Which notes, tags and follow-ups does an item deserve after it was compared?

An item is looked at once after each comparison. Whatever is decided, refusals included, stands in the ledger; keys made from
the cause see to it that a second look at the same matter adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from feedbackloop.analysis.follow_ups import NO_LANGUAGE, draft
from feedbackloop.analysis.follow_ups_matter import Matter, task_for
from feedbackloop.analysis.follow_ups_triggers import fixed, triggers
from feedbackloop.analysis.restraint import Decision, decide
from feedbackloop.records import Comparison, FollowUp, ImprovementTask, Item, Understanding
from feedbackloop.settings import Mode
from feedbackloop.stages import actions
from feedbackloop.stages.contact import contact_facts, last_feedback
from feedbackloop.stages.plan_notes import plan_note
from feedbackloop.stages.polishing import polished
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
    newest = max(moment for moment in moments if moment and moment <= turn.now)
    return turn.now - newest <= turn.settings.actions.max_age


def _plan_item(turn: Turn, case: _Case, tasks: Sequence[ImprovementTask]) -> None:
    plan_note(turn, case.item, case.comparison)
    for matter in triggers(case.item, case.understanding, case.comparison, turn.settings, turn.now):
        _plan_follow_up(turn, replace(matter, task=task_for(matter.gaps, tasks)))


def plan_fixed(turn: Turn, task: ImprovementTask) -> None:
    """Draft "you told us, we changed it" to those whose complaints a verified task rests on; each is told once."""
    for item, understanding in turn.store.items.several(sorted(task.evidence)):
        if understanding is None:
            continue
        gaps = tuple(turn.store.judgements.gaps_of(item.key))
        comparison = Comparison(item=item.key, gaps=gaps)
        matter = fixed(item, understanding, comparison, task, task.verdict_at or turn.now)
        if matter:
            _plan_follow_up(turn, matter)


# --- follow-ups ----------------------------------------------------------------------------------------------------


def _plan_follow_up(turn: Turn, matter: Matter) -> None:
    mode = turn.settings.actions.thanks if matter.trigger == "thanks" else turn.settings.actions.follow_ups
    if mode == "off":
        return
    written = draft(matter, turn.settings)
    if written is None:
        _refuse_once(turn, matter.item.key, NO_LANGUAGE)
        return
    if turn.store.plans.follow_up(written.id):
        return
    veto = _veto(turn, written)
    facts = contact_facts(turn, matter.item, written, pending=True, writes_left=None)
    decision = Decision("hold") if veto else decide(written, facts, turn.settings, turn.now)
    if decision.decision != "hold":
        written = polished(turn, written)
    mode = "review" if written.polished_by else mode
    _store(turn, matter.item, written, decision, mode=mode, veto=veto)


def _store(turn: Turn, item: Item, written: FollowUp, decision: Decision, *, mode: Mode, veto: str | None) -> None:
    """Keep the draft with its decision; only one that may go, now or later, enters the outbox."""
    reason = veto or decision.reason
    is_held = decision.decision == "hold"
    needs_a_pen = reason == "lint"
    status = "drafted" if needs_a_pen else "held" if is_held else "approved" if mode == "auto" else "waiting"
    kept = replace(
        written,
        decision=decision.decision,
        reason=reason,
        wait_until=decision.wait_until,
        status=status,
    )
    email = item.customer.email
    with turn.store.write():
        if turn.store.items.is_erased(item.key):
            return
        turn.store.plans.save_follow_ups([kept], {kept.id: email.strip().lower()} if email else None)
        turn.write_down("follow_up", kept.id, decision.decision, reason or "")
        if not is_held:
            actions.decide_action(turn, actions.reply(item, kept), mode)
    turn.report.drafted += 1
    if decision.decision != "send":
        turn.report.held_back[kept.id] = reason or "vetoed"


def _veto(turn: Turn, written: FollowUp) -> str | None:
    for plugin, answer in turn.plugins.each("before_plan", tasks=[], follow_ups=[written], settings=turn.settings):
        if isinstance(answer, Mapping) and written.id in answer:
            return f"vetoed_by_{plugin}"
    return None


def _refuse_once(turn: Turn, key: str, reason: str) -> None:
    if turn.store.books.last("follow_up", key) != ("hold", reason):
        with turn.store.write():
            turn.write_down("follow_up", key, "hold", reason)


def expire(turn: Turn) -> None:
    """Take drafts back that waited for approval longer than `max_age`: an answer that late is none."""
    limit = turn.now - turn.settings.actions.max_age
    stale = [
        one for one in turn.store.plans.follow_ups(("drafted", "waiting")) if one.created_at and one.created_at < limit
    ]
    if not stale:
        return
    with turn.store.write():
        turn.store.plans.save_follow_ups(replace(one, status="expired") for one in stale)
        for one in stale:
            for queued in turn.store.outbox.about(one.id):
                if queued.status in {"waiting", "retrying"}:
                    turn.store.outbox.mark(queued.action.id, "cancelled", "expired")
            turn.write_down("follow_up", one.id, "expired", "too_old")
