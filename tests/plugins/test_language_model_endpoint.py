"""How is an endpoint asked: in which form, how much at once, how often, and never twice for the same?"""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.config import from_dict
from feedbackloop.http import Answer
from feedbackloop_plugins.language_model.completion import completion
from feedbackloop_plugins.language_model.manner import Manner
from feedbackloop_plugins.language_model.tasks import Moods
from feedbackloop_plugins.language_model.unanswered import Unanswered
from model_desk import LATE, LOVELY, NAME, Make
from model_server import ModelServer

# --- how an endpoint wants to be asked -----------------------------------------------------------------------------------


def test_a_batch_that_is_too_much_is_asked_in_halves_from_then_on(desk: Make, server: ModelServer) -> None:
    server.most_texts = 2
    model = desk(batch=8)
    words = [f"{LATE} {letter}" for letter in "abcdefg"]
    assert model.scorers(*words) == [NAME] * 7
    # 7 are too many, so are 4; then 2 + 2 + 2 + 1
    assert [len(json.loads(body["messages"][1]["content"])["texts"]) for body in server.bodies] == [7, 4, 2, 2, 2, 1]


@pytest.mark.parametrize("fault", ["cut", "too long", "words", "slow"])
def test_what_is_too_much_for_one_request_costs_no_text_its_answer(desk: Make, server: ModelServer, fault: str) -> None:
    server.faults = [fault]
    assert desk(timeout="1s").scorers(LATE, LOVELY) == [NAME] * 2


def test_a_text_that_the_model_cannot_hold_costs_its_neighbours_nothing(desk: Make, server: ModelServer) -> None:
    server.most_characters = 100
    model = desk(batch=1)
    given = model.scorers(LATE, *(f"{LATE} {letter * 100}" for letter in "abcd"), LOVELY)
    assert given == [NAME, *["linear-en"] * 4, NAME]
    assert "longer than the model takes: 4" in model.told()


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        ("invented", 20),  # 0 of 20 count: fewer than a quarter
        ("", 30),
    ],
)
def test_a_model_whose_answers_hardly_ever_count_is_not_asked_on(
    desk: Make, server: ModelServer, fault: str, asked: int
) -> None:
    server.always = fault
    model = desk(batch=1)
    model.moods(*(f"{LATE} {number}" for number in range(30)))
    assert len(server.bodies) == asked
    assert ("fewer than a quarter of its answers count: 10" in model.told()) is bool(fault)


def test_texts_that_a_cap_kept_back_do_not_count_against_the_model(desk: Make) -> None:
    model = desk(batch=1, max_texts_per_run=2)
    model.moods(*(f"{LATE} {number}" for number in range(30)))
    assert "(max_texts_per_run is reached: 28)" in model.told()


def test_answers_out_of_form_end_the_asking_like_no_answers(desk: Make, server: ModelServer) -> None:
    server.always = "words"
    assert set(desk(batch=1).scorers(*(f"{LATE} {letter}" for letter in "abcdef"))) == {"linear-en"}
    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("knows", "asked"),
    [
        ({"json_schema"}, ["json_schema"]),
        ({"json_object with a schema"}, ["json_schema", "json_object with a schema"]),
        ({"json_object"}, ["json_schema", "json_object with a schema", "json_object"]),
        (set(), ["json_schema", "json_object with a schema", "json_object", None]),
    ],
)
@pytest.mark.parametrize("status", [400, 422, 500])
def test_the_strictest_form_that_the_endpoint_knows_is_found_once(
    desk: Make, server: ModelServer, knows: set[str | None], asked: list[str | None], status: int
) -> None:
    server.knows, server.status = {*knows, None}, status
    model = desk(batch=1)
    assert model.scorers(LATE, LOVELY) == [NAME] * 2
    assert server.forms == [*asked, asked[-1]]
    assert model.told().startswith(f"language model tiny: {len(asked) + 1} requests, 2 texts read")


