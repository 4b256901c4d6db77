"""What does the core get from a source whose rows are single pieces of feedback?

A connector names its list, its rows and its door; pulling, reading anew and checking are the same for all and stand here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import Field, field_validator

from feedbackloop import clock
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import BadRecord, Fatal, SourceError
from feedbackloop.http import Declined, Denied, Http, is_loopback
from feedbackloop.records import Item
from feedbackloop_connectors.door import Door, Login
from feedbackloop_connectors.rows.place import Place
from feedbackloop_connectors.rows.walking import Sheet, Step, Walker

Row = dict[str, Any]
"""One row of a list."""
GONE = frozenset({404, 410})


class RowOptions(SourceOptions):
    """What may stand in every source of this kind."""

    base_url: str = Field(description="address of the interface")
    reread: str = Field(
        "1h", description="so long after it was written a row is read again: it may change or come late"
    )
    page_size: int = Field(100, ge=1, le=1000, description="rows a call")

    @field_validator("reread")
    @classmethod
    def _span(cls, value: str) -> str:
        clock.duration(value)
        return value


OptionsT = TypeVar("OptionsT", bound=RowOptions)


@dataclass(frozen=True, slots=True)
class Account:
    """Who answers us: one line for `check`."""

    detail: str


class RowSource(Connector[OptionsT], ABC, Generic[OptionsT]):
    """A source whose rows are single pieces of feedback."""

    order: ClassVar[Literal["oldest_first", "newest_first"]] = "oldest_first"
    """How its list comes."""
    login_fix: ClassVar[str] = "look at the credentials"
    """What to do where the source refuses us."""

    def __init__(self, options: OptionsT, context: Context) -> None:
        super().__init__(options, context)
        self.door = Door(self.login(), self._opened)
        self._spent = 0

    # --- what a connector says ---------------------------------------------------------------------------------------

    @abstractmethod
    def login(self) -> Login:
        """Say how to log in."""

    @abstractmethod
    def account(self) -> Account:
        """Ask who we are there and whether the list can be read; writes nothing."""

    @abstractmethod
    def sheet(self, since: datetime, token: str | None) -> Sheet:
        """Ask for one page of the list: of what is not older than `since`, or the one that `token` names."""

    @abstractmethod
    def stamp(self, row: Row) -> datetime | None:
        """Give a row's time in the list's order."""

    @abstractmethod
    def item(self, row: Row) -> Item | None:
        """Read a row; None where it is no feedback (yet)."""

    def row_id(self, row: object) -> str:
        """Give a row's id; "" where it has none."""
        return identifier(row, "id")

    def headers(self) -> Mapping[str, str]:
        """Give headers that every call carries."""
        return {}

    def secrets(self) -> Sequence[str]:
        """Name what must never be shown, beyond the login itself."""
        return ()

    def single(self, item_id: str) -> Any:
        """Ask for one row by its id, for connectors that declare `Ability.FETCH`."""
        raise NotImplementedError

    # --- what the core calls -----------------------------------------------------------------------------------------

    @property
    def is_local(self) -> bool:
        """Say whether the source is on this machine, reached without a proxy."""
        return is_loopback(self.options.base_url) and not self.options.proxy

    def check(self) -> list[Check]:
        """Ask who we are, and read the first page as a pull would; writes nothing."""
        try:
            account = self.account()
        except Denied as refusal:
            return [Check("login", False, str(refusal), self.login_fix)]
        except SourceError as error:
            return [Check("address", False, str(error), "look at base_url, the ids in the options, and the network")]
        lines = [Check("login", True, account.detail)]
        try:
            step = next(self._steps(Place.read(self.start(None))))
        except SourceError as error:
            return [*lines, Check("list", False, str(error), self.login_fix)]
        faults = sorted({f"{bad.record}: {bad.reason}" for bad in step.batch.rejected})
        detail = f"{len(step.batch.items)} rows of the first page can be read"
        fix = f"{len(faults)} cannot: {'; '.join(faults)[:300]}" if faults else None
        return [*lines, Check("list", not faults, detail, fix)]

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        return str(Place.first(self.beginning(since)))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  the core keeps what is later
        """Yield pages; see `walking`."""
        for step in self._steps(Place.read(cursor or self.start(None))):
            yield self._page(step)

    def _read_anew(self, ids: Sequence[str]) -> Page:
        """Read single rows by id; what is gone is named as erased."""
        items, erased, rejected = [], [], []
        for item_id in ids:
            try:
                batch = self._walker().single(self.single(item_id))
            except Declined as refusal:
                if refusal.status not in GONE:
                    raise
                erased.append(item_id)
                continue
            items += batch.items
            rejected += batch.rejected
        return Page(tuple(items), tuple(erased), "", tuple(rejected), self._calls(), caught_up=True)

    def close(self) -> None:
        """Let go of the connections."""
        self.door.close()

    # --- inside ------------------------------------------------------------------------------------------------------

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Row:
        """Read one JSON object.

        Raises:
            Fatal: The answer is something else.
        """
        found = self.door.call("GET", path, params=params).json()
        if not isinstance(found, dict):
            raise Fatal(f"{path} answered with {type(found).__name__} where an object was expected; is base_url right?")
        return found

    @property
    def overlap(self) -> timedelta:
        """How long rows are read again."""
        return clock.duration(self.options.reread)

    def _walker(self) -> Walker:
        return Walker(self, self.overlap, self.context.now())

    def _steps(self, place: Place) -> Iterator[Step]:
        walker = self._walker()
        walk = walker.forward if self.order == "oldest_first" else walker.downward
        try:
            yield from walk(place)
        except Declined as refusal:
            raise Fatal(f"{refusal}; look at the ids in the options") from refusal

    def _page(self, step: Step) -> Page:
        batch = step.batch
        cursor = str(step.place)
        return Page(tuple(batch.items), (), cursor, tuple(batch.rejected), self._calls(), step.is_last)

    def _calls(self) -> int:
        made = self.door.requests_made
        spent, self._spent = made - self._spent, made
        return spent

    def _opened(self, authorization: str | None) -> Http:
        return self.session(self.options.base_url, authorization, self.headers())

    def session(
        self, base_url: str, authorization: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Http:
        """Open a session to one address, with what the options say of certificates and proxies."""
        options = self.options
        return Http(
            base_url,
            authorization=authorization,
            headers=headers,
            ca_file=self.context.path(options.ca_file),
            proxy=options.proxy,
            plain_http=options.plain_http,
            secrets=self.secrets(),
        )


class FetchingSource(RowSource[OptionsT], ABC, Generic[OptionsT]):
    """A source that gives single rows by their id."""

    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.FETCH})

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single rows anew; what is gone is named as erased."""
        return self._read_anew(ids)


def listed(document: Row, key: str) -> list[Any]:
    """Give a list that an answer holds; none is an empty one.

    Raises:
        Fatal: Something else stands there.
    """
    found = document.get(key)
    if found is None:
        return []
    if not isinstance(found, list):
        raise Fatal(f"the answer holds no list under {key!r}; is base_url the address of the interface?")
    return found


def identifier(row: object, key: str) -> str:
    """Read an id that is a text or a whole number; "" for anything else."""
    value = row.get(key) if isinstance(row, dict) else None
    return str(value)[:500] if isinstance(value, str | int) and not isinstance(value, bool) else ""


def required(row: object, key: str) -> str:
    """Read an id that a row must have.

    Raises:
        BadRecord: It has none.
    """
    if not isinstance(row, dict):
        raise BadRecord("is not a JSON object")
    found = identifier(row, key)
    if not found:
        raise BadRecord("is missing", field=key)
    return found


__all__ = ["Account", "FetchingSource", "RowOptions", "RowSource", "Sheet", "identifier", "listed", "required"]
