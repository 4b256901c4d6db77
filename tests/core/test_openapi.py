"""What is chosen out of an interface's description, and what is said of the rest?"""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from described_desk import DESK, TEXT, TICKET, answer, query
from feedbackloop.errors import UsageError
from feedbackloop.openapi.description import start_from
from feedbackloop.openapi.document import Document, load
from feedbackloop.openapi.mapping import expression, item_fields
from feedbackloop.openapi.shapes import TIME, example, lists


def written(tmp_path: Path, content: dict[str, Any] | str) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def changed(*way: str, **more: Any) -> dict[str, Any]:
    desk = deepcopy(DESK)
    table = desk
    for name in way:
        table = table[name]
    table |= more
    return desk


def test_calls_paging_login_and_fields_are_chosen_by_shape_and_name(tmp_path: Path) -> None:
    start = start_from(written(tmp_path, DESK))
    assert (start.base_url, start.login, start.settings) == ("https://acme.desk.example/api", "X-Api-Key", ["space"])
    listing = start.described["list"]
    assert listing == {
        "path": "/spaces/{space}/tickets",
        "rows": "data",
        "paging": "page",
        "param": "page",
        "changed": "modifiedAt",
        "ordered": False,
        "params": {"updated_since": "{{ since }}", "per_page": "100"},
    }
    assert start.described["also"] == [{"name": "thread", "path": "/spaces/{space}/tickets/{{ row.id }}/comments"}]
    assert start.described["one"] == {"path": "/spaces/{space}/tickets/{{ id }}", "row": "ticket"}
    item = start.described["item"]
    assert (item["subject"], item["status"], item["customer.email"]) == ("title", "state", "requester.email")
    assert item["messages"] == "thread[].{id: id, by: author_id, at: created_at, text: body, public: !internal}"
    assert start.described["values"]["status"] == {
        "open": "open",
        "on-hold": "pending",
        "resolved": "solved",
        "*": "open",
    }


def test_writes_say_whether_they_are_private(tmp_path: Path) -> None:
    write = start_from(written(tmp_path, DESK)).described["write"]
    assert [write[kind]["calls"][0]["body"]["internal"] for kind in ("note", "reply")] == [True, False]
    assert write["tag"]["calls"][1]["body"] == {"labels": "{{ (before.ticket.labels + tags) | unique | list }}"}


def test_what_could_not_be_guessed_is_said(tmp_path: Path) -> None:
    points = start_from(written(tmp_path, DESK)).open_points
    assert any("odd" in point for point in points)  # a status that nobody explained
    assert any("improvement tasks" in point for point in points)


def test_a_public_note_beside_a_call_that_replies_is_said_to_be_doubtful(tmp_path: Path) -> None:
    """At some desks a public note is seen in the portal only; the call that replies mails it."""
    path = "/spaces/{space}/tickets/{ticketId}/"
    notes = deepcopy(DESK["paths"][f"{path}comments"])
    reply = {"post": deepcopy(notes["post"])}
    points = start_from(written(tmp_path, changed("paths", **{f"{path}reply": reply}))).open_points
    assert any(f"{path}reply" in point for point in points)
    assert not any("(write.reply)" in point for point in start_from(written(tmp_path, DESK)).open_points)
    bare = changed("paths", "/spaces/{space}/tickets", "get", parameters=[])
    bare["components"].pop("securitySchemes")
    more = start_from(written(tmp_path, bare)).open_points
    for said in ("only the first page is read", "is read whole each time", "a bearer token is sent"):
        assert any(said in point for point in more)


