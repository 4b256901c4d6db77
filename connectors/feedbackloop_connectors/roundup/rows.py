"""What shapes do Roundup's answers have, and how are its times read and written?

`desk.values.shaped` reads them, and says where an issue or a message has another.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from feedbackloop.clock import bounded
from feedbackloop_connectors.roundup.own import OWN, OWN_TASK

_FORM = "%Y-%m-%d.%H:%M:%S"


class Node(Struct, frozen=True):
    """Anything that is linked to: by id alone."""

    id: str


class Issue(Struct, frozen=True):
    """One issue, as far as every tracker has it; links are bare ids."""

    id: str
    activity: str
    creation: str
    title: str | None = None
    status: str | None = None
    messages: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()


class Msg(Struct, frozen=True):
    """One message with its whole text. `messageid` is the Message-ID of the mail it came or went out with."""

    id: str
    creation: str
    author: Node | None = None
    date: str | None = None
    content: str | None = None
    messageid: str | None = None

    @property
    def is_own(self) -> bool:
        """Whether we wrote it."""
        return (self.messageid or "").startswith(OWN)

    @property
    def opens_task(self) -> bool:
        """Whether it is the first of an improvement task that we filed."""
        return (self.messageid or "").startswith(OWN_TASK)


class User(Struct, frozen=True):
    """One user, as far as we may look; an ordinary account sees no mail address but its own."""

    id: str
    username: str | None = None
    realname: str | None = None
    address: str | None = None
    organisation: str | None = None


ISSUE_FIELDS = tuple(name for name in Issue.__struct_fields__ if name != "id")
MESSAGE_FIELDS = tuple(name for name in Msg.__struct_fields__ if name != "id")
USER_FIELDS = tuple(name for name in User.__struct_fields__ if name != "id")


def moment(stamp: str) -> datetime:
    """Read `2026-11-21.21:29:38`, which is UTC, whatever the zone of the account.

    Raises:
        ValueError: Not of that form, or outside 1990..2099.
    """
    return bounded(datetime.strptime(stamp.partition("+")[0][:19], _FORM).replace(tzinfo=UTC))


def stamp(at: datetime) -> str:
    """Write a moment as `moment` reads it, to the whole second."""
    return at.astimezone(UTC).strftime(_FORM)


def from_on(since: str) -> str:
    """Write a filter for that second and everything later.

    The zone must be said: without it the tracker reads the time in the zone of the account that asks.
    """
    return f"{since}+0000;"
