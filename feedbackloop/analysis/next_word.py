"""What did the customer say next, and does it close the matter or reopen it?

The next word is all that the person says after our message until somebody of ours answers again: "thanks", and two minutes
later "but it is still broken", is one word, and its end counts. Machine text is nobody's word. Words elsewhere count where they
are about the same touchpoint; anything else they write there is another matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.follow_ups_matter import is_bad
from feedbackloop.records import Gap, Item, Message, Rating, Sentiment, Understanding

Outcome = Literal["confirmed", "reopened"]

WINDOW = timedelta(days=14)
"""So long a customer's next word counts as the answer to a follow-up; after that it went unanswered."""

_STILL_WRONG = re.compile(
    r"\bstill\s+(?:not|no|isn['’]?t|doesn['’]?t|hasn['’]?t|haven['’]?t|waiting|broken|missing|wrong|the same)\b"
    r"|\b(?:not|isn['’]?t|wasn['’]?t|hasn['’]?t been|never)\s+(?:been\s+)?(?:solved|fixed|resolved|refunded|arrived|received)\b"
    r"|\b(?:does|did|is)(?:n['’]?t| not) (?:help|work)(?:ing)?\b|\bnothing (?:has )?(?:changed|happened)\b"
    r"|(?:还是|依然|仍然|仍|还)(?:没|不|坏|在等)|没(?:有)?(?:解决|收到|修好|处理|用|改善)|不(?:管用|起作用)",
    re.IGNORECASE,
)


class NextWord(Struct, frozen=True):
    """What a person said in answer: messages and ratings in order of time; both empty for silence so far."""

    words: tuple[Message, ...] = ()
    ratings: tuple[Rating, ...] = ()

    @property
    def newest_at(self) -> datetime | None:
        """When the last of it was said; None for silence."""
        return max([m.at for m in self.words] + [r.at for r in self.ratings if r.at], default=None)


def next_word(item: Item, elsewhere: Iterable[Item], since: datetime, until: datetime) -> NextWord:
    """Collect what the customer said from one moment to another, up to the next answer of ours.

    Args:
        item: What the message was about.
        elsewhere: Other items of the same person about the same thing.
        since: When our message went out; what was said then or before is no answer to it.
        until: The end of the window, itself included.
    """
    items = [item, *elsewhere]
    words = sorted((m for one in items for m in one.messages if _is_word(m, since, until)), key=lambda m: m.at)
    rated = [r for one in items for r in one.ratings if r.at and since < r.at <= until and r.max > r.min]
    first = min([m.at for m in words] + [r.at for r in rated if r.at], default=until)
    answered = min((m.at for m in item.messages if _is_ours(m) and m.at > first), default=None)
    if answered:
        words = [m for m in words if m.at < answered]
        rated = [r for r in rated if r.at and r.at < answered]
    return NextWord(tuple(words), tuple(sorted(rated, key=lambda r: (r.at or until, r.scale, r.value))))


def outcome(found: NextWord, mood: Sentiment | None) -> Outcome | None:
    """Say what the next word does to the matter; None: nothing was said that can be told.

    A rating outranks words. Neutral words confirm, as the recovery rate counts them; words that say in so many words that it is
    not solved reopen, however polite they are.

    Args:
        found: From `next_word`.
        mood: Of the last of its words, cleaned; None where there are none.
    """
    if found.ratings:
        return "reopened" if is_bad(found.ratings[-1]) else "confirmed"
    if not found.words or mood is None:
        return None
    if mood.label == "negative" or _STILL_WRONG.search(found.words[-1].text[:4000]):
        return "reopened"
    return None if mood.label == "unknown" else "confirmed"


def about_the_same(gaps: Sequence[Gap], read: Understanding | None) -> bool:
    """Say whether other words of a person speak of a touchpoint at which something went wrong for them."""
    places = {gap.touchpoint for gap in gaps if gap.direction == "worse" and gap.touchpoint}
    return read is not None and any(aspect.name in places for aspect in read.touchpoints)


def _is_word(message: Message, since: datetime, until: datetime) -> bool:
    is_persons = message.author == "customer" and not (message.automatic or message.own)
    return is_persons and since < message.at <= until and bool(message.text.strip())


def _is_ours(message: Message) -> bool:
    return message.author == "agent" and message.public and not (message.automatic or message.own)
