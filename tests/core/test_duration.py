"""Are quantities and due times read as the contract wants them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.understanding.quantity.duration import add_business_days, after, due, quantities

WEDNESDAY = datetime(2026, 11, 4, 10, tzinfo=UTC)

ENGLISH = [
    ("within 24 hours", [(24, "hour")]),
    ("a couple of hours", [(2, "hour")]),
    ("half an hour", [(0.5, "hour")]),
    ("an hour and a half", [(1.5, "hour")]),
    ("within 5–7 working days", [("5-7", "business_day")]),
    ("6 to 8 weeks", [("6-8", "week")]),
    ("two-day shipping", [(2, "day")]),
    ("next day delivery", [(1, "day")]),
    ("it came 3 days late", [(3, "day_late")]),
    ("delayed by over an hour", [(1, "hour_late")]),
    ("ten minutes ahead of schedule", [(10, "minute_early")]),
    ("at 7.15 pm, not at 9:05", [("19:15", "clock"), ("09:05", "clock")]),
    ("12 am and 12 pm", [("00:00", "clock"), ("12:00", "clock")]),
    ("between 1pm and 5pm", [("17:00", "clock")]),  # by the end of the window it was to happen
    ("a 12:30 - 14:00 slot", [("14:00", "clock")]),
    ("the appointment was for 9", [("09:00", "clock")]),
    ("come at 5, please", [("17:00", "clock")]),  # a bare hour from one to five is of the afternoon
    ("half past 3", [("15:30", "clock")]),
    ("at 10 o'clock sharp", [("10:00", "clock")]),
    ("at 2:15 in the afternoon", [("14:15", "clock")]),
    ("at 5 stars", [(5, "star")]),
    ("within the hour", [(1, "hour")]),
    ("a fortnight", [(2, "week")]),
    ("1 hour 20 minutes", [(80, "minute")]),
    ("24h", [(24, "hour")]),
    ("16 GB", [(16, "GB")]),
    ("at 2.5 volts", []),
    ("by 10/4 or Dec 19 or 2026-11-30", [("10-04", "date"), ("12-19", "date"), ("2026-11-30", "date")]),
    ("$1,051.50 and 30 euros", [(1051.5, "USD"), (30, "EUR")]),
    ("a fee of 50%", [(0.5, "fraction")]),
    ("about 1/4 of the charge", [(0.25, "fraction")]),
    ("3 boxes", [(3, "box")]),
    ("forty-five minutes", [(45, "minute")]),
    ("fifteen days, twenty five dollars", [(15, "day"), (25, "USD")]),
    ("half hour late", [(0.5, "hour_late")]),
    ("1 1/2 hours", [(1.5, "hour")]),
    ("an hour and 20 minutes", [(80, "minute")]),  # 60 + 20
    ("couple days", [(2, "day")]),
    ("thirty ( 30 ) days", [(30, "day")]),
    ("two days sooner than they said", [(2, "day_early")]),
    ("an hour past our reservation time", [(1, "hour_late")]),
    ("we promise overnight", [(1, "day")]),
    ("three calls a day", [(3, "call")]),
    ("on a day like this", []),
    ("half the price", [(0.5, "fraction")]),
    ("a few days", []),
    ("", []),
]
CHINESE = [
    ("24小时", [(24, "hour")]),
    ("3天", [(3, "day")]),
    ("半个月", [(0.5, "month")]),
    ("两三天", [("2-3", "day")]),
    ("1至3天", [("1-3", "day")]),
    ("三四十分钟", [("30-40", "minute")]),
    ("两个半小时", [(2.5, "hour")]),
    ("5个工作日", [(5, "business_day")]),
    ("晚了40分钟", [(40, "minute_late")]),
    ("提前十分钟", [(10, "minute_early")]),
    ("16点30送到", [("16:30", "clock")]),
    ("下午3点半", [("15:30", "clock")]),
    ("晚12点", [("24:00", "clock")]),
    ("2点入住", [("14:00", "clock")]),
    ("9点到11点", [("11:00", "clock")]),
    ("早到25分钟", [(25, "minute_early")]),
    ("超期三周", [(3, "week_late")]),
    ("1小时20分钟", [(80, "minute")]),
    ("5月12日", [("05-12", "date")]),
    ("2008年4月12日", [("2008-04-12", "date")]),
    ("四十块", [(40, "CNY")]),
    ("¥9.9", [(9.9, "CNY")]),
    ("打八折", [(0.8, "fraction")]),
    ("三分之一", [(0.3333, "fraction")]),
    ("三个装", [(3, "个")]),
    ("16G的", [(16, "GB")]),
    ("500g的", [(500, "g")]),
    ("约的三点", [("15:00", "clock")]),  # an appointment makes an hour of it
    ("两点了还没来", [("14:00", "clock")]),
    ("198的大床房", [(198, "CNY")]),
    ("只有8样", [(8, "样")]),
    ("完全不一样", []),
    ("缺点有三点", []),
    ("好几天", []),
    ("有一点不好", []),
    ("两点建议", []),
]


@pytest.mark.parametrize(("text", "expected"), ENGLISH)
def test_english_quantities_have_the_contracts_units(text, expected):
    assert [(q.value, q.unit) for q in quantities(text, "en")] == expected


@pytest.mark.parametrize(("text", "expected"), CHINESE)
def test_chinese_quantities_have_the_contracts_units(text, expected):
    assert [(q.value, q.unit) for q in quantities(text, "zh")] == expected


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("within 24 hours", "en", datetime(2026, 11, 5, 10)),
        ("in two days", "en", datetime(2026, 11, 6, 10)),
        ("within 5-7 working days", "en", datetime(2026, 11, 13, 10)),  # Thu Fri | Mon … Fri = 7, from a Wednesday
        ("tomorrow", "en", datetime(2026, 11, 5, 23, 59, 59)),
        ("by Friday", "en", datetime(2026, 11, 6, 23, 59, 59)),
        ("by Monday", "en", datetime(2026, 11, 9, 23, 59, 59)),
        ("by Wednesday", "en", datetime(2026, 11, 11, 23, 59, 59)),  # today would be called today
        ("this Wednesday", "en", datetime(2026, 11, 4, 23, 59, 59)),
        ("周三前", "zh", datetime(2026, 11, 11, 23, 59, 59)),
        ("本周三", "zh", datetime(2026, 11, 4, 23, 59, 59)),
        ("by 4 today", "en", datetime(2026, 11, 4, 16)),  # a bare hour from one to five is of the afternoon
        ("tomorrow between 9am and 11am", "en", datetime(2026, 11, 5, 11)),
        ("明天下午3点前", "zh", datetime(2026, 11, 5, 15)),
        ("by 5pm", "en", datetime(2026, 11, 4, 17)),
        ("by 9am", "en", datetime(2026, 11, 5, 9)),  # nine is over at ten
        ("by the end of the month", "en", datetime(2026, 11, 30, 23, 59, 59)),
        ("by March 3rd", "en", datetime(2027, 3, 3, 23, 59, 59)),  # this year's is long past
        ("24小时内", "zh", datetime(2026, 11, 5, 10)),
        ("3个工作日内", "zh", datetime(2026, 11, 9, 10)),
        ("下周二", "zh", datetime(2026, 11, 10, 23, 59, 59)),
        ("周二", "zh", datetime(2026, 11, 10, 23, 59, 59)),  # this week's Tuesday was yesterday
        ("明天", "zh", datetime(2026, 11, 5, 23, 59, 59)),
        ("下午3点", "zh", datetime(2026, 11, 4, 15)),
    ],
)
def test_relative_dates_count_from_the_moment_of_writing(text, language, expected):
    found = due(text, WEDNESDAY, language)
    assert found is not None
    assert found.at == expected.replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["a 3 day trip", "soon", "as soon as possible", ""])
def test_no_limit_is_read_where_none_is_said(text):
    assert due(text, WEDNESDAY, "en") is None


def test_nothing_is_due_when_the_time_of_writing_is_unknown():
    assert due("tomorrow", None, "en") is None


def test_business_days_are_counted_by_the_calendar_given():
    found = due("within 2 working days", WEDNESDAY, "en", lambda start, days: start + timedelta(days=10 * days))
    assert found is not None
    assert found.at == WEDNESDAY + timedelta(days=20)


def test_business_days_skip_the_weekend():
    friday = datetime(2026, 11, 6, 16, tzinfo=UTC)
    assert add_business_days(friday, 1) == datetime(2026, 11, 9, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("within 24 hours", 24),
        ("within 90 minutes", 1.5),
        ("within 2 days", 49),  # Sunday has 25 hours: over at the same time of day
    ],
)
def test_hours_are_as_long_when_clocks_are_set_back(text, hours):
    written = datetime(2026, 10, 25, 1, 45, tzinfo=ZoneInfo("Europe/Berlin"))  # at three it is two again
    found = due(text, written, "en")
    assert found is not None
    assert found.at.astimezone(UTC) - written.astimezone(UTC) == timedelta(hours=hours)


def test_a_month_ends_on_a_day_that_exists():
    [month] = quantities("within 1 month", "en")
    assert after(datetime(2027, 1, 31, tzinfo=UTC), month) == datetime(2027, 2, 28, tzinfo=UTC)


@given(st.text(), st.sampled_from(["en", "zh"]))
def test_any_text_gives_quantities_inside_it_in_order(text, language):
    found = quantities(text, language)
    assert all(0 <= q.start < q.end <= len(text) for q in found)
    assert [q.start for q in found] == sorted(q.start for q in found)


@given(st.integers(1, 999), st.sampled_from(["minute", "hour", "day", "week", "month", "year"]))
def test_whole_numbers_come_back_as_they_were_said(number, unit):
    [quantity] = quantities(f"{number} {unit}s", "en")
    assert (quantity.value, quantity.unit) == (number, unit)
    assert isinstance(quantity.value, int)