def test_earlier_answers_are_known_again_whatever_form_was_found(desk: Make, server: ModelServer) -> None:
    server.knows = {"json_object", None}
    model = desk()
    model.scorers(LATE)
    model.expectations(LATE)
    asked = len(server.bodies)
    assert model.scorers(LATE) == [NAME]
    model.expectations(LATE)
    assert len(server.bodies) == asked


@pytest.mark.parametrize("field", ["temperature", "seed", "max_tokens"])
def test_a_field_that_the_endpoint_does_not_know_is_left_out(desk: Make, server: ModelServer, field: str) -> None:
    server.unknown = field
    assert desk().scorers(LATE) == [NAME]
    assert field not in server.bodies[-1]
    assert server.bodies[-1].get("max_completion_tokens") == (2000 if field == "max_tokens" else None)
    assert server.forms[-1] == "json_schema"


def test_a_field_that_the_config_names_is_not_left_out(desk: Make, server: ModelServer) -> None:
    server.unknown = "seed"
    assert desk(request={"seed": 7}).scorers(LATE) == ["linear-en"]


def test_a_server_on_this_machine_is_held_to_one_bounded_answer_for_each_text(desk: Make, server: ModelServer) -> None:
    desk().moods(LATE, LOVELY)
    (body,) = server.bodies
    answers = body["response_format"]["json_schema"]["schema"]["properties"]["answers"]
    names = [one["id"] for one in json.loads(body["messages"][1]["content"])["texts"]]
    assert (answers["minItems"], answers["maxItems"]) == (2, 2)
    assert answers["items"]["properties"]["id"] == {"type": "string", "enum": names}
    assert answers["items"]["properties"]["because"] == {"type": "string", "maxLength": 200}


def test_a_provider_sees_one_and_the_same_schema() -> None:
    table = from_dict({"understand": {"language_model": {"base_url": "https://x.example/v1", "model": "m"}}}, Path("c"))
    assert table.understand.language_model
    schema = Moods().schema()
    assert Manner(table.understand.language_model).fields("moods", schema, ("t1",))["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "moods", "strict": True, "schema": schema},
    }


def test_an_answer_to_one_text_needs_no_name(desk: Make, server: ModelServer) -> None:
    server.faults = ["foreign ids"]
    assert desk().scorers(LATE) == [NAME]


@pytest.mark.parametrize("fault", ["stream", "stream without end mark", "parts"])
def test_endpoints_that_stream_or_answer_in_parts_are_read_too(desk: Make, server: ModelServer, fault: str) -> None:
    server.always = fault
    model = desk(request={"stream": True})
    assert [one.label for one in model.moods(LATE, LOVELY)] == ["negative", "positive"]
    assert server.bodies[0]["stream"] is True
    assert "1100 tokens" in model.told()


@pytest.mark.parametrize("choices", ["5", "[5]", '{"a": 1}', '[{"delta": 5}]', '[{"delta": {"content": 5}}]'])
def test_pieces_of_a_stream_that_hold_no_words_are_no_answer(choices: str) -> None:
    with pytest.raises(Unanswered, match="the answer has no message"):
        completion(Answer(200, {}, b'data: {"choices": %s}\n' % choices.encode()))


def test_nothing_follows_a_redirect(desk: Make, server: ModelServer) -> None:
    server.always = "moved"
    assert desk(batch=1).scorers(LATE, LOVELY) == ["linear-en"] * 2
    assert len(server.bodies) == 1


# --- caps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "asked", "reason"),
    [
        ({"max_requests_per_run": 2}, 2, "max_requests_per_run is reached: 2"),
        ({"max_texts_per_run": 3}, 3, "max_texts_per_run is reached: 1"),
        ({"max_time_per_run": "0s"}, 0, "max_time_per_run is reached: 4"),
        # 1,000 tokens in and 100 out cost 0.002 + 0.001; the next request at worst 0.002 and some, and 2,000 out: 0.02.
        # Spent before the third: 0.006, so it could come to 0.028 and some.
        ({"max_cost_per_run": 0.027, "price_in": 2.0, "price_out": 10.0}, 2, "max_cost_per_run would be passed: 2"),
    ],
)
def test_caps_end_the_asking_and_the_rest_is_read_by_rules(
    desk: Make, server: ModelServer, table: dict[str, Any], asked: int, reason: str
) -> None:
    model = desk(batch=1, **table)
    given = model.scorers(*(f"{LATE} {letter}" for letter in "abcd"))
    assert given == [NAME] * asked + ["linear-en"] * (4 - asked)
    assert len(server.bodies) == asked
    assert reason in model.told()


