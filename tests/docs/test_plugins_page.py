"""Do the plugin and the connector that the docs show really work, and does the connector keep the contract?"""

from __future__ import annotations

import importlib.util
import re
import sys
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.hookspecs import Veto
from feedbackloop.manager import PluginManager
from feedbackloop.records import Action, ActionKind, FollowUp
from feedbackloop.settings import Settings

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "plugins.md").read_text(encoding="utf-8")
TOKEN = "token-of-the-test"
DECEMBER = datetime(2026, 12, 5, tzinfo=UTC)
TICKET = {
    "id": "1",
    "from": 7,
    "created": "2026-11-02T09:00:00",
    "messages": [{"id": "m1", "at": "2026-11-02T09:00:00", "text": "Late again"}],
}


def listing(name: str) -> types.ModuleType:
    """Run a file that the page shows in full, as a module of its name."""
    found = re.search(rf"```python\n# {re.escape(name)}\n(.+?)\n```", PAGE, re.DOTALL)
    assert found, f"the page does not show {name}"
    module = types.ModuleType(name.removesuffix(".py"))
    sys.modules[module.__name__] = module
    exec(compile(found[1], name, "exec"), module.__dict__)
    return module


def beside(name: str) -> types.ModuleType:
    """Import a module that lies beside this one, where the page's own import finds it."""
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


fakedesk = beside("fakedesk")
mydesk = listing("feedbackloop_mydesk.py")
page_tests = listing("test_mydesk.py")

TestMyDesk = page_tests.TestMyDesk
"""The contract's tests run here over the page's connector, as the page tells its reader to do."""


@pytest.fixture
def desk() -> Iterator[Any]:
    with fakedesk.FakeDesk(TOKEN) as running:
        yield running


def connect(desk: Any) -> Any:
    return page_tests.MyDeskForTests(desk).connect()


def test_the_smallest_plugin_vetoes_follow_ups_in_december() -> None:
    plugins = PluginManager({"december": listing("feedbackloop_december.py")})
    drafts = [
        FollowUp(id=name, item="desk/1", customer=None, cause="", language="en", text="", created_at=at)
        for name, at in (("fu-1", DECEMBER), ("fu-2", DECEMBER.replace(month=1)))
    ]

    answers = plugins.each("before_plan", tasks=[], follow_ups=drafts, settings=Settings())

    assert answers == [("december", {"fu-1": Veto("frozen in December")})]


def test_the_connector_is_found_by_its_name() -> None:
    plugins = PluginManager({"mydesk": mydesk})
    assert [plugin.skipped for plugin in plugins.plugins] == [None]
    assert "mydesk" in plugins.connectors


def test_the_connector_sets_a_bad_record_aside_and_reads_the_rest(desk: Any) -> None:
    desk.change(TICKET | {"created": "yesterday"})
    desk.change(TICKET | {"id": "2"})

    pages = list(connect(desk).pull("0"))

    assert [rejected.record for page in pages for rejected in page.rejected] == ["1"]
    assert [item.id for page in pages for item in page.items] == ["2"]


def test_the_connector_finds_what_it_wrote(desk: Any) -> None:
    desk.change(TICKET)
    connector = connect(desk)
    action = Action(id="act-1", key="key-1", kind=ActionKind.NOTE, source="desk", item="1", text="gap")

    before = connector.find(action)
    receipt = connector.push(action)

    assert before is None
    assert connector.find(action) == receipt
    assert desk.notes[0]["text"] == "gap"


def test_the_connector_says_who_it_is_signed_in_as_or_what_to_do(desk: Any) -> None:
    connector = connect(desk)
    (well,) = connector.check()
    desk.token = "another"
    (refused,) = connector.check()

    assert (well.ok, well.detail) == (True, "signed in as Loop")
    assert (refused.ok, refused.fix) == (False, "look at base_url and token")
