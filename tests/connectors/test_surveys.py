"""What becomes of the answers to surveys?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.errors import BadRecord, Refused
from feedbackloop.testing import Shelf
from feedbackloop_connectors.signatures import SCHEMES, sign
from feedbackloop_connectors.surveys.delighted import Delighted
from feedbackloop_connectors.surveys.surveymonkey import _points
from row_systems import RowSystem

RECORDED = Path(__file__).parents[2].parent / "shared" / "fixtures" / "surveymonkey" / "documented_examples.json"


@pytest.fixture(params=["delighted", "formbricks", "surveymonkey", "typeform"])
def system(request: pytest.FixtureRequest) -> Iterator[RowSystem]:
    system = RowSystem(request.param)
    yield system
    system.site.close()


@pytest.fixture
def by_name() -> Iterator[Any]:
    opened = []

    def make(name: str, **options: Any) -> Any:
        system = RowSystem(name)
        system.options |= options
        opened.append(system)
        return system.connect()

    yield make
    for system in opened:
        system.site.close()


def test_a_reply_has_its_words_its_rating_and_its_customer(system: RowSystem) -> None:
    """Each names the customer as the company's own systems know them, where the survey carries that."""
    fields = {"delighted": "customer_id", "surveymonkey": "customer", "typeform": "user", "formbricks": "userId"}
    customers = {"delighted": "77", "surveymonkey": "u-5", "typeform": "u-5", "formbricks": "u-5"}
    system.options["customer_field"] = fields[system.name]
    name = system.site.put("T-1", "等了三天才有人回复。", 2)
    item = Shelf().pull(system.connect()).items[name]
    assert (item.kind, item.channel, item.customer.id) == ("survey", "survey", customers[system.name])
    assert [one.text for one in item.messages] == ["等了三天才有人回复。"]
    assert [(one.value, one.min, one.max) for one in item.ratings] == [(2, 1, 5)]


def test_the_config_says_what_a_number_is(system: RowSystem) -> None:
    """`scales` names the scale of a question; Typeform's by id or by reference."""
    question = {"delighted": "csat"}.get(system.name, "q1")
    system.options["scales"] = {question: "ces"}
    name = system.site.put("T-1", "Hard.", 2)
    assert [one.scale for one in Shelf().pull(system.connect()).items[name].ratings] == ["ces"]


def test_an_unfinished_reply_waits_until_it_is_finished(by_name: Any) -> None:
    rows = {
        "surveymonkey": {"id": "1", "response_status": "partial", "date_created": "2026-11-02T09:00:00+00:00"},
        "formbricks": {"id": "1", "finished": False, "createdAt": "2026-11-02T09:00:00Z"},
    }
    for name, row in rows.items():
        assert by_name(name).item(row) is None
        assert by_name(name, partial=True).item(row).id == "1"


@pytest.mark.parametrize(
    ("kind", "score", "rating"),
    [
        ("nps", 0, ("nps", 0, 0, 10)),
        ("csat", 5, ("csat", 5, 1, 5)),
        ("thumbs", 1, ("thumbs", 1, 0, 1)),
        ("ces7", 7, ("ces", 7, 1, 7)),
    ],
)
def test_the_type_of_a_delighted_survey_tells_its_scale(
    by_name: Any, kind: str, score: int, rating: tuple[str, float, float, float]
) -> None:
    row = {"id": "1", "person": "10", "survey_type": kind, "score": score, "comment": None, "created_at": 1793520000}
    (found,) = by_name("delighted").item(row | {"updated_at": None}).ratings
    assert (found.scale, found.value, found.min, found.max) == rating
    assert Delighted.name == "delighted"


def test_further_answers_are_words_ratings_and_fields(by_name: Any) -> None:
    """Delighted's additional questions: typed, on a scale, picked."""
    answers = [
        {"value": {"free_response": "Be faster."}, "question": {"id": "w", "text": "What else?"}},
        {"value": {"scale": 4}, "question": {"id": "s", "text": "Easy?"}},
        {"value": {"select_many": [{"text": "Price"}, {"text": "Staff"}]}, "question": {"id": "m", "text": "Why?"}},
    ]
    row = {"id": "1", "survey_type": "nps", "score": 9, "created_at": 1793520000, "additional_answers": answers}
    item = by_name("delighted").item(row)
    assert [one.text for one in item.messages] == ["Be faster."]
    assert [(one.scale, one.value, one.question) for one in item.ratings] == [("nps", 9, "nps"), ("scale", 4, "Easy?")]
    assert item.fields == {"Why?": "Price, Staff"}


