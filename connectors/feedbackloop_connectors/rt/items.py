"""How does a ticket with its transactions become an item?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import HeaderParser
from typing import Any

from feedbackloop.errors import BadRecord
from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_number, number, rows, table, text, time_in, words
from feedbackloop_connectors.marks import mark_in, tags_of_others
from feedbackloop_connectors.rt.api import MESSAGE_TYPES
from feedbackloop_connectors.rt.options import RtOptions

STATUSES: dict[str, Status] = {
    "new": "new",
    "open": "open",
    "stalled": "pending",
    "resolved": "solved",
    "rejected": "closed",
    "deleted": "deleted",
}
SYSTEM = "RT_System"
_NEVER = "1970-01-01T00:00:00Z"
_MACHINE_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply"})


@dataclass(frozen=True, slots=True)
class Thread:
    """The transactions of one ticket, oldest first, and the texts by transaction number."""

    transactions: Sequence[Row] = ()
    texts: Mapping[int, Sequence[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `me` is our account's name, `is_colleague` whether an account belongs to the company."""

    options: RtOptions
    base_url: str
    tag_prefix: str
    me: str
    colleagues: Mapping[str, bool]

    def is_own_task(self, ticket: Row, thread: Thread) -> bool:
        """Say whether a ticket is an improvement task of ours: its first text has our mark, and no customer wrote it."""
        requestors = requestor_names(ticket)
        opening = next((row for row in thread.transactions if row.get("Type") == "Create"), {})
        is_customers = _creator(opening) in requestors
        return not is_customers and mark_in(words_of(thread.texts.get(_id(opening), ()))) is not None

    def item(self, ticket: Row, thread: Thread) -> Item:
        """Make the whole item.

        Raises:
            BadRecord: Something without which there is no item cannot be read.
        """
        key, created = needed_number(ticket, "id"), _time(ticket, "Created")
        if created is None:
            raise BadRecord("is missing", field="Created")
        updated = _time(ticket, "LastUpdated")
        status = self.status(ticket)
        return Item(
            id=str(key),
            kind="ticket",
            created_at=created,
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(ticket.get("Subject")),
            status=status,
            solved_at=_time(ticket, "Resolved") if status in {"solved", "closed"} else None,
            due_at=_time(ticket, "Due"),
            channel=_channel(thread),
            url=f"{self.base_url}/Ticket/Display.html?id={key}",
            tags=self._tags(ticket),
            fields=self._fields(ticket),
            customer=_customer(ticket),
            messages=tuple(self._messages(ticket, thread)),
            ratings=self._ratings(ticket, thread),
        )

    def status(self, ticket: Row) -> Status | None:
        """Say in our words how a ticket stands."""
        name = str(ticket.get("Status"))
        return self.options.statuses.get(name) or STATUSES.get(name)

    def _messages(self, ticket: Row, thread: Thread) -> list[Message]:
        requestors = requestor_names(ticket)
        found = []
        for row in thread.transactions:
            parts = thread.texts.get(_id(row), ())
            said = words_of(parts)
            if row.get("Type") in MESSAGE_TYPES and said:
                found.append(self._message(row, said, requestors, is_automatic(parts)))
        return found

    def _message(self, row: Row, said: str, requestors: set[str], automatic: bool) -> Message:
        at = _time(row, "Created")
        if at is None:
            raise BadRecord("is missing", field="transactions.Created")
        return Message(
            id=str(row.get("id")),
            author=self._author(row, requestors),
            at=at,
            text=said,
            public=row.get("Type") != "Comment",
            own=self._is_own(row, said),
            automatic=automatic,
        )

    def _author(self, row: Row, requestors: set[str]) -> Author:
        who = _creator(row)
        if who == SYSTEM:
            return "system"
        is_on_behalf = row.get("Type") == "Create" and bool(requestors) and self.options.opening_is_customers
        if who in requestors or is_on_behalf:
            return "customer"
        return "agent" if who == self.me or self.colleagues.get(who, False) else "customer"

    def _is_own(self, row: Row, said: str) -> bool:
        if _creator(row) != self.me or row.get("Type") == "Create":
            return False
        return self.options.account_is_own or mark_in(said) is not None

    def _tags(self, ticket: Row) -> tuple[str, ...]:
        return tags_of_others(tags_of(ticket, self.options.tag_field), self.tag_prefix)

    def _fields(self, ticket: Row) -> dict[str, Any]:
        spoken_for = {self.options.tag_field, self.options.rating_field}
        found: dict[str, Any] = {"queue": table(ticket.get("Queue")).get("Name"), "priority": ticket.get("Priority")}
        for custom in rows(ticket.get("CustomFields")):
            name, values = text(custom.get("name")), words(custom.get("values"))
            if name and values and name not in spoken_for:
                found["_".join(name.lower().split())] = values[0] if len(values) == 1 else list(values)
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _ratings(self, ticket: Row, thread: Thread) -> tuple[Rating, ...]:
        custom = _custom_field(ticket, self.options.rating_field)
        given = words(custom.get("values"))
        try:
            value = float(given[0])
        except (IndexError, ValueError):
            return ()
        low, high = self.options.rating_min, self.options.rating_max
        if not low <= value <= high:
            return ()
        changes = [row for row in thread.transactions if _sets(row, str(custom.get("id")))]
        at = _time(changes[-1], "Created") if changes else _time(ticket, "Created")
        return (Rating("csat", value, low, high, at),)


