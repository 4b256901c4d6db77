"""Does the Request Tracker connector keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop_connectors.rt.connector import RequestTracker
from loopback import Loopback
from rt_desk import BOT, TOKEN, RtDesk


class RtSystem(System):
    """The imitation as the contract sees it."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})
    secrets = (TOKEN,)
    absent_id = "99999999"

    def __init__(self) -> None:
        self.desk = RtDesk()
        self.server = Loopback(self.desk)
        self.opened: list[RequestTracker] = []
        self.numbers: dict[str, int] = {}
        self.said: dict[str, int] = {}

    def connect(self, **more: object) -> RequestTracker:
        options = {
            "connector": "rt",
            "base_url": self.server.url,
            "token": TOKEN,
            "task_queue": "Improvement",
            "tag_field": "FeedbackTag",
            "rating_field": "CSAT",
            "page_size": 3,
        }
        self.opened.append(RequestTracker(RequestTracker.Options(**options | more), Context("support")))
        return self.opened[-1]

    @property
    def http_address(self) -> str:
        return self.server.url

    def connect_through(self, address: str) -> RequestTracker:
        return self.connect(base_url=address)

    def put(self, item: Item) -> str:
        who = item.customer.email or f"{item.id}@customers.example.org"
        for message in item.messages[self.said.get(item.id, 0) :]:
            if item.id in self.numbers:
                self.desk.say(self.numbers[item.id], "Correspond", message.text, by=who)
            else:
                self.numbers[item.id] = self.desk.open("Support", message.text, by=who)
        self.said[item.id] = len(item.messages)
        ticket = self.desk.tickets[self.numbers[item.id]]
        if item.tags:
            ticket.fields["FeedbackTag"] = list(item.tags)
        for rating in item.ratings:
            self.desk.tick()
            ticket.fields["CSAT"] = [str(int(rating.value))]
            self.desk.note(ticket.id, "CustomField", by=who, field="2", value=str(rating.value))
        return str(ticket.id)

    def remove(self, item_id: str) -> None:
        self.desk.set_status(int(item_id), "deleted")

    def writes(self) -> Sequence[Write]:
        kinds = {"Comment": "note", "Correspond": "reply", "Create": "task", "CustomField": "tag"}
        ours = [row for row in self.desk.transactions if row["Creator"]["id"] == BOT and row["Type"] in kinds]
        return [Write(kinds[row["Type"]], "" if row["Type"] == "Create" else row["ObjectId"]) for row in ours]

    def finish_task(self, external_id: str) -> None:
        self.desk.set_status(int(external_id), "resolved")

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
        for connector in self.opened:
            connector.close()
        self.server.close()


class TestRequestTrackerKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[RtSystem]:
        system = RtSystem()
        yield system
        system.close()

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RtSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)
