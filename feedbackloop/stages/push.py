"""What leaves for the source systems now?

The one place that sends. Every action passes the caps, the plugins' veto and, for words to a customer, restraint as things
stand at this moment. An action is marked `sending` before it is sent; one found so after a crash is looked up at the source
before it is repeated.
"""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from msgspec.structs import replace

from feedbackloop.analysis.restraint import Decision, decide
from feedbackloop.connector import Connector, SourceOptions
from feedbackloop.errors import Fatal, FeedbackloopError, LeaseLost, Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.hookspecs import Veto
from feedbackloop.records import Action, ActionKind, FollowUp, Receipt
from feedbackloop.stages.contact import contact_facts
from feedbackloop.stages.turn import Turn
from feedbackloop.store.outbox import Queued

MAX_ATTEMPTS = 8
FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=12)


def push(turn: Turn) -> None:
    """Send what is approved and due, as far as the caps allow."""
    pusher = _Pusher(turn)
    due = turn.store.outbox.due(turn.now, max(turn.max_writes * 2, 1000))
    with turn.progress("push", len(due)) as advance:
        for queued in due:
            pusher.handle(queued)
            advance(1)
    counts = turn.store.outbox.counts()
    turn.report.actions["waiting_for_approval"] = counts["waiting"]
    turn.report.actions["needs_a_look"] = counts["needs_a_look"]
    turn.report.actions["retrying"] = counts["retrying"]


