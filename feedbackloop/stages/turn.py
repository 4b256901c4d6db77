"""What do the stages of one run share?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from feedbackloop.clock import Clock, parse_time, zone
from feedbackloop.config import validate_options
from feedbackloop.connector import Ability, Connector, Context, SourceOptions
from feedbackloop.errors import ConfigError, FeedbackloopError, UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.records import Failure, LedgerEntry
from feedbackloop.settings import Settings
from feedbackloop.stages.report import Report
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
        only: Names of the sources to take part; empty means all.
        since, until: A backfill's span, with a cursor of its own.
        max_writes: How many writes may leave in this run.
        connectors: Those opened so far, by source.
        closed: Sources that refused us in this run: no stage asks them again.
        settled: What customers said to follow-ups was looked at in this run.
    """

    store: Store
    settings: Settings
    plugins: PluginManager
    clock: Clock
    now: datetime
    report: Report
    only: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    max_writes: int = 0
    progress: Progress = silent
    connectors: dict[str, Connector[SourceOptions]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    settled: bool = False

    @property
    def dry_run(self) -> bool:
        """True if nothing may be written outside."""
        return self.report.dry_run

    @cached_property
    def source_names(self) -> tuple[str, ...]:
        """The sources that take part, in the config's order."""
        return taking_part(self.settings, self.only)

    def connector(self, source: str) -> Connector[SourceOptions]:
        """Open a source, once a run.

        Raises:
            ConfigError: Its options are wrong or a secret is missing.
            UsageError: There is no such connector.
        """
        if source not in self.connectors:
            self.connectors[source] = open_source(self.settings, self.plugins, source, self.clock.now)
        return self.connectors[source]

    def abilities(self, source: str) -> frozenset[Ability]:
        """Say what a source can do beyond reading; nothing, if it is not configured or cannot be opened."""
        try:
            return self.connector(source).abilities if source in self.settings.sources else frozenset()
        except FeedbackloopError:
            return frozenset()

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
        while self.connectors:
            source, connector = self.connectors.popitem()
            try:
                connector.close()
            except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the account must be shown
                self.fail("close", error, source=source)


def taking_part(settings: Settings, only: tuple[str, ...]) -> tuple[str, ...]:
    """Name the sources that take part in a run, in the config's order.

    Raises:
        UsageError: One is named that is not in the config, or there is none at all.
    """
    if not settings.sources:
        raise UsageError("the config has no [sources.NAME]; `feedbackloop init` shows how one looks")
    unknown = [name for name in only if name not in settings.sources]
    if unknown:
        raise UsageError(f"there is no source {unknown[0]!r} in the config; known are {', '.join(settings.sources)}")
    return tuple(name for name in settings.sources if not only or name in only)


def open_source(
    settings: Settings, plugins: PluginManager, source: str, now: Callable[[], datetime]
) -> Connector[SourceOptions]:
    """Make the connector of one configured source.

    Raises:
        ConfigError: Its options are wrong or a secret is missing; each fault with its full key.
        UsageError: There is no such connector.
    """
    where = f"sources.{source}"
    absent = [reason for key, reason in settings.missing.items() if key.startswith(where + ".")]
    if absent:
        raise ConfigError(absent)
    section = settings.sources[source]
    kind = plugins.connector(str(section["connector"]))
    options = validate_options(kind.Options, section, where)
    try:
        context = Context(
            source=source,
            zone=zone(options.timezone) if options.timezone else settings.loop.zone,
            now=now,
            tag_prefix=settings.actions.tag_prefix,
            folder=str(settings.folder),
        )
        if options.start:
            parse_time(options.start, context.zone)
    except ValueError as error:
        raise ConfigError([f"{where}: {error}"]) from error
    return kind(options, context)


@contextmanager
def closing(turn: Turn) -> Iterator[Turn]:
    """Close a turn's sources whatever happens."""
    try:
        yield turn
    finally:
        turn.close()
