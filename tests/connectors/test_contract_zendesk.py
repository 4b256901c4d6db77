"""Does the Zendesk connector keep the same contract as every other connector?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

import pytest

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop.testing import BadInputContract, ConnectorContract, Fault, System, Write
from feedbackloop.testing.helpdesk import TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_faults import lost_answer, truncated
from feedbackloop.testing.helpdesk_writes import Write as JournalLine
from feedbackloop_connectors.zendesk.connector import Zendesk


class DeskSystem(System):
    """The loopback desk, as customers and agents use it."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.SAME_SECOND, Fault.DROPPED_ANSWERS})
    secrets = (TOKEN,)
    absent_id = "99999999"

    def __init__(self) -> None:
        self.desk = Helpdesk(now=datetime.now(UTC)).start()
        self.desk.behaviour.withhold_newest_minute = False  # else every pull would have to wait for a minute
        self.tickets: dict[str, int] = {}
        self.known: dict[str, set[str]] = {}
        self.opened: list[Zendesk] = []
        self.active: set[Fault] = set()

    def connect(self, **more: object) -> Zendesk:
        options = self.desk.options(page_size=3) | more
        self.opened.append(Zendesk(Zendesk.Options(**options), Context("support")))
        return self.opened[-1]

    @property
    def http_address(self) -> str:
        return str(self.desk.options()["base_url"])

    def connect_through(self, address: str) -> Zendesk:
        return self.connect(base_url=address)

    def put(self, item: Item) -> str:
        """Open the ticket, or add the messages that it does not have yet."""
        if Fault.SAME_SECOND not in self.active:
            self.desk.clock.advance(1)
        state, now = self.desk.state, self.desk.clock.now()
        first, *rest = item.messages
        if item.id not in self.tickets:
            self.tickets[item.id] = state.add_ticket("Subject", first.text, at=now, tags=list(item.tags))
            self.known[item.id] = {first.id}
        ticket = self.tickets[item.id]
        for message in rest:
            if message.id not in self.known[item.id]:
                state.add_comment(ticket, message.text, author=state.tickets[ticket].row["requester_id"], at=now)
        for rating in item.ratings:
            state.rate(ticket, "good" if rating.value > 3 else "bad", at=now)
        return str(ticket)

    def remove(self, item_id: str) -> None:
        self.desk.clock.advance(1)
        self.desk.state.delete(int(item_id))

    def writes(self) -> Sequence[Write]:
        return [write for one in self.desk.journal.writes if (write := effect(one))]

    def finish_task(self, external_id: str) -> None:
        self.desk.state.change(int(external_id), status="solved")

    def lock_out(self) -> None:
        self.desk.is_revoked = True

    def switch_on(self, fault: Fault) -> None:
        if fault not in self.faults:
            super().switch_on(fault)
        self.active.add(fault)
        if fault is Fault.LATE_PAGES:
            self.desk.faults.add(truncated("incremental", times=1))
        if fault is Fault.DROPPED_ANSWERS:
            self.desk.faults.add(lost_answer("PUT"), lost_answer("POST"))

    def close(self) -> None:
        for connector in self.opened:
            connector.close()
        self.desk.stop()


def effect(write: JournalLine) -> Write | None:
    """Say in the contract's words what a call did; a change of the ticket's row beside a comment is part of the same."""
    match write.kind:
        case "comment":
            return Write("reply" if write.public else "note", str(write.ticket))
        case "tags":
            return Write("tag", str(write.ticket))
        case "ticket":
            return Write("task", "")
    return None


class TestZendeskKeepsTheContract(ConnectorContract, BadInputContract):
    @pytest.fixture
    def system(self) -> Iterator[DeskSystem]:
        system = DeskSystem()
        yield system
        system.close()
