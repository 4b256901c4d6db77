"""What is read from the store once, for all sections of one digest?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import msgspec

from feedbackloop.analysis import renames
from feedbackloop.analysis.findings import family
from feedbackloop.clock import week_bounds, week_shift
from feedbackloop.manager import PluginManager
from feedbackloop.records import Gap, Message, Text, WeekCount, group_key, group_of
from feedbackloop.settings import Settings, Team
from feedbackloop.store import Store
from feedbackloop.store.digest_queries import DigestQueries, RatedItem

SURE_ENOUGH = 0.5
"""Below this confidence a gap read from words is no shortfall, here as in the weekly counts."""
PLAIN_GROUP = frozenset({"touchpoint", "dimension"})
"""What every group is made of; `detect.also_by` adds more."""


@dataclass
class Reading:
    """One team's week in the store.

    Attributes:
        as_of: The moment that the digest speaks of as "now": open promises are those open then.
        plugins: Mask personal data in quotes, and leave only the writer's own words.
    """

    store: Store
    settings: Settings
    plugins: PluginManager
    week: str
    team: Team | None
    as_of: datetime

    @cached_property
    def ask(self) -> DigestQueries:
        """The digest's own queries."""
        return DigestQueries(self.store.conn)

    @cached_property
    def bounds(self) -> tuple[datetime, datetime]:
        """Start and end of the week, in the loop's zone."""
        return week_bounds(self.week, self.settings.loop.zone)

    @cached_property
    def baseline_start(self) -> datetime:
        """When the weeks begin that the week is compared with."""
        first = week_shift(self.week, -self.settings.detect.baseline_weeks)
        return week_bounds(first, self.settings.loop.zone)[0]

    @cached_property
    def counts(self) -> dict[str, list[WeekCount]]:
        """Weekly counts of the team's groups by touchpoint and dimension, from the baseline's first week to this one."""
        return {key: weeks for key, weeks in self._all_counts.items() if _is_plain(key) and self._owns_key(key)}

    @cached_property
    def counts_also_by(self) -> dict[str, list[WeekCount]]:
        """The same for parts of them: by segment, source, language, and `detect.also_by`."""
        return {key: weeks for key, weeks in self._all_counts.items() if _is_part(key) and self._owns_key(key)}

    @cached_property
    def _all_counts(self) -> dict[str, list[WeekCount]]:
        first = week_shift(self.week, -self.settings.detect.baseline_weeks)
        names = renames.read(self.store.books.note(renames.NOTE))
        return renames.under_present_names(self.store.judgements.weekly(first, self.week), names)

    def weeks_of(self, group: dict[str, str]) -> list[WeekCount]:
        """Give the weekly counts of one group, whatever it was grouped by."""
        return self._all_counts.get(group_key(group), [])

    @cached_property
    def rated(self) -> list[RatedItem]:
        """All answers of the baseline and the week, with where their items fell short."""
        return self.ask.rated_where(self.baseline_start, self.bounds[1], self.scope)

    @cached_property
    def gaps(self) -> list[Gap]:
        """The week's gaps of the team's touchpoints."""
        return self.ask.gaps(self.week, self.scope)

    @cached_property
    def shortfalls(self) -> list[Gap]:
        """The week's gaps in which experience fell short, the surest first."""
        return self.sure("worse")

    def sure(self, direction: str) -> list[Gap]:
        """Give the week's gaps of one direction that are sure enough, the surest first."""
        found = [gap for gap in self.gaps if gap.direction == direction and gap.confidence >= SURE_ENOUGH]
        return sorted(found, key=lambda gap: (-gap.confidence, gap.id))

    @cached_property
    def scope(self) -> str | None:
        """The team's touchpoints as the queries want them; None: all of them."""
        if self.team is None:
            return None
        known = {group_of(key).get("touchpoint") for key in self._all_counts}
        mine = sorted(
            {touchpoint or "" for touchpoint in known | set(self.team.touchpoints) | {None} if self.owns(touchpoint)}
        )
        return msgspec.json.encode(mine).decode()

    def last_weeks(self, number: int) -> list[str]:
        """Name the week and those before it."""
        return [week_shift(self.week, -back) for back in range(number)]

    def owns(self, touchpoint: str | None) -> bool:
        """Say whether a touchpoint belongs into this digest."""
        return self.team is None or self.settings.team_for(touchpoint) == self.team

    def owns_group(self, group: dict[str, str]) -> bool:
        """Say whether a group belongs into this digest."""
        return self.owns(group.get("touchpoint"))

    def masked(self, words: Sequence[str]) -> list[str]:
        """Mask personal data in words that are about to be shown."""
        return list(self.plugins.batch("redact", len(words), texts=list(words))) if words else []

    def own_words(self, messages: Sequence[Message]) -> list[str]:
        """Give what the writers of messages said themselves, without quoted history and signatures; "" for machine text."""
        texts = [Text(id=one.id, text=one.text, at=one.at, author=one.author) for one in messages]
        return [one.text for one in self.plugins.batch("clean_text", len(texts), texts=texts, settings=self.settings)]

    def _owns_key(self, key: str) -> bool:
        return self.owns_group(group_of(key))


def _is_plain(key: str) -> bool:
    return family(group_of(key)) == "whole"


def _is_part(key: str) -> bool:
    return family(group_of(key)) == "part"
