"""What the Zendesk connector says of itself: options, abilities, `check`, and how it is registered."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedbackloop.connector import Ability, Check, Context
from feedbackloop.errors import Fatal
from feedbackloop.testing.helpdesk import TOKEN, Helpdesk
from feedbackloop.testing.helpdesk_faults import Fault, html_page
from feedbackloop_connectors import zendesk as package
from feedbackloop_connectors.zendesk.connector import Zendesk
from feedbackloop_connectors.zendesk.cursor import Cursor


@pytest.fixture
def desk() -> Iterator[Helpdesk]:
    with Helpdesk() as listening:
        yield listening


def check(desk: Helpdesk, **options: object) -> dict[str, Check]:
    source = Zendesk(Zendesk.Options(**desk.options(**options)), Context("support"))
    try:
        return {line.name: line for line in source.check()}
    finally:
        source.close()


def test_a_healthy_account_is_described(desk: Helpdesk) -> None:
    lines = check(desk, task_group="Improvements")
    assert all(line.ok for line in lines.values())
    assert lines["login"].detail == "Feedback loop <loop@acme.example>, admin"
    assert lines["ratings"].detail == "open: satisfaction_ratings, survey_responses"
    assert lines["task group"].detail == "id 8"
    assert lines["rate budget"].detail == "700 of 700 calls left this minute"
    assert desk.journal.writes == []


@pytest.mark.parametrize(("locked", "said"), [({"survey_responses"}, "open: satisfaction_ratings"), (set(), "open: ")])
def test_one_locked_form_of_ratings_is_no_fault(desk: Helpdesk, locked: set[str], said: str) -> None:
    desk.behaviour.locked = frozenset(locked)
    line = check(desk)["ratings"]
    assert line.ok
    assert line.detail.startswith(said)


def test_wrong_credentials_end_the_list_with_what_to_do(desk: Helpdesk) -> None:
    lines = check(desk, api_token="another-wrong-token")
    assert list(lines) == ["login"]
    assert not lines["login"].ok
    assert "another-wrong-token" not in str(lines)
    assert "token access" in (lines["login"].fix or "")


def test_a_missing_right_to_export_names_the_right(desk: Helpdesk) -> None:
    desk.behaviour.locked = frozenset({"incremental"})
    line = check(desk)["export"]
    assert (line.ok, "admins only" in (line.fix or "")) == (False, True)


def test_an_unknown_group_is_named(desk: Helpdesk) -> None:
    line = check(desk, task_group="Nobody")["task group"]
    assert (line.ok, "'Nobody'" in line.detail) == (False, True)


def test_a_clock_that_is_off_is_said(desk: Helpdesk) -> None:
    desk.clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    assert not check(desk)["clock"].ok


def test_an_address_that_is_no_zendesk_is_said(desk: Helpdesk) -> None:
    desk.faults.add(html_page("/users/me"))
    lines = check(desk)
    assert (list(lines), lines["address"].ok) == (["address"], False)


def test_an_anonymous_welcome_is_no_login(desk: Helpdesk) -> None:
    desk.route("GET", "/api/v2/users/me.json", lambda query: {"user": {"id": None}})
    lines = check(desk)
    assert (lines["login"].ok, list(lines)) == (False, ["address", "login"])


def test_an_account_without_any_ratings_is_sound(desk: Helpdesk) -> None:
    desk.behaviour.locked = frozenset({"satisfaction_ratings", "survey_responses"})
    assert check(desk)["ratings"].detail.startswith("none")


def test_one_failing_part_does_not_hide_the_others(desk: Helpdesk) -> None:
    desk.faults.add(html_page("/incremental"), Fault("answer", body="<html>", path="/survey_responses"))
    lines = check(desk)
    assert [name for name, line in lines.items() if not line.ok] == ["export", "survey_responses"]


# --- options ---------------------------------------------------------------------------------------------------------

BASE = {"connector": "zendesk", "base_url": "https://acme.zendesk.com"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "oauth_token, or email and api_token"),
        ({"email": "a@b.example"}, "oauth_token, or email and api_token"),
        ({"api_token": "x" * 20}, "oauth_token, or email and api_token"),
        ({"oauth_token": "x", "page_size": 1001}, "less than or equal to 1000"),
        ({"oauth_token": "x", "incremental_requests_per_minute": -1}, "greater than or equal to 0"),
        ({"oauth_token": "x", "ratings_lookback": "long"}, "is not a duration"),
        ({"oauth_token": "x", "subdomain": "acme"}, "Extra inputs"),
    ],
)
def test_options_that_cannot_work_are_refused_in_words(more: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Zendesk.Options(**BASE, **more)


def test_either_login_makes_its_header(desk: Helpdesk) -> None:
    bearer = {"email": None, "api_token": None, "oauth_token": TOKEN}
    assert check(desk, **bearer)["login"].ok


def test_no_secret_stands_in_the_options_text() -> None:
    assert "hidden-token" not in repr(Zendesk.Options(**BASE, oauth_token="hidden-token"))


def test_plain_http_to_another_host_is_refused() -> None:
    with pytest.raises(Fatal, match="plain http"):
        Zendesk(Zendesk.Options(connector="zendesk", base_url="http://acme.zendesk.com", oauth_token="x"), Context("s"))


@pytest.mark.parametrize(
    ("base_url", "proxy", "expected"),
    [
        ("http://127.0.0.1:1", None, True),
        ("http://127.0.0.1:1", "http://far.example", False),
        ("https://acme.zendesk.com", None, False),
    ],
)
def test_only_a_loopback_desk_is_local(base_url: str, proxy: str | None, expected: bool) -> None:
    options = Zendesk.Options(connector="zendesk", base_url=base_url, proxy=proxy, oauth_token="x")
    assert Zendesk(options, Context("s")).is_local is expected


def test_abilities_are_declared() -> None:
    assert Zendesk.abilities == set(Ability) - {Ability.WEBHOOKS}


def test_the_connector_is_registered_and_loaded_only_then() -> None:
    assert package.register_connectors() == [Zendesk]
    code = "import feedbackloop_connectors.zendesk, sys; print('requests' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"], capture_output=True, text=True
    )
    assert done.stdout.strip() == "False"


# --- small parts -----------------------------------------------------------------------------------------------------

seconds = st.none() | st.integers(0, 4_000_000_000)


@given(st.builds(Cursor, st.integers(0, 4_000_000_000), st.none() | st.text(), seconds, seconds))
def test_a_cursor_reads_back_as_it_was_written(cursor: Cursor) -> None:
    assert Cursor.read(str(cursor)) == cursor
