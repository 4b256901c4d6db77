"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.errors import Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.zendesk.api import Api
from feedbackloop_connectors.zendesk.own import FOLLOW_UP_PREFIX, TASK_PREFIX, marked_key
from feedbackloop_connectors.zendesk.values import Row, moment, number, rows, table, words


def task_id(action: Action) -> int:
    """Give the ticket number of the task that an update is about.

    Raises:
        Skippable: It names none.
    """
    if not (action.external_id or "").isdigit():
        raise Skippable(f"the task {action.external_id!r} is no ticket of this account", record=action.id)
    return int(action.external_id or 0)


class Finder:
    """Looks our own writes up. `agent_url` is what links to tickets begin with."""

    def __init__(self, api: Api, *, agent_url: str, tag_prefix: str) -> None:
        self._api = api
        self._agent_url = agent_url
        self._rejected_tag = f"{tag_prefix}rejected"

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        try:
            return self._find(action)
        except Declined as refusal:
            if refusal.status in {404, 410}:  # a ticket that is gone holds nothing of ours
                return None
            raise

    def _find(self, action: Action) -> Receipt | None:
        if action.kind is ActionKind.TASK:
            return self._by_external_id(TASK_PREFIX + action.key)
        if action.kind is ActionKind.TASK_UPDATE:
            return self._in_audits(task_id(action), action.key)
        if not action.item.isdigit():
            return None
        if action.kind is ActionKind.TAG:
            return self._tagged(action)
        found = self._in_audits(int(action.item), action.key)
        if found is None and action.kind is ActionKind.REPLY:
            found = self._by_external_id(FOLLOW_UP_PREFIX + action.key)
        return found

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        numbers = [int(task) for task in ids if task.isdigit()]
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
        return Receipt(external_id=name, url=f"{self._agent_url}/{name}", written_ids=(name,), note=note)

    def _tagged(self, action: Action) -> Receipt | None:
        held = words(self._api.ticket(int(action.item)).get("tags"))
        if not set(action.tags) <= set(held):
            return None
        return Receipt(external_id=action.item, url=f"{self._agent_url}/{action.item}")

    def _in_audits(self, ticket_id: int, key: str) -> Receipt | None:
        for audit in self._api.audits(ticket_id):
            if marked_key(audit.get("metadata")) == key:
                written = [
                    str(event.get("id")) for event in rows(audit.get("events")) if event.get("type") == "Comment"
                ]
                name = written[0] if written else str(ticket_id)
                return Receipt(external_id=name, url=f"{self._agent_url}/{ticket_id}", written_ids=tuple(written))
        return None

    def _alone(self, task: str) -> Row | None:
        """Ask a task that a list left out for itself: archived tickets are missing from lists."""
        if not task.isdigit():
            return None
        try:
            return self._api.ticket(int(task))
        except Declined as refusal:
            if refusal.status in {404, 410}:
                return None
            raise

    def _state(self, task: str, row: Row | None) -> TaskState:
        if row is None or row.get("status") == "deleted":
            return TaskState(external_id=task, status="missing")
        url = f"{self._agent_url}/{task}"
        try:
            at = moment(table(row.get("metric_set")).get("solved_at")) or moment(row.get("updated_at"))
        except ValueError:
            at = None
        if self._rejected_tag in words(row.get("tags")):
            return TaskState(external_id=task, status="rejected", at=at, url=url)
        is_done = row.get("status") in {"solved", "closed"}
        return TaskState(external_id=task, status="done" if is_done else "open", at=at if is_done else None, url=url)
