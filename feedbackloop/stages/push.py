"""What leaves for the source systems now?

The one place that sends. Every action passes the caps, the plugins' veto and, for words to a customer, restraint as things
stand at this moment. An action is marked `sending` before it is sent; one whose fate is unknown is looked up at the source
before it is repeated.
"""

from __future__ import annotations

import sqlite3
from collections import Counter

from feedbackloop.errors import Fatal, FeedbackloopError, LeaseLost, Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.hookspecs import Veto
from feedbackloop.records import Action, ActionKind
from feedbackloop.stages import outcomes
from feedbackloop.stages.contact import restrained
from feedbackloop.stages.mailing import MAIL, MailWay, Way
from feedbackloop.stages.turn import Turn
from feedbackloop.store.outbox import Queued

DUE = {"approved", "retrying", "sending"}
CAPPED = ("wait", "write_cap")
MOST_IN_A_ROW = 3
"""After so many passing faults in a row a source is left alone until the next run."""


def push(turn: Turn) -> None:
    """Send what is approved and due, as far as the caps allow."""
    pusher = _Pusher(turn)
    due = turn.store.outbox.due(turn.now, turn.sources.names)
    with turn.progress("push", len(due)) as advance:
        for action_id in due:
            pusher.handle(action_id)
            advance(1)
    pusher.write_down_capped()
    counts = turn.store.outbox.counts()
    turn.report.actions["waiting_for_approval"] = counts["waiting"]
    turn.report.actions["needs_a_look"] = counts["needs_a_look"]
    turn.report.actions["retrying"] = counts["retrying"]
    turn.report.actions["left"] = counts["approved"] + counts["sending"]


