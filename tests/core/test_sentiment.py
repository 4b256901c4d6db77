"""Our own scorers read negation, contrast and both languages, and say `unknown` where they know nothing."""

from __future__ import annotations

import pytest

from feedbackloop.records import Text
from feedbackloop.understanding.sentiment import polarity, scorer_for


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


def test_a_helpdesk_question_is_neutral() -> None:
    (result,) = scorer_for("en")([Text(id="1", text="How do I change my PIN?")])
    assert result.label == "neutral"


def test_nothing_said_is_unknown_with_no_figures() -> None:
    for result in scorer_for("en")([Text(id="1", text=""), Text(id="2", text="... 123")]):
        assert (result.label, result.polarity, result.confidence) == ("unknown", None, None)


def test_a_language_without_a_model_has_no_polarity() -> None:
    assert polarity("Sehr schlecht", "de") is None


def test_polarity_and_confidence_stay_in_their_ranges() -> None:
    for result in scorer_for("en")([Text(id="1", text="terrible " * 500), Text(id="2", text="great " * 500)]):
        assert -1 <= (result.polarity or 0) <= 1
        assert 0 <= (result.confidence or 0) <= 1
