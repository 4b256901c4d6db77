"""Distances between expected and experienced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis import gap_quantity as quantity


@pytest.mark.parametrize(
    ("expected", "experienced", "distance"),
    [(24, 72, -2 / 3), (72, 24, 2 / 3), (5, 5, 0), (0, 0, 0), (0, 3, -1)],
)
def test_disconfirmation_of_quantities(expected: float, experienced: float, distance: float) -> None:
    assert quantity.less_is_better(expected, experienced) == pytest.approx(distance)


def test_disconfirmation_of_a_survey_pair() -> None:
    assert quantity.answer_pair(6, 3, 1, 7) == -0.5


@pytest.mark.parametrize(
    ("expected", "experienced", "unit", "direction", "distance"),
    [
        ("24 hours", "three days", None, "worse", -0.5),  # words alone
        ("ok", "great", None, "better", 0.5),
        ("ok", "ok", None, "met", 0.0),
        (24, 72, "hour", "worse", -2 / 3),
        (24, 20, "hour", "met", 1 / 6),  # a wait that was met keeps its own difference
        ("6-8", 10, "day", "worse", -0.2),  # a promise of 6-8 days is kept up to 8
        (50, 80, "EUR", "worse", -0.375),
        (10, 8, "box", "worse", -0.2),  # fewer boxes than ordered: the words say that this is worse
        ("13:30", "13:20", "clock", "better", 0.5),
        (3, 3, "box", "worse", -0.5),  # worse, but not by number
        (24, 72, "hour", None, None),
    ],
)
def test_disconfirmation_of_words(
    expected: quantity.Value,
    experienced: quantity.Value,
    unit: str | None,
    direction: str | None,
    distance: float | None,
) -> None:
    found = quantity.disconfirmation(expected, experienced, unit, direction)  # type: ignore[arg-type]
    assert found == (None if distance is None else pytest.approx(distance))


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "converted"),
    [(3, "day", "hour", 72), (90, "minute", "hour", 1.5), (2, "box", "box", 2), (1, "business_day", "day", None)],
)
def test_times_convert_and_business_days_do_not(value: float, unit: str, wanted: str, converted: float | None) -> None:
    assert quantity.in_unit(value, unit, wanted) == converted


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_disconfirmation_stays_within_one(expected: float, experienced: float) -> None:
    assert -1 <= quantity.less_is_better(expected, experienced) <= 1


@pytest.mark.parametrize("value", [None, "", "soon", "13:30", 10**400, "1" * 400 + "-" + "9" * 400, float("nan")])
def test_what_is_no_finite_number_is_none(value: quantity.Value) -> None:
    assert quantity.number(value) is None
