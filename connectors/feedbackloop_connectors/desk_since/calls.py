"""How is a desk called, and what do its answers come to?

The half of a dialect that is the same everywhere: one connection, answers of the promised shape, the desk's own time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from feedbackloop.connector import Check, Context
from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, SourceError, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Limits
from feedbackloop_connectors.desk.values import Row, rows, table
from feedbackloop_connectors.desk_since.options import SinceOptions

OptionsT = TypeVar("OptionsT", bound=SinceOptions)
CLOCKS_APART = timedelta(minutes=2)
"""Where answers do not say their time, ours less this much surely lies behind the server's."""


class Gone(Skippable):
    """The ticket is there and is none any more: deleted, or merged into another, which holds its words now."""

    def __init__(self, message: str = "the ticket was deleted, or merged into another") -> None:
        super().__init__(message)


class Calls(Generic[OptionsT]):
    """Makes the calls of one source.

    Attributes:
        server_time: The desk's own time when it answered last, surely not later.
        answered_at: When that was, on our monotonic clock.
    """

    noun: ClassVar[str] = "ticket"

    def __init__(self, options: OptionsT, context: Context) -> None:
        self.options = options
        self.context = context
        self.server_time = datetime.now(UTC) - CLOCKS_APART
        self.answered_at = time.monotonic()
        self.http = options.open_http(context, headers=self.headers(), limits=self.limits())

    def headers(self) -> dict[str, str]:
        """Give what is sent with every call."""
        return {"Accept": "application/json"}

    def limits(self) -> Limits:
        """Give how long, how much and how often."""
        return Limits(requests_per_minute=self.options.requests_per_minute)

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

    # --- answers ------------------------------------------------------------------------------------------------------

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

    def seen(self, name: str, look: Callable[[], str], fix: str) -> Check:
        """Make the line of one thing that the account must be able to see or do; a refusal names the remedy."""
        try:
            return Check(name, True, look())
        except (Denied, Declined) as refusal:
            return Check(name, False, str(refusal), fix)
        except SourceError as error:
            return Check(name, False, str(error), "try again; if it stays, look at the desk's own status page")


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