@pytest.mark.parametrize(
    ("parameters", "fields", "expected"),
    [
        (["cursor"], {"next_cursor": TEXT}, {"paging": "cursor", "param": "cursor", "next": "next_cursor"}),
        (["offset", "limit"], {}, {"paging": "offset", "param": "offset"}),
        ([], {"links": {"properties": {"next": TEXT}}}, {"paging": "next", "next": "links.next"}),
    ],
)
def test_every_way_of_paging_is_known(
    tmp_path: Path, parameters: list[str], fields: dict[str, Any], expected: dict[str, str]
) -> None:
    whole = {"type": "object", "properties": {"data": {"type": "array", "items": TICKET}, **fields}}
    desk = changed("paths", "/spaces/{space}/tickets", "get", parameters=query(*parameters), responses=answer(whole))
    listing = start_from(written(tmp_path, desk)).described["list"]
    assert {name: listing.get(name) for name in expected} == expected


def test_swagger_2_is_read_too(tmp_path: Path) -> None:
    pytest.importorskip("yaml")
    old = """
swagger: "2.0"
host: desk.example
basePath: /v1
schemes: [https]
securityDefinitions: {login: {type: basic}}
definitions:
  Review:
    type: object
    properties:
      review_id: {type: string}
      text: {type: string}
      stars: {type: integer, minimum: 1, maximum: 10}
      date: {type: string, example: 2026-11-02}
paths:
  /reviews:
    get:
      parameters: [{name: page, in: query, type: integer, minimum: 0}]
      responses:
        200:
          schema: {type: array, items: {$ref: "#/definitions/Review"}}
          examples: {application/json: [{review_id: r-1, text: "="}]}
  /reviews/{review_id}:
    get: {responses: {200: {schema: {$ref: "#/definitions/Review"}}}}
"""
    start = start_from(written(tmp_path, old))
    assert (start.base_url, start.login, start.described["kind"]) == ("https://desk.example/v1", "basic", "review")
    assert start.described["list"]["first"] == 0
    assert start.described["item"]["id"] == "review_id"
    assert start.described["rating"] == {"scale": "csat", "min": 1, "max": 10}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "describes no calls"),
        ("{", "neither JSON nor YAML"),
        ('{"openapi": "3.0.0", "paths": {}}', "describes no calls"),
        (
            json.dumps({"openapi": "3.0.0", "paths": {"/users": DESK["paths"]["/users"]}}),
            "These list something: /users",
        ),
    ],
)
def test_a_file_that_helps_nobody_says_so(tmp_path: Path, content: str, said: str) -> None:
    pytest.importorskip("yaml")
    with pytest.raises(UsageError, match=said):
        start_from(written(tmp_path, content))
    with pytest.raises(UsageError, match="cannot be read"):
        load(tmp_path / "missing.json")


def test_another_list_can_be_named_and_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path, DESK)
    with pytest.raises(UsageError, match="no call lists rows at /nothing"):
        start_from(path, "/nothing")
    with pytest.raises(UsageError, match="hold no text"):
        start_from(path, "/users")


def test_references_that_turn_in_circles_end() -> None:
    circle = {"Node": {"properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}}}}
    document = Document({"components": {"schemas": {"A": {"$ref": "#/components/schemas/A"}, **circle}}, "paths": {}})
    assert document.resolved({"$ref": "#/components/schemas/A"}) == {}
    assert example(document, {"$ref": "#/components/schemas/Node"}) == {"children": [{"children": []}]}
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Node"}}
    assert [place for place, _ in lists(document, listed)] == ["@"]


def test_examples_are_made_from_types_where_there_are_none() -> None:
    document = Document({"paths": {}})
    assert example(document, TICKET) == {
        "id": 1,
        "title": "text",
        "createdAt": TIME,
        "modifiedAt": TIME,
        "state": "open",
        "labels": ["text"],
        "requester": {"id": 1, "email": "text"},
    }


def test_names_that_jmespath_does_not_know_are_quoted() -> None:
    assert expression("_links.next-page.href") == '_links."next-page".href'


def test_the_id_is_the_one_that_paths_name() -> None:
    row = {"properties": {"id": {"type": "integer"}, "number": {"type": "integer"}, "body": TEXT}}
    assert item_fields(Document({"paths": {}}), row, "issue_number")["id"] == "number"
