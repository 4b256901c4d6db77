"""How does an issue with its messages become an item, and who wrote what?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from feedbackloop.errors import BadRecord
from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, shaped
from feedbackloop_connectors.marks import tags_of_others
from feedbackloop_connectors.roundup.options import RoundupOptions
from feedbackloop_connectors.roundup.rows import Issue, Msg, User, moment

ANONYMOUS = "anonymous"
"""Roundup's user for everybody who did not log in: mail from strangers, and forms."""
_STATUS_NAMES: dict[str, Status] = {"unread": "new"}


class Reader:
    """Makes items. `names` are the statuses and keywords of this tracker by id, `users` grows as they are met."""

    def __init__(
        self,
        options: RoundupOptions,
        *,
        base_url: str,
        tag_prefix: str,
        statuses: Mapping[str, str],
        keywords: Mapping[str, str],
    ) -> None:
        self._options = options
        self._base_url = base_url
        self._tag_prefix = tag_prefix
        self._statuses = statuses
        self._keywords = keywords
        self._users: dict[str, User] = {}

    def missing_users(self, messages: Iterable[Msg]) -> list[str]:
        """Name the authors that are not known yet."""
        found = {message.author.id for message in messages if message.author}
        return sorted(found - self._users.keys(), key=lambda name: (len(name), name))

    def learn_users(self, rows: Iterable[Row]) -> None:
        """Take up users."""
        for row in rows:
            try:
                user = shaped(row, User)
            except BadRecord:  # their words are read all the same, as a stranger's
                continue
            self._users[user.id] = user

    def item(self, issue: Issue, row: Row, thread: Sequence[Msg]) -> Item:
        """Make the whole item.

        Args:
            issue: The issue in its shape.
            row: The same as it came, for the properties of the tracker's own schema.
            thread: Its messages, oldest first.

        Raises:
            BadRecord: A time or a rating cannot be read.
        """
        email = _text(row.get(self._options.email_field or ""))
        activity = _time(issue.activity, "activity")
        status = self._status(issue.status)
        return Item(
            id=issue.id,
            kind="ticket",
            created_at=_time(issue.creation, "creation"),
            updated_at=activity,
            version=activity.timestamp(),
            subject=issue.title,
            status=status,
            url=f"{self._base_url}/issue{issue.id}",
            tags=tags_of_others(self._tags(issue), self._tag_prefix),
            fields={name: row[name] for name in self._options.fields if row.get(name) not in (None, "", [])},
            customer=self._customer(thread, email),
            messages=tuple(self._message(message, thread[0], email) for message in thread),
            ratings=self._ratings(row),
        )

    def _message(self, message: Msg, first: Msg, email: str | None) -> Message:
        ours = message.is_own
        author = "agent" if ours else self._author(message, first, email)
        return Message(
            id=message.id,
            author=author,
            at=_time(message.date or message.creation, "messages.date"),
            text=message.content or "",
            own=ours,
            automatic=author == "system",
        )

    def _author(self, message: Msg, first: Msg, email: str | None) -> Author:
        """Say in which role somebody wrote.

        Roundup knows no customers: they are whoever opened the issue, unless the options name the agents. An issue with a
        customer's mail address was taken down for that customer, whoever did it.
        """
        name, options = self._name(message), self._options
        if name in options.machines:
            return "system"
        if name == ANONYMOUS or (message is first and email):
            return "customer"
        if options.agents:
            return "agent" if name in options.agents else "customer"
        return "customer" if message.author == first.author else "agent"

    def _customer(self, thread: Sequence[Msg], email: str | None) -> Customer:
        if email or not thread or thread[0].author is None:
            return Customer(email=email)
        author = self._users.get(thread[0].author.id, User(thread[0].author.id))
        if author.username == ANONYMOUS:
            return Customer()
        return Customer(
            id=author.id,
            name=author.realname or author.username,
            email=author.address,
            organization=author.organisation or None,
        )

    def _name(self, message: Msg) -> str | None:
        user = self._users.get(message.author.id) if message.author else None
        return user.username if user else None

    def _status(self, status_id: str | None) -> Status | None:
        name = self._statuses.get(status_id or "")
        if name is None:
            return None
        if name in self._options.solved:
            return "solved"
        return "pending" if name in self._options.pending else _STATUS_NAMES.get(name, "open")

    def _tags(self, issue: Issue) -> list[str]:
        return [name for keyword in issue.keyword if (name := self._keywords.get(keyword))]

    def _ratings(self, row: Row) -> tuple[Rating, ...]:
        options = self._options
        value: Any = row.get(options.csat_field) if options.csat_field else None
        if value is None:
            return ()
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise BadRecord(f"{value!r:.80} is no number", field=options.csat_field) from error
        if not options.csat_min <= number <= options.csat_max:
            limits = f"{options.csat_min:g}..{options.csat_max:g}"
            raise BadRecord(f"{number:g} lies outside {limits}", field=options.csat_field)
        return (Rating("csat", number, options.csat_min, options.csat_max),)


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _time(stamp: str, name: str) -> datetime:
    try:
        return moment(stamp)
    except ValueError as error:
        raise BadRecord(str(error), field=name) from error
