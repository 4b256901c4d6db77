"""A correction learns a desk's own words from its ratings, changes little else, and is adopted only when it surely is better."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.records import Text
from feedbackloop.understanding.correction.correcting import Correction, corrected, corrected_scorer, fingerprint, fits
from feedbackloop.understanding.correction.fit import SHARED_BY, RatedText, feature_values, fit
from feedbackloop.understanding.correction.trial import MINIMUM, attempt, thirds
from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment.model import load_model
from feedbackloop.understanding.sentiment.scoring import scorer_for
from rated_desk import rated_texts

MODEL = load_model("sentiment_en")


def test_what_was_rated_teaches_the_desk_s_own_words() -> None:
    score = corrected_scorer(fit("en", rated_texts(60), 3))
    zonky, floopy = score([Text(id="1", text="Quite zonky."), Text(id="2", text="Quite floopy.")])
    assert (zonky.label, floopy.label) == ("negative", "positive")
    assert zonky.scorer == "linear-en+local3"


def test_no_ratings_change_nothing() -> None:
    nothing = fit("en", [], 1)
    assert (nothing.scale, nothing.shift, nothing.weights) == ((1.0, 1.0), (0.0, 0.0), {})


@given(st.text(max_size=200))
@settings(max_examples=50, deadline=None)
def test_an_empty_correction_scores_as_the_shipped_model(text: str) -> None:
    clauses = sentiment_en.clauses(text)
    same = _EMPTY.sums(clauses)
    assert same == pytest.approx(MODEL.sums(clauses), abs=1e-6)


_EMPTY = corrected(MODEL, Correction(language="en", version=1, base="x"))


def test_features_are_valued_as_the_shipped_model_weighs_them() -> None:
    clauses = sentiment_en.clauses("I thought it was great, but it was zonky, really zonky.")
    values = feature_values(clauses, MODEL.softening)
    weight = 0.5
    taught = corrected(MODEL, Correction(language="en", version=1, base="x", weights={"zonky": (weight, 0.0)}))
    more = taught.sums(clauses)[0] - MODEL.sums(clauses)[0]
    assert more == pytest.approx(weight * values["zonky"], abs=0.02)  # weights are stored in steps


def test_the_same_ratings_give_the_same_correction_in_any_order() -> None:
    rated = rated_texts(80)
    mixed = list(rated)
    Random(1).shuffle(mixed)
    assert fit("en", rated, 1) == fit("en", mixed, 1)


def test_words_of_few_items_are_not_learned() -> None:
    names = [RatedText(f"n/{number}", "Ask for Mariella.", "negative") for number in range(SHARED_BY - 1)]
    learned = fit("en", [*rated_texts(60), *names], 1)
    assert "zonky" in learned.weights
    assert not any("mariella" in feature for feature in learned.weights)


def test_a_scale_of_two_steps_teaches_nothing_about_neutral() -> None:
    two_steps = [one._replace(has_middle=False) for one in rated_texts(60)]
    learned = fit("en", two_steps, 1)
    assert all(neutral == 0 for _, neutral in learned.weights.values())
    assert (learned.scale[1], learned.shift[1]) == (1.0, 0.0)


def test_a_correction_that_surely_is_better_is_adopted_and_learned_from_all() -> None:
    correction, trial = attempt("en", rated_texts(200), 2)
    assert trial.is_adopted
    assert (trial.labels, trial.tried) == (200, 133)  # two thirds of 200
    assert trial.gain_low > 0
    assert trial.accuracy_after == 1.0
    assert correction == fit("en", rated_texts(200), 2)
    assert "on the newer 133" in trial.words


def test_it_is_tried_on_what_is_newer_than_what_taught() -> None:
    oldest, middle, newest = thirds(rated_texts(200))
    assert [one.key for one in newest] == [f"desk/{number}" for number in range(133, 200)]
    assert (len(oldest), len(middle)) == (67, 66)


def test_a_desk_whose_shares_differ_is_adopted_for_accuracy_alone() -> None:
    # Nothing but the share of the labels can be learned: 1 text in 10 that reads the same is bad.
    same = [RatedText(f"s/{number}", "The lift.", "positive" if number % 10 else "negative") for number in range(300)]
    _, trial = attempt("en", same, 1)
    assert trial.is_adopted
    assert trial.accuracy_gain_low > 0
    assert trial.accuracy_before < trial.accuracy_after


def test_what_changed_lately_is_not_adopted() -> None:
    turned = {"negative": "positive", "positive": "negative"}
    rated = rated_texts(200)
    lately = [one._replace(label=turned[one.label]) for one in rated[133:]]
    correction, trial = attempt("en", [*rated[:133], *lately], 1)
    assert trial.harms_newest
    assert trial.is_worse
    assert not trial.is_adopted
    assert not correction.weights
    assert not fits(correction)


@pytest.mark.parametrize("seed", range(5))
def test_ratings_that_differ_without_rhyme_or_reason_are_not_adopted(seed: int) -> None:
    draw = Random(seed)
    feelings = {"positive": ["great", "lovely", "excellent"], "negative": ["terrible", "awful", "dirty"]}
    rated = []
    for number in range(300):
        label = draw.choice(["negative", "positive"])
        words = f"The {draw.choice(['room', 'food', 'lift', 'staff'])} was {draw.choice(feelings[label])}."
        said = draw.choice(["negative", "positive"]) if number % 5 == 0 else label  # one in five is rated at random
        rated.append(RatedText(f"r/{number}", words, said, has_middle=False))
    assert not attempt("en", rated, 1)[1].is_adopted


@pytest.mark.parametrize(
    "rated",
    [
        [],
        rated_texts(MINIMUM - 1),
        [one._replace(label="positive") for one in rated_texts(300)],
        # All bad ones are old: on the newest nothing can be told.
        sorted(rated_texts(300), key=lambda one: one.label),
    ],
    ids=["none", "few", "all alike", "newest alike"],
)
def test_too_few_or_too_uniform_ratings_are_not_tried(rated: list[RatedText]) -> None:
    correction, trial = attempt("en", rated, 1)
    assert (trial.tried, trial.is_adopted, correction.weights) == (0, False, {})
    assert "too few" in trial.words


def test_rare_labels_count_for_more() -> None:
    same = [RatedText(f"s/{number}", "The lift.", "positive" if number % 10 else "negative") for number in range(100)]
    odds = corrected(MODEL, fit("en", same, 1)).odds(sentiment_en.clauses("The lift."))
    # 1 in 10 is bad; weighted by the root of how rare it is 3 to 1, so that about a quarter is expected.
    assert 0.15 < odds.negative / (odds.negative + odds.positive) < 0.35


def test_a_correction_of_another_model_does_not_fit() -> None:
    correction = fit("en", rated_texts(10), 1)
    assert correction.base == fingerprint("en")
    assert fits(correction)
    assert not fits(replace(correction, base="of an older release"))
    assert not fits(replace(correction, language="id"))


def test_chinese_is_learned_too() -> None:
    rated = [
        RatedText(
            f"z/{number}",
            f"第{number}层的电梯很{'咕嘟' if number % 2 else '哗啦'}",
            "positive" if number % 2 else "negative",
        )
        for number in range(80)
    ]
    score = corrected_scorer(fit("zh", rated, 1))
    assert [one.label for one in score([Text(id="1", text="电梯很咕嘟"), Text(id="2", text="电梯很哗啦")])] == [
        "positive",
        "negative",
    ]


def test_other_words_keep_their_sign() -> None:
    texts = [Text(id="1", text="The support was great"), Text(id="2", text="Terrible, nobody ever answered")]
    taught = corrected_scorer(fit("en", rated_texts(200), 1))(texts)
    assert [one.label for one in taught] == [one.label for one in scorer_for("en")(texts)]
