"""What do all commands share: where the config is, how results are shown, and what time it is?"""

from __future__ import annotations

import io
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from feedbackloop import __version__
from feedbackloop.clock import Clock, parse_time
from feedbackloop.errors import ConfigError, FeedbackloopError, UsageError

if TYPE_CHECKING:
    from feedbackloop.manager import PluginManager
    from feedbackloop.settings import Settings
    from feedbackloop.stages.turn import Advance
    from feedbackloop.store import Store

F = TypeVar("F", bound=Callable[..., object])
_DIRECTION = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(128, 160), *_DIRECTION), "·") | {13: None}

_OPTIONS = (
    click.Option(
        ["-c", "--config"], type=click.Path(path_type=Path), help="The config [default: ./feedbackloop.toml]."
    ),
    click.Option(["--json", "as_json"], is_flag=True, help="Print one JSON document on stdout, nothing else there."),
    click.Option(["-q", "--quiet"], is_flag=True, help="Say only what is wrong."),
    click.Option(["-v", "--verbose"], is_flag=True, help="Say more; show tracebacks and log lines."),
    click.Option(["--now"], metavar="TIME", help="The loop's clock, ISO 8601, for replaying history."),
    click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=lambda ctx, _, value: _show_version(ctx, value),
        help="Show the version and exit.",
    ),
)


class Session:
    """One call of the command line."""

    def __init__(self) -> None:
        self.config: Path | None = None
        self.as_json = False
        self.quiet = False
        self.verbose = False
        self.now: str | None = None
        self.failed = False
        """Whether something failed in the work that is told of: the exit code says so though nobody reads to the end."""

    def take(self, options: dict[str, Any]) -> None:
        """Take over the options that every command has; given twice, the later one counts."""
        for name, value in options.items():
            if value:
                setattr(self, name, value)
        if self.verbose:
            _log_to_stderr()

    # --- what commands need ----------------------------------------------------------------------------------------

    @cached_property
    def clock(self) -> Clock:
        """The loop's clock.

        Raises:
            UsageError: `--now` is not a time.
        """
        if not self.now:
            return Clock()
        try:
            return Clock(parse_time(self.now))
        except ValueError as error:
            raise UsageError(f"--now: {error}; write for example 2026-11-02T09:00:00Z") from error

    @property
    def config_path(self) -> Path:
        """Where the config is: `-c`, else `$FEEDBACKLOOP_CONFIG`, else ./feedbackloop.toml."""
        return self.config or Path(os.environ.get("FEEDBACKLOOP_CONFIG") or "feedbackloop.toml")

    @cached_property
    def settings(self) -> Settings:
        """The config.

        Raises:
            ConfigError: It is missing or has faults.
        """
        from feedbackloop.config import load

        return load(self.config_path)

    @cached_property
    def plugins(self) -> PluginManager:
        """All installed plugins."""
        from feedbackloop.manager import PluginManager

        return PluginManager()

    def store(self, *, must_exist: bool = True) -> Store:
        """Open the database.

        Raises:
            UsageError: There is none yet and the command only reads.
        """
        from feedbackloop.store import Store

        return Store(self.existing_database() if must_exist else self.settings.database_path)

    def existing_database(self) -> Path:
        """Where the database is.

        Raises:
            UsageError: There is none yet.
        """
        path = self.settings.database_path
        if not path.exists():
            raise UsageError(f"there is no database at {path} yet; `feedbackloop run` makes it")
        return path

    # --- what is shown ---------------------------------------------------------------------------------------------

    def say(self, line: str = "") -> None:
        """Print a line for people: on stdout, or on stderr beside a JSON document; nothing with -q."""
        if not self.quiet:
            click.echo(inert(line), err=self.as_json)

    @contextmanager
    def rows_out(self) -> Iterator[TextIO]:
        """Give stdout for rows: UTF-8 with plain line ends, whatever the terminal's encoding is. It stays open afterwards."""
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", errors="replace", newline="\n")
        try:
            yield out
        finally:
            out.flush()
            out.detach()

    def warn(self, line: str) -> None:
        """Print a line for people on stderr, also with -q; one line, whatever stands in it."""
        click.echo(one_line(line), err=True)

    def table(self, rows: Sequence[Sequence[object]], headers: Sequence[str]) -> None:
        """Print a table for people."""
        from tabulate import tabulate

        if rows:
            self.say(tabulate([[inert(str(cell)) for cell in row] for row in rows], headers=list(headers)))

    def finish(self, document: dict[str, Any], *, ok: bool = True) -> None:
        """Print the JSON document if one is wanted, and end with exit code 0, or 1 if something failed."""
        self.failed = not ok
        if self.as_json:
            document.setdefault("ok", ok)
            document.setdefault("failures", [])
            click.echo(json.dumps(document, ensure_ascii=False, default=str))
        if not ok:
            raise click.exceptions.Exit(1)

    @contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Advance]:
        """Show a progress bar on stderr where somebody is looking."""
        from tqdm import tqdm

        is_hidden = self.quiet or not sys.stderr.isatty()
        with tqdm(total=total, desc=what, unit="", disable=is_hidden, leave=False, file=sys.stderr) as bar:
            yield bar.update


