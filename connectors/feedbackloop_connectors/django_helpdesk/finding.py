"""Was an action already done, though its answer was lost? And where do our tasks stand?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from feedbackloop.errors import BadRecord
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number, shaped, when
from feedbackloop_connectors.django_helpdesk.account import Account
from feedbackloop_connectors.django_helpdesk.own import mark
from feedbackloop_connectors.django_helpdesk.rows import (
    CLOSED,
    CUSTOM,
    DUPLICATE,
    RESOLVED,
    FollowUpRow,
    Ticket,
    tags_of,
)


class Finder:
    """Looks our own writes up."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api
        self._tag_field = CUSTOM + account.options.tag_field if account.options.tag_field else None

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        if action.kind is ActionKind.TASK:
            return self._filed(action)
        row = self._ticket(action.external_id if action.kind is ActionKind.TASK_UPDATE else action.item)
        if row is None:
            return None
        return self._tagged(action, row) if action.kind is ActionKind.TAG else self._said(action, row)

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        return [self._state(task, self._ticket(task)) for task in ids]

    def _said(self, action: Action, row: Row) -> Receipt | None:
        wanted = mark(action.key)
        for one in row.get("followup_set") or ():
            if one.get("user") is not None and str(one.get("comment") or "").rstrip().endswith(wanted):
                return self._receipt(str(row["id"]), str(one["id"]))
        return None

    def _tagged(self, action: Action, row: Row) -> Receipt | None:
        held = tags_of(row.get(self._tag_field)) if self._tag_field else ()
        return (
            Receipt(external_id=action.item, url=self._account.url(action.item))
            if set(action.tags) <= set(held)
            else None
        )

    def _filed(self, action: Action) -> Receipt | None:
        """Look for a task among all tickets, newest first."""
        wanted = mark(action.key, is_task=True)
        for row in self._newest_first():
            try:
                ticket = shaped(row, Ticket)
            except BadRecord:  # not ours: what we file can be read
                continue
            if ticket.is_own_task and (ticket.description or "").rstrip().endswith(wanted):
                return self._task_receipt(str(ticket.id))
        return None

    def _newest_first(self) -> Iterator[Row]:
        first = self._api.tickets(1)
        last_page = -(-int(first.get("count") or 0) // self._api.page_size)
        for number in range(last_page, 0, -1):
            answer = first if number == 1 else self._api.tickets(number)
            yield from reversed(answer["results"])

    def _state(self, task: str, row: Row | None) -> TaskState:
        if row is None:
            return missing(task)
        ticket = shaped(row, Ticket)
        tags = tags_of(row.get(self._tag_field)) if self._tag_field else ()
        return task_state(
            task,
            is_done=ticket.status in {RESOLVED, CLOSED},
            is_rejected=ticket.status == DUPLICATE or f"{self._account.tag_prefix}rejected" in tags,
            at=_decided_at(ticket.followup_set),
            url=self._account.url(task),
        )

    # --- parts --------------------------------------------------------------------------------------------------------

    def _ticket(self, ticket_id: str | None) -> Row | None:
        return self._api.ticket(ticket_id) if ticket_id and is_number(ticket_id) else None

    def _receipt(self, ticket_id: str, follow_up: str) -> Receipt:
        return Receipt(
            external_id=follow_up, url=f"{self._account.url(ticket_id)}#followup-{follow_up}", written_ids=(follow_up,)
        )

    def _task_receipt(self, ticket_id: str) -> Receipt:
        return Receipt(external_id=ticket_id, url=self._account.url(ticket_id))


def _decided_at(thread: Sequence[FollowUpRow]) -> datetime | None:
    """Give the time of the last change of status."""
    times = [one.date for one in thread if one.new_status is not None]
    return when(times[-1]) if times else None
