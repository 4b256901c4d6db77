"""Does the Roundup connector get past the traps of its interface?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal, Refused, Skippable
from feedbackloop.records import Message
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.roundup.connector import Roundup
from roundup_tracker import Tracker

BOT = "3"


@pytest.fixture
def tracker() -> Iterator[Tracker]:
    """A tracker whose accounts live at UTC+8."""
    tracker = Tracker()
    yield tracker
    tracker.close()


def connector(tracker: Tracker, **options: Any) -> Roundup:
    chosen = {"username": "feedbackbot", "password": "bot-secret-1", "page_size": 3} | options
    return Roundup(Roundup.Options(connector="roundup", base_url=tracker.base_url, **chosen), Context("support"))


def user(tracker: Tracker, name: str) -> str:
    return str(tracker._make("user", {"username": name, "realname": name.title()}, "1")["id"])


def says(tracker: Tracker, author: str, text: str = "Late.") -> str:
    return str(tracker._make("msg", {"author": author, "content": text}, author)["id"])


def issue(tracker: Tracker, *messages: str, **values: Any) -> str:
    return str(tracker._make("issue", {"title": "Late", "messages": list(messages), **values}, "1")["id"])


def read(tracker: Tracker, name: str, **options: Any) -> tuple[Message, ...]:
    return Shelf().pull(connector(tracker, **options)).items[name].messages


def test_times_are_utc_whatever_the_zone_of_the_account(tracker: Tracker) -> None:
    """The filter says its zone: without one, 21:30 would be read as 13:30 UTC and eight hours be read again each time."""
    issue(tracker, says(tracker, user(tracker, "wanda")))
    shelf = Shelf().pull(connector(tracker))
    tracker.now = tracker.now.replace(hour=23)
    issue(tracker, says(tracker, "2"))
    before = len(shelf.yielded)
    shelf.pull(connector(tracker))
    assert [item.id for item in shelf.yielded[before:]] == ["2"]
    assert all(call.one("activity").endswith("+0000;") for call in tracker.server.calls if call.one("activity"))


def test_an_issue_touched_while_pages_are_read_makes_no_other_lost(tracker: Tracker) -> None:
    """The first issue moves to the end of the list after page one; counted pages would pass over the fourth."""
    names = [issue(tracker, says(tracker, "2")) for _ in range(7)]
    shelf = Shelf()
    for number, page in enumerate(connector(tracker).pull("")):
        shelf.keep(page)
        if number == 0:
            tracker._change(tracker.nodes["issue"][names[0]], {"title": "Touched"}, "1")
    assert sorted(shelf.items) == sorted(names)


@pytest.mark.parametrize(
    ("agents", "roles"),
    [
        # nobody named: whoever opened it is the customer, all others answer
        ((), ["customer", "agent", "agent", "customer"]),
        # named: everybody else is a customer, a friend who adds a word too
        (("anna",), ["customer", "agent", "customer", "customer"]),
    ],
)
def test_customers_and_agents_are_told_apart(tracker: Tracker, agents: tuple[str, ...], roles: list[str]) -> None:
    wanda, anna, friend = (user(tracker, name) for name in ("wanda", "anna", "friend"))
    name = issue(tracker, *(says(tracker, who) for who in (wanda, anna, friend, wanda)))
    assert [message.author for message in read(tracker, name, agents=agents)] == roles


def test_machines_are_told_from_people(tracker: Tracker) -> None:
    wanda, cron = user(tracker, "wanda"), user(tracker, "cron")
    name = issue(tracker, says(tracker, wanda), says(tracker, cron, "No activity for 7 days"))
    last = read(tracker, name, machines=("cron",))[-1]
    assert (last.author, last.automatic) == ("system", True)


def test_an_issue_taken_down_for_a_customer_is_that_customers(tracker: Tracker) -> None:
    name = issue(tracker, says(tracker, BOT), customer_email="wanda@example.org", csat=2)
    shelf = Shelf().pull(connector(tracker, email_field="customer_email", csat_field="csat", agents=("feedbackbot",)))
    found = shelf.items[name]
    assert (found.customer.id, found.customer.email) == (None, "wanda@example.org")
    assert found.messages[0].author == "customer"
    assert [rating.value for rating in found.ratings] == [2]


def test_a_reply_does_not_reopen_what_is_solved(tracker: Tracker) -> None:
    """Any message moves a resolved issue to chatting, unless the change says the status itself."""
    name = issue(tracker, says(tracker, user(tracker, "wanda")), status="8")
    receipt = connector(tracker).push(action("reply", name, text="很抱歉。"))
    assert tracker.nodes["issue"][name]["status"] == "8"
    assert receipt.written_ids == ("2",) and receipt.note is None


def test_a_reply_that_reaches_nobody_says_so(tracker: Tracker) -> None:
    """Mail goes to the nosy list; only our account is on it."""
    name = issue(tracker, says(tracker, BOT), customer_email="wanda@example.org")
    assert "no mail went out" in (connector(tracker).push(action("reply", name)).note or "")


def test_a_reply_broken_off_between_message_and_issue_is_completed(tracker: Tracker) -> None:
    """The message was made, the process died: the next attempt puts that one on the issue and makes no second."""
    name = issue(tracker, says(tracker, "2"))
    asked = action("reply", name, text="Sorry.")
    writer = connector(tracker).writer
    made = writer._make_message(asked, asked.text)
    assert connector(tracker).find(asked) is None
    assert connector(tracker).push(asked).external_id == made
    assert tracker.nodes["issue"][name]["messages"] == ["1", made] and len(tracker.nodes["msg"]) == 2


def test_a_note_is_refused_because_it_would_be_public(tracker: Tracker) -> None:
    name = issue(tracker, says(tracker, "2"))
    with pytest.raises(Skippable, match="no private notes"):
        connector(tracker).push(action("note", name))
    assert len(tracker.nodes["msg"]) == 1


def test_a_task_names_the_issues_it_rests_on_and_is_no_feedback(tracker: Tracker) -> None:
    name = issue(tracker, says(tracker, "2"))
    asked = action("task", "", title="Deliver in time", text="Twelve came late.", linked=(name,), tags=("fbl-task",))
    receipt = connector(tracker).push(asked)
    task = tracker.nodes["issue"][receipt.external_id]
    assert tracker.nodes["msg"][task["messages"][0]]["content"] == "Twelve came late.\n\nissue1"
    assert sorted(Shelf().pull(connector(tracker)).items) == [name]
    update = structs.replace(asked, kind="task_update", key="u1", external_id=receipt.external_id, title="Deliver")
    connector(tracker).push(update)
    assert (task["title"], len(task["messages"])) == ("Deliver", 2)


def test_a_rate_limit_is_waited_out(tracker: Tracker) -> None:
    names = [issue(tracker, says(tracker, "2")) for _ in range(4)]
    tracker.rate = 3
    assert sorted(Shelf().pull(connector(tracker)).items) == names


def test_a_wrong_password_is_noticed_at_the_first_call(tracker: Tracker) -> None:
    with pytest.raises(Refused):
        Shelf().pull(connector(tracker, password="wrong"), attempts=1)
    assert len(tracker.server.calls) == 1


def test_an_unknown_property_is_named(tracker: Tracker) -> None:
    with pytest.raises(Fatal, match=r"nosuch.*csat_field"):
        list(connector(tracker, csat_field="nosuch").pull(""))


def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(tracker: Tracker) -> None:
    good, bad, rated = (issue(tracker, says(tracker, "2")) for _ in range(3))
    tracker.nodes["issue"][bad]["creation"] = "1969-01-01.00:00:00"
    tracker.nodes["issue"][rated]["csat"] = 99
    shelf = Shelf().pull(connector(tracker, csat_field="csat"))
    assert sorted(shelf.items) == [good]
    assert [(one.record, one.field) for one in shelf.rejected] == [(bad, "creation"), (rated, "csat")]


def test_what_comes_after_until_waits_for_another_pull(tracker: Tracker) -> None:
    """The cursor stays before it, also where something older was changed later."""
    early, late = issue(tracker, says(tracker, "2")), issue(tracker, says(tracker, "2"))
    tracker.nodes["issue"][late]["creation"] = "2026-11-25.00:00:00"
    shelf = Shelf()
    for page in connector(tracker).pull("", until=datetime(2026, 11, 23, tzinfo=UTC)):
        shelf.keep(page)
    assert sorted(shelf.items) == [early]
    assert sorted(shelf.pull(connector(tracker)).items) == [early, late]
