"""How does a request with its comments become an item?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, number, table, text, time_in, when, words
from feedbackloop_connectors.jira_sm.options import JiraOptions
from feedbackloop_connectors.marks import tags_of_others

CATEGORIES: dict[str, Status] = {"new": "new", "indeterminate": "open", "done": "solved"}
"""Every status of the house belongs to one of these categories."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    options: JiraOptions
    base_url: str
    is_own: Callable[[object, str], bool]
    tag_prefix: str

    def item(self, issue: Row, comments: Sequence[Row], feedback: Row) -> Item:
        """Make the whole item.

        Args:
            issue: As a search or a look at it shows it.
            comments: As the service desk shows them, oldest first.
            feedback: What its customer gave; empty where nothing was given.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        fields = table(issue.get("fields"))
        updated = time_in(fields, "updated")
        status = status_of(fields)
        reporter = table(fields.get("reporter"))
        opening = (text(fields.get("description")) or "").replace("\r\n", "\n")
        first = {"id": "", "body": opening, "author": reporter, "created": fields.get("created"), "public": True}
        thread = [*([first] if opening else []), *comments]
        return Item(
            id=str(issue.get("id")),
            kind="ticket",
            created_at=needed_time(fields, "created"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(fields.get("summary")),
            status=status,
            solved_at=time_in(fields, "resolutiondate") if status == "solved" else None,
            url=f"{self.base_url}/browse/{issue.get('key')}",
            tags=tags_of_others(words(fields.get("labels")), self.tag_prefix),
            fields=_fields(fields),
            customer=_customer(reporter),
            messages=tuple(self._message(row, issue, reporter) for row in thread if words_of(row)),
            ratings=_ratings(feedback, fields),
        )

    def _message(self, row: Row, issue: Row, reporter: Row) -> Message:
        said, person = words_of(row), table(row.get("author"))
        is_own = self.is_own(person.get("accountId"), said)
        author: Author = "customer" if person.get("accountId") == reporter.get("accountId") else "agent"
        if person.get("displayName") in self.options.machines or person.get("accountType") == "app":
            author = "system"
        return Message(
            id=comment_id(row) if row.get("id") else f"request-{issue.get('id')}",
            author="agent" if is_own else author,
            at=needed_time({"created": created_of(row)}, "created", "comments.created"),
            text=said,
            public=row.get("public") is not False,
            own=is_own,
            automatic=author == "system" and not is_own,
        )


def status_of(fields: Row) -> Status:
    """Say in our words how an issue stands."""
    category = table(table(fields.get("status")).get("statusCategory")).get("key")
    return CATEGORIES.get(str(category), "open")


def words_of(comment: Row) -> str:
    """Give the words of a comment: wiki markup, as it was typed."""
    return (text(comment.get("body")) or "").replace("\r\n", "\n").strip("\n")


def comment_id(comment: Row) -> str:
    """Name a comment; not by its bare number, which issues have too."""
    return f"comment-{comment.get('id')}"


def created_of(comment: Row) -> object:
    """Give when a comment was written: the service desk tells it in several forms, Jira in one."""
    created = comment.get("created")
    return table(created).get("iso8601") if isinstance(created, dict) else created


def _ratings(feedback: Row, fields: Row) -> tuple[Rating, ...]:
    value = number(feedback.get("rating"))
    if value is None or not 1 <= value <= 5:
        return ()
    return (
        Rating(
            "csat", value, 1, 5, when(fields.get("resolutiondate")), text(table(feedback.get("comment")).get("body"))
        ),
    )


def _customer(reporter: Row) -> Customer:
    return Customer(
        id=text(reporter.get("accountId")),
        name=text(reporter.get("displayName")),
        email=text(reporter.get("emailAddress")),
        timezone=text(reporter.get("timeZone")),
    )


def _fields(fields: Row) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": table(fields.get("issuetype")).get("name"),
        "priority": table(fields.get("priority")).get("name"),
        "resolution": table(fields.get("resolution")).get("name"),
    }
    found |= {name: value for name, value in fields.items() if name.startswith("customfield_") and _is_plain(value)}
    return {name: value for name, value in found.items() if value not in (None, "", [])}


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float)
