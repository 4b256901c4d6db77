"""What is written down of an action: that it was done, held back, refused, or has to be tried again?

An action and the follow-up or task behind it change in one transaction, so that both always tell the same story.
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from feedbackloop.analysis.restraint import Decision
from feedbackloop.errors import Fatal, Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.records import Action, ActionKind, FollowUp, Receipt
from feedbackloop.stages.turn import Turn
from feedbackloop.store.outbox import Queued

MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)


def done(turn: Turn, action: Action, receipt: Receipt) -> None:
    """Keep the receipt, and note on the follow-up or task itself that it went out."""
    plans = turn.store.plans
    with turn.store.write():
        turn.store.outbox.done(action, receipt, turn.now)
        turn.write_down("action", action.id, "done", action.kind)
        if action.kind is ActionKind.REPLY and (follow_up := plans.follow_up(action.about)):
            sent = replace(follow_up, status="sent", sent_at=turn.now, decision="send", reason=None, held_at=None)
            plans.save_follow_ups([sent])
        if action.kind is ActionKind.TASK and (task := plans.task(action.about)):
            where = {"source": action.source, "external_id": receipt.external_id, "external_url": receipt.url}
            plans.save_tasks([replace(task, status="open", **where)])
    turn.report.actions["pushed"] += 1
    turn.plugins.each("after_push", action=action, receipt=receipt)


def held_back(turn: Turn, action: Action, follow_up: FollowUp, decision: Decision) -> None:
    """Note that restraint says no, for good or for now."""
    reason = decision.reason or "held"
    turn.report.held_back[follow_up.id] = reason
    is_final = decision.decision == "hold"
    with turn.store.write():
        if turn.store.items.is_erased(follow_up.item):
            return  # meanwhile: nothing of it may be written back
        status = "held" if is_final else follow_up.status
        held_at = turn.now if is_final else None
        changed = replace(follow_up, decision=decision.decision, reason=reason, status=status, held_at=held_at)
        turn.store.plans.save_follow_ups([changed])
        if is_final:
            turn.store.outbox.mark(action.id, "cancelled", reason)
        else:
            turn.store.outbox.mark(action.id, "approved", reason, next_try_at=decision.wait_until)
        turn.write_down("follow_up", follow_up.id, decision.decision, reason)


def vetoed(turn: Turn, action: Action, plugin: str, reason: str) -> None:
    """Note that a plugin said no: the action is off, and what stood behind it will not come back by itself."""
    with turn.store.write():
        turn.store.outbox.mark(action.id, "cancelled", f"{plugin}: {reason}")
        turn.write_down("action", action.id, "vetoed", plugin)
        _off(turn, action, f"vetoed_by_{plugin}")


def cancelled(turn: Turn, action: Action, reason: str) -> None:
    """Note that what an action was about is gone."""
    with turn.store.write():
        turn.store.outbox.mark(action.id, "cancelled", reason)
        turn.write_down("action", action.id, "cancelled", reason)


def needs_a_look(turn: Turn, action: Action, error: str, reason: str) -> None:
    """Stop an action that a person has to look at before it may go again."""
    with turn.store.write():
        turn.store.outbox.mark(action.id, "needs_a_look", error)
        turn.write_down("action", action.id, "needs_a_look", reason)
    turn.fail("push", error, source=action.source, record=action.id)


def failed(turn: Turn, queued: Queued, error: SourceError, *, sent: bool) -> None:
    """Note what became of an attempt that failed: set aside, tried again later, given up, or left for a person.

    Args:
        turn: The run.
        queued: The action as it stood before the attempt.
        error: What went wrong.
        sent: It went wrong on sending; False: on looking an earlier attempt up, of which nothing more is known then.
    """
    action = queued.action
    is_sure = sent and not isinstance(error, UnknownOutcome)
    turn.plugins.each("on_push_error", action=action, error=error)
    if isinstance(error, Skippable):
        _give_up(turn, action, error, status="set_aside", reason="source_closed", is_sure=is_sure)
    elif isinstance(error, Fatal):
        with turn.store.write():
            turn.store.outbox.mark(action.id, "approved", turn.said(error), nothing_done=is_sure)
            turn.write_down("action", action.id, "left", type(error).__name__)
        return  # the source itself is named, once
    elif queued.attempts + 1 < MAX_ATTEMPTS:
        _later(turn, queued, error, is_sure)
    elif isinstance(error, UnknownOutcome):
        needs_a_look(turn, action, turn.said(error), "UnknownOutcome")
        return
    else:
        _give_up(turn, action, error, status="failed", reason="unreachable", is_sure=is_sure)
    turn.fail("push", error, source=action.source, record=action.id)


def _later(turn: Turn, queued: Queued, error: SourceError, is_sure: bool) -> None:
    wait = min(FIRST_WAIT * 2**queued.attempts, LONGEST_WAIT)
    if isinstance(error, Retriable) and error.wait_seconds:
        wait = max(wait, timedelta(seconds=min(error.wait_seconds, LONGEST_WAIT.total_seconds())))
    with turn.store.write():
        turn.store.outbox.mark(
            queued.action.id, "retrying", turn.said(error), next_try_at=turn.now + wait, nothing_done=is_sure
        )
        turn.write_down("action", queued.action.id, "retrying", type(error).__name__)


def _give_up(turn: Turn, action: Action, error: SourceError, *, status: str, reason: str, is_sure: bool) -> None:
    with turn.store.write():
        turn.store.outbox.mark(action.id, status, turn.said(error), nothing_done=is_sure)
        turn.write_down("action", action.id, status, type(error).__name__)
        if action.kind is ActionKind.REPLY:
            _off(turn, action, reason)
    turn.report.actions[status] += 1


def _off(turn: Turn, action: Action, reason: str) -> None:
    """Let the follow-up or the task behind an action know that it will not go out."""
    plans = turn.store.plans
    if action.kind is ActionKind.REPLY and (follow_up := plans.follow_up(action.about)):
        plans.save_follow_ups([replace(follow_up, status="held", decision="hold", reason=reason)])
        turn.report.held_back[follow_up.id] = reason
    if action.kind is ActionKind.TASK and (task := plans.task(action.about)):
        plans.save_tasks([replace(task, status="rejected")])
