"""Does the in-memory connector keep the contract, and does its system go wrong as told?"""

from __future__ import annotations

import pytest

from feedbackloop.errors import Retriable, UnknownOutcome
from feedbackloop.testing import ConnectorContract, Fault, MemorySystem, Shelf
from feedbackloop.testing.makers import action, item


class TestMemoryKeepsTheContract(ConnectorContract):
    @pytest.fixture
    def system(self) -> MemorySystem:
        return MemorySystem()


def test_a_late_page_is_there_when_asked_again() -> None:
    system = MemorySystem()
    system.put(item())
    system.switch_on(Fault.LATE_PAGES)
    with pytest.raises(Retriable):
        Shelf().pull(system.connect(), attempts=1)
    assert list(Shelf().pull(system.connect()).items) == ["T-1"]


def test_repeated_rows_are_in_the_export() -> None:
    system = MemorySystem(page_size=2)
    for name in ("a", "b", "c"):
        system.put(item(name))
    system.switch_on(Fault.REPEATED_ROWS)
    second_page = system.export((2, "b"), 0)
    assert [row.item.id for row in second_page] == ["a", "b", "c"]


def test_in_the_same_second_every_row_has_one_stamp() -> None:
    system = MemorySystem()
    system.switch_on(Fault.SAME_SECOND)
    for name in ("a", "b"):
        system.put(item(name))
    assert len({row.second for row in system.rows.values()}) == 1


def test_a_late_row_carries_an_earlier_stamp_than_what_was_read() -> None:
    system = MemorySystem()
    system.put(item("a"))
    for _ in range(5):
        system.put(item("b"))
    system.switch_on(Fault.LATE_ROWS)
    system.put(item("c"))
    assert system.rows["c"].second < system.rows["b"].second


def test_a_dropped_answer_leaves_the_write_in_place() -> None:
    system = MemorySystem()
    system.put(item())
    system.switch_on(Fault.DROPPED_ANSWERS)
    with pytest.raises(UnknownOutcome):
        system.connect().push(action("note", "T-1"))
    assert [write.kind for write in system.writes()] == ["note"]


def test_own_writes_move_the_ticket_and_come_back_marked() -> None:
    system = MemorySystem()
    system.put(item("T-1", "Late."))
    shelf = Shelf().pull(system.connect())
    system.connect().push(action("note", "T-1", text="Promised 24 h, took 72 h."))
    shelf.pull(system.connect())
    assert [(m.text, m.own) for m in shelf.items["T-1"].messages] == [
        ("Late.", False),
        ("Promised 24 h, took 72 h.", True),
    ]
    assert len(shelf.yielded) == 2
