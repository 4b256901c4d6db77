"""Does a described source keep the same contract as every connector, whichever way its pages are followed?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any, ClassVar

import pytest

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop.testing.contract_reading import ReadingContract
from feedbackloop_connectors.rest.connector import Rest
from rest_desk import DESCRIPTION, RestDesk, stamp

PAGINGS: dict[str, dict[str, Any]] = {
    "page": {"paging": "page"},
    "offset": {"paging": "offset", "total": "total"},
    "cursor": {"paging": "cursor", "next": "after"},
    "next": {"paging": "next", "next": "links.next"},
}


class RestSystem(System):
    """The loopback desk behind a description."""

    faults: ClassVar[frozenset[Fault]] = frozenset(Fault)
    secrets = ("secret-token",)
    absent_id = "99999"

    def __init__(self, desk: RestDesk, **listing: Any) -> None:
        self.desk = desk
        self.description = deepcopy(DESCRIPTION) | {"base_url": desk.address}
        self.description["list"] |= listing

    def connect(self, **more: object) -> Rest:
        return Rest(Rest.Options(**self.description | more), Context("desk"))

    @property
    def http_address(self) -> str:
        return self.desk.address

    def connect_through(self, address: str) -> Rest:
        return self.connect(base_url=address)

    def put(self, item: Item) -> str:
        number = int(item.id.rpartition("-")[2]) + 1 if item.id[-1].isdigit() else 50 + len(item.id)
        self.desk.threads[number] = [
            {"id": one.id, "user": "c-1", "at": stamp(one.at), "private": False, "body": one.text}
            for one in item.messages
        ]
        score = item.ratings[0].value if item.ratings else None
        self.desk.put(number, created=stamp(item.created_at), labels=list(item.tags), score=score)
        return str(number)

    def remove(self, item_id: str) -> None:
        self.desk.remove(int(item_id))

    def writes(self) -> Sequence[Write]:
        found = []
        for number, thread in self.desk.threads.items():
            row = self.desk.rows[number]
            if row["by"] == "loop":
                found.append(Write("task", ""))
                continue
            found += [
                Write("note" if one["private"] else "reply", str(number)) for one in thread if one["user"] == "loop"
            ]
            found += [Write("tag", str(number)) for label in row["labels"] if label.startswith("fbl-")]
        return found

    def finish_task(self, external_id: str) -> None:
        self.desk.put(int(external_id), state="finished")

    def lock_out(self) -> None:
        self.desk.login = ("Authorization", "Bearer another")

    def switch_on(self, fault: Fault) -> None:
        self.desk.faults.add(fault.value)


class TestRest(ConnectorContract, BadInputContract):
    """Pages by number, all rules."""

    @pytest.fixture
    def system(self) -> Iterator[RestSystem]:
        with RestDesk() as desk:
            yield RestSystem(desk)


@pytest.mark.parametrize("paging", [name for name in PAGINGS if name != "page"], scope="class")
class TestRestPages(ReadingContract):
    """The other ways of paging, the rules of reading."""

    @pytest.fixture
    def system(self, paging: str) -> Iterator[RestSystem]:
        with RestDesk(paging) as desk:
            yield RestSystem(desk, **PAGINGS[paging])


class TestRestReadWhole(ReadingContract):
    """A list that cannot be asked for changes: read whole, compared by content."""

    @pytest.fixture
    def system(self) -> Iterator[RestSystem]:
        with RestDesk() as desk:
            yield RestSystem(desk, params={}, changed=None)
