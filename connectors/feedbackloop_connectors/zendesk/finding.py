"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import if_there, missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number, number, rows, table, when, words
from feedbackloop_connectors.desk.writing import target_of
from feedbackloop_connectors.zendesk.account import Account
from feedbackloop_connectors.zendesk.own import FOLLOW_UP_PREFIX, TASK_PREFIX, marked_key


class Finder:
    """Looks our own writes up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        return if_there(lambda: self._find(action))  # a ticket that is gone holds nothing of ours

    def _find(self, action: Action) -> Receipt | None:
        if action.kind is ActionKind.TASK:
            return self._by_external_id(TASK_PREFIX + action.key)
        if action.kind is ActionKind.TASK_UPDATE:
            return self._in_audits(target_of(action), action.key)
        if not is_number(action.item):
            return None
        if action.kind is ActionKind.TAG:
            return self._tagged(action)
        found = self._in_audits(int(action.item), action.key)
        if found is None and action.kind is ActionKind.REPLY:
            found = self._by_external_id(FOLLOW_UP_PREFIX + action.key)
        return found

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        numbers = [int(task) for task in ids if is_number(task)]
        found = {
            str(number(r.get("id"))): r for answer in self._api.tickets(numbers) for r in rows(answer.get("tickets"))
        }
        return [self._state(task, found.get(task) or self._alone(task)) for task in ids]

    def _by_external_id(self, external_id: str) -> Receipt | None:
        found = self._api.tickets_by_external_id(external_id)
        if not found:
            return None
        note = f"{len(found)} tickets carry {external_id}; the oldest counts" if len(found) > 1 else None
        name = str(number(found[0].get("id")))
        return Receipt(external_id=name, url=self._account.url(name), written_ids=(name,), note=note)

    def _tagged(self, action: Action) -> Receipt | None:
        held = words(self._api.ticket(int(action.item)).get("tags"))
        if not set(action.tags) <= set(held):
            return None
        return Receipt(external_id=action.item, url=self._account.url(action.item))

    def _in_audits(self, ticket_id: int, key: str) -> Receipt | None:
        for audit in self._api.audits(ticket_id):
            if marked_key(audit.get("metadata")) == key:
                written = [
                    str(event.get("id")) for event in rows(audit.get("events")) if event.get("type") == "Comment"
                ]
                name = written[0] if written else str(ticket_id)
                return Receipt(external_id=name, url=self._account.url(ticket_id), written_ids=tuple(written))
        return None

    def _alone(self, task: str) -> Row | None:
        """Ask a task that a list left out for itself: archived tickets are missing from lists."""
        return if_there(lambda: self._api.ticket(int(task))) if is_number(task) else None

    def _state(self, task: str, row: Row | None) -> TaskState:
        if row is None or row.get("status") == "deleted":
            return missing(task)
        at = when(table(row.get("metric_set")).get("solved_at")) or when(row.get("updated_at"))
        is_done = row.get("status") in {"solved", "closed"}
        is_rejected = f"{self._account.naming.tag_prefix}rejected" in words(row.get("tags"))
        return task_state(task, is_done=is_done, is_rejected=is_rejected, at=at, url=self._account.url(task))
