"""How are notes, tags, replies and tasks written, each at most once?

Every write carries the action's key where it can be found again, and is looked up before it is sent. A change of a ticket
goes out with the stamp just read (`safe_update`); where somebody was faster (409), it is looked up once more whether that
somebody was an earlier attempt of ours.
"""

from __future__ import annotations

from collections.abc import Callable

from feedbackloop.clock import iso
from feedbackloop.errors import Skippable, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, Receipt
from feedbackloop_connectors.desk.values import Row, is_number, number, rows, table, text, words
from feedbackloop_connectors.desk.writing import RACES, DeskWriter, target_of, too_fast, with_links
from feedbackloop_connectors.zendesk.finding import Finder
from feedbackloop_connectors.zendesk.own import FOLLOW_UP_PREFIX, TASK_PREFIX, mark

LINKS = 20
"""Links to evidence in a task's text."""


class Writer(Finder, DeskWriter):
    """Does one action; what stands there already is found as `Finder` says."""

    gone = "the ticket is gone (deleted or merged away)"

    def why(self, refusal: Declined) -> str:
        """Say what a refused write means."""
        is_closed = "closed prevents" in refusal.body
        return "the ticket is closed; Zendesk takes no change of it any more" if is_closed else super().why(refusal)

    # --- on a ticket ----------------------------------------------------------------------------------------------------

    def note(self, action: Action) -> Receipt:
        """Write a private comment."""
        return self._comment(action, target_of(action), public=False)

    def reply(self, action: Action) -> Receipt:
        """Write a public comment, on a closed ticket a new one that follows it."""
        ticket_id = target_of(action)
        ticket = self._api.ticket(ticket_id)
        if ticket.get("status") == "closed":
            return self._follow_up(action, ticket)
        return self._comment(action, ticket_id, public=True, ticket=ticket)

    def _comment(self, action: Action, ticket_id: int, *, public: bool, ticket: Row | None = None) -> Receipt:
        def write(current: Row) -> Receipt:
            # `public` is always said: without it a comment is as visible as the ticket's first one.
            change: Row = {"comment": {"body": action.text, "public": public}, "metadata": mark(action.key)}
            answer = self._api.update_ticket(ticket_id, _safely(current, change))
            return self._comment_receipt(ticket_id, answer)

        return self._racing(action, ticket_id, write, ticket)

    def tag(self, action: Action) -> Receipt:
        """Add tags to those that people set."""
        ticket_id = target_of(action)

        def write(current: Row) -> Receipt:
            missing = [tag for tag in action.tags if tag not in words(current.get("tags"))]
            if missing:
                self._api.add_tags(ticket_id, missing, str(current.get("updated_at")))
            return Receipt(external_id=str(ticket_id), url=self._account.url(ticket_id))

        return self._racing(action, ticket_id, write)

    def _racing(
        self, action: Action, ticket_id: int, write: Callable[[Row], Receipt], ticket: Row | None = None
    ) -> Receipt:
        """Write on the newest state of a ticket; when it has moved, see whether we did it ourselves, then try again."""
        for _ in range(RACES):
            current = ticket or self._api.ticket(ticket_id)
            _refuse_shut(current)
            try:
                return write(current)
            except Declined as refusal:
                if refusal.status != 409:
                    raise
            done = self.find(action)
            if done:
                return done
            ticket = None
        raise too_fast(f"ticket {ticket_id}", action)

    def _follow_up(self, action: Action, closed: Row) -> Receipt:
        """Answer on a closed ticket: a new one that follows it."""
        asked = text(closed.get("subject")) or "your request"
        ticket: Row = {
            "via_followup_source_id": number(closed.get("id")),
            "requester_id": number(closed.get("requester_id")),
            "subject": f"Re: {asked}",
            "comment": {"body": action.text, "public": True},
            "external_id": FOLLOW_UP_PREFIX + action.key,
            "metadata": mark(action.key),
        }
        answer = self._api.create_ticket(ticket, action.key)
        return self._ticket_receipt(answer, note=f"ticket {closed.get('id')} is closed; answered in a follow-up ticket")

    # --- tasks ------------------------------------------------------------------------------------------------------------

    def task(self, action: Action) -> Receipt:
        """Open a ticket of type task, or problem where it rests on incidents."""
        incidents = self._incidents(action)
        ticket: Row = {
            "type": "problem" if incidents else "task",
            "subject": action.title,
            "comment": {"body": self._with_links(action), "public": False},
            "external_id": TASK_PREFIX + action.key,
            "tags": list(action.tags),
            "metadata": mark(action.key),
        }
        if action.due_at and not incidents:  # only tickets of type task have a due date
            ticket["due_at"] = iso(action.due_at.replace(microsecond=0))
        group = self._account.task_group()
        if group is not None:
            ticket["group_id"] = group
        receipt = self._ticket_receipt(self._api.create_ticket(ticket, action.key))
        return self._linked(receipt, incidents)

    def task_update(self, action: Action) -> Receipt:
        """Write a private comment on the task, with its new name."""
        ticket_id = target_of(action)

        def write(current: Row) -> Receipt:
            change: Row = {"comment": {"body": self._with_links(action), "public": False}, "metadata": mark(action.key)}
            if action.title:
                change["subject"] = action.title
            return self._comment_receipt(ticket_id, self._api.update_ticket(ticket_id, _safely(current, change)))

        return self._racing(action, ticket_id, write)

    def _incidents(self, action: Action) -> list[Row]:
        ids = [int(item) for item in action.linked if is_number(item)][:100]
        found = [row for answer in self._api.tickets(ids) for row in rows(answer.get("tickets"))]
        return [row for row in found if row.get("type") == "incident"]

    def _linked(self, receipt: Receipt, incidents: list[Row]) -> Receipt:
        """Link incidents to the new problem where that is switched on; one that refuses does not undo the task."""
        left = 0
        for row in incidents if self._account.options.link_incidents else ():
            ticket_id, change = number(row.get("id")) or 0, {"problem_id": int(receipt.external_id)}
            try:
                self._api.update_ticket(ticket_id, _safely(row, change))
            except Declined:
                left += 1
        note = f"{left} of {len(incidents)} incidents could not be linked" if left else None
        return Receipt(external_id=receipt.external_id, url=receipt.url, written_ids=receipt.written_ids, note=note)

    def _with_links(self, action: Action) -> str:
        links = [self._account.url(item) for item in action.linked if is_number(item)]
        return with_links(action.text or action.title, links, named=LINKS)

    # --- parts ------------------------------------------------------------------------------------------------------------

    def _comment_receipt(self, ticket_id: int, answer: Row) -> Receipt:
        events = rows(table(answer.get("audit")).get("events"))
        written = [str(event.get("id")) for event in events if event.get("type") == "Comment"]
        external_id = written[0] if written else str(ticket_id)
        return Receipt(external_id=external_id, url=self._account.url(ticket_id), written_ids=tuple(written))

    def _ticket_receipt(self, answer: Row, note: str | None = None) -> Receipt:
        number_of = number(table(answer.get("ticket")).get("id"))
        if number_of is None:
            raise UnknownOutcome("the answer to a new ticket names no id; it is looked up before anything is repeated")
        return Receipt(
            external_id=str(number_of), url=self._account.url(number_of), written_ids=(str(number_of),), note=note
        )


def _safely(current: Row, change: Row) -> Row:
    return change | {"safe_update": True, "updated_stamp": current.get("updated_at")}


def _refuse_shut(ticket: Row) -> None:
    status = ticket.get("status")
    if status in {"closed", "deleted"}:
        raise Skippable(f"ticket {ticket.get('id')} is {status}; Zendesk takes no change of it any more")
