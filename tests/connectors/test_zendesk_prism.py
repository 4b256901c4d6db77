"""An outside judge: Prism holds connector and loopback desk against Zendesk's published description, in both directions.

Needs the description beside the checkout and Prism (`npm install @stoplight/prism-cli`), named by FEEDBACKLOOP_PRISM, for example
`FEEDBACKLOOP_PRISM=node_modules/.bin/prism`. A body that the judge cannot compile a schema for is passed over in silence, so each
kind of call is first shown to be refused when it is wrong.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from feedbackloop.connector import Context
from feedbackloop.errors import Retriable, Skippable, SourceError
from feedbackloop.http import Http, Limits, basic_auth
from feedbackloop.records import Action, ActionKind
from feedbackloop.testing.helpdesk import EMAIL, TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_seed import seed
from feedbackloop.testing.helpdesk_state import AGENT
from feedbackloop_connectors.zendesk.connector import Zendesk
from prism_judge import proxied

pytestmark = pytest.mark.shared

DESCRIPTION = Path(__file__).parents[2].parent / "shared" / "fixtures" / "zendesk" / "zendesk-prism.yaml"
LONG_AGO = timedelta(days=3)
TAGS_BODY = """      operationId: PutTagsTicketJson
      requestBody:
        content:
          application/json:
            schema:
              type: object
              required: [tags]
              properties:
                tags: {type: array, items: {type: string}}
                updated_stamp: {type: string, format: date-time}
                safe_update: {type: boolean}
"""
"""The description tells of this body in its prose only; without a schema the judge refuses any body there."""


@pytest.fixture(scope="module")
def desk() -> Iterator[Helpdesk]:
    with Helpdesk() as listening:
        seed(listening.state, 40, datetime.now(UTC) - timedelta(minutes=5))
        yield listening


@pytest.fixture(scope="module")
def judge(desk: Helpdesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Prism before the desk; gives its address."""
    if not DESCRIPTION.exists():
        pytest.skip("the Zendesk description is not beside the checkout")
    description = tmp_path_factory.mktemp("prism") / "zendesk.yaml"
    first_line = TAGS_BODY.partition("\n")[0] + "\n"
    description.write_text(DESCRIPTION.read_text(encoding="utf-8").replace(first_line, TAGS_BODY), encoding="utf-8")
    with proxied(description, desk.url) as address:
        yield address


@pytest.fixture
def source(desk: Helpdesk, judge: str) -> Iterator[Zendesk]:
    opened = Zendesk(Zendesk.Options(**desk.options(base_url=judge, page_size=15, task_group="8")), Context("support"))
    yield opened
    opened.close()


@pytest.fixture
def door(judge: str) -> Iterator[Http]:
    http = Http(judge, authorization=basic_auth(f"{EMAIL}/token", TOKEN), limits=Limits(attempts=1))
    yield http
    http.close()


def act(kind: ActionKind, item: str = "", **more: Any) -> Action:
    return Action(id=f"act-{kind}{item}", key=f"judged-{kind}{item}", kind=kind, source="support", item=item, **more)


# --- it refuses what is wrong -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "tickets.json", {"ticket": {"subject": "without a comment"}}),
        ("POST", "tickets.json", {"ticket": {"comment": {"body": "x"}, "type": "improvement"}}),
        ("POST", "tickets.json", {"ticket": {"comment": {"body": "x"}, "via_followup_source_id": "nine"}}),
        ("PUT", "tickets/1.json", {"ticket": {"comment": {"body": "x", "public": "no"}}}),
        ("PUT", "tickets/1.json", {"ticket": {"safe_update": "yes please"}}),
        ("PUT", "tickets/1.json", {"ticket": {"updated_stamp": "yesterday"}}),
        ("PUT", "tickets/1/tags.json", {"tags": "fbl-gap"}),
        ("PUT", "tickets/1/tags.json", {"tags": [], "safe_update": "maybe"}),
        ("GET", "incremental/tickets/cursor.json?start_time=monday", None),
        ("GET", "incremental/tickets/cursor.json?start_time=0&per_page=1001", None),
        ("GET", "incremental/ticket_events.json", None),
    ],
)
def test_the_judge_refuses_a_wrong_call(desk: Helpdesk, door: Http, method: str, path: str, body: object) -> None:
    written = len(desk.journal.writes)
    with pytest.raises(Skippable, match="422"):
        door.call(method, f"/api/v2/{path}", body=body)
    assert len(desk.journal.writes) == written


