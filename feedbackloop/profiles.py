"""What is known of one customer over all sources?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from feedbackloop.analysis.follow_ups_triggers import CONFIDENT
from feedbackloop.analysis.preferences import Preference, preferences
from feedbackloop.analysis.restraint_silence import asks_for_silence
from feedbackloop.analysis.segments import segment_of_person
from feedbackloop.records import FollowUp, Gap, Item, Promise
from feedbackloop.settings import Settings
from feedbackloop.store import Store

OPEN = ("new", "open", "pending")
MOST_GAPS = 10


class Profile(Struct, frozen=True, kw_only=True):
    """What is known of one person, over all sources.

    Attributes:
        id: `person:N`, or `SOURCE/ID` of somebody known under one name only.
        identities: All their names, the one known first in front.
        names, emails: As the sources have them.
        segment: That of their newest item in each source, the first that the config names.
        languages: Items by the language they wrote in.
        channel: On which they wrote most often; a stated wish stands under `preferences`.
        preferences: What they said about how they want to be reached, quoted, newest first.
        items: All their items, oldest first.
        gaps: How many fell short, were met or went better than expected.
        shortfalls: The newest gaps in which they got less than expected.
        unresolved: Items that are open still, or whose follow-up they answered with "no".
        promises: Open promises with their items, the next due first.
        follow_ups: All messages drafted for them, oldest first.
        unanswered: How many of the last messages in a row they left unanswered.
        asked_for_silence: They said that they want no messages, or carry an opt-out tag.
    """

    id: str
    identities: tuple[str, ...]
    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    segment: str = "standard"
    languages: dict[str, int] = {}
    channel: str | None = None
    preferences: tuple[Preference, ...] = ()
    items: tuple[str, ...] = ()
    first_at: datetime | None = None
    last_at: datetime | None = None
    gaps: dict[str, int] = {}
    shortfalls: tuple[Gap, ...] = ()
    unresolved: tuple[str, ...] = ()
    promises: tuple[tuple[str, Promise], ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    unanswered: int = 0
    asked_for_silence: bool = False


def profile(store: Store, settings: Settings, people: Sequence[str], span: Sequence[datetime | None] = ()) -> Profile:
    """Put together what is known of one person.

    Args:
        store: Read only.
        settings: Segments and opt-out tags.
        people: All identities of the person, at least one.
        span: (since, until): only items created then; empty: all.
    """
    since, until = span or (None, None)
    known = [
        (item, read)
        for item, read in store.items.of_customers(people, [])
        if (since is None or item.created_at >= since) and (until is None or item.created_at < until)
    ]
    items = [item for item, _ in known]
    gaps = [gap for item in items for gap in store.judgements.gaps_of(item.key)]
    promises = [(item.key, promise) for item in items for promise in store.judgements.promises_of(item.key)]
    follow_ups = store.plans.follow_ups_to(people)
    words = [said for item in items for said in _said(item)]
    return Profile(
        id=store.persons.name_of(people[0]),
        identities=tuple(people),
        names=_each_once(item.customer.name for item in items),
        emails=_each_once(_address(item) for item in items),
        segment=segment_of_person(items, settings.segments),
        languages=dict(Counter(read.language for _, read in known if read and read.language != "und").most_common()),
        channel=_usual_channel(items),
        preferences=preferences(words),
        items=tuple(item.key for item in items),
        first_at=items[0].created_at if items else None,
        last_at=max((at for at, _ in words), default=items[-1].created_at if items else None),
        gaps=dict(sorted(Counter(gap.direction for gap in gaps if gap.direction and _is_sure(gap)).items())),
        shortfalls=_newest_shortfalls(gaps),
        unresolved=_unresolved(items, follow_ups),
        promises=_open_promises(promises),
        follow_ups=tuple(follow_ups),
        unanswered=_unanswered(follow_ups),
        asked_for_silence=asks_for_silence(text for _, text in words) or _opted_out(items, settings),
    )


def _address(item: Item) -> str:
    return (item.customer.email or "").strip().lower()


def _each_once(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _said(item: Item) -> list[tuple[datetime, str]]:
    """Give the customer's own words on an item with their times; machine text is nobody's word."""
    said = [(m.at, m.text) for m in item.messages if m.author == "customer" and not m.automatic]
    return said + [(rating.at or item.created_at, rating.comment) for rating in item.ratings if rating.comment]


def _usual_channel(items: Sequence[Item]) -> str | None:
    counted = Counter(item.channel for item in reversed(items) if item.channel)  # among equals the newest
    return counted.most_common(1)[0][0] if counted else None


def _is_sure(gap: Gap) -> bool:
    return gap.confidence >= CONFIDENT


def _newest_shortfalls(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    worse = [gap for gap in gaps if gap.direction == "worse" and _is_sure(gap)]
    return tuple(sorted(worse, key=lambda gap: (gap.at, gap.id), reverse=True)[:MOST_GAPS])


def _unresolved(items: Sequence[Item], follow_ups: Sequence[FollowUp]) -> tuple[str, ...]:
    said_no = {one.item for one in follow_ups if one.status == "reopened"}
    return tuple(item.key for item in items if item.status in OPEN or item.key in said_no)


def _open_promises(promises: Sequence[tuple[str, Promise]]) -> tuple[tuple[str, Promise], ...]:
    standing = [(item, promise) for item, promise in promises if promise.state == "open"]
    return tuple(
        sorted(standing, key=lambda pair: (pair[1].due_at is None, pair[1].due_at or pair[1].said_at, pair[1].id))
    )


def _unanswered(follow_ups: Sequence[FollowUp]) -> int:
    sent = sorted((one for one in follow_ups if one.sent_at), key=lambda one: (one.sent_at, one.id), reverse=True)
    settled = [one.status for one in sent if one.status != "sent"]
    return next((place for place, status in enumerate(settled) if status != "unanswered"), len(settled))


def _opted_out(items: Sequence[Item], settings: Settings) -> bool:
    unwanted = {tag.strip().casefold() for tag in settings.actions.restraint.opt_out_tags}
    return any(tag.strip().casefold() in unwanted for item in items for tag in (*item.tags, *item.customer.tags))
