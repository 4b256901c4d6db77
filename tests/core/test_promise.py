"""Are agents' promises found, and is it decided rightly what became of them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedbackloop.records import Item, Message, Text
from feedbackloop.understanding.promise import find_promises, settle

MONDAY = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def promises(words, language="en"):
    return find_promises(Text(id="m2", text=words, language=language, at=MONDAY, author="agent"))


def thread(*messages, **fields):
    numbered = [
        Message(id=f"m{n}", author=author, at=at, text=text) for n, (author, at, text) in enumerate(messages, 3)
    ]
    return Item(id="T-1", kind="ticket", created_at=MONDAY - DAY, messages=tuple(numbered), **fields)


FOUND = [
    (
        "I will call you back tomorrow.",
        "en",
        "agent",
        "I will call you back tomorrow",
        datetime(2026, 11, 3, 23, 59, 59),
    ),
    (
        "Approved: refund within 5-7 working days.",
        "en",
        "company",
        "refund within 5-7 working days",
        datetime(2026, 11, 11, 12, 30),
    ),
    (
        "Your parcel will arrive by Thursday.",
        "en",
        "company",
        "Your parcel will arrive by Thursday",
        datetime(2026, 11, 5, 23, 59, 59),
    ),
    (
        "We'll get back to you within 2 hours.",
        "en",
        "agent",
        "We'll get back to you within 2 hours",
        datetime(2026, 11, 2, 14, 30),
    ),
    ("24小时内发货。", "zh", "company", "24小时内发货", datetime(2026, 11, 3, 12, 30)),
    ("我们会在3个工作日内处理好", "zh", "agent", "我们会在3个工作日内处理好", datetime(2026, 11, 5, 12, 30)),
    ("明天给您回电", "zh", "agent", "明天给您回电", datetime(2026, 11, 3, 23, 59, 59)),
]


@pytest.mark.parametrize(("words", "language", "who", "what", "due_at"), FOUND)
def test_a_promise_says_who_what_and_until_when(words, language, who, what, due_at):
    [promise] = promises(words, language)
    assert (promise.who, promise.what, promise.due_at) == (who, what, due_at.replace(tzinfo=UTC))
    assert promise.state == "open"


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("You will need to send us the receipt.", "en"),
        ("Will you reply by Friday?", "en"),
        ("We will not refund this.", "en"),
        ("I waited 3 days for the delivery.", "en"),
        ("Thank you for your patience.", "en"),
        ("请您明天再联系我们", "zh"),
        ("这个无法退款", "zh"),
        ("您明天能收到吗？", "zh"),
        ("", "en"),
    ],
)
def test_duties_of_others_questions_and_refusals_are_no_promises(words, language):
    assert promises(words, language) == []


def test_a_condition_makes_a_promise_less_sure():
    [sure], [unsure] = (
        promises("We'll refund you by Friday."),
        promises("If you send it back, we'll refund you by Friday."),
    )
    assert unsure.confidence < sure.confidence


def test_the_id_is_made_of_the_text_and_the_place_of_the_words():
    [first], [again] = promises("Sorry! I will call you back."), promises("Sorry! I will call you back.")
    assert first.id == again.id == "promise-m2-7"


def test_places_are_those_of_the_raw_text():
    raw = "<p>I will reply today</p>"
    text = Text(
        id="m",
        text="I will reply today",
        raw=raw,
        offsets=tuple(range(3, 21)),
        language="en",
        at=MONDAY,
        author="agent",
    )
    [promise] = find_promises(text)
    assert promise.what == "I will reply today"
    assert promise.id == "promise-m-3"


CALL = "I will call you back tomorrow."
REFUND = "You will receive the refund within 2 days."
FIX = "We will fix this within 2 days."
SHIP = "We will ship it by Friday."
SETTLED = [
    # words, later messages and fields, days until now, state
    (CALL, [], {}, 1, "open"),  # due at the end of tomorrow, now is noon of it
    (CALL, [], {}, 3, "broken"),
    (CALL, [("agent", DAY, "Hello, just following up.")], {}, 3, "kept"),
    (CALL, [("agent", 2 * DAY, "Hello, just following up.")], {}, 3, "broken"),  # an answer, but a day late
    (CALL, [("customer", 2 * DAY, "Nobody called me.")], {}, 2.5, "broken"),
    (CALL, [("customer", DAY / 2, "I have not heard from you.")], {}, 0.8, "open"),  # complained before it was due
    (CALL, [("customer", DAY / 2, "Thank you for calling!")], {}, 3, "kept"),
    (REFUND, [("customer", DAY, "I got my refund, thanks")], {}, 5, "kept"),
    (REFUND, [("customer", 3 * DAY, "I got my refund at last")], {}, 5, "broken"),
    (REFUND, [("customer", 3 * DAY, "Still no refund!")], {}, 5, "broken"),
    (REFUND, [("customer", 3 * DAY, "收到退款了，谢谢")], {}, 3, "broken"),
    (REFUND, [("agent", DAY, "Is there anything else?")], {}, 5, "unknown"),
    (REFUND, [], {"solved_at": MONDAY + DAY}, 5, "unknown"),
    (FIX, [], {"solved_at": MONDAY + DAY}, 5, "kept"),
    (FIX, [], {"solved_at": MONDAY + 3 * DAY}, 5, "broken"),
    (SHIP, [("agent", DAY, "It was shipped this morning.")], {}, 2, "kept"),
    (SHIP, [("agent", 6 * DAY, "It was shipped this morning.")], {}, 3, "open"),  # the message is later than now
]


@pytest.mark.parametrize(("words", "later", "fields", "days", "state"), SETTLED)
def test_later_words_the_tickets_end_and_the_clock_settle_a_promise(words, later, fields, days, state):
    [promise] = promises(words)
    item = thread(*((author, MONDAY + after, text) for author, after, text in later), status="open", **fields)
    settled = settle(promise, item, MONDAY + days * DAY)
    assert settled.state == state
    assert (settled.evidence is None) == (state == "open")
    assert settle(settled, item, MONDAY + days * DAY) == settled


def test_our_own_and_automatic_messages_keep_no_promise():
    [promise] = promises(CALL)
    own = Message(id="m3", author="agent", at=MONDAY + DAY / 2, text="A note", own=True)
    machine = Message(id="m4", author="agent", at=MONDAY + DAY / 2, text="We got your mail", automatic=True)
    note = Message(id="m5", author="agent", at=MONDAY + DAY / 2, text="He was angry", public=False)
    item = Item(id="T", kind="ticket", created_at=MONDAY, status="open", messages=(own, machine, note))
    assert settle(promise, item, MONDAY + 3 * DAY).state == "broken"