class _Pusher:
    """One run's pushing: the writes left, and the ways out that are closed or take a rest."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.left = turn.max_writes
        self.faults: Counter[str] = Counter()
        self.resting: set[str] = set()
        self.capped: list[str] = []
        self.mail = MailWay(turn)

    def handle(self, action_id: str) -> None:
        """Decide on one action, as it stands now, and send it if it may go."""
        queued = self.turn.store.outbox.get(action_id)
        if queued is None or queued.status not in DUE:
            return  # a person rejected or erased it meanwhile
        action = queued.action
        name = self._name(action)
        if name in self.turn.sources.closed or name in self.resting:
            return
        try:
            way = self._way(action)
        except FeedbackloopError as error:
            self._close(name, error)
            return
        if self._settle_earlier_attempt(queued, way) or self._is_capped(action) or not self._may_go(action):
            return
        changed = self._ask_plugins(action)
        if changed is None:
            return
        self.left -= 1
        if self.turn.dry_run or (self.turn.clock.is_replay and not way.is_local):
            self.turn.report.would_push.append(shown(self.turn, changed))
            return
        self._send(queued, changed, way)

    # --- before sending --------------------------------------------------------------------------------------------

    def _name(self, action: Action) -> str:
        by_mail = action.kind is ActionKind.REPLY and self.turn.settings.actions.follow_ups_by == "mail"
        return MAIL if by_mail else action.source

    def _way(self, action: Action) -> Way:
        if action.kind is ActionKind.REPLY and self.turn.settings.actions.follow_ups_by == "mail":
            return self.mail
        return self.turn.sources.connector(action.source)

    def _settle_earlier_attempt(self, queued: Queued, way: Way) -> bool:
        """Look an attempt of unknown fate up at the source; True if nothing is left to do for this action now."""
        if not queued.unsure:
            return False
        if self.turn.dry_run:
            return True
        action = queued.action
        try:
            receipt = way.find(action)
        except NotImplementedError:
            if queued.attempts == 0:
                return False  # a person looked, and lets it go again
            error = "sent earlier, and nobody can tell whether it arrived; look, then `feedbackloop retry` or reject it"
            outcomes.needs_a_look(self.turn, action, error, "cannot_tell")
            return True
        except (LeaseLost, sqlite3.Error):
            raise
        except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; still nothing is known
            known = error if isinstance(error, SourceError) else UnknownOutcome(self.turn.said(error))
            self._failed(queued, known, sent=False)
            return True
        if receipt is None:
            return False
        outcomes.done(self.turn, action, receipt)
        return True

    def _is_capped(self, action: Action) -> bool:
        """Say whether this run has no write left."""
        if self.left > 0:
            return False
        if action.kind is ActionKind.REPLY:
            self.turn.report.held_back[action.about] = "write_cap"
        if self.turn.store.books.last("action", action.id) != CAPPED:
            self.capped.append(action.id)
        return True

    def write_down_capped(self) -> None:
        """Write down what the cap left for a later run: all at once, and each action once only."""
        if self.capped:
            with self.turn.store.write():
                for action_id in self.capped:
                    self.turn.write_down("action", action_id, *CAPPED)

    def _may_go(self, action: Action) -> bool:
        """Ask restraint once more for words to a customer; other writes bother nobody."""
        if action.kind is not ActionKind.REPLY:
            return True
        turn = self.turn
        follow_up = turn.store.plans.follow_up(action.about)
        found = turn.store.items.get(f"{action.source}/{action.item}")
        if follow_up is None or found is None:
            outcomes.cancelled(turn, action, "what_it_was_about_is_gone")
            return False
        decision = restrained(turn, found[0], follow_up, pending=False, writes_left=self.left)
        if decision.decision == "send":
            return True
        outcomes.held_back(turn, action, follow_up, decision)
        return False

    def _ask_plugins(self, action: Action) -> Action | None:
        """Let plugins change or veto the action; None if one said no, or broke before it could."""
        plugins, raised = self.turn.plugins, self.turn.plugins.raised
        for plugin, answer in plugins.each("before_push", action=action, settings=self.turn.settings):
            if isinstance(answer, Veto):
                outcomes.vetoed(self.turn, action, plugin, answer.reason)
                return None
            if isinstance(answer, Action) and _about(answer) == _about(action):
                action = answer
            else:
                self.turn.fail("push", f"plugin {plugin} may not change what an action is about", record=action.id)
        if plugins.raised > raised:
            self.turn.fail("push", f"not sent: a plugin that may veto it broke: {plugins.last_fault}", record=action.id)
            return None
        return action

    # --- sending ---------------------------------------------------------------------------------------------------

    def _send(self, queued: Queued, action: Action, way: Way) -> None:
        with self.turn.store.write():
            is_ours = self.turn.store.outbox.claim(action.id)
        if not is_ours:
            return
        try:
            receipt = way.push(action)
        except SourceError as error:
            self._failed(queued, error)
        except NotImplementedError:
            self._failed(queued, Skippable(f"{self._name(action)} cannot take a {action.kind}"))
        except (LeaseLost, sqlite3.Error):
            raise
        except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything: did it arrive? `find` tells
            self._failed(queued, UnknownOutcome(self.turn.said(error)))
        else:
            self.faults[self._name(action)] = 0
            outcomes.done(self.turn, action, receipt)

    def _failed(self, queued: Queued, error: SourceError, *, sent: bool = True) -> None:
        """Write down what became of an attempt, and leave a source alone that asks for it."""
        name = self._name(queued.action)
        outcomes.failed(self.turn, queued, error, sent=sent)
        if isinstance(error, Fatal):
            self._close(name, error)
        elif isinstance(error, Retriable):
            self.faults[name] += 1
            asks_to_wait = bool(error.wait_seconds) and not isinstance(error, UnknownOutcome)
            if asks_to_wait or self.faults[name] >= MOST_IN_A_ROW:
                self.resting.add(name)
                self.turn.report.remarks.append(f"{name}: the rest is sent in a later run ({self.turn.said(error)})")

    def _close(self, name: str, error: Exception) -> None:
        self.turn.sources.closed.add(name)
        self.turn.fail("push", error, source=name)


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


def _about(action: Action) -> tuple[str, ...]:
    return action.id, action.key, action.kind, action.source, action.item, action.about
