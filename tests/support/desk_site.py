"""How is one imitated desk served on a loopback address and connected to, for its own tests and for the contract?"""

from __future__ import annotations

from typing import Any, ClassVar, Generic, Self, TypeVar

from feedbackloop.connector import Connector, Context
from feedbackloop.records import Item
from feedbackloop.testing import Fault, Shelf, System
from loopback import Desk, Loopback

DeskT = TypeVar("DeskT", bound=Desk)


class Site(Generic[DeskT]):
    """One desk with a way to connect, closed at the end of a `with`. A subclass names the desk, the connector and its options."""

    desk_of: type[DeskT]
    kind: ClassVar[type[Connector[Any]]]
    options: ClassVar[dict[str, object]]

    def __init__(self) -> None:
        self.desk = self.desk_of()
        self.server = Loopback(self.desk)
        self.opened: list[Connector[Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for connector in self.opened:
            connector.close()
        self.server.close()

    def connect(self, **more: object) -> Connector[Any]:
        given = {"connector": self.kind.name, "base_url": self.server.url, **self.options, **more}
        self.opened.append(self.kind(self.kind.Options(**given), Context("support")))
        return self.opened[-1]

    def read(self, **more: object) -> dict[str, Item]:
        return Shelf().pull(self.connect(**more)).items


class SiteSystem(Site[DeskT], System):
    """A site as the contract sees it; its desk says what `is_one_second` and `is_revoked` mean."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})
    absent_id = "99999999"

    def __init__(self) -> None:
        super().__init__()
        self.numbers: dict[str, int] = {}
        self.said: dict[str, int] = {}

    @property
    def http_address(self) -> str:
        return self.server.url

    def connect_through(self, address: str) -> Connector[Any]:
        return self.connect(base_url=address)

    def lock_out(self) -> None:
        self.desk.is_revoked = True

    def switch_on(self, fault: Fault) -> None:
        if fault is Fault.SAME_SECOND:
            self.desk.is_one_second = True
        elif fault is Fault.DROPPED_ANSWERS:
            self.server.dropped = 1
        elif fault is Fault.LATE_PAGES:
            self.server.late = 2
        else:
            super().switch_on(fault)

    def close(self) -> None:
        self.__exit__()
