"""How does a customer's profile look, as a row of an export and as lines for people?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from feedbackloop.clock import iso
from feedbackloop.inert import inert
from feedbackloop.profiles import Profile, profile
from feedbackloop.records import FollowUp, Gap, Promise
from feedbackloop.settings import Settings
from feedbackloop.store import Store
from feedbackloop.telling import decision_line


def rows(store: Store, settings: Settings, span: tuple[datetime | None, datetime | None]) -> Iterator[dict[str, Any]]:
    """Give one row a person, in the order in which their first item of the span came."""
    seen: set[str] = set()
    for item, _ in store.items.each(*span):
        if item.customer_key is None or item.customer_key in seen:
            continue
        people = store.persons.together(item.customer_key)
        seen |= {item.customer_key, *people}
        yield row(profile(store, settings, people, span))


def row(known: Profile) -> dict[str, Any]:
    """Give a profile as a row of `export customers`: ids, figures and times, the customer's wishes in their own words."""
    return {
        "id": known.id,
        "source": known.identities[0].partition("/")[0],
        "identities": list(known.identities),
        "name": known.names[-1] if known.names else None,
        "email": known.emails[-1] if known.emails else None,
        "emails": list(known.emails),
        "segment": known.segment,
        "items": len(known.items),
        "languages": list(known.languages),
        "channel": known.channel,
        "preferences": [{"kind": one.kind, "words": one.words, "at": iso(one.at)} for one in known.preferences],
        "first_at": iso(known.first_at) if known.first_at else None,
        "last_at": iso(known.last_at) if known.last_at else None,
        "gaps": known.gaps,
        "shortfalls": [gap.id for gap in known.shortfalls],
        "unresolved": list(known.unresolved),
        "open_promises": [promise.id for _, promise in known.promises],
        "follow_ups": [one.id for one in known.follow_ups],
        "unanswered_in_a_row": known.unanswered,
        "asked_for_silence": known.asked_for_silence,
    }


def lines(known: Profile) -> list[str]:
    """Tell a profile, line by line; what is empty is left out but for the silence, which is worth knowing either way."""
    told = [f"{known.id}: customer, {len(known.items)} items, segment {known.segment}"]
    told += [f"known as {identity}" for identity in known.identities if identity != known.id]
    told += _some("names: ", known.names) + _some("mail: ", known.emails)
    told += _some("writes in ", [f"{language} ({number})" for language, number in known.languages.items()])
    told += [f"writes by {known.channel} most often"] if known.channel else []
    told += [f"wish ({one.kind}, {iso(one.at)}): “{one.words}”" for one in known.preferences]
    told += _some("gaps so far: ", [f"{number} {direction}" for direction, number in known.gaps.items()])
    told += [f"  {iso(gap.at)}  {gap.item}: {_place(gap)} fell short" for gap in known.shortfalls]
    told += _some("unresolved: ", known.unresolved)
    told += [f"promised, open: “{inert(one.what)}” on {item}{_due(one)}" for item, one in known.promises]
    told += [f"follow-up {one.id} about {one.item}: {decision_line(one)}{_sent(one)}" for one in known.follow_ups]
    told += [] if known.follow_ups else ["no follow-up was drafted for them"]
    silence = "asked not to be contacted" if known.asked_for_silence else "may be contacted"
    return [*told, f"{silence}; the last {known.unanswered} messages in a row unanswered"]


def _some(label: str, values: Sequence[str]) -> list[str]:
    return [label + ", ".join(inert(value) for value in values)] if values else []


def _place(gap: Gap) -> str:
    return " × ".join(part for part in (gap.touchpoint, gap.dimension) if part) or gap.basis


def _due(promise: Promise) -> str:
    return f", due {iso(promise.due_at)}" if promise.due_at else ""


def _sent(follow_up: FollowUp) -> str:
    return f", sent {iso(follow_up.sent_at)}" if follow_up.sent_at else ""
