"""Does a tap that nobody here wrote run behind the bridge? Singer's own tap-github, over a small GitHub on a loopback address.

FEEDBACKLOOP_TAP_GITHUB names the virtual environment in which it is installed:

    python -m venv DIR && DIR/bin/pip install tap-github

FEEDBACKLOOP_TAP_GITHUB_ISSUES is how many issues to read (300).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import pytest

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal
from feedbackloop.testing import Shelf
from feedbackloop_connectors.singer.connector import Singer
from loopback_rest import Call, LoopbackRest, Reply

VENV = os.environ.get("FEEDBACKLOOP_TAP_GITHUB", "")
COUNT = int(os.environ.get("FEEDBACKLOOP_TAP_GITHUB_ISSUES", "300"))
pytestmark = [
    pytest.mark.shared,
    pytest.mark.slow,
    pytest.mark.skipif(not VENV, reason="FEEDBACKLOOP_TAP_GITHUB names no environment with tap-github"),
]
ITEM = {
    "id": "number",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "subject": "title",
    "status": "state",
    "url": "html_url",
    "customer.id": "user.id",
    "customer.name": "user.login",
    "messages": "[[{id: 'body', by: user.id, at: created_at, text: body}],"
    " sort_by(thread || `[]`, &created_at)[].{id: id, by: user.id, at: created_at, text: body}][]",
}


class GitHub:
    """Issues and comments of one repository, as far as the tap asks."""

    def __init__(self, issues: int) -> None:
        self.server = LoopbackRest(self.answer)
        self.issues = [self.issue(number) for number in range(1, issues + 1)]
        self.comments = [self.comment(number, number, "三天了还没到。") for number in range(1, issues + 1, 3)]

    def issue(self, number: int) -> dict[str, Any]:
        at = f"2026-11-{1 + number % 20:02d}T{number % 24:02d}:{number % 60:02d}:00Z"
        address = f"{self.server.base_url}/repos/acme/shop/issues/{number}"
        return {
            "id": 9000 + number,
            "number": number,
            "url": address,
            "html_url": address,
            "title": "Late",
            "body": "You promised 24 hours.",
            "state": "open",
            "user": {"login": f"customer-{number % 7}", "id": number % 7},
            "created_at": at,
            "updated_at": at,
        }

    def comment(self, number: int, issue: int, text: str, at: str = "2026-11-21T10:00:00Z") -> dict[str, Any]:
        address = f"{self.server.base_url}/repos/acme/shop/issues/{issue}"
        row = {"id": 70000 + number, "issue_url": address, "body": text, "user": {"login": "x", "id": issue % 7}}
        return row | {"created_at": at, "updated_at": at, "url": f"{address}#c{number}"}

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != "token gh-secret":
            return Reply(401, {"message": "Bad credentials"})
        rows = {"/issues": self.issues, "/issues/comments": self.comments}.get(
            call.path.removeprefix("/repos/acme/shop"), []
        )
        since, page = call.one("since"), int(call.one("page", "1"))
        found = sorted((row for row in rows if row["updated_at"] >= since), key=lambda row: row["updated_at"])[::-1]
        headers = {"X-RateLimit-Remaining": "5000", "X-RateLimit-Reset": "0"}
        if len(found) > page * 100:
            query = "&".join(f"{name}={call.one(name)}" for name in call.params if name != "page")
            headers["Link"] = f'<{self.server.base_url}{call.path}?{query}&page={page + 1}>; rel="next"'
        return Reply(200, found[(page - 1) * 100 : page * 100], headers)


@pytest.fixture
def github() -> Iterator[GitHub]:
    made = GitHub(COUNT)
    yield made
    made.server.close()


def connector(github: GitHub, *, threads: bool, token: str = "gh-secret") -> Singer:
    config = {"base_url": github.server.base_url, "repository": "acme/shop", "start_date": "2026-01-01T00:00:00Z"}
    thread = {"name": "thread", "stream": "comments", "key": "issue_url", "of": "url"}
    stream = {"name": "issues", "item": ITEM, "also": [thread] if threads else []}
    described = {
        "connector": "singer",
        "command": ["tap-github"],
        "venv": VENV,
        "config": config,
        "catalog_flag": "--properties",
    }
    secrets = {"secrets": {"access_token": token}, "streams": [stream]}
    return Singer(Singer.Options.model_validate(described | secrets), Context("issues"))


@pytest.mark.parametrize("threads", [False, True])
def test_a_tap_from_the_index_is_read_and_goes_on(github: GitHub, threads: bool) -> None:
    began = time.monotonic()
    shelf = Shelf().pull(connector(github, threads=threads))
    seconds = time.monotonic() - began
    assert len(shelf.items) == COUNT
    assert shelf.texts()["1"] == ["You promised 24 hours.", *(["三天了还没到。"] if threads else [])]
    github.comments.append(github.comment(99999, 2, "Still late.", "2026-11-22T01:00:00Z"))
    github.issues[1]["updated_at"] = "2026-11-22T01:00:00Z"
    count, calls, began = len(shelf.yielded), len(github.server.calls), time.monotonic()
    shelf.pull(connector(github, threads=threads))
    print(
        f"\n{COUNT} issues, threads {threads}: {seconds:.1f} s; then {time.monotonic() - began:.1f} s,"
        f" {len(shelf.yielded) - count} items, {len(github.server.calls) - calls} calls"
    )
    again = [item.id for item in shelf.yielded[count:]]
    assert "2" in again
    assert len(again) <= 3
    assert shelf.texts()["2"] == ["You promised 24 hours.", *(["Still late."] if threads else [])]
    assert not shelf.rejected


def test_a_wrong_token_is_told_in_the_taps_own_words(github: GitHub) -> None:
    with pytest.raises(Fatal, match="401"):
        Shelf().pull(connector(github, threads=False, token="another"), attempts=1)
