"""Importance against performance."""

import random

import pytest

from feedbackloop.analysis.impact_importance import Importance, importances, quadrants
from feedbackloop.records import Interval


def test_one_driver_has_the_correlation_as_its_importance() -> None:
    # y = x + alternating 2: var x = 33.25 (1..20), var y = 33.25 + 1 + 2 cov = 35.25 with cov .5; r by hand below
    x = [float(n) for n in range(1, 21)]
    y = [n + (1 if n % 2 == 0 else -1) for n in x]
    (found,) = importances(y, {"speed": x}).values()
    # cov(x, y) = 33.25 + .5 = 33.75; r = 33.75 / sqrt(33.25 * 35.25) = .98582
    assert found.interval.value == pytest.approx(33.75 / (33.25 * 35.25) ** 0.5)
    # SE = sqrt((1 - r^2) / 18) = .03955, t = 24.9
    assert found.interval.high - found.interval.value == pytest.approx(2.1009 * 0.03955, rel=1e-3)
    assert found.p_value < 1e-9


def test_what_only_goes_along_with_another_driver_is_not_important() -> None:
    chance = random.Random(1)
    speed = [chance.gauss(0, 1) for _ in range(300)]
    colour = [s + chance.gauss(0, 0.5) for s in speed]  # goes along with speed, moves nothing
    score = [2 * s + chance.gauss(0, 1) for s in speed]
    found = importances(score, {"speed": speed, "colour": colour})
    assert list(found) == ["colour", "speed"]
    assert found["speed"].interval.low > 0.5
    assert found["colour"].interval.high < 0.3  # alone it would have .8


def test_noise_is_called_important_no_more_often_than_stated() -> None:
    chance = random.Random(2)
    false = 0
    for _ in range(300):
        score, driver = ([chance.gauss(0, 1) for _ in range(30)] for _ in range(2))
        false += importances(score, {"driver": driver})["driver"].p_value < 0.05
    assert false <= 300 * 0.05 + 2 * (300 * 0.05 * 0.95) ** 0.5


@pytest.mark.parametrize(
    ("scores", "drivers"),
    [
        ([], {"a": []}),
        ([1.0, 2.0] * 9, {"a": [float(n) for n in range(18)]}),  # 18 answers: fewer than 20
        ([3.0] * 40, {"a": [float(n) for n in range(40)]}),  # everybody says the same
        ([1.0, 2.0] * 20, {"a": [4.0] * 40}),  # the driver never varies
        ([1.0, 2.0] * 20, {"a": [float(n) for n in range(40)], "b": [2.0 * n for n in range(40)]}),  # one in disguise
    ],
)
def test_where_nothing_can_be_told_nothing_is_said(scores: list[float], drivers: dict[str, list[float]]) -> None:
    assert importances(scores, drivers) == {}


def test_drivers_and_scores_belong_together() -> None:
    with pytest.raises(ValueError, match="one value for each score"):
        importances([1.0, 2.0], {"a": [1.0]})


def test_a_perfect_fit_is_no_division_by_zero() -> None:
    x = [float(n) for n in range(20)]
    assert importances(x, {"a": x})["a"].interval.value == pytest.approx(1)


def test_the_four_quadrants_lie_around_the_means() -> None:
    def weight(value: float) -> Importance:
        return Importance(Interval(value, value - 0.05, value + 0.05), 0.001)

    importance = {"a": weight(0.5), "b": weight(0.5), "c": weight(0.1), "d": weight(0.1), "e": weight(0.01)}
    performance = {"a": 2.0, "b": 6.0, "c": 2.0, "d": 6.0, "e": 4.0, "unknown": 1.0}
    assert quadrants(importance, performance) == {
        "a": "concentrate here",
        "b": "keep up the good work",
        "c": "low priority",
        "d": "possible overkill",
        "e": "cannot tell",
    }
    assert quadrants({}, performance) == {}
