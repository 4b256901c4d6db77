"""How does an issue with its comments become an item?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Author, Customer, Item, Message
from feedbackloop_connectors.desk.values import Row, needed_time, number, rows, table, text, time_in
from feedbackloop_connectors.marks import tags_of_others

COLLEAGUES = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""How GitHub calls those who belong to a repository; everybody else is outside, contributors too."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes items. `is_own` says by author and words whether a message is the sidecar's."""

    is_own: Callable[[object, str], bool]
    tag_prefix: str

    def item(self, issue: Row, comments: Sequence[Row]) -> Item:
        """Make the whole item; comments come oldest first.

        Raises:
            BadRecord: A time without which there is no item cannot be read.
        """
        updated = time_in(issue, "updated_at")
        is_closed = issue.get("state") == "closed"
        user = table(issue.get("user"))
        return Item(
            id=str(issue.get("number")),
            kind="ticket",
            created_at=needed_time(issue, "created_at"),
            updated_at=updated,
            version=updated.timestamp() if updated else None,
            subject=text(issue.get("title")),
            status="solved" if is_closed else "open",
            solved_at=time_in(issue, "closed_at") if is_closed else None,
            channel="github",
            url=text(issue.get("html_url")),
            tags=tags_of_others(labels_of(issue), self.tag_prefix),
            fields=_fields(issue),
            customer=Customer(id=str(number(user.get("id")) or "") or None, name=text(user.get("login"))),
            messages=tuple(self._message(row, name) for row, name in _said(issue, comments)),
        )

    def _message(self, row: Row, name: str) -> Message:
        said = words_of(row)
        is_own = self.is_own(author_id(row), said)
        author: Author = "agent" if is_own else _author(row)
        at = needed_time(row, "created_at", "comments.created_at")
        return Message(name, author, at, said, own=is_own, automatic=author == "system")


def labels_of(issue: Row) -> tuple[str, ...]:
    """Give the names of the labels; GitHub may give bare names as well."""
    found = issue.get("labels")
    bare = [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    return (*bare, *(name for row in rows(found) if (name := text(row.get("name")))))


def words_of(row: Row) -> str:
    """Give what was written in an issue or a comment: Markdown, as it was typed."""
    return (text(row.get("body")) or "").replace("\r\n", "\n")


def author_id(row: Row) -> object:
    """Give the number of who wrote; None for an account that is gone."""
    return number(table(row.get("user")).get("id"))


def comment_id(comment: Row) -> str:
    """Name a comment; not by its bare number, which issues have too."""
    return f"comment-{comment.get('id')}"


def _said(issue: Row, comments: Sequence[Row]) -> list[tuple[Row, str]]:
    opening = [(issue, f"issue-{issue.get('number')}")] if words_of(issue) else []
    return opening + [(row, comment_id(row)) for row in comments if words_of(row)]


def _author(row: Row) -> Author:
    if table(row.get("user")).get("type") == "Bot":
        return "system"
    return "agent" if str(row.get("author_association")) in COLLEAGUES else "customer"


def _fields(issue: Row) -> dict[str, Any]:
    found = {
        "milestone": table(issue.get("milestone")).get("title"),
        "type": table(issue.get("type")).get("name"),
        "state_reason": issue.get("state_reason"),
    }
    return {name: value for name, value in found.items() if value not in (None, "", [])}
