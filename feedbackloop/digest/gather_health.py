"""Was the loop closed in time and confirmed, and which house words were not understood?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median

from feedbackloop.analysis.business_time import BusinessTime
from feedbackloop.digest.facts import Due, HouseWord, LoopHealth, SourceState
from feedbackloop.digest.gather_reading import Reading
from feedbackloop.digest.gather_scores import share
from feedbackloop.records import FollowUp, Item, Message, Rating
from feedbackloop.store.digest_queries import Arrived
from feedbackloop.store.text import moment

CLOSE_WITHIN = timedelta(hours=48)
"""An unhappy customer who has an answer within this time counts as answered in time."""
LOOK_BACK = timedelta(days=90)
"""The oldest open item is looked for within this time."""
MOST_WORDS = 5
_ASKS = re.compile(r"(?i)\b(?:what|which)\b[^.!?]*\b(?:mean|is|are)\b|understand|什么意思|看不懂|听不懂|不明白|啥意思")


def health(reading: Reading) -> LoopHealth | None:
    """Say how many unhappy customers were answered in time, and how many of those said that it helped.

    Those whose time is not over when the week ends belong to the next week.
    """
    start, end = (bound - CLOSE_WITHIN for bound in reading.bounds)
    unhappy = list(reading.ask.unhappy(start, end, reading.scope))
    if not unhappy:
        return None
    sent = {item.key: reading.store.plans.follow_ups_of(item.key) for item in unhappy}
    first = {item.key: _answered_at(item, sent[item.key]) for item in unhappy}
    in_time = [item for item in unhappy if (at := first[item.key]) and at - item.created_at <= CLOSE_WITHIN]
    confirmed = [item for item in in_time if _is_confirmed(item, sent[item.key], first[item.key])]
    solved = [(item.created_at, item.solved_at) for item in unhappy if item.solved_at]
    business = BusinessTime(reading.settings.calendar, reading.settings.loop.zone)
    return LoopHealth(
        in_time=share(len(in_time), len(unhappy)),
        confirmed=share(len(confirmed), len(in_time)),
        limit_hours=CLOSE_WITHIN / timedelta(hours=1),
        reopened=sum(one.status == "reopened" for follow_ups in sent.values() for one in follow_ups),
        median_hours=median((done - came) / timedelta(hours=1) for came, done in solved) if solved else None,
        median_business_hours=median(business.seconds_between(*pair) / 3600 for pair in solved) if solved else None,
        oldest_open=_oldest_open(reading),
    )


def house_words(reading: Reading) -> tuple[HouseWord, ...]:
    """Count house words of the glossary in agents' messages of the week's items, and the customers who asked back."""
    glossary = reading.settings.understand.glossary
    if not glossary:
        return ()
    used: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for item, _ in reading.store.items.each(*reading.bounds):
        for word, came_back in _house_words_in(item, list(glossary)):
            used[word] += 1
            asked[word] += came_back
    order = sorted(used, key=lambda word: (-asked[word], -used[word], word))
    return tuple(
        HouseWord(word=word, used=used[word], asked_back=asked[word], plain=glossary[word])
        for word in order[:MOST_WORDS]
        if asked[word]
    )


def sources(reading: Reading, arrived: list[Arrived]) -> tuple[SourceState, ...]:
    """Say of each configured source how many items came, until when it was read, and why it failed if it did."""
    items: Counter[str] = Counter()
    for one in arrived:
        items[one.source] += one.items
    known = {state.name: state for state in reading.store.sources.all()}
    found = []
    for name, section in reading.settings.sources.items():
        state = known.get(name)
        fresh = moment(state.fresh_as_of) if state and state.fresh_as_of else None
        error = state.last_error if state else None
        found.append(
            SourceState(
                name=name, connector=str(section["connector"]), items=items[name], fresh_as_of=fresh, error=error
            )
        )
    return tuple(found)


def _answered_at(item: Item, follow_ups: list[FollowUp]) -> datetime | None:
    """Give the first word that a person of ours addressed to the customer after the feedback came."""
    spoken = [
        m.at for m in item.messages if m.author == "agent" and m.public and not m.automatic and m.at >= item.created_at
    ]
    written = [one.sent_at for one in follow_ups if one.sent_at]
    return min(spoken + written, default=None)


def _is_confirmed(item: Item, follow_ups: list[FollowUp], answered_at: datetime | None) -> bool:
    """Say whether the customer said that it helped: in answer to a follow-up, or by a good rating after the answer."""
    if any(one.status == "confirmed" for one in follow_ups):
        return True
    later = [rating for rating in item.ratings if rating.at and answered_at and rating.at > answered_at]
    return bool(later) and _is_good(max(later, key=lambda rating: rating.at or item.created_at))


def _is_good(rating: Rating) -> bool:
    return rating.max > rating.min and (rating.value - rating.min) / (rating.max - rating.min) > 0.5


def _oldest_open(reading: Reading) -> Due | None:
    end = reading.bounds[1]
    item = reading.ask.oldest_open(end - LOOK_BACK, end, reading.scope)
    return Due(item=item.key, what=item.status or "", due_at=item.created_at, url=item.url) if item else None


def _house_words_in(item: Item, words: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield each house word that an agent used, and whether the customer's next message asked about it."""
    said = [m for m in item.messages if m.public and not m.own and not m.automatic and m.author != "system"]
    for at, message in enumerate(said):
        if message.author == "agent":
            answer = next((later for later in said[at + 1 :] if later.author == "customer"), None)
            yield from (
                (word, _asks_back(word, answer)) for word in words if word.casefold() in message.text.casefold()
            )


def _asks_back(word: str, answer: Message | None) -> bool:
    if answer is None:
        return False
    is_question = "?" in answer.text or "？" in answer.text
    return bool(_ASKS.search(answer.text)) or (is_question and word.casefold() in answer.text.casefold())
