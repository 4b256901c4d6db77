"""What does the Chatwoot connector make of what that desk says, and of what it does not say?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chatwoot_desk import ChatwootDesk, ChatwootSystem
from feedbackloop.clock import EARLIEST
from feedbackloop.errors import Skippable
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from imitation import AGENT, BOT, CUSTOMER


@pytest.fixture
def system() -> Iterator[ChatwootSystem]:
    with ChatwootSystem() as system:
        yield system


@pytest.fixture
def desk(system: ChatwootSystem) -> ChatwootDesk:
    return system.desk


def listed(desk: ChatwootDesk) -> int:
    return len([call for call in desk.server.calls if "sort_by" in call.query])


# --- who said what ------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, 0, "Hello, we will be with you.", kind="greeting")
    desk.say(1, AGENT, "Have you looked outside?", kind="bot")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, 0, "Conversation was marked resolved by Agent", kind="activity")
    desk.say(1, BOT, "A note.", public=False)
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("system", True, True, False),
        ("system", True, True, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("system", True, True, False),
        ("agent", False, False, True),
    ]


def test_a_customer_with_our_number_is_not_us(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    """Agents, customers and bots are numbered each by themselves."""
    desk.open("Where is my parcel?", by=CUSTOMER)
    message = desk._message(desk.tickets[1].messages[0], desk.tickets[1])
    assert message["sender"]["type"] == "contact"
    desk._message = lambda *_: message | {"sender": {"id": BOT, "type": "contact"}}  # type: ignore[method-assign] # for this test
    (said,) = system.read().items["1"].messages
    assert (said.author, said.own) == ("customer", False)


def test_a_deleted_message_is_left_out(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, CUSTOMER, "This message was deleted", kind="deleted")
    assert [one.text for one in system.read().items["1"].messages] == ["Where is my parcel?"]


def test_long_conversations_are_read_to_their_beginning(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    """Twenty messages an answer: 1 + 60 are four answers, of which the last holds one."""
    desk.open("0")
    for number in range(1, 61):
        desk.say(1, CUSTOMER, str(number))
    assert [one.text for one in system.read().items["1"].messages] == [str(number) for number in range(61)]


def test_the_customer_and_the_fields_are_read(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.open("Late.", subject="Parcel 7")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.subject, found.status, found.channel) == ("Parcel 7", "solved", "WebWidget")
    assert (found.customer.id, found.customer.name, found.customer.organization) == ("100", "Wanda", "Tea & Co")
    assert found.fields == {"plan": "enterprise", "inbox_id": 1}


# --- ratings --------------------------------------------------------------------------------------------------------------


def test_a_rating_stands_on_the_message_that_asked_and_replaces_itself(
    system: ChatwootSystem, desk: ChatwootDesk
) -> None:
    desk.open("Late.")
    shelf = system.read()
    desk.rate(1, 2, "three days for an answer")
    system.read(shelf)
    assert [(one.value, one.min, one.max, one.comment) for one in shelf.items["1"].ratings] == [
        (2, 1, 5, "three days for an answer")
    ]
    desk.rate(1, 4)
    assert [one.value for one in system.read(shelf).items["1"].ratings] == [4]


@pytest.mark.parametrize("odd", [{"rating": None}, {"rating": 9}, {"rating": "five"}, None, "-"])
def test_a_survey_that_was_not_answered_is_no_rating(system: ChatwootSystem, desk: ChatwootDesk, odd: object) -> None:
    desk.open("Late.")
    desk.rate(1, 2)
    desk.tickets[1].fields["rated"] = odd
    assert system.read().items["1"].ratings == ()


# --- lists ----------------------------------------------------------------------------------------------------------------


def test_a_first_pull_lists_and_later_ones_ask_what_changed(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    """Nine conversations at four a page: three pages and the empty one."""
    for number in range(9):
        desk.open(f"Late {number}.")
    shelf = system.read()
    assert listed(desk) == 4 and len(shelf.items) == 9
    desk.say(3, CUSTOMER, "Still late.")
    assert system.read(shelf).items["3"].messages[-1].text == "Still late."
    assert listed(desk) == 4


def test_a_first_pull_that_was_killed_goes_on_where_it_was(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    """And what changed since it began comes all the same."""
    for number in range(9):
        desk.open(f"Late {number}.")
    shelf = Shelf().pull(system.connect(), stop_after=1)
    desk.say(1, CUSTOMER, "Still late.")
    desk.now += timedelta(days=2)
    system.read(shelf)
    assert listed(desk) == 4 and len(shelf.items) == 9
    assert shelf.items["1"].messages[-1].text == "Still late."


def test_a_conversation_that_moves_while_it_is_listed_is_not_lost(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    for number in range(9):
        desk.open(f"Late {number}.")
    pages = system.connect().pull("")
    first = next(pages)
    desk.say(6, CUSTOMER, "Still late.")
    desk.say(1, CUSTOMER, "Still late.")
    shelf = Shelf()
    for page in (first, *pages):
        shelf.keep(page)
    assert len(shelf.items) == 9
    assert [shelf.items[key].messages[-1].text for key in ("1", "6")] == ["Still late.", "Still late."]


def test_many_changes_come_in_several_pages(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    shelf = system.read()
    for number in range(9):
        desk.open(f"Late {number}.")
    before = shelf.pages
    system.read(shelf)
    assert len(shelf.items) == 9 and shelf.pages - before >= 3


def test_a_start_leaves_out_what_was_not_touched_since(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.open("Long ago.")
    desk.now += timedelta(days=10)
    desk.open("Today.")
    source = system.connect()
    since = desk.now - timedelta(days=1)
    assert [one.id for page in source.pull(source.start(since)) for one in page.items] == ["2"]
    assert since > EARLIEST


def test_an_old_version_that_tells_seconds_alone_is_read(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.is_old = True
    desk.open("Late.")
    shelf = system.read()
    desk.say(1, CUSTOMER, "Still late.")
    assert system.read(shelf).items["1"].messages[-1].text == "Still late."


# --- what comes broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken", [{"created_at": "never"}, {"created_at": None}, {"created_at": -5}, {"created_at": 10**12}]
)
def test_a_broken_conversation_is_named_and_the_others_come(
    system: ChatwootSystem, desk: ChatwootDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", "created_at")}


@pytest.mark.parametrize("odd", [{"meta": None}, {"labels": None}, {"additional_attributes": []}, {"status": 7}])
def test_an_odd_conversation_is_read(system: ChatwootSystem, desk: ChatwootDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing and checking -------------------------------------------------------------------------------------------------


def test_a_note_says_that_it_is_private(system: ChatwootSystem, desk: ChatwootDesk) -> None:
    desk.open("Late.")
    system.connect().push(action("note", "1"))
    system.connect().push(action("reply", "1", text="对不起。"))
    note, reply = (call.body for call in desk.server.calls if call.method == "POST")
    assert note["private"] is True and note["content"].startswith("A note.")
    assert reply == {"content": "对不起。", "message_type": "outgoing", "private": False}


def test_tasks_are_refused_in_words(system: ChatwootSystem) -> None:
    assert not {"tasks", "task_status"} & system.connect().abilities
    assert any("tasks_in" in line.detail for line in system.connect().check())


def test_an_account_that_is_not_ours_is_named(system: ChatwootSystem) -> None:
    assert [line.name for line in system.connect(account=4).check() if not line.ok] == [
        "account",
        "inboxes",
        "conversations",
    ]


def test_a_write_to_what_is_gone_is_set_aside(system: ChatwootSystem) -> None:
    with pytest.raises(Skippable, match="conversation is gone"):
        system.connect().push(action("note", "77"))