ROW = {"id": 1, "requester_id": 3, "status": "open"}


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("users/me.json", {"user": {"id": "one"}}),
        ("incremental/tickets/cursor.json?start_time=0", {"tickets": [ROW | {"tags": "delivery"}]}),
        ("incremental/tickets/cursor.json?start_time=0", {"tickets": [ROW | {"status": "done"}]}),
        ("incremental/ticket_events.json?start_time=0", {"ticket_events": [{"id": "e1"}]}),
        ("tickets/show_many.json?ids=1", {"tickets": [{"id": 1}]}),
        ("tickets/1.json", {"ticket": ROW | {"id": "1"}}),
        ("tickets.json?external_id=x", {"tickets": [ROW | {"due_at": 5}]}),
        ("tickets/1/comments.json", {"comments": [{"id": 1, "public": "yes"}]}),
        ("tickets/1/audits.json", {"audits": [{"id": "a"}]}),
        ("satisfaction_ratings.json", {"satisfaction_ratings": [{"id": 1, "score": "bad"}]}),
    ],
)
def test_the_judge_refuses_a_wrong_answer(desk: Helpdesk, door: Http, path: str, wrong: object) -> None:
    route = (f"/api/v2/{path.partition('?')[0]}", lambda _: wrong)
    desk.route("GET", *route)
    try:
        with pytest.raises(Retriable, match=r"VIOLATIONS|violations"):
            door.get(f"/api/v2/{path}")
    finally:
        desk.unroute()
    assert requests.get(f"{desk.url}/api/v2/{path}", auth=(f"{EMAIL}/token", TOKEN), timeout=5).status_code == 200


# --- and passes all that we do --------------------------------------------------------------------------------------------


def test_a_whole_pull_passes(desk: Helpdesk, source: Zendesk) -> None:
    deleted = desk.state.add_ticket("x", "gone", at=datetime.now(UTC) - LONG_AGO)
    desk.state.delete(deleted)
    desk.state.scrub(desk.state.add_ticket("x", "gone", at=datetime.now(UTC) - LONG_AGO))
    for ticket in desk.state.tickets.values():
        ticket.generated = min(ticket.generated, int(time.time()) - 100)  # out of the withheld minute
    desk.state.respond(5, 1, "bad", "took 3 days")
    pages = list(source.pull(source.start(None)))
    assert len({item.id for page in pages for item in page.items}) == 40
    assert [name for page in pages for name in page.erased] == [str(deleted), str(deleted + 1)]
    assert not any(page.rejected or page.warnings for page in pages)
    again = list(source.pull(pages[-1].cursor))
    assert again[-1].caught_up


def test_bulk_comments_pass(desk: Helpdesk, judge: str) -> None:
    before = len(desk.calls_to("/ticket_events"))
    bulk = Zendesk(Zendesk.Options(**desk.options(base_url=judge)), Context("support"))
    assert all(item.messages for page in bulk.pull(bulk.start(None)) for item in page.items)
    assert len(desk.calls_to("/ticket_events")) > before
    bulk.close()


def test_check_and_fetch_pass(source: Zendesk) -> None:
    assert [line.name for line in source.check() if not line.ok] == []
    assert [item.id for item in source.fetch(["1", "2"]).items] == ["1", "2"]


@pytest.mark.parametrize("kind", list(ActionKind))
def test_every_kind_of_write_passes(desk: Helpdesk, source: Zendesk, kind: ActionKind) -> None:
    filed = str(desk.state.add_ticket("task", "x", type="task", at=datetime.now(UTC) - LONG_AGO))
    action = {
        ActionKind.NOTE: act(kind, "3", text="E 24 h, P 72 h"),
        ActionKind.TAG: act(kind, "4", tags=("fbl-gap-reliability",)),
        ActionKind.REPLY: act(kind, "5", text="We are sorry."),
        ActionKind.TASK: act(kind, title="Mend", text="why", tags=("a",), due_at=datetime.now(UTC), linked=("1", "2")),
        ActionKind.TASK_UPDATE: act(kind, external_id=filed, title="Mend more", text="44 %"),
    }[kind]
    written = len(desk.journal.writes)
    assert source.find(action) is None
    receipt = source.push(action)
    assert len(desk.journal.writes) > written
    assert source.find(action).external_id == receipt.external_id
    if kind in {ActionKind.TASK, ActionKind.TASK_UPDATE}:
        assert source.task_status([filed])[0].status == "open"


def test_a_follow_up_ticket_and_a_refusal_pass(desk: Helpdesk, source: Zendesk) -> None:
    closed = str(
        desk.state.add_ticket("Late", "x", at=datetime.now(UTC) - LONG_AGO, status="closed", assignee_id=AGENT)
    )
    assert "closed" in (source.push(act(ActionKind.REPLY, closed, text="We are sorry.")).note or "")
    with pytest.raises(SourceError, match="is closed"):
        source.push(act(ActionKind.NOTE, closed, text="note"))
