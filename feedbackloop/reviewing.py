"""What waits for a person's yes, and what follows from the answer?

Works in short transactions beside a living run. An id may be that of the action, or of the task or follow-up behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from feedbackloop.analysis import lint
from feedbackloop.errors import UsageError
from feedbackloop.records import Action, ActionKind, FollowUp, LedgerEntry
from feedbackloop.settings import Settings
from feedbackloop.stages import actions
from feedbackloop.store import Store
from feedbackloop.store.outbox import Queued
from feedbackloop.telling import change_told, evidence_of_item, evidence_of_task

REJECTABLE = ("waiting", "needs_a_look", "set_aside", "failed")
"""What got stuck can be rejected too: it is over then."""

APPROVED = ("approved", "sending", "retrying", "done")
"""Who approves twice, or after somebody else, changes nothing."""


def waiting(store: Store) -> list[dict[str, Any]]:
    """List what waits, with what it rests on: actions in the order decided, then drafts that need a person's pen first."""
    listed = [_shown(store, queued.action) for queued in store.outbox.with_status("waiting")]
    return listed + [_shown_draft(store, draft) for draft in store.plans.follow_ups(("drafted",))]


def _shown(store: Store, action: Action) -> dict[str, Any]:
    follow_up = store.plans.follow_up(action.about) if action.kind is ActionKind.REPLY else None
    text = action.text or ", ".join(action.tags)
    shown = {
        "id": action.id,
        "kind": str(action.kind),
        "target": f"{action.source}/{action.item}" if action.item else action.source,
        "about": action.about,
        "text": f"{action.title}\n{text}" if action.title else text,
        "language": follow_up.language if follow_up else None,
        "reason": follow_up.reason if follow_up else None,
        "lint": list(follow_up.lint) if follow_up else [],
        "evidence": _evidence(store, action),
        "polished_by": follow_up.polished_by if follow_up else None,
    }
    return shown | change_told(action.draft, action.text)


def _shown_draft(store: Store, draft: FollowUp) -> dict[str, Any]:
    return {
        "id": draft.id,
        "kind": "reply",
        "target": draft.item,
        "about": draft.id,
        "text": draft.text,
        "language": draft.language,
        "reason": draft.reason,
        "lint": list(draft.lint),
        "evidence": evidence_of_item(store, draft.item),
    }


def _evidence(store: Store, action: Action) -> list[str]:
    if task := store.plans.task(action.about):
        return evidence_of_task(store, task)
    return evidence_of_item(store, f"{action.source}/{action.item}")


