"""How far lies what was experienced from what was expected, on one scale?

Disconfirmation D = P - E (Oliver 1980), brought to -1..+1. It says how far, `direction` says which way: the two are
kept apart, for a wait within the zone of tolerance is met although it was not the wait that was named.
"""

from __future__ import annotations

import math
import re

from feedbackloop.records import Direction

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "week": 604800,
    "month": 2629800,
    "year": 31557600,
}
"""Units of time that convert into each other; a month is a twelfth of a year of 365.25 days. Business days do not convert."""

WORDS_ALONE = {"worse": -0.5, "met": 0.0, "better": 0.5}
"""D where words name no quantity (contract, section 6)."""

Value = float | int | str | None
_RANGE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*[-–~]\s*(\d+(?:\.\d+)?)\s*$")


def less_is_better(expected: float, experienced: float) -> float:
    """D of a quantity of which less is better (a wait): (E - P) / max(E, P); both 0 give 0.

    24 h expected and 72 h experienced give -0.667.
    """
    return _ratio(expected - experienced, expected, experienced)


def answer_pair(expected: float, experienced: float, low: float, high: float) -> float:
    """D of a survey pair on one scale: (P - E) / (max - min); 6 and 3 on 1..7 give -0.5."""
    return (experienced - expected) / (high - low)


def _ratio(difference: float, expected: float, experienced: float) -> float:
    largest = max(abs(expected), abs(experienced))
    return max(-1.0, min(1.0, difference / largest)) if largest else 0.0


def zone_of_tolerance(experienced: float, adequate: float, desired: float | None = None) -> Direction:
    """Place a quantity of which less is better between desired and adequate service.

    Source: Zeithaml, Berry & Parasuraman (1993), Journal of the Academy of Marketing Science 21(1).
    """
    if experienced > adequate:
        return "worse"
    return "better" if desired is not None and experienced < desired else "met"


def number(value: Value) -> float | None:
    """Read a value as one finite number, else None.

    A range such as "6-8" stands for its upper end, up to which the promise is kept.
    """
    if isinstance(value, str):
        match = _RANGE.match(value)
        value = match[2] if match else None
    try:
        found = None if value is None else float(value)
    except OverflowError:  # a customer may write a number of 400 digits
        return None
    return found if found is not None and math.isfinite(found) else None


def in_unit(value: float, unit: str, wanted: str) -> float | None:
    """Convert a time into another unit; None where the two do not convert (business days, clock times, money)."""
    if unit == wanted:
        return value
    if unit in SECONDS and wanted in SECONDS:
        return value * SECONDS[unit] / SECONDS[wanted]
    return None


def disconfirmation(expected: Value, experienced: Value, unit: str | None, direction: Direction | None) -> float | None:
    """Give D of one comparison told in words; None while it is open.

    Where both sides are numbers of one unit, D is their distance with the sign of the direction that was told
    (words say whether more or less would have been better); a wait that was met keeps the sign of its own
    difference. Else it is what words alone give.
    """
    if direction is None:
        return None
    e, p = number(expected), number(experienced)
    if unit is None or unit in {"clock", "date"} or e is None or p is None:
        return WORDS_ALONE[direction]
    if direction == "met":
        return less_is_better(e, p) if unit in SECONDS or unit == "business_day" else 0.0
    distance = abs(less_is_better(e, p)) or abs(WORDS_ALONE[direction])
    return -distance if direction == "worse" else distance


def tidy(value: float) -> float | int:
    """Write a whole number as an integer and another one with two digits."""
    rounded = round(float(value), 2)
    return int(rounded) if rounded.is_integer() else rounded
