"""Do the example configs read and write the helpdesks that they describe? Against real ones, where the environment names them.

    export FEEDBACKLOOP_REDMINE="http://127.0.0.1:18084 KEY" FEEDBACKLOOP_ROUNDUP="http://127.0.0.1:18085 PASSWORD"
    pytest tests/connectors/test_rest_live.py

Name only installations for tests: issues are made there.
"""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests

from feedbackloop import config
from feedbackloop.connector import Context
from feedbackloop.errors import Refused
from feedbackloop.settings import Settings
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.rest.connector import Rest

EXAMPLES = Path(__file__).parents[2] / "examples" / "rest"
CHINESE = "说好三天到货，结果等了一个星期。👍"


def live(name: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, Settings]:
    """Give address, secret and the example's config, pointed at the running system."""
    named = os.environ.get(f"FEEDBACKLOOP_{name.upper()}")
    if not named:
        pytest.skip(f"FEEDBACKLOOP_{name.upper()} names no running {name}")
    address, secret = named.split()
    monkeypatch.setenv(variable, secret)
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    path = tmp_path / "feedbackloop.toml"
    path.write_text(re.sub(r"https://(redmine|tracker)\.example\.com", address, text), encoding="utf-8")
    return address, secret, config.load(path)


def opened(settings: Settings, name: str) -> Rest:
    options = config.validate_options(Rest.Options, settings.sources[name], f"sources.{name}")
    return Rest(options, Context(name))  # type: ignore[arg-type]


class Redmine:
    """What a customer or an agent does there."""

    def __init__(self, address: str, key: str) -> None:
        self.address, self.headers = address, {"X-Redmine-API-Key": key}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, self.address + path, json=body, headers=self.headers, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content.strip() else None

    def open(self, text: str, **more: Any) -> str:
        fields = [{"id": 1, "value": "2"}, {"id": 3, "value": "ann@example.org"}]
        issue = {"project_id": "support", "subject": "Late", "description": text, "custom_fields": fields} | more
        return str(self.call("POST", "/issues.json", {"issue": issue})["issue"]["id"])


@pytest.fixture
def redmine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Redmine, Settings]:
    address, key, settings = live("redmine", "REDMINE_KEY", tmp_path, monkeypatch)
    return Redmine(address, key), settings


def test_redmine_is_read_whole_and_then_only_what_changed(redmine: tuple[Redmine, Settings]) -> None:
    desk, settings = redmine
    names = [desk.open(f"{CHINESE} {number}") for number in range(4)]  # several in one second
    desk.call("PUT", f"/issues/{names[0]}.json", {"issue": {"notes": "We are sorry.", "private_notes": False}})
    shelf = Shelf().pull(opened(settings, "redmine"))
    first = shelf.items[names[0]]

    assert [shelf.texts()[name] for name in names] == [[f"{CHINESE} {number}"] for number in range(4)]
    assert [(one.author, one.public) for one in first.messages] == [("customer", True), ("agent", True)]
    assert (first.ratings[0].value, first.customer.email, first.status) == (2.0, "ann@example.org", "new")
    assert not shelf.rejected

    desk.call("PUT", f"/issues/{names[1]}.json", {"issue": {"notes": "Anything else?"}})
    before = len(shelf.yielded)
    shelf.pull(opened(settings, "redmine"))
    assert len(shelf.items[names[1]].messages) == 2
    assert names[1] in {one.id for one in shelf.yielded[before:]}


