"""A touchpoint under a new name is the same touchpoint; two touchpoints are two."""

from __future__ import annotations

import pytest

from feedbackloop.analysis import renames
from feedbackloop.clock import week_shift
from feedbackloop.records import WeekCount, group_key

WEEK = "2026-W20"


def rows(touchpoint: str, items: dict[int, int], dimension: str = "reliability") -> dict[str, list[WeekCount]]:
    """Make weekly counts: weeks before WEEK -> items, a tenth of them short."""
    key = group_key({"touchpoint": touchpoint, "dimension": dimension})
    return {key: [WeekCount(key, week_shift(WEEK, -back), n, n // 10, 0) for back, n in sorted(items.items())]}


def steady(first: int, last: int, items: int = 20) -> dict[int, int]:
    return dict.fromkeys(range(last, first + 1), items)


OTHERS = rows("billing", steady(13, 0))


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        (steady(13, 1), {0: 20}, {"Deliveries": "Shipping"}),  # from one week to the next
        (steady(13, 1), {0: 22, 1: 9}, {"Deliveries": "Shipping"}),  # in the middle of last week
        (steady(13, 0), {0: 9}, {}),  # both in use this week: wait
        (steady(13, 1), {0: 60}, {}),  # three times the size
        (steady(13, 1), {0: 5}, {}),  # a quarter of it
        (steady(13, 3), {0: 20}, {}),  # a gap between the two
        (steady(3, 1), {0: 20}, {}),  # the old name was hardly known
        (steady(13, 1, items=3), {0: 3}, {}),  # too few: it may well be silent for once
    ],
)
def test_a_name_that_ends_where_another_begins(old: dict[int, int], new: dict[int, int], found: dict[str, str]) -> None:
    counts = {**OTHERS, **rows("Deliveries", old), **rows("Shipping", new)}
    assert renames.renamed(counts, WEEK, 8) == found


def test_what_is_not_clear_is_no_renaming() -> None:
    two_new = {**rows("Deliveries", steady(13, 1)), **rows("Shipping", {0: 20}), **rows("Parcels", {0: 20})}
    assert renames.renamed({**OTHERS, **two_new}, WEEK, 8) == {}
    other_kind = {**rows("Deliveries", steady(13, 1)), **rows("Shipping", {0: 20}, "empathy")}
    assert renames.renamed({**OTHERS, **other_kind}, WEEK, 8) == {}


def test_counts_follow_the_present_name() -> None:
    counts = {**rows("Deliveries", {2: 20, 1: 10}), **rows("Shipping", {1: 30, 0: 20})}
    key = group_key({"touchpoint": "Shipping", "dimension": "reliability"})
    found = renames.under_present_names(counts, {"Deliveries": "Shipping"})
    assert [(row.group, row.items, row.worse) for row in found[key]] == [(key, 20, 2), (key, 40, 4), (key, 20, 2)]
    assert found.keys() == {key}
    unchanged = renames.under_present_names(counts, {})
    assert {name: sorted(weeks, key=str) for name, weeks in unchanged.items()} == {
        name: sorted(weeks, key=str) for name, weeks in counts.items()
    }


def test_names_follow_to_the_newest_and_back() -> None:
    once = renames.add({}, {"a": "b"})
    twice = renames.add(once, {"b": "c"})
    assert twice == {"a": "c", "b": "c"}
    assert renames.add(twice, {"c": "a"}) == {"b": "a", "c": "a"}
    assert renames.spellings("c", twice) == ["c", "a", "b"]
    assert renames.read(renames.write(twice)) == twice
    assert renames.read(None) == {}


def test_two_names_in_use_at_once_are_two_touchpoints_after_all() -> None:
    counts = {**rows("Deliveries", steady(13, 0)), **rows("Shipping", {1: 20, 0: 20})}
    assert renames.parted(counts, {"Deliveries": "Shipping"}, WEEK, 8) == {"Deliveries": "Shipping"}
    assert renames.parted(rows("Shipping", {0: 20}), {"Deliveries": "Shipping"}, WEEK, 8) == {}
