"""Are effort, emotion, churn and requests read from their wordings?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.records import Text
from feedbackloop.understanding import signals


def read(words, language="en"):
    return signals.read(Text(id="1", text=words, language=language))


@pytest.mark.parametrize(
    ("words", "language", "expected"),
    [
        ("I have called three times and sent an email.", "en", {"contacts": 3.0, "channels": 2.0, "effort": 0.65}),
        ("This is the second time I ask.", "en", {"contacts": 2.0, "effort": 0.2}),
        ("打了三次电话都没用", "zh", {"contacts": 3.0}),
        ("我打了十五次电话", "zh", {"contacts": 15.0, "effort": 1.0}),
        ("第十二次打电话了", "zh", {"contacts": 12.0, "effort": 1.0}),
        ("打了九十九次电话", "zh", {"contacts": 20.0, "effort": 1.0}),  # more say no more
        ("I will never buy from you again", "en", {"churn": 1.0}),
        ("再也不会来了", "zh", {"churn": 1.0}),
        ("I want to close my account", "en", {"churn": 1.0}),
        ("Don't waste your money", "en", {"churn": 1.0}),
        ("I reported it to the police", "en", {"escalation": 1.0}),
        ("I am going to call my lawyer", "en", {"escalation": 1.0}),
        ("我要打12315投诉", "zh", {"escalation": 1.0}),
        ("It would be nice to have a dark mode", "en", {"suggestion": 1.0, "actionability": "idea"}),
        ("建议增加停车位", "zh", {"suggestion": 1.0, "actionability": "idea"}),
        ("How do I change my pin?", "en", {"actionability": "answer"}),
        ("请问什么时候发货", "zh", {"actionability": "answer"}),
        ("Nice place.", "en", {"actionability": "noise"}),
        ("多次购买了", "zh", {"actionability": "noise"}),
        ("I am furious, this is ridiculous", "en", {"emotion": "anger"}),
        ("谢谢你们", "zh", {"emotion": "gratitude"}),
        ("I'm worried about my deposit", "en", {"emotion": "worry"}),
        ("有点担心收不到", "zh", {"emotion": "worry"}),
        ("This bill makes no sense", "en", {"emotion": "confusion"}),
        ("说明书完全看不懂", "zh", {"emotion": "confusion"}),
        ("I can't thank you enough", "en", {"emotion": "gratitude"}),
        ("Not angry, but disappointed", "en", {"emotion": "disappointment"}),
        ("I tried to reach you on several occasions", "en", {"contacts": 3.0, "effort": 0.4}),
        ("They passed me from one department to another", "en", {"contacts": 3.0}),
    ],
)
def test_a_signal_shows_itself_by_its_wording(words, language, expected):
    assert read(words, language).items() >= expected.items()


@pytest.mark.parametrize(
    ("words", "signal"),
    [
        ("they closed my account", "churn"),
        ("I have never used the card", "churn"),
        ("I don't use it often", "churn"),
        ("their lawyer was there", "escalation"),
        ("the tennis court is nice", "escalation"),
        ("the police station is next door", "escalation"),
    ],
)
def test_what_only_sounds_like_a_signal_is_none(words, signal):
    assert signal not in read(words)


@pytest.mark.parametrize(
    ("words", "language"),
    [
        ("I am not at all happy with it", "en"),
        ("Don't worry, I found it", "en"),
        ("If you are worried, read the manual", "en"),
        ("It is perfect as far as I'm concerned, and yet so annoying", "en"),  # one good, one bad
        ("不是很满意", "zh"),
        ("不用担心电源", "zh"),
        ("又喜欢又后悔", "zh"),  # one good, one bad
    ],
)
def test_a_denied_supposed_or_balanced_emotion_is_none(words, language):
    assert "emotion" not in read(words, language)


@pytest.mark.parametrize(
    "words",
    [
        "They call me ten times a day about a debt",
        "The waiter came by several times to fill our glasses",
        "Please send the form and an email to my new address",
    ],
)
def test_calls_of_others_dinners_and_addresses_are_no_effort(words):
    assert "effort" not in read(words)


def test_what_does_not_show_itself_is_left_out():
    assert read("The room has two windows.") == {"actionability": "noise"}


@pytest.mark.parametrize(("words", "language"), [("", "en"), ("   ", "zh"), ("Danke sehr", "de")])
def test_nothing_is_read_from_nothing_or_from_other_languages(words, language):
    assert read(words, language) == {}


@given(st.text(), st.sampled_from(["en", "zh", "und"]))
def test_any_text_gives_shares_counts_and_short_words(words, language):
    for name, value in read(words, language).items():
        assert isinstance(value, str) or name in {"contacts", "channels"} or 0 <= value <= 1
