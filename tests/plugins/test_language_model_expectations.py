"""Expectations that a language model names stand in the author's words, or are thrown out."""

from __future__ import annotations

from typing import Any

import pytest

from feedbackloop.records import Expectation, Text
from feedbackloop.settings import Settings
from feedbackloop.stages.reading import read_texts
from feedbackloop_plugins import text
from model_desk import LATE, NAME, PLAIN, Desk, Make, texts
from model_server import ModelServer


def test_expectations_are_in_the_authors_words_with_their_places(desk: Make) -> None:
    words = "Hello Wanda, you promised two days and it took five days."
    (found,) = desk().expectations(words)
    (one,) = found.expectations
    assert one == Expectation(
        basis="promised",
        expected="promised two days",
        experienced="it took five days",
        promised_value=2,
        promised_unit="day",
        actual_value=5,
        actual_unit="day",
        direction="worse",  # the model said better: five days against two decide
        dimension="reliability",
        touchpoint="delivery",
        confidence=0.8,
        text_id="1",
        expected_span=(17, 34),
        experienced_span=(39, 56),
    )
    assert (words[17:34], words[39:56]) == (one.expected, one.experienced)
    assert found.signals["expectations_by"] == NAME


def test_masked_words_come_back_in_a_piece(desk: Make, server: ModelServer) -> None:
    (found,) = desk().expectations("You promised order AB-998877 today and it took a month.")
    assert found.expectations[0].expected == "promised order AB-998877 today"
    assert "998877" not in server.sent


def test_places_are_those_of_the_words_before_cleaning(desk: Make) -> None:
    raw = "<p>You promised two days and it took five days.</p>"
    model = desk()
    (read,) = read_texts(model.plugins, [Text(id="1", text=raw)], model.settings)
    (one,) = read.expectations
    assert one.expected_span is not None
    assert raw[slice(*one.expected_span)] == one.expected == "promised two days"


def change(model: Desk, **changed: Any) -> None:
    """Let the model change each expectation that it found."""
    read = model.server.read

    def other(data: dict[str, Any], rules: str) -> dict[str, Any]:
        answer = read(data, rules)
        for row in answer["answers"]:
            row["expectations"] = [one | changed for one in row["expectations"]]
        return answer

    model.server.read = other  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "changed",
    [
        {"expected": "a free chair"},
        {"experienced": "it never came"},
        {"expected": None, "experienced": None},
        {"expected": "promised  TWO weeks"},
    ],
)
def test_an_expectation_with_words_that_nobody_wrote_is_thrown_out(desk: Make, changed: dict[str, Any]) -> None:
    model = desk()
    change(model, **changed)
    rules = text.find_expectations([texts("You promised two days and it took five days.")], {}, Settings())[0]
    assert model.expectations("You promised two days and it took five days.") == [rules]
    assert "what it said does not fit the text: 1" in model.told()


@pytest.mark.parametrize(
    ("changed", "left"),
    [
        ({"touchpoint": "teleport"}, ("reliability", None, "worse")),
        ({"dimension": None}, (None, "delivery", "worse")),
        ({"experienced": None}, ("reliability", "delivery", None)),  # an outcome that is not told decides nothing
    ],
)
def test_what_is_not_known_is_left_out(desk: Make, changed: dict[str, Any], left: tuple[str | None, ...]) -> None:
    model = desk()
    change(model, **changed)
    (one,) = model.expectations("You promised two days and it took five days.")[0].expectations
    assert (one.dimension, one.touchpoint, one.direction) == left


def test_a_text_without_expectations_has_none(desk: Make) -> None:
    (found,) = desk().expectations(PLAIN)
    assert found.expectations == ()
    assert found.signals["expectations_by"] == NAME


def test_it_is_asked_only_for_what_the_config_says(desk: Make, server: ModelServer) -> None:
    model = desk(use_for=["drafts"])
    assert model.scorers(LATE) == ["linear-en"]
    assert model.expectations(LATE) == text.find_expectations([texts(LATE)], {}, Settings())
    assert server.bodies == []


def test_silence_of_the_model_does_not_outweigh_what_the_rules_found(desk: Make, server: ModelServer) -> None:
    server.always = "nothing"
    words = "You promised two days and it took five days."
    model = desk()
    assert model.expectations(words) == text.find_expectations([texts(words)], {}, Settings())
    (found,) = model.expectations(PLAIN)
    assert (found.expectations, found.signals["expectations_by"]) == ((), NAME)