def test_redmine_notes_tags_and_tasks_are_written_once(redmine: tuple[Redmine, Settings]) -> None:
    desk, settings = redmine
    name = desk.open("Late", custom_fields=[{"id": 2, "value": "vip"}])
    key = uuid.uuid4().hex
    written = {}
    for kind in ("note", "tag", "task"):
        item = "" if kind == "task" else name
        asked = action(kind, item, key=f"{kind}:{key}", text=CHINESE, tags=("fbl-a",), title="Deliver in time")
        assert opened(settings, "redmine").find(asked) is None
        written[kind] = opened(settings, "redmine").push(asked)
        assert opened(settings, "redmine").find(asked) == written[kind]

    issue = desk.call("GET", f"/issues/{name}.json?include=journals")["issue"]
    (note,) = [one for one in issue["journals"] if one["notes"]]
    assert note["private_notes"] is True
    assert note["notes"].startswith(CHINESE)
    assert next(one["value"] for one in issue["custom_fields"] if one["id"] == 2) == "vip, fbl-a"

    task = written["task"].external_id
    source = opened(settings, "redmine")
    assert [state.status for state in source.task_status([task, "999999"])] == ["open", "missing"]
    desk.call("PUT", f"/issues/{task}.json", {"issue": {"status_id": 5}})
    state = desk.call("GET", f"/issues/{task}.json")["issue"]["status"]["name"]
    assert source.task_status([task])[0].status == ("done" if state in {"Closed", "Resolved"} else "open")
    shelf = Shelf().pull(opened(settings, "redmine"))
    assert [one.own for one in shelf.items[name].messages] == [False, True]
    assert task not in shelf.items


def test_redmine_a_wrong_key_is_noticed_although_it_answers_200(
    redmine: tuple[Redmine, Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, settings = redmine
    monkeypatch.setenv("REDMINE_KEY", "0" * 40)
    assert settings.path
    wrong = config.load(settings.path)
    assert requests.get(f"{desk.address}/issues.json", headers={"X-Redmine-API-Key": "0" * 40}, timeout=30).ok
    with pytest.raises(Refused):
        Shelf().pull(opened(wrong, "redmine"))
    assert not opened(wrong, "redmine").check()[0].ok


class Roundup:
    """What a customer or an agent does there."""

    def __init__(self, address: str, password: str) -> None:
        self.address, self.login = address, ("feedbackbot", password)

    def post(self, kind: str, body: dict[str, Any]) -> str:
        headers = {"X-Requested-With": "rest", "Origin": self.address, "Referer": f"{self.address}/"}
        answer = requests.post(
            f"{self.address}/rest/data/{kind}", json=body, auth=self.login, headers=headers, timeout=30
        )
        answer.raise_for_status()
        return str(answer.json()["data"]["id"])

    def open(self, *texts: str) -> str:
        words = [self.post("msg", {"content": text, "author": "3", "date": "2026-11-20.10:00:00"}) for text in texts]
        return self.post("issue", {"title": "Late", "messages": words, "customer_email": "ann@example.org", "csat": 2})


@pytest.fixture
def roundup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Roundup, Settings]:
    address, password, settings = live("roundup", "ROUNDUP_PASSWORD", tmp_path, monkeypatch)
    return Roundup(address, password), settings


def test_roundup_is_read_whole_and_then_only_what_changed(roundup: tuple[Roundup, Settings]) -> None:
    desk, settings = roundup
    name = desk.open(CHINESE, "We are sorry.")
    shelf = Shelf().pull(opened(settings, "roundup"))
    found = shelf.items[name]

    assert shelf.texts()[name] == [CHINESE]
    assert [one.author for one in found.messages] == ["customer", "agent"]
    assert (found.ratings[0].value, found.customer.email, found.status) == (2.0, "ann@example.org", "new")
    assert not shelf.rejected

    later = desk.open("Later")
    shelf.pull(opened(settings, "roundup"))
    assert shelf.texts()[later] == ["Later"]


def test_roundup_a_reply_is_written_and_comes_back_as_ours(roundup: tuple[Roundup, Settings]) -> None:
    desk, settings = roundup
    name = desk.open(CHINESE)
    asked = action("reply", name, key=uuid.uuid4().hex, text=CHINESE)
    source = opened(settings, "roundup")
    receipt = source.push(asked)
    thread = Shelf().pull(opened(settings, "roundup")).items[name].messages

    assert [(one.author, one.own) for one in thread] == [("customer", False), ("agent", True)]
    assert thread[1].id == receipt.external_id
    assert thread[1].text.startswith(CHINESE)
    with pytest.raises(NotImplementedError):
        source.find(asked)


def test_roundup_an_unknown_account_is_refused(roundup: tuple[Roundup, Settings]) -> None:
    _, settings = roundup
    settings.sources["roundup"]["username"] = "nobody"  # a wrong password would lock the right account for minutes
    with pytest.raises(Refused):
        Shelf().pull(opened(settings, "roundup"))
    assert not opened(settings, "roundup").check()[0].ok