class Reviewer:
    """One person's answers; each stands in the ledger under their name."""

    def __init__(self, store: Store, settings: Settings, name: str, now: datetime) -> None:
        self._store, self._settings, self._name, self._now = store, settings, name, now

    def approve_all(self) -> list[str]:
        """Approve everything that waits; drafts that need editing stay."""
        with self._store.write():
            return [self._approve(queued) for queued in self._store.outbox.with_status("waiting")]

    def approve(self, idents: Sequence[str]) -> list[str]:
        """Approve all of these or, if one cannot be, none; gives the actions' ids. What was approved already stays so.

        Raises:
            UsageError: Nothing of that id waits or was approved, or its text has faults that must be mended first.
        """
        with self._store.write():
            return [self._approve(self._approvable(ident)) for ident in idents]

    def _approvable(self, ident: str) -> Queued:
        draft = self._store.plans.follow_up(ident)
        if draft and draft.status == "drafted":
            raise UsageError(f"{ident} cannot go out as it is: {'; '.join(draft.lint)}. Mend it with `review edit`")
        return self._waiting(ident, ("waiting", *APPROVED))

    def _approve(self, queued: Queued) -> str:
        action = queued.action
        if queued.status in APPROVED:
            return action.id
        self._store.outbox.mark(action.id, "approved")
        follow_up = self._store.plans.follow_up(action.about)
        if follow_up:
            self._store.plans.save_follow_ups([replace(follow_up, status="approved")])
        task = self._store.plans.task(action.about)
        if task and task.status == "proposed":
            self._store.plans.save_tasks([replace(task, status="approved")])
        self._note(action.id, "approved", "")
        return action.id

    def reject(self, idents: Sequence[str], why: str) -> list[str]:
        """Reject all of these for good or, if one cannot be, none; gives their ids.

        Raises:
            UsageError: Nothing of that id waits.
        """
        with self._store.write():
            return [self._reject(ident, why) for ident in idents]

    def _reject(self, ident: str, why: str) -> str:
        draft = self._store.plans.follow_up(ident)
        if draft and draft.status == "drafted":
            self._store.plans.save_follow_ups([replace(draft, status="rejected")])
            self._note(ident, "rejected", why)
            return ident
        queued = self._waiting(ident, REJECTABLE)
        self._store.outbox.mark(queued.action.id, "cancelled", "rejected")
        follow_up = self._store.plans.follow_up(queued.action.about)
        if follow_up:
            self._store.plans.save_follow_ups([replace(follow_up, status="rejected")])
        task = self._store.plans.task(queued.action.about)
        if task and queued.action.kind is ActionKind.TASK:
            self._store.plans.save_tasks([replace(task, status="rejected")])
        self._note(queued.action.id, "rejected", why)
        return queued.action.id

    def edit(self, ident: str, text: str) -> str:
        """Give another text to what waits; a follow-up is checked again, and a draft that passes now waits for approval.

        Raises:
            UsageError: Nothing of that id waits, or the new text has faults of its own.
        """
        if not text.strip():
            raise UsageError("the new text is empty")
        with self._store.write():
            unfit = self._store.plans.follow_up(ident)
            if unfit and unfit.status == "drafted":
                return self._edit_draft(unfit, text)
            queued = self._waiting(ident)
            follow_up = self._store.plans.follow_up(queued.action.about)
            if follow_up:
                self._check_form(text, follow_up.language)
                draft = follow_up.draft or follow_up.text
                self._store.plans.save_follow_ups([replace(follow_up, text=text.strip(), draft=draft)])
            elif queued.action.kind is ActionKind.TAG:
                raise UsageError(f"{queued.action.id} adds tags and has no text; approve or reject it")
            first = queued.action.draft or queued.action.text
            self._store.outbox.change_waiting(replace(queued.action, text=text.strip(), draft=first))
            self._note(queued.action.id, "edited", "")
            return queued.action.id

    def _edit_draft(self, draft: FollowUp, text: str) -> str:
        """Take a person's text for a draft that could not go out as it was."""
        self._check_form(text, draft.language)
        edited = replace(
            draft,
            text=text.strip(),
            draft=draft.draft or draft.text,
            lint=(),
            decision="send",
            reason=None,
            status="waiting",
            held_at=None,
        )
        found = self._store.items.get(draft.item)
        if found is None:
            raise UsageError(f"{draft.item}, which {draft.id} is about, is gone")
        action = replace(actions.reply(found[0], edited), draft=edited.draft)
        self._store.plans.save_follow_ups([edited])
        self._store.outbox.add(action, "waiting", self._now)
        self._note(draft.id, "edited", "")
        return action.id

    def _check_form(self, text: str, language: str) -> None:
        """Check a person's text: whoever writes it backs what it promises, so the rest is checked."""
        faults = lint.lint_text(text, "zh" if language == "zh" else "en", self._settings.understand.glossary, [text])
        if faults:
            raise UsageError(f"the new text has faults: {'; '.join(lint.lines(faults))}")

    def _waiting(self, ident: str, statuses: tuple[str, ...] = ("waiting",)) -> Queued:
        queued = self._store.outbox.get(ident)
        found = [queued] if queued else self._store.outbox.about(ident)
        open_ones = [one for one in found if one.status in statuses]
        if not open_ones:
            state = f" (it is {found[0].status})" if found else ""
            raise UsageError(
                f"nothing with the id {ident!r} waits for approval{state}; `feedbackloop review` lists what does"
            )
        return open_ones[0]

    def _note(self, about: str, decision: str, reason: str) -> None:
        entry = LedgerEntry(self._now, "review", about, decision, reason, self._name)
        self._store.books.write_down([entry])
