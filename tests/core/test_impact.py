"""Impact of a theme on a score."""

import pytest

from feedbackloop.analysis.impact import impact, is_real, nps_points
from feedbackloop.records import Interval

THEME = [100.0] * 2 + [0.0] * 3 + [-100.0] * 12
REST = [100.0] * 48 + [0.0] * 27 + [-100.0] * 8


def test_the_impact_on_nps_is_the_score_without_the_theme_taken_from_the_score() -> None:
    # all 50/30/20: 30; without the theme 48/27/8 of 83: 48.19; 30 - 48.19 = -18.19
    found = impact(THEME, REST)
    assert found is not None
    assert round(found.value, 2) == -18.19
    assert found.low < found.value < found.high < 0
    assert is_real(found)


@pytest.mark.parametrize(("theme", "rest"), [([1.0], REST), (THEME, []), ([3.0, 3.0], [3.0, 3.0])])
def test_too_little_to_tell_is_none_and_not_zero(theme: list[float], rest: list[float]) -> None:
    assert impact(theme, rest) is None


def test_an_interval_around_zero_is_not_real() -> None:
    assert not is_real(Interval(-1.0, -3.0, 1.0))


def test_points_of_nps_answers() -> None:
    assert [nps_points(value) for value in (0, 6, 7, 8, 9, 10)] == [-100, -100, 0, 0, 100, 100]
