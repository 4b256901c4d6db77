"""Which sources of the config take part in a run, and how is each opened?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import cached_property

from feedbackloop.clock import parse_time, zone
from feedbackloop.config import validate_options
from feedbackloop.connector import Ability, Connector, Context, SourceOptions
from feedbackloop.errors import ConfigError, FeedbackloopError, UsageError
from feedbackloop.manager import PluginManager
from feedbackloop.settings import Settings

Kind = type[Connector[SourceOptions]]


class Sources:
    """The sources of one run, each opened when it is first asked for.

    Attributes:
        closed: Those that refused us in this run: no stage asks them again.
    """

    def __init__(
        self, settings: Settings, plugins: PluginManager, now: Callable[[], datetime], only: tuple[str, ...] = ()
    ) -> None:
        """Open nothing yet; `only` names those that take part, and empty means all."""
        self.closed: set[str] = set()
        self._settings, self._plugins, self._now, self._only = settings, plugins, now, only
        self._open: dict[str, Connector[SourceOptions]] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The sources that take part, in the config's order.

        Raises:
            UsageError: One is named that is not in the config, or there is none at all.
        """
        known = self._settings.sources
        if not known:
            raise UsageError("the config has no [sources.NAME]; `feedbackloop init` shows how one looks")
        unknown = [name for name in self._only if name not in known]
        if unknown:
            raise UsageError(f"there is no source {unknown[0]!r} in the config; known are {', '.join(known)}")
        return tuple(name for name in known if not self._only or name in self._only)

    def kind(self, source: str) -> Kind | None:
        """Give the class of a source's connector, without opening it; None if the source is not in the config.

        Raises:
            UsageError: There is no such connector.
        """
        section = self._settings.sources.get(source)
        return self._plugins.connector(str(section["connector"])) if section is not None else None

    def connector(self, source: str) -> Connector[SourceOptions]:
        """Open a source, once a run.

        Raises:
            ConfigError: Its options are wrong or a secret is missing.
            UsageError: There is no such connector.
        """
        if source not in self._open:
            self._open[source] = open_source(self._settings, self._plugins, source, self._now)
        return self._open[source]

    def abilities(self, source: str) -> frozenset[Ability]:
        """Say what a source can do beyond reading; nothing, if it is not configured or cannot be opened."""
        try:
            return self.connector(source).abilities if source in self._settings.sources else frozenset()
        except FeedbackloopError:
            return frozenset()

    def close(self) -> Iterator[tuple[str, Exception]]:
        """Let go of all sources; gives those that cannot even be closed, each with what it raised."""
        while self._open:
            source, connector = self._open.popitem()
            try:
                connector.close()
            except Exception as error:  # noqa: BLE001 - a stranger's connector may raise anything; the account must be shown
                yield source, error


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
