"""How does an issue with its journals become an item?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import (
    Row,
    needed_number,
    needed_time,
    number,
    rows,
    table,
    text,
    time_in,
    words,
)
from feedbackloop_connectors.marks import mark_in, tags_of_others
from feedbackloop_connectors.redmine.options import RedmineOptions
from feedbackloop_connectors.redmine.people import People, is_anonymous

STATUSES: dict[str, Status] = {
    "New": "new",
    "In Progress": "open",
    "Feedback": "pending",
    "Resolved": "solved",
    "Closed": "closed",
    "Rejected": "closed",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items."""

    options: RedmineOptions
    base_url: str
    tag_prefix: str
    people: People

    def is_own_task(self, issue: Row) -> bool:
        """Say whether an issue is an improvement task of ours: its description has our mark, and no customer wrote it."""
        is_marked = mark_in(text(issue.get("description")) or "") is not None
        return is_marked and self.people.is_colleague(issue.get("author"))

    def item(self, issue: Row) -> Item:
        """Make the whole item.

        Raises:
            BadRecord: Something without which there is no item cannot be read.
        """
        key, created = needed_number(issue, "id"), needed_time(issue, "created_on")
        updated = time_in(issue, "updated_on")
        status = status_of(issue, self.options)
        return Item(
            id=str(key),
            kind="ticket",
            created_at=created,
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(issue.get("subject")),
            status=status,
            solved_at=_solved_at(issue) if status in {"solved", "closed"} else None,
            due_at=time_in(issue, "due_date"),
            url=f"{self.base_url}/issues/{key}",
            tags=tags_of_others(tags_of(issue, self.options), self.tag_prefix),
            fields=self._fields(issue),
            customer=self._customer(issue),
            messages=(*self._opening(issue, key, created), *self._journals(issue)),
            ratings=self._ratings(issue),
        )

    def _opening(self, issue: Row, key: int, created: datetime) -> Iterator[Message]:
        said = text(issue.get("description"))
        if said:
            yield Message(f"description-{key}", self._opened_by(issue), created, _plain(said))

    def _opened_by(self, issue: Row) -> Author:
        for_customer = self.options.opening_is_customers and self._email(issue) is not None
        return "customer" if for_customer else self.people.author(issue.get("author"))

    def _journals(self, issue: Row) -> Iterator[Message]:
        for row in rows(issue.get("journals")):
            said = text(row.get("notes"))
            if said is None:
                continue
            yield Message(
                id=message_id(row),
                author=self.people.author(row.get("user")),
                at=needed_time(row, "created_on", "journals.created_on"),
                text=_plain(said),
                public=row.get("private_notes") is not True,
                own=self._is_own(row, said),
            )

    def _is_own(self, row: Row, said: str) -> bool:
        if number(table(row.get("user")).get("id")) != self.people.me:
            return False
        return self.options.account_is_own or mark_in(said) is not None

    def _email(self, issue: Row) -> str | None:
        return text(custom_field(issue, self.options.email_field).get("value"))

    def _customer(self, issue: Row) -> Customer:
        """Give the author where that is a customer with an account; the mail address comes from its field."""
        author, email = table(issue.get("author")), self._email(issue)
        if is_anonymous(author) or self.people.is_colleague(author):
            return Customer(email=email)
        return Customer(id=str(number(author.get("id"))), name=text(author.get("name")), email=email)

    def _fields(self, issue: Row) -> dict[str, Any]:
        spoken_for = {self.options.tag_field, self.options.email_field, self.options.rating_field}
        found: dict[str, Any] = {
            name: table(issue.get(name)).get("name") for name in ("project", "tracker", "priority", "category")
        }
        for custom in rows(issue.get("custom_fields")):
            name = text(custom.get("name"))
            if name and name not in spoken_for:
                found["_".join(name.lower().split())] = custom.get("value")
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def _ratings(self, issue: Row) -> tuple[Rating, ...]:
        custom = custom_field(issue, self.options.rating_field)
        try:
            value = float(str(custom.get("value")))
        except ValueError:
            return ()
        low, high = self.options.rating_min, self.options.rating_max
        if not low <= value <= high:
            return ()
        at = _changed_at(issue, "cf", str(custom.get("id"))) or time_in(issue, "created_on")
        return (Rating("csat", value, low, high, at),)


def status_of(issue: Row, options: RedmineOptions) -> Status:
    """Say in our words how an issue stands; a name that nobody explained is open or closed, as Redmine counts it."""
    status = table(issue.get("status"))
    name = str(status.get("name"))
    known = options.statuses.get(name) or STATUSES.get(name)
    return known or ("closed" if status.get("is_closed") else "open")


def custom_field(issue: Row, name: str | None) -> Row:
    """Give the custom field of that name with `id` and `value`; empty where the issue has none."""
    return next((row for row in rows(issue.get("custom_fields")) if name and row.get("name") == name), {})


def tags_of(issue: Row, options: RedmineOptions) -> tuple[str, ...]:
    """Give all values of the field for tags."""
    return split_tags(custom_field(issue, options.tag_field).get("value"))


def split_tags(value: object) -> tuple[str, ...]:
    """Read tags from a list or from words with commas between them."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return words(value)


def message_id(journal: Row) -> str:
    """Name a note; not by its bare number, which issues have too."""
    return f"journal-{journal.get('id')}"


def _solved_at(issue: Row) -> datetime | None:
    return time_in(issue, "closed_on") or _changed_at(issue, "attr", "status_id") or time_in(issue, "updated_on")


def _changed_at(issue: Row, kind: str, name: str) -> datetime | None:
    """Give when something of an issue was changed last, as its journals tell."""
    found = None
    for row in rows(issue.get("journals")):
        if any(one.get("property") == kind and one.get("name") == name for one in rows(row.get("details"))):
            found = time_in(row, "created_on")
    return found


def _plain(said: str) -> str:
    return said.replace("\r\n", "\n")
