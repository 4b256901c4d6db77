"""Weekly series: set off against other groups, and how much they vary by themselves."""

import random

import pytest

from feedbackloop.analysis.verification_series import LARGEST_AUTOCORRELATION, Noise, Series, noise, set_off
from feedbackloop.clock import week_shift
from feedbackloop.records import WeekCount

WEEKS = [week_shift("2026-W01", step) for step in range(200)]


def series(worse: list[int], items: int = 100) -> Series:
    return Series.of(WeekCount("g", week, items, x, 0) for week, x in zip(WEEKS, worse, strict=False))


def counted(chance: random.Random, shares: list[float], items: int = 100) -> Series:
    return series([sum(chance.random() < share for _ in range(items)) for share in shares], items)


def test_what_moves_the_whole_desk_cancels_out() -> None:
    own, first, second = series([20, 40]), series([10, 30]), series([12, 32])
    assert set_off(own, [first, second], WEEKS[:2]) == pytest.approx([0.09, 0.09])
    assert set_off(own, [], WEEKS[:2]) == pytest.approx([0.2, 0.4])


def test_weeks_without_items_on_one_side_are_left_out() -> None:
    own, other = (
        series([20, 40, 30]),
        Series.of([WeekCount("o", WEEKS[1], 10, 1, 0), WeekCount("o", WEEKS[2], 0, 0, 0)]),
    )
    assert set_off(own, [other], WEEKS[:3]) == pytest.approx([0.3])


def test_the_standard_error_grows_with_autocorrelation() -> None:
    # s^2 = .01, r = .5: .01 * 1.5 / .5 * (1/4 + 1/12) = .01
    assert Noise(0.01, 0.5, 50).error(4, 12) == pytest.approx(0.1)
    assert Noise(0.01, 0.0, 50).error(4, 12) == pytest.approx((0.01 / 3) ** 0.5)


def test_pure_counting_gives_the_binomial_variance() -> None:
    # own .2 * .8 / 100 = .0016, five others together .0016 / 5
    chance = random.Random(1)
    groups = [counted(chance, [0.2] * 200) for _ in range(6)]
    found = noise(groups[0], groups[1:], WEEKS, WEEKS)
    assert found is not None
    assert found.variance == pytest.approx(0.0016 * 1.2, rel=0.1)
    assert found.autocorrelation < 0.05
    assert found.freedom == 6 * 199


def test_weeks_that_differ_by_more_than_counting_widen_it_also_for_a_small_group() -> None:
    chance = random.Random(2)
    restless = [counted(chance, [chance.choice([0.1, 0.3]) for _ in WEEKS]) for _ in range(5)]
    small = counted(chance, [0.2] * 200, items=20)
    found = noise(small, restless, WEEKS, WEEKS)
    assert found is not None
    # Counting: .16 / 20, and .16 / 100 / 5 for the others; wandering: shares of .1 and .3 vary by .01, and by .01 / 5.
    assert found.variance == pytest.approx(0.008 + 0.00032 + 0.01 * 1.2, rel=0.15)


def test_shares_near_one_half_wander_further_than_small_ones() -> None:
    chance = random.Random(5)
    calm = [[chance.choice([0.05, 0.15]) for _ in WEEKS] for _ in range(6)]
    own, *others = (
        counted(chance, [*levels[:150], *[0.5] * 50] if n == 0 else levels) for n, levels in enumerate(calm)
    )
    found = noise(own, others, WEEKS[:150], WEEKS[150:])
    assert found is not None
    # Wandering of .0025 at .1 is .0025 / .09^2 = .309 squared logits; at .5 it is .309 * .25^2 = .0193. Counting: .0025.
    # The five others: (.0025 + .0009) / 5.
    assert found.variance == pytest.approx(0.0193 + 0.0025 + 0.0007, rel=0.15)


def test_lasting_trouble_is_seen_as_autocorrelation_also_in_short_series() -> None:
    chance = random.Random(3)
    estimates = []
    for _ in range(60):
        groups = []
        for _ in range(8):
            level, levels = 0.0, []
            for _ in range(13):
                level = 0.7 * level + chance.gauss(0, 0.1)
                levels.append(min(0.9, max(0.1, 0.5 + level)))
            groups.append(counted(chance, levels, items=400))
        found = noise(groups[0], groups[1:], WEEKS[:13], WEEKS[:13])
        assert found is not None
        estimates.append(found.autocorrelation)
    # Without the correction for short series the mean would lie near .5.
    assert sum(estimates) / len(estimates) == pytest.approx(0.7, abs=0.1)
    assert max(estimates) <= LARGEST_AUTOCORRELATION


def test_a_group_in_which_nothing_fell_short_still_varies() -> None:
    chance = random.Random(4)
    found = noise(series([0] * 8, items=10), [counted(chance, [0.2] * 8)], WEEKS[:8], WEEKS[:8])
    assert found is not None
    # Of its own (0 + 1) / (80 + 2) = .0122: .0122 * .9878 / 10 = .0012; of the other .16 / 100.
    assert found.variance > 0.0012 + 0.0012


@pytest.mark.parametrize("weeks", [0, 1, 2])
def test_too_few_weeks_say_nothing_about_noise(weeks: int) -> None:
    assert noise(series([20, 30]), [series([10, 10])], WEEKS[:weeks], WEEKS[:weeks]) is None