@pytest.mark.parametrize("fault", ["cut", "broken", "refusal"])
def test_what_may_have_been_billed_for_no_answer_counts_in_full(desk: Make, server: ModelServer, fault: str) -> None:
    server.always = fault
    # at worst 2,000 tokens out at 10 a million: 0.02 for each request
    model = desk(batch=1, max_cost_per_run=0.05, price_in=0.0001, price_out=10.0)
    model.scorers(*(f"{LATE} {letter}" for letter in "abcd"))
    said = model.told()
    assert "max_cost_per_run would be passed: 2" in said
    assert "cost 0.0400" in said


def test_each_run_has_its_own_account_and_tells_the_cost(desk: Make) -> None:
    model = desk(price_in=2.0, price_out=10.0)
    model.scorers(LATE, LOVELY)
    # 1,000 tokens at 2 a million and 100 at 10 a million: 0.002 + 0.001
    assert model.told() == "language model tiny: 1 request, 2 texts read, 1100 tokens, cost 0.0030"
    assert model.told() == ""


def test_tokens_are_overestimated_where_the_endpoint_does_not_count_them(desk: Make, server: ModelServer) -> None:
    server.says_usage = False
    model = desk(price_in=1.0, price_out=1.0)
    model.scorers(LATE)
    said = int(model.told().partition(" tokens")[0].rpartition(" ")[2])
    assert said * 2 >= len(json.dumps(server.bodies[0]["messages"])) - 200


# --- what is remembered --------------------------------------------------------------------------------------------


def test_what_was_asked_once_is_not_asked_again(desk: Make, server: ModelServer) -> None:
    first = desk().moods(LATE, LOVELY)
    again = desk()
    assert again.moods(LOVELY, LATE) == first[::-1]
    assert len(server.bodies) == 1
    assert again.told() == "language model tiny: 2 read from earlier answers"


@pytest.mark.parametrize("change", [{"model": "larger"}, {"request": {"seed": 2}}, {"answer_format": "text"}])
def test_another_question_has_another_answer(desk: Make, server: ModelServer, change: dict[str, Any]) -> None:
    desk().moods(LATE)
    desk(**change).moods(LATE)
    assert len(server.bodies) == 2


def test_the_file_of_answers_is_its_owners_and_holds_no_words(desk: Make, tmp_path: Path) -> None:
    model = desk()
    model.moods(LATE)
    model.expectations("You promised two days and it took a week.")
    model.told()
    path = tmp_path / "feedbackloop.db.language_model"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    held = path.read_bytes().lower()
    assert not [word for word in (b"parcel", b"late", b"two days", b"week", b"tiny") if word in held]


def test_a_broken_file_of_answers_is_said_and_does_without(desk: Make, tmp_path: Path) -> None:
    (tmp_path / "feedbackloop.db.language_model").write_bytes(b"not a database at all " * 100)
    model = desk()
    assert model.scorers(LATE) == [NAME]
    assert "its earlier answers are not used" in model.told()


def test_an_answer_that_was_spoilt_in_the_file_is_asked_for_again(
    desk: Make, server: ModelServer, tmp_path: Path
) -> None:
    desk().scorers(LATE)
    with closing(sqlite3.connect(tmp_path / "feedbackloop.db.language_model")) as file, file:
        assert file.execute("UPDATE answers SET answer = '[1]'").rowcount == 1
    assert desk().scorers(LATE) == [NAME]
    assert len(server.bodies) == 2