class _Pusher:
    """One run's pushing: the writes left, and the sources that are closed for this run."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.left = turn.max_writes
        self.closed: set[str] = set()

    def handle(self, queued: Queued) -> None:
        """Decide on one action and send it if it may go."""
        action = queued.action
        if action.source in self.closed or action.source not in self.turn.source_names:
            return
        try:
            connector = self.turn.connector(action.source)
        except FeedbackloopError as error:
            self._close(action.source, error)
            return
        if self._settle_earlier_attempt(queued, connector):
            return
        if self.left <= 0:
            self._once(action, "wait", "write_cap")
            return
        if not self._may_go(action):
            return
        changed = self._ask_plugins(action)
        if changed is None:
            return
        if self.turn.dry_run or (self.turn.clock.is_replay and not connector.is_local):
            self._show(changed)
            return
        self.left -= 1
        self._send(queued, changed, connector)

    # --- before sending --------------------------------------------------------------------------------------------

    def _settle_earlier_attempt(self, queued: Queued, connector: Connector[SourceOptions]) -> bool:
        """Look an interrupted attempt up at the source; True if nothing is left to do for this action now."""
        if queued.status != "sending" and queued.attempts == 0:
            return False
        if self.turn.dry_run:
            return queued.status == "sending"
        action = queued.action
        try:
            receipt = connector.find(action)
        except NotImplementedError:
            self._mark(action, "needs_a_look", "sent earlier, and the source cannot tell whether it arrived")
            return True
        except SourceError as error:
            self._failed(queued, error)
            return True
        if receipt is None:
            return False
        self._done(action, receipt)
        return True

    def _may_go(self, action: Action) -> bool:
        """Ask restraint once more for words to a customer; other writes bother nobody."""
        if action.kind is not ActionKind.REPLY:
            return True
        turn = self.turn
        follow_up = turn.store.plans.follow_up(action.about)
        found = turn.store.items.get(f"{action.source}/{action.item}")
        if follow_up is None or found is None:
            self._mark(action, "cancelled", "what it was about is gone")
            return False
        facts = contact_facts(turn, found[0], follow_up, pending=False, writes_left=self.left)
        decision = decide(follow_up, facts, turn.settings, turn.now)
        if decision.decision == "send":
            return True
        self._hold(action, follow_up, decision)
        return False

    def _hold(self, action: Action, follow_up: FollowUp, decision: Decision) -> None:
        reason = decision.reason or "held"
        self.turn.report.held_back[follow_up.id] = reason
        is_final = decision.decision == "hold"
        with self.turn.store.write():
            held = replace(
                follow_up, decision=decision.decision, reason=reason, status="held" if is_final else follow_up.status
            )
            self.turn.store.plans.save_follow_ups([held])
            if is_final:
                self.turn.store.outbox.mark(action.id, "cancelled", reason)
            else:
                self.turn.store.outbox.mark(action.id, "approved", reason, decision.wait_until)
            self.turn.write_down("follow_up", follow_up.id, decision.decision, reason)

    def _ask_plugins(self, action: Action) -> Action | None:
        """Let plugins change or veto the action; None if one said no."""
        for plugin, answer in self.turn.plugins.each("before_push", action=action, settings=self.turn.settings):
            if isinstance(answer, Veto):
                self._mark(action, "cancelled", f"{plugin}: {answer.reason}")
                return None
            if (answer.key, answer.kind, answer.source, answer.item) == (
                action.key,
                action.kind,
                action.source,
                action.item,
            ):
                action = answer
            else:
                self.turn.fail("push", f"plugin {plugin} may not change what an action is about", record=action.id)
        return action

    def _show(self, action: Action) -> None:
        self.turn.report.would_push.append(shown(self.turn, action))

    # --- sending ---------------------------------------------------------------------------------------------------

    def _send(self, queued: Queued, action: Action, connector: Connector[SourceOptions]) -> None:
        with self.turn.store.write():
            self.turn.store.outbox.mark(action.id, "sending")
        try:
            receipt = connector.push(action)
        except SourceError as error:
            self._failed(queued, error)
        except NotImplementedError:
            self._failed(queued, Skippable(f"{connector.name} cannot take a {action.kind}"))
        except (LeaseLost, sqlite3.Error):
            raise
        except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything: did it arrive? `find` tells
            self._failed(queued, UnknownOutcome(f"{type(error).__name__}: {error}"))
        else:
            self._done(action, receipt)

    def _done(self, action: Action, receipt: Receipt) -> None:
        turn = self.turn
        with turn.store.write():
            turn.store.outbox.done(action, receipt, turn.now)
            turn.write_down("action", action.id, "done", action.kind)
            self._tell_plan(action, receipt)
        turn.report.actions["pushed"] += 1
        turn.plugins.each("after_push", action=action, receipt=receipt)

    def _tell_plan(self, action: Action, receipt: Receipt) -> None:
        """Note on the follow-up or task itself that it went out."""
        plans = self.turn.store.plans
        if action.kind is ActionKind.REPLY and (follow_up := plans.follow_up(action.about)):
            plans.save_follow_ups(
                [replace(follow_up, status="sent", sent_at=self.turn.now, decision="send", reason=None)]
            )
        if action.kind is ActionKind.TASK and (task := plans.task(action.about)):
            plans.save_tasks(
                [
                    replace(
                        task,
                        status="open",
                        source=action.source,
                        external_id=receipt.external_id,
                        external_url=receipt.url,
                    )
                ]
            )

    def _failed(self, queued: Queued, error: SourceError) -> None:
        action = queued.action
        self.turn.plugins.each("on_push_error", action=action, error=error)
        if isinstance(error, Skippable):
            self._mark(action, "set_aside", str(error))
            self.turn.report.actions["set_aside"] += 1
        elif isinstance(error, Fatal):
            self._mark(action, "approved", str(error))
            self._close(action.source, error)
            return
        elif queued.attempts + 1 >= MAX_ATTEMPTS:
            unclear = isinstance(error, UnknownOutcome)
            self._mark(action, "needs_a_look" if unclear else "failed", str(error))
            self.turn.report.actions["needs_a_look" if unclear else "failed"] += 1
        else:
            self._retry(queued, error)
            return
        self.turn.fail("push", error, source=action.source, record=action.id)

    def _retry(self, queued: Queued, error: SourceError) -> None:
        wait = min(FIRST_WAIT * 2**queued.attempts, LONGEST_WAIT)
        if isinstance(error, Retriable) and error.wait_seconds:
            wait = max(wait, timedelta(seconds=min(error.wait_seconds, LONGEST_WAIT.total_seconds())))
        again_at = self.turn.now + wait
        with self.turn.store.write():
            self.turn.store.outbox.mark(queued.action.id, "retrying", str(error), again_at)
            self.turn.write_down("action", queued.action.id, "retrying", type(error).__name__)
        self.turn.fail("push", error, source=queued.action.source, record=queued.action.id)

    def _mark(self, action: Action, status: str, reason: str) -> None:
        with self.turn.store.write():
            self.turn.store.outbox.mark(action.id, status, reason)
            self.turn.write_down("action", action.id, status, _code(reason))

    def _once(self, action: Action, decision: str, reason: str) -> None:
        """Write a passing refusal down, but not again in every run."""
        if self.turn.store.books.last_reasons("action").get(action.id) == (decision, reason):
            return
        with self.turn.store.write():
            self.turn.write_down("action", action.id, decision, reason)

    def _close(self, source: str, error: Exception) -> None:
        self.closed.add(source)
        self.turn.fail("push", error, source=source)


def shown(turn: Turn, action: Action) -> dict[str, object]:
    """Show what a write would change, before and after, for a dry run."""
    found = turn.store.items.get(f"{action.source}/{action.item}") if action.item else None
    before: object = None
    after: object = action.text
    if action.kind is ActionKind.TAG:
        before = list(found[0].tags) if found else []
        after = sorted({*(found[0].tags if found else ()), *action.tags})
    elif action.kind in {ActionKind.TASK, ActionKind.TASK_UPDATE}:
        after = {"title": action.title, "body": action.text}
    target = f"{action.source}/{action.item}" if action.item else action.source
    return {"id": action.id, "kind": str(action.kind), "target": target, "before": before, "after": after}


def _code(reason: str) -> str:
    """Shorten a reason for the ledger: codes and ids only, never words of people."""
    return reason if len(reason) <= 40 and reason.replace("_", "").isalnum() else reason.partition(":")[0][:60]
