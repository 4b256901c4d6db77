"""Which note and which tags does an item deserve, for the team that works on it?"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from feedbackloop.analysis import notes
from feedbackloop.analysis.wording import wording_of
from feedbackloop.connector import Ability
from feedbackloop.records import Comparison, Item, Promise
from feedbackloop.stages import actions
from feedbackloop.stages.contact import items_of_person
from feedbackloop.stages.turn import Turn

DUE_SOON = timedelta(hours=24)
MOST_ELSEWHERE = 3


def plan_note(turn: Turn, item: Item, comparison: Comparison) -> None:
    """Decide on one note and on our tags for an item that fell short, or on which a promise is due or broken."""
    gaps = comparison.gaps
    promises = [promise for promise in comparison.promises if _is_pressing(promise, turn.now)]
    if item.status in {"closed", "deleted"} or not notes.wants_note(gaps, promises):
        return
    abilities = turn.sources.abilities(item.source)
    mode = turn.settings.actions
    with turn.store.write():
        if turn.store.items.is_erased(item.key):
            return
        if Ability.PRIVATE_NOTES in abilities and mode.notes != "off":
            text = notes.note_text(
                item,
                gaps,
                promises,
                _elsewhere(turn, item),
                turn.settings.loop.language,
                zone=turn.settings.loop.zone,
                templates=wording_of(turn.settings),
            )
            actions.decide_action(turn, actions.note(item, notes.note_cause(gaps, promises), text), mode.notes)
        tags = notes.tags_for(gaps, promises, mode.tag_prefix)
        if Ability.TAGS in abilities and tags and not set(tags) <= set(item.tags):
            actions.decide_action(turn, actions.tag(item, tags), mode.tags)


def _is_pressing(promise: Promise, now: datetime) -> bool:
    is_due_soon = promise.due_at is not None and promise.due_at - now <= DUE_SOON
    return promise.state == "broken" or (promise.state == "open" and is_due_soon)


def _elsewhere(turn: Turn, item: Item) -> list[notes.Elsewhere]:
    """Give what this customer said last, and is still promised, in the other sources; personal data masked."""
    others = [one for one in items_of_person(turn, item) if one.source != item.source]
    spoken = [said for one in others if (said := _last_words(one))]
    found = sorted(spoken, key=lambda said: said.at)[-MOST_ELSEWHERE:]
    for one in others:
        found += [
            notes.Elsewhere(source=one.source, at=p.said_at, words=p.what, url=one.url, promise=True, due_at=p.due_at)
            for p in turn.store.judgements.promises_of(one.key)
            if p.state == "open"
        ]
    if not found:
        return []
    masked = turn.plugins.batch("redact", len(found), texts=[one.words for one in found])
    return [replace(one, words=words) for one, words in zip(found, masked, strict=True)]


def _last_words(item: Item) -> notes.Elsewhere | None:
    """Give what the customer said last on an item: in a message, or beside a rating."""
    said = [(m.at, m.text) for m in item.messages if m.author == "customer" and not m.automatic]
    said += [(rating.at or item.created_at, rating.comment or "") for rating in item.ratings]
    at, words = max(((at, words) for at, words in said if words.strip()), default=(item.created_at, ""))
    return notes.Elsewhere(source=item.source, at=at, words=words, url=item.url) if words else None
