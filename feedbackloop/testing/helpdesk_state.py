"""What does the loopback helpdesk hold?

Users, organizations, tickets with their comments and audits, and both kinds of ratings, in the shapes of Zendesk's API. Ids
are given out in order, times come from a clock that tests can set, so the same seeding gives the same desk.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

Row = dict[str, Any]
"""One object as the API shows it."""

ROBOT = 1
"""The user whose API token the sidecar uses."""
AGENT = 2
"""A human agent."""


def stamp(moment: datetime) -> str:
    """Write a time as Zendesk does: UTC, whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True)
class DeskClock:
    """The desk's clock: the real time, or the moment set by a test."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        """Give the desk's time."""
        return self.fixed or datetime.now(UTC)

    def set(self, moment: datetime) -> None:
        """Stop the clock at a moment."""
        self.fixed = moment

    def advance(self, seconds: float) -> None:
        """Move the clock on, stopping it first if it runs."""
        self.fixed = self.now() + timedelta(seconds=seconds)


@dataclass(slots=True)
class Ticket:
    """One ticket: its row, its thread, its history, and when it last came into the export (`generated`, unix seconds).

    `broken` is laid over the row wherever it is shown: values that no desk should send and some do. An archived ticket is
    missing from lists and can still be asked for alone.
    """

    row: Row
    generated: int
    broken: Row = field(default_factory=dict)
    comments: list[Row] = field(default_factory=list)
    audits: list[Row] = field(default_factory=list)
    solved_at: str | None = None
    reopens: int = 0
    is_archived: bool = False

    @property
    def id(self) -> int:
        """The ticket's number."""
        return int(self.row["id"])


