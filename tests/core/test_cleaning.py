"""The author's own words stay, everything else goes, and each character keeps its place."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import LIMIT, clean

OWN = "The parcel came broken and nobody answers."
OWN_ZH = "快递三天了还没到，客服也不理人。"


def cleaned(raw: str, author: str = "customer") -> str:
    return clean(Text(id="1", text=raw, author=author)).text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "added",
    [
        "{}\n\nOn Mon, Nov 2, 2026 at 9:00 AM Support <help@acme.example> wrote:\n> Thank you for contacting us!\n> We love you.",
        "{}\n\nOn Mon, Nov 2, 2026 at 9:00 AM Support Team of the Acme Company\n<help@acme.example> wrote:\n\n> Great news!",
        "{}\n\n-----Original Message-----\nFrom: Support\nSent: Monday\nTo: me\nSubject: Great news\n\nThank you so much!",
        "{}\n\nFrom: Support <help@acme.example>\nSent: Monday, 2 November 2026\nTo: Me\nSubject: Thanks\n\nWonderful!",
        "{}\n\n---------- Forwarded message ---------\nFrom: Acme\n\nEnjoy!",
        "{}\n\nAm 02.11.2026 um 09:00 schrieb Support <help@acme.example>:\n> Vielen Dank!",
        "{}\n\n##- Please type your reply above this line -##\n\nThank you for being a loyal customer!",
        "{}\n\n------------------ 原始邮件 ------------------\n发件人: 客服\n感谢您的支持",
        "{}\n\n在 2026年11月2日，客服 <kf@acme.example> 写道：\n> 感谢您的支持！",
        "{}\n\n发件人： 客服\n发送时间： 2026-11-02 09:00\n收件人： 我\n主题： 感谢\n\n非常感谢！",
        "{}\n-- \nHappy Smith\nGreat Ideas Ltd",
        "{}\n\nBest regards,\nJoy Bright\nHead of Happiness, Acme\n+49 30 123456",
        "{}\n\nKind regards, Joy Bright",
        "{}\n\nSent from my iPhone",
        "{}\n\n发自我的iPhone",
        "{} Thanks!",
        "{} Thank you so much for your wonderful help. Have a great day!",
        "{} Many thanks in advance, John",
        "{}谢谢！",
        "{}祝您生活愉快！",
        "{}\n此致\n敬礼",
        "Hello, {}",
        "Hi team,\n\nI hope you are having a wonderful day!\n\n{}",
        "Dear Sir or Madam,\n{}",
        "您好，{}",
        "尊敬的客服：\n{}",
        "{}\nOrder number: 112-3456789",
        "{} My order number is 12345.",
        "{}\n订单号：2026110212345",
        "{}\n\nThis e-mail and any attachments are confidential and intended solely for the addressee.",
        "{}\n\n本邮件及其附件含有保密信息，仅供收件人使用。",
        "{}\n\nResponse from the owner: Thank you for your great feedback!",
        "{}\n商家回复：亲，感谢您的惠顾，祝您生活愉快！",
        "{}\nThank you for contacting Acme Support. We value your business.",
        "Hello my friends, thanks for being there. {}",
        "{} Thanks so much in advance for sorting this out.",
        "{}\n\nLots of love,\nGran xxx",
        "{}\n\nrespectfully,\nmaria",
        "{}\n\nAcme: Hi Jane, that's great to hear!",
        "{}\n\nReply by seller (02/11/2026): Glad you like it!",
        "{}\n\nQuoting Support <help@acme.example>:\n> It was a pleasure.",
        "{}\n\n客服小美 <kf@acme.example> 于2026年11月2日周一 09:00写道：\n\n> 很高兴收到您的来信！",
        "{}\n亲，感谢您的支持，小店会继续努力哦！",
        "{}，麻烦尽快处理，谢谢！",
        "你好，我是你们的老客户了，{}",
        "{}\nPNR: KL8PQ2",
        "Regarding order #88123, {}",
        "Hi Mark, great talking to you on the phone this morning. {}",
        "Hello, I trust this email finds you and your loved ones in good health and high spirits. {}",
        "Hi, sorry to bother you again. {}",
        "{}\n\nYour loyal customer,\nMrs Beatrice Fine",
        "{}\n\nRespectfully submitted,\nWilliam H. Grace III",
        "{}\n\nHi Jane - thanks for flagging this, we've passed it on to our warehouse team. Tom",
        "{}\n\nTom (Acme Support)\nJun 5, 2026\nThanks for getting in touch, that's brilliant to hear. I've let the team know.",
        "{}\n\n您好，我是Acme客服小美，很高兴为您服务，您的问题我们已经收到。",
        "{} May God bless you and your families abundantly.",
        "{} I trust you will give this matter your immediate attention.",
        "<div>{}</div><blockquote>We are so happy!</blockquote>",
        '<p>{}</p><div class="gmail_quote">Great!</div>',
        "<html><head><style>p {{color: red}}</style></head><body><p>{}</p><script>love()</script></body></html>",
    ],
)
@pytest.mark.parametrize("own", [OWN, OWN_ZH])
def test_what_others_and_machines_wrote_goes(own: str, added: str) -> None:
    assert cleaned(added.format(own)).strip(" ，") == own


@pytest.mark.parametrize(
    "raw",
    [
        "Thanks!",
        "Thank you very much, great help!",
        "谢谢！",
        "客服回复很慢",
        "Support replied after 3 days, useless",
        "I love it <3 and 2 < 3",
        "From the start this was bad: nobody answers.",
        "The agent wrote to me twice",
        "On the phone she was rude",
        "I said -- twice -- that it is broken",
        "It is broken. Thanks for nothing",
        "It came late. Thank you for the broken cup",
        "The box is nice. Love it!",
        "Card is lost, please help",
        "太麻烦了，不想再买",
        "客服很耐心，解决得很快",
        "It broke. Thanks for nothing.",
        "The tour was cancelled. Thank you for ruining my day.",
        "I sent it back last week. I look forward to your refund.",
        "Great service, thank you!",
        "Hope you fix it soon.",
        "I hope you are happy now.",
        "The app crashes. I hope you lose all your customers.",
        "I hope you are ashamed of yourselves. Never again.",
        "Sorry for the long review but it was awful.",
        "It was great to see you finally fixed the lift.",
        "I am writing to complain about the broken parcel.",
        "We love it.\nWe would recommend it, the staff is great and we hope to see you next year.",
        "Nice stay.\n\nOur room was lovely and we really enjoyed your hospitality.",
        "It never arrived.\n\nThanks,\nI will not order again.",
        "I love this shop.\n\nBest,\nfastest delivery ever",
        "Badly packed. Thanks for the badly wrapped box.",
        "God bless the driver who found my parcel.",
        "房间很好。\n服务员帮您拿行李，我们非常满意",
        "东西太差了。祝你们早日倒闭",
        "Complaint about my stay\n\nDear Sir or Madam,\n\nI have waited for my refund for weeks.",
    ],
)
def test_feedback_that_only_looks_like_a_frame_stays(raw: str) -> None:
    assert cleaned(raw) == raw


def test_a_greeting_without_a_comma_loses_only_the_greeting() -> None:
    assert cleaned("hey your app sucks!") == "your app sucks!"


def test_words_below_a_quote_are_kept() -> None:
    assert cleaned("On 2 Nov 2026, Support <a@b.example> wrote:\n> Is it solved?\n\nNo, it is still broken.") == (
        "No, it is still broken."
    )


def test_of_a_pasted_chat_the_customers_lines_stay() -> None:
    chat = "Agent: Hello, I am happy to help!\nCustomer: It is broken.\nAgent: Wonderful!\nCustomer: Still broken."
    assert cleaned(chat) == "It is broken.\n Still broken."


def test_an_agents_courtesies_stay() -> None:
    words = "Hi Ann, thank you for your patience. We will call you tomorrow."
    assert cleaned(words, author="agent") == words


def test_a_forwarded_mail_without_own_words_is_empty() -> None:
    assert cleaned("---------- Forwarded message ---------\nFrom: x\n\nGreat!") == ""


def test_unchanged_text_needs_no_offsets() -> None:
    text = clean(Text(id="1", text=OWN))
    assert (text.text, text.raw, text.offsets) == (OWN, OWN, ())


def test_offsets_lead_back_through_markup_and_entities() -> None:
    raw = "<p>Hello,</p><p>AT&amp;T is <b>slow</b></p><p>Thanks</p>"
    text = clean(Text(id="1", text=raw))
    start = text.text.index("slow")
    assert text.text == "AT&T is slow"
    assert raw[text.offsets[start] : text.offsets[start + 3] + 1] == "slow"
    assert raw[text.offsets[2]] == "&"


def test_cleaning_twice_changes_nothing_more() -> None:
    once = clean(Text(id="1", text=f"Hello, {OWN} Thanks!"))
    assert clean(once) == once


def test_control_characters_and_lone_surrogates_become_harmless() -> None:
    text = clean(Text(id="1", text="bad\x00 \ud800service\u202e!"))
    text.text.encode()
    assert text.text == "bad  \ufffdservice!"


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=300))
@settings(max_examples=150, deadline=None)
def test_any_text_gives_a_text_with_rising_places_inside_the_raw_one(raw: str) -> None:
    text = clean(Text(id="1", text=raw))
    text.text.encode()
    assert len(text.offsets) in (0, len(text.text))
    assert list(text.offsets) == sorted(text.offsets)
    assert all(0 <= place < len(raw) for place in text.offsets)


@pytest.mark.parametrize(
    "attack",
    [
        "a" * 10_000_000,
        "> " * 1_000_000,
        ">" * 3_000_000,
        "<div>" * 200_000 + "x",
        "😀" * 100_000,
        "On 1 " * 500_000,
        "thanks " * 500_000,
        "Hi " * 500_000,
        "\n" * 3_000_000,
        "&amp;" * 500_000,
        "<" * 1_000_000,
        "- " * 500_000,
        "from: x\n" * 200_000,
        "谢谢" * 500_000,
    ],
    ids=lambda attack: attack[:8],
)
def test_hostile_input_is_cleaned_in_bounded_time(attack: str) -> None:
    begun = time.process_time()
    text = clean(Text(id="1", text=attack))
    assert time.process_time() - begun < 1.0
    assert len(text.text) <= LIMIT


PIECES = [
    *(
        "> ",
        "--\n",
        "\n\n-",
        "best regards, ",
        "thanks for your help and ",
        "have a great ",
        "order 1 ",
        "谢谢",
        "祝您",
        "客服：",
        "<p>",
    ),
    *(
        "&amp;",
        "<!--",
        "agent: ",
        "On 1 ",
        "wrote: ",
        "from: x\n",
        "re: x\n",
        "we are happy to ",
        "response from the ",
        "\r\n",
        "12:34 ",
    ),
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=3))
def test_no_mixture_of_frames_takes_long(pieces: list[str]) -> None:
    text = "".join(pieces) * 8_000
    begun = time.process_time()
    clean(Text(id="1", text=text))
    assert time.process_time() - begun < 1.0
