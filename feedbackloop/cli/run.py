"""The commands that move the loop: `run`, and one stage alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from feedbackloop.cli.session import Session, moment
from feedbackloop.cli.summary import summarise

_source = click.option("--source", "sources", multiple=True, metavar="NAME", help="Only this source (repeatable).")


@click.command()
@click.option("--dry-run", is_flag=True, help="Work on a copy: write nothing, show what would be pushed.")
@_source
@click.option("--since", metavar="TIME", help="Backfill from this time on, with a cursor of its own.")
@click.option("--until", metavar="TIME", help="Backfill up to this time.")
@click.option("--max-writes", type=click.IntRange(min=0), help="At most so many writes [default: from the config].")
@click.pass_obj
def run(session: Session, /, *, dry_run: bool, **options: Any) -> None:
    """Do one whole turn of the loop: pull, understand, compare, detect, plan, push, verify, digest.

    Example: feedbackloop run --dry-run
    """
    from feedbackloop import loop

    _turn(session, "feedbackloop run", loop.run, dry_run=dry_run, **options)


def _stage(name: str, line: str) -> click.Command:
    @click.command(name, help=f"{line}\n\nExample: feedbackloop {name}")
    @_source
    @click.pass_obj
    def command(session: Session, sources: tuple[str, ...]) -> None:
        from feedbackloop import loop

        _turn(session, f"feedbackloop {name}", lambda turn: loop.one_stage(turn, name), sources=sources)

    return command


pull = _stage("pull", "Read what is new in the sources, and nothing else.")
plan = _stage("plan", "Turn findings and gaps into improvement tasks, notes, tags and drafts.")
push = _stage("push", "Send what is approved, within the caps.")
verify = _stage("verify", "Look whether improvement tasks are done, and whether they helped.")


@click.command()
@click.option("--all", "again", is_flag=True, help="Read every item again, as after a change of scorer.")
@click.pass_obj
def understand(session: Session, again: bool) -> None:
    """Read what was pulled, compare expectation with experience, and test the last weeks.

    Example: feedbackloop understand --all
    """
    from feedbackloop import loop

    _turn(session, "feedbackloop understand", lambda turn: loop.one_stage(turn, "understand", again=again))


def _turn(session: Session, holder: str, work: Callable[[Any], None], **options: Any) -> None:
    """Do some stages under the lease, and show what came of them."""
    from feedbackloop import loop

    with opened_turn(session, holder, **options) as turn:
        work(turn)
        loop.finish(turn)
        document = turn.report.as_dict()
    session.failed = not turn.report.ok
    summarise(session, turn.report)
    session.finish(document, ok=turn.report.ok)


@contextmanager
def opened_turn(
    session: Session,
    holder: str,
    *,
    dry_run: bool = False,
    sources: tuple[str, ...] = (),
    since: str | None = None,
    until: str | None = None,
    max_writes: int | None = None,
) -> Iterator[Any]:
    """Open everything that a turn needs; faults of the config are found before anything is changed."""
    from feedbackloop.errors import UsageError
    from feedbackloop.stages.report import Report
    from feedbackloop.stages.sources import Sources
    from feedbackloop.stages.turn import Turn, closing

    settings, now = session.settings, session.clock.now()
    span = [moment(text, f"--{name}", settings.loop.zone) for name, text in (("since", since), ("until", until))]
    if span[1] and not span[0]:
        raise UsageError("--until needs --since: a backfill has a beginning")
    taking_part = Sources(settings, session.plugins, session.clock.now, sources)
    for name in taking_part.names:
        taking_part.connector(name)
    with ExitStack() as stack:
        store = stack.enter_context(_database(session, dry_run=dry_run))
        stack.enter_context(store.held(holder))
        turn = Turn(
            store=store,
            settings=settings.with_database(store.path) if dry_run else settings,
            plugins=session.plugins,
            clock=session.clock,
            now=now,
            report=Report(now, dry_run),
            sources=taking_part,
            since=span[0],
            until=span[1],
            max_writes=settings.actions.max_writes_per_run if max_writes is None else max_writes,
            progress=session.progress,
        )
        yield stack.enter_context(closing(turn))


@contextmanager
def _database(session: Session, *, dry_run: bool) -> Iterator[Any]:
    """Open the database, or for a dry run a copy of it that disappears; one that does not exist yet is not made then."""
    from feedbackloop.store.copies import copy_of

    if not dry_run:
        with session.store(must_exist=False) as store:
            yield store
        return
    names = [plugin.name for plugin in session.plugins.plugins]
    with copy_of(session.settings.database_path, names) as copy:
        yield copy
