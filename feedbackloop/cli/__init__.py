"""What can be typed? One small module a group of commands; no logic.

Command modules are imported when their command runs: `feedbackloop --help` must answer at once, so the table below holds the
one-line helps.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import sqlite3
import sys
from functools import cache
from types import FrameType

import click

from feedbackloop.cli.session import Session, global_options, report_error, shared_options
from feedbackloop.errors import FeedbackloopError

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("setup", "Write a commented feedbackloop.toml."),
    "check": ("check", "Look at the config, the sources, the mail server, the database, the clock and the plugins."),
    "run": ("run", "Do one whole turn of the loop."),
    "pull": ("run", "Only read what is new in the sources."),
    "understand": ("run", "Only read, compare and test what was pulled."),
    "plan": ("run", "Only turn findings and gaps into tasks, notes and drafts."),
    "push": ("run", "Only send what is approved."),
    "verify": ("run", "Only look whether tasks are done, and whether they helped."),
    "retry": ("state", "Try again what was set aside."),
    "state": ("state", "Show each source's cursor, freshness and backlog."),
    "review": ("review", "List, approve, reject or edit what waits for approval."),
    "digest": ("digest", "Show, save or send the weekly digest."),
    "score": ("score", "Understand texts: JSON lines in, JSON lines out; no database, no config."),
    "evaluate": ("score", "Compare scorers with labelled data, with intervals."),
    "export": ("export", "Write items, gaps, findings, tasks and more as JSON lines, CSV or Parquet."),
    "explain": ("explain", "Say what was understood of one item, task or follow-up, and why what was done."),
    "customers": ("customers", "Link or part one person's identities by hand."),
    "forget": ("forget", "Erase a person: texts, names, addresses, drafts."),
    "backup": ("state", "Write a verified copy of the database while it is in use."),
    "plugins": ("setup", "List every plugin found, its hooks, and those skipped with the reason."),
    "new-connector": ("new_connector", "Write an installable connector project whose contract tests run."),
    "demo": ("demo", "Play twelve weeks of a small shop's feedback, offline, and show what comes of it."),
}


class Commands(click.Group):
    """The commands, imported when they are asked for; plugins may add more."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name all commands in the order in which a newcomer meets them, plugins' last."""
        return [*COMMANDS, *sorted(set(_plugin_commands()) - set(COMMANDS))]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import one command."""
        if cmd_name in COMMANDS:
            module = importlib.import_module(f"feedbackloop.cli.{COMMANDS[cmd_name][0]}")
            command: click.Command = getattr(module, cmd_name.replace("-", "_"))
            return shared_options(command)
        return _plugin_commands().get(cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run one command; a reader that went away (`| head`) is no failure, though click calls it 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            if _stdout_is_read():
                raise
            # What Python flushes at its end has to go somewhere, or it complains (see "Note on SIGPIPE" in its docs).
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise click.exceptions.Exit(int(ctx.ensure_object(Session).failed)) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands without importing them."""
        rows = [(name, line) for name, (_, line) in COMMANDS.items()]
        rows += [
            (name, command.get_short_help_str())
            for name, command in sorted(_plugin_commands().items())
            if name not in COMMANDS
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@cache
def _plugin_commands() -> dict[str, click.Command]:
    from feedbackloop.manager import PluginManager

    return dict(PluginManager().commands)


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@global_options
@click.pass_context
def feedbackloop(ctx: click.Context, /, **options: object) -> None:
    """Close the loop between what customers tell you and what you change.

    feedbackloop reads tickets, reviews and survey replies where they are, measures the gap between what customers expected and
    what they experienced, turns repeated gaps into a few improvement tasks, drafts follow-ups to the people concerned, and
    checks later whether the gap closed.

    Start with `feedbackloop demo`, then `feedbackloop init`.
    """
    ctx.ensure_object(Session).take(options)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> None:
    """Run the command line and end with the contract's exit codes."""
    signal.signal(signal.SIGTERM, _stop)
    session = Session()
    try:
        code = feedbackloop.main(prog_name="feedbackloop", standalone_mode=False, obj=session)
    except click.exceptions.Exit as error:
        code = error.exit_code
    except click.ClickException as error:
        session.as_json = session.as_json or "--json" in sys.argv  # what stands behind the fault was not read
        report_error(session, error.format_message(), usage=error)
        code = 2
    except (KeyboardInterrupt, click.Abort):
        report_error(session, "stopped; the next run goes on from here")
        code = 130
    except FeedbackloopError as error:
        report_error(session, str(error), error=error)
        code = error.exit_code
    except sqlite3.Error as error:
        report_error(
            session, f"the database: {error}; nothing half-done was kept. {_database_advice(error)}", error=error
        )
        code = 1
    except Exception as error:  # noqa: BLE001 - the last place: a sentence for people, a traceback only with -v
        report_error(
            session, f"unexpected {type(error).__name__}: {error}; run it again with -v to see where", error=error
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _stdout_is_read() -> bool:
    """Say whether somebody still holds the other end of stdout: else a broken pipe is this one, and no source's."""
    pipe = select.poll()
    pipe.register(1, 0)
    return not pipe.poll(0)


def _database_advice(error: sqlite3.Error) -> str:
    words = str(error)
    if "full" in words or "disk I/O" in words:
        return "Make room on its disk and run it again"
    if "locked" in words:
        return "Another program holds it for too long; end that one and run it again"
    if "readonly" in words:
        return "Give this user the right to write the file and its folder"
    return "`feedbackloop check` says how it stands"


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    raise KeyboardInterrupt
