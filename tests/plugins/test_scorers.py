"""`auto` takes the best scorer for each language; who is asked by name answers alone."""

from __future__ import annotations

import pytest

from feedbackloop.errors import UsageError
from feedbackloop.hookspecs import Scorer
from feedbackloop.records import Sentiment, Text
from feedbackloop_plugins.scorers import register_scorers, score_sentiment

SCORERS = {scorer.name: scorer for scorer in register_scorers()}
TEXTS = [
    Text(id="1", text="The support was great", language="en"),
    Text(id="2", text="味道很好，下次还来", language="zh"),
    Text(id="3", text="sangat buruk", language="id"),
    Text(id="4", text="", language="und"),
    Text(id="5", text="😡", language="und"),
]


def _shouting(name: str, quality: int) -> Scorer:
    return Scorer(name, ("*",), lambda: lambda texts: [Sentiment("neutral", 0.0, 1.0, name) for _ in texts], quality)


def test_auto_asks_the_scorer_of_each_language_and_keeps_the_order() -> None:
    results = score_sentiment(TEXTS, "auto", SCORERS)
    assert [result.scorer for result in results[:2]] == ["linear-en", "linear-zh"]
    assert [result.label for result in results[:3]] == ["positive", "positive", "unknown"]


def test_another_language_is_unknown_and_not_zero() -> None:
    result = score_sentiment(TEXTS, "auto", SCORERS)[2]
    assert (result.label, result.polarity, result.confidence) == ("unknown", None, None)


def test_a_text_without_words_is_unknown_but_a_face_is_read() -> None:
    empty, face = score_sentiment(TEXTS[3:], "auto", SCORERS)
    assert empty.label == "unknown"
    assert face.polarity is not None and face.polarity < 0


def test_auto_takes_the_highest_quality() -> None:
    results = score_sentiment(TEXTS[:3], "auto", SCORERS | {"best": _shouting("best", 99)})
    assert [result.scorer for result in results] == ["best"] * 3


def test_auto_leaves_other_languages_to_a_scorer_of_any_language() -> None:
    results = score_sentiment(TEXTS[:3], "auto", SCORERS | {"any": _shouting("any", 1)})
    assert [result.scorer for result in results] == ["linear-en", "linear-zh", "any"]


def test_a_named_scorer_answers_alone_and_says_unknown_elsewhere() -> None:
    english, chinese = score_sentiment(TEXTS[:2], "textblob", SCORERS)
    assert (english.label, english.scorer) == ("positive", "textblob")
    assert chinese.label == "unknown"


def test_an_unknown_scorer_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"linear-en, linear-zh, textblob"):
        score_sentiment(TEXTS, "vadr", SCORERS)
