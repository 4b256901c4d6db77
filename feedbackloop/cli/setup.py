"""The commands for beginning: `init` and `plugins`."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".", metavar="[DIR]")
@click.option("--connector", default="zendesk", show_default=True, metavar="NAME", help="The kind of the first source.")
@click.pass_obj
def init(session: Session, folder: Path, connector: str) -> None:
    """Write a commented feedbackloop.toml; never overwrites.

    Example: feedbackloop init --connector csv
    """
    from feedbackloop.starting import config_text

    text = config_text(session.plugins.connector(connector), files("feedbackloop") / "templates")
    path = folder / "feedbackloop.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} exists already and stays as it is; name another folder") from error
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from error
    session.say(f"wrote {path}")
    session.say("next: fill in the source, then `feedbackloop check`, then `feedbackloop run --dry-run`")
    session.finish({"files": [str(path)]})


@click.command()
@click.pass_obj
def plugins(session: Session) -> None:
    """List every plugin found, its hooks, and those skipped with the reason.

    Example: feedbackloop plugins --json
    """
    found = session.plugins
    listed = [
        {"name": one.name, "kind": one.kind, "version": one.version, "hooks": list(one.hooks), "skipped": one.skipped}
        for one in found.plugins
    ]
    session.table(
        [(one.name, one.kind, one.version, one.skipped or ", ".join(one.hooks)) for one in found.plugins],
        ["plugin", "kind", "version", "hooks, or why it was skipped"],
    )
    if not listed:
        session.warn("no plugins are installed: a bare checkout has no entry points; run `pip install -e .`")
    connectors, scorers = sorted(found.connectors), sorted(found.scorers)
    session.say(f"\nconnectors: {', '.join(connectors)}\nscorers: {', '.join(scorers)}")
    session.finish({"plugins": listed, "connectors": connectors, "scorers": scorers})
