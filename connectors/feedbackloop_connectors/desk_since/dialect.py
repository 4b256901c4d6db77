"""What must one system say, so that all the rest is the same?

A dialect knows a system's addresses, names and traps, and holds no state of a pull beyond what saves calls. Every call goes
through its `http`, so errors are those of `feedbackloop.http`: a `Declined` with 404 or 410 means that a ticket is gone.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from feedbackloop.connector import Check, Context
from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Limits
from feedbackloop.records import Action, Item, TaskState
from feedbackloop_connectors.desk.door import open_http
from feedbackloop_connectors.desk.values import Row, moment, rows, table
from feedbackloop_connectors.desk_since.markup import mark_of
from feedbackloop_connectors.desk_since.options import SinceOptions

OptionsT = TypeVar("OptionsT", bound=SinceOptions)
SECOND = timedelta(seconds=1)
CLOCKS_APART = timedelta(minutes=2)
"""Where answers do not say their time, ours less this much surely lies behind the server's."""


class Gone(Skippable):
    """The ticket is there and is none any more: deleted, or merged into another, which holds its words now."""

    def __init__(self, message: str = "the ticket was deleted, or merged into another") -> None:
        super().__init__(message)


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


class Dialect(ABC, Generic[OptionsT]):
    """One system's interface.

    Attributes:
        server_time: The desk's own time when it answered last, surely not later.
        answered_at: When that was, on our monotonic clock.
    """

    noun: ClassVar[str] = "ticket"
    resolution: ClassVar[timedelta] = SECOND
    """How finely the desk tells times of change; within one such span a ticket may change again unseen."""
    lists_first: ClassVar[bool] = False
    """Whether a first pull lists all tickets in a fixed order, because `changed` cannot go back to the beginning page by page."""
    lists_always: ClassVar[bool] = False
    """Whether every pull does so, newest change first: for desks that sort by the last change and do not tell it."""
    login_fix: ClassVar[str]
    """What to do when the desk does not know us."""

    def __init__(self, options: OptionsT, context: Context) -> None:
        self.options = options
        self.context = context
        self.server_time = datetime.now(UTC) - CLOCKS_APART
        self.answered_at = time.monotonic()
        self.http = open_http(options, context, headers=self.headers(), limits=self.limits())
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

    def headers(self) -> dict[str, str]:
        """Give what is sent with every call."""
        return {"Accept": "application/json"}

    def limits(self) -> Limits:
        """Give how long, how much and how often."""
        return Limits(requests_per_minute=self.options.requests_per_minute)

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

    def seen(self, name: str, look: Callable[[], str], fix: str) -> Check:
        """Make the line of one thing that the account must be able to see or do; a refusal names the remedy."""
        try:
            return Check(name, True, look())
        except (Denied, Declined) as refusal:
            return Check(name, False, str(refusal), fix)
        except SourceError as error:
            return Check(name, False, str(error), "try again; if it stays, look at the desk's own status page")

    # --- parts --------------------------------------------------------------------------------------------------------

    def is_own(self, author: object, body: str) -> bool:
        """Say whether a message is of the sidecar: its account wrote it, and nobody shares that, or it ends in a mark."""
        return str(author) == self.me.id and (self.options.account_is_own or mark_of(body) is not None)

    def call(self, method: str, path: str, *, params: Row | None = None, body: object = None) -> Answer:
        """Make one call; a dialect whose desk means something else by a status says so here.

        Raises:
            Gone: What was asked for moved to another address: merged, or given away.
        """
        try:
            return self.http.call(method, path, params=params, body=body, headers=self.login_headers())
        except Fatal as moved:
            if isinstance(moved, Refused) or "answered 301" not in str(moved):
                raise
            raise Gone(f"the {self.noun} was moved or merged into another") from moved

    def login_headers(self) -> dict[str, str]:
        """Give headers of a login that is only known later."""
        return {}

    def get(self, path: str, params: Row | None = None) -> Row:
        """Read an object."""
        return table(self._read(path, params, dict))

    def list(self, path: str, params: Row | None = None) -> list[Row]:
        """Read a list of objects."""
        return rows(self._read(path, params, list))

    def _read(self, path: str, params: Row | None, shape: type) -> object:
        return self.understood(path, self.call("GET", path, params=params), shape)

    def understood(self, path: str, answer: Answer, shape: type) -> object:
        """Decode an answer, which must be of that shape, and take note of the server's time.

        Raises:
            Retriable: It is of another.
        """
        self.server_time, self.answered_at = answer.at or datetime.now(UTC) - CLOCKS_APART, time.monotonic()
        found = answer.json()
        if not isinstance(found, shape):
            raise Retriable(f"{path} answered with a {type(found).__name__} where a {shape.__name__} was expected")
        return found

    def searched(self, path: str, body: Row) -> Row:
        """Read an object by a call that is sent as a POST; broken ones are made again, as reads are.

        Raises:
            Retriable: It broke three times.
        """
        for is_last in (False, False, True):
            try:
                return table(self.understood(path, self.call("POST", path, body=body), dict))
            except UnknownOutcome as broken:
                if is_last:
                    raise Retriable(f"POST {path}: no answer to a search") from broken
        raise AssertionError("the last attempt returns or raises")

    def write(self, method: str, path: str, body: Row) -> Row:
        """Write something; gives the object that came back, empty where none did.

        Raises:
            UnknownOutcome: The answer is no JSON: the write may have been done.
        """
        answer = self.call(method, path, body=body)
        if not answer.body.strip():
            return {}
        try:
            return table(answer.json())
        except Retriable as error:
            raise UnknownOutcome(f"{error}; the write may have been done") from error


def when(value: object) -> datetime | None:
    """Read a time; None where there is none that can be read."""
    try:
        return moment(value)
    except ValueError:
        return None


def named(made: Row, *path: str) -> str:
    """Give the id of what was just made.

    Raises:
        UnknownOutcome: The answer names none.
    """
    found: object = made
    for name in path:
        found = table(found).get(name)
    if found in (None, ""):
        raise UnknownOutcome("the answer names nothing that was made; it is looked up before anything is repeated")
    return str(found)
