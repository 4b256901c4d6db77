"""Which calls of the core go to which part of a desk's connector?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from feedbackloop.connector import Ability, Check, Connector, Context, Page
from feedbackloop.http import Http
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.cursors import SourceCursor
from feedbackloop_connectors.desk.options import DeskOptions
from feedbackloop_connectors.desk.values import is_number

OptionsT = TypeVar("OptionsT", bound=DeskOptions)
CursorT = TypeVar("CursorT", bound=SourceCursor)
CursorIn = TypeVar("CursorIn", contravariant=True)

BOTH_WAYS = frozenset(
    {
        Ability.PRIVATE_NOTES,
        Ability.TAGS,
        Ability.PUBLIC_REPLIES,
        Ability.TASKS,
        Ability.TASK_STATUS,
        Ability.FETCH,
        Ability.ERASURES,
    }
)
"""What most desks can do: all there is but webhooks. A connector says what its own lacks."""


class Pulls(Protocol[CursorIn]):
    """What reads a desk; made anew for each pull."""

    def pages(self, cursor: CursorIn) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up."""

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is erased."""


class Writes(Protocol):
    """What does one action, and looks our own writes up."""

    def push(self, action: Action) -> Receipt:
        """Do the write, unless an earlier attempt arrived."""

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""


class Checks(Protocol):
    """What asks a desk, one line of `feedbackloop check` after the other."""

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""


class DeskConnector(Connector[OptionsT], Generic[OptionsT, CursorT]):
    """The connector of one ticket desk: a subclass puts its parts together.

    It sets `http` and `writer` when it is made, names its cursor's type, and makes what pulls and what checks. Every id of such
    a desk is a number: others are known to be gone without asking.
    """

    cursor_type: type[CursorT]
    http: Http
    writer: Writes

    def __init__(self, options: OptionsT, context: Context) -> None:
        super().__init__(options, context)
        without = {ability for ability, needed in self.needs().items() if not needed}
        self.abilities = type(self).abilities - without  # type: ignore[misc] # what this desk lacks is not offered

    # --- what a subclass says -----------------------------------------------------------------------------------------

    def needs(self) -> Mapping[Ability, object]:
        """Name the options without which an ability is not offered."""
        return {}

    def puller(self, until: datetime | None = None) -> Pulls[CursorT]:
        """Make what reads the desk."""
        raise NotImplementedError

    def checker(self) -> Checks:
        """Make what asks the desk for `feedbackloop check`; it writes nothing."""
        raise NotImplementedError

    # --- what the core calls ------------------------------------------------------------------------------------------

    @property
    def is_local(self) -> bool:
        """Say whether the desk is a loopback one, reached without a proxy."""
        return self.options.is_local

    def check(self) -> list[Check]:
        """Ask the desk what it is, what it lets us do and what it offers; writes nothing."""
        return list(self.checker().checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        return str(self.cursor_type.first(self.beginning(since)))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages, each with the cursor behind it; see `Connector.pull`."""
        yield from self.puller(until).pages(self.cursor_type.read(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets anew; what is gone is named in `Page.erased`."""
        known = [name for name in ids if is_number(name)]
        page = self.puller().fetch(known)
        return replace(page, erased=(*page.erased, *(name for name in ids if name not in known)))

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return self.writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt, by its mark or by what it wrote."""
        return self.writer.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, by their ids."""
        return self.writer.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self.http.close()
