"""How customers write: a quick, warm word, or dates, figures and the cause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.manner import manner_of

ANALYTIC = [
    "Ordered on 2026-10-28 (order #448812). According to your terms delivery takes 24 hours; it took 72 hours. Please explain.",
    "1. Paid EUR 40 on 3/11.\n2. Charged again on 5/11.\n3. No answer since.",
    "第一，10月28日下单，订单448812；第二，页面承诺24小时，实际72小时。请说明原因。",
    "根据合同，维修应在3天内完成，现在已经7天了，请说明原因。",
]
WARM = [
    "I am so disappointed!!! Nobody answers me, this is awful",
    "太慢了！真的很失望，气死我了",
    "Where is my parcel? It was due yesterday.",
    "东西还没到，麻烦看一下",
    "Where is order #448812? It took 3 days.",  # two figures are not three signs
    "",
]


@pytest.mark.parametrize("text", ANALYTIC)
def test_figures_and_reasons_ask_for_dates_and_the_cause(text: str) -> None:
    assert manner_of([text]) == "analytic"


@pytest.mark.parametrize("text", WARM)
def test_feeling_or_few_words_ask_for_a_warm_word(text: str) -> None:
    assert manner_of([text]) == "warm"


def test_much_feeling_outweighs_a_few_figures() -> None:
    # three dates are three signs; four exclamation marks are four
    assert manner_of(["On 3/11, 4/11 and 5/11 nobody came! Nobody called! Nobody cares! Help!"]) == "warm"


def test_a_long_story_needs_more_figures_than_a_short_one() -> None:
    figures = "It was 3 days, then 2 weeks, then 4 hours. "
    assert manner_of([figures]) == "analytic"
    assert manner_of([figures + "I told this to everybody at the counter. " * 40]) == "warm"


def test_several_messages_count_together() -> None:
    assert manner_of(["Order #448812.", "Promised: 24 hours.", "Please explain."]) == "analytic"


@given(st.lists(st.text(), max_size=4))
def test_any_text_has_a_manner(texts: list[str]) -> None:
    assert manner_of(texts) in {"warm", "analytic"}
