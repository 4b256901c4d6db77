"""Times are read, bounded and put into weeks in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop import clock

BERLIN = ZoneInfo("Europe/Berlin")
moments = st.datetimes(datetime(1991, 1, 1), datetime(2098, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-02T09:00:00Z", "2026-11-02T09:00:00Z"),
        ("2026-11-02T09:00:00+08:00", "2026-11-02T01:00:00Z"),
        ("2026-11-02T09:00:00", "2026-11-02T08:00:00Z"),  # no zone: Berlin's, an hour ahead in winter
        ("2026-07-02", "2026-07-01T22:00:00Z"),  # a day alone is its start, two hours ahead in summer
    ],
)
def test_a_time_without_a_zone_is_read_in_the_sources(text: str, utc: str) -> None:
    assert clock.iso(clock.parse_time(text, BERLIN)) == utc


@pytest.mark.parametrize("text", ["1969-12-31", "9999-12-31T23:59:59+00:00", "0001-01-01", "soon", "", "2026-13-01"])
def test_a_time_outside_the_bounds_or_none_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        clock.parse_time(text)


@given(moments, st.sampled_from(["UTC", "Europe/Berlin", "Asia/Shanghai", "America/New_York"]))
def test_every_moment_lies_in_its_own_week(moment: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    start, end = clock.week_bounds(clock.week_of(moment, zone), zone)
    assert start <= moment < end
    assert timedelta(days=7) - timedelta(hours=2) <= end - start <= timedelta(days=7) + timedelta(hours=2)


@given(moments, st.integers(-200, 200))
def test_weeks_are_counted_forth_and_back(moment: datetime, by: int) -> None:
    week = clock.week_of(moment)
    assert clock.week_shift(clock.week_shift(week, by), -by) == week


def test_the_week_across_a_change_of_clocks_has_an_hour_more() -> None:
    start, end = clock.week_bounds("2026-W43", BERLIN)  # clocks go back on Sunday 25 October
    assert end - start == timedelta(days=7, hours=1)


def test_the_last_full_week_ends_on_sunday_night_where_the_desk_is() -> None:
    monday_in_berlin = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)
    assert clock.last_full_week(monday_in_berlin, BERLIN) == "2026-W44"
    assert clock.last_full_week(monday_in_berlin, UTC) == "2026-W43"


@pytest.mark.parametrize("text", ["2026-47", "2026-W54", "W47", "2026-W00"])
def test_what_is_not_a_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        clock.week_bounds(text)


@pytest.mark.parametrize(
    ("text", "seconds"), [("30m", 1800), ("4h", 14400), ("2d", 172800), ("1w", 604800), ("0.5h", 1800)]
)
def test_durations(text: str, seconds: int) -> None:
    assert clock.duration(text) == timedelta(seconds=seconds)
