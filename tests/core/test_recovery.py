"""Is recovery never told without what it is to be compared with?"""

import pytest

from feedbackloop.analysis.recovery import expected_without_action, recovery


@pytest.mark.parametrize(
    ("unhappy", "reliability", "share"),
    [  # FIELD.md's simulated table: a quarter and a tenth of unhappy answers
        (0.25, 0.88, 0.25), (0.25, 0.68, 0.41), (0.25, 0.50, 0.52), (0.10, 0.88, 0.34), (0.10, 0.68, 0.55), (0.10, 0.50, 0.68),
    ],
)  # fmt: skip
def test_many_recover_with_no_action_at_all(unhappy: float, reliability: float, share: float) -> None:
    assert expected_without_action(unhappy, reliability) == pytest.approx(share, abs=0.006)


def test_answers_that_have_nothing_to_do_with_each_other_recover_as_often_as_anybody_is_happy() -> None:
    assert expected_without_action(0.3, 0.0) == pytest.approx(0.7, abs=1e-6)


def test_the_difference_has_its_interval_and_silence_counts_on_both_sides() -> None:
    contacted = ["confirmed"] * 56 + ["reopened"] * 4 + ["unanswered"] * 10
    held_out = ["confirmed"] * 48 + ["unanswered"] * 32
    found = recovery(contacted, held_out, 0.25)
    assert (found.contacted.cases, found.held_out.cases) == (70, 80)
    assert found.contacted.recovered is not None and found.contacted.recovered.value == 0.8  # 56 of 70, not of 60
    assert found.difference is not None  # FIELD.md's vector: 56/70 against 48/80
    assert [round(x, 4) for x in (found.difference.value, found.difference.low, found.difference.high)] == [
        0.2,
        0.0524,
        0.3339,
    ]


def test_without_a_hold_out_there_is_no_comparison_but_what_chance_would_do() -> None:
    found = recovery(["confirmed", "unanswered"], [], 0.25)
    assert found.difference is None and found.held_out.recovered is None
    assert found.expected == (pytest.approx(0.25, abs=0.005), pytest.approx(0.52, abs=0.005))


@pytest.mark.parametrize("unhappy", [None, 0.0, 1.0])
def test_where_nobody_or_everybody_is_unhappy_nothing_is_expected(unhappy: float | None) -> None:
    assert recovery([], [], unhappy).expected is None
