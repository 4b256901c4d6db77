"""What do all desks do alike that are asked what changed since?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatwoot_desk import ChatwootSystem
from feedbackloop.connector import Ability
from feedbackloop.errors import Fatal, Refused, UnknownOutcome
from feedbackloop.testing.makers import action
from feedbackloop_connectors.desk_since.cursor import OVERLAP, Place, SinceCursor
from feedbackloop_connectors.desk_since.dialect import named
from feedbackloop_connectors.desk_since.markup import as_html, as_words
from feedbackloop_connectors.signatures import SCHEMES, sign
from freshdesk_desk import FreshdeskSystem
from github_desk import GitHubSystem
from help_scout_desk import HelpScoutSystem
from imitation import ImitatedSystem
from intercom_desk import IntercomSystem
from jira_sm_desk import JiraSystem
from zammad_desk import ZammadSystem

SYSTEMS: list[type[ImitatedSystem]] = [
    FreshdeskSystem, ZammadSystem, ChatwootSystem, IntercomSystem, GitHubSystem, HelpScoutSystem, JiraSystem,
]  # fmt: skip
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


# --- words and HTML -------------------------------------------------------------------------------------------------------


@given(
    st.text(alphabet=st.characters(blacklist_categories=("Cs",), blacklist_characters="\r")).map(
        lambda t: t.strip("\n ")
    )
)
def test_words_come_back_from_html(words: str) -> None:
    """But where they name what only rich markup has; that is handed on as it is."""
    markup = as_html(words)
    assert "<" not in markup.replace("<br>", "")
    if as_words(markup) != markup or "&" not in markup:
        assert as_words(markup).split() == words.split()


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("<div>One<br>Two</div>", "One\nTwo"),
        ("1 &lt; 2 &amp; 3 &gt; 2", "1 < 2 & 3 > 2"),
        ("<p>说好 <b>三天</b></p>", "说好 三天"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("a < b", "a < b"),
        ("", ""),
    ],
)
def test_plain_markup_is_read_as_words(markup: str, words: str) -> None:
    assert as_words(markup) == words


@pytest.mark.parametrize(
    "markup", ["<blockquote>You said</blockquote>No", '<div class="gmail_quote">x</div>', "<table><tr></table>"]
)
def test_rich_markup_is_left_to_the_cleaning(markup: str) -> None:
    assert as_words(markup) == markup


# --- the cursor -----------------------------------------------------------------------------------------------------------


def test_a_place_forgets_what_lies_behind_the_overlap() -> None:
    """120 seconds are kept: twice the 60 that the next pull goes back."""
    place = Place().after(NOON, {"1": NOON - timedelta(seconds=121), "2": NOON - timedelta(seconds=119), "3": NOON})
    assert place.known.keys() == {"2", "3"} and place.since == NOON - OVERLAP


def test_a_place_never_goes_back() -> None:
    assert Place(NOON).after(NOON - timedelta(days=1), {}).at == NOON


def test_a_first_pull_begins_at_the_start_and_at_no_earlier_second() -> None:
    assert SinceCursor.first(NOON).tickets.since == NOON
    assert SinceCursor.first(None) == SinceCursor()


@pytest.mark.parametrize("text", ["7", '{"tickets": 5}', '{"tickets": {"at": "yesterday"}}', "\x00"])
def test_a_foreign_cursor_is_refused_in_words(text: str) -> None:
    system = FreshdeskSystem()
    with pytest.raises(Fatal, match="state reset"):
        list(system.connect().pull(text))
    system.close()


# --- pulls and writes -----------------------------------------------------------------------------------------------------


@pytest.fixture(params=SYSTEMS, ids=lambda kind: kind.kind.name)
def system(request: pytest.FixtureRequest) -> Any:
    system = request.param()
    yield system
    system.close()


def test_what_was_created_later_waits_and_comes_in_the_next_pull(system: ImitatedSystem) -> None:
    """Although the list went on behind it, hours later."""
    old = str(system.desk.open("Late.").id)
    until = system.desk.now
    new = []
    for _ in range(3):
        system.desk.now += timedelta(hours=1)
        new.append(str(system.desk.open("Later.").id))
    source = system.connect()
    pages = list(source.pull(source.start(None), until))
    assert [one.id for page in pages for one in page.items] == [old]
    assert set(new) <= {one.id for page in source.pull(pages[-1].cursor) for one in page.items}


def test_a_ticket_that_may_not_be_seen_is_named_and_the_others_come(system: ImitatedSystem) -> None:
    if isinstance(system, HelpScoutSystem):
        pytest.skip("its threads come with the list: there is no call for one conversation that could be refused")
    for number in range(2):
        system.desk.open(f"Late {number}.")
        system.desk.say(number + 1, 100, "Still late.")
    words = {"zammad": "/api/v1/ticket_articles/by_ticket/1", "intercom": "/conversations/1"}
    system.desk.plan_lacks = (words.get(system.kind.name, ".*/1/(messages|conversations|comments?)"),)
    pages = list(system.connect().pull(""))
    assert [one.id for page in pages for one in page.items] == ["2"]
    assert [one.record for page in pages for one in page.rejected] == ["1"]


def test_two_pulls_count_their_calls(system: ImitatedSystem) -> None:
    system.desk.open("Late.")
    source = system.connect()
    pages = list(source.pull(""))
    assert sum(page.requests for page in pages) <= len(system.desk.server.calls)
    assert sum(page.requests for page in pages) >= len(system.desk.server.calls) - 1


def test_an_answer_without_a_time_of_the_server_is_taken_for_an_early_one(system: ImitatedSystem) -> None:
    """Nothing is held for settled that might still change, so the next pull reads it again."""
    system.desk.now = datetime.now(UTC)
    system.desk.open("Late.")
    system.desk.says_date = False
    source = system.connect()
    pages = list(source.pull(""))
    again = [one.id for page in source.pull(pages[-1].cursor) for one in page.items]
    assert again == ["1"]


def test_html_with_status_200_after_a_write_is_an_unknown_outcome(system: ImitatedSystem) -> None:
    """The write may have been done, so it is looked for before it is made again."""
    system.desk.open("Late.")
    source = system.connect()
    kind = "note" if Ability.PRIVATE_NOTES in source.abilities else "reply"
    source.find(action(kind, "1"))
    system.desk.garbles = True
    with suppress(UnknownOutcome):  # where the answer is not needed, the write is simply found
        source.push(action(kind, "1"))
    system.desk.garbles = False
    assert system.connect().find(action(kind, "1")) is not None
    assert len([write for write in system.writes() if write.kind == kind]) == 1


def test_an_answer_without_an_id_is_an_unknown_outcome() -> None:
    with pytest.raises(UnknownOutcome):
        named({"ticket": {}}, "ticket", "id")
    assert named({"ticket": {"id": 7}}, "ticket", "id") == "7"


# --- webhooks -------------------------------------------------------------------------------------------------------------

BODIES: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "freshdesk": [
        ({"freshdesk_webhook": {"ticket_id": 12}}, ["12"]),
        ({"freshdesk_webhook": {"ticket_id": "../1"}}, []),
    ],
    "zammad": [({"ticket": {"id": 12}, "article": {"id": 3}}, ["12"]), ({"ping": True}, [])],
    "chatwoot": [
        ({"event": "conversation_created", "id": 12}, ["12"]),
        ({"event": "message_created", "id": 99, "conversation": {"id": 12}}, ["12"]),
    ],
    "intercom": [
        ({"topic": "conversation.user.replied", "data": {"item": {"type": "conversation", "id": "12"}}}, ["12"]),
        ({"topic": "contact.created", "data": {"item": {"type": "contact", "id": "7"}}}, []),
    ],
    "jira_sm": [({"webhookEvent": "jira:issue_updated", "issue": {"id": "12", "key": "SUP-1"}}, ["12"]), ({}, [])],
    "help_scout": [({"id": 12, "type": "email"}, ["12"]), ({"id": 5434, "ticketId": 12, "rating": "Great"}, ["12"])],
    "github_issues": [({"action": "edited", "issue": {"number": 12}}, ["12"]), ({"zen": "Keep it simple."}, [])],
}
SCHEME = {"freshdesk": "token", "help_scout": "help-scout", "jira_sm": "jira", "github_issues": "github"}


def signed(name: str, body: bytes, secret: str = "hook-secret") -> Mapping[str, str]:
    stamp = str(int(datetime.now(UTC).timestamp()))
    return sign(SCHEMES[SCHEME.get(name, name)], secret, body, id="d-1", timestamp=stamp)


def test_a_signed_webhook_names_its_ticket(system: ImitatedSystem) -> None:
    source = system.connect(webhook_secret="hook-secret")
    for body, named_tickets in BODIES[source.name]:
        raw = json.dumps(body).encode()
        assert source.read_webhook(signed(source.name, raw), raw) == named_tickets


def test_a_webhook_that_is_not_the_desks_is_refused(system: ImitatedSystem) -> None:
    source = system.connect(webhook_secret="hook-secret")
    raw = json.dumps(BODIES[source.name][0][0]).encode()
    for headers in (signed(source.name, raw, "another"), {}):
        with pytest.raises(Refused):
            source.read_webhook(headers, raw)
    for body in (b"[1]", b"<html>", b""):
        with pytest.raises(Refused):
            source.read_webhook(signed(source.name, body), body)


def test_without_a_secret_no_webhook_is_offered_or_taken(system: ImitatedSystem) -> None:
    source = system.connect()
    assert Ability.WEBHOOKS not in source.abilities
    with pytest.raises(Refused, match="webhook_secret"):
        source.read_webhook({}, b"{}")
