"""The command `explain`."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session


@click.command()
@click.argument("ident", metavar="ID")
@click.pass_obj
def explain(session: Session, ident: str) -> None:
    """Say of one item, task, follow-up or customer what was understood and from which words, what was done or held back, and why.

    Example: feedbackloop explain support/4711
    """
    from feedbackloop.explaining import explain as tell

    with session.store() as store:
        story = tell(store, session.settings, ident)
    for line in story["lines"]:
        session.say(line)
    session.finish(story)
