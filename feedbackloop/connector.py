"""What must a connector do?

A connector is one class for one source system. It reads pages of items, and where the system allows it writes notes, tags,
replies and improvement tasks. It never stores anything: the core saves a page's cursor together with its items, so a crash
loses nothing. Every error it raises is one of `Fatal`, `Retriable`, `Skippable` (see `feedbackloop.errors`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from feedbackloop.records import Action, Item, Receipt, TaskState

__all__ = [
    "Ability",
    "Check",
    "Connector",
    "Context",
    "Page",
    "Rejected",
    "SourceOptions",
]


class Ability(StrEnum):
    """One thing that a source system can do; a connector declares what it has."""

    PRIVATE_NOTES = "private_notes"
    TAGS = "tags"
    PUBLIC_REPLIES = "public_replies"
    TASKS = "tasks"
    TASK_STATUS = "task_status"
    FETCH = "fetch"
    WEBHOOKS = "webhooks"
    ERASURES = "erasures"


class SourceOptions(BaseModel):
    """What may stand in every `[sources.NAME]`; a connector's own options are a subclass.

    Each field's `description` appears in the docs; secrets are `pydantic.SecretStr`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    connector: str = Field(description="the connector's name")
    start: str | None = Field(None, description="read feedback from this time on; default: all there is")
    timezone: str | None = Field(None, description="of times without a zone; default: the loop's own")
    time_format: str | None = Field(None, description="strptime pattern of times that are not ISO 8601")
    touchpoint_field: str | None = Field(None, description="the field whose value names the touchpoint")
    plain_http: bool = Field(False, description="allow http:// to this one host although it is not loopback")
    ca_file: str | None = Field(None, description="certificates to trust instead of the system's")
    proxy: str | None = Field(None, description="proxy for this source; the environment's is ignored")


@dataclass(frozen=True, slots=True)
class Context:
    """What the core tells a connector about the world.

    Attributes:
        source: The name in `[sources.NAME]`.
        zone: Of times without a zone.
        now: The loop's clock.
        tag_prefix: How our own tags begin.
        folder: Relative paths in options are meant from here (the config's folder).
    """

    source: str
    zone: tzinfo = UTC
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    tag_prefix: str = "fbl-"
    folder: str = "."


@dataclass(frozen=True, slots=True)
class Rejected:
    """One record that could not be read: which, where in it, and why. The others go on."""

    record: str
    reason: str
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a pull. The core saves `cursor` in the same transaction as everything else on the page.

    Attributes:
        items: Whole items, each in its newest state.
        erased: Ids whose texts must go: deleted or scrubbed at the source.
        cursor: Where the next pull goes on; opaque to the core.
        rejected: Records that could not be read.
        requests: Calls that this page cost.
        caught_up: True on a page after which the source had nothing newer.
        warnings: What the operator should know, one sentence each (a plan-locked endpoint, a skipped stream).
    """

    items: tuple[Item, ...] = ()
    erased: tuple[str, ...] = ()
    cursor: str = ""
    rejected: tuple[Rejected, ...] = ()
    requests: int = 0
    caught_up: bool = False
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `feedbackloop check`: what was looked at, how it stands, what to do."""

    name: str
    ok: bool
    detail: str
    fix: str | None = None


OptionsT = TypeVar("OptionsT", bound=SourceOptions)


class Connector(Generic[OptionsT]):
    """Base class of all connectors. `check` and `pull` are needed; the rest by declared ability.

    An instance lives for one run and is used from one thread.
    """

    name: ClassVar[str]
    """What stands in `connector = "…"`."""
    Options: ClassVar[type[SourceOptions]] = SourceOptions
    """Its options' type."""
    abilities: ClassVar[frozenset[Ability]] = frozenset()
    """What it can do beyond reading."""

    def __init__(self, options: OptionsT, context: Context) -> None:
        self.options = options
        self.context = context

    @property
    def is_local(self) -> bool:
        """Say whether writes stay on this machine (a file, a loopback address): a replay may push only there."""
        return False

    def check(self) -> list[Check]:
        """Say whether the source can be reached, with which account, which rights are missing, which data it offers."""
        raise NotImplementedError

    def start(self, since: datetime | None) -> str:
        """Give the cursor from which a first pull begins; `since` None means from the beginning."""
        return since.isoformat() if since else ""

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages from `cursor` on, oldest change first, until caught up.

        Args:
            cursor: From `start` or from an earlier page.
            until: What was created later is not asked for; items may hold later messages all the same.

        Raises:
            Fatal: Nothing can be read (wrong credentials, a missing file).
            Retriable: A passing fault; pages already yielded stay.
        """
        raise NotImplementedError

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single items anew, by id; what is gone is named in `Page.erased`. Needs `Ability.FETCH`."""
        raise NotImplementedError

    def read_webhook(self, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook and name the items it speaks of. Needs `Ability.WEBHOOKS`.

        Raises:
            Refused: The signature is missing, wrong or too old.
        """
        raise NotImplementedError

    def push(self, action: Action) -> Receipt:
        """Do one write, marked so that `find` recognises it.

        Raises:
            Skippable: The source refuses this one for good (closed ticket, gone).
            UnknownOutcome: Sent, and no answer came.
            Retriable: Not done; try later.
            Fatal: Stop this source.
        """
        raise NotImplementedError

    def find(self, action: Action) -> Receipt | None:
        """Say whether this action was already done (an earlier attempt whose answer was lost); None: it was not.

        Raises:
            NotImplementedError: The source offers no means to tell; the action then stops in `needs_a_look`.
        """
        raise NotImplementedError

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where improvement tasks stand, by external id. Needs `Ability.TASK_STATUS`."""
        raise NotImplementedError

    def erase_copies(self, ids: Sequence[str], cursor: str) -> int:  # noqa: ARG002 - most keep nothing
        """Erase what the connector itself keeps of items, such as an inbox, when a person is forgotten.

        Args:
            ids: Of the items.
            cursor: Where the source stands; "" before the first pull. The core has stored what lies before it.

        Returns:
            How many copies went; without this method the connector says that it keeps none.

        Raises:
            Skippable: Some must stay for now; why, and until when.
        """
        return 0

    def close(self) -> None:
        """Let go of sessions and files."""
