"""Does the Zendesk connector keep the contract that every connector keeps?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from feedbackloop.connector import Connector, Context
from feedbackloop.records import Item, Rating
from feedbackloop.testing import ConnectorContract, Fault, System, Write
from feedbackloop.testing.helpdesk import TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_faults import Fault as DeskFault
from feedbackloop.testing.helpdesk_faults import lost_answer
from feedbackloop_connectors.zendesk.connector import Zendesk

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class ZendeskSystem(System):
    """The loopback desk as the contract sees it."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})
    secrets = (TOKEN,)

    def __init__(self, desk: Helpdesk) -> None:
        self.desk = desk
        self.opened: list[Zendesk] = []
        self.numbers: dict[str, int] = {}
        self.is_one_second = False

    def connect(self) -> Connector[Zendesk.Options]:
        self.opened.append(Zendesk(Zendesk.Options(**self.desk.options(page_size=3)), Context("support")))
        return self.opened[-1]

    def put(self, item: Item) -> str:
        state = self.desk.state
        if item.id not in self.numbers:
            first = item.messages[0]
            requester = state.add_user(item.customer.name or "Customer", email=item.customer.email)
            self.numbers[item.id] = state.add_ticket(
                "x", first.text, requester=requester, at=first.at, tags=list(item.tags)
            )
        number = self.numbers[item.id]
        ticket = state.tickets[number]
        for message in item.messages[len(ticket.comments) :]:
            state.add_comment(number, message.text, author=ticket.row["requester_id"], at=message.at)
        for rating in item.ratings:
            self.rate(number, rating)
        if self.is_one_second:
            ticket.generated = int(NOW.timestamp()) - 3600
        return str(number)

    def rate(self, number: int, rating: Rating) -> None:
        self.desk.state.respond(number, int(rating.value), "neutral", rating.comment)
        question = self.desk.state.survey_responses[-1]["answers"][0]["question"]
        question["options"] = [{"rating": point} for point in range(int(rating.min), int(rating.max) + 1)]

    def remove(self, item_id: str) -> None:
        self.desk.state.delete(int(item_id))
        self.desk.clock.advance(100)

    def writes(self) -> Sequence[Write]:
        found = []
        for write in self.desk.journal.writes:
            if write.kind == "ticket":
                found.append(Write("task", ""))
            else:
                kind = "tag" if write.kind == "tags" else "reply" if write.public else "note"
                found.append(Write(kind, str(write.ticket)))
        return found

    def finish_task(self, external_id: str) -> None:
        self.desk.state.change(int(external_id), status="solved")

    def lock_out(self) -> None:
        self.desk.is_revoked = True

    def switch_on(self, fault: Fault) -> None:
        if fault is Fault.SAME_SECOND:
            self.is_one_second = True
        elif fault is Fault.DROPPED_ANSWERS:
            self.desk.faults.add(lost_answer("PUT"), lost_answer("POST"))
        elif fault is Fault.LATE_PAGES:
            late = {"headers": {"Retry-After": "0"}, "body": "maintenance"}
            self.desk.faults.add(DeskFault("answer", status=503, path="/incremental/", times=2, **late))
        else:
            super().switch_on(fault)


class TestZendeskKeepsTheContract(ConnectorContract):
    @pytest.fixture
    def system(self) -> Iterator[ZendeskSystem]:
        with Helpdesk(now=NOW) as desk:
            desk.behaviour.withhold_newest_minute = False  # the contract reads at once what it has just written
            system = ZendeskSystem(desk)
            yield system
            for source in system.opened:
                source.close()

    def test_check_says_how_things_stand(self, system: ZendeskSystem) -> None:
        system.desk.clock.fixed = None  # `check` compares the desk's clock with this machine's
        super().test_check_says_how_things_stand(system)

    @pytest.mark.parametrize("kind", ["note", "reply", "task"])
    def test_find_tells_what_was_done_from_what_was_not(self, system: ZendeskSystem, kind: str) -> None:
        """A tag is left out: it carries no key but is its own mark, the same whoever set it."""
        super().test_find_tells_what_was_done_from_what_was_not(system, kind)
