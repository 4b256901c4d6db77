"""The command `digest`."""

from __future__ import annotations

from pathlib import Path

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.option("--week", metavar="2026-W47", help="The ISO week [default: the last full one].")
@click.option("--team", metavar="NAME", help="The team [default: the digest of all].")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write it as an HTML file.")
@click.option("--twins", is_flag=True, help="With --out: write .txt and .eml beside it.")
@click.option("--send", is_flag=True, help="Mail it to the team, or to every team.")
@click.pass_obj
def digest(session: Session, *, week: str | None, team: str | None, out: Path | None, twins: bool, send: bool) -> None:
    """Show the weekly digest; with --out write it to a file, with --send mail it.

    Example: feedbackloop digest --week 2026-W47 --out digest.html
    """
    from feedbackloop.clock import last_full_week, week_bounds
    from feedbackloop.digest.deliver import Post
    from feedbackloop.digest.making import Maker, loop_figures

    if twins and not out:
        raise UsageError("--twins needs --out: the twins stand beside the HTML file")
    settings, now = session.settings, session.clock.now()
    wanted = week or last_full_week(now, settings.loop.zone)
    try:
        week_bounds(wanted)
    except ValueError as error:
        raise UsageError(f"--week: {error}") from error
    with session.store() as store:
        maker = Maker(store, settings, session.plugins, now)
        settings.team_named(team)
        if send:
            sent = Post(maker).send(wanted, team)
            for line in sent.lines:
                session.say(line)
            document = {"files": [], "sent": sent.sent, "skipped": sent.skipped, "failures": sent.failures}
            session.finish(document, ok=not sent.failures)
            return
        made = maker.make(wanted, team)
        files = maker.write(made, out, twins=twins) if out else []
    for file in files:
        session.say(f"wrote {file}")
    if not out:
        session.say(made.rendered.text)
    session.finish(
        {
            "files": [str(file) for file in files],
            "sent": [],
            "skipped": [],
            "week": wanted,
            "subject": made.rendered.subject,
            "text": made.rendered.text,
            "loop": loop_figures(made),
        }
    )
