"""A rating says negative, neutral or positive on its own scale, and nothing where nobody knows which end is good."""

from __future__ import annotations

import pytest

from feedbackloop.records import Rating
from feedbackloop.testing.makers import rating
from feedbackloop.understanding.correction.labels import rated


@pytest.mark.parametrize(
    ("scale", "low", "high", "value", "label"),
    [
        ("csat", 1, 5, 1, "negative"),
        ("csat", 1, 5, 2, "negative"),
        ("csat", 1, 5, 3, "neutral"),
        ("csat", 1, 5, 4, "positive"),
        ("stars", 1, 5, 5, "positive"),
        ("stars", 0, 5, 2.5, "neutral"),
        ("CSAT", 1, 7, 3, "negative"),  # (3 - 1) / 6 = 0.33
        ("csat", 1, 7, 4, "neutral"),
        ("csat", 1, 7, 5, "positive"),  # 0.67
        ("csat", 0, 1, 0, "negative"),
        ("csat", 0, 1, 1, "positive"),
        ("csat", 0, 100, 40, "neutral"),
        ("nps", 0, 10, 6, "negative"),
        ("nps", 0, 10, 7, "neutral"),
        ("nps", 0, 10, 8, "neutral"),
        ("nps", 0, 10, 9, "positive"),
    ],
)
def test_each_step_of_a_scale_has_its_label(scale: str, low: float, high: float, value: float, label: str) -> None:
    found = rated([rating(value, scale, low, high)])
    assert found is not None
    assert found.label == label


def test_a_scale_of_two_steps_has_no_middle() -> None:
    assert [found and found.has_middle for found in (rated([rating(1, "csat", 0, 1)]), rated([rating(1)]))] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    "ratings",
    [
        [],
        [rating(5, "ces", 1, 7)],  # on an effort scale more may be worse
        [rating(5, "house points", 1, 5)],
        [rating(1), rating(5, "stars")],  # bad service, good product: the words may be about either
        [Rating("csat", 3, 3, 3)],
    ],
)
def test_what_says_nothing_clear_is_no_label(ratings: list[Rating]) -> None:
    assert rated(ratings) is None


def test_ratings_that_agree_are_one_label() -> None:
    found = rated([rating(1), rating(0, "nps", 0, 10), rating(7, "ces", 1, 7)])
    assert found is not None
    assert found.label == "negative"
