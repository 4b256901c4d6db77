"""What shapes do django-helpdesk's answers have?

`desk.values.shaped` reads them, and says where a ticket has another.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from feedbackloop.clock import bounded, parse_time
from feedbackloop_connectors.django_helpdesk.own import kind_of_mark

CUSTOM = "custom_"
"""What the names of custom fields begin with in a ticket."""
OPEN, REOPENED, RESOLVED, CLOSED, DUPLICATE = 1, 2, 3, 4, 5


class FollowUpRow(Struct, frozen=True):
    """One follow-up. `user` is the staff member who wrote it, None for mail and for customers on the web."""

    id: int
    date: str
    user: int | None = None
    title: str | None = None
    comment: str | None = None
    public: bool = False
    new_status: int | None = None
    message_id: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether we wrote it: our mark at its end, written by a staff account and not by mail."""
        return self.user is not None and kind_of_mark(self.comment or "") is not None


class Ticket(Struct, frozen=True):
    """One ticket with its follow-ups. It has no time of its own: neither when it was made nor when it changed."""

    id: int
    queue: int
    title: str | None = None
    description: str | None = None
    submitter_email: str | None = None
    status: int | None = None
    on_hold: bool = False
    priority: int | None = None
    due_date: str | None = None
    merged_to: int | None = None
    followup_set: tuple[FollowUpRow, ...] = ()

    @property
    def is_own_task(self) -> bool:
        """Whether it is an improvement task that we filed: nobody submitted it, and our mark ends its text."""
        return not self.submitter_email and kind_of_mark(self.description or "") == "task"


def moment(text: str) -> datetime:
    """Read a time; django-helpdesk always says the zone.

    Raises:
        ValueError: Not a time, or outside 1990..2099.
    """
    return bounded(parse_time(text))


def tags_of(value: object) -> tuple[str, ...]:
    """Read the tags out of the custom field that holds them."""
    parts = (part.strip() for part in value.split(",")) if isinstance(value, str) else ()
    return tuple(dict.fromkeys(part for part in parts if part))
