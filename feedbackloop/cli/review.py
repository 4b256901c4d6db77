"""The command `review`: what waits for a person's yes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from feedbackloop.cli.session import Session, who
from feedbackloop.errors import UsageError


@click.group(invoke_without_command=True)
@click.pass_context
def review(ctx: click.Context) -> None:
    """List what waits for approval: improvement tasks, follow-ups, notes and tags.

    Example: feedbackloop review
    """
    if ctx.invoked_subcommand is not None:
        return
    from feedbackloop.reviewing import waiting
    from feedbackloop.telling import edited

    session: Session = ctx.obj
    with session.store() as store:
        listed, changed = waiting(store), edited(store)
    for one in listed:
        _show(session, one)
    if not listed:
        session.say("nothing waits for approval")
    else:
        session.say(
            f"{len(listed)} wait; `feedbackloop review approve ID` or `--all`, `reject ID --why TEXT`, `edit ID`"
        )
    if changed.median_changed is not None:
        session.say(
            f"of {changed.drafts} follow-ups that went out or were approved, people changed {changed.edited}; "
            f"in those {changed.median_changed:.0%} of the words (median)"
        )
    edits = {"drafts": changed.drafts, "edited": changed.edited, "median_words_changed": changed.median_changed}
    session.finish({"waiting": listed, "edits": edits})


def _show(session: Session, one: dict[str, Any]) -> None:
    session.say(f"{one['id']}  {one['kind']} on {one['target']}" + (f"  [{one['reason']}]" if one["reason"] else ""))
    for line in str(one["text"]).splitlines() or [""]:
        session.say(f"    {line}")
    for line in one["evidence"]:
        session.say(f"    | {line}")
    if "draft" in one:
        session.say(f"    edited: {one['words_changed']:.0%} of the words differ from the draft")
    if one.get("polished_by"):
        session.say(f"    feeling and understanding reworded by {one['polished_by']}")
    if one["lint"]:
        session.say(f"    edit first: {'; '.join(one['lint'])}")
    session.say()


@review.command()
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option("--all", "everything", is_flag=True, help="All that wait and need no editing.")
@click.option("--by", default=None, metavar="NAME", help="Who approves; stands in the ledger [default: the login].")
@click.pass_obj
def approve(session: Session, ids: tuple[str, ...], everything: bool, by: str | None) -> None:
    """Approve: it is sent with the next `run` or `push`.

    Example: feedbackloop review approve --all
    """
    from feedbackloop.reviewing import Reviewer

    with session.store() as store:
        reviewer = Reviewer(store, session.settings, who(by), session.clock.now())
        approved = reviewer.approve_all() if everything else reviewer.approve(_some(ids))
    session.say(f"{len(approved)} approved; they are sent with the next `feedbackloop run` or `push`")
    session.finish({"approved": approved})


@review.command()
@click.argument("ids", nargs=-1, metavar="ID…")
@click.option("--why", required=True, metavar="TEXT", help="The reason; stands in the ledger.")
@click.option("--by", default=None, metavar="NAME", help="Who rejects [default: the login].")
@click.pass_obj
def reject(session: Session, ids: tuple[str, ...], why: str, by: str | None) -> None:
    """Reject: it is never sent, and the same matter does not come back.

    Example: feedbackloop review reject fu-1f0c --why "answered by phone"
    """
    from feedbackloop.reviewing import Reviewer

    with session.store() as store:
        reviewer = Reviewer(store, session.settings, who(by), session.clock.now())
        rejected = reviewer.reject(_some(ids), why)
    session.say(f"{len(rejected)} rejected")
    session.finish({"rejected": rejected})


@review.command()
@click.argument("ident", metavar="ID")
@click.option("--text-file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", default=None, metavar="NAME", help="Who edits [default: the login].")
@click.pass_obj
def edit(session: Session, ident: str, text_file: Path, by: str | None) -> None:
    """Replace the text of what waits; it still needs approval.

    Example: feedbackloop review edit fu-1f0c --text-file answer.txt
    """
    from feedbackloop.reviewing import Reviewer

    try:
        text = text_file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{text_file} is not UTF-8 text") from error
    with session.store() as store:
        edited = Reviewer(store, session.settings, who(by), session.clock.now()).edit(ident, text)
    session.say(f"{edited} has a new text and waits for approval")
    session.finish({"edited": [edited]})


def _some(ids: tuple[str, ...]) -> tuple[str, ...]:
    if not ids:
        raise UsageError("name at least one id; `feedbackloop review` lists what waits")
    return ids
