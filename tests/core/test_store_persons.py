"""Is one person found under several names, is what people say by hand kept for good, and is no number given twice?"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedbackloop.store import Store
from feedbackloop.store.persons import Joined, Persons

MAIL, CRM = "mail:anna@b.example", "external_id:7"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as store:
        yield store


def meet(store: Store, key: str, *marks: str) -> list[Joined]:
    with store.write():
        return store.persons.meet({key: marks})


def merge(store: Store, one: str, other: str) -> Joined | None:
    with store.write():
        return store.persons.merge(one, other)


def split(store: Store, key: str) -> list[str]:
    with store.write():
        return store.persons.split(key)


def groups(persons: Persons, *keys: str) -> set[tuple[str, ...]]:
    return {persons.together(key) for key in keys}


def test_an_identifier_in_common_makes_one_person_named_after_the_first(store: Store) -> None:
    assert meet(store, "desk/c-1", MAIL) == []
    assert meet(store, "shop/9", CRM) == []
    assert meet(store, "chat/x", MAIL, CRM) == [Joined(1, 3, "mail"), Joined(1, 2, "external_id")]
    assert groups(store.persons, "desk/c-1", "shop/9", "chat/x") == {("desk/c-1", "shop/9", "chat/x")}
    assert {store.persons.name_of(key) for key in ("desk/c-1", "shop/9", "chat/x")} == {"person:1"}
    assert store.persons.of_number(1) == ("desk/c-1", "shop/9", "chat/x")
    assert store.persons.of_number(2) == ()


def test_somebody_alone_keeps_the_name_of_their_source(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    assert store.persons.name_of("desk/c-1") == "desk/c-1"
    assert store.persons.name_of("desk/unknown") == "desk/unknown"
    assert store.persons.together("desk/unknown") == ("desk/unknown",)


def test_meeting_again_changes_nothing(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    meet(store, "shop/9", MAIL)
    assert meet(store, "shop/9", MAIL) == [] == meet(store, "desk/c-1")
    assert store.persons.together("shop/9") == ("desk/c-1", "shop/9")


def test_who_changes_an_address_is_still_the_same_person(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    meet(store, "desk/c-1", "mail:new@b.example")
    meet(store, "shop/9", MAIL)
    assert store.persons.together("shop/9") == ("desk/c-1", "shop/9")


def test_merging_and_splitting_by_hand_can_be_said_twice(store: Store) -> None:
    meet(store, "desk/c-1")
    meet(store, "shop/9")
    assert merge(store, "shop/9", "desk/c-1") == Joined(1, 2, "hand")
    assert merge(store, "desk/c-1", "shop/9") is None
    assert split(store, "shop/9") == ["desk/c-1"]
    assert split(store, "shop/9") == []
    assert groups(store.persons, "desk/c-1", "shop/9") == {("desk/c-1",), ("shop/9",)}


def test_what_was_split_is_not_linked_by_an_identifier_again_only_by_hand(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    meet(store, "shop/9", MAIL)
    split(store, "shop/9")
    assert meet(store, "shop/9", CRM) == [] == meet(store, "desk/c-1", CRM)
    meet(store, "chat/x", MAIL)
    assert groups(store.persons, "desk/c-1", "shop/9", "chat/x") == {("desk/c-1", "chat/x"), ("shop/9",)}
    meet(store, "mail/y", "external_id:8")
    assert meet(store, "shop/9", "external_id:8") == []  # not even to somebody from whom it was not split
    assert merge(store, "shop/9", "chat/x") == Joined(1, 2, "hand")
    assert store.persons.together("shop/9") == ("desk/c-1", "shop/9", "chat/x")


def test_no_identifier_joins_what_was_split_by_way_of_a_third(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    meet(store, "shop/9", MAIL)
    split(store, "shop/9")
    meet(store, "chat/x", CRM)
    merge(store, "shop/9", "chat/x")
    assert meet(store, "chat/x", MAIL) == []  # that would make shop/9 and desk/c-1 one again
    assert groups(store.persons, "desk/c-1", "shop/9") == {("desk/c-1",), ("shop/9", "chat/x")}


def test_splitting_off_the_link_between_two_parts_them_too(store: Store) -> None:
    meet(store, "desk/c-1", MAIL)
    meet(store, "chat/x", MAIL, CRM)
    meet(store, "shop/9", CRM)
    split(store, "chat/x")
    assert groups(store.persons, "desk/c-1", "chat/x", "shop/9") == {("desk/c-1",), ("chat/x",), ("shop/9",)}
    assert store.persons.name_of("shop/9") == "shop/9"


def test_what_is_left_after_a_split_stays_together_by_its_own_links(store: Store) -> None:
    for key in ("desk/1", "shop/2", "chat/3"):
        meet(store, key, MAIL)
    split(store, "desk/1")
    assert store.persons.together("chat/3") == ("shop/2", "chat/3")
    assert store.persons.name_of("shop/2") == "person:2"  # named after the first that is left


def test_who_is_forgotten_leaves_no_byte_and_no_number(store: Store) -> None:
    meet(store, "desk/anna@b.example", MAIL)
    meet(store, "shop/9", MAIL)
    meet(store, "chat/x", MAIL)
    with store.write():
        assert store.persons.forget(["desk/anna@b.example", "desk/unknown"]) == 1
    assert store.persons.together("chat/x") == ("shop/9", "chat/x")  # they were one person and stay so
    with store.write():
        store.persons.forget(["shop/9", "chat/x"])
    assert store.erasure.scrub()
    assert b"anna" not in store.path.read_bytes()
    meet(store, "desk/c-2")
    assert store.persons.number_of("desk/c-2") == "person:4"


@settings(deadline=None, max_examples=60)
@given(
    met=st.lists(st.tuples(st.integers(0, 6), st.lists(st.sampled_from("abcd"), max_size=2)), min_size=1, max_size=14),
    cut=st.lists(st.integers(0, 6), max_size=3),
)
def test_people_are_told_apart_completely(
    met: list[tuple[int, list[str]]], cut: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever comes: everybody belongs to exactly one person, and that person is named after the first of them."""
    with Store(tmp_path_factory.mktemp("db") / "loop.db") as store:
        for number, marks in met:
            meet(store, f"desk/{number}", *(f"mail:{mark}" for mark in marks))
        keys = sorted({f"desk/{number}" for number, _ in met})
        for number in cut:
            if f"desk/{number}" in keys:
                split(store, f"desk/{number}")
                assert store.persons.together(f"desk/{number}") == (f"desk/{number}",)
        found = groups(store.persons, *keys)
        assert sorted(key for group in found for key in group) == keys
        for group in found:
            if len(group) > 1:
                assert store.persons.name_of(group[-1]) == store.persons.number_of(group[0])
