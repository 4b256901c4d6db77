"""How does a conversation with its parts become an item?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, number, rows, table, text, time_in, when
from feedbackloop_connectors.desk_since.markup import as_words
from feedbackloop_connectors.marks import tags_of_others

STATUSES: dict[str, Status] = {"open": "open", "snoozed": "pending", "closed": "solved"}
CUSTOMERS = frozenset({"user", "lead", "contact"})
"""How Intercom calls people who are no colleagues."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    url: Callable[[str], str]
    is_own: Callable[[object, str], bool]
    tag_prefix: str

    def item(self, conversation: Row) -> Item:
        """Make the whole item.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        updated = time_in(conversation, "updated_at")
        status = STATUSES.get(str(conversation.get("state")))
        source, statistics = table(conversation.get("source")), table(conversation.get("statistics"))
        tags = (str(row.get("name")) for row in rows(table(conversation.get("tags")).get("tags")))
        return Item(
            id=str(conversation.get("id")),
            kind="ticket",
            created_at=needed_time(conversation, "created_at"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(conversation.get("title")) or text(as_words(text(source.get("subject")) or "")),
            status=status,
            solved_at=when(statistics.get("last_close_at")) if status == "solved" else None,
            channel=text(source.get("type")),
            url=self.url(str(conversation.get("id"))),
            tags=tags_of_others(tags, self.tag_prefix),
            fields=_fields(conversation),
            customer=_customer(conversation),
            messages=tuple(self._messages(conversation)),
            ratings=tuple(_ratings(conversation)),
        )

    def _messages(self, conversation: Row) -> Iterator[Message]:
        """Yield what was written: most parts are events, without words."""
        opening = {
            "created_at": conversation.get("created_at"),
            **table(conversation.get("source")),
            "part_type": "comment",
        }
        for row, name in (
            (opening, f"source-{conversation.get('id')}"),
            *((one, part_id(one)) for one in parts_of(conversation)),
        ):
            said = words_of(row)
            if not said or row.get("redacted") is True:
                continue
            is_own = self.is_own(author_id(row), said)
            author = _author(table(row.get("author")))
            at = needed_time(row, "created_at", "conversation_parts.created_at")
            yield Message(name, author, at, said, public=is_public(row), own=is_own, automatic=author == "system")


def parts_of(conversation: Row) -> list[Row]:
    """Give the parts, oldest first; Intercom shows the newest 500."""
    return rows(table(conversation.get("conversation_parts")).get("conversation_parts"))


def words_of(part: Row) -> str:
    """Give the words of a part: asked for as plain text, and read out of the HTML that tickets have all the same."""
    body = (text(part.get("body")) or "").strip()
    return as_words(body) if body.startswith("<") and body.endswith(">") else body


def is_public(part: Row) -> bool:
    """Say whether the customer sees a part: notes, also those that open or close, are for colleagues."""
    return not str(part.get("part_type")).startswith("note")


def author_id(part: Row) -> object:
    """Give the id of the colleague who wrote a part; None for customers and machines."""
    author = table(part.get("author"))
    return author.get("id") if author.get("type") == "admin" else None


def part_id(part: Row) -> str:
    """Name a part; not by its bare number, which conversations have too."""
    return f"part-{part.get('id')}"


def _author(author: Row) -> Author:
    if str(author.get("type")) in CUSTOMERS:
        return "customer"
    is_machine = author.get("type") == "bot" or author.get("from_ai_agent") is True
    return "system" if is_machine else "agent"


def _ratings(conversation: Row) -> Iterator[Rating]:
    """Give the rating; one that was asked for and not given has no number."""
    row = table(conversation.get("conversation_rating"))
    value = number(row.get("rating"))
    if value is not None and 1 <= value <= 5:
        yield Rating(
            "csat", value, 1, 5, when(row.get("updated_at")) or when(row.get("created_at")), text(row.get("remark"))
        )


def _customer(conversation: Row) -> Customer:
    """Give who began, or else the first contact: in a conversation that a colleague began, the one it was begun with."""
    author = table(table(conversation.get("source")).get("author"))
    known = rows(table(conversation.get("contacts")).get("contacts"))
    person = author if str(author.get("type")) in CUSTOMERS else known[0] if known else {}
    return Customer(id=text(person.get("id")), name=text(person.get("name")), email=text(person.get("email")))


def _fields(conversation: Row) -> dict[str, Any]:
    plain = {"priority": conversation.get("priority"), "team_assignee_id": conversation.get("team_assignee_id")}
    found = table(conversation.get("custom_attributes")) | plain
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}
