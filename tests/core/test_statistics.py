"""Statistics: published values, and what must hold for any counts."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis import statistics
from feedbackloop.analysis.statistics_student import incomplete_beta, quantile, two_sided_p

tables = st.tuples(st.integers(1, 300), st.integers(1, 300)).flatmap(
    lambda n: st.tuples(st.tuples(st.integers(0, n[0]), st.integers(0, n[1])), st.just(n))
)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (9, 10, 0.5958, 0.9821)],
)
def test_wilson_gives_the_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    interval = statistics.wilson(successes, trials)
    assert interval.value == successes / trials
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_wilson_of_nothing_lies_anywhere() -> None:
    assert statistics.wilson(0, 0) == statistics.Interval(0.0, 0.0, 1.0)


@pytest.mark.parametrize(
    ("successes", "trials", "difference", "low", "high"),
    [((56, 48), (70, 80), 0.2, 0.0524, 0.3339), ((9, 3), (10, 10), 0.6, 0.1705, 0.8090)],
)
def test_newcombe_gives_the_published_intervals(
    successes: tuple[int, int], trials: tuple[int, int], difference: float, low: float, high: float
) -> None:
    interval = statistics.newcombe(successes, trials)
    assert interval.value == pytest.approx(difference)
    assert (round(interval.low, 4), round(interval.high, 4)) == (low, high)


def test_overdispersion_widens_newcombe_by_its_root() -> None:
    plain, wide = (statistics.newcombe((56, 48), (70, 80), phi) for phi in (1.0, 4.0))
    assert wide.value - wide.low == pytest.approx(2 * (plain.value - plain.low))
    assert wide.high - wide.value == pytest.approx(2 * (plain.high - plain.value))


@pytest.mark.parametrize(
    ("t", "freedom", "p"),
    # Student's table: two-sided 5 %, 1 % and 10 % points.
    [
        (12.706, 1, 0.05),
        (2.228, 10, 0.05),
        (3.169, 10, 0.01),
        (1.697, 30, 0.10),
        (2.179, 12, 0.05),
        (1.960, math.inf, 0.05),
    ],
)
def test_student_agrees_with_the_printed_table(t: float, freedom: float, p: float) -> None:
    assert two_sided_p(t, freedom) == pytest.approx(p, abs=5e-5)
    assert quantile(p, freedom) == pytest.approx(t, abs=1e-3)


def test_student_of_one_degree_is_cauchy() -> None:
    assert two_sided_p(1.0, 1) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("a", "b", "x", "value"),
    [
        (1, 1, 0.3, 0.3),  # uniform
        (2, 3, 0.5, 0.6875),  # 1 - P(Binomial(4, .5) <= 1) = 11/16
        (0.5, 0.5, 0.5, 0.5),  # arcsine, symmetric
        (5, 2, 0.2, 0.0016),  # 6 x^5 - 5 x^6 = .00192 - .00032
    ],
)
def test_incomplete_beta_in_closed_forms(a: float, b: float, x: float, value: float) -> None:
    assert incomplete_beta(a, b, x) == pytest.approx(value, rel=1e-9)


@pytest.mark.parametrize(
    ("successes", "trials", "p"),
    [
        ((3, 1), (4, 4), 34 / 70),  # Fisher's tea lady: (16 + 1 + 16 + 1) / 70
        ((4, 0), (4, 4), 2 / 70),
        ((1, 9), (10, 10), 0.001093),  # symmetric: twice the tail (100 + 1) / 184756
        ((0, 0), (5, 5), 1.0),
    ],
)
def test_fishers_exact_test(successes: tuple[int, int], trials: tuple[int, int], p: float) -> None:
    assert statistics.fisher_exact_p(successes, trials) == pytest.approx(p, rel=1e-3)


def test_two_proportions_without_spread_is_the_plain_z_test() -> None:
    # pooled .7, SE = sqrt(.21 (1/100 + 1/100)) = .0648, z = 1.543, p = .1228
    assert statistics.two_proportions_p((75, 65), (100, 100), 1.0, math.inf) == pytest.approx(0.1228, abs=1e-4)


def test_two_proportions_ask_for_more_where_weeks_differ_by_themselves() -> None:
    p_values = [
        statistics.two_proportions_p((75, 65), (100, 100), phi, df) for phi, df in ((1, math.inf), (1, 12), (3, 12))
    ]
    assert p_values == sorted(p_values)
    assert len(set(p_values)) == 3


def test_nothing_on_both_sides_is_no_difference() -> None:
    assert statistics.two_proportions_p((0, 0), (10, 100), 1.0, 12) == 1.0


def test_pearson_over_weeks() -> None:
    # pooled 10/40 = .25, expected 5 of 20: (2 - 5)^2 / 3.75 + (8 - 5)^2 / 3.75 = 4.8
    assert statistics.pearson((2, 8), (20, 20)) == (pytest.approx(4.8), 1)
    assert statistics.pearson((2, 8, 0), (20, 20, 0)) == (pytest.approx(4.8), 1)
    assert statistics.pearson((0, 0), (20, 20)) == (0.0, 0)


def test_overdispersion_pools_groups_and_is_never_below_one() -> None:
    assert statistics.overdispersion([((2, 8), (20, 20))]) == pytest.approx(4.8)
    assert statistics.overdispersion([((2, 8), (20, 20)), ((5, 5), (20, 20))]) == pytest.approx(2.4)
    assert statistics.overdispersion([((5, 5), (20, 20))]) == 1.0
    assert statistics.overdispersion([]) == 1.0


def test_benjamini_hochberg_gives_the_q_values_by_hand() -> None:
    # sorted: .01 * 4 / 1 = .04, .02 * 4 / 2 = .04, .03 * 4 / 3 = .04, .5
    assert statistics.benjamini_hochberg([0.5, 0.01, 0.03, 0.02]) == pytest.approx([0.5, 0.04, 0.04, 0.04])
    assert statistics.benjamini_hochberg([]) == []


def test_weights_say_what_each_test_may_spend() -> None:
    # .02 / 1.6 = .0125 and .02 / .4 = .05: q = .0125 x 2 / 1 = .025, .05 x 2 / 2 = .05
    assert statistics.benjamini_hochberg([0.02, 0.02], [1.6, 0.4]) == pytest.approx([0.025, 0.05])
    assert statistics.benjamini_hochberg([0.3, 0.01], [1, 1]) == statistics.benjamini_hochberg([0.3, 0.01])


@pytest.mark.parametrize(("before", "after", "items"), [(0.80, 0.85, 903), (0.80, 0.90, 197), (0.60, 0.75, 150)])
def test_items_needed_for_power(before: float, after: float, items: int) -> None:
    assert statistics.items_needed(before, after) == items


def test_no_number_of_items_shows_no_difference() -> None:
    with pytest.raises(ValueError, match="equal"):
        statistics.items_needed(0.5, 0.5)


@given(tables)
def test_intervals_hold_their_value_and_stay_in_bounds(table: tuple[tuple[int, int], tuple[int, int]]) -> None:
    successes, trials = table
    share = statistics.wilson(successes[0], trials[0])
    assert 0 <= share.low <= share.value <= share.high <= 1
    change = statistics.newcombe(successes, trials, 2.0)
    assert -1 <= change.low <= change.value <= change.high <= 1


@given(tables)
def test_p_values_are_chances_and_do_not_depend_on_the_order(table: tuple[tuple[int, int], tuple[int, int]]) -> None:
    successes, trials = table
    for test in (statistics.fisher_exact_p, lambda x, n: statistics.two_proportions_p(x, n, 1.5, 8)):
        p = test(successes, trials)
        assert 0 <= p <= 1
        assert p == pytest.approx(test(successes[::-1], trials[::-1]), abs=1e-9)


@given(st.lists(st.floats(0, 1), max_size=40))
def test_q_values_are_no_smaller_than_p_values_and_keep_their_order(p_values: list[float]) -> None:
    q_values = statistics.benjamini_hochberg(p_values)
    assert all(p <= q + 1e-12 and q <= 1 for p, q in zip(p_values, q_values, strict=True))
    pairs = sorted(zip(p_values, q_values, strict=True))
    assert all(a[1] <= b[1] for a, b in pairwise(pairs))


@given(st.floats(0.1, 200), st.floats(0.1, 200), st.floats(0.001, 0.999))
def test_the_incomplete_beta_and_its_complement_add_to_one(a: float, b: float, x: float) -> None:
    assert incomplete_beta(a, b, x) + incomplete_beta(b, a, 1 - x) == pytest.approx(1, abs=1e-9)
