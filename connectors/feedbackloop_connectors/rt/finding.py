"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import if_there, missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number, moment, number
from feedbackloop_connectors.desk.writing import target_of
from feedbackloop_connectors.marks import digest, is_same_text, mark_in
from feedbackloop_connectors.rt.account import Account
from feedbackloop_connectors.rt.items import STATUSES, tags_of, words_of

GONE = (400, 404)
"""RT answers 400 to the number of a ticket that never was."""


def task_uri(action: Action) -> str:
    """Give the address by which a task is found again: RT keeps links to any address, and finds tickets by them."""
    return f"feedbackloop:{digest(action.key)}"


class Finder:
    """Looks our own writes up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        if action.kind is ActionKind.TASK:
            return self._task(action)
        if action.kind is not ActionKind.TASK_UPDATE and not is_number(action.item):
            return None
        look = self._tagged if action.kind is ActionKind.TAG else self._said
        return if_there(lambda: look(action), GONE)  # a ticket that is gone holds nothing of ours

    def _task(self, action: Action) -> Receipt | None:
        found = self._api.tickets_referring(task_uri(action))
        if not found:
            return None
        name = str(found[0].get("id"))
        note = f"{len(found)} tickets carry this task's link; the oldest counts" if len(found) > 1 else None
        return Receipt(external_id=name, url=self._account.url(name), written_ids=(name,), note=note)

    def _tagged(self, action: Action) -> Receipt | None:
        held = tags_of(self._api.ticket(target_of(action)), self._account.options.tag_field)
        if not set(action.tags) <= set(held):
            return None
        return Receipt(external_id=action.item, url=self._account.url(action.item))

    def _said(self, action: Action) -> Receipt | None:
        """Look among what our account wrote on the ticket: notes by their mark, replies, which carry none, by their words."""
        on = target_of(action)
        kind = "Correspond" if action.kind is ActionKind.REPLY else "Comment"
        ours = [number(row.get("id")) or 0 for row in self._api.said_by(self._account.me, on, kind)]
        texts: dict[int, list[Row]] = {}
        for row in self._api.texts(ours):
            texts.setdefault(number(row.get("TransactionId")) or 0, []).append(row)
        for name, parts in sorted(texts.items()):
            said = words_of(parts)
            is_it = is_same_text(said, action.text) if kind == "Correspond" else mark_in(said) == digest(action.key)
            if is_it:
                return Receipt(external_id=str(name), url=self._account.url(on), written_ids=(str(name),))
        return None

    # --- tasks --------------------------------------------------------------------------------------------------------

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        found = {str(row.get("id")): row for row in self._api.tickets([int(one) for one in ids if is_number(one)])}
        return [self._state(task, found.get(task) or self._alone(task)) for task in ids]

    def _alone(self, task: str) -> Row:
        """Ask for a task that the list left out: it is deleted or merged, or the account lost a right (which raises)."""
        return (if_there(lambda: self._api.ticket(int(task)), GONE) if is_number(task) else None) or {}

    def _state(self, task: str, row: Row) -> TaskState:
        status = str(row.get("Status"))
        ours = self._account.options.statuses.get(status) or STATUSES.get(status)
        if not row or ours == "deleted":
            return missing(task)
        url = self._account.url(task)
        try:
            at = moment(row.get("Resolved")) or moment(row.get("LastUpdated"))
        except ValueError:  # never resolved: RT says 1970
            at = None
        is_rejected = status in self._account.options.rejected_statuses
        return task_state(task, is_done=ours in {"solved", "closed"}, is_rejected=is_rejected, at=at, url=url)
