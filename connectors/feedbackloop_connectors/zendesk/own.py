"""How are our own writes recognised when they come back?

Everything we write carries our mark: notes and replies in the metadata of their audit, tasks and follow-up tickets in their
external id, tags by their prefix. The account whose token we use may be a human's, so its id alone proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from feedbackloop_connectors.desk.values import Row, number, rows, table, text

MARK = "feedbackloop"
"""The key in an audit's custom metadata; its value is the action's idempotency key."""
TASK_PREFIX = "feedbackloop:"
"""How the external id of an improvement task begins."""
FOLLOW_UP_PREFIX = "feedbackloop-reply:"
"""How the external id of a follow-up ticket begins that carries a reply to a closed one."""


def mark(key: str) -> Row:
    """Give the metadata that marks a write."""
    return {MARK: key}


def marked_key(metadata: object) -> str | None:
    """Read the idempotency key out of the metadata of an audit or a comment; None: not ours."""
    return text(table(table(metadata).get("custom")).get(MARK))


def is_own_task(ticket: Row) -> bool:
    """Say whether a ticket is an improvement task that we filed."""
    return (text(ticket.get("external_id")) or "").startswith(TASK_PREFIX)


def is_doubtful(comment: Row, me: int | None) -> bool:
    """Say whether a comment might be ours and does not tell: written by our account through the API, without metadata."""
    if "custom" in table(comment.get("metadata")):
        return False
    by_api = table(comment.get("via")).get("channel") == "api"
    return by_api and me is not None and number(comment.get("author_id")) == me


def own_comment_ids(audits: Iterable[Row]) -> set[int]:
    """Give the ids of the comments that audits with our mark hold."""
    found = set()
    for audit in audits:
        if marked_key(audit.get("metadata")):
            found |= {number(event.get("id")) for event in rows(audit.get("events")) if event.get("type") == "Comment"}
    return {event for event in found if event is not None}
