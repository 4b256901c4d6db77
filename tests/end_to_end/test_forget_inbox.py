"""Forgetting a person reaches the deliveries that wait in an inbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from feedbackloop.connector import Context
from feedbackloop_connectors.signatures import SCHEMES, sign
from feedbackloop_connectors.webhook.connector import Webhook
from file_desk import Typed

DESCRIPTION = {
    "connector": "webhook",
    "scheme": "github",
    "secret": "hook-secret",
    "each": "tickets",
    "item": {"id": "id", "created_at": "at", "customer.id": "who", "messages": "messages"},
}
CONFIG = """
[sources.hooks]
connector = "webhook"
scheme = "github"
secret = { env = "HOOK_SECRET" }
each = "tickets"
item = { id = "id", created_at = "at", "customer.id" = "who", messages = "messages" }
"""


def deliver(folder: Path, *numbers: int) -> None:
    """Let the system send tickets, one of each customer."""
    body = json.dumps({"tickets": [ticket(number) for number in numbers]}).encode()
    connector = Webhook(Webhook.Options.model_validate(DESCRIPTION), Context("hooks", folder=str(folder)))
    assert connector.accept(sign(SCHEMES["github"], "hook-secret", body, id=f"d-{numbers}", timestamp=""), body)


def ticket(number: int) -> dict[str, object]:
    said = {"id": "m", "author": "customer", "at": "2026-11-02T09:00:00Z", "text": f"I am number {number}."}
    return {"id": number, "at": "2026-11-02T09:00:00Z", "who": f"c-{number}", "messages": [said]}


@pytest.fixture
def hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOOK_SECRET", "hook-secret")
    (tmp_path / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def test_read_deliveries_of_a_forgotten_person_go(typed: Typed, hooks: Path) -> None:
    deliver(hooks, 1)
    deliver(hooks, 2)
    assert typed("pull").code == 0
    done = typed("forget", "--customer", "hooks/c-1", "--json")
    assert (done.code, done.json["erased"]["copies_in_inboxes"], done.json["failures"]) == (0, 1, [])
    assert len(list((hooks / "webhooks" / "hooks" / "deliveries").glob("*.json"))) == 1


def test_what_has_to_be_read_first_is_said_and_goes_then(typed: Typed, hooks: Path) -> None:
    deliver(hooks, 1)
    assert typed("pull").code == 0
    deliver(hooks, 1, 2)
    first = typed("forget", "--customer", "hooks/c-1")
    assert first.code == 1
    assert "hooks: 1 deliveries in" in first.err
    assert typed("pull").code == 0
    assert typed("pull").code == 0
    items = typed("export", "items").out
    assert ("I am number 2." in items, "I am number 1." in items) == (True, False)
    assert list((hooks / "webhooks" / "hooks" / "deliveries").glob("*.json")) == []


def test_a_connector_that_breaks_does_not_hide_what_was_erased(
    typed: Typed, hooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Webhook, ids: Sequence[str], cursor: str) -> int:
        raise KeyError("no such shelf")

    deliver(hooks, 1)
    assert typed("pull").code == 0
    monkeypatch.setattr(Webhook, "erase_copies", broken)
    done = typed("forget", "--customer", "hooks/c-1", "--json")
    assert (done.code, done.json["erased"]["items"]) == (1, 1)
    assert [(one["source"], one["error"]) for one in done.json["failures"]] == [("hooks", "KeyError: 'no such shelf'")]
