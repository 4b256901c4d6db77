"""The loopback helpdesk itself: it must be as awkward as the real one, and its journal must tell the truth."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from feedbackloop.http import basic_auth
from feedbackloop.testing.helpdesk import EMAIL, TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_faults import dripping, late_error, lost_answer
from feedbackloop.testing.helpdesk_seed import seed

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Client:
    """A bare client that forgives nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = requests.Session()
        self.session.headers["Authorization"] = basic_auth(f"{EMAIL}/token", TOKEN)

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any, Any]:
        answer = self.session.request(method, f"{self.url}/api/v2/{path}", json=body, headers=headers, timeout=5)
        return answer.status_code, answer.json(), answer.headers

    def get(self, path: str) -> Any:
        status, body, _ = self.ask("GET", path)
        assert status == 200, body
        return body


@pytest.fixture
def desk() -> Iterator[Helpdesk]:
    with Helpdesk(now=NOW) as listening:
        yield listening


@pytest.fixture
def client(desk: Helpdesk) -> Iterator[Client]:
    asking = Client(desk.url)
    yield asking
    asking.session.close()


def put(ticket: int, **change: Any) -> tuple[str, str, dict[str, Any]]:
    return "PUT", f"tickets/{ticket}.json", {"ticket": change}


def test_the_same_seed_gives_the_same_desk() -> None:
    desks = [Helpdesk(now=NOW), Helpdesk(now=NOW)]
    for desk in desks:
        seed(desk.state, 30, NOW)
    first, second = ([t.row | {"url": ""} for t in desk.state.tickets.values()] for desk in desks)
    assert first == second
    for desk in desks:
        desk.start().stop()


@pytest.mark.parametrize("path", ["users/me", "users/me.json"])
def test_paths_work_with_and_without_json(client: Client, path: str) -> None:
    assert client.get(path)["user"]["role"] == "admin"


def test_wrong_credentials_and_unknown_paths_are_refused(desk: Helpdesk, client: Client) -> None:
    assert client.ask("GET", "nonsense.json")[0] == 404
    client.session.headers["Authorization"] = "Basic bm8="
    assert client.ask("GET", "users/me.json")[:2] == (
        401,
        {"error": "Couldn't authenticate you", "description": "Couldn't authenticate you"},
    )


# --- the export ------------------------------------------------------------------------------------------------------


def test_the_export_pages_through_ties_and_keeps_its_cursor_at_the_end(desk: Helpdesk, client: Client) -> None:
    ids = [desk.state.add_ticket("x", "y", at=NOW - HOUR) for _ in range(5)]
    seen, query = [], f"start_time={int((NOW - 2 * HOUR).timestamp())}"
    for _ in range(5):
        page = client.get(f"incremental/tickets/cursor.json?per_page=1&{query}")
        seen += [row["id"] for row in page["tickets"]]
        query = f"cursor={page['after_cursor']}"
    assert (seen, page["end_of_stream"]) == (ids, True)
    assert client.get(f"incremental/tickets/cursor.json?{query}")["after_cursor"] == query.removeprefix("cursor=")


def test_a_start_includes_its_own_second(desk: Helpdesk, client: Client) -> None:
    desk.state.add_ticket("x", "y", at=NOW - HOUR)
    for start, expected in ((NOW - HOUR, 1), (NOW - HOUR + timedelta(seconds=1), 0)):
        page = client.get(f"incremental/tickets/cursor.json?start_time={int(start.timestamp())}")
        assert len(page["tickets"]) == expected


def test_a_start_within_the_last_minute_is_refused(client: Client) -> None:
    status, body, _ = client.ask("GET", f"incremental/tickets/cursor.json?start_time={int(NOW.timestamp()) - 59}")
    assert (status, body["error"]) == (400, "StartTimeTooRecent")


def test_every_write_moves_a_ticket_into_the_next_export(desk: Helpdesk, client: Client) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    start = int(NOW.timestamp()) - 60
    assert client.get(f"incremental/tickets/cursor.json?start_time={start}")["tickets"] == []
    client.ask(*put(ticket, comment={"body": "note", "public": False}))
    desk.clock.advance(61)
    assert [row["id"] for row in client.get(f"incremental/tickets/cursor.json?start_time={start}")["tickets"]] == [
        ticket
    ]


