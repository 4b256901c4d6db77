"""The command `check`."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.option("--repair", "mend", is_flag=True, help="Mend what can be mended: file rights, items set aside.")
@click.option("--source", metavar="NAME", help="Only this source.")
@click.pass_obj
def check(session: Session, mend: bool, source: str | None) -> None:
    """Look at the config, the sources, the mail server, the database, the clock and the plugins.

    Example: feedbackloop check
    """
    from feedbackloop import checking, checking_database

    settings = session.settings
    if source and source not in settings.sources:
        raise UsageError(f"there is no source {source!r} in the config; known are {', '.join(settings.sources)}")
    repaired = checking_database.repair(settings) if mend else []
    for line in repaired:
        session.say(f"repaired: {line}")
    checks = []
    for one in checking.check_all(settings, session.plugins, session.clock.now, source):
        checks.append({"name": one.name, "ok": one.ok, "detail": one.detail, "fix": one.fix})
        session.say(f"{'ok  ' if one.ok else 'NOT ok'} {one.name}: {one.detail}")
        if one.fix:
            session.say(f"     -> {one.fix}")
    failed = [one for one in checks if not one["ok"]]
    session.say(f"{len(checks)} checks, {len(failed)} not ok")
    failures = [
        {"stage": "check", "source": None, "record": one["name"], "error": one["detail"], "permanent": False}
        for one in failed
    ]
    session.finish({"checks": checks, "repaired": repaired, "failures": failures}, ok=not failed)
