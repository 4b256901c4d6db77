"""What does the built-in reading find in texts: expectations, promises, signals, dimensions and touchpoints?

Wordings and word lists in English and Chinese; texts of other languages come back with nothing found. An agent's text is read for
promises only: what it says of expectations are the customer's words told again.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.hookspecs import Classified, Found
from feedbackloop.understanding import journey, signals
from feedbackloop.understanding.expectation import finding as expectation
from feedbackloop.understanding.promise import finding as promise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from feedbackloop.analysis.business_time import BusinessTime
    from feedbackloop.records import Text
    from feedbackloop.settings import Calendar, Settings


@hookimpl
def find_expectations(
    texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]], settings: Settings
) -> Sequence[Found]:
    """Find what was expected or promised, and how it turned out, in words.

    Days are those of the loop's zone, business days those of its calendar.
    """
    zone, calendar = settings.loop.zone, settings.calendar

    def add_business(start: datetime, days: float) -> datetime:
        return _business(calendar, zone).add_days(start, days)

    def found(text: Text) -> Found:
        if text.author == "agent":
            return Found(promises=tuple(promise.find_promises(text, touchpoints, zone, add_business)))
        if text.author == "system":
            return Found()
        expectations = expectation.find(text, touchpoints, zone, add_business)
        return Found(expectations=tuple(expectations), signals=signals.read(text))

    return [found(text) for text in texts]


@hookimpl
def classify(texts: Sequence[Text], touchpoints: Mapping[str, Sequence[str]]) -> Sequence[Classified]:
    """Say of which dimensions and touchpoints each text speaks."""
    return [Classified(*map(tuple, journey.subjects(text, touchpoints))) for text in texts]


@cache
def _business(calendar: Calendar, zone: ZoneInfo) -> BusinessTime:
    """Lay the calendar out once, when the first promise in business days is read; loading plugins stays light."""
    from feedbackloop.analysis.business_time import BusinessTime

    return BusinessTime(calendar, zone)
