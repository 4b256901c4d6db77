"""Which plugins are there, do they fit, and what do they bring?

Every entry point of the group `feedbackloop` is loaded on its own: a broken one is skipped by name with the reason, a hook
that no hookspec knows is reported with the nearest known one, and two plugins that claim one name are an error that names both.
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from feedbackloop import hookspecs
from feedbackloop.errors import FeedbackloopError, SourceError, UsageError
from feedbackloop.hookspecs import Scorer
from feedbackloop.records import Failure

if TYPE_CHECKING:
    import click

    from feedbackloop.connector import Connector, SourceOptions

GROUP = "feedbackloop"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One plugin as `feedbackloop plugins` lists it; `skipped` holds the reason where it was not loaded."""

    name: str
    kind: str
    version: str
    hooks: tuple[str, ...]
    skipped: str | None = None


class PluginManager:
    """Loads plugins and calls their hooks, so that one broken plugin costs only its own answer.

    Attributes:
        plugins: Every plugin found, those skipped included.
        failures: What plugins raised while they were asked, for the report; the same is named once.
        raised: How often a plugin raised, so that a caller sees whether one did just now; `last_fault` says what it was.
    """

    def __init__(self, modules: Mapping[str, object] | None = None) -> None:
        """Load the installed entry points, or, for tests and embedding, the given plugins by name."""
        self._pluggy = pluggy.PluginManager(GROUP)
        self._pluggy.add_hookspecs(hookspecs)
        self.plugins: list[PluginInfo] = []
        self.failures: list[Failure] = []
        self.raised = 0
        self.last_fault = ""
        if modules is None:
            self._load_entry_points()
        else:
            for name, module in modules.items():
                self._register(name, module, "")

    # --- loading ---------------------------------------------------------------------------------------------------

    def _load_entry_points(self) -> None:
        found = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
        for point in found:
            rivals = {other.value for other in found if other.name == point.name}
            if len(rivals) > 1:
                self._skip(point, f"two plugins claim the name {point.name!r}: {' and '.join(sorted(rivals))}")
                continue
            if self._pluggy.has_plugin(point.name):
                continue
            try:
                module = point.load()
            except Exception as error:  # noqa: BLE001 - a stranger's module may raise anything on import; it must not stop the rest
                self._skip(point, f"{type(error).__name__}: {error}")
                continue
            self._register(point.name, module, point.dist.version if point.dist else "")

    def _skip(self, point: EntryPoint, reason: str) -> None:
        version = point.dist.version if point.dist else ""
        self.plugins.append(PluginInfo(point.name, "plugin", version, (), reason))

    def _register(self, name: str, module: object, version: str) -> None:
        unknown = _unknown_hooks(module)
        if unknown:
            self.plugins.append(PluginInfo(name, "plugin", version, (), "; ".join(unknown)))
            return
        try:
            self._pluggy.register(module, name)
        except (pluggy.PluginValidationError, ValueError) as error:
            self._pluggy.unregister(name=name) if self._pluggy.has_plugin(name) else None
            self.plugins.append(PluginInfo(name, "plugin", version, (), str(error).replace("\n", " ")))
            return
        hooks = tuple(sorted(caller.name for caller in self._pluggy.get_hookcallers(module) or ()))
        kind = "connector" if "register_connectors" in hooks else "plugin"
        self.plugins.append(PluginInfo(name, kind, version, hooks))

    @property
    def skipped(self) -> list[PluginInfo]:
        """The plugins that were found and not loaded."""
        return [plugin for plugin in self.plugins if plugin.skipped]

    # --- what plugins bring ----------------------------------------------------------------------------------------

    @cached_property
    def connectors(self) -> Mapping[str, type[Connector[SourceOptions]]]:
        """Connector classes by the name that stands in the config."""
        return self._named("register_connectors", lambda connector: connector.name)

    @cached_property
    def scorers(self) -> Mapping[str, Scorer]:
        """Sentiment scorers by name."""
        return self._named("register_scorers", lambda scorer: scorer.name)

    @cached_property
    def commands(self) -> Mapping[str, click.Command]:
        """Further commands of the command line, by name."""
        return self._named("register_commands", lambda command: command.name or "")

    def connector(self, name: str) -> type[Connector[SourceOptions]]:
        """Give the connector of that name.

        Raises:
            UsageError: There is none; the nearest known name is said.
        """
        if name in self.connectors:
            return self.connectors[name]
        if not self.plugins:
            raise UsageError("no plugins are installed: a bare checkout has no entry points; run `pip install -e .`")
        near = difflib.get_close_matches(name, self.connectors, n=1)
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(self.connectors))}"
        raise UsageError(f"there is no connector {name!r}; {hint}")

    def _named(self, hook: str, name_of: Callable[[Any], str]) -> dict[str, Any]:
        found: dict[str, tuple[str, Any]] = {}
        for plugin, offers in self.each(hook):
            for offer in offers or ():
                name = name_of(offer)
                if name in found:
                    raise UsageError(f"two plugins claim the name {name!r}: {found[name][0]} and {plugin}")
                found[name] = (plugin, offer)
        return {name: offer for name, (_, offer) in found.items()}

    # --- calling ---------------------------------------------------------------------------------------------------

    def each(self, hook: str, **values: object) -> list[tuple[str, Any]]:
        """Ask every plugin that has the hook; what one raises is recorded and costs only its own answer.

        Returns:
            (plugin's name, answer), in pluggy's order, without the answer None.
        """
        answers = []
        for plugin, call in self._implementations(hook):
            answer = self._ask(plugin, hook, call, values)
            if answer is not None:
                answers.append((plugin, answer))
        return answers

    def first(self, hook: str, *, once: bool = False, **values: object) -> Any:
        """Ask plugins in order until one answers; None if none does. Errors as in `each`.

        Args:
            hook: The hook's name.
            once: Ask nobody else when a plugin broke: it may have done the work before.
            values: For the hook.
        """
        raised = self.raised
        for plugin, call in self._implementations(hook):
            answer = self._ask(plugin, hook, call, values)
            if answer is not None:
                return answer
            if once and self.raised > raised:
                return None
        return None

    def batch(self, hook: str, size: int, **values: object) -> Sequence[Any]:
        """Ask for one answer per record; a plugin that answers with another number is recorded and passed over.

        Raises:
            UsageError: No plugin has this hook.
            FeedbackloopError: None of those that have it gave an answer of the right size.
        """
        asked, raised = [], self.raised
        for plugin, call in self._implementations(hook):
            asked.append(plugin)
            answer = self._ask(plugin, hook, call, values)
            if answer is None:
                continue
            if len(answer) == size:
                return answer  # type: ignore[no-any-return]
            self._fail(plugin, hook, f"answered {len(answer)} results for {size} records")
        if not asked:
            raise UsageError(f"no plugin has the hook {hook}; see `feedbackloop plugins`")
        reason = f": {self.last_fault}" if self.raised > raised else ""
        raise FeedbackloopError(f"no plugin answered the hook {hook}{reason}")

    def redacted(self, words: Sequence[str]) -> Sequence[str]:
        """Mask personal data in words; errors as in `batch`."""
        return self.batch("redact", len(words), texts=words) if words else []

    def remarks(self) -> list[str]:
        """Ask what people should know of the run that ends here."""
        return [sentence for _, told in self.each("after_run") for sentence in told]

    def _implementations(self, hook: str) -> Iterable[tuple[str, Callable[..., Any]]]:
        for impl in reversed(getattr(self._pluggy.hook, hook).get_hookimpls()):
            yield impl.plugin_name, _with_names(impl.function, impl.argnames)

    def _ask(self, plugin: str, hook: str, call: Callable[..., Any], values: Mapping[str, object]) -> Any:
        try:
            return call(values)
        except SourceError:  # what `deliver` may raise: the caller knows what to do
            raise
        except Exception as error:  # noqa: BLE001 - one plugin's fault must not lose the answers of the others
            self._fail(plugin, hook, f"{type(error).__name__}: {error}")
            return None

    def _fail(self, plugin: str, hook: str, reason: str) -> None:
        self.raised += 1
        self.last_fault = f"{plugin}: {reason}"
        failure = Failure(stage="plugin", source=plugin, record=hook, error=reason, permanent=True)
        if failure not in self.failures:
            self.failures.append(failure)


def _with_names(function: Callable[..., Any], names: Sequence[str]) -> Callable[[Mapping[str, object]], Any]:
    """Call with only those values that the implementation asks for, as pluggy does."""
    return lambda values: function(*(values[name] for name in names))


def _unknown_hooks(module: object) -> list[str]:
    """Name the functions marked as hookimpl that no hookspec knows, each with the nearest known name."""
    known = {name for name, function in vars(hookspecs).items() if hasattr(function, f"{GROUP}_spec")}
    members = vars(module) if isinstance(module, ModuleType) else dict(inspect.getmembers(module))
    faults = []
    for name, member in members.items():
        if not hasattr(member, f"{GROUP}_impl") or name in known:
            continue
        near = difflib.get_close_matches(name, known, n=1)
        faults.append(f"there is no hook {name!r}" + (f"; did you mean {near[0]}?" if near else ""))
    return faults
