"""What does the Freshdesk connector make of what that desk says, and of what it does not say?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.errors import Fatal, Skippable
from feedbackloop.testing.makers import action, item
from feedbackloop_connectors.freshdesk.items import Reader
from freshdesk_desk import FreshdeskDesk, FreshdeskSystem
from imitation import AGENT, BOT, CUSTOMER
from prism_judge import FIXTURES


@pytest.fixture
def system() -> Iterator[FreshdeskSystem]:
    with FreshdeskSystem() as system:
        yield system


@pytest.fixture
def desk(system: FreshdeskSystem) -> FreshdeskDesk:
    return system.desk


# --- who said what ------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, 0, "We have received your request.")
    desk.say(1, BOT, "A note.", public=False)
    desk.say(1, CUSTOMER, "Still nothing!")
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("system", True, True, False),
        ("agent", False, False, True),
        ("customer", True, False, False),
    ]


def test_a_shared_account_is_told_apart_by_the_mark(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, BOT, "A colleague writes under the same key.", public=False)
    system.connect().push(action("note", "1"))
    found = system.read(account_is_own=False).items["1"].messages
    assert [one.own for one in found] == [False, False, True]


def test_what_an_agent_began_is_not_the_customers(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("We recall your kettle.").fields["source"] = 10
    assert system.read().items["1"].messages[0].author == "agent"


def test_the_first_words_of_a_chat_are_not_doubled(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Hello?")
    desk.say(1, CUSTOMER, "Hello?")
    desk.say(1, CUSTOMER, "Hello?")
    assert [one.text for one in system.read().items["1"].messages] == ["Hello?", "Hello?"]


def test_custom_fields_the_requester_and_the_end_are_read(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Late.")
    desk.finish(1)
    found = system.read().items["1"]
    assert found.fields == {"plan": "enterprise", "priority": "low"}
    assert (found.customer.name, found.customer.email) == ("Wanda", "wanda@x.test")
    assert (found.status, found.solved_at) == ("solved", desk.tickets[1].ended)


def test_a_status_of_the_house_is_read_as_the_options_say(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Late.").fields["status"] = 8
    assert system.read().items["1"].status == "open"
    assert system.read(statuses={8: "pending"}).items["1"].status == "pending"


# --- ratings --------------------------------------------------------------------------------------------------------------


def test_a_rating_that_arrives_by_two_roads_is_one(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    """With words it also stands on the ticket, as a conversation of source 6."""
    desk.open("Late.")
    desk.rate(1, 2, "three days for an answer")
    found = system.read().items["1"]
    assert [one.text for one in found.messages] == ["Late."]
    assert [(one.value, one.min, one.max, one.comment) for one in found.ratings] == [
        (3, 1, 7, "three days for an answer")
    ]


def test_words_of_a_rating_stay_where_ratings_are_not_read(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Late.")
    desk.rate(1, 2, "three days for an answer")
    found = system.read(ratings=False).items["1"]
    assert [one.text for one in found.messages] == ["Late.", "three days for an answer"]


def test_a_rating_brings_its_ticket_though_that_did_not_change(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    for number in range(5):
        desk.open(f"Late {number}.")
    shelf = system.read()
    desk.now += timedelta(hours=1)
    desk.rate(3, 5)
    before = len(shelf.yielded)
    system.read(shelf)
    assert [one.id for one in shelf.yielded[before:]] == ["3"]
    assert shelf.items["3"].ratings[0].value == 7
    desk.now += timedelta(hours=1)
    before = len(shelf.yielded)
    system.read(shelf)
    assert shelf.yielded[before:] == [], "a rating that is known brings its ticket again"


def test_a_rating_that_is_changed_days_later_is_seen(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    """Its list knows the time at which it was given alone, so the last 14 days are looked at again."""
    desk.open("Late.")
    desk.rate(1, 1)
    desk.now += timedelta(hours=2)
    shelf = system.read()
    desk.now += timedelta(days=3)
    desk.ratings[0].value, desk.ratings[0].changed = 5, desk.now
    assert [one.value for one in system.read(shelf).items["1"].ratings] == [7]


def test_an_old_rating_stays_when_its_ticket_changes(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    """It lies before the days that are looked at again, so the ticket is asked for it."""
    desk.now -= timedelta(days=60)
    desk.open("Late.")
    desk.rate(1, 1)
    shelf = system.read()
    desk.now += timedelta(days=50)
    desk.say(1, CUSTOMER, "And now it is broken.")
    assert system.read(shelf).items["1"].ratings[0].value == 1


def test_ratings_that_the_plan_lacks_are_said_and_the_rest_goes_on(
    system: FreshdeskSystem, desk: FreshdeskDesk
) -> None:
    desk.open("Late.")
    desk.plan_lacks = (".*/satisfaction_ratings",)
    pages = list(system.connect().pull(""))
    assert [one.id for page in pages for one in page.items] == ["1"]
    assert "no satisfaction ratings are read" in pages[-1].warnings[0]
    assert [line.name for line in system.connect().check() if not line.ok] == ["ratings"]


# --- lists ----------------------------------------------------------------------------------------------------------------


def test_more_tickets_than_a_list_has_pages_are_read(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    """A list of two pages of three tickets, and twenty tickets."""
    desk.last_page = 2
    for number in range(20):
        desk.open(f"Late {number}.")
    assert len(system.read().items) == 20


def test_more_changes_in_one_second_than_a_list_has_pages_stop_the_source(
    system: FreshdeskSystem, desk: FreshdeskDesk
) -> None:
    desk.is_one_second = True
    for number in range(1, 303):
        desk.open(f"Late {number}.")
    with pytest.raises(Fatal, match="more tickets changed at"):
        system.read(page_size=1)


def test_tickets_older_than_thirty_days_are_read(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.now = datetime(2025, 1, 1, tzinfo=UTC)
    desk.open("Long ago.")
    assert list(system.read().items) == ["1"]


def test_what_was_deleted_before_the_first_pull_never_comes(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Gone.")
    desk.delete(1)
    desk.open("Here.")
    assert list(system.read().items) == ["2"]


def test_spam_is_no_feedback(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Buy pills").fields["spam"] = True
    assert system.read().items == {}


def test_a_ticket_from_the_future_does_not_take_the_cursor_along(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Broken clock.").fields["updated_at"] = "2056-01-01T00:00:00Z"
    shelf = system.read()
    desk.open("Late.")
    assert sorted(system.read(shelf).items) == ["1", "2"]


def test_what_was_rated_and_created_after_the_end_of_a_pull_waits(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Late.")
    shelf = system.read()
    until = desk.now
    desk.now += timedelta(hours=1)
    desk.open("Later.")
    desk.rate(2, 5)
    source = system.connect()
    pages = list(source.pull(shelf.cursor or "", until))
    assert "2" not in {one.id for page in pages for one in page.items}
    assert "2" in {one.id for page in source.pull(pages[-1].cursor) for one in page.items}


# --- what comes broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        {"created_at": "never"},
        {"created_at": None},
        {"created_at": "1969-12-31T00:00:00Z"},
        {"due_by": "10000-01-01T00:00:00Z"},
    ],
)
def test_a_broken_ticket_is_named_and_the_others_come(
    system: FreshdeskSystem, desk: FreshdeskDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", next(iter(broken)))}


@pytest.mark.parametrize(
    "odd",
    [
        {"tags": None},
        {"subject": 12},
        {"requester": None},
        {"requester_id": None},
        {"status": "2"},
        {"custom_fields": []},
    ],
)
def test_an_odd_ticket_is_read(system: FreshdeskSystem, desk: FreshdeskDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing --------------------------------------------------------------------------------------------------------------


def test_a_note_shows_markup_as_words(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    """A customer's words in a note are not run as HTML in the agent's browser."""
    desk.open("Late.")
    system.connect().push(action("note", "1", text="said: <img src=x onerror=alert(1)> & left"))
    sent = desk.server.calls[-1].body["body"]
    assert "<img" not in sent and "&lt;img src=x onerror=alert(1)&gt; &amp; left" in sent


def test_a_task_names_its_tickets_and_never_a_customer(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    desk.open("Late.")
    receipt = system.connect().push(
        action("task", "", title="Deliver in time", tags=("fbl-task",), linked=("1", "7", "x"))
    )
    sent = next(call.body for call in desk.server.calls if call.method == "POST")
    assert sent["requester_id"] == BOT and sent["group_id"] == 9 and sent["tags"] == ["fbl-task"]
    assert (
        f"{desk.server.url}/a/tickets/1" in sent["description"]
        and f"{desk.server.url}/a/tickets/7" in sent["description"]
    )
    assert receipt.url == f"{desk.server.url}/a/tickets/{receipt.external_id}"


def test_a_task_is_turned_down_by_a_tag(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    desk.touch(int(task)).tags.append("fbl-rejected")
    assert [state.status for state in source.task_status([task, "77", "x"])] == ["rejected", "missing", "missing"]


def test_a_task_is_brought_up_to_date_once(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    asked = action("task_update", "", external_id=task, title="Deliver in time, and say so")
    assert source.push(asked).external_id == system.connect().push(asked).external_id
    assert desk.tickets[int(task)].subject == "Deliver in time, and say so"
    assert len(desk.tickets[int(task)].messages) == 2


def test_a_name_that_is_no_ticket_is_refused_without_a_call(system: FreshdeskSystem, desk: FreshdeskDesk) -> None:
    with pytest.raises(Skippable, match="is no ticket"):
        system.connect().push(action("note", "../agents/me"))
    assert not any("agents/me/" in call.path for call in desk.server.calls)


# --- answers written by others --------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_documented_answers_are_read() -> None:
    """The documented form, as a well-known client keeps it for its own tests."""
    path = FIXTURES / "freshdesk" / "python-freshdesk_conversations.json"
    if not path.exists():
        pytest.skip("the documented answers are not beside the checkout")
    ticket = {"id": 1, "created_at": "2016-05-19T05:36:00Z", "description": "<div>First&nbsp;words<br>and more</div>"}
    reader = Reader(lambda key: key, lambda *_: False, {}, "fbl-")
    found = reader.item(ticket, json.loads(path.read_text(encoding="utf-8")), ())
    assert [(one.author, one.public, one.text) for one in found.messages] == [
        ("customer", True, "First\xa0words\nand more"),
        ("agent", False, "This is a private note"),
        ("agent", True, "This is a reply"),
    ]
    assert found == reader.item(ticket, json.loads(path.read_text(encoding="utf-8")), ())


def test_put_brings_what_the_contract_counts_on(system: FreshdeskSystem) -> None:
    """The shared frame of the imitations is itself held to what it says."""
    system.put(item("T-1", "Late."))
    system.lock_out()
    assert [line.name for line in system.connect().check() if not line.ok] == ["login"]
