"""What is known about the person to whom a follow-up would go?

Gathered over all sources, and asked for when a message is drafted and again right before it is sent, so that nothing that
happened in between is overlooked. Two circles are told apart: the person, known by verified identifiers, whose words may be
shown beside one another; and everybody behind the same mailbox, verified or not. For leaving people alone the wider one
counts: two messages to one address are two messages, whoever wrote the address down.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

from feedbackloop.analysis.next_word import WINDOW
from feedbackloop.analysis.restraint import Contact, ContactFacts, Decision, decide
from feedbackloop.analysis.restraint_silence import asks_for_silence
from feedbackloop.analysis.segments import segment_of_person
from feedbackloop.connector import Ability
from feedbackloop.records import FollowUp, Item
from feedbackloop.stages.turn import Turn

ANSWERED = {"confirmed", "reopened"}
SENT = {"sent", "confirmed", "reopened", "unanswered"}
PENDING = {"waiting", "approved"}
UNREACHABLE = "unreachable"
"""The customer's tag by which a connector says that mail to them comes back."""
ANSWERING_TRIGGERS = ("fixed", "thanks", "promise_due")
"""Messages nobody asked for: they do not answer the very feedback that they are about."""


def restrained(turn: Turn, item: Item, follow_up: FollowUp, *, pending: bool, writes_left: int | None) -> Decision:
    """Say whether a follow-up may go to its person as things stand now; arguments as for `contact_facts`."""
    facts = contact_facts(turn, item, follow_up, pending=pending, writes_left=writes_left)
    return decide(follow_up, facts, turn.settings, turn.now)


def contact_facts(
    turn: Turn, item: Item, follow_up: FollowUp, *, pending: bool, writes_left: int | None
) -> ContactFacts:
    """Gather what restraint wants to know.

    Args:
        turn: The run.
        item: The item that the follow-up is about, as known now.
        follow_up: The draft.
        pending: Count drafts that wait for approval as if they had gone out today.
        writes_left: How many writes this run still has; None where that does not matter yet.
    """
    identities, emails = mailboxes(turn, item)
    person = _items_of(turn, identities, emails) or [item]
    known = [one for one in person if one.customer_key in identities]
    said = [
        message for message in item.messages if not (message.own or message.automatic) and message.author != "system"
    ]
    last = max(said, key=lambda message: message.at, default=None)
    return ContactFacts(
        matter_at=_matter_at(item, follow_up),
        contacts=tuple(_contacts(turn, person, turn.store.plans.follow_ups_to(identities, emails), follow_up, pending)),
        feedback_at=tuple(moment for one in person if (moment := last_feedback(one))),
        tags=tuple(sorted({tag for one in person for tag in (*one.tags, *one.customer.tags)})),
        asked_for_silence=asks_for_silence(_own_words(person)),
        segment=segment_of_person([*known, item], turn.settings.segments),
        timezone=item.customer.timezone or _timezone(known),
        status=item.status,
        last_author=last.author if last else None,
        last_message_at=last.at if last else None,
        solved_at=item.solved_at,
        automatic=_is_automatic(item),
        has_channel=_has_channel(turn, item),
        reachable=_is_reachable(item, person),
        thread_closed=item.status == "deleted",
        answers_feedback=follow_up.cause.partition(":")[0] not in ANSWERING_TRIGGERS,
        writes_left=writes_left,
        hold_out_key=hold_out_key(turn),
        person=identities[0] if identities else None,
    )


def identities_of(turn: Turn, item: Item) -> tuple[str, ...]:
    """Give all customers, `SOURCE/ID`, who are the person behind an item, the one known first in front; none without one."""
    return turn.store.persons.together(item.customer_key) if item.customer_key else ()


def items_of_person(turn: Turn, item: Item) -> list[Item]:
    """Give all items of the person behind an item, over all sources, oldest first: those linked by verified identifiers."""
    return _items_of(turn, identities_of(turn, item), ()) or [item]


