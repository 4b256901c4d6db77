"""Does the Redmine connector keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from desk_site import SiteSystem
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Write
from feedbackloop_connectors.redmine.connector import Redmine
from redmine_desk import ANONYMOUS, BOT, KEY, RedmineDesk


class RedmineSystem(SiteSystem[RedmineDesk]):
    """The imitation as the contract sees it."""

    desk_of = RedmineDesk
    kind = Redmine
    secrets = (KEY,)
    options: ClassVar[dict[str, object]] = {
        "api_key": KEY,
        "project": "support",
        "task_project": "improvement",
        "tag_field": "FeedbackTag",
        "email_field": "CustomerEmail",
        "rating_field": "CSAT",
        "mailed_by_plugin": True,
        "page_size": 3,
    }

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


class TestRedmineKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[RedmineSystem]:
        with RedmineSystem() as system:
            yield system

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: RedmineSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)
