"""Which quantities does an English text name?"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from feedbackloop.understanding.quantity import quantities as quantity
from feedbackloop.understanding.quantity.quantities import Quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_WORDS = {
    **{word: value for value, word in enumerate(_ONES + _TEENS, 1)},
    **{word: value * 10 for value, word in enumerate(_TENS, 2)},
    **{f"{ten} {one}": t * 10 + o for t, ten in enumerate(_TENS, 2) for o, one in enumerate(_ONES, 1)},
}
_UNITS = {
    **dict.fromkeys(("second", "sec"), "second"),
    **dict.fromkeys(("minute", "min", "mins", "mns"), "minute"),
    **dict.fromkeys(("hour", "hr", "hrs", "h"), "hour"),
    "fortnight": "week",
    "day": "day",
    **dict.fromkeys(("week", "wk", "wks"), "week"),
    **dict.fromkeys(("month", "mth", "mths"), "month"),
    **dict.fromkeys(("year", "yr", "yrs"), "year"),
}
_MONTHS = {
    m: i for i, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_CURRENCIES = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "dollar": "USD",
    "buck": "USD",
    "c$": "CAD",
    "cad": "CAD",
    "a$": "AUD",
    "aud": "AUD",
    "£": "GBP",
    "gbp": "GBP",
    "pound": "GBP",
    "quid": "GBP",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "¥": "JPY",
    "jpy": "JPY",
    "yen": "JPY",
    "rmb": "CNY",
    "cny": "CNY",
    "yuan": "CNY",
    "₹": "INR",
    "inr": "INR",
    "rs": "INR",
    "rs.": "INR",
    "rupee": "INR",
    "aed": "AED",
    "dhs": "AED",
    "dirham": "AED",
    "sgd": "SGD",
    "hkd": "HKD",
    "chf": "CHF",
    "franc": "CHF",
    "idr": "IDR",
    "rp": "IDR",
    "cent": "USD",
}
_COUNTS = (
    "flight|item|ticket|point|bed|towel|slice|wing|egg|drink|channel|screw|song|card|suitcase|stop|device|user|piece|pack|boxes|box|bag|bottle|pair|seat|room|night|call|email|time|page|mile|km|"
    "kg|lb|pound|oz|inches|inch|cm|mm|ml|gb|tb|mbps|mb|mph|megapixel|bar|cup|unit|order|package|star|person|people"
)

_SINGULAR = {
    **{size: size.upper() for size in ("gb", "tb", "mb")},
    "boxes": "box",
    "inches": "inch",
    "people": "person",
    "pound": "lb",
}

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.\d{1,4})?"
_WORD = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-](?:{'|'.join(_ONES)})\b)?|{'|'.join(reversed(_ONES + _TEENS))})"
_AMOUNT = rf"(?:{_NUMBER}|{_WORD})"
_RANGE = rf"(?P<low>{_AMOUNT})(?:\s?(?:-|–|—|~|to|or|and)\s?(?P<high>{_AMOUNT}))?"
_AT_WORD = r"(?<!\w)"
"""Stands before expressions all of whose branches begin where a word does: inside of words none of them is tried."""
_UNIT = r"(?P<unit>seconds?|secs?|minutes?|mins?|mns|hours?|hrs?|h|days?|weeks?|wks?|fortnights?|months?|mths?|years?|yrs?)\b"
_LATE = (
    r"(?P<after>(?:\s(?:plus|or so))?\s(?:late|later than|behind(?: schedule)?|delay(?:ed)?|overdue"
    r"|past due|(?:past|after) (?=(?:the|our|my|their|its) (?:\w+ )?(?:due|delivery|scheduled|promised|reservation|appointment"
    r"|departure|arrival|booked|agreed)\b)"
    r"|early|earlier than|sooner than|ahead of|before schedule|in advance of)(?:\b|(?<= )))"
)
_BEFORE = r"(?P<before>\b(?:delay(?:ed)?|late)\s(?:(?:by|of|for|about|over|around|almost|nearly|another|an?|more|than)\s){0,3})"


_RATED = ("calls", "times", "once", "twice", "hours", "days", "minutes", "emails", "texts", "on", "such", "per")
"""After these "a day" is no duration: "three calls a day", "on a day"."""
_NAMES_UNIT = re.compile(r"sec|min|mn|hour|hr|day|w|mont|mth|y|fortn|\dh\b|\d h\b")
"""Without one of these no duration is named."""


@cache
def _duration() -> re.Pattern[str]:
    no_rate = "".join(rf"(?<!{word} )" for word in _RATED)
    special = (
        rf"(?P<couple>(?:a )?couple(?: of)?|half an?|half a|half(?=[\s-]hour)|{no_rate}an?"
        r"|a single|a (?=fortnight)|(?<=within )the)"
    )
    body = rf"(?:{_RANGE}|\b{special})(?P<half>\sand a half|½|\s1/2)?(?:\+|\splus)?(?:\s?\))?[\s-]{{0,2}}"
    business = r"(?P<business>(?:business|working|work)[\s-])?"
    return re.compile(
        rf"{_AT_WORD}(?:{_BEFORE}\s?)?(?<![\w.$£€,/:]){body}{business}"
        rf"(?:whole |full |straight |long )?{_UNIT}(?P<half2>\sand a half)?{_LATE}?"
    )


@cache
def _fixed() -> re.Pattern[str]:
    return re.compile(
        rf"{_AT_WORD}(?:(?<![\w.])(?P<symbol>us\$|c\$|a\$|[$£€¥₹]|rs\.?\s|aed\s?|usd\s?|gbp\s?|eur\s?|rp\s)\s?(?P<money>{_NUMBER})(?P<kilo>k\b)?"
        rf"|(?<![\w.$£€])(?P<amount>{_AMOUNT})\s?(?P<currency>dollars?|bucks?|usd|cad|aud|pounds?(?! of)|quid|gbp|euros?|eur"
        rf"|yen|rmb|cny|yuan|inr|rupees?|aed|dhs|dirhams?|sgd|hkd|chf|cents?)\b"
        rf"|(?<![\w.])(?P<percent>{_NUMBER})\s?(?:%|percent\b|per cent\b)"
        rf"|(?<![\w./])(?P<top>[1-9])/(?P<bottom>[2-9])(?=\s(?:of|the|as|size|full)\b)"
        rf"|\b(?P<halfof>half)(?=\s(?:of|the|my|our|what|off|price|as)\b)"
        rf"|(?<![\w.$£€])(?P<count>{_NUMBER}|{_WORD})[\s-]?(?P<noun>{_COUNTS})s?\b)"
    )


@cache
def _times() -> re.Pattern[str]:
    month = "(?:" + "|".join(_MONTHS) + r")[a-z]*\.?"
    return re.compile(
        r"(?:(?<!\w)|(?<!\d)(?=\d))(?:(?<![\w:/.$£€])(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?!\d)|\.(?P<dotted>\d{2})(?=\s?[ap]\.?m))?"
        r"(?:\s?(?P<half>[ap])\.?m\b\.?|\s(?P<oclock>o'?clock\b)(?: sharp)?)?"
        r"(?:\s(?:in the|at) (?P<part>morning|afternoon|evening|night)\b)?"
        rf"(?![\w/%]|\s(?:of\s)?{month}\b)"
        r"|\b(?:at|by|till|until|before|after|around|for|from|between|to) (?P<bare>1[0-2]|[1-9])(?= sharp|\s?[.,;!?)](?!\d)|\s?$"
        r"| (?:on |and |but |to |in the |today|tomorrow|tonight|this |that |yet|so |then |as |i |we |he |she"
        r" |it |they |nobody|no one|just|came|is |was ))"
        r"|\b(?P<past>half past|quarter past|quarter to) (?P<past_hour>1[0-2]|[1-9])\b"
        r"|\b(?P<word>noon|midnight)\b"
        r"|(?<![\w/])(?P<m>\d{1,2})/(?P<d>\d{1,2})(?:/(?P<y>\d{2,4}))?(?![\w/])"
        r"|(?<!\d)(?P<iso>\d{4}-\d{2}-\d{2})(?!\d)"
        rf"|\b(?P<name>{month})\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s(?P<year>20\d\d))?"
        rf"|(?<!\d)(?P<day2>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?(?P<name2>{month})\b(?:,?\s(?P<year2>20\d\d))?)"
    )


@cache
def _next_day() -> re.Pattern[str]:
    return re.compile(
        r"\bnext-day\b|\b(?:next|one)[\s-]?day(?=\s(?:delivery|deliv|shipping|service|air|ship))"
        r"|\bnextday\b|\bovernight\b(?! (?:flight|stay|bag|parking|guest|trip|layover|train|bus|oats))"
    )


def find(text: str) -> Iterator[Quantity]:
    """Give all readings in a lower-case text, overlaps included."""
    if _NAMES_UNIT.search(text):
        yield from (quantity.make((1, 1), "day", "duration", m.span()) for m in _next_day().finditer(text))
        yield from (q for m in _duration().finditer(text) if (q := _read_duration(m)))
    yield from (q for m in _fixed().finditer(text) if (q := _read_fixed(m)))
    yield from (q for m in _times().finditer(text) if (q := _read_time(m)))


def bare(text: str, said: Quantity) -> Quantity | None:
    """Read a number without a unit that answers a duration or a count: "said 5 days, took 9", "booked two nights, got one".

    Args:
        text: Lower case.
        said: The quantity answered; its unit is taken over.
    """
    match = _bare().search(text)
    if match is None:
        return None
    value = _value(match["number"])
    return quantity.make((value, value), said.unit, said.kind, match.span("number"))


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:took|takes?|taken|came in|been|lasts?|lasted|gets?|got|getting|see|sees|saw|received|had|after|over|waited|in|for"
        r"|says?|said|insists? on|only|more like|nearer|closer to|turned into|became|was|is)"
        r"(?: (?:about|only|just|over|almost|nearly|me|us|more than|well over))*"
        rf" (?P<number>{_AMOUNT})(?= (?:at (?:best|most)|max|so far|now|already|and counting)|\s?$)"
    )


def _value(text: str) -> float:
    word = _WORDS.get(text.replace("-", " "))
    return float(word) if word is not None else float(text.replace(",", ""))


def _ends(match: re.Match[str]) -> tuple[float, float]:
    if match["low"]:
        low = _value(match["low"])
        high = _value(match["high"]) if match["high"] else low
    else:
        low = high = 0.5 if match["couple"].startswith("half") else 2.0 if "couple" in match["couple"] else 1.0
    more = 0.5 if match["half"] or match["half2"] else 0.0
    return low + more, high + more


def _read_duration(match: re.Match[str]) -> Quantity | None:
    word = match["unit"]
    unit = _UNITS.get(word) or _UNITS[word.rstrip("s")]
    if unit == "day" and match["business"]:
        unit = "business_day"
    after = match["after"] or ""
    if re.search(r"early|earlier|sooner|ahead|before|in advance", after):
        unit += "_early"
    elif after or match["before"]:
        unit += "_late"
    low, high = _ends(match)
    if word.startswith("fortnight"):
        low, high = low * 2, high * 2
    return _placed(quantity.make((min(low, high), max(low, high)), unit, "duration", match.span()), match)


def _placed(read: Quantity, match: re.Match[str]) -> Quantity:
    """Mark what happened wherever it stands: "two weeks ago", "it should not take three days"."""
    has_passed = read.unit != "year" and match.string.startswith(" ago", match.end())
    return replace(read, is_actual=has_passed or _forbidden().search(match.string, 0, match.start()) is not None)


@cache
def _forbidden() -> re.Pattern[str]:
    return re.compile(r"(?:should(?:n't| not| never)|(?:no ?one|nobody|no \w+) should)\b[^.!?;,]{0,30}$")


def _read_fixed(match: re.Match[str]) -> Quantity | None:
    span, kind = match.span(), match.lastgroup
    if match["symbol"]:
        amount = _value(match["money"]) * (1000 if match["kilo"] else 1)
        return quantity.make((amount, amount), _CURRENCIES[match["symbol"].strip()], "money", span)
    if match["amount"]:
        return _read_money(match)
    if kind == "percent":
        return quantity.make((_value(match["percent"]) / 100,) * 2, "fraction", "fraction", span)
    if match["top"]:
        return quantity.make((int(match["top"]) / int(match["bottom"]),) * 2, "fraction", "fraction", span)
    if kind == "halfof":
        return quantity.make((0.5, 0.5), "fraction", "fraction", span)
    unit = _SINGULAR.get(match["noun"], match["noun"])
    return _placed(quantity.make((_value(match["count"]),) * 2, unit, "count", span), match)


def _read_money(match: re.Match[str]) -> Quantity:
    word = match["currency"]
    amount = _value(match["amount"]) / (100 if word.startswith("cent") else 1)
    code = _CURRENCIES.get(word) or _CURRENCIES[word.rstrip("s")]
    return quantity.make((amount, amount), code, "money", match.span())


def _read_time(match: re.Match[str]) -> Quantity | None:
    if match["hour"]:
        return _read_clock(match)
    if match["word"]:
        return quantity.clock(12 if match["word"] == "noon" else 24, 0, match.span())
    if match["bare"]:
        hour = int(match["bare"])
        return quantity.clock(quantity.by_day(hour), 0, match.span("bare"), is_bare=True)
    if match["past"]:
        minutes = {"half past": 30, "quarter past": 15, "quarter to": -15}[match["past"]]
        moment = quantity.by_day(int(match["past_hour"])) * 60 + minutes
        return quantity.clock(moment // 60, moment % 60, match.span(), is_bare=True)
    return _read_date(match)


def _read_clock(match: re.Match[str]) -> Quantity | None:
    if not (match["minute"] or match["half"] or match["oclock"] or match["part"]):
        return None
    hour, minute = int(match["hour"]), int(match["minute"] or match["dotted"] or 0)
    half = match["half"] or (match["part"] and ("a" if match["part"] == "morning" else "p"))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    elif match["oclock"]:
        hour = quantity.by_day(hour)
    return quantity.clock(hour, minute, match.span(), is_bare=not half)


def _read_date(match: re.Match[str]) -> Quantity | None:
    span = match.span()
    if match["iso"]:
        year, month, day = (int(part) for part in match["iso"].split("-"))
        return quantity.date(year, month, day, span)
    if match["m"]:
        year = int(match["y"]) if match["y"] else 0
        return quantity.date(year + 2000 if 0 < year < 100 else year or None, int(match["m"]), int(match["d"]), span)
    month_name, day_said = match["name"] or match["name2"], match["day"] or match["day2"]
    year_said = match["year"] or match["year2"]
    return quantity.date(int(year_said) if year_said else None, _MONTHS[month_name[:3]], int(day_said), span)
