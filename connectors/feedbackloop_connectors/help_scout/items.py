"""How does a conversation with its threads become an item, and when did it change last?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec

from feedbackloop.records import Author, Customer, Item, Message, Rating, Status
from feedbackloop_connectors.desk.values import Row, needed_time, number, rows, table, text, time_in, when
from feedbackloop_connectors.desk_since.markup import as_words
from feedbackloop_connectors.marks import tags_of_others

STATUSES: dict[str, Status] = {"active": "open", "open": "open", "pending": "pending", "closed": "solved"}
POINTS = {"great": 3, "okay": 2, "ok": 2, "not_good": 1, "not good": 1, "bad": 1}
"""How good a rating is, of 3; each way of asking has its own word for the worst."""
MACHINES = frozenset({"workflow", "workflows", "notification", "orchestration"})
"""Sources of threads that no person wrote."""


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
        updated = changed_at(conversation)
        status = STATUSES.get(str(conversation.get("status")))
        threads = threads_of(conversation)
        return Item(
            id=str(conversation.get("id")),
            kind="ticket",
            created_at=needed_time(conversation, "createdAt"),
            updated_at=updated.replace(microsecond=0) if updated else None,
            version=updated.replace(microsecond=0).timestamp() if updated else None,
            subject=text(conversation.get("subject")),
            status=status,
            solved_at=time_in(conversation, "closedAt") if status == "solved" else None,
            channel=text(conversation.get("type")),
            url=self.url(str(conversation.get("id"))),
            tags=tags_of_others(tags_of(conversation), self.tag_prefix),
            fields=_fields(conversation),
            customer=_customer(conversation, threads),
            messages=tuple(self._messages(threads)),
            ratings=tuple(_ratings(threads)),
        )

    def _messages(self, threads: Sequence[Row]) -> Iterator[Message]:
        for row in threads:
            said = words_of(row)
            if not said:
                continue
            is_own = self.is_own(author_id(row), said)
            author: Author = "agent" if is_own else _author(row)
            at = needed_time(row, "createdAt", "threads.createdAt")
            yield Message(
                thread_id(row), author, at, said, public=is_public(row), own=is_own, automatic=author == "system"
            )


def threads_of(conversation: Row) -> list[Row]:
    """Give the threads that were sent or written, oldest first: no drafts, and no lines that only say what happened."""
    found = rows(table(conversation.get("_embedded")).get("threads"))
    shown = [row for row in found if row.get("state") in (None, "published") and row.get("type") != "lineitem"]
    return sorted(shown, key=lambda row: (str(row.get("createdAt")), number(row.get("id")) or 0))


def changed_at(conversation: Row) -> datetime | None:
    """Give a time for this state of a conversation.

    Help Scout sorts by the last change and does not tell it. The newest second that stands anywhere in the conversation is taken,
    and its microseconds, which Help Scout does not use, are a digest of all that stands there: another state has another time.
    """
    named = [when(conversation.get(name)) for name in ("createdAt", "closedAt", "userUpdatedAt")]
    named.append(when(table(conversation.get("customerWaitingSince")).get("time")))
    named += [when(row.get("createdAt")) for row in rows(table(conversation.get("_embedded")).get("threads"))]
    newest = max((one for one in named if one), default=None)
    if newest is None:
        return None
    told = {name: value for name, value in conversation.items() if name not in {"customerWaitingSince", "_links"}}
    digest = blake2b(msgspec.json.encode(told, order="deterministic"), digest_size=8).digest()
    return newest.replace(microsecond=int.from_bytes(digest) % 10**6)


def tags_of(conversation: Row) -> list[str]:
    """Give the names of the tags."""
    return [name for row in rows(conversation.get("tags")) if (name := text(row.get("tag")))]


def words_of(thread: Row) -> str:
    """Give the words of a thread, which is HTML."""
    return as_words(text(thread.get("body")) or "").strip()


def is_public(thread: Row) -> bool:
    """Say whether the customer gets or wrote a thread: all but notes."""
    return thread.get("type") != "note"


def author_id(thread: Row) -> object:
    """Give the number of the colleague who wrote a thread; None for customers, who are numbered by themselves."""
    person = table(thread.get("createdBy"))
    return number(person.get("id")) if person.get("type") == "user" else None


def thread_id(thread: Row) -> str:
    """Name a thread; not by its bare number, which conversations have too."""
    return f"thread-{thread.get('id')}"


def _author(thread: Row) -> Author:
    if table(thread.get("createdBy")).get("type") == "customer":
        return "customer"
    return "system" if str(table(thread.get("source")).get("type")) in MACHINES else "agent"


def _ratings(threads: Sequence[Row]) -> Iterator[Rating]:
    """Give the newest rating: it stands on the reply that was rated."""
    for row in reversed(threads):
        given = row.get("rating")
        rating = table(given) or {"rating": given}
        points = POINTS.get(str(rating.get("rating")).lower())
        if points:
            at = when(rating.get("modifiedAt")) or when(rating.get("createdAt")) or when(row.get("createdAt"))
            yield Rating("csat", points, 1, 3, at, text(rating.get("comments")))
            return


def _customer(conversation: Row, threads: Sequence[Row]) -> Customer:
    """Give the primary customer; name and address stand there, or else on one of the threads."""
    primary = table(conversation.get("primaryCustomer"))
    key = number(primary.get("id"))
    seen = next(
        (table(row.get("customer")) for row in threads if number(table(row.get("customer")).get("id")) == key), {}
    )
    person = seen | primary
    name = " ".join(part for part in (text(person.get("first")), text(person.get("last"))) if part)
    return Customer(id=str(key) if key else None, name=name or None, email=text(person.get("email")))


def _fields(conversation: Row) -> dict[str, Any]:
    found: dict[str, Any] = {"mailbox_id": conversation.get("mailboxId")}
    for custom in rows(conversation.get("customFields")):
        name = text(custom.get("name"))
        if name:
            found["_".join(name.lower().split())] = custom.get("text") or custom.get("value")
    return {name: value for name, value in found.items() if value not in (None, "", [])}
