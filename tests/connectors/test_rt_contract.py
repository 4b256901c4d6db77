"""Does the Request Tracker connector keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from desk_site import SiteSystem
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Write
from feedbackloop_connectors.rt.connector import RequestTracker
from rt_desk import BOT, TOKEN, RtDesk


class RtSystem(SiteSystem[RtDesk]):
    """The imitation as the contract sees it."""

    desk_of = RtDesk
    kind = RequestTracker
    secrets = (TOKEN,)
    options: ClassVar[dict[str, object]] = {
        "token": TOKEN,
        "task_queue": "Improvement",
        "tag_field": "FeedbackTag",
        "rating_field": "CSAT",
        "page_size": 3,
    }

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


class TestRequestTrackerKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[RtSystem]:
        with RtSystem() as system:
            yield system

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RtSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)
