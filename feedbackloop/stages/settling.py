"""What became of the messages that went out, and of those that were held out for comparison?

Looked at in every run until the window is over, so that how often the loop runs makes no difference, and before anything is
planned, since whoever answered is not silent. People who were drawn for the hold-out are watched in the same way from the day on
which their message would have gone: only so can the two be compared.
"""

from __future__ import annotations

from msgspec.structs import replace

from feedbackloop.analysis.next_word import WINDOW, about_the_same, next_word, outcome
from feedbackloop.errors import FeedbackloopError
from feedbackloop.records import FollowUp, Item, Sentiment, Text
from feedbackloop.stages.contact import items_of_person
from feedbackloop.stages.reading import sentiments
from feedbackloop.stages.turn import Turn


def settle_follow_ups(turn: Turn) -> None:
    """Let the customer's next word close a matter as confirmed, or reopen it; silence after the window is silence.

    Done once a run: by planning, or by `verify` where it runs alone.
    """
    if turn.settled:
        return
    turn.settled, settled = True, []
    for follow_up in turn.store.plans.unsettled(turn.now - WINDOW):
        try:
            changed = _settled(turn, follow_up)
        except FeedbackloopError as error:
            turn.fail("verify", error, record=follow_up.id)
            continue
        if changed != follow_up:
            settled.append(changed)
    if settled:
        with turn.store.write():
            turn.store.plans.save_follow_ups(settled)
            for one in settled:
                status = one.outcome or one.status
                reason = "no_answer" if status == "unanswered" else "customers_next_word"
                turn.write_down("follow_up", one.id, status, "hold_out" if one.status == "held" else reason)
                turn.report.settled[status] += one.status != "held"


def _settled(turn: Turn, follow_up: FollowUp) -> FollowUp:
    """Give a follow-up as it stands after the customer's words so far; the same where nothing was said yet."""
    since = follow_up.sent_at or follow_up.held_at
    found = turn.store.items.get(follow_up.item)
    if since is None or found is None:
        return follow_up
    status = None if turn.store.items.is_erased(follow_up.item) else _said(turn, follow_up, found[0])
    if status is None and turn.now > since + WINDOW:
        status = follow_up.outcome or (
            follow_up.status if follow_up.status in {"confirmed", "reopened"} else "unanswered"
        )
    if status is None:
        return follow_up
    return replace(follow_up, outcome=status) if follow_up.status == "held" else replace(follow_up, status=status)


def _said(turn: Turn, follow_up: FollowUp, item: Item) -> str | None:
    since = follow_up.sent_at or follow_up.held_at or turn.now
    found = next_word(item, _elsewhere(turn, item), since, since + WINDOW)
    mood = _mood(turn, follow_up.id, found.words[-1].text) if found.words and not found.ratings else None
    return outcome(found, mood)


def _elsewhere(turn: Turn, item: Item) -> list[Item]:
    """Give the person's other items, in all sources, that are about what went wrong here."""
    others = [one.key for one in items_of_person(turn, item) if one.key != item.key]
    gaps = turn.store.judgements.gaps_of(item.key) if others else []
    return [one for one, read in turn.store.items.several(others) if about_the_same(gaps, read)]


def _mood(turn: Turn, ident: str, words: str) -> Sentiment:
    text = Text(id=ident, text=words, author="customer")
    cleaned = turn.plugins.batch("clean_text", 1, texts=[text], settings=turn.settings)
    return sentiments(turn.plugins, cleaned, turn.settings)[0]
