"""Which durations, clock times, dates, amounts and counts does a text name, and in which unit?

Values and units are those of the contract, section 5: `hour`, `business_day`, `day_late`, `clock`, `date`, an ISO
4217 code, `fraction`, or the measure word itself. What is not exact ("a few days", 好几天) has no value and is left
out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Kind = Literal["duration", "clock", "date", "money", "fraction", "count"]
Value = int | float | str

SECONDS = {
    "second": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86_400,
    "business_day": 86_400,
    "week": 604_800,
    "month": 2_629_746,
    "year": 31_556_952,
}
"""How long a unit lasts, for comparing only: a business day counts as a day, a month as a twelfth of a mean year."""


_SIDE_BY_SIDE = (0, 1, 2, 5)
"""Characters between hours and minutes that are one duration: "1h20", "1 hour, 20 minutes", "1 hour and 20 minutes"."""
_HOUR = 60


class Quantity(Struct, frozen=True):
    """One quantity and its place in the text. A range has the value "6-8"; `low` and `high` are its ends.

    `is_bare` marks a time of day that does not say whether it is before or after noon, `is_actual` what
    happened wherever it stands ("two weeks ago", "it should not take three days").
    """

    value: Value
    unit: str
    kind: Kind
    start: int
    end: int
    low: float
    high: float
    is_bare: bool = False
    is_actual: bool = False

    @property
    def seconds(self) -> float | None:
        """The upper end in seconds, for durations (late and early ones too); None for all else."""
        unit = self.unit.removesuffix("_late").removesuffix("_early")
        return self.high * SECONDS[unit] if self.kind == "duration" else None

    @property
    def is_relative(self) -> bool:
        """Say whether the quantity itself tells late or early."""
        return self.unit.endswith(("_late", "_early"))


def number(value: float) -> int | float:
    """Write a whole number as an integer and round what thirds leave behind."""
    value = round(value, 4)
    return int(value) if value == int(value) else value


def make(ends: tuple[float, float], unit: str, kind: Kind, span: tuple[int, int]) -> Quantity:
    """Make a quantity from its lower and upper end; equal ends are one value."""
    low, high = ends
    value: Value = number(low) if low == high else f"{number(low)}-{number(high)}"
    return Quantity(value, unit, kind, *span, low, high)


def clock(hour: int, minute: int, span: tuple[int, int], *, is_bare: bool = False) -> Quantity | None:
    """Make a time of day, "HH:MM" up to "24:00"; None if there is no such time."""
    if not (0 <= hour <= 24 and 0 <= minute < 60) or (hour == 24 and minute):
        return None
    minutes = hour * 60 + minute
    return Quantity(f"{hour:02d}:{minute:02d}", "clock", "clock", *span, minutes, minutes, is_bare and hour < 12)


def by_day(hour: int) -> int:
    """Give the hour that is meant by a bare one ("at 3", 3点): from one to five people mean the afternoon."""
    return hour + 12 if 1 <= hour <= 5 else hour


def spans_joined(found: Iterable[Quantity], joints: Callable[[int, int], bool]) -> list[Quantity]:
    """Make of two times of day, or two dates, with a joint between ("1pm - 5pm") the later: by then it was to happen.

    Hours and minutes side by side ("1 hour 20 minutes") become minutes.

    Args:
        found: In the order of the text, without overlaps.
        joints: Says whether what stands between two places joins them.
    """
    kept: list[Quantity] = []
    for one in found:
        last = kept[-1] if kept else None
        if last and last.kind == one.kind and last.kind in {"clock", "date"} and joints(last.end, one.start):
            kept[-1] = replace(one, start=last.start)
        elif (
            last
            and last.unit == "hour"
            and one.unit == "minute"
            and one.start - last.end in _SIDE_BY_SIDE
            and last.low == last.high
            and one.high < _HOUR
        ):
            kept[-1] = make(
                (last.low * 60 + one.low, last.high * 60 + one.high), "minute", "duration", (last.start, one.end)
            )
        else:
            kept.append(one)
    return kept


def date(year: int | None, month: int, day: int, span: tuple[int, int]) -> Quantity | None:
    """Make a date, "MM-DD" or ISO where the year is said; None if there is no such day."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    text = f"{month:02d}-{day:02d}"
    ordinal = float((year or 0) * 372 + month * 31 + day)
    return Quantity(f"{year}-{text}" if year else text, "date", "date", *span, ordinal, ordinal)


def without_overlaps(found: Iterable[Quantity]) -> list[Quantity]:
    """Keep of overlapping readings the longest (of equals the first), in the order of the text."""
    kept: list[Quantity] = []
    for quantity in sorted(found, key=lambda q: (q.start, q.start - q.end)):
        if not kept or quantity.start >= kept[-1].end:
            kept.append(quantity)
        elif quantity.end - quantity.start > kept[-1].end - kept[-1].start:
            kept[-1] = quantity
    return kept
