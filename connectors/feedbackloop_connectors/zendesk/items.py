"""How does a ticket with its thread become an item?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from feedbackloop.records import Item, Message, Status
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
from feedbackloop_connectors.marks import tags_of_others
from feedbackloop_connectors.zendesk.naming import Naming, has_value
from feedbackloop_connectors.zendesk.own import is_own_task, marked_key
from feedbackloop_connectors.zendesk.people import People
from feedbackloop_connectors.zendesk.ratings import Rated

STATUSES: dict[str, Status] = {
    "new": "new",
    "open": "open",
    "pending": "pending",
    "hold": "pending",
    "solved": "solved",
    "closed": "closed",
    "deleted": "deleted",
}
AUTOMATIC_FLAG = 4
"""Zendesk's comment flag for "automatically generated"."""
AUTOMATIC_CHANNELS = frozenset({"rule", "system"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What belongs to one ticket beside its row. `version` stands in where the row has none of its own."""

    comments: Sequence[Row]
    own_ids: set[int]
    rated: Rated | None = None
    version: float | None = None


def is_erased(ticket: Row) -> bool:
    """Say whether a row is the last trace of a ticket: deleted, or scrubbed for good."""
    scrubbed = ticket.get("subject") == "SCRUBBED" and ticket.get("description") == "X"
    return ticket.get("status") == "deleted" or scrubbed


def is_feedback(ticket: Row) -> bool:
    """Say whether a row is a living ticket and none of our improvement tasks."""
    return not is_erased(ticket) and not is_own_task(ticket)


def build_item(ticket: Row, parts: Parts, people: People, naming: Naming) -> Item:
    """Make the whole item.

    Raises:
        BadRecord: Something without which there is no item cannot be read.
    """
    key, requester = needed_number(ticket, "id"), number(ticket.get("requester_id"))
    status = STATUSES.get(str(ticket.get("status")))
    metrics = table(ticket.get("metric_set"))
    tags = tags_of_others(words(ticket.get("tags")), naming.tag_prefix)
    return Item(
        id=str(key),
        kind="ticket",
        created_at=needed_time(ticket, "created_at"),
        updated_at=time_in(ticket, "updated_at"),
        version=_version(ticket, parts),
        subject=text(ticket.get("subject")),
        status=status,
        solved_at=time_in(metrics, "solved_at") if status in {"solved", "closed"} else None,
        due_at=time_in(ticket, "due_at"),
        channel=_channel(ticket),
        url=f"{naming.agent_url}/{key}",
        tags=tags,
        fields=_fields(ticket, metrics, naming) | (parts.rated.fields if parts.rated else {}),
        customer=people.customer(requester, number(ticket.get("organization_id"))),
        messages=tuple(_message(comment, requester, parts.own_ids, people) for comment in parts.comments),
        ratings=(parts.rated.rating,) if parts.rated else (),
    )


def _message(comment: Row, requester: int | None, own_ids: set[int], people: People) -> Message:
    key = needed_number(comment, "id", "comments.id")
    is_own = key in own_ids or marked_key(comment.get("metadata")) is not None
    spoken = _transcription(comment)
    return Message(
        id=str(key),
        author="agent" if is_own else people.author(number(comment.get("author_id")), requester),
        at=needed_time(comment, "created_at", "comments.created_at"),
        text=spoken or _words(comment),
        public=comment.get("public") is not False,
        own=is_own,
        automatic=_is_automatic(comment) and not spoken,
    )


def _words(comment: Row) -> str:
    """Give what was written: `body` is in every form of a comment, so it reads the same by either road."""
    return next((found for name in ("body", "plain_body", "html_body") if (found := text(comment.get(name)))), "")


def _transcription(comment: Row) -> str | None:
    """Give what was said in a voice comment; its body is machine text about the call."""
    return text(table(comment.get("data")).get("transcription_text")) if comment.get("type") == "VoiceComment" else None


def _is_automatic(comment: Row) -> bool:
    flags = table(comment.get("metadata")).get("flags")
    flagged = isinstance(flags, list) and AUTOMATIC_FLAG in flags
    via = table(comment.get("via"))
    by_rule = table(via.get("source")).get("rel") in {"trigger", "automation"}
    return flagged or by_rule or via.get("channel") in AUTOMATIC_CHANNELS or comment.get("type") == "VoiceComment"


def _channel(ticket: Row) -> str | None:
    via = ticket.get("via")
    channel = text(table(via).get("channel")) if isinstance(via, dict) else text(via)
    return None if channel == "-" else channel


def _fields(ticket: Row, metrics: Row, naming: Naming) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for custom in rows(ticket.get("custom_fields")):
        key = number(custom.get("id"))
        if key is not None and has_value(custom):
            found[naming.fields.get(key, f"field_{key}")] = custom["value"]
    plain = {"type": ticket.get("type"), "priority": ticket.get("priority")}
    # Not the number of replies: our own would count, and change what people said and did.
    plain["reopens"] = number(metrics.get("reopens"))
    return {name: value for name, value in plain.items() if value is not None} | found


def _version(ticket: Row, parts: Parts) -> float | None:
    stamp, updated = number(ticket.get("generated_timestamp")), time_in(ticket, "updated_at")
    if stamp is not None:
        return float(stamp)
    return parts.version if updated is None else max(parts.version or 0.0, updated.timestamp())
