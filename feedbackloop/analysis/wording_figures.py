"""How are shares, durations, amounts and moments said in English and in Chinese?"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Literal

Language = Literal["en", "zh"]
Value = float | int | str | None

_UNITS: dict[str, tuple[str, str, str]] = {
    "second": ("second", "seconds", "秒"),
    "minute": ("minute", "minutes", "分钟"),
    "hour": ("hour", "hours", "小时"),
    "day": ("day", "days", "天"),
    "business_day": ("business day", "business days", "个工作日"),
    "week": ("week", "weeks", "周"),
    "month": ("month", "months", "个月"),
    "year": ("year", "years", "年"),
    "business_hour": ("business hour", "business hours", "个工作小时"),
    "business_minute": ("business minute", "business minutes", "分钟（工作时间）"),
    "reopening": ("reopening", "reopenings", "次重新打开"),
}
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_SIDES = {"_late": (" late", "晚了 "), "_early": (" early", "提前 ")}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""Written out, because the standard library's names follow the process's locale."""


def number(value: float, digits: int = 1) -> str:
    """Write a number with at most `digits` decimals and none that say nothing: 72, 2.5, 1,200."""
    text = f"{value:,.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def percent(share: float, language: Language = "en") -> str:
    """Write a share of 0..1 in percent, one decimal below 10 %: `27 %`, `6.2 %`; Chinese sets no space."""
    return f"{_hundredths(share)}{'%' if language == 'zh' else ' %'}"


def interval(low: float, high: float, language: Language = "en") -> str:
    """Write the bounds of a share in percent: `17–40 %`."""
    return f"{_hundredths(low)}–{percent(high, language)}"


def _hundredths(share: float) -> str:
    value = share * 100
    return number(value, 1 if 0 < abs(value) < 10 else 0)


def points(change: float) -> str:
    """Write a difference of two shares in percentage points, with its sign: +16, −3.5."""
    value = number(abs(change) * 100, 1 if abs(change) < 0.1 else 0)
    if value == "0":
        return "0"
    return ("+" if change > 0 else "−") + value


def amount(value: Value, unit: str | None, language: Language) -> str:
    """Say a quantity with its unit: `24 hours`, `24 小时`, `3 days late`, `EUR 12.50`. Words without a unit stand as they are.

    Units are those of the contract's section 5; a unit that is not known there is written behind the number.
    """
    if value is None:
        return ""
    base, side = _split(unit or "")
    if base in _UNITS:
        return _with_side(_counted(value, base, language), side, language)
    text = number(value, 2) if isinstance(value, int | float) else value
    if base in {"", "clock", "date"}:
        return text
    if base == "fraction":
        return percent(value, language) if isinstance(value, int | float) else text
    if base.startswith("points"):
        scale = base.removeprefix("points").strip()
        return f"{text} points (scale {scale})" if language == "en" else f"{text} 分（{scale} 分制）"
    return f"{base} {text}" if len(base) == 3 and base.isupper() else f"{text} {base}"


def _split(unit: str) -> tuple[str, str]:
    for side in _SIDES:
        if unit.endswith(side):
            return unit.removesuffix(side), side
    return unit, ""


def _counted(value: float | int | str, base: str, language: Language) -> str:
    if isinstance(value, int | float):
        value, base = _readable(value, base)
        text = number(value, 0 if abs(value) >= 10 else 1)
    else:
        text = value.replace("-", "–")
    one, many, chinese = _UNITS[base]
    if language == "zh":
        return f"{text} {chinese}"
    return f"{text} {one if text == '1' else many}"


def _readable(value: float | int, base: str) -> tuple[float | int, str]:
    """Move a measured duration to the unit a person would use: 31.52 hours stay hours, 100.5 hours become 4.2 days.

    Whole numbers were said by somebody ("24 hours", "72 hours") and stay as they were said.
    """
    if base not in _SECONDS or float(value).is_integer():
        return value, base
    seconds = abs(value) * _SECONDS[base]
    fitting = "day" if seconds >= 259_200 else "hour" if seconds >= 7_200 else "minute" if seconds >= 60 else "second"
    return value * _SECONDS[base] / _SECONDS[fitting], fitting


def _with_side(text: str, side: str, language: Language) -> str:
    if not side:
        return text
    english, chinese = _SIDES[side]
    return text + english if language == "en" else chinese + text


def day(at: datetime, zone: tzinfo, language: Language) -> str:
    """Say a day as people write it: `2 November`, `11月2日`."""
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日" if language == "zh" else f"{local.day} {_MONTHS[local.month - 1]}"


def moment(at: datetime, zone: tzinfo, language: Language) -> str:
    """Say a moment in somebody's own zone: `2 November, 12:30`, `11月2日 12:30`.

    Midnight sharp is a day alone, and so is the last minute of a day: "by tomorrow" is read as the end of that day, which is
    taken in UTC where nobody named a zone.
    """
    local = at.astimezone(zone)
    if (local.hour, local.minute) in {(0, 0), (23, 59)}:
        return day(at, zone, language)
    if (at.astimezone(UTC).hour, at.astimezone(UTC).minute) == (23, 59):
        return day(at, UTC, language)
    return f"{day(at, zone, language)}{' ' if language == 'zh' else ', '}{local:%H:%M}"
