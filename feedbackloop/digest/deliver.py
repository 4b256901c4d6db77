"""Which digest goes to whom, and when?

A row (team, week) is written before anything is sent, so that a digest goes out once; one that is interrupted goes out again
under the same Message-ID, which mail programs show once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from feedbackloop import clock
from feedbackloop.digest.gather import scheduled_at
from feedbackloop.digest.headline import reason_to_skip
from feedbackloop.digest.making import Maker
from feedbackloop.errors import SourceError, UsageError
from feedbackloop.settings import Team
from feedbackloop.stages.mailing import is_local
from feedbackloop.stages.turn import Turn

CATCH_UP = timedelta(days=6)
"""A digest that could not go at its time is sent later in the same week, and not after that."""


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


class Post:
    """Sends the digests that a maker makes, each once."""

    def __init__(self, maker: Maker) -> None:
        self._maker, self._settings = maker, maker.settings

    def send(self, week: str, name: str | None, *, by_schedule: bool = False) -> Sent:
        """Send one team's digest, or every team's that has an address; each goes once a week."""
        wanted = self._settings.team_named(name)
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
        made = self._maker.make(week, team.name)
        key = made.key
        with self._maker.store.write():
            is_due = self._maker.store.books.intend_digest(key, week, team.name, self._maker.now)
        if not is_due:
            self._skip(outcome, about, "it went out already", quietly=quietly)
            return
        if reason := reason_to_skip(made.facts):
            self._close(key, f"not sent: {reason}")
            self._skip(outcome, about, reason, quietly=False)
            return
        mail = self._maker.mail(made, team.email)
        try:
            went = self._maker.plugins.first("deliver", mail=mail, settings=self._settings)
        except SourceError as error:
            outcome.failures.append(self._failure(team, str(error), permanent=error.permanent))
            return
        if went is None:
            outcome.failures.append(self._failure(team, "no plugin delivered it; see `feedbackloop plugins`"))
            return
        self._close(key, str(went))
        outcome.sent.append(about | {"went": str(went)})

    def _close(self, key: str, where: str) -> None:
        with self._maker.store.write():
            self._maker.store.books.digest_went(key, where, self._maker.now)

    def _skip(self, outcome: Sent, about: dict[str, str], reason: str, *, quietly: bool) -> None:
        if not quietly:
            outcome.skipped.append(about | {"reason": reason})

    def _failure(self, team: Team, error: str, *, permanent: bool = False) -> dict[str, Any]:
        return {"stage": "digest", "source": None, "record": team.name, "error": error, "permanent": permanent}

    def _is_time(self, week: str, team: Team) -> bool:
        """Say whether the time for a team's digest has come, in the team's zone, and is not long past."""
        due = scheduled_at(self._settings, week, team)
        return due <= self._maker.now <= due + CATCH_UP


def send_due(turn: Turn) -> None:
    """Send the digest of the last full week to each team whose time has come, once."""
    if not any(team.email for team in turn.settings.teams):
        turn.report.remarks.append("[digest] send = true, and no team has an email")
        return
    host = turn.settings.mail.host
    if turn.clock.is_replay and not is_local(host):
        turn.report.remarks.append(f"digests are not sent: history is replayed, and {host} is not this machine")
        return
    week = clock.last_full_week(turn.now, turn.settings.loop.zone)
    maker = Maker(turn.store, turn.settings, turn.plugins, turn.now)
    outcome = Post(maker).send(week, None, by_schedule=True)
    turn.report.digests += outcome.lines
    for failure in outcome.failures:
        turn.fail("digest", failure["error"], record=failure["record"])