def language_of_person(turn: Turn, item: Item) -> str | None:
    """Give the language in which a person wrote last, anywhere; None where they wrote nothing that says so."""
    keys = [one.key for one in items_of_person(turn, item)]
    known = {one.key: read for one, read in turn.store.items.several(keys)}
    spoken = [read.language for key in reversed(keys) if (read := known.get(key)) and read.language != "und"]
    return next(iter(spoken), None)


def mailboxes(turn: Turn, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the identities of the person behind an item, and every mail address under which they are known."""
    identities = identities_of(turn, item)
    found = [*_items_of(turn, identities, ()), item]
    return identities, tuple(sorted({email for one in found if (email := _address(one))}))


def _items_of(turn: Turn, identities: Sequence[str], emails: Sequence[str]) -> list[Item]:
    return [one for one, _ in turn.store.items.of_customers(identities, emails)]


def last_feedback(item: Item) -> datetime | None:
    """Give when the customer last said or rated anything here."""
    moments = [message.at for message in item.messages if message.author == "customer" and not message.automatic]
    moments += [rating.at for rating in item.ratings if rating.at]
    return max(moments, default=item.created_at if item.kind != "ticket" else None)


def hold_out_key(turn: Turn) -> bytes:
    """Give this installation's secret for drawing the hold-out; made once, kept in the database."""
    known = turn.store.books.note("hold_out_key")
    if known is None:
        known = secrets.token_hex(32)
        with turn.store.write():
            turn.store.books.set_note("hold_out_key", known)
    return bytes.fromhex(known)


def _own_words(person: Sequence[Item]) -> Iterable[str]:
    for one in person:
        yield from (message.text for message in one.messages if message.author == "customer" and not message.automatic)
        yield from (rating.comment for rating in one.ratings if rating.comment)


def _contacts(
    turn: Turn, person: Sequence[Item], follow_ups: Sequence[FollowUp], follow_up: FollowUp, pending: bool
) -> Iterable[Contact]:
    for one in follow_ups:
        if one.status in SENT and one.sent_at:
            may_answer = one.status == "sent" and turn.now - one.sent_at <= WINDOW
            yield Contact(one.sent_at, may_answer or one.status in ANSWERED, one.id)
        elif one.id != follow_up.id and (
            (pending and one.status in PENDING) or turn.store.outbox.may_have_arrived(one.id)
        ):
            yield Contact(turn.now, True, one.id)
    for survey in person:
        if survey.kind == "survey" and survey.key != follow_up.item:  # the one that is being answered is no pestering
            yield Contact(survey.created_at, True)


def _matter_at(item: Item, follow_up: FollowUp) -> datetime:
    """Say when the matter last moved; news that a cause is mended is a matter of its own, as old as the verdict."""
    if follow_up.cause.startswith("fixed:") and follow_up.created_at:
        return follow_up.created_at
    moments = [last_feedback(item), item.solved_at, follow_up.created_at]
    known = [moment for moment in moments[:2] if moment]
    return max(known, default=follow_up.created_at or item.created_at)


def _timezone(known: Sequence[Item]) -> str | None:
    """Give the newest time zone that a source knows of the person."""
    return next((one.customer.timezone for one in reversed(known) if one.customer.timezone), None)


def _is_reachable(item: Item, person: Sequence[Item]) -> bool:
    """Say whether nothing came back from this person's address: the newest item under it knows best.

    Who reviewed without an account that the source names reads the answer under the review; nobody else without one is reached.
    """
    if not item.customer_key:
        return item.kind == "review"
    address = _address(item)
    same = [one for one in person if address and _address(one) == address]
    return UNREACHABLE not in (same[-1] if same else item).customer.tags


def _address(item: Item) -> str:
    return (item.customer.email or "").strip().lower()


def _is_automatic(item: Item) -> bool:
    written = [message for message in item.messages if message.author == "customer"]
    return bool(written) and all(message.automatic for message in written)


def _has_channel(turn: Turn, item: Item) -> bool:
    if turn.settings.actions.follow_ups_by == "mail":
        return bool(item.customer.email)
    return Ability.PUBLIC_REPLIES in turn.sources.abilities(item.source)
