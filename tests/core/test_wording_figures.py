"""Shares, durations, amounts and moments as people of either language write them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.wording_figures import amount, day, interval, moment, number, percent, points

AMOUNTS = [
    # value, unit, English, Chinese
    (24, "hour", "24 hours", "24 小时"),
    (1, "day", "1 day", "1 天"),
    (3, "day_late", "3 days late", "晚了 3 天"),
    (2, "business_day", "2 business days", "2 个工作日"),
    (8, "business_hour", "8 business hours", "8 个工作小时"),
    ("6-8", "week", "6–8 weeks", "6–8 周"),
    (31.52, "hour", "32 hours", "32 小时"),
    (8.42, "hour", "8.4 hours", "8.4 小时"),
    (100.5, "hour", "4.2 days", "4.2 天"),  # 100.5 h = 4.19 days: measured, so said in days
    (100, "hour", "100 hours", "100 小时"),  # said so by somebody, so it stays
    (0.25, "hour", "15 minutes", "15 分钟"),
    (12.5, "EUR", "EUR 12.5", "EUR 12.5"),
    (0.2, "fraction", "20 %", "20%"),
    ("18:00", "clock", "18:00", "18:00"),
    (6, "points 1-7", "6 points (scale 1-7)", "6 分（1-7 分制）"),
    (2, "件", "2 件", "2 件"),
    ("delivery by Friday", None, "delivery by Friday", "delivery by Friday"),
    (None, "hour", "", ""),
]


@pytest.mark.parametrize(("value", "unit", "english", "chinese"), AMOUNTS)
def test_amounts_are_said_with_their_unit(value: float | str | None, unit: str, english: str, chinese: str) -> None:
    assert amount(value, unit, "en") == english
    assert amount(value, unit, "zh") == chinese


@given(
    st.one_of(st.none(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()),
    st.one_of(st.none(), st.sampled_from([unit for _, unit, _, _ in AMOUNTS]), st.text()),
)
def test_any_value_and_unit_can_be_said(value: float | str | None, unit: str | None) -> None:
    assert isinstance(amount(value, unit, "en"), str)
    assert isinstance(amount(value, unit, "zh"), str)


def test_shares_have_a_decimal_only_where_it_matters() -> None:
    assert [percent(share) for share in (0, 0.004, 0.0624, 0.27, 1)] == ["0 %", "0.4 %", "6.2 %", "27 %", "100 %"]
    # Wilson's interval of 81 of 263
    assert interval(0.2553, 0.3662) == "26–37 %"
    assert interval(0.2553, 0.3662, "zh") == "26–37%"


def test_differences_of_shares_carry_their_sign() -> None:
    assert [points(change) for change in (0.16, -0.035, 0.0, 0.0004)] == ["+16", "−3.5", "0", "0"]


def test_numbers_have_no_empty_decimals() -> None:
    assert [number(value) for value in (72, 2.50, 1200, -0.01)] == ["72", "2.5", "1,200", "0"]


def test_moments_are_said_in_the_reader_s_zone() -> None:
    at = datetime(2026, 11, 2, 17, 30, tzinfo=UTC)
    shanghai = ZoneInfo("Asia/Shanghai")
    assert moment(at, UTC, "en") == "2 November, 17:30"
    assert moment(at, shanghai, "zh") == "11月3日 01:30"
    assert day(at, shanghai, "en") == "3 November"
    assert moment(datetime(2026, 11, 2, tzinfo=UTC), UTC, "en") == "2 November"  # midnight sharp: a day alone
