"""What is one item measured with? The config's standards, segments, calendar and groups, made ready once for many items."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feedbackloop.analysis.business_time import BusinessTime
from feedbackloop.analysis.segments import STANDARD, segment_of
from feedbackloop.clock import LATEST, week_of
from feedbackloop.records import Item
from feedbackloop.settings import Settings, Standard

_LONGEST = 100 * 365 * 86400.0
"""A century in seconds: a standard that allows more is never due, and adding it would leave the calendar."""


class Yardstick:
    """All of the config that comparing needs. Build it once: it keeps the laid-out business calendar.

    Raises:
        ConfigError: The calendar has no business day or an unknown country.
    """

    def __init__(self, settings: Settings) -> None:
        self.zone: ZoneInfo = settings.loop.zone
        self.segments = settings.segments
        self.standards = settings.standards
        self.due_standards = tuple(s for s in settings.standards if s.metric == "due")
        self.also_by = _also_by(settings)
        self.business = BusinessTime(settings.calendar, self.zone)
        self._touchpoint_fields = {
            name: source["touchpoint_field"]
            for name, source in settings.sources.items()
            if isinstance(source.get("touchpoint_field"), str)
        }

    def segment(self, item: Item) -> str:
        """Give the segment of an item's customer."""
        return segment_of(item, self.segments) if self.segments else STANDARD

    def own_touchpoint(self, item: Item) -> str | None:
        """Give the touchpoint that the source's own category names (option `touchpoint_field`), if it does."""
        name = self._touchpoint_fields.get(item.source)
        value = item.fields.get(name.removeprefix("fields.")) if name else None
        return str(value).strip() or None if value is not None else None

    def week(self, moment: datetime) -> str:
        """Name the ISO week of a moment in the loop's zone."""
        return week_of(moment, self.zone)

    def applies(self, standard: Standard, item: Item) -> bool:
        """Say whether a standard covers the channel of an item."""
        if not standard.channels:
            return True
        return (item.channel or "").casefold() in {channel.casefold() for channel in standard.channels}

    def within(self, standard: Standard, segment: str) -> timedelta | int | None:
        """Give what a standard allows to a segment."""
        return standard.segments.get(segment, standard.within)

    def seconds(self, standard: Standard, span: timedelta) -> float:
        """Give the seconds that a span means on a standard's calendar."""
        return self.business.length(span) if standard.calendar == "business" else span.total_seconds()

    def elapsed(self, standard: Standard, start: datetime, end: datetime) -> float:
        """Count the seconds between two moments on a standard's calendar."""
        if standard.calendar == "business":
            return self.business.seconds_between(start, end)
        return (end - start).total_seconds()

    def due(self, standard: Standard, start: datetime, seconds: float) -> datetime:
        """Give the moment by which a standard wants it done."""
        if standard.calendar == "business":
            return self.business.add(start, seconds)
        return min(start + timedelta(seconds=min(seconds, _LONGEST)), LATEST)


def _also_by(settings: Settings) -> tuple[str, ...]:
    """Name what groups are parted by: segment and source where there is more than one, language, and the config's own."""
    known = (
        ("segment", bool(settings.segments)),
        ("source", len(settings.sources) > 1),
        ("language", True),
    )
    return tuple(dict.fromkeys((*(name for name, is_there in known if is_there), *settings.detect.also_by)))


def gap_id(item_key: str, basis: str, name: str) -> str:
    """Name a gap so that the same comparison has the same name in every run."""
    return "gap-" + hashlib.sha256(f"{item_key}\x1f{basis}\x1f{name}".encode("utf-8", "replace")).hexdigest()[:16]
