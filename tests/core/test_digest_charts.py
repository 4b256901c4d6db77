"""Do the bars show what the figures say?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.digest.charts import (
    axis,
    heights,
    pair_cells,
    point_cells,
    share_cells,
    step_cells,
    text_bar,
    tick,
    time_cells,
)
from feedbackloop.digest.facts import Share
from feedbackloop.digest.view import Cell
from feedbackloop.records import Interval

points = st.floats(1, 7)
hours = st.floats(0, 1e6)


@st.composite
def shares(draw: st.DrawFn) -> Share:
    whole = draw(st.integers(1, 500))
    part = draw(st.integers(0, whole))
    return Share(part, whole, draw(st.floats(0, part / whole)), draw(st.floats(part / whole, 1)))


def width(cells: tuple[Cell, ...]) -> int:
    assert all(cell.width > 0 for cell in cells)
    return sum(cell.width for cell in cells)


@given(points, points)
def test_pairs_fill_the_whole_width(expected: float, experienced: float) -> None:
    assert width(pair_cells(expected, experienced, (1, 7))) == 100


@given(shares(), st.sampled_from([0.1, 0.25, 0.5, 0.75, 1.0]))
def test_shares_fill_the_whole_width(share: Share, end: float) -> None:
    assert width(share_cells(share, end)) == 100


@given(st.floats(0, 100), st.floats(0, 100), st.booleans())
def test_steps_fill_the_whole_width_and_are_seen(start: float, end: float, is_sure: bool) -> None:
    cells = step_cells(start, end, (-8, 108), is_good=end > start, is_sure=is_sure)
    assert width(cells) == 100
    assert any(cell.tone.startswith(("pain", "delight")) for cell in cells)


@given(st.tuples(points, points, points).map(sorted))
def test_points_with_their_interval_fill_the_whole_width(values: list[float]) -> None:
    assert width(point_cells(Interval(values[1], values[0], values[2]), (1, 7))) == 100


def test_a_week_of_a_trend_stands_where_its_share_does() -> None:
    # an axis to 50 % in 100 pixels: .4, .2 and .1 lie 80, 40 and 20 pixels above the ground
    assert tick(Share(2, 10, 0.1, 0.4), 0.5, 100) == (20, 40, 20)


@given(hours, hours)
def test_times_fill_the_whole_width(promised: float, actual: float) -> None:
    assert width(time_cells(promised, actual, max(promised, actual))) == 100


def test_experience_below_expectation_is_drawn_as_pain_left_of_the_mark() -> None:
    # scale 1..7: E = 7 lies at 98, P = 4 at 49: 49 + 2 (P) + 47 (gap) + 2 (E) = 100
    assert pair_cells(7, 4, (1, 7)) == (Cell(49, "track"), Cell(2, "pain"), Cell(47, "pain-soft"), Cell(2, "mark"))


def test_experience_above_expectation_is_drawn_as_delight_right_of_the_mark() -> None:
    assert [cell.tone for cell in pair_cells(4, 6, (1, 7))] == ["track", "mark", "delight-soft", "delight", "track"]


def test_met_expectation_is_one_mark() -> None:
    assert pair_cells(4, 4, (1, 7)) == (Cell(49, "track"), Cell(2, "mark"), Cell(49, "track"))


def test_a_share_is_sure_up_to_its_lower_bound() -> None:
    # of 100 %: lower bound 20 -> 20, value 50 -> 49, upper bound 80 -> 78
    cells = share_cells(Share(5, 10, 0.2, 0.8), 1.0)
    assert cells == (Cell(20, "pain"), Cell(29, "pain-soft"), Cell(2, "mark"), Cell(29, "pain-soft"), Cell(20, "track"))


@pytest.mark.parametrize(("high", "end"), [(0.04, 0.1), (0.1, 0.1), (0.4, 0.5), (0.9, 1.0)])
def test_the_axis_holds_the_widest_interval(high: float, end: float) -> None:
    assert axis([Share(0, 10, 0, 0.01), Share(0, 10, 0, high)]) == end


def test_what_was_kept_in_time_is_delight_and_what_went_over_is_pain() -> None:
    assert time_cells(24, 72, 96) == (Cell(25, "delight"), Cell(50, "pain"), Cell(25, "track"))
    assert time_cells(48, 24, 96) == (Cell(25, "delight"), Cell(25, "delight-soft"), Cell(50, "track"))


def test_small_is_not_drawn_as_nothing() -> None:
    assert heights([0.5, 0.001, 0.0], 40) == [40, 2, 0]


@given(shares())
def test_text_bars_are_as_long_as_they_are_wide(share: Share) -> None:
    assert 30 <= len(text_bar(share_cells(share, 1.0))) <= 31
