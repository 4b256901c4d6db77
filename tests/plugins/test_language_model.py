"""A language model counts only where its answer holds, and never stops the loop."""

from __future__ import annotations

import json

import pytest

from feedbackloop.records import Sentiment
from feedbackloop.settings import Settings
from feedbackloop_plugins import scorers, text
from model_desk import LATE, LOVELY, NAME, PLAIN, Make, texts
from model_server import ModelServer


def test_the_model_scores_and_its_name_stands_in_the_result(desk: Make) -> None:
    assert desk().moods(LATE, LOVELY, "快递太慢了") == [
        Sentiment("negative", -0.8, 0.9, NAME),
        Sentiment("positive", 0.7, 0.9, NAME),
        Sentiment("negative", -0.8, 0.9, NAME),
    ]


def test_texts_go_in_batches_and_the_same_text_once(desk: Make, server: ModelServer) -> None:
    model = desk(batch=2)
    assert model.scorers(LATE, LOVELY, LATE, PLAIN) == [NAME] * 4
    assert [len(json.loads(body["messages"][1]["content"])["texts"]) for body in server.bodies] == [2, 1]


def test_empty_texts_and_very_long_ones_are_not_sent(desk: Make, server: ModelServer) -> None:
    model = desk()
    assert model.scorers("", " \n", "late " * 1000) == ["linear-en"] * 3
    assert server.bodies == []
    assert "longer than is sent: 1" in model.told()


@pytest.mark.parametrize("wrapping", ["prose", "fence", "thinking", "reversed"])
def test_what_stands_around_an_answer_and_its_order_do_not_matter(
    desk: Make, server: ModelServer, wrapping: str
) -> None:
    server.faults = [wrapping]
    assert [one.label for one in desk().moods(LATE, LOVELY)] == ["negative", "positive"]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("words", "the answer was not in its form"),
        ("half", "the answer was not in its form"),
        ("deep", "the answer was not in its form"),
        ("list", "the answer was not in its form"),
        ("invented", "what it said does not fit the text"),
        ("swapped", "what it said does not fit the text"),
        ("against itself", "what it said does not fit the text"),
        ("foreign ids", "left out of the answer"),
        ("labels", "the answer was not in its form"),
        ("bounds", "the answer was not in its form"),
        ("strings", "the answer was not in its form"),
        ("cut", "the answer was cut off at max_tokens"),
        ("refusal", "the answer has no words"),
        ("no_choices", "the answer has no message"),
        ("blank", "the answer has no words"),
        ("unsure", "what it said does not fit the text"),
        ("stream broken off", "the answer broke off"),
        ("too long", "longer than the model takes"),
        ("html", "no usable answer"),
        ("moved", "the endpoint's address cannot be used"),
        ("no such model", "the endpoint declined the request (404)"),
        ("declined", "the endpoint declined the request (400)"),
        ("refused", "the endpoint refused the key (401)"),
        ("busy for long", "the endpoint asks to wait"),
    ],
)
def test_whatever_goes_wrong_the_built_in_scorer_reads_and_it_is_said(
    desk: Make, server: ModelServer, fault: str, reason: str
) -> None:
    server.always = fault
    model = desk()
    assert model.moods(LATE, LOVELY) == scored_by_rules(LATE, LOVELY)
    assert f"2 texts read by the built-in reading instead ({reason}: 2)" in model.told()


def scored_by_rules(*words: str) -> list[Sentiment]:
    found = {one.name: one for one in scorers.register_scorers()}
    return list(scorers.score_sentiment([texts(one) for one in words], "auto", found))


@pytest.mark.parametrize(("fault", "left_out"), [("first missing", 0), ("first twice", 0)])
def test_a_row_that_is_missing_or_doubtful_costs_only_its_own_text(
    desk: Make, server: ModelServer, fault: str, left_out: int
) -> None:
    server.faults = [fault]
    given = desk().scorers(LATE, LOVELY, PLAIN)
    assert given == ["linear-en" if place == left_out else NAME for place in range(3)]


@pytest.mark.parametrize("fault", ["busy", "broken", "drop"])
def test_a_passing_fault_is_asked_again(desk: Make, server: ModelServer, fault: str) -> None:
    server.faults = [fault]
    assert desk().scorers(LATE) == [NAME]
    assert len(server.bodies) == 2


def test_a_lasting_fault_ends_the_asking_for_this_run(desk: Make, server: ModelServer) -> None:
    server.always = "broken"
    model = desk(batch=1)
    assert set(model.scorers(*(f"{LATE} {letter}" for letter in "abcdef"))) == {"linear-en"}
    assert len(server.bodies) == 6  # three requests, each made twice
    said = model.told()
    assert "the endpoint stumbled, 3 times in a row: 3" in said
    assert "secret words" not in said
    server.always = ""
    assert model.scorers(LATE) == [NAME]  # the next run tries anew


def test_a_refused_key_ends_it_at_once(desk: Make, server: ModelServer) -> None:
    server.always = "refused"
    assert set(desk(batch=1).scorers(LATE, LOVELY, PLAIN)) == {"linear-en"}
    assert len(server.bodies) == 1


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_said(desk: Make, server: ModelServer) -> None:
    server.always = "slow"
    model = desk(timeout="1s")
    assert model.scorers(LATE) == ["linear-en"]
    assert "no answer in time: 1" in model.told()
    assert len(server.bodies) == 1


def test_a_huge_answer_is_not_read_to_its_end(desk: Make, server: ModelServer) -> None:
    server.always = "huge"
    assert desk().scorers(LATE) == ["linear-en"]


def test_an_endpoint_that_is_not_there_costs_nothing_but_its_answers(desk: Make) -> None:
    model = desk(base_url="http://127.0.0.1:9/v1")
    assert model.scorers(LATE) == ["linear-en"]
    assert "the endpoint cannot be reached: 1" in model.told()


@pytest.mark.parametrize("table", [{"base_url": "http://example.com/v1"}, {"ca_file": "missing.pem"}])
def test_an_address_that_cannot_be_used_is_said_once(desk: Make, table: dict[str, str]) -> None:
    model = desk(**table)
    assert model.scorers(LATE) == ["linear-en"]
    assert model.expectations(LATE)[0] == text.find_expectations([texts(LATE)], {}, Settings())[0]
    assert model.told().count("the built-in reading was used") == 1


def test_a_key_that_is_not_set_is_said_and_nothing_is_sent(desk: Make, server: ModelServer) -> None:
    model = desk(api_key={"env": "NO_SUCH_VARIABLE_HERE"})
    assert model.scorers(LATE) == ["linear-en"]
    assert "NO_SUCH_VARIABLE_HERE is not set" in model.told()
    assert server.bodies == []


def test_even_if_the_plugin_itself_breaks_the_built_in_scorer_reads(desk: Make) -> None:
    model = desk()
    model.plugin._run = object()  # type: ignore[assignment]
    assert model.scorers(LATE) == ["linear-en"]
    assert model.expectations(LATE) == text.find_expectations([texts(LATE)], {}, Settings())
    assert {one.source for one in model.plugins.failures} == {"language_model"}
    model.plugin._run = None
