"""Who asks not to be contacted is heard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.restraint_silence import asks_for_silence


@pytest.mark.parametrize(
    "text",
    [
        "Please do not contact me again.",
        "Don't email me, I am done.",
        "STOP WRITING TO ME",
        "just leave me alone",
        "Unsubscribe",
        "I want no more surveys from you",
        "take me off your list",
        "不要再联系我了",
        "请勿打扰",
        "别再给我发短信了",
        "退订",
        "Don't call me and don't email me.",
        "Don't call me or email me.",
        "Stop calling me by phone or by letter",
        "You can call me a fool. But never contact me again.",
        "不要再给我打电话或发短信",
        "Do not contact me by e-mail.",
        "Please never contact me via phone, I have had enough.",
    ],
)
def test_a_wish_for_silence_is_heard(text: str) -> None:
    assert asks_for_silence(["Hello.", text])


@pytest.mark.parametrize(
    "text",
    [
        "Nobody contacted me.",
        "Please call me back!",
        "I never got your message.",
        "The call stopped after a minute.",
        "为什么没有人联系我",
        "请联系我",
        "我再给你发一次照片",
        "Don't call me, email me instead.",
        "Please do not phone. Stop calling me, write to me.",
        "Never call me at work, I answer by e-mail only",
        "别再打电话了，请发邮件",
        "Do not contact me by phone, email me instead.",
        "",
    ],
)
def test_other_words_are_not_taken_for_it(text: str) -> None:
    assert not asks_for_silence([text])


@given(st.lists(st.text(), max_size=3))
def test_any_texts_get_an_answer(texts: list[str]) -> None:
    assert asks_for_silence(texts) in {True, False}
