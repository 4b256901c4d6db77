"""The loop on a helpdesk in memory: one call is one run, and every fault of the system can be switched on between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from feedbackloop import hookimpl, loop
from feedbackloop.clock import Clock
from feedbackloop.config import from_dict
from feedbackloop.connector import Connector
from feedbackloop.hookspecs import Mail, Veto
from feedbackloop.manager import PluginManager
from feedbackloop.records import Action, Receipt
from feedbackloop.settings import Settings
from feedbackloop.stages.report import Report
from feedbackloop.stages.sources import Sources
from feedbackloop.stages.turn import Turn, closing
from feedbackloop.store import Store
from feedbackloop.store.outbox import Queued
from feedbackloop.testing.memory import MemoryConnector, MemorySystem
from feedbackloop_plugins import cleaning, comparing, delivery, digest_sections, redaction, scorers, text

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
"""A Wednesday: no weekend, no quiet hours, nobody is being answered any more."""

STANDARD = {
    "name": "first reply",
    "metric": "first_reply",
    "touchpoint": "support",
    "dimension": "responsiveness",
    "within": "4h",
}


class Connectors:
    """A plugin that brings connectors."""

    def __init__(self, *kinds: type[Connector[Any]]) -> None:
        self._kinds = kinds

    @hookimpl
    def register_connectors(self) -> list[type[Connector[Any]]]:
        return list(self._kinds)


class Postman:
    """A plugin that delivers mail into a list, or raises what it is told to."""

    def __init__(self, *errors: Exception) -> None:
        self.mails: list[Mail] = []
        self.errors = list(errors)

    @hookimpl(tryfirst=True)
    def deliver(self, mail: Mail) -> str:
        self.mails.append(mail)
        if self.errors:
            raise self.errors.pop(0)
        return "a list"


class Gatekeeper:
    """A plugin that is asked before every push."""

    def __init__(self, answer: Callable[[Action], object]) -> None:
        self.answer = answer

    @hookimpl
    def before_push(self, action: Action) -> Any:
        return self.answer(action)


def no(action: Action) -> Veto:
    """Say no to everything."""
    del action
    return Veto("not today")


class Blunt(MemoryConnector):
    """A connector whose next pushes raise what the test lays out; it cannot tell what arrived."""

    name: ClassVar[str] = "blunt"
    errors: ClassVar[list[Exception]] = []
    asked: ClassVar[list[str]] = []

    def push(self, action: Action) -> Receipt:
        Blunt.asked.append(action.id)
        if Blunt.errors:
            raise Blunt.errors.pop(0)
        self.system.write(action)
        return Receipt(external_id=action.key, written_ids=(f"own-{action.key}",))

    def find(self, action: Action) -> Receipt | None:
        raise NotImplementedError


class Finder(Blunt):
    """As `Blunt`, and it finds what arrived."""

    name: ClassVar[str] = "finder"

    def find(self, action: Action) -> Receipt | None:
        return MemoryConnector.find(self, action)


class Bench:
    """A database, a config and a desk in memory."""

    def __init__(self, folder: Path, *, kind: str = "memory", plugins: Mapping[str, object] | None = None) -> None:
        Blunt.errors, Blunt.asked = [], []
        self.desk = MemorySystem(str(folder))
        self.store = Store(folder / "loop.db")
        self.raw: dict[str, Any] = {
            "actions": {"notes": "auto", "tags": "off", "follow_ups": "off", "tasks": "off"},
            "standards": [STANDARD],
            "sources": {"desk": {"connector": kind, "system": str(folder)}},
        }
        shipped = {
            "cleaning": cleaning,
            "comparing": comparing,
            "delivery": delivery,
            "digest": digest_sections,
            "redaction": redaction,
            "scorers": scorers,
            "text": text,
        }
        own = {"memory": Connectors(MemoryConnector, Blunt, Finder)}
        self.plugins = PluginManager({**shipped, **own, **(plugins or {})})

    @property
    def settings(self) -> Settings:
        """The config as it stands."""
        return from_dict(self.raw)

    def actions(self, **changes: Any) -> Bench:
        """Change `[actions]`."""
        self.raw["actions"] |= changes
        return self

    def turn(self, now: datetime = NOON, *, dry_run: bool = False, **more: Any) -> Turn:
        """Make a run's turn."""
        settings = self.settings
        more.setdefault("max_writes", settings.actions.max_writes_per_run)
        clock = more.pop("clock", Clock())
        more["sources"] = Sources(settings, self.plugins, clock.now, more.pop("only", ()))
        return Turn(self.store, settings, self.plugins, clock, now, Report(now, dry_run), **more)

    def run(self, now: datetime = NOON, stage: str = "", **more: Any) -> Report:
        """Do one run, or one stage of it."""
        turn = self.turn(now, **more)
        with closing(turn):
            loop.one_stage(turn, stage) if stage else loop.run(turn)
            loop.finish(turn)
        return turn.report

    def later(self, **span: float) -> Report:
        """Run again after a while."""
        return self.run(NOON + timedelta(**span))

    def queued(self) -> list[Queued]:
        """All actions."""
        return self.store.outbox.with_status()

    def statuses(self) -> list[str]:
        """How all actions stand."""
        return [one.status for one in self.queued()]

    def decisions(self, what: str) -> list[tuple[str, str]]:
        """What the ledger says of one kind of thing."""
        return [(entry.decision, entry.reason) for _, entry in self.store.books.ledger() if entry.what == what]
