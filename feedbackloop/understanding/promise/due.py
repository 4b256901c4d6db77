"""Until when does an agent promise? `duration.due` and the forms that only somebody who commits himself uses.

    the latest of two       最快次日达，最晚后天: the later one holds
    parts of a day          "this afternoon", 明天上午: the morning ends at noon, the afternoon at six
    days named bare         "Wednesday at the latest", "by the 15th", "the next business day", 年底前
    spans without "within"  "give me two hours", "allow ten working days", 大概45分钟给您送到, 5日内

In customers' words most of these tell of something else, so they are not read there.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta
from functools import cache, partial

from feedbackloop.understanding.quantity.duration import AddBusiness, Due, after, due, quantities

_MAY_NAME_TIME_EN = re.compile(
    r"[nosir]day|days|tmrw|eod\b|\b(?:(?:next|same|following|business|working|work|of|the|one|a) day\b"
    r"|tomorrow|tomoz|tonight|noon|midnight|morning"
    r"|evening|afternoon|weeks?\b|wks?\b|fortnight|weekend|month|hour|minute|mins?\b|hrs?\b|year"
    r"|(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.? \d|(?:at|by|before|until|till) (?:the )?\d)"
    r"|\d(?:[:/.-]\d|\s?[aph]\.?m?\b|st\b|nd\b|rd\b|th\b|h\b|hrs?\b|mins?\b"
    r"| (?:of )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))"
)
_MAY_NAME_TIME_ANY = re.compile(rf"[今明后次隔周月天日号时分点年晚早午]|{_MAY_NAME_TIME_EN.pattern}")
"""Without one of these no time limit is named."""
_LATEST = re.compile(r"\b(?:no later than|at the latest by)\b|最[晚迟]")
_PARTS = (
    (re.compile(r"\bnoon\b|\bmidday\b|\bmorning\b|上午|早上|中午"), 12),
    (re.compile(r"\bafternoon\b|下午"), 18),
)
"""Words for parts of a day, and the hour at which each ends."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NUMERALS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}


def may_name_time(words: str) -> bool:
    """Say at a glance whether `limit` may find anything in words in lower case."""
    return (_MAY_NAME_TIME_EN if words.isascii() else _MAY_NAME_TIME_ANY).search(words) is not None


def limit(piece: str, at: datetime, language: str, add_business: AddBusiness) -> Due | None:
    """Say until when a piece of an agent's words promises; None if it names no time.

    Args:
        piece: A clause in lower case; one that fails `may_name_time` has none.
        at: When it was said, in the zone in which days begin.
        language: "en" or "zh".
        add_business: Adds business days to a moment; the day on which something is said is none of them.
    """
    return _limit(piece, at, language, partial(_from_the_next_day, add_business))


def _from_the_next_day(add_business: AddBusiness, start: datetime, days: float) -> datetime:
    """Add business days; what is said before the office opens is as if it were said when it closes.

    Else "within one working day", said at eight in the morning, would be over at five.
    """
    one_later = add_business(start, 1)
    is_same_day = one_later.astimezone(start.tzinfo).date() == start.date()
    return add_business(one_later if is_same_day else start, days)


def _limit(piece: str, at: datetime, language: str, add_business: AddBusiness) -> Due | None:
    latest = _LATEST.search(piece)
    if latest:
        later = _limit(piece[latest.end() :], at, language, add_business)
        if later:
            return Due(later.at, later.start + latest.end(), later.end + latest.end(), later.quantity)
    found = due(piece, at, language, add_business)
    return _by_part_of_day(found, piece) if found else _own_form(piece, at, language, add_business)


def _by_part_of_day(found: Due, piece: str) -> Due:
    """Give the end of the part of the day that is named with a day; without one the day ends at midnight."""
    if found.at.hour != 23 or found.quantity is not None:
        return found
    hour = next((hour for part, hour in _PARTS if part.search(piece)), None)
    return Due(_at_hour(found.at, hour), found.start, found.end) if hour else found


