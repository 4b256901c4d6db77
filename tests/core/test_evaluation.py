"""Figures, intervals and tables of `evaluate`, each against arithmetic done by hand."""

from __future__ import annotations

import json

import pytest

from feedbackloop.records import Expectation, Sentiment
from feedbackloop.understanding.evaluation.expectation import (
    LabelledDimension,
    LabelledExpectation,
    best_expectation,
    evaluate_dimension,
    evaluate_expectation,
    token_f1,
)
from feedbackloop.understanding.evaluation.measures import (
    accuracy,
    auc,
    calibration,
    calibration_error,
    confusion,
    difference,
    group_order,
    length_class,
    macro_f1,
    measured,
)
from feedbackloop.understanding.evaluation.sentiment import LabelledText, evaluate_sentiment


def _sentiment(label: str, polarity: float, confidence: float = 0.9) -> Sentiment:
    return Sentiment(label, polarity, confidence, "test")  # type: ignore[arg-type]


def test_accuracy_and_macro_f1_of_a_small_table() -> None:
    counts = {("a", "a"): 6, ("a", "b"): 2, ("b", "b"): 1, ("b", "a"): 1}
    assert accuracy(counts) == pytest.approx(7 / 10)
    # a: 2*6 / (2*6 + 1 + 2) = 12/15; b: 2*1 / (2*1 + 2 + 1) = 2/5; mean 0.6
    assert macro_f1(counts) == pytest.approx((12 / 15 + 2 / 5) / 2)


def test_an_interval_holds_its_value_narrows_with_rows_and_is_the_same_every_time() -> None:
    few = measured("accuracy", [("a", "a")] * 15 + [("a", "b")] * 5, accuracy)
    many = measured("accuracy", [("a", "a")] * 1500 + [("a", "b")] * 500, accuracy)
    assert few.value == many.value == 0.75
    assert few.low < 0.75 < few.high
    assert many.high - many.low < few.high - few.low
    # the binomial spread of 2000 rows is sqrt(.75 * .25 / 2000) = .0097; 95 % are about +-.019
    assert many.high - many.low == pytest.approx(0.038, abs=0.008)
    assert measured("accuracy", [("a", "a")] * 15 + [("a", "b")] * 5, accuracy) == few


def test_auc_counts_pairs_and_halves_ties() -> None:
    # positives 0.9, 0.5; negatives 0.5, 0.1: pairs won 1, 1, 0.5, 1 of 4
    area = auc([(0.9, True), (0.5, True), (0.5, False), (0.1, False)])
    assert area is not None
    assert area.value == pytest.approx(3.5 / 4)
    assert area.low <= area.value <= area.high
    assert auc([(0.3, True)]) is None


def test_calibration_holds_confidence_against_share_right() -> None:
    bins = calibration([(0.91, True), (0.93, True), (0.95, False), (0.55, True), (1.0, True)])
    assert [(one.confidence_from, one.rows) for one in bins] == [(0.5, 1), (0.9, 4)]
    assert bins[1].share_right == 0.75
    # |.55 - 1| * 1/5 + |.9475 - .75| * 4/5 = .09 + .158
    assert calibration_error(bins) == pytest.approx(0.248)


def test_a_confusion_table_reads_label_then_given() -> None:
    assert confusion([("b", "a"), ("a", "a"), ("b", "a")]) == {"a": {"a": 1}, "b": {"a": 2}}


@pytest.mark.parametrize(
    ("size", "name"), [(0, "length 0-49"), (49, "length 0-49"), (50, "length 50-199"), (600, "length 600-")]
)
def test_length_classes_have_firm_bounds(size: int, name: str) -> None:
    assert length_class("x" * size) == name


def test_groups_stand_in_order_of_their_lengths() -> None:
    names = ["length 600-", "length 50-199", "language zh", "length 200-599", "length 0-49", "language en"]
    assert sorted(names, key=group_order) == [
        "language en", "language zh", "length 0-49", "length 50-199", "length 200-599", "length 600-",
    ]  # fmt: skip


def test_the_calibration_error_has_an_interval_and_leaves_out_what_nobody_could_judge() -> None:
    rows = [LabelledText(text="x", label="pos" if number < 15 else "neg") for number in range(30)]
    given = [_sentiment("positive", 0.9, 0.75)] * 20 + [_sentiment("neutral", 0.1, 0.95)] * 10
    (report,) = evaluate_sentiment(rows, {"one": given}).reports
    error = report.measures[-1]
    # 20 texts were called positive with .75, of which 15 are: said .75, right .75; no row is neutral
    assert (error.name, error.value, error.rows) == ("calibration_error", 0.0, 20)
    assert error.low <= error.value <= error.high < 0.5


def test_a_paired_difference_is_sure_only_when_one_is_better_on_the_same_rows() -> None:
    right, wrong = ("a", "a"), ("a", "b")
    value, low, high = difference([right] * 50 + [wrong] * 50, [right] * 90 + [wrong] * 10, accuracy)
    assert value == pytest.approx(0.4)
    assert 0 < low < value < high
    _, low, high = difference([right] * 5 + [wrong] * 5, [wrong] + [right] * 5 + [wrong] * 4, accuracy)
    assert low <= 0 <= high


