"""Does the Redmine connector keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop_connectors.redmine.connector import Redmine
from loopback import Loopback
from redmine_desk import ANONYMOUS, BOT, KEY, RedmineDesk


class RedmineSystem(System):
    """The imitation as the contract sees it."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})
    secrets = (KEY,)
    absent_id = "99999999"

    def __init__(self) -> None:
        self.desk = RedmineDesk()
        self.server = Loopback(self.desk)
        self.opened: list[Redmine] = []
        self.numbers: dict[str, int] = {}
        self.said: dict[str, int] = {}

    def connect(self, **more: object) -> Redmine:
        options = {
            "connector": "redmine",
            "base_url": self.server.url,
            "api_key": KEY,
            "project": "support",
            "task_project": "improvement",
            "tag_field": "FeedbackTag",
            "email_field": "CustomerEmail",
            "rating_field": "CSAT",
            "mailed_by_plugin": True,
            "page_size": 3,
        }
        self.opened.append(Redmine(Redmine.Options(**options | more), Context("support")))
        return self.opened[-1]

    @property
    def http_address(self) -> str:
        return self.server.url

    def connect_through(self, address: str) -> Redmine:
        return self.connect(base_url=address)

    def put(self, item: Item) -> str:
        for message in item.messages[self.said.get(item.id, 0) :]:
            if item.id in self.numbers:
                self.desk.journal(self.numbers[item.id], ANONYMOUS, message.text)
            else:
                self.numbers[item.id] = self.desk.open(1, message.text)
        self.said[item.id] = len(item.messages)
        number = self.numbers[item.id]
        if item.tags:
            self.desk.set_field(number, 2, ", ".join(item.tags))
        for rating in item.ratings:
            self.desk.set_field(number, 1, str(int(rating.value)))
        return str(number)

    def remove(self, item_id: str) -> None:
        del self.desk.issues[int(item_id)]

    def writes(self) -> Sequence[Write]:
        found = [Write("task", "") for one in self.desk.issues.values() if one["author"]["id"] == BOT]
        for issue in self.desk.issues.values():
            for row in issue["journals"]:
                if row["user"]["id"] == BOT:
                    kind = "tag" if row["details"] else "note" if row["private_notes"] else "reply"
                    found.append(Write(kind, str(issue["id"])))
        return found

    def finish_task(self, external_id: str) -> None:
        self.desk.close(int(external_id))

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


class TestRedmineKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[RedmineSystem]:
        system = RedmineSystem()
        yield system
        system.close()

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RedmineSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)