class DeskState:
    """All that the desk holds, and the changes that people make in it. Every public method is safe between threads."""

    def __init__(self, clock: DeskClock) -> None:
        self.clock = clock
        self.lock = threading.RLock()
        self.users: dict[int, Row] = {}
        self.organizations: dict[int, Row] = {}
        self.groups: list[Row] = [{"id": 7, "name": "Support"}, {"id": 8, "name": "Improvements"}]
        self.ticket_fields: list[Row] = []
        self.tickets: dict[int, Ticket] = {}
        self.ratings: list[Row] = []
        self.survey_responses: list[Row] = []
        self.comment_metadata = True
        self._next: dict[str, int] = {"user": 0, "ticket": 0, "event": 100_000, "rating": 9_000, "organization": 500}
        self.add_user("Feedback loop", email="loop@acme.example", role="admin")
        self.add_user("Agent Amy", email="amy@acme.example", role="agent")

    def number(self, kind: str) -> int:
        """Give the next free id of a kind."""
        self._next[kind] += 1
        return self._next[kind]

    # --- people -----------------------------------------------------------------------------------------------------

    def add_user(
        self,
        name: str,
        *,
        email: str | None = None,
        role: str = "end-user",
        organization: int | None = None,
        **more: Any,
    ) -> int:
        """Add a user and give the id; `more` are further keys of the API's user object (locale, tags, iana_time_zone …)."""
        with self.lock:
            user: Row = {
                "id": self.number("user"),
                "name": name,
                "email": email,
                "role": role,
                "organization_id": organization,
            }
            user |= {"locale": "en-US", "tags": [], "user_fields": {}, "active": True, "restricted_agent": False} | more
            self.users[user["id"]] = user
            return int(user["id"])

    def add_organization(self, name: str, tags: Iterable[str] = ()) -> int:
        """Add an organization and give the id."""
        with self.lock:
            row: Row = {"id": self.number("organization"), "name": name, "tags": list(tags), "organization_fields": {}}
            self.organizations[row["id"]] = row
            return int(row["id"])

    # --- tickets as people and rules change them ----------------------------------------------------------------------

    def add_ticket(
        self,
        subject: str,
        text: str,
        *,
        requester: int | None = None,
        author: int | None = None,
        at: datetime | None = None,
        public: bool = True,
        channel: str = "email",
        metadata: Row | None = None,
        **more: Any,
    ) -> int:
        """Open a ticket and give its id; `more` are further keys of the ticket's row (tags, type, custom_fields …)."""
        with self.lock:
            at = at or self.clock.now()
            requester = requester or self._customer()
            row = self._ticket_row(subject, text, requester, at)
            row |= {"is_public": public, "submitter_id": author or requester, "via": _via(channel)} | more
            row["raw_subject"] = row["subject"]
            row["organization_id"] = self.users.get(requester, {}).get("organization_id")
            ticket = self.tickets[row["id"]] = Ticket(row, int(at.timestamp()))
            comment = self.comment(row["id"], text, author=author or requester, public=public, channel=channel)
            self.record(ticket, [comment], at=at, author=author or requester, metadata=metadata)
            return ticket.id

    def add_comment(
        self,
        ticket_id: int,
        text: str,
        *,
        author: int = AGENT,
        public: bool = True,
        at: datetime | None = None,
        channel: str = "web",
        metadata: Row | None = None,
        flags: list[int] | None = None,
    ) -> int:
        """Add a comment by somebody and give its id."""
        with self.lock:
            comment = self.comment(ticket_id, text, author=author, public=public, channel=channel)
            if flags:
                comment["metadata"]["flags"] = flags
            self.record(self.tickets[ticket_id], [comment], at=at, author=author, metadata=metadata)
            return int(comment["id"])

    def change(self, ticket_id: int, *, at: datetime | None = None, author: int = AGENT, **values: Any) -> None:
        """Change keys of a ticket's row (status, tags, priority …) as an agent or a rule would."""
        with self.lock:
            ticket = self.tickets[ticket_id]
            self.record(ticket, self.changes(ticket, values, at or self.clock.now()), at=at, author=author)

    def delete(self, ticket_id: int) -> None:
        """Delete a ticket: its row stays in the export with status `deleted`, nothing else can be had of it."""
        with self.lock:
            ticket = self.tickets[ticket_id]
            ticket.row["status"] = "deleted"
            self.touch(ticket)

    def scrub(self, ticket_id: int) -> None:
        """Delete a ticket for good: its texts read SCRUBBED and X."""
        with self.lock:
            row = self.tickets[ticket_id].row
            row |= {"status": "deleted", "subject": "SCRUBBED", "raw_subject": "SCRUBBED", "description": "X"}
            self.touch(self.tickets[ticket_id])

    # --- ratings ----------------------------------------------------------------------------------------------------

    def rate(
        self,
        ticket_id: int,
        score: str,
        comment: str | None = None,
        *,
        at: datetime | None = None,
        reason: str | None = None,
    ) -> int:
        """Rate a ticket the old way (`offered`, `good`, `bad`); a second rating changes the first. Gives the rating's id."""
        with self.lock:
            at = at or self.clock.now()
            ticket = self.tickets[ticket_id]
            rating = next((r for r in self.ratings if r["ticket_id"] == ticket_id), None)
            if rating is None:
                rating = {"id": self.number("rating"), "ticket_id": ticket_id, "created_at": stamp(at)}
                rating |= {"requester_id": ticket.row["requester_id"], "assignee_id": AGENT, "group_id": 7}
                self.ratings.append(rating)
            rating |= {"score": score, "comment": comment, "reason": reason, "updated_at": stamp(at)}
            ticket.row["satisfaction_rating"] = {"id": rating["id"], "score": score, "comment": comment}
            self.touch(ticket, at)
            return int(rating["id"])

    def respond(
        self,
        ticket_id: int,
        rating: int,
        category: str,
        comment: str | None = None,
        *,
        at: datetime | None = None,
        kind: str = "rating_scale_emoji",
    ) -> str:
        """Answer the CSAT survey of the new form; a second answer changes the first. The ticket itself does not move."""
        with self.lock:
            at = at or self.clock.now()
            subject = f"zen:ticket:{ticket_id}"
            row = next((r for r in self.survey_responses if r["subjects"][0]["zrn"] == subject), None)
            if row is None:
                row = {"id": f"01H{self.number('rating'):09d}", "_created": at}
                row["subjects"] = [{"id": str(ticket_id), "type": "ticket", "zrn": subject}]
                row["responder_id"] = self.tickets[ticket_id].row["requester_id"]
                self.survey_responses.append(row)
            row["expires_at"] = stamp(row["_created"] + timedelta(days=28))
            row["survey"] = {"id": "01HSURVEY", "version": 3, "state": "enabled"}
            row["answers"] = _answers(rating, category, comment, kind)
            times = {"created_at": stamp(row["_created"]), "updated_at": stamp(at)}
            row["answers"] = [answer | times for answer in row["answers"]]
            return str(row["id"])

    # --- what every change goes through -------------------------------------------------------------------------------

    def comment(self, ticket_id: int, text: str, *, author: int, public: bool, channel: str) -> Row:
        """Make a comment's row; `record` puts it on its ticket."""
        return {
            "id": self.number("event"),
            "type": "Comment",
            "author_id": author,
            "body": text,
            "plain_body": text,
            "html_body": f'<div class="zd-comment">{text}</div>',
            "public": public,
            "attachments": [],
            "via": _via(channel),
            "metadata": {"system": {"client": "browser", "ip_address": "192.0.2.7"}},
            "ticket_id": ticket_id,
        }

    def changes(self, ticket: Ticket, values: Row, at: datetime) -> list[Row]:
        """Set keys of a ticket's row and give the audit events that tell of it."""
        events = []
        for name, value in values.items():
            before = ticket.row.get(name)
            if before == value:
                continue
            ticket.row[name] = value
            shown = " ".join(value) if isinstance(value, list) else str(value)
            events.append({"id": self.number("event"), "type": "Change", "field_name": name, "value": shown})
            if name == "status":
                ticket.reopens += before in {"solved", "pending"} and value == "open"
                ticket.solved_at = stamp(at) if value == "solved" else ticket.solved_at
        return events

    def record(
        self, ticket: Ticket, events: list[Row], *, at: datetime | None, author: int, metadata: Row | None = None
    ) -> Row:
        """Write one audit on a ticket, and move its stamps."""
        at = at or self.clock.now()
        custom = metadata or {}
        audit = {"id": self.number("event"), "ticket_id": ticket.id, "created_at": stamp(at), "author_id": author}
        audit |= {"metadata": {"system": {}, "custom": custom}, "via": _via("api"), "events": events}
        for event in events:
            if event["type"] == "Comment":
                event |= {"audit_id": audit["id"], "created_at": stamp(at)}
                if self.comment_metadata:
                    event["metadata"]["custom"] = custom
                ticket.comments.append(event)
        ticket.audits.append(audit)
        ticket.row["updated_at"] = max(stamp(at), ticket.row["updated_at"])
        self.touch(ticket, at)
        return audit

    def touch(self, ticket: Ticket, at: datetime | None = None) -> None:
        """Let a ticket come into the export again."""
        ticket.generated = max(ticket.generated, int((at or self.clock.now()).timestamp()))

    def _customer(self) -> int:
        number = self._next["user"] + 1
        return self.add_user(f"Customer {number}", email=f"c{number}@example.com")

    def _ticket_row(self, subject: str, text: str, requester: int, at: datetime) -> Row:
        number = self.number("ticket")
        return {
            "id": number,
            "url": f"https://acme.zendesk.com/api/v2/tickets/{number}.json",
            "external_id": None,
            "type": None,
            "subject": subject,
            "description": text,
            "priority": None,
            "status": "open",
            "requester_id": requester,
            "assignee_id": AGENT,
            "group_id": 7,
            "problem_id": None,
            "has_incidents": False,
            "due_at": None,
            "tags": [],
            "custom_fields": [],
            "satisfaction_rating": None,
            "created_at": stamp(at),
            "updated_at": stamp(at),
            "allow_channelback": False,
            "from_messaging_channel": False,
        }


def _via(channel: str) -> Row:
    return {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}}


def _answers(rating: int, category: str, comment: str | None, kind: str) -> list[Row]:
    question = {"id": "01HQ1", "type": kind, "sub_type": "customer_satisfaction"}
    answers: list[Row] = [{"type": "rating_scale", "rating": rating, "rating_category": category, "question": question}]
    if comment is not None:
        answers.append({"type": "open_ended", "value": comment, "question": {"id": "01HQ3", "alias": "comment"}})
    return answers
