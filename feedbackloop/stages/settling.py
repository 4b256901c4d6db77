"""What became of the messages that went out, and of those that were held out for comparison?

Looked at in every run until the window is over, so that how often the loop runs makes no difference, and before anything is
planned, since whoever answered is not silent. People who were drawn for the hold-out are watched in the same way from the day on
which their message would have gone: only so can the two be compared.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from msgspec.structs import replace

from feedbackloop.analysis.next_word import WINDOW, about_the_same, next_word, outcome
from feedbackloop.errors import FeedbackloopError
from feedbackloop.records import FollowUp, Item, Sentiment, Text
from feedbackloop.stages.contact import items_of_person
from feedbackloop.stages.reading import sentiments
from feedbackloop.stages.turn import Turn

Settled = Literal["confirmed", "reopened", "unanswered"]


class _News(NamedTuple):
    """How a matter stands, and when the word was said that tells so."""

    outcome: Settled | None
    answered_at: datetime | None


def settle_follow_ups(turn: Turn) -> None:
    """Let the customer's next word close a matter as confirmed, or reopen it; silence after the window is silence.

    Done once a run: by planning, or by `verify` where it runs alone.
    """
    if turn.settled:
        return
    turn.settled = True
    said = {one.id: one for one in turn.store.plans.unsettled(turn.now - WINDOW)}
    news: dict[str, _News] = {}
    for ident, follow_up in said.items():
        try:
            found = _news(turn, follow_up)
        except FeedbackloopError as error:
            turn.fail("verify", error, record=ident)
            continue
        if found != _News(_outcome_of(follow_up), follow_up.answered_at):
            news[ident] = found
    if news:
        with turn.store.write():
            for ident, found in news.items():
                _write_down(turn, ident, found)


def _write_down(turn: Turn, ident: str, found: _News) -> None:
    """Store what became of a follow-up as it stands now: people erase while a run is at work."""
    follow_up = turn.store.plans.follow_up(ident)
    if follow_up is None:
        return
    is_held, was = follow_up.status == "held", _outcome_of(follow_up)
    changed = replace(follow_up, answered_at=found.answered_at)
    if found.outcome:
        changed = replace(changed, outcome=found.outcome) if is_held else replace(changed, status=found.outcome)
    turn.store.plans.save_follow_ups([changed])
    if found.outcome and found.outcome != was:
        reason = "no_answer" if found.outcome == "unanswered" else "customers_next_word"
        turn.write_down("follow_up", ident, found.outcome, "hold_out" if is_held else reason)
        turn.report.settled[found.outcome] += not is_held


def _outcome_of(follow_up: FollowUp) -> Settled | None:
    """Say how a follow-up stands so far; None: nothing is known yet."""
    return follow_up.outcome or (follow_up.status if follow_up.status in {"confirmed", "reopened"} else None)


def _news(turn: Turn, follow_up: FollowUp) -> _News:
    """Say how a follow-up stands after the customer's words so far. Words that were read before are not read again."""
    known = _News(_outcome_of(follow_up), follow_up.answered_at)
    since = follow_up.sent_at or follow_up.held_at
    item = turn.store.items.get(follow_up.item)
    if since is None or item is None:
        return known
    if not turn.store.items.is_erased(follow_up.item):
        said = next_word(item[0], _elsewhere(turn, item[0]), since, since + WINDOW)
        if said.newest_at and said.newest_at != follow_up.answered_at:
            mood = _mood(turn, follow_up.id, said.words[-1].text) if said.words and not said.ratings else None
            known = _News(outcome(said, mood) or known.outcome, said.newest_at)
    if known.outcome is None and turn.now > since + WINDOW:
        return _News("unanswered", known.answered_at)
    return known


def _elsewhere(turn: Turn, item: Item) -> list[Item]:
    """Give the person's other items, in all sources, that are about what went wrong here."""
    others = [one.key for one in items_of_person(turn, item) if one.key != item.key]
    gaps = turn.store.judgements.gaps_of(item.key) if others else []
    return [one for one, read in turn.store.items.several(others) if about_the_same(gaps, read)]


def _mood(turn: Turn, ident: str, words: str) -> Sentiment:
    text = Text(id=ident, text=words, author="customer")
    cleaned = turn.plugins.batch("clean_text", 1, texts=[text], settings=turn.settings)
    return sentiments(turn.plugins, cleaned, turn.settings)[0]
