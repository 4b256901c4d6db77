"""How are notes, tags, replies and tasks written, each at most once?

What we write carries a mark in its text, by which an earlier attempt is found. The interface offers nothing that keeps two
writers apart: what somebody changes in the tag field between our look and our write, some milliseconds, is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from feedbackloop.errors import BadRecord, Skippable, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import missing, task_state
from feedbackloop_connectors.desk.values import Row, is_number, shaped
from feedbackloop_connectors.desk.writing import with_links
from feedbackloop_connectors.django_helpdesk.api import Api
from feedbackloop_connectors.django_helpdesk.own import inert, is_own_task, mark, marked
from feedbackloop_connectors.django_helpdesk.rows import (
    CLOSED,
    CUSTOM,
    DUPLICATE,
    RESOLVED,
    FollowUpRow,
    Ticket,
    moment,
    tags_of,
)

LINKS = 20
"""Tickets named as evidence in a task."""
TITLE_CHARACTERS = 200
NORMAL_PRIORITY = 3


class Writer:
    """Does one action. `tag_field`: the custom field of tags; `task_queue`: where tasks are filed."""

    def __init__(self, api: Api, *, tag_field: str | None, task_queue: int | None, tag_prefix: str) -> None:
        self._api = api
        self._tag_field = CUSTOM + tag_field if tag_field else None
        self._task_queue = task_queue
        self._rejected_tag = f"{tag_prefix}rejected"

    def push(self, action: Action) -> Receipt:
        """Do the write, unless an earlier attempt stands on the ticket: its receipt is given then. See `Connector.push`.

        A new task is not looked for: that means reading every ticket, and the core asks `find` where an answer was lost.

        Raises:
            Skippable: Gone, or refused as invalid.
        """
        act: dict[ActionKind, Callable[[Action], Receipt]] = {
            ActionKind.NOTE: lambda one: self._say(one, one.item, inert(one.text)),
            ActionKind.REPLY: lambda one: self._say(one, one.item, inert(one.text), public=True),
            ActionKind.TAG: self._tag,
            ActionKind.TASK: self._task,
            ActionKind.TASK_UPDATE: self._task_update,
        }
        try:
            return act[action.kind](action)
        except Declined as refusal:
            raise Skippable(str(refusal), record=action.id) from refusal

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

    # --- kinds of writes ------------------------------------------------------------------------------------------------

    def _say(self, action: Action, ticket_id: str, text: str, *, public: bool = False) -> Receipt:
        found = self._said(action, self._present(ticket_id, action))
        if found:
            return found
        made = self._api.add_follow_up(ticket_id, marked(text, mark(action.key)), public=public)
        if not isinstance(made.get("id"), int):
            raise UnknownOutcome(
                "the answer to a new follow-up names no id; it is looked up before anything is repeated"
            )
        return self._receipt(ticket_id, str(made["id"]))

    def _tag(self, action: Action) -> Receipt:
        field = self._tag_field
        if field is None:
            raise Skippable("no tag_field is set for this source", record=action.id)
        row = self._present(action.item, action)
        wanted = dict.fromkeys((*tags_of(row.get(field)), *action.tags))
        after = self._api.change(action.item, {field: ", ".join(wanted)})
        if not set(action.tags) <= set(tags_of(after.get(field))):
            raise Skippable(f"tag_field: this helpdesk has no custom field {field!r}", record=action.id)
        return Receipt(external_id=action.item, url=self._url(action.item))

    def _task(self, action: Action) -> Receipt:
        values: Row = {
            "queue": self._queue(action),
            "title": action.title[:TITLE_CHARACTERS],
            "description": marked(_with_links(action), mark(action.key, is_task=True)),
            "priority": NORMAL_PRIORITY,
        }
        if action.due_at:
            values["due_date"] = action.due_at.isoformat()
        if self._tag_field and action.tags:
            values[self._tag_field] = ", ".join(action.tags)
        made = self._api.create(values).get("id")
        if not isinstance(made, int):
            raise UnknownOutcome("the answer to a new ticket names no id; it is looked up before anything is repeated")
        return self._task_receipt(str(made))

    def _task_update(self, action: Action) -> Receipt:
        ticket_id = action.external_id or ""
        row = self._present(ticket_id, action)
        title = action.title[:TITLE_CHARACTERS]
        if title and title != row.get("title"):
            self._api.change(ticket_id, {"title": title})
        return self._say(action, ticket_id, _with_links(action))

    # --- what stands there already --------------------------------------------------------------------------------------

    def _said(self, action: Action, row: Row) -> Receipt | None:
        wanted = mark(action.key)
        for one in row.get("followup_set") or ():
            if one.get("user") is not None and str(one.get("comment") or "").rstrip().endswith(wanted):
                return self._receipt(str(row["id"]), str(one["id"]))
        return None

    def _tagged(self, action: Action, row: Row) -> Receipt | None:
        held = tags_of(row.get(self._tag_field)) if self._tag_field else ()
        return Receipt(external_id=action.item, url=self._url(action.item)) if set(action.tags) <= set(held) else None

    def _filed(self, action: Action) -> Receipt | None:
        """Look for a task among all tickets, newest first."""
        wanted = mark(action.key, is_task=True)
        for row in self._newest_first():
            try:
                ticket = shaped(row, Ticket)
            except BadRecord:  # not ours: what we file can be read
                continue
            if is_own_task(ticket) and (ticket.description or "").rstrip().endswith(wanted):
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
        at = _decided_at(ticket.followup_set)
        if ticket.status == DUPLICATE or (self._tag_field and self._rejected_tag in tags_of(row.get(self._tag_field))):
            return task_state(task, "rejected", at=at, url=self._url(task))
        return task_state(task, "done" if ticket.status in {RESOLVED, CLOSED} else "open", at=at, url=self._url(task))

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _ticket(self, ticket_id: str | None) -> Row | None:
        return self._api.ticket(ticket_id) if ticket_id and is_number(ticket_id) else None

    def _present(self, ticket_id: str, action: Action) -> Row:
        row = self._ticket(ticket_id)
        if row is None:
            raise Skippable(
                f"there is no ticket {ticket_id!r} (deleted, or in a queue we may not see)", record=action.id
            )
        return row

    def _queue(self, action: Action) -> int:
        if self._task_queue is not None:
            return self._task_queue
        for name in action.linked:
            row = self._ticket(name)
            if row:
                return int(row["queue"])
        raise Skippable("it is not known in which queue to file a task; set task_queue", record=action.id)

    def _receipt(self, ticket_id: str, follow_up: str) -> Receipt:
        return Receipt(
            external_id=follow_up, url=f"{self._url(ticket_id)}#followup-{follow_up}", written_ids=(follow_up,)
        )

    def _task_receipt(self, ticket_id: str) -> Receipt:
        return Receipt(external_id=ticket_id, url=self._url(ticket_id))

    def _url(self, ticket_id: str) -> str:
        return f"{self._api.http.base_url}/tickets/{ticket_id}/"


def _with_links(action: Action) -> str:
    """Name the tickets that a task rests on as `#12`: the helpdesk makes links of them and notes the task on each."""
    links = [f"#{item}" for item in action.linked if is_number(item)]
    return with_links(inert(action.text or action.title), links, named=LINKS, apart=" ")


def _decided_at(thread: Sequence[FollowUpRow]) -> datetime | None:
    """Give the time of the last change of status."""
    times = [one.date for one in thread if one.new_status is not None]
    try:
        return moment(times[-1]) if times else None
    except ValueError:
        return None
