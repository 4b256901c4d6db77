"""How much business time lies between two moments, and when is a span of it over?

The opening spans of whole years are laid out once as seconds since the epoch with running sums, so that every
question is two bisections. Spans are made from wall times in the business's own zone: a day on which the clocks
change is as long as it is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from feedbackloop.clock import EARLIEST, LATEST
from feedbackloop.errors import ConfigError
from feedbackloop.settings import Calendar

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = timedelta(days=1)


class BusinessTime:
    """The hours in which a business works, as `[calendar]` says.

    Hours that end before they begin run over midnight; equal ones mean the whole day.

    Raises:
        ConfigError: There is no business day at all, or the country is not known.
    """

    def __init__(self, calendar: Calendar, zone: ZoneInfo) -> None:
        if not calendar.days:
            raise ConfigError(["calendar.days: names no day; with no business day nothing is ever due"])
        self._calendar = calendar
        self._zone = zone
        self._weekdays = frozenset(_WEEKDAYS.index(day) for day in calendar.days)
        self._own_holidays = frozenset(calendar.holidays)
        self._years = range(0)
        self._opens: list[float] = []
        self._lengths: list[float] = []
        self._before: list[float] = []
        if calendar.country:
            self._public_holidays(2000)

    @property
    def day_seconds(self) -> float:
        """The length of an ordinary business day."""
        opens, closes = self._calendar.hours
        seconds = (closes.hour - opens.hour) * 3600 + (closes.minute - opens.minute) * 60
        return float(seconds if seconds > 0 else seconds + 86400)

    def length(self, span: timedelta) -> float:
        """Give the business seconds meant by a duration of the config.

        Whole days are business days and whole weeks are weeks of them ("2d" are two working days, not 48 opening
        hours); all else is opening time as it stands ("8h").
        """
        if span and not span % timedelta(weeks=1):
            return span / timedelta(weeks=1) * len(self._weekdays) * self.day_seconds
        if span and not span % _DAY:
            return span / _DAY * self.day_seconds
        return span.total_seconds()

    def seconds_between(self, start: datetime, end: datetime) -> float:
        """Count the business seconds from one moment to another; negative where `end` is the earlier one."""
        self._cover(min(start, end), max(start, end))
        return self._elapsed(end.timestamp()) - self._elapsed(start.timestamp())

    def add(self, start: datetime, seconds: float) -> datetime:
        """Give the moment at which so many business seconds have passed, UTC.

        Time outside hours does not count; no seconds at all give `start` itself. What would lie past 2099 ends there.
        """
        if seconds <= 0:
            return start
        self._cover(start, start)
        target = self._elapsed(start.timestamp()) + seconds
        while self._before[-1] + self._lengths[-1] < target:
            if self._years.stop >= LATEST.year:
                return LATEST
            self._lay_out(range(self._years.start, self._years.stop + 1))
        place = bisect_left(self._before, target) - 1
        # Less than floats can tell apart would end at the last closing, before the start.
        return max(start, datetime.fromtimestamp(self._opens[place] + target - self._before[place], UTC))

    def add_days(self, start: datetime, days: float) -> datetime:
        """Give the moment so many business days later: the same time of day on a business day."""
        return self.add(start, days * self.day_seconds)

    def is_business_day(self, day: date) -> bool:
        """Say whether the business works on that day."""
        return day.weekday() in self._weekdays and day not in self._own_holidays | self._public_holidays(day.year)

    def _elapsed(self, moment: float) -> float:
        place = bisect_right(self._opens, moment) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(moment - self._opens[place], self._lengths[place])

    def _cover(self, start: datetime, end: datetime) -> None:
        """Make sure that the years of both moments are laid out, with one year more on each side."""
        first, last = start.year - 1, end.year + 1
        if first < self._years.start or last >= self._years.stop or not self._years:
            first = min(first, self._years.start) if self._years else first
            last = max(last, self._years.stop - 1) if self._years else last
            self._lay_out(range(max(first, EARLIEST.year - 1), max(last + 1, first + 3)))

    def _lay_out(self, years: range) -> None:
        opens_at, closes_at = self._calendar.hours
        over_midnight = closes_at <= opens_at
        self._opens, self._lengths, self._before = [], [], []
        passed = 0.0
        for year in years:
            closed = self._own_holidays | self._public_holidays(year)
            for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
                day = date.fromordinal(number)
                if day.weekday() not in self._weekdays or day in closed:
                    continue
                last_day = day + _DAY if over_midnight else day
                opens = datetime.combine(day, opens_at, self._zone).timestamp()
                length = datetime.combine(last_day, closes_at, self._zone).timestamp() - opens
                self._opens.append(opens)
                self._lengths.append(length)
                self._before.append(passed)
                passed += length
        self._years = years

    def _public_holidays(self, year: int) -> frozenset[date]:
        if not self._calendar.country:
            return frozenset()
        # Imported here: it costs every start, and most configs name no country.
        import holidays

        country, _, part = self._calendar.country.partition("-")
        try:
            return frozenset(holidays.country_holidays(country.upper(), subdiv=part.upper() or None, years=year))
        except NotImplementedError as error:
            raise ConfigError(
                [f"calendar.country: the public holidays of {self._calendar.country!r} are not known"]
            ) from error
