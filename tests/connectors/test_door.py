"""Is a login made when it is needed, renewed when it runs out or is refused, and never asked for in vain?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from feedbackloop.errors import Fatal, Refused
from feedbackloop.http import Denied, Http
from feedbackloop_connectors.door import EARLY_SECONDS, LASTING, UNNAMED_SECONDS, Door, Pass, access_token, lasting
from loopback import Call, Loopback, Reply


class Site:
    """Lets in whoever has the newest of its passes; `token` is what it answers to those who ask for one."""

    def __init__(self) -> None:
        self.given = 0
        self.good = "Bearer 1"
        self.token: object = {}

    def answer(self, call: Call) -> Reply:
        if call.path == "/token":
            return self.token if isinstance(self.token, Reply) else Reply(200, self.token)
        return Reply(200 if call.headers.get("Authorization") == self.good else 401, {})

    def login(self, seconds: float = 100) -> Pass:
        self.given += 1
        return Pass(f"Bearer {self.given}", seconds, 1)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def server(site: Site) -> Iterator[Loopback]:
    with closing(Loopback(site)) as running:
        yield running


def door(site: Site, server: Loopback, seconds: float = 100) -> tuple[Door, list[float]]:
    """Give a door, and the time that its clock shows."""
    now = [0.0]
    made = Door(lambda: site.login(seconds), lambda value: Http(server.url, authorization=value), clock=lambda: now[0])
    return made, now


def test_a_pass_is_had_once_and_renewed_before_it_runs_out(site: Site, server: Loopback) -> None:
    made, now = door(site, server, seconds=100)
    made.call("GET", "/rows")
    now[0] = 100 - EARLY_SECONDS - 1
    made.call("GET", "/rows")
    assert (site.given, made.requests_made) == (1, 3)  # a pass, two calls
    site.good, now[0] = "Bearer 2", 100 - EARLY_SECONDS
    made.call("GET", "/rows")
    assert (site.given, made.requests_made) == (2, 5)


def test_a_pass_that_is_refused_before_its_time_is_renewed_once(site: Site, server: Loopback) -> None:
    made, _ = door(site, server)
    made.call("GET", "/rows")
    site.good = "Bearer 2"
    made.call("GET", "/rows")
    site.good = "nobody"
    with pytest.raises(Denied):
        made.call("GET", "/rows")
    assert site.given == 3


def test_a_fresh_pass_that_is_refused_is_not_asked_for_again(site: Site, server: Loopback) -> None:
    site.good = "nobody"
    made, _ = door(site, server)
    with pytest.raises(Denied):
        made.call("GET", "/rows")
    assert site.given == 1


def test_a_key_that_does_not_run_out_is_refused_once(site: Site, server: Loopback) -> None:
    made = Door(lasting("Bearer 1"), lambda value: Http(server.url, authorization=value))
    made.call("GET", "/rows")
    site.good = "nobody"
    with pytest.raises(Denied):
        made.call("GET", "/rows")
    assert len(server.calls) == 2
    assert lasting("Bearer 1")().seconds == LASTING


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"access_token": "t", "expires_in": 3599}, ("t", 3599.0)),
        ({"access_token": "t", "expires_in": "3599"}, ("t", 3599.0)),
        ({"access_token": "t"}, ("t", UNNAMED_SECONDS)),
        ({"access_token": "t", "expires_in": "soon"}, ("t", UNNAMED_SECONDS)),
        ({"access_token": "t", "expires_in": True}, ("t", UNNAMED_SECONDS)),
    ],
)
def test_a_token_lasts_as_long_as_the_answer_says(
    site: Site, server: Loopback, said: object, expected: tuple[str, float]
) -> None:
    site.token = said
    assert access_token(Http(server.url), "/token", {"grant_type": "client_credentials"}, fix="") == expected
    assert server.calls[-1].headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("said", "error"),
    [
        (Reply(400, {"error": "invalid_client"}), Refused),
        ({"token": "t"}, Fatal),
        ([], Fatal),
        ({"access_token": ""}, Fatal),
    ],
)
def test_an_answer_without_a_token_says_what_to_do(
    site: Site, server: Loopback, said: object, error: type[Exception]
) -> None:
    site.token = said
    with pytest.raises(error, match=r"look at client_id|is it the right address"):
        access_token(Http(server.url), "/token", {}, fix="look at client_id")
