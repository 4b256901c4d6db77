"""Scores: NPS, CSAT and CES by named variants."""

import math

import pytest

from feedbackloop.analysis import statistics_scores as scores
from feedbackloop.records import Rating


def rating(scale: str, value: float, low: float, high: float) -> Rating:
    return Rating(scale=scale, value=value, min=low, max=high)


@pytest.mark.parametrize(("factor", "spread"), [(1, 15.3), (4, 7.7)])
def test_nps_with_its_interval(factor: int, spread: float) -> None:
    interval = scores.nps(50 * factor, 30 * factor, 20 * factor)
    assert interval.value == pytest.approx(30)
    assert round(interval.high - interval.value, 1) == spread
    assert round(interval.value - interval.low, 1) == spread


def test_nps_counts_nine_and_ten_against_six_and_below() -> None:
    assert scores.nps_of([10, 9, 8, 7, 6, 0, 0, 0]).value == pytest.approx(100 * (2 - 4) / 8)


def test_nobody_gives_no_score() -> None:
    with pytest.raises(ValueError, match="nobody"):
        scores.nps(0, 0, 0)
    with pytest.raises(ValueError, match="nobody"):
        scores.mean_of([])
    assert scores.scores([]) == []


def test_mean_with_its_t_interval() -> None:
    # 3, 4, 5: mean 4, s = 1, t(2) = 4.303, 4.303 / sqrt(3) = 2.484
    interval = scores.mean_of([3, 4, 5])
    assert (interval.value, round(interval.low, 3), round(interval.high, 3)) == (4, 1.516, 6.484)
    assert scores.mean_of([3]).low == -math.inf


def test_every_variant_is_named() -> None:
    ratings = [rating("csat", value, 1, 5) for value in (5, 4, 3, 1)] + [
        rating("ces", value, 1, 7) for value in (7, 6, 5, 2)
    ]
    found = {(s.name, s.variant): (s.n, s.interval.value) for s in scores.scores(ratings)}
    assert found == {
        ("csat", "share of 4-5 (top-2-box)"): (4, 0.5),
        ("csat", "mean"): (4, 3.25),
        ("ces", "share of 5-7"): (4, 0.75),
        ("ces", "6-7 minus 1-3"): (4, 25.0),
        ("ces", "mean"): (4, 5.0),
    }


def test_good_and_bad_are_a_variant_of_their_own() -> None:
    found = scores.scores([rating("csat", value, 0, 1) for value in (1, 1, 1, 0)])
    assert [(s.variant, s.n, s.interval.value) for s in found] == [("good / (good + bad)", 4, 0.75)]


def test_other_scales_and_values_off_the_scale_are_left_out() -> None:
    assert scores.scores([rating("csat", 8, 1, 10), rating("nps", 11, 0, 10), rating("stars", 4, 1, 5)]) == []
