"""How does a Zammad ticket with its articles become an item?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, table, text, time_in
from feedbackloop_connectors.desk_since.markup import as_words
from feedbackloop_connectors.marks import tags_of_others
from feedbackloop_connectors.zammad.options import ZammadOptions

STATES: dict[str, Status] = {
    "new": "new",
    "open": "open",
    "pending reminder": "pending",
    "pending close": "pending",
    "closed": "solved",
}
"""A closed ticket takes notes and tags like any other, and a customer's answer opens it again: solved, in our words."""
GONE = frozenset({"merged", "removed"})
"""States of tickets that are none any more: the words of a merged one stand in another."""
AUTHORS: dict[str, Author] = {"Customer": "customer", "Agent": "agent", "System": "system"}
KEPT = ("group", "priority", "organization")
"""What of Zammad's own is kept under `fields`."""
OWN = frozenset({
    "id", "number", "title", "note", "type", "preferences", "state", "priority", "group", "organization", "owner", "customer",
    "created_by", "updated_by", "article_count", "create_article_type", "create_article_sender", "first_response_at", "close_at",
    "last_close_at", "last_contact_at", "last_contact_agent_at", "last_contact_customer_at", "last_owner_update_at",
    "escalation_at", "pending_time", "time_unit", "created_at", "updated_at", "ticket_time_accounting", "checklist_id",
})  # fmt: skip
"""Attributes of every ticket; what else a ticket has was added by the house and is read into `fields`."""
_OWN_ENDINGS = ("_id", "_ids", "_in_min", "_diff_in_min", "_escalation_at")


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    options: ZammadOptions
    url: Callable[[str], str]
    is_own: Callable[[object, str], bool]
    tag_prefix: str

    def item(self, ticket: Row, articles: Sequence[Row], tags: Sequence[str], customer: Customer) -> Item:
        """Make the whole item.

        Args:
            ticket: With names in the place of numbers (`expand`).
            articles: Oldest first.
            tags: All of them.
            customer: Whose ticket it is.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        updated = time_in(ticket, "updated_at")
        status = self.status(ticket)
        closed = time_in(ticket, "last_close_at") or time_in(ticket, "close_at")
        return Item(
            id=str(ticket.get("id")),
            kind="ticket",
            created_at=needed_time(ticket, "created_at"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(ticket.get("title")),
            status=status,
            solved_at=closed if status in {"solved", "closed"} else None,
            channel=text(ticket.get("create_article_type")),
            url=self.url(str(ticket.get("id"))),
            tags=tags_of_others(tags, self.tag_prefix),
            fields=self._fields(ticket),
            customer=customer,
            messages=tuple(self._message(row) for row in articles),
            ratings=self._ratings(ticket),
        )

    def status(self, ticket: Row) -> Status:
        """Say in our words how a ticket stands; a state that nobody explained is open."""
        name = str(ticket.get("state"))
        return self.options.states.get(name) or STATES.get(name, "open")

    def _message(self, row: Row) -> Message:
        said = words_of(row)
        is_own = self.is_own(row.get("created_by_id"), said)
        author = AUTHORS.get(str(row.get("sender")), "system")
        answers_itself = table(row.get("preferences")).get("is-auto-response") is True
        return Message(
            id=message_id(row),
            author="agent" if is_own else author,
            at=needed_time(row, "created_at", "articles.created_at"),
            text=said,
            public=row.get("internal") is not True,
            own=is_own,
            automatic=(author == "system" or answers_itself) and not is_own,
        )

    def _fields(self, ticket: Row) -> dict[str, Any]:
        kept = {name: ticket.get(name) for name in KEPT}
        for name, value in ticket.items():
            if name not in OWN and not name.endswith(_OWN_ENDINGS) and name != self.options.rating_field:
                kept[name] = value
        return {name: value for name, value in kept.items() if value not in (None, "", [], {})}

    def _ratings(self, ticket: Row) -> tuple[Rating, ...]:
        try:
            value = float(str(ticket.get(self.options.rating_field or "")))
        except ValueError:
            return ()
        low, high = self.options.rating_min, self.options.rating_max
        return (Rating("csat", value, low, high),) if low <= value <= high else ()


def words_of(article: Row) -> str:
    """Give the words of an article; most mail is kept as HTML."""
    body = text(article.get("body")) or ""
    is_html = str(article.get("content_type")).startswith("text/html")
    return as_words(body) if is_html else body.replace("\r\n", "\n")


def message_id(article: Row) -> str:
    """Name an article; not by its bare number, which tickets have too."""
    return f"article-{article.get('id')}"


def customer_of(ticket: Row, user: Row) -> Customer:
    """Give whose ticket it is; without the right to look at people there is the number, and the name that the ticket shows."""
    name = " ".join(part for part in (text(user.get("firstname")), text(user.get("lastname"))) if part)
    shown = text(ticket.get("customer"))
    return Customer(
        id=str(ticket["customer_id"]) if ticket.get("customer_id") else None,
        name=name or None,
        email=text(user.get("email")) or (shown if shown and "@" in shown else None),
        locale=text(table(user.get("preferences")).get("locale")),
        tags=("vip",) if user.get("vip") is True else (),
        organization=text(ticket.get("organization")) or text(user.get("organization")),
    )
