"""How does a Freshdesk ticket with its conversations and ratings become an item?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, number, table, text, time_in, words
from feedbackloop_connectors.desk_since.markup import as_words
from feedbackloop_connectors.marks import tags_of_others

STATUSES: dict[int, Status] = {2: "open", 3: "pending", 4: "solved", 5: "closed"}
PRIORITIES = {1: "low", 2: "medium", 3: "high", 4: "urgent"}
CHANNELS = {1: "email", 2: "portal", 3: "phone", 7: "chat", 9: "widget", 10: "outbound_email"}
OUTBOUND = 10
"""The source of a ticket that an agent began: its description is the agent's."""
SURVEY = 6
"""The source of a conversation that repeats the words of a rating."""
FACES = {-103: 1, -102: 2, -101: 3, 100: 4, 101: 5, 102: 6, 103: 7}
"""Freshdesk's numbers for its seven faces, of which a survey uses two to seven, as points 1..7."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    url: Callable[[str], str]
    is_own: Callable[[object, str], bool]
    statuses: dict[int, Status]
    tag_prefix: str

    def item(self, ticket: Row, conversations: Sequence[Row], ratings: Sequence[Row]) -> Item:
        """Make the whole item.

        Args:
            ticket: With its description, requester and stats.
            conversations: Oldest first.
            ratings: Of this ticket, in any order.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        updated = time_in(ticket, "updated_at")
        status = self.status(ticket)
        stats = table(ticket.get("stats"))
        solved = time_in(stats, "resolved_at", "stats.resolved_at") or time_in(stats, "closed_at", "stats.closed_at")
        return Item(
            id=str(ticket.get("id")),
            kind="ticket",
            created_at=needed_time(ticket, "created_at"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(ticket.get("subject")),
            status=status,
            solved_at=solved if status in {"solved", "closed"} else None,
            due_at=time_in(ticket, "due_by"),
            channel=CHANNELS.get(number(ticket.get("source")) or 0),
            url=self.url(str(ticket.get("id"))),
            tags=tags_of_others(words(ticket.get("tags")), self.tag_prefix),
            fields=_fields(ticket),
            customer=_customer(ticket),
            messages=tuple(self._messages(ticket, conversations, is_rated=bool(ratings))),
            ratings=tuple(_ratings(ratings)),
        )

    def status(self, ticket: Row) -> Status:
        """Say in our words how a ticket stands; a number that nobody explained is open."""
        key = number(ticket.get("status")) or 0
        return self.statuses.get(key) or STATUSES.get(key, "open")

    def _messages(self, ticket: Row, conversations: Sequence[Row], *, is_rated: bool) -> Iterator[Message]:
        opening = said_in(ticket, "description_text", "description")
        if opening:
            by: Author = "agent" if number(ticket.get("source")) == OUTBOUND else "customer"
            yield Message(f"description-{ticket.get('id')}", by, needed_time(ticket, "created_at"), opening)
        for index, row in enumerate(conversations):
            said = said_in(row, "body_text", "body")
            repeats_opening = index == 0 and row.get("incoming") is True and said == opening
            repeats_rating = is_rated and number(row.get("source")) == SURVEY
            if said and not repeats_opening and not repeats_rating:
                yield self._message(row, said)

    def _message(self, row: Row, said: str) -> Message:
        is_own = self.is_own(row.get("user_id"), said)
        is_machine = bool(row.get("auto_response") or row.get("automation_id")) and not is_own
        return Message(
            id=message_id(row),
            author="system" if is_machine else "customer" if row.get("incoming") is True else "agent",
            at=needed_time(row, "created_at", "conversations.created_at"),
            text=said,
            public=row.get("private") is not True,
            own=is_own,
            automatic=is_machine,
        )


def said_in(row: Row, plain: str, markup: str) -> str:
    """Give the words of a description or a conversation; the plain form is there but for old records."""
    words_of = text(row.get(plain))
    return words_of.replace("\r\n", "\n") if words_of else as_words(text(row.get(markup)) or "")


def message_id(conversation: Row) -> str:
    """Name a conversation; not by its bare number, which tickets have too."""
    return f"conversation-{conversation.get('id')}"


def _ratings(found: Sequence[Row]) -> Iterator[Rating]:
    """Give the newest answer to each question; the comment goes with the first question, which every survey has."""
    newest: dict[str, tuple[datetime, int, str | None]] = {}
    for row in found:
        at = needed_time(row, "created_at", "ratings.created_at")
        for question, value in table(row.get("ratings")).items():
            face = FACES.get(number(value) or 0)
            if face and (question not in newest or at >= newest[question][0]):
                newest[question] = (at, face, text(row.get("feedback")))
    for question, (at, face, comment) in newest.items():
        is_main = question == "default_question"
        yield Rating("csat", face, 1, 7, at, comment if is_main else None, None if is_main else question)


def _customer(ticket: Row) -> Customer:
    person = table(ticket.get("requester"))
    key = number(ticket.get("requester_id")) or number(person.get("id"))
    company = text(table(ticket.get("company")).get("name"))
    return Customer(
        id=str(key) if key else None,
        name=text(person.get("name")),
        email=text(person.get("email")),
        organization=company,
    )


def _fields(ticket: Row) -> dict[str, Any]:
    plain: dict[str, Any] = {name: ticket.get(name) for name in ("type", "group_id", "product_id", "company_id")}
    plain["priority"] = PRIORITIES.get(number(ticket.get("priority")) or 0)
    custom = {name.removeprefix("cf_"): value for name, value in table(ticket.get("custom_fields")).items()}
    return {name: value for name, value in (custom | plain).items() if value not in (None, "", [])}
