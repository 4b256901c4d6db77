"""Which digest goes to whom, and when?

A row (team, week) is written before anything is sent, so that a digest goes out once; one that is interrupted goes out again
under the same Message-ID, which mail programs show once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from feedbackloop import clock
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.gather import gather, scheduled_at
from feedbackloop.digest.mail import build, key_of, write_files
from feedbackloop.digest.render import Rendered, reason_to_skip, render
from feedbackloop.errors import SourceError, UsageError
from feedbackloop.hookspecs import Section
from feedbackloop.manager import PluginManager
from feedbackloop.settings import Settings, Team
from feedbackloop.stages.mailing import is_local
from feedbackloop.stages.turn import Turn
from feedbackloop.store import Store

CATCH_UP = timedelta(days=6)
"""A digest that could not go at its time is sent later in the same week, and not after that."""


@dataclass(frozen=True, slots=True)
class Made:
    """One digest: its facts and how they read."""

    facts: Facts
    rendered: Rendered


@dataclass
class Sent:
    """What became of the digests that were to go out."""

    sent: list[dict[str, str]] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)
    failures: list[dict[str, Any]] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """Say it in words."""
        return [f"digest of {one['week']} for {one['team']}: sent by {one['went']}" for one in self.sent] + [
            f"digest of {one['week']} for {one['team']}: not sent, {one['reason']}" for one in self.skipped
        ]


class Office:
    """Makes, writes and sends digests."""

    def __init__(self, store: Store, settings: Settings, plugins: PluginManager, now: datetime) -> None:
        self._store, self._settings, self._plugins, self._now = store, settings, plugins, now

    def team(self, name: str | None) -> Team | None:
        """Give the team of that name; None for all.

        Raises:
            UsageError: There is no such team.
        """
        if name is None:
            return None
        for team in self._settings.teams:
            if team.name == name:
                return team
        known = ", ".join(team.name for team in self._settings.teams) or "none: the config has no [[teams]]"
        raise UsageError(f"there is no team {name!r}; known are {known}")

    def make(self, week: str, name: str | None) -> Made:
        """Gather and render one digest."""
        team = self.team(name)
        facts = gather(self._store, self._settings, self._plugins, week=week, team=team, now=self._now)
        return Made(facts, render(facts, self._sections(facts)))

    def _sections(self, facts: Facts) -> list[Section]:
        values = msgspec.to_builtins(facts, builtin_types=(datetime,))
        answers = self._plugins.each("digest_sections", week=facts.week, team=facts.team, facts=values)
        return [section for _, sections in answers for section in sections]

    def loop_figures(self, made: Made) -> dict[str, Any]:
        """Give how well the loop was closed, as programs read it: what was in time with what was confirmed, and recovery."""
        health, found, changed = made.facts.health, made.facts.recovery, made.facts.edits
        return {
            "in_time": msgspec.to_builtins(health.in_time) if health else None,
            "confirmed": msgspec.to_builtins(health.confirmed) if health else None,
            "recovery": msgspec.to_builtins(found) if found else None,
            "edits": msgspec.to_builtins(changed) if changed else None,
        }

    def write(self, made: Made, out: Path, *, twins: bool) -> list[Path]:
        """Write a digest to a file, with its twins if they are wanted."""
        eml = build(made.facts, made.rendered, self._settings.mail.sender, ()).eml if twins else None
        return write_files(made.rendered, out, eml)

    def send(self, week: str, name: str | None, *, by_schedule: bool = False) -> Sent:
        """Send one team's digest, or every team's that has an address; each goes once a week."""
        wanted = self.team(name)
        outcome = Sent()
        teams = [wanted] if wanted else list(self._settings.teams)
        if not any(team.email for team in teams):
            raise UsageError("nobody to send to: give the [[teams]] an email")
        for team in teams:
            if by_schedule and not self._is_time(week, team):
                continue
            self._send_one(week, team, outcome, quietly=by_schedule)
        return outcome

    def _send_one(self, week: str, team: Team, outcome: Sent, *, quietly: bool) -> None:
        about = {"week": week, "team": team.name}
        if not team.email:
            self._skip(outcome, about, "the team has no email", quietly=quietly)
            return
        made = self.make(week, team.name)
        key = key_of(made.facts)
        with self._store.write():
            is_due = self._store.books.intend_digest(key, week, team.name, self._now)
        if not is_due:
            self._skip(outcome, about, "it went out already", quietly=quietly)
            return
        if reason := reason_to_skip(made.facts):
            self._close(key, f"not sent: {reason}")
            self._skip(outcome, about, reason, quietly=False)
            return
        mail = build(made.facts, made.rendered, self._settings.mail.sender, team.email)
        try:
            went = self._plugins.first("deliver", mail=mail, settings=self._settings)
        except SourceError as error:
            outcome.failures.append(self._failure(team, str(error), permanent=error.permanent))
            return
        if went is None:
            outcome.failures.append(self._failure(team, "no plugin delivered it; see `feedbackloop plugins`"))
            return
        self._close(key, str(went))
        outcome.sent.append(about | {"went": str(went)})

    def _close(self, key: str, where: str) -> None:
        with self._store.write():
            self._store.books.digest_went(key, where, self._now)

    def _skip(self, outcome: Sent, about: dict[str, str], reason: str, *, quietly: bool) -> None:
        if not quietly:
            outcome.skipped.append(about | {"reason": reason})

    def _failure(self, team: Team, error: str, *, permanent: bool = False) -> dict[str, Any]:
        return {"stage": "digest", "source": None, "record": team.name, "error": error, "permanent": permanent}

    def _is_time(self, week: str, team: Team) -> bool:
        """Say whether the time for a team's digest has come, in the team's zone, and is not long past."""
        due = scheduled_at(self._settings, week, team)
        return due <= self._now <= due + CATCH_UP


def send_due(turn: Turn) -> None:
    """Send the digest of the last full week to each team whose time has come, once."""
    office = Office(turn.store, turn.settings, turn.plugins, turn.now)
    if not any(team.email for team in turn.settings.teams):
        turn.report.remarks.append("[digest] send = true, and no team has an email")
        return
    host = turn.settings.mail.host
    if turn.clock.is_replay and not is_local(host):
        turn.report.remarks.append(f"digests are not sent: history is replayed, and {host} is not this machine")
        return
    week = clock.last_full_week(turn.now, turn.settings.loop.zone)
    outcome = office.send(week, None, by_schedule=True)
    turn.report.digests += outcome.lines
    for failure in outcome.failures:
        turn.fail("digest", failure["error"], record=failure["record"])
