"""How are notes, tags, replies and tasks written, each at most once?

What we write carries a mark in its text, by which an earlier attempt is found. The interface offers nothing that keeps two
writers apart: what somebody changes in the tag field between our look and our write, some milliseconds, is lost.
"""

from __future__ import annotations

from collections.abc import Callable

from feedbackloop.errors import Skippable, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.desk.writing import with_links
from feedbackloop_connectors.django_helpdesk.finding import Finder
from feedbackloop_connectors.django_helpdesk.own import inert, mark, marked
from feedbackloop_connectors.django_helpdesk.rows import tags_of

LINKS = 20
"""Tickets named as evidence in a task."""
TITLE_CHARACTERS = 200
NORMAL_PRIORITY = 3


class Writer(Finder):
    """Does one action; what stands there already is found as `Finder` says."""

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
        return Receipt(external_id=action.item, url=self._account.url(action.item))

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

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _present(self, ticket_id: str, action: Action) -> Row:
        row = self._ticket(ticket_id)
        if row is None:
            raise Skippable(
                f"there is no ticket {ticket_id!r} (deleted, or in a queue we may not see)", record=action.id
            )
        return row

    def _queue(self, action: Action) -> int:
        if self._account.options.task_queue is not None:
            return self._account.options.task_queue
        for name in action.linked:
            row = self._ticket(name)
            if row:
                return int(row["queue"])
        raise Skippable("it is not known in which queue to file a task; set task_queue", record=action.id)


def _with_links(action: Action) -> str:
    """Name the tickets that a task rests on as `#12`: the helpdesk makes links of them and notes the task on each."""
    links = [f"#{item}" for item in action.linked if is_number(item)]
    return with_links(inert(action.text or action.title), links, named=LINKS, apart=" ")
