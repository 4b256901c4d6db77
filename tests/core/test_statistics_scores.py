"""Scores: NPS, CSAT and CES and means, with their intervals."""

import math

import pytest

from feedbackloop.analysis import statistics_scores as scores


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


def test_mean_with_its_t_interval() -> None:
    # 3, 4, 5: mean 4, s = 1, t(2) = 4.303, 4.303 / sqrt(3) = 2.484
    interval = scores.mean_of([3, 4, 5])
    assert (interval.value, round(interval.low, 3), round(interval.high, 3)) == (4, 1.516, 6.484)
    assert scores.mean_of([3]).low == -math.inf
