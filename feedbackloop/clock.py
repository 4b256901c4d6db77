"""What time is it for the loop, and which week does a moment belong to?

All times inside the program are aware and in UTC. Nothing else in the core asks the operating system for the time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_WEEK = re.compile(r"^(\d{4})-W(\d{2})$")
_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(s|m|h|d|w)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earlier times are taken for a source's way of saying "never" or for a broken clock (1969, 1970)."""
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""Later times are refused: year 10000 cannot be stored, and 2099 is nobody's ticket."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The loop's clock: the real time, or the moment given with `--now`."""

    fixed: datetime | None = None

    def now(self) -> datetime:
        """Give the loop's time, UTC, to the microsecond."""
        return self.fixed or datetime.now(UTC)

    @property
    def is_replay(self) -> bool:
        """Say whether history is being replayed; pushes then go to files and loopback addresses only."""
        return self.fixed is not None


def parse_time(text: str, zone: tzinfo = UTC) -> datetime:
    """Read an ISO 8601 time; one without a zone is read in `zone`, a day alone as its start.

    Returns:
        The moment in UTC.

    Raises:
        ValueError: Not a time, or one outside 1990..2099.
    """
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return bounded(moment)


def bounded(moment: datetime) -> datetime:
    """Give an aware moment in UTC; refuse what lies outside 1990..2099.

    Raises:
        ValueError: The moment lies outside.
    """
    try:
        moment = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("time lies outside 1990..2099") from error
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"time {moment.date().isoformat()} lies outside 1990..2099")
    return moment


def iso(moment: datetime) -> str:
    """Write a moment as the contract does: UTC, `Z`, no more digits than needed."""
    text = moment.astimezone(UTC).isoformat()
    return text.replace("+00:00", "Z")


def week_of(moment: datetime, zone: tzinfo = UTC) -> str:
    """Name the ISO week (`2026-W47`) in which a moment falls in `zone`."""
    year, week, _ = moment.astimezone(zone).isocalendar()
    return f"{year}-W{week:02d}"


def week_bounds(week: str, zone: tzinfo = UTC) -> tuple[datetime, datetime]:
    """Give start and end of an ISO week in `zone`, as UTC moments (end exclusive).

    Raises:
        ValueError: Not of the form `2026-W47`, or no such week.
    """
    match = _WEEK.match(week)
    if not match:
        raise ValueError(f"{week!r} is not an ISO week such as 2026-W47")
    monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    following = monday + timedelta(days=7)
    end = datetime(following.year, following.month, following.day, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)


def week_shift(week: str, by: int) -> str:
    """Name the week that lies `by` weeks after `week` (negative: before)."""
    start, _ = week_bounds(week)
    return week_of(start + timedelta(days=7 * by))


def last_full_week(now: datetime, zone: tzinfo = UTC) -> str:
    """Name the newest ISO week that is over at `now`."""
    return week_shift(week_of(now, zone), -1)


def duration(text: str) -> timedelta:
    """Read `30m`, `4h`, `2d`, `1w`.

    Raises:
        ValueError: Not a duration.
    """
    match = _DURATION.match(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a duration; write for example 30m, 4h, 2d or 1w")
    return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])


def zone(name: str) -> ZoneInfo:
    """Give the time zone of that IANA name.

    Raises:
        ValueError: No such zone.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"{name!r} is not a time zone; write for example Europe/Berlin") from error
