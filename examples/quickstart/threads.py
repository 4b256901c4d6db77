"""How does one ticket of the invented shop go: who wrote when, what was promised, and how did it end?"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from feedbackloop_quickstart.people import Person
from feedbackloop_quickstart.words import Words

BERLIN = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = 9, 17
_GREETINGS = {
    "en": ("Hello,", "Hi there,", "Dear team,", "Good morning,", "", ""),
    "zh": ("您好，", "你好，", "在吗？", "", ""),
}
_QUOTES = {
    "en": "On {day}, Lantern & Leaf <support@example.com> wrote:\n> {text}",
    "zh": "在 {day}，灯叶茶铺 <support@example.com> 写道：\n> {text}",
}
_PHONES = {"en": "Sent from my iPhone", "zh": "发自我的iPhone"}
_CLOSINGS = {"en": "Kind regards", "zh": "此致"}
_RECEIVED = {
    "en": "Thank you for your message. We have received it under number {id}. Please do not reply to this automatic mail.",
    "zh": "感谢您的来信，编号{id}。此邮件由系统自动发送，请勿回复。",
}
_PARCELS = {"late", "damaged", "wrong_item"}
_PROMISES = ("tomorrow", "within 24 hours", "by Friday", "by Wednesday", "明天", "24小时内", "周五之前", "周三之前")
_TAGS = {
    **dict.fromkeys(("late", "on_time", "shipping_question"), "shipping"),
    **dict.fromkeys(("damaged", "wrong_item", "refund"), "order"),
    **dict.fromkeys(("quality_good", "quality_bad", "product_question", "price"), "goods"),
    **dict.fromkeys(("slow_support", "good_support", "personal", "site"), "service"),
}


@dataclass(slots=True)
class Thread:
    """One ticket in the making; `say` adds a message."""

    id: str
    situation: str
    person: Person
    words: Words
    rng: random.Random
    product: str
    order: str
    channel: str
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def last(self) -> datetime:
        """When the newest message was written."""
        return datetime.fromisoformat(self.messages[-1]["at"])

    def say(self, author: str, at: datetime, text: str) -> None:
        """Add a message; customers sleep between eleven and seven."""
        if author == "customer":
            at = awake(at)
        number = len(self.messages) + 1
        self.messages.append(
            {"id": f"{self.id}-{number}", "author": author, "at": stamp(at), "public": True, "text": text}
        )

    def chance(self, share: float) -> bool:
        """Throw the dice: true in `share` of all cases."""
        return self.rng.random() < share


def stamp(moment: datetime) -> str:
    """Write a moment in UTC to the second."""
    return moment.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def awake(moment: datetime) -> datetime:
    """Give the moment itself, or one some hours later where it lies in the night."""
    hour = moment.astimezone(BERLIN).hour
    return moment + timedelta(hours=9) if hour < 7 or hour >= 23 else moment


def after_business(start: datetime, hours: float) -> datetime:
    """Give the moment that lies so many business hours (Mon-Fri, 9-17, Berlin) after `start`."""
    now, left = start.astimezone(BERLIN), timedelta(hours=hours)
    while True:
        opens, closes = (now.replace(hour=hour, minute=0, second=0) for hour in (OPENS, CLOSES))
        now = max(now, opens)
        if now.weekday() < 5 and now < closes:
            if now + left <= closes:
                return now + left
            left -= closes - now
        now = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0)


def converse(thread: Thread, at: datetime, *, mended: bool, story: bool) -> dict[str, Any]:
    """Let customer and agent talk, and give the finished ticket in the wire form.

    Args:
        thread: Empty yet.
        at: When the customer writes first.
        mended: The agents can already say that the cause is gone.
        story: The customer will be written to on the next Monday and may answer that.
    """
    text, mood = thread.words.deal(thread.situation, thread.product, thread.order)
    text, _, answer = text.partition(" | ")
    thread.say("customer", at, _dressed(thread, text, mood))
    if thread.chance(0.25):
        thread.say("system", at + timedelta(seconds=40), _RECEIVED[thread.words.language].format(id=thread.id))
    replied = after_business(at, _reply_hours(thread))
    reply = answer or _reply(thread, mood, mended)
    thread.say("agent", replied, reply)
    if thread.chance(0.03):
        thread.say("customer", replied + timedelta(minutes=1), _one(thread, "away"))
    if any(promise in reply for promise in _PROMISES):
        _keep_or_break(thread, replied)
    ending = _ending(thread, mood, story)
    return _ticket(thread, at, mood, ending)


def _reply_hours(thread: Thread) -> float:
    """Give the business hours until the first reply: most within the standard of eight hours, some far beyond it."""
    if thread.person.is_gold:
        return thread.rng.choice((0.2, 0.4, 0.5, 0.8, 0.9, 3.0))
    if thread.situation == "slow_support":
        return thread.rng.uniform(5, 30)
    return thread.rng.uniform(9, 20) if thread.chance(0.06) else thread.rng.uniform(0.3, 7.5)


def _reply(thread: Thread, mood: str, mended: bool) -> str:
    situation = "late_mended" if thread.situation == "late" and mended else thread.situation
    if mood == "good":
        situation = "kind"
    elif mood == "question" or not thread.words.has_agent(situation):
        situation = "question"
    return thread.words.agent(situation, thread.product, thread.order)


def _keep_or_break(thread: Thread, replied: datetime) -> None:
    """An agent promised something: most keep it, some do not."""
    text = thread.words.agent(_of_parcel(thread, "found"), thread.product, thread.order)
    if thread.chance(0.85):
        nine = (replied.astimezone(BERLIN) + timedelta(days=1)).replace(hour=OPENS, minute=0, second=0)
        same_hour = replied.astimezone(BERLIN) + timedelta(days=1)
        thread.say("agent", nine + (same_hour - nine) * thread.rng.random(), text)
    elif thread.chance(0.6):
        thread.say(
            "customer",
            replied + timedelta(days=thread.rng.uniform(3, 5)),
            _one(thread, _of_parcel(thread, "unhappy_again")),
        )
        thread.say("agent", after_business(thread.last, thread.rng.uniform(1, 4)), text)


def _of_parcel(thread: Thread, kind: str) -> str:
    """Name the words for a matter of parcels, where they differ from those for all others."""
    return f"{kind}_parcel" if thread.situation in _PARCELS else kind


def _ending(thread: Thread, mood: str, story: bool) -> str:
    """Let the customer have the last word, or say nothing more; gives which."""
    if story and thread.chance(0.5):
        first = datetime.fromisoformat(thread.messages[0]["at"]).astimezone(BERLIN)
        monday = (first + timedelta(days=7 - first.weekday())).replace(hour=10, minute=0, second=0)
        kind = "unhappy_again" if thread.chance(0.25) else "thanks"
        thread.say(
            "customer",
            max(monday, thread.last) + timedelta(hours=thread.rng.uniform(20, 80)),
            _answer(thread, _of_parcel(thread, kind)),
        )
        return kind
    if thread.chance(0.4 if mood == "bad" else 0.3):
        thread.say(
            "customer",
            thread.last + timedelta(hours=thread.rng.uniform(1, 30)),
            _answer(thread, _of_parcel(thread, "thanks")),
        )
        return "thanks"
    return "silence"


def _ticket(thread: Thread, at: datetime, mood: str, ending: str) -> dict[str, Any]:
    solved = thread.last + timedelta(hours=3)
    subject = thread.words.subject(thread.situation, thread.product, thread.order)
    ticket: dict[str, Any] = {"id": thread.id, "kind": "ticket", "subject": subject, "created_at": stamp(at)}
    ticket |= {"updated_at": stamp(solved), "status": "solved", "solved_at": stamp(solved), "channel": thread.channel}
    ticket |= {
        "tags": [_TAGS[thread.situation]],
        "fields": {"order": thread.order, "product": thread.product},
    }
    ticket |= {"customer": thread.person.wire(), "messages": thread.messages}
    if thread.chance(0.55):
        value = _csat(thread, mood, ending)
        rated = awake(solved + timedelta(hours=thread.rng.uniform(2, 20)))
        ticket["ratings"] = [{"scale": "csat", "value": value, "min": 1, "max": 5, "at": stamp(rated)}]
        ticket["updated_at"] = stamp(rated)
    return ticket


def _csat(thread: Thread, mood: str, ending: str) -> int:
    best = {"good": 5, "question": 5, "bad": 3}[mood]
    if mood == "bad" and ending == "thanks":
        best = 4
    if ending == "unhappy_again":
        best = 2
    return max(1, best - thread.rng.choice((0, 0, 1)))


def _one(thread: Thread, kind: str) -> str:
    return thread.words.deal(kind, thread.product, thread.order)[0]


def _answer(thread: Thread, kind: str) -> str:
    """A later message of the customer: often by mail, with what the agent wrote quoted below it."""
    text = _one(thread, kind)
    if thread.channel == "email" and thread.chance(0.5):
        before = next(message["text"] for message in reversed(thread.messages) if message["author"] == "agent")
        day = thread.last.date().isoformat()
        text += "\n\n" + _QUOTES[thread.words.language].format(day=day, text=before)
    return text


def _dressed(thread: Thread, core: str, mood: str) -> str:
    """The first message as it comes in: with greeting, signature, or as HTML."""
    language = thread.words.language
    if thread.chance(0.3):
        core += (" " if language == "en" else "") + thread.words.tail(mood, thread.product, thread.order)
    greeting = thread.rng.choice(_GREETINGS[language])
    text = f"{greeting}\n{core}" if greeting else core
    if thread.channel != "email":
        return text
    if thread.chance(0.12):
        return f"<div><p>{greeting}</p><p>{core}</p><p>{_CLOSINGS[language]}<br><b>{thread.person.name}</b></p></div>"
    if thread.chance(0.25):
        return f"{text}\n\n{_CLOSINGS[language]}\n{thread.person.name}"
    if thread.chance(0.12):
        return (
            f"{text}\n\n-- \n{thread.person.name}\n{thread.person.email}\n+49 30 23125 {thread.rng.randrange(100, 999)}"
        )
    return f"{text}\n\n{_PHONES[language]}" if thread.chance(0.1) else text
