"""How does the digest say things in the team's language?

Sentences and names stand in `templates/en.toml` and `zh.toml`; numbers, times and groups are written here. Nothing depends on
the machine's locale, so the same facts give the same words everywhere.
"""

from __future__ import annotations

import tomllib
from datetime import datetime, tzinfo
from functools import cache
from importlib import resources
from typing import Any

from feedbackloop import clock
from feedbackloop.records import Interval
from feedbackloop.understanding import journey

_MINUS = "\u2212"
_NAMED = frozenset({"touchpoint", "dimension", "segment"})


@cache
def _tables(language: str) -> dict[str, dict[str, Any]]:
    path = resources.files("feedbackloop.digest") / "templates" / f"{language}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Words:
    """One language's words, and one time zone for all times that are shown."""

    def __init__(self, language: str, zone: tzinfo) -> None:
        self.language = language
        self.zone = zone
        self._tables = _tables(language)

    def say(self, key: str, /, **values: object) -> str:
        """Give the sentence `SECTION.NAME` with its places filled; `NAME_one` where it exists and `n` is 1."""
        section, _, name = key.partition(".")
        table = self._tables[section]
        if values.get("n") == 1 and f"{name}_one" in table:
            name += "_one"
        return str(table[name]).format(**values)

    def name(self, word: str) -> str:
        """Give a field's word (dimension, stage, status, score, touchpoint) as the team says it; others stay as they are."""
        return str(self._tables["names"].get(word) or journey.name_of(word, self.language)).replace("_", " ")

    def reason(self, code: str) -> str:
        """Give a reason for holding back in words."""
        return str(self._tables["restraint"].get(code) or code.replace("_", " "))

    def group(self, group: dict[str, str]) -> str:
        """Name what was grouped by, as `Delivery reliability (gold)`; the segment of everybody goes unsaid."""
        if "theme" in group:
            return self.say("names.theme", name=group["theme"])
        touchpoint, dimension = (self.name(group[key]) if group.get(key) else "" for key in ("touchpoint", "dimension"))
        if touchpoint and dimension:
            dimension = dimension.lower()
        elif dimension:
            dimension = self.say("names.nowhere", name=dimension)
        name = self.say("names.group_joint").join(part for part in (touchpoint, dimension) if part)
        segment = group.get("segment", "standard")
        more = [segment] if segment != "standard" else []
        more += [self.name(group[key]) if key == "language" else group[key] for key in sorted(group.keys() - _NAMED)]
        more_said = ", ".join(part for part in more if part)
        if name and more_said:
            return self.say("names.group_of", name=name, more=more_said)
        return name or more_said or self.name("everybody")

    def sentences(self, *parts: str) -> str:
        """Put sentences one after the other; empty ones vanish."""
        return ("" if self.language == "zh" else " ").join(part for part in parts if part)

    def listing(self, parts: list[str]) -> str:
        """Join parts of a sentence."""
        return self.say("names.list_joint").join(parts)

    def percent(self, share: float) -> str:
        """Write a share 0..1 as whole percent; what is not nothing is never written as 0 %."""
        whole = _round(share * 100, 0)
        return "<1%" if share > 0 and whole == "0" else f"{whole}%"

    def percents(self, low: float, high: float) -> str:
        """Write the bounds of a share."""
        return self.say("numbers.percent_interval", low=_round(low * 100, 0), high=_round(high * 100, 0))

    def signed(self, value: float, digits: int = 0) -> str:
        """Write a difference with its sign; a rounded zero has none."""
        text = _round(abs(value), digits)
        if not text.strip("0."):
            return text
        return f"{'+' if value > 0 else _MINUS}{text}"

    def bounds(self, interval: Interval, digits: int = 0) -> str:
        """Write the bounds of a difference; one that leaves out zero is never rounded onto it."""
        if interval.low * interval.high > 0 and not _round(min(abs(interval.low), abs(interval.high)), digits).strip(
            "0."
        ):
            digits += 1
        low, high = self.signed(interval.low, digits), self.signed(interval.high, digits)
        return self.say("numbers.points_interval", low=low, high=high)

    def hours(self, hours: float) -> str:
        """Write a duration in minutes below one hour, in hours below two days, else in days."""
        if hours < 1:
            return self.say("numbers.minutes", n=_round(hours * 60, 0))
        if hours < 48:
            return self.say("numbers.hours", n=_round(hours, 0 if hours >= 10 else 1).removesuffix(".0"))
        return self.say("numbers.days", n=_round(hours / 24, 1).removesuffix(".0"))

    def day(self, moment: datetime) -> str:
        """Write a day with its weekday."""
        local = moment.astimezone(self.zone)
        return self._day("numbers.day", local)

    def day_time(self, moment: datetime) -> str:
        """Write a day with the time of day."""
        local = moment.astimezone(self.zone)
        return self._day("numbers.day_time", local, time=f"{local:%H:%M}")

    def week(self, week: str) -> str:
        """Write an ISO week."""
        year, number = week.split("-W")
        return self.say("frame.week", year=year, week=int(number))

    def _day(self, key: str, local: datetime, **more: str) -> str:
        numbers = self._tables["numbers"]
        weekday, month = numbers["weekdays"][local.weekday()], numbers["months"][local.month - 1]
        return self.say(key, weekday=weekday, day=local.day, month=month, **more)


def words_for(language: str, timezone: str) -> Words:
    """Give the words of a team: its language and its time zone."""
    return Words(language, clock.zone(timezone))


def number(value: float, digits: int = 1) -> str:
    """Write a number with a true minus sign."""
    return (_MINUS if value < 0 else "") + _round(abs(value), digits)


def _round(value: float, digits: int) -> str:
    return f"{value:.{digits}f}"
