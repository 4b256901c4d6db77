"""How does a thread of mail become an item?"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.records import Author, Customer, Item, Message
from feedbackloop_connectors.mail.letters import Letter, by_time
from feedbackloop_connectors.mail.options import MailOptions

UNREACHABLE = "unreachable"
"""The tag of a customer whose address gave our mail back: it can stand in `opt_out_tags`."""


def build_item(root: str, letters: Sequence[Letter], tags: Sequence[str], options: MailOptions) -> Item | None:
    """Make one item of a thread; None where no person but us has written (newsletters, reports)."""
    thread = sorted({one.id: one for one in letters}.values(), key=by_time)
    customers = [one for one in thread if _author(one, options) == "customer"]
    if not customers:
        return None
    first = customers[0]
    failed = [one.undelivered for one in thread if one.undelivered]
    return Item(
        id=root,
        kind=options.kind,
        created_at=thread[0].at,
        updated_at=thread[-1].at,
        subject=first.subject or None,
        channel="email",
        tags=tuple(tags),
        fields={UNREACHABLE: failed[-1]} if failed else {},
        customer=Customer(email=first.sender or None, name=first.name or None, tags=(UNREACHABLE,) if failed else ()),
        messages=tuple(_message(one, options) for one in thread),
    )


def _message(one: Letter, options: MailOptions) -> Message:
    return Message(
        id=one.id,
        author=_author(one, options),
        at=one.at,
        text=one.text,
        own=one.is_own,
        automatic=one.is_automatic and not one.is_own,
    )


def _author(one: Letter, options: MailOptions) -> Author:
    if one.is_own:
        return "agent"
    if one.is_automatic:
        return "system"
    return "agent" if options.is_agent(one.sender) else "customer"
