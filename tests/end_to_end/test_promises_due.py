"""What an agent promised is watched against the clock: kept, broken, open, and asked for before it is due."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from file_desk import Typed, write

SAID_AT = "2026-11-19T10:00:00Z"  # a Thursday
MONDAY = ("--now", "2026-11-23T09:00:00Z")


def promised(ident: str, words: str, *later: tuple[str, str, str]) -> dict[str, object]:
    messages = [
        {"id": "m1", "author": "customer", "at": "2026-11-19T09:00:00Z", "text": "Where is my parcel?"},
        {"id": "m2", "author": "agent", "at": SAID_AT, "public": True, "text": words},
        *({"id": f"m{n}", "author": who, "at": at, "text": text} for n, (who, at, text) in enumerate(later, 3)),
    ]
    customer = {"id": f"c-{ident}", "email": f"{ident}@example.com"}
    fields = {"id": ident, "kind": "ticket", "status": "open", "created_at": "2026-11-19T09:00:00Z"}
    return {**fields, "customer": customer, "messages": messages}


@pytest.fixture
def watched(typed: Typed, desk: Path) -> Typed:
    write(
        desk,
        promised("due", "We will ship it within 3 working days."),  # Fri Mon Tue: due on Tuesday
        promised("later", "We will ship it within 2 weeks."),
        promised(
            "kept", "We will ship it tomorrow.", ("customer", "2026-11-20T12:00:00Z", "The parcel arrived, thanks!")
        ),
        promised("broken", "I will call you tomorrow.", ("customer", "2026-11-22T12:00:00Z", "Nobody called me.")),
    )
    done = typed("run", *MONDAY)
    assert done.code == 0, done.err
    return typed


def exported(typed: Typed, *options: str) -> dict[str, dict[str, str]]:
    rows = [json.loads(line) for line in typed("export", "promises", *options).out.splitlines()]
    return {row["item_id"].partition("/")[2]: row for row in rows}


def test_each_promise_has_its_state_and_what_shows_it(watched: Typed) -> None:
    rows = exported(watched)
    assert {item: row["state"] for item, row in rows.items()} == {
        "due": "open",
        "later": "open",
        "kept": "kept",
        "broken": "broken",
    }
    assert "arrived" in rows["kept"]["evidence"]
    assert "Nobody called" in rows["broken"]["evidence"]
    assert rows["due"]["due_at"] == "2026-11-24T10:00:00Z"


def test_what_falls_due_in_a_span_can_be_asked_for(watched: Typed) -> None:
    assert list(exported(watched, "--since", "2026-11-23", "--until", "2026-11-30")) == ["due"]
    assert list(exported(watched, "--since", "2026-11-30")) == ["later"]


def test_the_digest_names_what_falls_due(watched: Typed) -> None:
    page = watched("digest", "--week", "2026-W47", *MONDAY).out
    assert "We will ship it within 3 working days" in page
    assert "promised by an agent on Thu 19 Nov" in page
    assert "We will ship it within 2 weeks" not in page
