"""What restraint knows of a person is what all sources know, and of a mailbox what every letter to it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.analysis.restraint import ContactFacts
from feedbackloop.records import Customer, FollowUp, Item
from feedbackloop.stages.contact import contact_facts
from feedbackloop.testing.makers import item
from loop_bench import NOON, Bench

DAY = timedelta(days=1)
GOLD = [{"name": "gold", "tags": ["vip"]}, {"name": "silver", "tags": ["regular"]}]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    made.raw["segments"] = GOLD
    yield made
    made.store.close()


def known(key: str, *, days: float = 10, **who: Any) -> Item:
    source, _, ident = key.partition("/")
    return item(ident, "Where is it?", when=NOON - days * DAY, source=source, customer=Customer(**who))


def facts(bench: Bench, mine: Item, *others: Item, linked: bool = True) -> ContactFacts:
    with bench.store.write():
        bench.store.items.receive([mine, *others], NOON, "fbl-", set())
        people = {one.customer_key: ["mail:x"] if linked else [] for one in (mine, *others) if one.customer_key}
        bench.store.persons.meet(people)
    draft = FollowUp(id="fu", item=mine.key, customer=mine.customer_key, cause="recovery", language="en", text="t")
    return contact_facts(bench.turn(), mine, draft, pending=True, writes_left=None)


@pytest.mark.parametrize(
    ("elsewhere", "linked", "segment"),
    [
        (("vip",), True, "gold"),
        (("vip",), False, "standard"),  # somebody else
        (("regular",), True, "silver"),
        ((), True, "standard"),
    ],
)
def test_the_segment_is_the_persons(bench: Bench, elsewhere: tuple[str, ...], linked: bool, segment: str) -> None:
    found = facts(bench, known("shop/1", id="a"), known("desk/1", id="b", tags=elsewhere), linked=linked)
    assert found.segment == segment


def test_the_newest_word_of_each_source_names_the_segment(bench: Bench) -> None:
    was_gold = known("desk/1", id="b", tags=("vip",), days=20)
    is_silver = known("desk/2", id="b", tags=("regular",), days=5)
    assert facts(bench, known("shop/1", id="a"), was_gold, is_silver).segment == "silver"


def test_the_time_zone_is_what_any_source_knows(bench: Bench) -> None:
    other = known("desk/1", id="b", timezone="Asia/Shanghai")
    assert facts(bench, known("shop/1", id="a"), other).timezone == "Asia/Shanghai"
    assert facts(bench, known("shop/2", id="a", timezone="Europe/Berlin"), other).timezone == "Europe/Berlin"


@pytest.mark.parametrize(
    ("before", "after", "reachable"), [((), (), True), (("unreachable",), (), True), ((), ("unreachable",), False)]
)
def test_mail_that_came_back_is_known_of_the_address(
    bench: Bench, before: tuple[str, ...], after: tuple[str, ...], reachable: bool
) -> None:
    mine = known("shop/1", id="a", email="a@b.example", days=9)
    older = known("mail/1", email="A@b.example", tags=before, days=8)
    newer = known("mail/2", email="a@b.example", tags=after, days=7)
    assert facts(bench, mine, older, newer, linked=False).reachable is reachable


def test_somebody_unknown_cannot_be_reached(bench: Bench) -> None:
    assert not facts(bench, known("shop/1", name="Anna")).reachable


def test_tags_and_wishes_under_the_same_address_count_even_unverified(bench: Bench) -> None:
    other = known("mail/1", email="a@b.example", tags=("no_contact",))
    assert "no_contact" in facts(bench, known("shop/1", id="a", email="a@b.example"), other, linked=False).tags
