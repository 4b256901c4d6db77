"""The command `forget`."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.option("--customer", required=True, metavar="ID", help="The person, as SOURCE/ID, person:N or mail address.")
@click.option("--source", metavar="NAME", help="Only what this source said of them.")
@click.pass_obj
def forget(session: Session, customer: str, source: str | None) -> None:
    """Erase a person under all their names: texts, names, addresses, drafts. Counts stay.

    What stands under one of their mail addresses goes too. What was already sent outside is listed.

    Example: feedbackloop forget --customer support/c-9
    """
    from feedbackloop import forgetting
    from feedbackloop.stages.sources import Sources

    if source and source not in session.settings.sources:
        raise UsageError(
            f"there is no source {source!r} in the config; known are {', '.join(session.settings.sources)}"
        )
    with session.store() as store:
        sources = Sources(session.settings, session.plugins, session.clock.now)
        gone = forgetting.forget(store, sources, customer=customer, source=source, now=session.clock.now())
    for identity in gone.identities:
        session.say(f"{identity}: erased" if not source or identity.startswith(f"{source}/") else f"{identity}: kept")
    for kind, number in gone.counts.items():
        session.say(f"erased {number} {kind.replace('_', ' ')}")
    if gone.outside:
        session.say("already sent outside, and not to be recalled from here:")
    for one in gone.outside:
        session.say(f"  {one}")
    for failure in gone.failures:
        session.warn(f"{failure['source']}: {failure['error']}" if failure["source"] else failure["error"])
    session.finish(
        {
            "erased": dict(gone.counts),
            "identities": list(gone.identities),
            "outside": list(gone.outside),
            "failures": list(gone.failures),
        },
        ok=not gone.failures,
    )
