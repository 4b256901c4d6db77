"""Business time: opening hours, holidays, clock changes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.business_time import BusinessTime
from feedbackloop.errors import ConfigError
from feedbackloop.settings import Calendar

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = BusinessTime(Calendar(), BERLIN)
HOUR = 3600


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-11-02 09:00", "2026-11-02 12:30", 3.5),  # Monday morning
        ("2026-11-02 16:00", "2026-11-03 10:00", 2),  # 16-17 and 9-10
        ("2026-11-06 16:00", "2026-11-09 10:00", 2),  # Friday evening to Monday morning: the week-end is nothing
        ("2026-11-07 10:00", "2026-11-08 20:00", 0),  # within the week-end
        ("2026-11-02 03:00", "2026-11-02 23:00", 8),  # a whole day
        ("2026-11-02 00:00", "2026-11-16 00:00", 80),  # two weeks of 40
        ("2026-11-03 10:00", "2026-11-02 16:00", -2),  # backwards
    ],
)
def test_only_opening_hours_count(start: str, end: str, hours: float) -> None:
    assert OFFICE.seconds_between(at(start), at(end)) == pytest.approx(hours * HOUR)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-02 09:00", 8, "2026-11-02 17:00"),  # ends with the day, not with the next morning
        ("2026-11-02 10:00", 8, "2026-11-03 10:00"),
        ("2026-11-06 16:30", 1, "2026-11-09 09:30"),  # half an hour on Friday, half on Monday
        ("2026-11-07 12:00", 2, "2026-11-09 11:00"),  # written on Saturday: Monday 9 + 2
        ("2026-11-02 10:00", 400, "2027-01-11 10:00"),  # 50 business days, over the turn of the year
        ("2026-11-07 12:00", 0, "2026-11-07 12:00"),
    ],
)
def test_a_deadline_runs_through_opening_hours_only(start: str, hours: float, due: str) -> None:
    assert OFFICE.add(at(start), hours * HOUR) == at(due)


def test_business_days_keep_the_time_of_day() -> None:
    assert OFFICE.add_days(at("2026-11-06 15:00"), 1) == at("2026-11-09 15:00")


def test_days_of_a_standard_are_business_days_and_hours_are_hours() -> None:
    assert OFFICE.length(timedelta(hours=8)) == 8 * HOUR
    assert OFFICE.length(timedelta(days=2)) == 2 * 8 * HOUR
    assert OFFICE.length(timedelta(weeks=1)) == 5 * 8 * HOUR
    assert OFFICE.length(timedelta(hours=36)) == 36 * HOUR
    assert OFFICE.length(timedelta(0)) == 0


def test_holidays_of_the_config_are_closed() -> None:
    closed = BusinessTime(Calendar(holidays=(date(2026, 12, 24),)), BERLIN)
    assert closed.seconds_between(at("2026-12-23 17:00"), at("2026-12-25 09:00")) == 0
    assert closed.add(at("2026-12-23 16:00"), 2 * HOUR) == at("2026-12-25 10:00")
    assert not closed.is_business_day(date(2026, 12, 24))


def test_public_holidays_of_a_country_and_of_its_part_are_closed() -> None:
    # 3 October 2025 is a Friday. Corpus Christi 2026 (4 June) is a holiday in Bavaria, not in all of Germany.
    germany = BusinessTime(Calendar(country="DE"), BERLIN)
    assert germany.add(at("2025-10-02 16:00"), 2 * HOUR) == at("2025-10-06 10:00")
    assert germany.is_business_day(date(2026, 6, 4))
    assert not BusinessTime(Calendar(country="DE-BY"), BERLIN).is_business_day(date(2026, 6, 4))


def test_an_unknown_country_is_named_when_the_calendar_is_made() -> None:
    with pytest.raises(ConfigError, match=r"calendar\.country.*'XX'"):
        BusinessTime(Calendar(country="XX"), BERLIN)


def test_a_calendar_without_days_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"calendar\.days"):
        BusinessTime(Calendar(days=()), BERLIN)


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    # Berlin: 29 March 2026 has 23 hours, 25 October 2026 has 25; both are Sundays.
    always = BusinessTime(
        Calendar(days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"), hours=(time(0), time(0))), BERLIN
    )
    assert always.seconds_between(at("2026-03-29 00:00"), at("2026-03-30 00:00")) == 23 * HOUR
    assert always.seconds_between(at("2026-10-25 00:00"), at("2026-10-26 00:00")) == 25 * HOUR
    # Over the change, opening hours stay at nine o'clock local time: 08:00 UTC before, 07:00 UTC after.
    assert OFFICE.add(at("2026-03-27 16:00"), 2 * HOUR) == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_hours_may_run_over_midnight() -> None:
    night = BusinessTime(Calendar(days=("mon",), hours=(time(22), time(6))), BERLIN)
    assert night.day_seconds == 8 * HOUR
    assert night.seconds_between(at("2026-11-02 20:00"), at("2026-11-04 00:00")) == 8 * HOUR
    assert night.add(at("2026-11-02 23:00"), 8 * HOUR) == at("2026-11-09 23:00")


def test_years_are_laid_out_in_any_order() -> None:
    fresh = BusinessTime(Calendar(), BERLIN)
    late = fresh.seconds_between(at("2026-11-02 09:00"), at("2026-11-02 17:00"))
    early = fresh.seconds_between(at("1999-11-02 09:00"), at("1999-11-02 17:00"))
    assert late == early == 8 * HOUR
    assert fresh.seconds_between(at("1990-01-01 00:00"), at("2090-01-01 00:00")) > 0


def test_what_is_due_after_all_time_is_due_at_its_end() -> None:
    assert OFFICE.add(at("2026-11-02 09:00"), 1e12).year == 2100


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda t: t.replace(tzinfo=UTC))


@given(moments, st.floats(0, 400 * HOUR))
def test_what_is_added_lies_between(start: datetime, seconds: float) -> None:
    due = OFFICE.add(start, seconds)
    assert due >= start
    assert OFFICE.seconds_between(start, due) == pytest.approx(seconds, abs=1e-3)


@given(moments, moments, moments)
def test_spans_add_up(a: datetime, b: datetime, c: datetime) -> None:
    both = OFFICE.seconds_between(a, b) + OFFICE.seconds_between(b, c)
    assert both == pytest.approx(OFFICE.seconds_between(a, c), abs=1e-3)
