"""Does the connector keep feedbackloop's contract?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from desk import Desk, stamp
from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import ConnectorContract, Fault, System, Write

from feedbackloop_mydesk.connector import Mydesk, MydeskOptions

TOKEN = "token-of-the-test"


class DeskForTests(System):
    """How feedback gets into the desk, and what can be seen there of our writes."""

    faults = frozenset(Fault)
    secrets = (TOKEN,)

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def connect(self) -> Mydesk:
        options = MydeskOptions(connector="mydesk", base_url=self.desk.address, token=TOKEN)
        return Mydesk(options, Context(source="support"))

    def put(self, item: Item) -> str:
        comments = [comment(one.id, one.author, one.text) | {"at": stamp(one.at)} for one in item.messages]
        ticket = {"id": item.id, "subject": item.subject, "state": "waiting", "created_at": stamp(item.created_at)}
        ticket |= {"labels": list(item.tags), "stars": item.ratings[0].value if item.ratings else None}
        self.desk.put(ticket | {"requester": {"id": "c-1", "name": "Customer 1"}, "comments": comments})
        return item.id

    def remove(self, item_id: str) -> None:
        self.desk.remove(item_id)

    def writes(self) -> Sequence[Write]:
        found = []
        for name, ticket in self.desk.tickets.items():
            found += [Write("note", name) for comment in ticket["comments"] if comment["key"]]
            found += [Write("tag", name) for label in ticket["labels"] if label.startswith("fbl-")]
        return found

    def lock_out(self) -> None:
        self.desk.token = "another"

    def switch_on(self, fault: Fault) -> None:
        self.desk.faults.add(fault.value)


def comment(name: str, by: str, text: str) -> dict[str, object]:
    """Make a public comment as the desk keeps it."""
    return {"id": name, "by": by, "private": False, "at": "2026-11-02T09:00:00Z", "text": text, "key": None}


@pytest.fixture
def system() -> Iterator[DeskForTests]:
    """An empty desk of its own for each test."""
    with Desk(TOKEN) as desk:
        yield DeskForTests(desk)


class TestMydesk(ConnectorContract):
    """All rules of the contract."""

    @pytest.fixture
    def system(self, system: DeskForTests) -> DeskForTests:
        return system


def test_a_ticket_that_cannot_be_read_is_named_and_the_others_go_on(system: DeskForTests) -> None:
    sound = {"id": "2", "created_at": "2026-11-02T09:00:00Z", "comments": []}
    system.desk.put({"id": "1", "created_at": "yesterday", "comments": []})
    system.desk.put(sound)

    (page,) = system.connect().pull("")

    assert [(bad.record, bad.field) for bad in page.rejected] == [("1", "created_at")]
    assert [item.id for item in page.items] == ["2"]


def test_states_and_stars_are_read_in_our_words(system: DeskForTests) -> None:
    ticket = {"id": "1", "created_at": "2026-11-02T09:00:00Z", "comments": []}
    system.desk.put(ticket | {"state": "waiting", "stars": 2, "labels": ["vip"]})

    (page,) = system.connect().pull("")

    (item,) = page.items
    assert (item.status, item.tags) == ("pending", ("vip",))
    assert [(one.scale, one.value) for one in item.ratings] == [("stars", 2.0)]


def test_customers_agents_and_machines_are_told_apart(system: DeskForTests) -> None:
    words = [comment(by, by, "Hello") for by in ("customer", "agent", "bot")]
    system.desk.put({"id": "1", "created_at": "2026-11-02T09:00:00Z", "comments": words})

    (page,) = system.connect().pull("")

    assert [message.author for message in page.items[0].messages] == ["customer", "agent", "system"]
