"""The commands about where things stand: `state`, `retry`, `backup`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedbackloop.cli.session import Session, moment
from feedbackloop.errors import UsageError

if TYPE_CHECKING:
    from feedbackloop.store import Store

RETRIABLE = ("set_aside", "failed", "needs_a_look", "retrying")


@click.group(invoke_without_command=True)
@click.pass_context
def state(ctx: click.Context) -> None:
    """Show each source's cursor, freshness and backlog.

    Example: feedbackloop state
    """
    if ctx.invoked_subcommand is None:
        _show(ctx.obj)


def _show(session: Session) -> None:
    with session.store() as store:
        known = {one.name: one for one in store.sources.all()}
        sources = []
        for name, section in session.settings.sources.items():
            one = known.get(name)
            sources.append(
                {
                    "name": name,
                    "connector": section["connector"],
                    "cursor": one.cursor if one else None,
                    "fresh_as_of": one.fresh_as_of if one else None,
                    "caught_up": one.caught_up if one else False,
                    "backlog": store.sources.backlog(name),
                    "error": one.last_error if one else None,
                }
            )
        aside = store.sources.aside()
        actions = store.outbox.counts()
        stuck = [
            {"id": one.action.id, "kind": str(one.action.kind), "status": one.status, "error": one.last_error}
            for one in store.outbox.with_status(*RETRIABLE)
        ]
        counts = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in actions.items() if number)
    rows = [
        (
            one["name"],
            one["fresh_as_of"] or "never",
            _waiting(one["backlog"]),
            _short(one["cursor"]),
            one["error"] or "",
        )
        for one in sources
    ]
    session.table(rows, ["source", "fresh as of", "backlog", "cursor", "last error"])
    session.say(f"actions: {counts or 'none yet'}")
    _show_aside(session, aside, stuck)
    session.finish({"sources": sources, "set_aside": aside, "actions": actions, "stuck": stuck})


def _show_aside(session: Session, aside: list[dict[str, Any]], stuck: list[dict[str, Any]]) -> None:
    if aside or stuck:
        session.say("\nset aside (try again with `feedbackloop retry ID`):")
        rows = [(one["id"], f"{one['source']}/{one['record']}", one["field"] or "", one["reason"]) for one in aside]
        rows += [(one["id"], one["kind"], one["status"], one["error"] or "") for one in stuck]
        session.table(rows, ["id", "record", "field", "reason"])


@state.command()
@click.argument("source")
@click.option("--to", "to", required=True, metavar="TIME", help="Read again from this time on.")
@click.pass_obj
def reset(session: Session, source: str, to: str) -> None:
    """Set one source's cursor back (or forward); the other sources are not touched.

    Example: feedbackloop state reset support --to 2026-01-01
    """
    from feedbackloop.stages.sources import open_source

    if source not in session.settings.sources:
        raise UsageError(
            f"there is no source {source!r} in the config; known are {', '.join(session.settings.sources)}"
        )
    since = moment(to, "--to", session.settings.loop.zone)
    with session.store() as store:
        connector = open_source(session.settings, session.plugins, source, session.clock.now)
        with closing(connector):
            cursor = connector.start(since)
        with store.write():
            store.sources.reset(source, connector.name, cursor)
    session.say(f"{source} is read again from {to} on in the next run; what is known already is not doubled")
    session.finish({"source": source, "cursor": cursor})


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--all", "everything", is_flag=True, help="All that was set aside.")
@click.pass_obj
def retry(session: Session, ids: tuple[str, ...], everything: bool) -> None:
    """Try again what was set aside: records are read again, actions are sent again, in the next run.

    Example: feedbackloop retry --all
    """
    if not ids and not everything:
        raise UsageError("name what to try again, or say --all; `feedbackloop state` lists it")
    with session.store() as store, store.write():
        aside = {one["id"]: one for one in store.sources.aside()}
        stuck = {one.action.id for one in store.outbox.with_status(*RETRIABLE)}
        items = set(store.items.aside())
        wanted = [*aside, *sorted(stuck)] if everything else list(ids)
        unknown = [one for one in wanted if one not in aside and one not in stuck and one not in items]
        if unknown:
            raise UsageError(f"nothing set aside has the id {unknown[0]!r}; `feedbackloop state` lists what has")
        for one in wanted:
            if one in stuck:
                store.outbox.again(one)
            else:
                record = f"{aside[one]['source']}/{aside[one]['record']}" if one in aside else one
                _retry_record(store, record, one)
    session.say(f"{len(wanted)} will be tried again in the next run")
    session.finish({"retried": wanted})


def _retry_record(store: Store, record: str, ident: str) -> None:
    """Read an item again that is here already; what could not even be stored is asked of its source again."""
    if not store.items.take_up(record):
        store.sources.try_again([ident])


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(session: Session, file: Path) -> None:
    """Write a verified copy of the database while it is in use.

    Example: feedbackloop backup /var/backups/feedbackloop.db
    """
    if file.exists():
        raise UsageError(f"{file} exists already; a backup never overwrites")
    from feedbackloop.store.files import back_up

    back_up(session.existing_database(), file)
    session.say(f"wrote {file} ({file.stat().st_size:,} bytes, checked)")
    session.finish({"file": str(file), "bytes": file.stat().st_size})


def _waiting(backlog: dict[str, int]) -> str:
    return ", ".join(f"{number} {what.replace('_', ' ')}" for what, number in backlog.items() if number) or "none"


def _short(cursor: str | None) -> str:
    return "" if cursor is None else cursor if len(cursor) <= 40 else cursor[:39] + "…"
