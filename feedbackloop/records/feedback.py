"""What did a customer say, and what happened to it: items with messages, ratings and answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

Kind = Literal["ticket", "review", "survey"]
Author = Literal["customer", "agent", "system"]
Status = Literal["new", "open", "pending", "solved", "closed", "deleted"]

DIMENSIONS = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")
"""SERVQUAL's five dimensions (Parasuraman, Zeithaml & Berry 1988)."""


class Message(Struct, frozen=True, omit_defaults=True):
    """One message of a thread, as the source has it.

    `own` marks what feedbackloop wrote itself and reads back; `automatic` marks auto-responders and machine text.
    """

    id: str
    author: Author
    at: datetime
    text: str
    public: bool = True
    own: bool = False
    automatic: bool = False


class Rating(Struct, frozen=True, omit_defaults=True):
    """One rating on its own scale; one an item, scale and question, a later one replaces it."""

    scale: str
    value: float
    min: float
    max: float
    at: datetime | None = None
    comment: str | None = None
    question: str | None = None


class Answer(Struct, frozen=True, omit_defaults=True):
    """One answer of a SERVQUAL pair: what was expected, or what was perceived, on one scale."""

    question: str
    role: Literal["expectation", "perception"]
    value: float
    min: float
    max: float
    dimension: str | None = None


class Customer(Struct, frozen=True, omit_defaults=True):
    """The person behind an item, as this source knows them. `id` is the source's own."""

    id: str | None = None
    name: str | None = None
    email: str | None = None
    locale: str | None = None
    timezone: str | None = None
    tags: tuple[str, ...] = ()
    organization: str | None = None
    organization_tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}


class Item(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One piece of feedback: a ticket with its thread, a review, or a survey reply.

    `version` is the source's own stamp of this state where it has one (larger is newer): an older state never overwrites a
    newer one. `source` is set by the core.
    """

    id: str
    kind: Kind
    created_at: datetime
    source: str = ""
    updated_at: datetime | None = None
    version: float | None = None
    subject: str | None = None
    status: Status | None = None
    solved_at: datetime | None = None
    due_at: datetime | None = None
    channel: str | None = None
    url: str | None = None
    tags: tuple[str, ...] = ()
    fields: dict[str, Any] = {}
    customer: Customer = Customer()
    messages: tuple[Message, ...] = ()
    ratings: tuple[Rating, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def key(self) -> str:
        """The item's name outside its source: `SOURCE/ID`."""
        return f"{self.source}/{self.id}"

    @property
    def customer_key(self) -> str | None:
        """The customer's name outside the source: `SOURCE/ID`, the mail address standing in where there is no id."""
        who = self.customer.id or (self.customer.email or "").strip().lower()
        return f"{self.source}/{who}" if who else None