def requestor_names(ticket: Row) -> set[str]:
    """Give the account names of those who asked."""
    return {str(row.get("id")) for row in rows(ticket.get("Requestor"))}


def tags_of(ticket: Row, tag_field: str | None) -> tuple[str, ...]:
    """Give all values of the field for tags."""
    return words(_custom_field(ticket, tag_field).get("values"))


def has_field(ticket: Row, name: str | None) -> bool:
    """Say whether a ticket's queue has a custom field of that name."""
    return bool(_custom_field(ticket, name))


def authors_of(threads: Sequence[Thread]) -> set[str]:
    """Give the account names of all who wrote."""
    return {_creator(row) for thread in threads for row in thread.transactions if row.get("Type") in MESSAGE_TYPES}


def is_automatic(parts: Sequence[Row]) -> bool:
    """Say whether a mail was sent by a machine: RFC 3834's header, or the older Precedence."""
    if not parts:
        return False
    headers = HeaderParser().parsestr(str(parts[0].get("Headers") or ""))
    submitted = (headers.get("Auto-Submitted") or "no").strip().lower()
    return submitted != "no" or (headers.get("Precedence") or "").strip().lower() in _MACHINE_PRECEDENCE


def words_of(parts: Sequence[Row]) -> str:
    """Give the plain texts of a message, else its HTML; attached files are no message."""
    inline = [row for row in parts if not row.get("Filename") and text(row.get("Content"))]
    plain = [row for row in inline if row.get("ContentType") == "text/plain"]
    chosen = plain or [row for row in inline if row.get("ContentType") == "text/html"]
    return "\n".join(str(row["Content"]).replace("\r\n", "\n").strip("\n") for row in chosen)


def _custom_field(ticket: Row, name: str | None) -> Row:
    return next((row for row in rows(ticket.get("CustomFields")) if name and row.get("name") == name), {})


def _sets(row: Row, custom_id: str) -> bool:
    return row.get("Type") == "CustomField" and str(row.get("Field")) == custom_id


def _customer(ticket: Row) -> Customer:
    who = next(iter(rows(ticket.get("Requestor"))), {})
    return Customer(
        id=text(who.get("id")),
        name=text(who.get("RealName")),
        email=text(who.get("EmailAddress")),
        locale=text(who.get("Lang")),
        timezone=text(who.get("Timezone")),
        organization=text(who.get("Organization")),
    )


def _channel(thread: Thread) -> str | None:
    parts = next((thread.texts[_id(row)] for row in thread.transactions if _id(row) in thread.texts), ())
    for row in parts:
        interface = HeaderParser().parsestr(str(row.get("Headers") or "")).get("X-RT-Interface")
        if interface:
            return {"REST": "api"}.get(interface, interface.lower())
    return None


def _creator(row: Row) -> str:
    return str(table(row.get("Creator")).get("id"))


def _id(row: Row) -> int:
    return number(row.get("id")) or 0


def _time(row: Row, name: str) -> datetime | None:
    """Read a time; RT writes 1970 for never."""
    return None if row.get(name) == _NEVER else time_in(row, name)