@cache
def _forms(language: str) -> re.Pattern[str]:
    if language == "zh":
        return re.compile(
            r"(?P<days>\d{1,2}|[一二两三四五六七八九十])日(?:之内|以内|内)"
            r"|(?:下个?月(?P<next_day>\d{1,2})[号日])|(?P<month_day>(?<![\d月])\d{1,2})[号日](?:之?前|以前|给|发|到|寄|送)"
            r"|(?P<year>年底|年末|年内)|(?P<business>下一?个?工作日)|(?P<today>下午|傍晚|晚上|今早|午后|中午)"
        )
    return re.compile(
        r"(?P<today>\bthis (?:morning|afternoon|evening)\b)|(?P<business>\bnext (?:business|working|work) day\b)"
        r"|(?P<hour>\b(?:with)?in the (?:next |coming )?hour\b)|(?P<year>\bend of (?:the|this) year\b)"
        r"|(?P<weekend>\b(?:before|by|over|at) (?:the|this) weekend\b)"
        r"|\bby the (?P<month_day>\d{1,2})(?:st|nd|rd|th)\b"
        r"|\b(?<!\bfor )(?P<weekday>(?:mon|tue|wed|thu|fri)(?:day|sday|nesday|rsday)?|saturday|sunday)\b"
    )


_SPAN_BEFORE = re.compile(
    r"(?:\b(?:give (?:me|us)|allow|takes?|need)(?: (?:for|about|around|roughly|another|only|up to))*"
    r"|需要?|一般|通常|正常|大概|大约|预计|约|只要|最多)\s?$"
)
_SPAN_BEHIND = re.compile(r"\s?(?:at most|max\b|tops\b|就|原路|退|返|给您|为您|给你|送|到|修好|出)")


def _own_form(piece: str, at: datetime, language: str, add_business: AddBusiness) -> Due | None:
    for quantity in quantities(piece, language):
        beside = _SPAN_BEFORE.search(piece, 0, quantity.start) or _SPAN_BEHIND.match(piece, quantity.end)
        moment = after(at, quantity, add_business) if beside and quantity.kind == "duration" else None
        if moment:
            return Due(moment, quantity.start, quantity.end, quantity)
    form = _forms(language).search(piece)
    moment = _moment(form, at, add_business) if form else None
    return _by_part_of_day(Due(moment, *form.span()), piece) if form and moment else None


def _moment(form: re.Match[str], at: datetime, add_business: AddBusiness) -> datetime | None:
    said, groups = form.lastgroup, form.groupdict()
    if said == "hour":
        return (at.astimezone(UTC) + timedelta(hours=1)).astimezone(at.tzinfo)
    if said == "business":
        return _at_hour(add_business(at, 1), None)
    if said == "days":
        return at + timedelta(days=_number(form["days"]))
    if said == "year":
        return _at_hour(at.replace(month=12, day=31), None)
    if said in {"month_day", "next_day"}:
        return _day_of_month(at, int(form[said]), following=bool(groups.get("next_day")))
    if said == "weekend":
        return _at_hour(at + timedelta(days=6 - at.weekday()), None)
    ahead = (_DAYS.index(form["weekday"][:3]) - at.weekday()) % 7 or 7 if said == "weekday" else 0
    return _at_hour(at + timedelta(days=ahead), None)


def _number(said: str) -> int:
    return int(said) if said.isdecimal() else _NUMERALS[said]


def _day_of_month(at: datetime, day: int, *, following: bool) -> datetime | None:
    """Give the next such day: this month's, or the following one's where it has passed or is named."""
    month = at.replace(day=1)
    if following or day < at.day:
        month = (month + timedelta(days=31)).replace(day=1)
    if not 1 <= day <= calendar.monthrange(month.year, month.month)[1]:
        return None
    return _at_hour(month.replace(day=day), None)


def _at_hour(moment: datetime, hour: int | None) -> datetime:
    """Give a full hour of a day, or the day's last second."""
    if hour is None:
        return moment.replace(hour=23, minute=59, second=59, microsecond=0)
    return moment.replace(hour=hour, minute=0, second=0, microsecond=0)
