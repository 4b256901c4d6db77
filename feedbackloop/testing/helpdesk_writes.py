"""How does the loopback helpdesk take writes, and which does it refuse?

Comments, tags, new tickets and follow-up tickets as Zendesk takes them: safe updates, closed tickets, idempotency keys. Every
write that was really done stands in the journal: the truth against which a client's own books are reconciled.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from feedbackloop.testing.helpdesk_state import ROBOT, DeskState, Row, Ticket, stamp

IDEMPOTENCY_HOURS = 2
CONFLICT = (
    "Safe Update prevented the update due to outdated ticket data. Please fetch the latest ticket data and try again."
)


class Refusal(Exception):
    """A call that the desk answers with an error."""

    def __init__(self, status: int, error: str, description: str = "", **more: Any) -> None:
        super().__init__(description or error)
        self.status = status
        self.body = {"error": error, "description": description or error} | more


@dataclass(frozen=True, slots=True)
class Write:
    """One write that was done through the API.

    Attributes:
        number: In order, from 1.
        kind: comment (public or not), tags, ticket, or update (anything else of a ticket).
        metadata: The custom metadata that came with it.
    """

    number: int
    at: str
    kind: str
    ticket: int
    public: bool | None = None
    text: str = ""
    tags: tuple[str, ...] = ()
    external_id: str | None = None
    metadata: Row = field(default_factory=dict)


class Journal:
    """All writes in order; with a path also as JSON lines on disk, synced before the answer goes out."""

    def __init__(self, path: Path | None = None) -> None:
        self.writes: list[Write] = []
        self._file = path.open("a", encoding="utf-8") if path else None

    def note(self, kind: str, ticket: Ticket, at: datetime, **more: Any) -> None:
        """Write one line."""
        write = Write(len(self.writes) + 1, stamp(at), kind, ticket.id, **more)
        self.writes.append(write)
        if self._file:
            self._file.write(json.dumps(asdict(write)) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def of(self, kind: str) -> list[Write]:
        """Give the writes of one kind."""
        return [write for write in self.writes if write.kind == kind]

    def close(self) -> None:
        """Close the file."""
        if self._file:
            self._file.close()


class Writes:
    """The desk's writing half. `after_write` is a business rule: it runs after every write, and may touch the ticket."""

    def __init__(self, state: DeskState, journal: Journal) -> None:
        self._state = state
        self._journal = journal
        self._keys: dict[str, tuple[datetime, str, Row]] = {}
        self.after_write: Callable[[DeskState, int], None] | None = None

    def update(self, ticket_id: int, sent: Row) -> Row:
        """PUT /tickets/{id}: a comment, a status, tags (which replace all), any other key.

        Raises:
            Refusal: 404 gone, 409 outdated stamp, 422 closed or invalid.
        """
        ticket = self._open_ticket(ticket_id)
        given = self._ticket_of(sent)
        self._check_stamp(ticket, given)
        at, metadata = self._state.clock.now(), given.pop("metadata", None) or {}
        comment, events = given.pop("comment", None), []
        if comment is not None:
            events.append(self._comment(ticket, comment))
        values = {name: value for name, value in given.items() if name in ticket.row or name in _MORE_KEYS}
        events += self._state.changes(ticket, values, at)
        audit = self._state.record(ticket, events, at=at, author=ROBOT, metadata=metadata)
        if comment is not None:
            self._journal.note(
                "comment", ticket, at, public=events[0]["public"], text=events[0]["body"], metadata=metadata
            )
        if values:
            self._journal.note("update", ticket, at, tags=tuple(values.get("tags", ())), metadata=metadata)
        self._rule(ticket_id)
        return {"ticket": dict(ticket.row), "audit": audit}

    def tags(self, method: str, ticket_id: int, sent: Row) -> Row:
        """PUT adds tags, POST sets them, DELETE takes them away.

        Raises:
            Refusal: As for `update`.
        """
        ticket = self._open_ticket(ticket_id)
        self._check_stamp(ticket, sent)
        given = [str(tag) for tag in sent.get("tags", ())]
        held = ticket.row["tags"]
        after = {
            "PUT": sorted({*held, *given}),
            "POST": sorted(set(given)),
            "DELETE": [tag for tag in held if tag not in given],
        }[method]
        at = self._state.clock.now()
        events = self._state.changes(ticket, {"tags": after}, at)
        if events:
            self._state.record(ticket, events, at=at, author=ROBOT)
        self._journal.note("tags", ticket, at, tags=tuple(given))
        self._rule(ticket_id)
        return {"tags": after}

    def create(self, sent: Row, key: str | None) -> tuple[Row, str | None]:
        """POST /tickets; gives the answer and `hit` or `miss` where an Idempotency-Key came along.

        Raises:
            Refusal: 400 same key with another body, 422 invalid.
        """
        body = json.dumps(sent, sort_keys=True)
        if key is not None:
            known = self._keys.get(key)
            if known and self._state.clock.now() - known[0] < timedelta(hours=IDEMPOTENCY_HOURS):
                if known[1] != body:
                    raise Refusal(
                        400, "IdempotentRequestError", "Request parameters don't match the given idempotency key"
                    )
                return known[2], "hit"
        answer = self._create(self._ticket_of(sent))
        if key is None:
            return answer, None
        self._keys[key] = (self._state.clock.now(), body, answer)
        return answer, "miss"

    def _create(self, given: Row) -> Row:
        comment = given.pop("comment", None)
        if not isinstance(comment, dict) or not comment.get("body"):
            raise Refusal(422, "RecordInvalid", "Record validation errors", details={"base": [{"error": "BlankValue"}]})
        source = given.pop("via_followup_source_id", None)
        if source is not None:
            self._follow(source)
        metadata = given.pop("metadata", None) or {}
        given["via"] = {
            "channel": "api",
            "source": {"from": {"ticket_id": source} if source else {}, "to": {}, "rel": None},
        }
        public = bool(comment.get("public", True))
        number = self._state.add_ticket(
            given.pop("subject", comment["body"][:60]),
            comment["body"],
            requester=given.pop("requester_id", ROBOT),
            author=ROBOT,
            public=public,
            metadata=metadata,
            **{"status": "new", **given},
        )
        ticket = self._state.tickets[number]
        self._journal.note(
            "ticket",
            ticket,
            self._state.clock.now(),
            public=public,
            text=comment["body"],
            external_id=ticket.row["external_id"],
            tags=tuple(ticket.row["tags"]),
            metadata=metadata,
        )
        self._rule(number)
        return {"ticket": dict(ticket.row), "audit": ticket.audits[0]}

    def _follow(self, source: int) -> None:
        old = self._state.tickets.get(int(source))
        if old is None or old.row["status"] != "closed":
            problem = {"via_followup_source_id": [{"error": "InvalidValue", "description": "is not a closed ticket"}]}
            raise Refusal(422, "RecordInvalid", "Record validation errors", details=problem)

    def _open_ticket(self, ticket_id: int) -> Ticket:
        ticket = self._state.tickets.get(ticket_id)
        if ticket is None or ticket.row["status"] == "deleted":
            raise Refusal(404, "RecordNotFound", "Not found")
        if ticket.row["status"] == "closed":
            problem = {"status": [{"description": "Status: closed prevents ticket update"}]}
            raise Refusal(422, "RecordInvalid", "Record validation errors", details=problem)
        return ticket

    def _comment(self, ticket: Ticket, sent: Row) -> Row:
        text = sent.get("body") or sent.get("html_body")
        if not text:
            raise Refusal(
                422, "RecordInvalid", "Record validation errors", details={"comment": [{"error": "BlankValue"}]}
            )
        # Without `public` a comment is as visible as the ticket's first one: that is how notes leak to customers.
        public = bool(sent.get("public", ticket.row["is_public"]))
        return self._state.comment(ticket.id, text, author=ROBOT, public=public, channel="api")

    def _rule(self, ticket_id: int) -> None:
        if self.after_write:
            self.after_write(self._state, ticket_id)

    @staticmethod
    def _ticket_of(sent: Row) -> Row:
        given = sent.get("ticket")
        if not isinstance(given, dict):
            raise Refusal(400, "InvalidValue", "ticket: is missing")
        return dict(given)

    @staticmethod
    def _check_stamp(ticket: Ticket, sent: Row) -> None:
        safe, sent_stamp = sent.pop("safe_update", None), sent.pop("updated_stamp", None)
        if safe is not None and sent_stamp != ticket.row["updated_at"]:
            raise Refusal(409, "UpdateConflict", CONFLICT)


_MORE_KEYS = frozenset({"additional_tags"})
