"""What becomes of a draft: does it wait for a yes or a pen, is it held back, does it come too late?

Whatever is decided, refusals included, stands in the ledger.
"""

from __future__ import annotations

from msgspec.structs import replace

from feedbackloop.analysis.restraint import Decision
from feedbackloop.records import FollowUp, Item
from feedbackloop.settings import Mode
from feedbackloop.stages import actions
from feedbackloop.stages.turn import Turn


def keep(turn: Turn, item: Item, written: FollowUp, decision: Decision, *, mode: Mode, veto: str | None) -> None:
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
        held_at=turn.now if is_held else None,
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


def refuse_once(turn: Turn, key: str, reason: str) -> None:
    """Write down that there will be no draft about an item, once as long as the reason stays."""
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
