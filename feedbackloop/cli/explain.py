"""The command `explain`."""

from __future__ import annotations

import click

from feedbackloop.cli.session import Session
from feedbackloop.errors import UsageError


@click.command()
@click.argument("ident", metavar="ID")
@click.option(
    "--preview", is_flag=True, help="Show what would be written about an item with the templates as they are now."
)
@click.pass_obj
def explain(session: Session, ident: str, preview: bool) -> None:
    """Say of one item, task, follow-up or customer what was understood, from which words, and why what was done.

    With --preview: what your templates make of an item, without storing or sending anything.

    Example: feedbackloop explain support/4711
    """
    if preview:
        _preview(session, ident)
        return
    from feedbackloop.explaining import explain as tell

    with session.store() as store:
        story = tell(store, session.settings, ident)
    for line in story["lines"]:
        session.say(line)
    session.finish(story)


def _preview(session: Session, ident: str) -> None:
    from feedbackloop.previewing import preview

    with session.store() as store:
        story = preview(store, session.settings, ident, session.clock.now())
    if story is None:
        raise UsageError(f"nothing to preview under {ident!r}; name an understood item as SOURCE/ID, or a follow-up")
    for line in story["lines"]:
        session.say(line)
    for fault in story["faults"]:
        session.warn(fault)
    failures = [
        {"stage": "preview", "source": None, "record": ident, "error": fault, "permanent": True}
        for fault in story["faults"]
    ]
    session.finish(story | {"failures": failures}, ok=not failures)
