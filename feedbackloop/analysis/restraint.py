"""May this message go to this customer now, later, or not at all?

`decide` is asked when a message is drafted and again right before it is sent. It knows nothing but what it is given, so the
same facts give the same decision. Reasons that will not pass outrank those that will; of those that pass, the longest counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, get_args

from msgspec import Struct

from feedbackloop import clock
from feedbackloop.analysis.hold_out import is_held_out
from feedbackloop.analysis.restraint_hours import quiet_until
from feedbackloop.records import Author, FollowUp, Status
from feedbackloop.settings import Settings
from feedbackloop.settings_types import Cap

Reason = Literal[
    "contacted_recently",
    "opted_out",
    "silent",
    "quiet_hours",
    "recent_feedback",
    "automatic_mail",
    "agent_answering",
    "same_matter",
    "lint",
    "no_channel",
    "unreachable",
    "too_old",
    "hold_out",
    "write_cap",
    "source_closed",
]
REASONS: tuple[Reason, ...] = get_args(Reason)

ANSWERING = timedelta(hours=24)
"""So long after the last word of an unsolved thread an agent is taken to be at it."""

DEFAULT_CAP = Cap(count=1, per=timedelta(days=30))
"""For a segment without a cap where the config names none for `standard`: forgetting a line must not lift the limit."""


class Contact(Struct, frozen=True):
    """One message or survey that this person got, through whichever source.

    `answered`: they said anything to it, or still have time to. `matter`: the follow-up's id; None for a survey.
    """

    at: datetime
    answered: bool = False
    matter: str | None = None


class ContactFacts(Struct, frozen=True, kw_only=True):
    """What is known about a person, a matter and the way to reach them, at the moment of the decision.

    Attributes:
        matter_at: When the matter last moved: the customer's last word or rating, the broken promise, a verdict on a fix.
        contacts: Follow-ups sent and surveys seen, over all sources, in any order.
        feedback_at: When they last gave feedback, over all sources.
        tags: The person's and the item's tags, over all sources.
        asked_for_silence: They said in words that they want no messages.
        segment: Decides the cap.
        timezone: The customer's, IANA; None or unknown: the loop's own.
        status: The thread's; None where the source has none (a review).
        last_author: Who wrote last in the thread, automatic messages left out.
        last_message_at: When.
        solved_at: When the thread was solved.
        automatic: The customer's side is an auto-responder or a list.
        has_channel: The source takes public replies, or mail is switched on.
        reachable: There is an address, it has not bounced, the account is not suspended.
        thread_closed: The source refuses further replies here and offers no follow-up thread.
        answers_feedback: The message answers the very feedback it is about; False: nobody asked for it.
        writes_left: How many writes this run still has; None: no cap.
        hold_out_key: The installation's secret.
        person: Who is drawn for the hold-out: the person, not the account. None: the follow-up's customer.
    """

    matter_at: datetime
    contacts: tuple[Contact, ...] = ()
    feedback_at: tuple[datetime, ...] = ()
    tags: tuple[str, ...] = ()
    asked_for_silence: bool = False
    segment: str = "standard"
    timezone: str | None = None
    status: Status | None = None
    last_author: Author | None = None
    last_message_at: datetime | None = None
    solved_at: datetime | None = None
    automatic: bool = False
    has_channel: bool = True
    reachable: bool = True
    thread_closed: bool = False
    answers_feedback: bool = True
    writes_left: int | None = None
    hold_out_key: bytes = b""
    person: str | None = None


class Decision(Struct, frozen=True):
    """What restraint says: `send` has no reason; `wait` has a moment unless it is the next run; `hold` is for good."""

    decision: Literal["send", "wait", "hold"]
    reason: Reason | None = None
    wait_until: datetime | None = None


class _Question(Struct, frozen=True):
    follow_up: FollowUp
    facts: ContactFacts
    settings: Settings
    now: datetime


def decide(follow_up: FollowUp, facts: ContactFacts, settings: Settings, now: datetime) -> Decision:
    """Say whether a follow-up may go out now. Total and deterministic.

    A wait that would end when the matter is too old is a hold for the same reason; one that would end at night ends in the
    morning. The hold-out is drawn last, among those who would get the message now: only so are both sides alike.

    Returns:
        The decision; `send` still needs approval where the config says so.
    """
    question = _Question(follow_up, facts, settings, now)
    for reason, applies in _HOLDS:
        if applies(question):
            return Decision("hold", reason)
    waits = [(until, reason) for reason, wait in _WAITS if (until := wait(question))]
    if waits:
        return _wait(max(waits, key=lambda found: found[0]), question)
    if is_held_out(facts.person or follow_up.customer, settings.actions.hold_out, facts.hold_out_key):
        return Decision("hold", "hold_out")
    if facts.writes_left is not None and facts.writes_left <= 0:
        return Decision("wait", "write_cap")
    return Decision("send")


def _wait(longest: tuple[datetime, Reason], question: _Question) -> Decision:
    until, reason = longest
    until = _quiet_until(question, until) or until
    if until > _plus(question.facts.matter_at, question.settings.actions.max_age):
        return Decision("hold", reason)
    return Decision("wait", reason, until)


# --- what will not pass ------------------------------------------------------------------------------------------


def _opted_out(q: _Question) -> bool:
    unwanted = {tag.strip().casefold() for tag in q.settings.actions.restraint.opt_out_tags}
    return q.facts.asked_for_silence or any(tag.strip().casefold() in unwanted for tag in q.facts.tags)


def _silent(q: _Question) -> bool:
    after = q.settings.actions.restraint.silent_after
    newest = sorted(q.facts.contacts, key=lambda contact: (contact.at, contact.answered))[-after:]
    return len(newest) == after and not any(contact.answered for contact in newest)


def _same_matter(q: _Question) -> bool:
    return any(contact.matter == q.follow_up.id for contact in q.facts.contacts)


def _too_old(q: _Question) -> bool:
    return q.now - q.facts.matter_at > q.settings.actions.max_age


_HOLDS: tuple[tuple[Reason, Callable[[_Question], bool]], ...] = (
    ("opted_out", _opted_out),
    ("automatic_mail", lambda q: q.facts.automatic),
    ("same_matter", _same_matter),
    ("too_old", _too_old),
    ("no_channel", lambda q: not q.facts.has_channel),
    ("source_closed", lambda q: q.facts.thread_closed),
    ("unreachable", lambda q: not q.facts.reachable),
    ("silent", _silent),
    ("lint", lambda q: bool(q.follow_up.lint)),
)


# --- what passes -------------------------------------------------------------------------------------------------


def _contacted_until(q: _Question) -> datetime | None:
    cap = q.settings.actions.restraint.cap(q.facts.segment) or DEFAULT_CAP
    if cap.count < 1:
        return clock.LATEST
    newest_first = sorted((contact.at for contact in q.facts.contacts), reverse=True)
    if len(newest_first) < cap.count:
        return None
    return _ahead(_plus(newest_first[cap.count - 1], cap.per), q.now)


def _feedback_until(q: _Question) -> datetime | None:
    if q.facts.answers_feedback or not q.facts.feedback_at:
        return None
    return _ahead(_plus(max(q.facts.feedback_at), q.settings.actions.restraint.quiet_after_feedback), q.now)


def _answering_until(q: _Question) -> datetime | None:
    facts = q.facts
    if (
        facts.status in {None, "deleted"}
        or facts.last_message_at is None
        or facts.last_author not in {"agent", "customer"}
    ):
        return None
    solved = facts.status in {"solved", "closed"}
    wrote_again = facts.last_author == "customer" and bool(facts.solved_at and facts.last_message_at > facts.solved_at)
    return None if solved and not wrote_again else _ahead(_plus(facts.last_message_at, ANSWERING), q.now)


def _quiet_until(q: _Question, at: datetime | None = None) -> datetime | None:
    return quiet_until(at or q.now, q.settings.actions.restraint.quiet_hours, q.settings.loop.zone_of(q.facts.timezone))


def _ahead(until: datetime, now: datetime) -> datetime | None:
    return until if until > now else None


def _plus(at: datetime, span: timedelta) -> datetime:
    return at + span if span < clock.LATEST - at else clock.LATEST


_WAITS: tuple[tuple[Reason, Callable[[_Question], datetime | None]], ...] = (
    ("contacted_recently", _contacted_until),
    ("agent_answering", _answering_until),
    ("recent_feedback", _feedback_until),
    ("quiet_hours", _quiet_until),
)
