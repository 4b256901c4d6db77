"""A reworded draft says what the draft said: no fact is lost, no figure changed, no deed or promise added."""

from __future__ import annotations

import pytest

from feedbackloop.analysis.polish import faults, reworded
from feedbackloop.records import FollowUp

FEELING = "We are sorry. This did not go the way you could expect."
UNDERSTANDING = "You wrote on 2 November: “It took three days!”\n- We said it would be answered within 8 hours."
ACTION = "Our colleague has sent the parcel again on 4 November."


def draft(
    feeling: str = FEELING, understanding: str = UNDERSTANDING, action: str = ACTION, language: str = "en"
) -> FollowUp:
    text = "\n\n".join(("Hello Anna,", feeling, understanding, action))
    return FollowUp(
        id="fu-1",
        item="desk/1",
        customer=None,
        cause="promise_broken:1",
        language=language,
        text=text,
        feeling=feeling,
        understanding=understanding,
        action=action,
    )


def judged(feeling: str = FEELING, understanding: str = UNDERSTANDING) -> tuple[str, ...]:
    other = reworded(draft(), feeling, understanding, "language_model:tiny")
    assert other is not None
    return faults(draft(), other, {"SLA": "what we said"})


def test_better_words_for_the_same_facts_may_stand() -> None:
    assert judged() == ()
    warm = "We are truly sorry: you had every reason to expect better of us."
    told = (
        "On 2 November you wrote to us: “It took three days!”\n- We had said that it would be answered within 8 hours."
    )
    assert judged(warm, told) == ()
    other = reworded(draft(), warm, told, "language_model:tiny")
    assert other is not None
    assert other.text == f"Hello Anna,\n\n{warm}\n\n{told}\n\n{ACTION}"
    assert (other.action, other.polished_by) == (ACTION, "language_model:tiny")


@pytest.mark.parametrize(
    ("feeling", "said"),
    [
        ("We are sorry, and we have refunded you.", "deeds were added: refund"),
        ("We are sorry. A new parcel was shipped to you.", "deeds were added: ship"),
        ("We are sorry. Our team is looking into what happened.", "deeds were added: looking into"),
        ("We are sorry. Please take this voucher from us.", "deeds were added: voucher"),
        ("We are sorry that you waited 2 days.", "figures differ"),
        ("We are sorry that you waited for three days.", "figures differ"),
        ("We are sorry. See www.example.com for more.", "an address was added"),
        ("We are sorry, “truly sorry”, about this.", "quotations differ"),
        ("We are sorry about this. " * 10, "much longer"),
        ("We will do better the next time.", "unbacked_promise: We will do better the next time."),
        ("We are sorry that we broke the SLA.", "jargon: SLA -> what we said"),
        ("We are sorry, {{ name }}, about this.", "placeholder: {{ name }}"),
        ("We are sorry!!! This is not good of us.", "shouting: !!!"),
        ("", "part_missing: feeling"),
        ("我们很抱歉，这次没有做好，让您失望了，我们非常理解您的心情，实在对不起。", "wrong_language: en"),
    ],
)
def test_what_adds_or_loses_anything_may_not(feeling: str, said: str) -> None:
    assert said in judged(feeling)


@pytest.mark.parametrize(
    ("understanding", "said"),
    [
        (UNDERSTANDING.replace("three", "four"), "quotations differ"),
        (UNDERSTANDING.replace("8", "4"), "figures differ"),
        (UNDERSTANDING.replace("2 November", "November"), "figures differ"),
        ("You wrote to us about it.", "quotations differ"),
    ],
)
def test_facts_stay_to_the_letter(understanding: str, said: str) -> None:
    assert said in judged(understanding=understanding)


@pytest.mark.parametrize(
    ("feeling", "said"),
    [
        ("这次让您失望了，我们真的很抱歉。", ()),
        ("很抱歉，这次已经退款给您。", ("deeds were added: 退款",)),
        ("很抱歉，让您等了三天。", ("figures differ",)),
    ],
)
def test_chinese_is_held_to_the_same(feeling: str, said: tuple[str, ...]) -> None:
    chinese = draft("这次没有做好，我们很抱歉。", "您在11月2日写道：“太慢了”", "包裹在11月4日已经重新寄出。", "zh")
    other = reworded(chinese, feeling, chinese.understanding, "x")
    assert other is not None
    assert faults(chinese, other, {}) == said


@pytest.mark.parametrize("feeling", ["", "Hello Anna,", "e"])
def test_a_part_that_cannot_be_found_once_is_not_exchanged(feeling: str) -> None:
    from msgspec.structs import replace

    assert reworded(replace(draft(), feeling=feeling, text=draft().text + "\nHello Anna,"), "x", "y", "z") is None
