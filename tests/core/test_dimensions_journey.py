"""Do dimensions and touchpoints get the polarity of their own clause?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.records import DIMENSIONS, Text
from feedbackloop.settings import Touchpoint
from feedbackloop.understanding import dimensions, journey
from feedbackloop.understanding.lexicon.lists import entries
from feedbackloop.understanding.lexicon.polarity import polarity

STAGES = ("awareness", "decision", "purchase", "use", "repurchase", "referral")


def aspects(words, language="en"):
    text = Text(id="1", text=words, language=language)
    return {a.name: a.polarity for a in (*dimensions.classify(text), *journey.classify(text, {}))}


@pytest.mark.parametrize(
    ("words", "language", "good", "bad"),
    [
        ("The food was great, but the waiter was rude.", "en", ("tangibles", "food"), ("assurance", "staff")),
        ("Delivery was late; the shoes look beautiful.", "en", ("tangibles",), ("delivery",)),
        ("房间很干净，但是服务员态度很差。", "zh", ("tangibles", "room"), ("assurance", "staff")),
        ("物流很快，质量太差了。", "zh", ("delivery",), ("product",)),
    ],
)
def test_each_clause_speaks_for_itself(words, language, good, bad):
    found = aspects(words, language)
    assert all(found[name] > 0 for name in good)
    assert all(found[name] < 0 for name in bad)


def test_a_clause_without_opinion_takes_that_of_the_next():
    assert aspects("房间嘛，真的很脏", "zh")["room"] < 0


@pytest.mark.parametrize(
    ("words", "name", "sign"),
    [
        ("The waiter was inattentive and condescending, the soup arrived", "staff", -1),
        ("Our waitress was attentive, the soup arrived", "staff", 1),
        ("Our waitress was not attentive, the soup arrived", "staff", -1),
    ],
)
def test_words_outside_the_lexicon_lean_as_the_sentiment_model_says(words, name, sign):
    value = aspects(words)[name]
    assert (value > 0) - (value < 0) == sign


def test_the_polarity_may_come_from_outside():
    text = Text(id="1", text="The parcel", language="en")
    assert [a.polarity for a in journey.classify(text, {}, lambda clause, language: 0.25)] == [0.25]


def test_other_languages_have_no_dimensions_but_the_configs_own_touchpoints():
    text = Text(id="1", text="Der Kundendienst war langsam", language="de")
    assert dimensions.classify(text) == []
    assert [a.name for a in journey.classify(text, {"help": ["Kundendienst"]})] == ["help"]


@pytest.mark.parametrize(
    ("words", "language", "names"),
    [
        ("I sent it back", "en", ["returns"]),
        ("我要退款", "zh", ["returns"]),
        ("the app crashed", "en", ["app"]),
        ("nothing of that", "en", []),
    ],
)
def test_the_configs_words_come_first_and_any_case_fits(words, language, names):
    own = {"returns": ["Sent it back", "退款"]}
    assert [a.name for a in journey.classify(Text(id="1", text=words, language=language), own)] == names


def test_confidence_grows_with_the_words_and_stays_below_one():
    # one word 1 - 1/2, two words 1 - 1/3
    one, two = (
        dimensions.classify(Text(id="1", text=words, language="en"))[0] for words in ("The soup", "The soup, the salad")
    )
    assert (one.confidence, two.confidence) == (0.5, 0.667)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_listed_word_stands_under_a_known_name(language):
    assert {name for name, _ in entries("dimensions", language)} == set(DIMENSIONS)
    assert {name for name, _ in entries("journey", language)} == set(journey.JOURNEY)


def test_the_journey_covers_every_stage_and_names_it_in_both_languages():
    assert {touchpoint.stage for touchpoint in journey.JOURNEY.values()} == set(STAGES)
    assert journey.name_of("delivery", "zh") == "配送"
    assert journey.name_of("delivery", "en") == "Delivery"
    assert journey.name_of("widgets", "en") == "widgets"


def test_the_configs_stage_wins_over_the_built_in_one():
    own = {"delivery": Touchpoint(words=("van",), stage="purchase")}
    assert journey.stage_of("delivery", own) == "purchase"
    assert journey.stage_of("reviews", own) == "awareness"
    assert journey.stage_of("widgets", own) == "use"


@pytest.mark.parametrize(
    ("clause", "language", "sign"),
    [
        ("good", "en", 1),
        ("not good", "en", -1),
        ("isn't good at all", "en", -1),
        ("not bad", "en", 1),
        ("the door", "en", 0),
        ("很好", "zh", 1),
        ("不好", "zh", -1),
        ("没有异味", "zh", 1),
        ("快递", "zh", 0),  # 快 is good, but not in 快递
        ("", "zh", 0),
    ],
)
def test_negation_turns_a_word_around(clause, language, sign):
    value = polarity(clause, language)
    assert (value > 0) - (value < 0) == sign


def test_a_word_within_a_longer_one_is_no_second_vote_for_a_gap():
    found = [(0, 2, "tangibles"), (0, 1, "tangibles"), (4, 6, "reliability"), (7, 9, "reliability")]
    assert dimensions.of_gap(found, []) == "reliability"  # 1 : 2, not 2 : 2


def test_a_construction_outweighs_as_many_words_as_it_says():
    found = [(0, 2, "tangibles"), (4, 6, "tangibles")]
    assert dimensions.of_gap(found, [], "reliability", 1.6) == "tangibles"
    assert dimensions.of_gap(found, [], "reliability", 2.3) == "reliability"


@given(st.text(), st.sampled_from(["en", "zh", "und"]))
def test_any_text_gives_bounded_aspects(words, language):
    text = Text(id="1", text=words, language=language)
    for aspect in (*dimensions.classify(text), *journey.classify(text, {"x": ["的", "the"]})):
        assert -1 <= aspect.polarity <= 1
        assert 0 < aspect.confidence < 1
