"""Do the record makers make what their names say, with the arithmetic that they promise?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from feedbackloop.clock import week_of
from feedbackloop.connector import Page
from feedbackloop.records import ActionKind
from feedbackloop.testing import makers
from feedbackloop.testing.shelf import Shelf


def test_plain_texts_become_a_customers_messages() -> None:
    item = makers.item("T-1", "Late.", makers.message("Sorry.", "agent", when="2026-11-03"))
    assert [(m.author, m.text) for m in item.messages] == [("customer", "Late."), ("agent", "Sorry.")]
    assert item.messages[1].at == datetime(2026, 11, 3, tzinfo=UTC)
    assert week_of(item.created_at) == "2026-W45"


GAPS = [
    (24, 72, "worse", -48 / 72),  # (E - P) / max(E, P)
    (24, 24, "met", 0.0),
    (24, 6, "better", 18 / 24),
    (0, 0, "met", 0.0),
]


@pytest.mark.parametrize(("expected", "experienced", "direction", "disconfirmation"), GAPS)
def test_a_gap_follows_its_two_numbers(
    expected: float, experienced: float, direction: str, disconfirmation: float
) -> None:
    gap = makers.gap(expected, experienced)
    assert gap.direction == direction
    assert gap.disconfirmation == pytest.approx(disconfirmation)


def test_a_finding_a_task_an_action_and_a_pair_are_complete() -> None:
    assert makers.finding(20, 5).share == 0.25
    assert makers.finding(items=10, shortfalls=10).share_high == 1.0
    assert makers.task(status="done").status == "done"
    assert makers.action("tag", "T-2", tags=("a",)).kind is ActionKind.TAG
    expected, perceived = makers.answers(6, 3)
    assert perceived.value - expected.value == -3
    assert makers.customer(email="a@b.example").email == "a@b.example"
    assert (makers.rating(2).min, makers.rating(2).max) == (1, 5)


def test_a_shelf_keeps_the_newest_state_and_forgets_what_is_erased() -> None:
    shelf = Shelf()
    shelf.keep(Page(items=(makers.item("a", version=2.0, subject="new"), makers.item("b")), cursor="1"))
    shelf.keep(Page(items=(makers.item("a", version=1.0, subject="old"),), erased=("b",), cursor="2", caught_up=True))
    assert shelf.items["a"].subject == "new"
    assert (sorted(shelf.items), shelf.erased, shelf.cursor, shelf.caught_up) == (["a"], {"b"}, "2", True)
    shelf.keep(Page(items=(makers.item("b"),), cursor="3"))
    assert shelf.erased == set()
