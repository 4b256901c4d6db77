"""Are agents' promises found, and is it decided rightly what became of them?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from feedbackloop.records import Item, Message, Text
from feedbackloop.understanding.promise.finding import find_promises, settle

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
        ("I'll also need your date of birth.", "en"),
        ("I will be honest with you.", "en"),
        ("You will see a button labelled Download.", "en"),
        ("Would you like me to call you back tomorrow?", "en"),
        ("You said the courier will come on Friday.", "en"),
        ("Your payment is due by Friday.", "en"),
        ("Please reply within 5 days or the ticket will be closed.", "en"),
        ("If you send us the receipt, we will look into a refund.", "en"),
        ("If nothing moves in 5 days, please tell us and we'll investigate.", "en"),
        ("The street was swept today.", "en"),
        ("Contractor collected the items on Thursday.", "en"),
        ("We shipped your order on Monday.", "en"),
        ("You are within your 7-day guarantee window.", "en"),
        ("The site will let you know which sizes are in stock.", "en"),
        ("Feel free to check back in 3 days.", "en"),
        ("您买后7天内如果降价我补差价给您", "zh"),
        ("二维码几分钟就过期了，过期后刷新就会生成新的", "zh"),
        ("Make sure the bins are out by 7am.", "en"),
        ("The pool opens tomorrow.", "en"),
        ("请您明天再联系我们", "zh"),
        ("请您在24小时内付款，否则订单会自动取消。", "zh"),
        ("如果您能提供照片，我们会帮您申请退款。", "zh"),
        ("昨天已经给您退款了", "zh"),
        ("支持7天无理由退货", "zh"),
        ("给您带来不便，非常抱歉", "zh"),
        ("我们会继续努力", "zh"),
        ("需要我明天给您回电吗？", "zh"),
        ("系统会提示您重新登录", "zh"),
        ("这个无法退款", "zh"),
        ("您明天能收到吗？", "zh"),
        ("", "en"),
    ],
)
def test_duties_of_others_questions_and_refusals_are_no_promises(words, language):
    assert promises(words, language) == []


@pytest.mark.parametrize(
    ("words", "language", "what", "due_at"),
    [  # said on Monday the 2nd, half past twelve
        ("We shall reserve two seats for you.", "en", "We shall reserve two seats for you", None),
        ("Your order leaves our warehouse tomorrow.", "en", "Your order leaves our warehouse tomorrow", "11-03 23:59"),
        ("Your delivery is estimated for Nov 12.", "en", "Your delivery is estimated for Nov 12", "11-12 23:59"),
        ("You'll have it within 24–48 hours.", "en", "You'll have it within 24–48 hours", "11-04 12:30"),
        ("The missing item is being sent to you.", "en", "The missing item is being sent to you", None),
        ("I've arranged for a courier to collect it on Friday.", "en", None, "11-06 23:59"),
        ("The refund comes back if you ask, by Friday.", "en", None, "11-06 23:59"),
        ("I will book you for Friday at six.", "en", None, None),  # an appointment is no time limit
        ("机票会在两小时内出票。", "zh", "机票会在两小时内出票", "11-02 14:30"),
        ("申请已通过,3天到账。", "zh", "3天到账", "11-05 12:30"),
        ("已为您安排师傅明天上门。", "zh", None, "11-03 23:59"),
        ("一有货就通知您。", "zh", "一有货就通知您", None),
        ("详细参数我发您。", "zh", "详细参数我发您", None),
        ("我们会在 1-3 个工作日内给您回复。", "zh", "我们会在 1-3 个工作日内给您回复", "11-05 12:30"),
        ("会在 24 小时内给您回复。", "zh", "会在 24 小时内给您回复", "11-03 12:30"),
    ],
)
def test_any_deed_counts_that_the_desk_commits_itself_to(words, language, what, due_at):
    [promise] = promises(words, language)
    assert what in {promise.what, None}
    assert (promise.due_at and f"{promise.due_at:%m-%d %H:%M}") == due_at


@pytest.mark.parametrize(
    ("words", "language", "what", "due_at"),
    [
        ("It takes two days, and we'll text you by then.", "en", "It takes two days, and we'll text you by then", 4),
        ("A letter will be posted. Please allow 3 days.", "en", "A letter will be posted. Please allow 3 days", 5),
        ("Within two days, we will refund you.", "en", "Within two days, we will refund you", 4),
        ("审核需要2天，届时会短信通知您。", "zh", "审核需要2天，届时会短信通知您", 4),
    ],
)
def test_a_neighbour_that_says_until_when_is_part_of_the_promise(words, language, what, due_at):
    [promise] = promises(words, language)
    assert (promise.what, promise.due_at.day) == (what, due_at)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (
            "I found a technician, who will be with you on Tuesday.",
            ["I found a technician, who will be with you on Tuesday"],
        ),
        ("Sorry about that, and we will refund you.", ["we will refund you"]),
        (
            "We'll send a new jacket, and it should arrive within 3 days.",
            ["We'll send a new jacket", "it should arrive within 3 days"],
        ),
        ("Sorry. It will be credited tomorrow.", ["It will be credited tomorrow"]),
    ],
)
def test_a_promise_begins_where_a_reader_would_begin_to_quote_it(words, what):
    found = promises(words)
    assert [promise.what for promise in found] == what
    assert len({promise.id for promise in found}) == len(found)


def test_a_condition_makes_a_promise_less_sure():
    [sure], [unsure] = (
        promises("We'll refund you by Friday."),
        promises("If you send it back, we'll refund you by Friday."),
    )
    assert unsure.confidence < sure.confidence
    [hoped] = promises("We hope to refund you by Friday.")
    assert hoped.confidence < sure.confidence


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
INVOICE = "You will have the invoice by tomorrow."
DEPOSIT = "押金7天内退还。"
VISIT = "He will come tomorrow morning."  # by noon of it, half an hour less than a day from now
HOUR = DAY / 24
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
    (INVOICE, [("agent", DAY / 2, "The invoice is attached.")], {}, 3, "kept"),  # said of the very thing
    (INVOICE, [("agent", DAY / 2, "The invoice will be attached tomorrow.")], {}, 0.9, "open"),
    (INVOICE, [("agent", DAY / 2, "The label is attached.")], {}, 3, "unknown"),
    (INVOICE, [("customer", DAY / 2, "The invoice came today.")], {}, 3, "kept"),
    (INVOICE, [("customer", DAY / 2, "When does the invoice come?")], {}, 0.9, "open"),
    (DEPOSIT, [("customer", DAY, "押金今天到了。")], {}, 9, "kept"),
    (DEPOSIT, [("customer", 8 * DAY, "押金终于到了。")], {}, 9, "broken"),
    (DEPOSIT, [("customer", 8 * DAY, "押金怎么还没退？")], {}, 9, "broken"),
    (VISIT, [("customer", DAY + 3 * HOUR, "He came and it is warm now.")], {}, 3, "kept"),  # told at half past three
    (VISIT, [("customer", DAY + 3 * HOUR, "He finally came, late.")], {}, 3, "broken"),
    (VISIT, [("customer", DAY + 3 * HOUR, "He did not show up.")], {}, 3, "broken"),
    (SHIP, [("agent", 6 * DAY, "It was shipped this morning.")], {}, 3, "open"),  # the message is later than now
]


@pytest.mark.parametrize(("words", "later", "fields", "days", "state"), SETTLED)
def test_later_words_the_tickets_end_and_the_clock_settle_a_promise(words, later, fields, days, state):
    [promise] = promised(words)
    item = thread(*((author, MONDAY + after, text) for author, after, text in later), status="open", **fields)
    settled = settle(promise, item, MONDAY + days * DAY)
    assert settled.state == state
    assert (settled.evidence is None) == (state == "open")
    assert settle(settled, item, MONDAY + days * DAY) == settled


def promised(words):
    return promises(words, "zh" if words > "\u4e00" else "en")


def test_long_and_hostile_texts_are_read_in_bounded_time():
    """Some 4 MB: 20,000 characters of a text, 200 clauses and 300 characters of each are looked at."""
    for unit in (
        "I will call you by ",
        "we'll ",
        "by then ",
        "if you ",
        "我们会在",
        "1-1-1-1 ",
        "the the the ",
        "will be being ",
    ):
        begun = process_time()
        promises(unit * 250_000, "zh" if unit[0] > "\u4e00" else "en")
        assert process_time() - begun < 2.0, unit


def test_our_own_and_automatic_messages_keep_no_promise():
    [promise] = promises(CALL)
    own = Message(id="m3", author="agent", at=MONDAY + DAY / 2, text="A note", own=True)
    machine = Message(id="m4", author="agent", at=MONDAY + DAY / 2, text="We got your mail", automatic=True)
    note = Message(id="m5", author="agent", at=MONDAY + DAY / 2, text="He was angry", public=False)
    item = Item(id="T", kind="ticket", created_at=MONDAY, status="open", messages=(own, machine, note))
    assert settle(promise, item, MONDAY + 3 * DAY).state == "broken"