def test_the_event_export_repeats_its_last_second(desk: Helpdesk, client: Client) -> None:
    seed(desk.state, 10, NOW - HOUR)
    first = client.get("incremental/ticket_events.json?start_time=0&per_page=5&include=comment_events")
    second = client.get(f"incremental/ticket_events.json?start_time={first['end_time']}&include=comment_events")
    assert second["ticket_events"][0]["timestamp"] == first["end_time"]
    assert first["ticket_events"][0]["child_events"][0]["body"]
    without = client.get("incremental/ticket_events.json?start_time=0")
    assert "body" not in without["ticket_events"][0]["child_events"][0]


def test_the_budget_of_exports_is_counted(desk: Helpdesk, client: Client) -> None:
    desk.budget.incremental_per_minute = 2
    path = f"incremental/tickets/cursor.json?start_time={int(NOW.timestamp()) - 3600}"
    assert [client.ask("GET", path)[0] for _ in range(3)] == [200, 200, 429]
    assert 1 <= int(client.ask("GET", path)[2]["Retry-After"]) <= 60
    assert client.ask("GET", "users/me.json")[0] == 200


# --- writes ----------------------------------------------------------------------------------------------------------


def test_a_comment_without_public_is_as_visible_as_the_first(desk: Helpdesk, client: Client) -> None:
    for public in (True, False):
        client.ask(*put(desk.state.add_ticket("x", "y", public=public), comment={"body": "z"}))
    assert [write.public for write in desk.journal.writes] == [True, False]


def test_metadata_comes_back_in_the_audit(desk: Helpdesk, client: Client) -> None:
    ticket = desk.state.add_ticket("x", "y")
    status, answer, _ = client.ask(*put(ticket, comment={"body": "z", "public": False}, metadata={"mine": "7"}))
    assert (status, answer["audit"]["metadata"]["custom"]) == (200, {"mine": "7"})
    assert client.get(f"tickets/{ticket}/audits.json")["audits"][-1]["metadata"]["custom"] == {"mine": "7"}


@pytest.mark.parametrize("path", ["", "/tags"])
def test_an_outdated_stamp_is_refused_even_with_safe_update_false(desk: Helpdesk, client: Client, path: str) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    outdated = {"safe_update": False, "updated_stamp": "2026-01-01T00:00:00Z"}
    body = {"tags": ["a"], **outdated} if path else {"ticket": {"status": "open", **outdated}}
    assert client.ask("PUT", f"tickets/{ticket}{path}.json", body)[0] == 409
    assert desk.journal.writes == []


def test_tags_are_added_set_and_removed(desk: Helpdesk, client: Client) -> None:
    ticket = desk.state.add_ticket("x", "y", tags=["a"])
    steps = [("PUT", ["b"], ["a", "b"]), ("DELETE", ["a"], ["b"]), ("POST", ["c"], ["c"])]
    for method, given, expected in steps:
        assert client.ask(method, f"tickets/{ticket}/tags.json", {"tags": given})[1] == {"tags": expected}
    client.ask(*put(ticket, tags=["all", "replaced"]))
    assert desk.state.tickets[ticket].row["tags"] == ["all", "replaced"]


@pytest.mark.parametrize(("status", "expected"), [("closed", 422), ("deleted", 404)])
def test_shut_tickets_refuse_every_change(desk: Helpdesk, client: Client, status: str, expected: int) -> None:
    ticket = desk.state.add_ticket("x", "y", status=status)
    assert client.ask(*put(ticket, priority="low"))[0] == expected
    assert client.ask("PUT", f"tickets/{ticket}/tags.json", {"tags": ["a"]})[0] == expected