def test_sentiment_is_judged_by_sign_for_two_classes_and_by_label_for_three() -> None:
    rows = [
        LabelledText(text="good", label="pos", id="1", lang="en"),
        LabelledText(text="bad", label="neg", id="2", lang="en"),
        LabelledText(text="the gate", label="neu", id="3", lang="en"),
        LabelledText(text="nobody said", label=None, id="4", lang="en"),
    ]
    given = [
        _sentiment("neutral", 0.1, 0.4),
        _sentiment("negative", -0.9),
        _sentiment("positive", 0.5),
        _sentiment("positive", 1),
    ]
    result = evaluate_sentiment(rows, {"one": given}, {"one": 2.0})
    (report,) = result.reports
    figures = {one.name: one.value for one in report.measures}
    assert (result.rows, result.skipped) == (3, 1)
    assert figures["accuracy_2_class"] == 1.0
    assert figures["accuracy_3_class"] == pytest.approx(1 / 3, abs=1e-4)
    assert report.confusion["neutral"] == {"positive": 1}
    assert [one.id for one in report.worst] == ["3", "1"]
    assert report.texts_per_second == 2.0


def test_an_unknown_sentiment_is_never_right() -> None:
    rows = [LabelledText(text="x", label="pos"), LabelledText(text="y", label="neg")]
    unknown = Sentiment("unknown", None, None, "test")
    (report,) = evaluate_sentiment(rows, {"one": [unknown, unknown]}).reports
    assert report.measures[0].value == 0.0
    assert report.calibration == ()


def test_scorers_are_compared_with_the_first_and_per_language_and_length() -> None:
    rows = [LabelledText(text="x" * 60, label="pos", lang="zh" if number % 2 else "en") for number in range(60)]
    good = [_sentiment("positive", 0.9)] * 60
    bad = [_sentiment("negative", -0.9)] * 60
    result = evaluate_sentiment(rows, {"bad": bad, "good": good})
    gain = result.differences[0]
    assert (gain.first, gain.second, gain.value, gain.is_sure) == ("bad", "good", 1.0, True)
    assert set(result.reports[0].groups) == {"language en", "language zh", "length 50-199"}
    json.dumps(result.as_json())


def _expectation(direction: str | None, confidence: float = 0.8, **fields: object) -> Expectation:
    return Expectation(basis="stated", direction=direction, confidence=confidence, **fields)  # type: ignore[arg-type]


def test_the_surest_settled_expectation_answers_for_a_text() -> None:
    found = [
        _expectation(None, 0.99),
        _expectation("worse", 0.5),
        _expectation("better", 0.7),
        _expectation("met", 0.7),
    ]
    best = best_expectation(found)
    assert best is not None and best.direction == "better"
    assert best_expectation([_expectation(None)]) is None


@pytest.mark.parametrize(
    ("label", "given", "score"),
    [
        ("within 24 hours", "24 hours", 0.8),  # 2 * 2 / (3 + 2)
        ("三天", "三天内", 0.8),  # 2 * 2 / (2 + 3)
        ("a b", "c", 0.0),
        (None, None, 1.0),
        ("a", None, 0.0),
    ],
)
def test_pieces_overlap_by_words_and_by_chinese_characters(label: str | None, given: str | None, score: float) -> None:
    assert token_f1(label, given) == pytest.approx(score)


def test_expectations_are_judged_by_detection_false_alarms_direction_and_values() -> None:
    rows = [
        LabelledExpectation(
            text="promised 24 hours, took 3 days", has_expectation=True, direction="worse", expected="24 hours",
            dimension="reliability", promised_value=24, promised_unit="hour",
        ),
        LabelledExpectation(text="better than I thought", has_expectation=True, direction="better"),
        LabelledExpectation(text="a chair", has_expectation=False),
        LabelledExpectation(text="a table", has_expectation=False),
    ]  # fmt: skip
    given = [
        [
            _expectation(
                "worse", expected="24 hours", dimension="reliability", promised_value=24.0, promised_unit="hour"
            )
        ],
        [],
        [_expectation("met")],
        [],
    ]
    (report,) = evaluate_expectation(rows, {"one": given}).reports
    figures = {one.name: one.value for one in report.measures}
    # detection: 1 right, 1 missed, 1 false alarm: 2 / (2 + 2)
    assert figures["detection_f1"] == 0.5
    assert figures["false_alarms"] == 0.5
    assert figures["direction_macro_f1"] == 1.0
    assert figures["expected_token_f1"] == 1.0
    assert figures["promised_value_exact"] == 1.0
    assert figures["dimension_accuracy"] == 1.0


def test_dimensions_are_judged_by_the_first_answer_and_rows_without_a_label_are_skipped() -> None:
    rows = [
        LabelledDimension(text="late", dimension="reliability"),
        LabelledDimension(text="rude", dimension="assurance"),
        LabelledDimension(text="?"),
    ]
    result = evaluate_dimension(rows, {"one": ["reliability", None, "empathy"]})
    assert (result.rows, result.skipped) == (2, 1)
    assert result.reports[0].measures[0].value == 0.5
    assert result.reports[0].confusion["assurance"] == {"none": 1}
