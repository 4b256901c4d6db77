"""Which facts does the store hold about one team's week?

The facts depend on the store and the week alone, not on the hour at which the digest is made: "now" is the moment for which
the digest was scheduled, or the loop's time if that is earlier.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from feedbackloop import __version__, clock
from feedbackloop.digest import (
    gather_contact,
    gather_drivers,
    gather_health,
    gather_loop,
    gather_places,
    gather_promises,
    gather_scores,
)
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.manager import PluginManager
from feedbackloop.settings import Settings, Team
from feedbackloop.store import Store
from feedbackloop.store.digest_queries import Arrived

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def gather(
    store: Store, settings: Settings, plugins: PluginManager, *, week: str, team: Team | None, now: datetime
) -> Facts:
    """Read what one digest shows.

    Args:
        store: Read only.
        settings: The config.
        plugins: Mask personal data in quotes.
        week: ISO week, `2026-W47`.
        team: Whose digest; None: the one for all.
        now: The loop's time: nothing later is shown.
    """
    as_of = min(now, scheduled_at(settings, week, team))
    reading = Reading(store, settings, plugins, week, team, as_of)
    start, end = reading.bounds
    arrived = reading.ask.arrived(start, end, reading.scope)
    found, tested = gather_places.findings(reading)
    worse = [finding for finding in found if finding.direction == "worse"]
    return Facts(
        week=week,
        starts_at=start,
        ends_at=end,
        made_at=as_of,
        timezone=(team.timezone if team else None) or settings.loop.timezone,
        language=(team.language if team else None) or settings.loop.language,
        team=team.name if team else None,
        items=sum(one.items for one in arrived),
        judged=sum(one.judged for one in arrived),
        with_gap=sum(one.fell_short for one in arrived),
        contradict=sum(one.contradict for one in arrived),
        languages=_languages(arrived),
        findings=found,
        tested=tested,
        false_discovery_rate=settings.detect.false_discovery_rate,
        scores=gather_scores.scores(reading),
        moves=gather_drivers.moves(reading),
        drivers=gather_drivers.drivers(reading),
        trend=gather_places.trend(reading),
        dimensions=gather_scores.dimensions(reading),
        promises=gather_promises.promises(reading),
        due=gather_promises.due(reading),
        drifting=gather_promises.drifting(reading),
        journey=gather_places.journey(reading),
        standing=gather_places.standing(reading),
        fixes=gather_loop.fixes(reading, worse[0] if worse else None),
        thanks=gather_places.thanks(reading),
        exchanges=gather_loop.exchanges(reading),
        health=gather_health.health(reading),
        verdicts=gather_loop.verdicts(reading),
        restraint=gather_contact.restraint(reading),
        edits=gather_contact.changed(reading),
        recovery=gather_contact.recovered(reading),
        house_words=gather_health.house_words(reading),
        sources=gather_health.sources(reading, arrived),
        scorers=tuple(sorted({one.scorer for one in arrived if one.scorer and one.scorer != "none"})),
        version=__version__,
    )


def _languages(arrived: Sequence[Arrived]) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for one in arrived:
        counted[one.language] += one.items
    return dict(sorted(counted.items()))


def scheduled_at(settings: Settings, week: str, team: Team | None) -> datetime:
    """Give the moment at which a week's digest goes out: the first scheduled time after the week's end, UTC."""
    zone = clock.zone((team.timezone if team else None) or settings.loop.timezone)
    weekday, at = ((team.schedule if team else None) or settings.digest.schedule).split()
    _, end = clock.week_bounds(week, settings.loop.zone)
    hour, minute = (int(part) for part in at.split(":"))
    day = end.astimezone(zone).date()
    moments = (
        datetime(one.year, one.month, one.day, hour, minute, tzinfo=zone)
        for one in (day + timedelta(days=ahead) for ahead in range(8))
        if _WEEKDAYS[one.weekday()] == weekday
    )
    return next(moment for moment in moments if moment >= end).astimezone(UTC)
