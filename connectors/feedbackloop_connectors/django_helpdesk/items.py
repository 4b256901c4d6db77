"""How does a ticket with its follow-ups become an item, and who wrote what?"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from feedbackloop.errors import BadRecord
from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row
from feedbackloop_connectors.django_helpdesk.options import DjangoHelpdeskOptions
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
from feedbackloop_connectors.marks import tags_of_others

_STATUSES: dict[int | None, Status] = {RESOLVED: "solved", CLOSED: "closed", DUPLICATE: "closed"}
_ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"']+")


class Reader:
    """Makes items. `base_url` is what links to tickets begin with."""

    def __init__(self, options: DjangoHelpdeskOptions, base_url: str, tag_prefix: str) -> None:
        self._options = options
        self._base_url = base_url
        self._tag_prefix = tag_prefix

    def item(self, ticket: Ticket, row: Row) -> Item:
        """Make the whole item.

        Args:
            ticket: The ticket in its shape.
            row: The same as it came, for the custom fields.

        Raises:
            BadRecord: A time or a rating cannot be read, or there is no follow-up to tell the time by.
        """
        thread = [(one, _time(one.date, "followup_set.date")) for one in ticket.followup_set]
        thread.sort(key=lambda pair: (pair[1], pair[0].id))
        if not thread:
            raise BadRecord("is empty: only follow-ups tell the time of a ticket", field="followup_set")
        status = self._status(ticket)
        solved = [at for one, at in thread if one.new_status in {RESOLVED, CLOSED}]
        return Item(
            id=str(ticket.id),
            kind="ticket",
            created_at=thread[0][1],
            updated_at=thread[-1][1],
            subject=ticket.title,
            status=status,
            solved_at=solved[-1] if solved and status in {"solved", "closed"} else None,
            due_at=_time(ticket.due_date, "due_date") if ticket.due_date else None,
            url=f"{self._base_url}/tickets/{ticket.id}/",
            tags=tags_of_others(self._tags(row), self._tag_prefix),
            fields=self._fields(ticket, row),
            customer=Customer(email=ticket.submitter_email or None),
            messages=self._messages(ticket, thread),
            ratings=self._ratings(row),
        )

    def _messages(self, ticket: Ticket, thread: list[tuple[FollowUpRow, datetime]]) -> tuple[Message, ...]:
        """Give what was written; follow-ups that only log a change hold no words and are left out."""
        opening, at = thread[0]
        words = (ticket.description or "").strip()
        is_told_twice = words and words in (opening.comment or "").strip()
        found = [self._message(ticket, one, when) for one, when in thread if (one.comment or "").strip()]
        if is_told_twice:
            return (Message(str(opening.id), self._opener(ticket, opening), at, ticket.description or ""), *found[1:])
        if words:
            return (Message("description", self._opener(ticket, opening), at, ticket.description or ""), *found)
        return tuple(found)

    def _opener(self, ticket: Ticket, opening: FollowUpRow) -> Author:
        """Say whose words open a ticket: its submitter's, also where staff took them down."""
        return "customer" if ticket.submitter_email or opening.user is None else "agent"

    def _message(self, ticket: Ticket, one: FollowUpRow, at: datetime) -> Message:
        author = self._author(ticket, one)
        return Message(
            id=str(one.id),
            author=author,
            at=at,
            text=one.comment or "",
            public=one.public,
            own=one.is_own,
            automatic=author == "system",
        )

    def _author(self, ticket: Ticket, one: FollowUpRow) -> Author:
        if one.user is not None:
            return "agent"
        title = one.title or ""
        if one.message_id is None and title in self._options.machine_titles:
            return "system"
        # mail is nobody's in this interface; its title says from whom it came
        senders = {address.casefold() for address in _ADDRESS.findall(title)}
        if (ticket.submitter_email or "").casefold() in senders:
            return "customer"
        return "agent" if any(self._is_agent(address) for address in senders) else "customer"

    def _is_agent(self, address: str) -> bool:
        named = {agent.casefold() for agent in self._options.agents}
        return address in named or "@" + address.rpartition("@")[2] in named

    def _status(self, ticket: Ticket) -> Status:
        return _STATUSES.get(ticket.status, "pending" if ticket.on_hold else "open")

    def _tags(self, row: Row) -> tuple[str, ...]:
        return tags_of(row.get(CUSTOM + self._options.tag_field)) if self._options.tag_field else ()

    def _fields(self, ticket: Ticket, row: Row) -> dict[str, Any]:
        taken = {self._options.tag_field, self._options.csat_field}
        named = {name.removeprefix(CUSTOM): value for name, value in row.items() if name.startswith(CUSTOM)}
        custom = {name: value for name, value in named.items() if name not in taken and value not in (None, "", [])}
        plain = {"queue": ticket.queue, "priority": ticket.priority, "merged_to": ticket.merged_to}
        return {name: value for name, value in plain.items() if value is not None} | custom

    def _ratings(self, row: Row) -> tuple[Rating, ...]:
        options = self._options
        value = row.get(CUSTOM + options.csat_field) if options.csat_field else None
        if value in (None, ""):
            return ()
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise BadRecord(f"{value!r:.80} is no number", field=f"{CUSTOM}{options.csat_field}") from error
        if not options.csat_min <= number <= options.csat_max:
            limits = f"{options.csat_min:g}..{options.csat_max:g}"
            raise BadRecord(f"{number:g} lies outside {limits}", field=f"{CUSTOM}{options.csat_field}")
        return (Rating("csat", number, options.csat_min, options.csat_max),)


def _time(text: str, name: str) -> datetime:
    try:
        return moment(text)
    except ValueError as error:
        raise BadRecord(str(error), field=name) from error
