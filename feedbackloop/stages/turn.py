"""What do the stages of one run share?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from feedbackloop.clock import Clock
from feedbackloop.errors import FeedbackloopError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Failure, LedgerEntry
from feedbackloop.settings import Settings
from feedbackloop.stages.report import Report
from feedbackloop.stages.sources import Sources
from feedbackloop.store import Store

Advance = Callable[[int], object]
Progress = Callable[[str, int | None], AbstractContextManager[Advance]]


def silent(what: str, total: int | None) -> AbstractContextManager[Advance]:
    """Show no progress."""
    del what, total
    return nullcontext(_nothing)


def _nothing(count: int) -> None:
    del count


@dataclass
class Turn:
    """One run: the store, the config, the plugins, the clock, and the account of what happened.

    Attributes:
        now: The loop's time, the same for the whole run.
        sources: Those that take part, with the connectors that are open.
        since, until: A backfill's span, with a cursor of its own.
        max_writes: How many writes may leave in this run.
        settled: What customers said to follow-ups was looked at in this run.
    """

    store: Store
    settings: Settings
    plugins: PluginManager
    clock: Clock
    now: datetime
    report: Report
    sources: Sources
    since: datetime | None = None
    until: datetime | None = None
    max_writes: int = 0
    progress: Progress = silent
    settled: bool = False

    @classmethod
    def at(
        cls, now: datetime, store: Store, settings: Settings, plugins: PluginManager, *, max_writes: int = 0
    ) -> Turn:
        """Make a turn of all sources with its clock set to a moment: a replay of history."""
        clock = Clock(now)
        return cls(
            store=store,
            settings=settings,
            plugins=plugins,
            clock=clock,
            now=now,
            report=Report(now),
            sources=Sources(settings, plugins, clock.now),
            max_writes=max_writes,
        )

    @property
    def dry_run(self) -> bool:
        """True if nothing may be written outside."""
        return self.report.dry_run

    def write_down(self, what: str, about: str, decision: str, reason: str = "", by: str = "loop") -> LedgerEntry:
        """Append one decision to the ledger; call inside `store.write()`."""
        entry = LedgerEntry(self.now, what, about, decision, reason, by)
        self.store.books.write_down([entry])
        return entry

    def fail(self, stage: str, error: object, *, source: str | None = None, record: str | None = None) -> None:
        """Note in the report that something did not work."""
        permanent = bool(getattr(error, "permanent", False))
        self.report.fail(
            Failure(stage=stage, error=self.said(error), source=source, record=record, permanent=permanent)
        )

    def said(self, error: object) -> str:
        """Put an error in words, a stranger's with its kind; no secret of the config stands in them."""
        is_strange = isinstance(error, Exception) and not isinstance(error, FeedbackloopError)
        words = f"{type(error).__name__}: {error}" if is_strange else str(error)
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return words

    @cached_property
    def _secrets(self) -> tuple[str, ...]:
        return self.settings.secrets()

    def close(self) -> None:
        """Let go of all sources; one that cannot even be closed is named in the report."""
        for source, error in self.sources.close():
            self.fail("close", error, source=source)


@contextmanager
def closing(turn: Turn) -> Iterator[Turn]:
    """Close a turn's sources whatever happens."""
    try:
        yield turn
    finally:
        turn.close()
