"""How does a conversation with its messages become an item?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, number, table, text, time_in, when, words
from feedbackloop_connectors.marks import tags_of_others

STATUSES: dict[str, Status] = {"open": "open", "pending": "pending", "snoozed": "pending", "resolved": "solved"}
INCOMING, OUTGOING = 0, 1
"""Message types that people write; the others are what happened (2) and texts out of a template (3)."""
SURVEY = "input_csat"


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    url: Callable[[str], str]
    is_own: Callable[[object, str], bool]
    tag_prefix: str

    def item(self, conversation: Row, messages: Sequence[Row]) -> Item:
        """Make the whole item; messages come oldest first.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        updated = time_in(conversation, changed_in(conversation))
        return Item(
            id=str(conversation.get("id")),
            kind="ticket",
            created_at=needed_time(conversation, "created_at"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(table(conversation.get("additional_attributes")).get("mail_subject")),
            status=STATUSES.get(str(conversation.get("status"))),
            channel=_channel(conversation),
            url=self.url(str(conversation.get("id"))),
            tags=tags_of_others(words(conversation.get("labels")), self.tag_prefix),
            fields=_fields(conversation),
            customer=_customer(table(table(conversation.get("meta")).get("sender"))),
            messages=tuple(self._messages(messages)),
            ratings=tuple(_ratings(messages)),
        )

    def _messages(self, messages: Sequence[Row]) -> Iterator[Message]:
        for row in messages:
            said = text(row.get("content"))
            if said is None or table(row.get("content_attributes")).get("deleted") is True:
                continue
            is_own = self.is_own(author_id(row), said)
            author = _author(row)
            yield Message(
                id=message_id(row),
                author=author,
                at=needed_time(row, "created_at", "messages.created_at"),
                text=said.replace("\r\n", "\n"),
                public=row.get("private") is not True,
                own=is_own,
                automatic=author == "system",
            )


def changed_in(conversation: Row) -> str:
    """Name the field that tells the last change; old versions tell only the last activity, to the second."""
    return "updated_at" if conversation.get("updated_at") else "last_activity_at"


def author_id(message: Row) -> object:
    """Give the number of the agent who wrote a message; None for customers and machines, which are numbered by themselves."""
    sender = table(message.get("sender"))
    return number(sender.get("id")) if sender.get("type", "user") == "user" else None


def message_id(message: Row) -> str:
    """Name a message; not by its bare number, which conversations have too."""
    return f"message-{message.get('id')}"


def _author(message: Row) -> Author:
    kind = number(message.get("message_type"))
    if kind == INCOMING:
        return "customer"
    is_bot = table(message.get("sender")).get("type") == "agent_bot"
    return "agent" if kind == OUTGOING and not is_bot else "system"


def _ratings(messages: Sequence[Row]) -> Iterator[Rating]:
    """Give the answer to the newest survey that was answered; each answer stands on the message that asked."""
    for row in reversed(messages):
        submitted = table(table(row.get("content_attributes")).get("submitted_values"))
        answer = table(submitted.get("csat_survey_response"))
        value = number(answer.get("rating"))
        if row.get("content_type") == SURVEY and value is not None and 1 <= value <= 5:
            yield Rating("csat", value, 1, 5, when(row.get("updated_at")), text(answer.get("feedback_message")))
            return


def _channel(conversation: Row) -> str | None:
    return (text(table(conversation.get("meta")).get("channel")) or "").removeprefix("Channel::") or None


def _customer(sender: Row) -> Customer:
    key, more = number(sender.get("id")), table(sender.get("additional_attributes"))
    return Customer(
        id=str(key) if key else None,
        name=text(sender.get("name")),
        email=text(sender.get("email")),
        organization=text(more.get("company_name")),
        fields=_filled(table(sender.get("custom_attributes"))),
    )


def _fields(conversation: Row) -> dict[str, Any]:
    team = table(table(conversation.get("meta")).get("team")).get("name")
    plain = {"priority": conversation.get("priority"), "inbox_id": conversation.get("inbox_id"), "team": team}
    return _filled(table(conversation.get("custom_attributes")) | plain)


def _filled(values: Row) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
