"""Which quantities does a text name, and until when does it say that something will happen?

Relative dates ("tomorrow", "by Friday", 下周二) are resolved against the time at which the text was written, in the
zone of that time. A day that is named ends at its midnight there; an amount ("within 24 hours") counts from the moment of
writing, a range ("5-7 working days") by its upper end.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from functools import cache

from msgspec import Struct

from feedbackloop.understanding.memory import remembered
from feedbackloop.understanding.quantity import en as quantity_en
from feedbackloop.understanding.quantity import zh as quantity_zh
from feedbackloop.understanding.quantity.quantities import Quantity, spans_joined, without_overlaps

AddBusiness = Callable[[datetime, float], datetime]
"""Gives the moment that lies so many business days after another."""

_WEEKDAYS = {name: i for i, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))}
_XINGQI = {name: i for i, name in enumerate("一二三四五六日")} | {"天": 6, "末": 6}
_HINTS = re.compile(
    r"[\d$£€¥半次隔一二两三四五六七八九十]|\b(?:an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
    r"|\w+teen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hour|half|quarter|next|nextday|overnight|couple|noon|midnight"
    r"|within the)\b"
)

_ELAPSING = frozenset({"second", "minute", "hour"})
"""Units that pass at the same pace on the night when clocks are set back; a day is over at the same time of day."""

_JOINT = re.compile(r"\s?(?:-|–|—|~|to|till|until|至|到)\s?")
_BETWEEN = re.compile(r"\s?(?:and|&(?:amp;)?|和)\s?")
"""Between two times of day it makes a span of them."""

_UNTIL = re.compile(r"^(?!.*\bfor\b).*\b(?:by|before|until|till|at)\s(?:about |around )?$", re.DOTALL)
"""An hour is a time limit after one of these; "book you for Friday at six" is none."""


class Due(Struct, frozen=True):
    """A moment until which something was said to happen, and the words that say so (their place in the text)."""

    at: datetime
    start: int
    end: int
    quantity: Quantity | None = None


def may_name(text: str, start: int, end: int) -> bool:
    """Say at a glance whether `quantities` may find any in a place of a text in lower case."""
    return _HINTS.search(text, start, end) is not None


@remembered
def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """Give the durations, times, dates, amounts and counts of a text, in its order, without overlaps.

    Remembered for the last texts: clauses are asked more than once.

    Args:
        text: Any text; upper and lower case do not matter.
        language: "zh" reads Chinese and what Latin units stand in it; all else is read as English.
    """
    lower = lowered(text)
    if not _HINTS.search(lower):
        return ()
    readings = list(quantity_zh.find(lower) if language == "zh" else quantity_en.find(lower))
    if len(readings) < 2:
        return tuple(readings)
    found = without_overlaps(readings)
    return tuple(spans_joined(found, lambda start, end: _joins(lower, start, end)))


def _joins(text: str, start: int, end: int) -> bool:
    """Say whether what stands between two times of day makes a span of them: "1pm - 5pm", "between 8 and 10"."""
    if _JOINT.fullmatch(text, start, end):
        return True
    return bool(_BETWEEN.fullmatch(text, start, end)) and "between" in text[max(0, start - 24) : start]


def lowered(text: str) -> str:
    """Give the text in lower case with every character in its place (İ and its kin stay as they are)."""
    lower = text.lower()
    return lower if len(lower) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def add_business_days(start: datetime, days: float) -> datetime:
    """Count working days, Monday to Friday, from a moment; the time of day stays. The default where no calendar is given."""
    moment, left = start, max(0, int(days))
    while left > 0:
        moment += timedelta(days=1)
        left -= moment.weekday() < 5
    return moment


def after(start: datetime, quantity: Quantity, add_business: AddBusiness = add_business_days) -> datetime | None:
    """Give the moment at which a duration that begins at `start` is over; None if it is no duration or leaves the calendar."""
    seconds = quantity.seconds
    if seconds is None or quantity.is_relative or seconds > 3.2e9:
        return None
    try:
        if quantity.unit == "business_day":
            return add_business(start, quantity.high)
        if quantity.unit in {"month", "year"} and quantity.high == int(quantity.high):
            return _add_months(start, int(quantity.high) * (12 if quantity.unit == "year" else 1))
        if quantity.unit in _ELAPSING:
            return (start.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(start.tzinfo)
        return start + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None


def due(text: str, at: datetime | None, language: str, add_business: AddBusiness = add_business_days) -> Due | None:
    """Say until when the text promises; None if it names no time or it is not known when it was written.

    Amounts need a word that makes them a time limit ("within", "in", 内, 后): "a 3 day trip" promises nothing.
    """
    if at is None:
        return None
    lower = lowered(text)
    limit = _limit(lower, at, language, add_business)
    return limit or _named_day(lower, at, language) or _clock_today(lower, at, language)


@cache
def _limit_words(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    if language == "zh":
        return re.compile(r"$^"), re.compile(
            r"\s?(?:之内|以内|内|之后|以后|后|左右|到|可以?到|送达|发货|回复|答复|到账|到货)"
        )
    before = re.compile(
        r"(?:\bwithin|\bin|\bunder|\bfor|\btakes?|\bno more than|\bat most|\bup to|\bless than)"
        r"(?: (?:the|about|around|approximately|roughly|next|another|a|maximum|of|just|only|under|following)){0,3}\s?$"
    )
    return before, re.compile(
        r"\s?(?:from now|or less|at (?:the )?(?:most|latest)|delivery|shipping|turnaround|time)\b"
    )


def _limit(text: str, at: datetime, language: str, add_business: AddBusiness) -> Due | None:
    before, behind = _limit_words("zh" if language == "zh" else "en")
    for quantity in quantities(text, language):
        if quantity.kind != "duration":
            continue
        if before.search(text[max(0, quantity.start - 40) : quantity.start]) or behind.match(text, quantity.end):
            moment = after(at, quantity, add_business)
            if moment:
                return Due(moment, quantity.start, quantity.end, quantity)
    return None


@cache
def _days(language: str) -> re.Pattern[str]:
    if language == "zh":
        return re.compile(
            r"(?P<today>今天|今日|今晚|当天|当日)|(?P<after>大?后天)|(?P<tomorrow>明天|明日|明早|明晚|次日|第二天|隔天)"
            r"|(?P<which>下下|下|这|本)?(?:个)?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天末])"
            r"|(?P<week>下周|下星期|下个星期|下礼拜|本周|这周|本星期)|(?P<month>月底|月末|本月内)"
        )
    days = "mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
    return re.compile(
        r"\b(?:(?P<after>the day after tomorrow)|(?P<tomorrow>tomorrow|tmrw|tomoz|the (?:next|following) day)"
        r"|(?P<today>today|tonight|(?:the )?same day|(?:by |the )?end of (?:the )?day|eod)"
        rf"|(?:by|on|before|until|this|this coming|coming)\s(?P<which>next\s)?(?P<weekday>{days})"
        rf"|(?P<which2>next)\s(?P<weekday2>{days})"
        r"|(?P<week>next week|this week|(?:the )?end of (?:the|this|next) week)"
        r"|(?P<month>(?:the )?end of (?:the|this) month))\b"
    )


def _named_day(text: str, at: datetime, language: str) -> Due | None:
    match = _days("zh" if language == "zh" else "en").search(text)
    if match:
        day = at + timedelta(days=_days_ahead(match, at))
        return Due(_hour_of(day, text, language) or _end_of_day(day), *match.span())
    named = next((q for q in quantities(text, language) if q.kind == "date"), None)
    dated = _date(named, at) if named else None
    return Due(_end_of_day(dated), named.start, named.end, named) if named and dated else None


def _hour_of(day: datetime, text: str, language: str) -> datetime | None:
    """Give the hour of a named day: "tomorrow between 9am and 11am" is by eleven."""
    said = next((quantity for quantity in quantities(text, language) if quantity.kind == "clock"), None)
    return datetime.combine(day.date(), time(0), day.tzinfo) + timedelta(minutes=said.high) if said else None


def _days_ahead(match: re.Match[str], at: datetime) -> int:
    if match["today"]:
        return 0
    if match["tomorrow"] or match["after"]:
        return 1 if match["tomorrow"] else 2 + match["after"].startswith("大")
    if match["week"]:
        following = match["week"].startswith("下") or "next" in match["week"]
        return 6 - at.weekday() + (7 if following else 0)
    if match["month"]:
        return calendar.monthrange(at.year, at.month)[1] - at.day
    return _weekday_ahead(match, at)


def _weekday_ahead(match: re.Match[str], at: datetime) -> int:
    groups = match.groupdict()
    word = groups["weekday"] or groups["weekday2"] or ""
    which = (groups["which"] or groups.get("which2") or "").strip()
    day = _XINGQI[word] if word in _XINGQI else _WEEKDAYS[word[:3]]
    if which in {"下", "下下"}:
        return day - at.weekday() + 7 * len(which)
    ahead = (day - at.weekday()) % 7
    if ahead == 0:  # today is called today: on a Wednesday "by Wednesday" is a week ahead, 这周三 is today
        return 0 if which in {"这", "本"} or "this" in match[0] else 7
    return ahead + 7 if which == "next" and day > at.weekday() and ahead < 2 else ahead


def _clock_today(text: str, at: datetime, language: str) -> Due | None:
    for quantity in quantities(text, language):
        if quantity.kind == "clock" and (language == "zh" or _UNTIL.search(text[: quantity.start])):
            moment = datetime.combine(at.date(), time(0), at.tzinfo) + timedelta(minutes=quantity.high)
            return Due(moment if moment > at else moment + timedelta(days=1), quantity.start, quantity.end, quantity)
    return None


def _date(quantity: Quantity, at: datetime) -> datetime | None:
    """Give the day that a date means: where no year is said, the one nearest to `at` that is not long past."""
    parts = [int(part) for part in str(quantity.value).split("-")]
    try:
        if len(parts) == 3:
            return at.replace(year=parts[0], month=parts[1], day=parts[2])
        day = at.replace(month=parts[0], day=parts[1])
        return day if at - day < timedelta(days=180) else day.replace(year=at.year + 1)
    except ValueError:
        return None


def _end_of_day(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=59, second=59, microsecond=0)


def _add_months(start: datetime, months: int) -> datetime:
    total = start.year * 12 + start.month - 1 + months
    year, month = divmod(total, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1]))