@pytest.mark.parametrize(
    ("kind", "properties", "value", "rating"),
    [
        ("nps", {}, 9, ("nps", 9, 0, 10)),
        ("rating", {"steps": 7, "shape": "star"}, 7, ("stars", 7, 1, 7)),
        ("rating", {"steps": 3, "shape": "heart"}, 1, ("rating", 1, 1, 3)),
        ("opinion_scale", {"steps": 11, "start_at_one": False}, 0, ("opinion", 0, 0, 10)),
        ("opinion_scale", {"steps": 5, "start_at_one": True}, 5, ("opinion", 5, 1, 5)),
    ],
)
def test_the_form_tells_the_scale_of_a_typeform_question(
    by_name: Any, kind: str, properties: dict[str, Any], value: int, rating: tuple[str, float, float, float]
) -> None:
    """Steps 11 from 0 are 0..10, steps 5 from 1 are 1..5."""
    connector = by_name("typeform")
    connector._form = {"fields": [{"id": "a", "type": kind, "title": "How?", "properties": properties}]}
    answers = [{"type": "number", "number": value, "field": {"id": "a", "type": kind}}]
    item = connector.item({"response_id": "1", "submitted_at": "2026-11-02T09:00:00Z", "answers": answers})
    (found,) = item.ratings
    assert (found.scale, found.value, found.min, found.max) == rating


def test_a_number_that_rates_nothing_is_a_field(by_name: Any) -> None:
    connector = by_name("typeform")
    connector._form = {"fields": [{"id": "a", "type": "number", "title": "How many staff?"}]}
    answers = [{"type": "number", "number": 250, "field": {"id": "a", "type": "number"}}]
    item = connector.item({"response_id": "1", "submitted_at": "2026-11-02T09:00:00Z", "answers": answers})
    assert item.ratings == () and item.fields == {"How many staff?": 250}


def test_points_of_surveymonkey_are_the_weights_of_its_choices() -> None:
    """A matrix with choices 0..10 is a net promoter score; one without weights rates nothing; N/A neither."""
    nps = [{"text": str(n), "weight": n - 5} for n in range(11)]
    asked = {"family": "matrix", "subtype": "rating"}
    found = _points(asked, nps[9], nps)
    assert found and (found[0], found[1].name, found[1].low, found[1].high) == (9, "nps", 0, 10)
    named = [{"text": "Yes"}, {"text": "No"}]
    assert _points(asked, named[0], named) is None
    points = [{"text": "Bad", "weight": 1}, {"text": "Good", "weight": 3}, {"text": "N/A", "weight": 0, "is_na": True}]
    assert _points(asked, points[2], points) is None
    good = _points(asked, points[1], points)
    assert good and (good[0], good[1].low, good[1].high) == (3, 1, 3)
    assert _points({"family": "single_choice"}, points[1], points) is None


def test_a_rating_beyond_its_scale_is_kept_as_a_field(by_name: Any) -> None:
    row = {"id": "1", "survey_type": "csat", "score": 9, "created_at": 1793520000}
    item = by_name("delighted").item(row)
    assert item.ratings == () and item.fields == {"csat": 9}


@pytest.mark.shared
def test_the_documented_example_of_surveymonkey_is_read(by_name: Any) -> None:
    """Its dates lie in 1970: the response is refused by its time; with a time of ours it is read."""
    if not RECORDED.exists():
        pytest.skip("the recorded answers are not part of the project")
    (row,) = json.loads(RECORDED.read_text())["responses/bulk"]["data"]
    connector = by_name("surveymonkey")
    with pytest.raises(BadRecord, match="1990"):
        connector.item(row)
    dated = row | {"date_created": "2026-11-02T09:00:00+00:00", "date_modified": "2026-11-02T09:05:00+00:00"}
    item = connector.item(dated)
    assert (item.id, item.customer.id) == ("5007154325", "custom identifier for the response")
    assert item.fields == {"custvar_1": "one"}


HOOKS = {
    "typeform": ("typeform", "webhook_secret", {"form_response": {"response_id": "r-1", "token": "r-1"}}),
    "surveymonkey": (
        "surveymonkey",
        "webhook_key",
        {"object_type": "response", "object_id": "r-1", "resources": {"survey_id": "s1"}},
    ),
    "formbricks": (
        "standard",
        "webhook_secret",
        {"event": "responseFinished", "data": {"id": "r-1", "surveyId": "s1"}},
    ),
}


@pytest.mark.parametrize("name", HOOKS)
def test_a_signed_webhook_names_its_response(by_name: Any, name: str) -> None:
    """Only with the right signature over the very bytes; without a secret none is believed."""
    scheme, option, document = HOOKS[name]
    connector = by_name(name, **{option: "a-secret"})
    body = json.dumps(document).encode()
    stamp = str(int(connector.context.now().timestamp()))
    headers = sign(SCHEMES[scheme], "a-secret", body, id="msg-1", timestamp=stamp)
    assert connector.read_webhook(headers, body) == ["r-1"]
    for wrong_headers, wrong_body in ((headers, body + b" "), ({}, body), (headers, b"[]")):
        with pytest.raises(Refused):
            connector.read_webhook(wrong_headers, wrong_body)
    with pytest.raises(Refused, match=f"has no {option}"):
        by_name(name).read_webhook(headers, body)


def test_a_webhook_of_another_survey_names_nothing(by_name: Any) -> None:
    body = json.dumps({"object_type": "response", "object_id": "r-1", "resources": {"survey_id": "s2"}}).encode()
    connector = by_name("surveymonkey", webhook_key="a&b")
    assert connector.read_webhook(sign(SCHEMES["surveymonkey"], "a&b", body), body) == []
