"""The hold-out: stable, foreseeable by nobody, of the configured size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.hold_out import is_held_out

KEY = b"an installation's secret"


@given(st.text(), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_share_keeps_everybody_of_the_smaller_one(customer: str, one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert is_held_out(customer, large, KEY) or not is_held_out(customer, small, KEY)


@given(st.text())
def test_no_share_holds_nobody_and_the_whole_share_everybody(customer: str) -> None:
    assert not is_held_out(customer, 0.0, KEY)
    assert is_held_out(customer, 1.0, KEY)


def test_nobody_known_is_never_held_out() -> None:
    assert not is_held_out(None, 1.0, KEY)


def test_a_fifth_is_about_a_fifth() -> None:
    held = sum(is_held_out(f"support/{number}", 0.2, KEY) for number in range(5000))
    # 5000 x 0.2 = 1000, standard error sqrt(5000 x 0.2 x 0.8) = 28.3; four of them are 113
    assert 887 < held < 1113


def test_another_key_draws_other_people() -> None:
    people = [f"support/{number}" for number in range(200)]
    assert [is_held_out(p, 0.5, KEY) for p in people] != [is_held_out(p, 0.5, b"another") for p in people]


FROZEN = [8, 11]
"""Customers of 0..11 that this key and share hold out; a change would move people between the sides of a running comparison."""


def test_the_draw_never_changes_between_versions() -> None:
    held = [number for number in range(12) if is_held_out(f"support/{number}", 0.3, KEY)]
    assert held == FROZEN
