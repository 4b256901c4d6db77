"""Our own scorers read negation, contrast and both languages, and say `unknown` where they know nothing."""

from __future__ import annotations

import pytest

from feedbackloop.records import Text
from feedbackloop.understanding.sentiment.scoring import polarity, scorer_for


@pytest.mark.parametrize(
    ("words", "language", "is_positive"),
    [
        ("The food is not good", "en", False),
        ("The support was great and fast", "en", True),
        ("This is sooooo baaad", "en", False),
        ("My flight was cancelled and nobody told us", "en", False),
        ("I thought it was good but it was not", "en", False),
        ("味道很好，下次还来", "zh", True),
        ("不是很好吃", "zh", False),
        ("沒有收到貨，客服很差", "zh", False),
    ],
)
def test_polarity_has_the_sign_of_the_words(words: str, language: str, is_positive: bool) -> None:
    value = polarity(words, language)
    assert value is not None
    assert (value > 0) == is_positive


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("How do I change my PIN?", "en"),
        ("请问发票怎么开？", "zh"),
        ("請問發票怎麼開？", "zh"),
        ("我想改一下收货地址", "zh"),
        ("收件邮箱换成公司的", "zh"),
    ],
)
def test_a_helpdesk_question_or_plain_statement_is_neutral(words: str, language: str) -> None:
    (result,) = scorer_for(language)([Text(id="1", text=words)])
    assert result.label == "neutral"


@pytest.mark.parametrize("words", ["为什么还不发货？都三天了", "你们到底什么时候退款？", "怎么又断网了"])
def test_a_chinese_question_that_complains_is_negative(words: str) -> None:
    (result,) = scorer_for("zh")([Text(id="1", text=words)])
    assert result.label == "negative"


def test_nothing_said_is_unknown_with_no_figures() -> None:
    for result in scorer_for("en")([Text(id="1", text=""), Text(id="2", text="... 123")]):
        assert (result.label, result.polarity, result.confidence) == ("unknown", None, None)


def test_a_language_without_a_model_has_no_polarity() -> None:
    assert polarity("Sehr schlecht", "de") is None


def test_polarity_and_confidence_stay_in_their_ranges() -> None:
    for result in scorer_for("en")([Text(id="1", text="terrible " * 500), Text(id="2", text="great " * 500)]):
        assert -1 <= (result.polarity or 0) <= 1
        assert 0 <= (result.confidence or 0) <= 1
