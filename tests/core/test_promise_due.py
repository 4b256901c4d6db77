"""Are the time limits of agents read, in the forms that only somebody who commits himself uses?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedbackloop.analysis.business_time import BusinessTime
from feedbackloop.settings import Calendar
from feedbackloop.understanding.promise.due import limit
from feedbackloop.understanding.quantity.duration import add_business_days

TUESDAY = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
NIGHT = "23:59"

LIMITS = [
    # the words, month-day and hour until when
    ("this afternoon", "en", "11-03 18:00"),
    ("tomorrow morning", "en", "11-04 12:00"),
    ("by tomorrow noon", "en", "11-04 12:00"),
    ("by close of business friday", "en", f"11-06 {NIGHT}"),
    ("wednesday at the latest", "en", f"11-04 {NIGHT}"),
    ("by tuesday", "en", f"11-10 {NIGHT}"),  # said on a Tuesday
    ("saturday", "en", f"11-07 {NIGHT}"),
    ("over the weekend", "en", f"11-08 {NIGHT}"),
    ("by the 15th", "en", f"11-15 {NIGHT}"),
    ("by the 2nd", "en", f"12-02 {NIGHT}"),  # this month's has passed
    ("the next business day", "en", f"11-04 {NIGHT}"),
    ("within the next hour", "en", "11-03 11:00"),
    ("by the end of the year", "en", f"12-31 {NIGHT}"),
    ("give me two hours", "en", "11-03 12:00"),
    ("allow 10 working days for it", "en", "11-17 10:00"),  # 4 5 6 | 9-13 | 16 17
    ("ten minutes at most", "en", "11-03 10:10"),
    ("by 20 november 2026", "en", f"11-20 {NIGHT}"),
    ("no later than november 30", "en", f"11-30 {NIGHT}"),
    ("下午给您打过去", "zh", "11-03 18:00"),
    ("明天上午上门", "zh", "11-04 12:00"),
    ("大后天寄出", "zh", f"11-06 {NIGHT}"),
    ("最快次日达最晚后天送到", "zh", f"11-05 {NIGHT}"),  # the later one holds
    ("5日内到账", "zh", "11-08 10:00"),
    ("十日内到账", "zh", "11-13 10:00"),
    ("8号前寄出", "zh", f"11-08 {NIGHT}"),
    ("下个月5号前", "zh", f"12-05 {NIGHT}"),
    ("年底前", "zh", f"12-31 {NIGHT}"),
    ("下一个工作日", "zh", f"11-04 {NIGHT}"),
    ("大概45分钟给您送到", "zh", "11-03 10:45"),
    ("一般1到3个工作日原路退回", "zh", "11-06 10:00"),
    ("十分钟后给您回电", "zh", "11-03 10:10"),
]


@pytest.mark.parametrize(("words", "language", "until"), LIMITS)
def test_agents_name_time_limits_in_many_forms(words, language, until):
    found = limit(words, TUESDAY, language, add_business_days)
    assert found is not None
    assert f"{found.at:%m-%d %H:%M}" == until


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("i will book you for friday", "en"),  # an appointment, no time limit
        ("the cat sat in the sun", "en"),
        ("by the 31st", "en"),  # no such day in November
        ("a 3 day trip", "en"),
        ("3个人", "zh"),
        ("下个月32号前", "zh"),
    ],
)
def test_other_days_and_amounts_limit_nothing(words, language):
    assert limit(words, TUESDAY, language, add_business_days) is None


OFFICE = BusinessTime(Calendar(), UTC)
"""Monday to Friday, nine to five."""


@pytest.mark.parametrize(
    ("said", "until"),
    [
        ("11-03 08:00", "11-04 17:00"),  # before it opens on Tuesday: that day is none of the days
        ("11-03 10:00", "11-04 10:00"),
        ("11-03 20:00", "11-04 17:00"),
        ("11-06 20:00", "11-09 17:00"),  # Friday evening: the close of Monday
        ("11-07 12:00", "11-09 17:00"),  # Saturday
    ],
)
def test_the_day_on_which_it_is_said_is_no_business_day_of_the_promise(said, until):
    at = datetime.strptime(f"2026-{said}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    found = limit("within one working day", at, "en", OFFICE.add_days)
    assert found is not None
    assert f"{found.at:%m-%d %H:%M}" == until


def test_the_place_of_the_words_is_that_in_the_whole_piece():
    words = "it ships soon, no later than november 30"
    found = limit(words, TUESDAY, "en", add_business_days)
    assert found is not None
    assert words[found.start : found.end] == "november 30"


def test_an_hour_is_as_long_when_clocks_are_set_back():
    said = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))  # for the first time: 00:30 UTC
    found = limit("we will answer in the next hour", said, "en", add_business_days)
    assert found.at.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
