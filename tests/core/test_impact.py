"""Impact of a theme on a score."""

import pytest

from feedbackloop.analysis.impact import impact, impacts, is_real, nps_points
from feedbackloop.records import Interval, Rating

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


def rated(values: list[float], scale: str = "csat", low: float = 1, high: float = 5) -> dict[str, list[Rating]]:
    return {f"desk/{place}": [Rating(scale, value, low, high)] for place, value in enumerate(values)}


def test_every_score_that_exists_has_its_impact() -> None:
    # mean of all 3.25, without the theme 4.5
    ratings = rated([1, 2, 2, 3, 4, 5, 4, 5])
    ratings["desk/0"].append(Rating("nps", 0, 0, 10))
    found = impacts({f"desk/{n}" for n in range(4)}, ratings)
    assert list(found) == ["csat"]
    assert found["csat"].value == pytest.approx(3.25 - 4.5)


def test_impact_on_nps_is_in_nps_points() -> None:
    ratings = rated([0, 6, 8, 9, 10, 9], "nps", 0, 10)
    # all (3 - 2) / 6 = 16.67, without the theme (3 - 0) / 4 = 75
    found = impacts({"desk/0", "desk/1", "desk/99"}, ratings)
    assert found["nps"].value == pytest.approx(100 / 6 - 75)


def test_values_off_the_scale_and_the_rarer_range_of_a_scale_do_not_count() -> None:
    thumbs = {f"other/{place}": [Rating("csat", value, 0, 1)] for place, value in enumerate((0, 1, 0, 1))}
    ratings = rated([1, 2, 4, 5, 5]) | thumbs | {"off": [Rating("csat", 9, 1, 5)]}
    # all of 1..5 but the 9: 3.4, without the theme 14 / 3
    theme = {"desk/0", "desk/1", "other/0", "other/1"}
    assert impacts(theme, ratings)["csat"].value == pytest.approx(3.4 - 14 / 3)
    assert impacts({"desk/0"}, ratings) == {}
