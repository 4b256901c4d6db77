"""What does the whole loop look like, week after week, on feedback that ships with the package?

The feedback is invented, everything else is the loop itself: the same stages, with its clock set to each Monday in turn. The
part of people is played too, and said: somebody approves what waits, and the team says when its task is done.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import feedbackloop_quickstart as quickstart

from feedbackloop import clock, loop
from feedbackloop.config import load
from feedbackloop.digest.making import Maker
from feedbackloop.errors import UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Finding, FollowUp, ImprovementTask
from feedbackloop.reviewing import Reviewer
from feedbackloop.settings import Settings
from feedbackloop.stages.report import Report
from feedbackloop.stages.turn import Turn, closing
from feedbackloop.store import Store

REVIEWER = "demo"


@dataclass
class Played:
    """What came of the demo."""

    files: list[Path] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    tasks: list[ImprovementTask] = field(default_factory=list)
    follow_ups: list[FollowUp] = field(default_factory=list)
    held_back: dict[str, int] = field(default_factory=dict)


class Player:
    """Plays the weeks in one folder."""

    def __init__(self, folder: Path, plugins: PluginManager) -> None:
        """Copy the feedback into the folder; what an earlier demo left there is replaced.

        Raises:
            UsageError: The folder holds a config that is not the demo's.
        """
        _clear(folder)
        quickstart.copy_to(folder)
        self.folder, self._plugins = folder, plugins
        self.settings: Settings = load(folder / "feedbackloop.toml")
        self.played = Played()

    def weeks(self) -> Iterator[tuple[str, Report]]:
        """Play one week after the other; yields each week's name and report."""
        with Store(self.settings.database_path) as store, store.held("feedbackloop demo"):
            for now in quickstart.WEEKS:
                report = self._turn(store, now, loop.run)
                self._people(store, now)
                self._turn(store, now, lambda turn: loop.one_stage(turn, "push"))
                week = clock.last_full_week(now, self.settings.loop.zone)
                if report.raised or now == quickstart.WEEKS[-1]:
                    self._digest(store, week, now)
                self.played.reports.append(report)
                yield week, report
            self._account(store)

    def _turn(self, store: Store, now: datetime, work: Callable[[Turn], None]) -> Report:
        most = self.settings.actions.max_writes_per_run
        turn = Turn.at(now, store, self.settings, self._plugins, max_writes=most)
        with closing(turn):
            work(turn)
            loop.finish(turn)
        return turn.report

    def _people(self, store: Store, now: datetime) -> None:
        """Play what people do: approve what waits; in the story's week, say that the task is done."""
        Reviewer(store, self.settings, REVIEWER, now).approve_all()
        if now < quickstart.MENDED_AT:
            return
        for task in store.plans.tasks(("open",)):
            if task.raised_week == quickstart.BREAKS and task.source and task.external_id:
                self._say_done(task)

    def _say_done(self, task: ImprovementTask) -> None:
        """Add the line by which a team says that a task is done: the source here is a file."""
        line = {
            "kind": "task_status",
            "external_id": task.external_id,
            "status": "done",
            "at": clock.iso(quickstart.MENDED_AT),
        }
        path = self.folder / str(self.settings.sources[str(task.source)]["path"])
        with path.with_name(path.name + ".actions.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _digest(self, store: Store, week: str, now: datetime) -> None:
        maker = Maker(store, self.settings, self._plugins, now)
        self.played.files += maker.write(maker.make(week, None), self.folder / f"digest-{week}.html", twins=True)

    def _account(self, store: Store) -> None:
        played = self.played
        played.findings = store.plans.findings(raised_only=True)
        played.tasks = store.plans.tasks()
        played.follow_ups = store.plans.follow_ups()
        for one in played.follow_ups:
            if one.decision != "send" and one.reason:
                played.held_back[one.reason] = played.held_back.get(one.reason, 0) + 1


def _clear(folder: Path) -> None:
    config = folder / "feedbackloop.toml"
    if config.exists() and "Lantern & Leaf" not in config.read_text(encoding="utf-8", errors="replace"):
        raise UsageError(f"{folder} holds a config of yours; name another folder for the demo")
    for pattern in ("feedbackloop.db*", "*.actions.jsonl", "digest-*"):
        for path in folder.glob(pattern):
            path.unlink()
