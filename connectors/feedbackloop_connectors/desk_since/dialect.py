"""What must one system say, so that all the rest is the same?

A dialect knows a system's addresses, names and traps, and holds no state of a pull beyond what saves calls. Every call goes
through `calls`, so errors are those of `feedbackloop.http`: a `Declined` with 404 or 410 means that a ticket is gone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Generic

from feedbackloop.clock import EARLIEST
from feedbackloop.connector import Check, Context
from feedbackloop.errors import Refused
from feedbackloop.records import Action, Item, TaskState
from feedbackloop_connectors.desk.finding import task_state
from feedbackloop_connectors.desk.values import Row
from feedbackloop_connectors.desk_since.calls import Calls, Gone, OptionsT, named
from feedbackloop_connectors.desk_since.markup import is_marked_with, mark_of

__all__ = ["Dialect", "Gone", "Listed", "Me", "OptionsT", "Said", "named"]

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Listed:
    """One answer to "what changed since": rows, oldest change first, and whether there are no more."""

    rows: Sequence[Row]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One message that stands on a ticket. `id` is that of `Message`; `is_ours`: our account wrote it."""

    id: str
    text: str
    is_public: bool
    is_ours: bool


@dataclass(frozen=True, slots=True)
class Me:
    """Our account as the desk knows it; `id` is as messages name their authors."""

    id: str
    name: str


class Dialect(Calls[OptionsT], ABC, Generic[OptionsT]):
    """One system's interface."""

    resolution: ClassVar[timedelta] = SECOND
    """How finely the desk tells times of change; within one such span a ticket may change again unseen."""
    lists_first: ClassVar[bool] = False
    """Whether a first pull lists all tickets in a fixed order, because `changed` cannot go back to the beginning page by page."""
    lists_always: ClassVar[bool] = False
    """Whether every pull does so, newest change first: for desks that sort by the last change and do not tell it."""
    login_fix: ClassVar[str]
    """What to do when the desk does not know us."""

    def __init__(self, options: OptionsT, context: Context) -> None:
        super().__init__(options, context)
        self._me: Me | None = None

    @property
    def me(self) -> Me:
        """Who we are there, asked once a run.

        Raises:
            Refused: The desk does not know us.
        """
        if self._me is None:
            found = self.ask_me()
            if not found.id:
                raise Refused(f"the desk does not say who we are; {self.login_fix}")
            self._me = found
        return self._me

    # --- reading ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def ask_me(self) -> Me:
        """Ask who we are; an empty id where the answer does not tell."""

    @abstractmethod
    def changed(self, since: datetime, page: int) -> Listed:
        """Give one page of the tickets that changed at that time or later, oldest change first."""

    def listed(self, since: datetime, page: int) -> Listed:
        """Give one page of the tickets that changed since, in an order in which none is lost when one changes meanwhile.

        Either that of creation (what is older may come, too), or the newest change first: what changes then moves to the front.
        """
        raise NotImplementedError

    @abstractmethod
    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Give id, time of the last change and time of creation of a listed ticket, as they came."""

    @abstractmethod
    def item(self, key: str, row: Row) -> Item | None:
        """Make the whole item; None: it is no feedback, but a task of ours.

        Args:
            key: The ticket's id.
            row: As it was listed; empty where only the id is known.

        Raises:
            BadRecord: It cannot be read.
            Gone: It was deleted or merged.
        """

    def beside(self, since: datetime, *, is_first: bool) -> Iterator[tuple[str, datetime]]:
        """Give ticket and time of what happened since and does not show in the list of changed tickets: ratings, deletions.

        The dialect keeps what it reads here, such as the ratings themselves, for the items of this pull. Times may lie before
        `since`. In a first pull (`is_first`) nothing was read before, so nothing given here is read for it.
        """
        del since, is_first
        return iter(())

    def warnings(self) -> tuple[str, ...]:
        """Say what the operator should know of this pull, such as a list that the account's plan locks."""
        return ()

    # --- writing ------------------------------------------------------------------------------------------------------

    @abstractmethod
    def said(self, key: str) -> Iterable[Said]:
        """Give the messages that stand on a ticket, oldest first."""

    def said_on_task(self, task: str) -> Iterable[Said]:
        """Give the messages that stand on a task, where those are no tickets."""
        return self.said(task)

    @abstractmethod
    def tags(self, key: str) -> Sequence[str]:
        """Give the tags of a ticket."""

    def note(self, key: str, body: str) -> str | None:
        """Write what colleagues alone see; gives the message's id."""
        raise NotImplementedError

    def reply(self, key: str, body: str) -> str | None:
        """Write what the customer gets; gives the message's id."""
        raise NotImplementedError

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Add tags to those that people set."""
        raise NotImplementedError

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Give the ids of the tasks that an action filed, oldest first: more than one only where a look came too early."""
        raise NotImplementedError

    def file_task(self, action: Action, body: str) -> str:
        """File an improvement task with its tags and links; `body` ends in the mark. Gives its id."""
        raise NotImplementedError

    def update_task(self, action: Action, task: str, body: str) -> str | None:
        """Add a note to a task and bring its title up to date; gives the note's id."""
        raise NotImplementedError

    def task_state(self, task: str) -> TaskState | None:
        """Say where a task stands; None, as a `Declined` with 404 or 410, means that it is gone."""
        raise NotImplementedError

    def url(self, key: str) -> str:
        """Give the address of a ticket for people."""
        raise NotImplementedError

    # --- checking -----------------------------------------------------------------------------------------------------

    def checks(self) -> Iterator[Check]:
        """Look at what else could be missing, one line each; who we are was asked before."""
        yield from ()

    def first_page(self) -> str:
        """Look at the first page of all there is, and say how much it holds."""
        look = self.listed if self.lists_first or self.lists_always else self.changed
        return f"{len(look(EARLIEST, 1).rows)} on the first page"

    # --- parts --------------------------------------------------------------------------------------------------------

    def is_own(self, author: object, body: str) -> bool:
        """Say whether a message is of the sidecar: its account wrote it, and nobody shares that, or it ends in a mark."""
        return str(author) == self.me.id and (self.options.account_is_own or self.is_marked(body))

    def is_marked(self, body: str, action: Action | None = None) -> bool:
        """Say whether a text ends in a mark of ours; with `action`, in the mark of that one."""
        return is_marked_with(body, action.key) if action else mark_of(body) is not None

    def standing(
        self, task: str, *, is_done: bool, is_rejected: bool = False, tags: Sequence[str] = (), at: datetime | None
    ) -> TaskState:
        """Say where a task stands: our prefix with `rejected` among its tags turns it down, whatever its status."""
        is_rejected = is_rejected or f"{self.context.tag_prefix}rejected" in tags
        return task_state(task, is_done=is_done, is_rejected=is_rejected, at=at, url=self.url(task))
