"""How are comments, tags, replies and tasks written, each at most once?

Every write is looked up first and after: RT answers a comment with words alone, and a refused change with 200 and a sentence.
"""

from __future__ import annotations

from feedbackloop.errors import Refused, Skippable
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Action
from feedbackloop_connectors.desk.values import Row, rows, text
from feedbackloop_connectors.desk.writing import RACES, DeskWriter, target_of, too_fast
from feedbackloop_connectors.marks import marked
from feedbackloop_connectors.rt.finding import Finder, task_uri
from feedbackloop_connectors.rt.items import has_field, tags_of

LINKS = 50
"""Tickets that a task is linked to; the rest of its evidence is only counted."""


class Writer(Finder, DeskWriter):
    """Does one action; what stands there already is found as `Finder` says."""

    def why(self, refusal: Declined) -> str:
        """Say what a refused write means."""
        if refusal.status in {400, 404}:
            return f"the ticket is gone, or RT finds fault with the write: {refusal.body}"
        return str(refusal)

    def note(self, action: Action) -> None:
        """Write a comment, which only colleagues see."""
        self._refuse_deleted(self._api.ticket(target_of(action)))
        self._api.comment(target_of(action), marked(action.text, action.key))

    def reply(self, action: Action) -> None:
        """Write what is mailed to the customer; it carries no mark."""
        self._refuse_deleted(self._api.ticket(target_of(action)))
        self._api.correspond(target_of(action), action.text)

    def tag(self, action: Action) -> None:
        """Add tags to those that people set; a change in between is noticed by the ticket's stamp."""
        field = self._account.options.tag_field
        for _ in range(RACES):
            ticket = self._api.ticket(target_of(action))
            self._refuse_deleted(ticket)
            if not has_field(ticket, field):
                raise Skippable(f"the ticket's queue has no custom field {field!r}, or we may not see it")
            values = list(dict.fromkeys([*tags_of(ticket, field), *action.tags]))
            try:
                said = self._api.update(target_of(action), {"CustomFields": {field: values}}, text(ticket.get("etag")))
            except Declined as refusal:
                if refusal.status != 412:
                    raise
                continue
            if self.find(action) is None:
                raise Refused(
                    f"RT did not set the tags, and says {said}; the account needs the right ModifyCustomField"
                )
            return
        raise too_fast(f"ticket {action.item}", action)

    def _refuse_deleted(self, ticket: Row) -> None:
        if ticket.get("Status") == "deleted":
            raise Skippable(f"ticket {ticket.get('id')} is deleted")

    # --- tasks --------------------------------------------------------------------------------------------------------

    def task(self, action: Action) -> None:
        """Open a ticket with a link by which it is found again."""
        queue = self._account.options.task_queue
        if queue is None:
            raise Skippable("no task_queue is set for this source", record=action.id)
        ticket: Row = {
            "Queue": queue,
            "Subject": action.title,
            "Content": marked(self._with_count(action), action.key),
            "ContentType": "text/plain",
            "RefersTo": [task_uri(action), *_linked(action)],
        }
        field = self._account.options.tag_field
        if field and action.tags and self._holds(queue, field):
            ticket["CustomFields"] = {field: list(action.tags)}
        try:
            self._api.create(ticket, due_at=action.due_at)
        except Denied as refusal:
            if refusal.status == 401:
                raise
            raise Skippable(f"there is no queue {queue!r}, or this account may not open tickets there") from refusal

    def task_update(self, action: Action) -> None:
        """Name and links first, which may be set twice; the comment with its mark last."""
        on = target_of(action)
        task = self._api.ticket(on)
        self._refuse_deleted(task)
        change: Row = {}
        if action.title and action.title != task.get("Subject"):
            change["Subject"] = action.title
        known = {str(link.get("id")) for link in rows(task.get("_hyperlinks")) if link.get("ref") == "refers-to"}
        missing = [one for one in _linked(action) if one not in known]
        if missing:
            change["AddRefersTo"] = missing
        if change:
            self._api.update(on, change)
        self._api.comment(on, marked(self._with_count(action), action.key))

    def _holds(self, queue: str, field: str) -> bool:
        known = rows(self._api.queue(queue).get("TicketCustomFields"))
        return any(row.get("name") == field for row in known)

    def _with_count(self, action: Action) -> str:
        more = len([one for one in action.linked if one.isdigit()]) - LINKS
        said = action.text or action.title
        return f"{said}\n\n(and {more} more tickets)" if more > 0 else said


def _linked(action: Action) -> list[str]:
    return [one for one in action.linked if one.isdigit()][:LINKS]