def inert(line: str) -> str:
    """Make customers' words harmless for a terminal: no escapes, no carriage returns, no lone surrogates."""
    return line.translate(_CONTROL).encode("utf-8", "replace").decode("utf-8")


def one_line(text: str) -> str:
    """Make words harmless, and keep them from forging lines of their own."""
    return inert(text.replace("\r", " ").replace("\n", " "))


def moment(text: str | None, option: str, zone: Any) -> datetime | None:
    """Read a time given as an option.

    Raises:
        UsageError: It is not a time.
    """
    if text is None:
        return None
    try:
        return parse_time(text, zone)
    except ValueError as error:
        raise UsageError(f"{option}: {error}; write for example 2026-11-02 or 2026-11-02T09:00:00Z") from error


def who(by: str | None) -> str:
    """Give the name under which a person's answer stands in the ledger: the one named, else the login."""
    import getpass

    try:
        return by or getpass.getuser()
    except (OSError, KeyError):
        return "reviewer"


def _show_version(ctx: click.Context, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"feedbackloop, version {__version__}")
        ctx.exit()


def global_options(function: F) -> F:
    """Add the options of every command to the group itself, so that they may stand before the command's name too."""
    params = function.__dict__.setdefault("__click_params__", [])
    params.extend(reversed(_OPTIONS))
    return function


def shared_options(command: click.Command) -> click.Command:
    """Add the options of every command to one command, and to its subcommands."""
    names = {name for option in _OPTIONS for name in option.opts}
    if not any(names & set(param.opts) for param in command.params):  # not added yet
        inner = command.callback
        command.params = [*command.params, *_OPTIONS]
        command.callback = _taking(inner) if inner else None
    if isinstance(command, click.Group):
        for child in command.commands.values():
            shared_options(child)
    return command


def _taking(inner: Callable[..., object]) -> Callable[..., object]:
    own = [option.name for option in _OPTIONS if option.expose_value]

    def call(**values: Any) -> object:
        session = click.get_current_context().ensure_object(Session)
        session.take({name: values.pop(name) for name in own if name})
        return inner(**values)

    call.__doc__ = inner.__doc__
    return call


def report_error(
    session: Session, message: str, *, usage: click.ClickException | None = None, error: Exception | None = None
) -> None:
    """Say on stderr what is wrong, where, and what to do; the JSON document says it too."""
    faults = error.faults if isinstance(error, ConfigError) else [message]
    if error is not None and session.verbose:
        click.echo(inert("".join(traceback.format_exception(error))), err=True)
    if isinstance(error, ConfigError) and len(faults) > 1:
        click.echo(f"feedbackloop: {len(faults)} faults in {session.config_path}:", err=True)
        for fault in faults:
            click.echo(one_line(f"  {fault}"), err=True)
    else:
        click.echo(one_line(f"feedbackloop: {message}"), err=True)
    if isinstance(usage, click.UsageError) and usage.ctx:
        click.echo(f"Try `{usage.ctx.command_path} --help`.", err=True)
    if session.as_json:
        stage = "config" if isinstance(error, ConfigError) else "command"
        failures = [
            {"stage": stage, "source": None, "record": None, "error": fault, "permanent": True} for fault in faults
        ]
        click.echo(json.dumps({"ok": False, "failures": failures}, ensure_ascii=False))


def _log_to_stderr() -> None:
    import logging

    class Inert(logging.Formatter):
        """Keeps each record on lines of its own, without control characters."""

        def format(self, record: logging.LogRecord) -> str:
            return one_line(super().format(record))

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Inert("%(asctime)s %(name)s %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)


__all__ = ["FeedbackloopError", "Session", "global_options", "inert", "moment", "report_error", "shared_options", "who"]