def test_an_idempotency_key_answers_hit_miss_and_mismatch_for_two_hours(desk: Helpdesk, client: Client) -> None:
    def create(text: str, key: str = "k1") -> tuple[int, Any, Any]:
        return client.ask(
            "POST", "tickets.json", {"ticket": {"subject": "s", "comment": {"body": text}}}, **{"Idempotency-Key": key}
        )

    first, again = create("a"), create("a")
    assert [answer[2]["x-idempotency-lookup"] for answer in (first, again)] == ["miss", "hit"]
    assert first[1]["ticket"]["id"] == again[1]["ticket"]["id"]
    status, body, _ = create("b")
    assert (status, body["error"]) == (400, "IdempotentRequestError")
    desk.clock.advance(2 * 3600)
    assert create("a")[1]["ticket"]["id"] != first[1]["ticket"]["id"]
    assert len(desk.journal.of("ticket")) == 2


def test_external_ids_are_not_unique(desk: Helpdesk, client: Client) -> None:
    for _ in range(2):
        client.ask("POST", "tickets.json", {"ticket": {"comment": {"body": "a"}, "external_id": "e"}})
    assert len(client.get("tickets.json?external_id=e")["tickets"]) == 2


@pytest.mark.parametrize(("status", "expected"), [("closed", 201), ("open", 422)])
def test_only_closed_tickets_are_followed_up(desk: Helpdesk, client: Client, status: str, expected: int) -> None:
    old = desk.state.add_ticket("x", "y", status=status)
    body = {"ticket": {"comment": {"body": "a"}, "via_followup_source_id": old}}
    assert client.ask("POST", "tickets.json", body)[0] == expected


@pytest.mark.parametrize("body", [{}, {"ticket": {}}, {"ticket": {"comment": {}}}])
def test_a_ticket_without_a_comment_is_refused(client: Client, body: object) -> None:
    assert client.ask("POST", "tickets.json", body)[0] in {400, 422}


def test_a_list_has_a_next_link_even_on_its_last_page(desk: Helpdesk, client: Client) -> None:
    ticket = desk.state.add_ticket("x", "y")
    page = client.get(f"tickets/{ticket}/comments.json?page[size]=100")
    assert (page["meta"]["has_more"], bool(page["links"]["next"]), page["meta"]["after_cursor"]) == (False, True, "1")


def test_limits_of_lists_are_kept(desk: Helpdesk, client: Client) -> None:
    assert client.ask("GET", "guide/survey_responses.json?page[size]=51")[0] == 400
    assert (
        client.ask("GET", f"users/show_many.json?ids={','.join(map(str, range(101)))}")[1]["error"] == "TooManyValues"
    )


# --- faults and the journal ------------------------------------------------------------------------------------------


def test_a_lost_answer_was_done_and_stands_in_the_journal(desk: Helpdesk, client: Client) -> None:
    ticket = desk.state.add_ticket("x", "y")
    desk.faults.add(lost_answer(), late_error())
    with pytest.raises(requests.ConnectionError):
        client.ask(*put(ticket, comment={"body": "1"}))
    with pytest.raises(requests.JSONDecodeError):
        client.ask(*put(ticket, comment={"body": "2"}))
    assert [write.text for write in desk.journal.writes] == ["1", "2"]


def test_a_dripping_answer_arrives_in_the_end(desk: Helpdesk, client: Client) -> None:
    desk.faults.add(dripping("/users/me", seconds=0.0))
    assert client.get("users/me.json")["user"]["id"] == 1


def test_the_desk_runs_as_its_own_process_and_writes_its_journal(tmp_path: Path) -> None:
    journal = tmp_path / "writes.jsonl"
    command = [sys.executable, "-m", "feedbackloop.testing.helpdesk", "--tickets", "3", "--journal", str(journal)]
    env = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout
        client = Client(process.stdout.readline().strip())
        assert len(client.get("tickets.json")["tickets"]) == 3
        client.ask(*put(2, comment={"body": "note", "public": False}, metadata={"feedbackloop": "k"}))
        process.send_signal(signal.SIGTERM)
        client.session.close()
        assert process.wait(timeout=10) == 0
    (line,) = [json.loads(line) for line in journal.read_text().splitlines()]
    assert (line["kind"], line["ticket"], line["metadata"]) == ("comment", 2, {"feedbackloop": "k"})
