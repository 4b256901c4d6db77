"""Do the plugin and the connector that the docs show really work?"""

from __future__ import annotations

import json
import re
import sys
import threading
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from feedbackloop import config
from feedbackloop.connector import Context
from feedbackloop.hookspecs import Veto
from feedbackloop.manager import PluginManager
from feedbackloop.records import Action, ActionKind, FollowUp
from feedbackloop.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
DECEMBER = datetime(2026, 12, 5, tzinfo=UTC)


def listing(name: str) -> types.ModuleType:
    """Run a file that the page shows in full."""
    found = re.search(rf"```python\n# {re.escape(name)}\n(.+?)\n```", PAGE, re.DOTALL)
    assert found, f"the page does not show {name}"
    module = types.ModuleType(name.removesuffix(".py"))
    sys.modules[module.__name__] = module
    exec(compile(found[1], name, "exec"), module.__dict__)
    return module


class Desk(BaseHTTPRequestHandler):
    """The desk of the page's connector: tickets by number, two a page, and notes."""

    protocol_version = "HTTP/1.1"
    tickets: ClassVar[list[dict[str, Any]]] = []
    notes: ClassVar[list[dict[str, Any]]] = []

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == "/me":
            self.answer({"name": "Loop"})
        elif path.endswith("/notes"):
            self.answer(self.notes)
        else:
            after = int(query.removeprefix("after="))
            page = self.tickets[after : after + 2]
            self.answer({"tickets": page, "next": after + len(page), "more": after + 2 < len(self.tickets)})

    def do_POST(self) -> None:
        note = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.notes.append(note | {"id": len(self.notes) + 1})
        self.answer(self.notes[-1])

    def answer(self, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def desk() -> Iterator[str]:
    Desk.tickets = [
        {"id": number, "from": 7, "created": "2026-11-02T09:00:00", "text": f"Late again {number}"}
        for number in (1, 2, 3)
    ]
    Desk.notes = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def connect(address: str) -> Any:
    connector = listing("feedbackloop_mydesk.py").MyDesk
    section = {"connector": "mydesk", "base_url": address, "token": config.Resolved("t")}
    return connector(config.validate_options(connector.Options, section, "sources.desk"), Context(source="desk"))


def test_the_smallest_plugin_vetoes_follow_ups_in_december() -> None:
    plugins = PluginManager({"december": listing("feedbackloop_december.py")})
    draft = FollowUp(id="fu-1", item="desk/1", customer=None, cause="", language="en", text="", created_at=DECEMBER)
    january = FollowUp(
        id="fu-2", item="desk/1", customer=None, cause="", language="en", text="", created_at=DECEMBER.replace(month=1)
    )

    answers = plugins.each("before_plan", tasks=[], follow_ups=[draft, january], settings=Settings())

    assert answers == [("december", {"fu-1": Veto("frozen in December")})]


def test_the_connector_is_found_by_its_name() -> None:
    plugins = PluginManager({"mydesk": listing("feedbackloop_mydesk.py")})
    assert [plugin.skipped for plugin in plugins.plugins] == [None]
    assert "mydesk" in plugins.connectors


def test_the_connector_reads_all_pages_and_goes_on_from_its_cursor(desk: str) -> None:
    connector = connect(desk)

    pages = list(connector.pull(connector.start(None)))
    Desk.tickets.append(dict(Desk.tickets[0], id=4))
    later = list(connector.pull(pages[-1].cursor))

    assert [[item.id for item in page.items] for page in pages] == [["1", "2"], ["3"]]
    assert [page.caught_up for page in pages] == [False, True]
    assert [item.id for page in later for item in page.items] == ["4"]


def test_the_connector_sets_a_bad_record_aside_and_reads_the_rest(desk: str) -> None:
    Desk.tickets[0] = {"id": 1, "from": 7, "created": "yesterday", "text": ""}
    connector = connect(desk)

    pages = list(connector.pull(""))

    assert [rejected.record for page in pages for rejected in page.rejected] == ["1"]
    assert [item.id for page in pages for item in page.items] == ["2", "3"]


def test_the_connector_finds_what_it_wrote(desk: str) -> None:
    connector = connect(desk)
    action = Action(id="act-1", key="key-1", kind=ActionKind.NOTE, source="desk", item="1", text="gap")

    before = connector.find(action)
    receipt = connector.push(action)

    assert before is None
    assert connector.find(action).external_id == receipt.external_id == "1"
    assert Desk.notes[0]["text"] == "gap"


def test_the_connector_says_who_it_is_signed_in_as(desk: str) -> None:
    (check,) = connect(desk).check()
    assert (check.ok, check.detail) == (True, "signed in as Loop")
