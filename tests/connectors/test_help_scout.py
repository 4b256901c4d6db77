"""What does the Help Scout connector make of what that desk says, and of what it does not say?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from feedbackloop.errors import Refused
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.help_scout.items import changed_at
from help_scout_desk import HelpScoutDesk, HelpScoutSystem
from imitation import AGENT, BOT, CUSTOMER
from prism_judge import FIXTURES


@pytest.fixture
def system() -> Iterator[HelpScoutSystem]:
    with HelpScoutSystem() as system:
        yield system


@pytest.fixture
def desk(system: HelpScoutSystem) -> HelpScoutDesk:
    return system.desk


# --- the login ------------------------------------------------------------------------------------------------------------


def test_a_token_is_got_once_and_renewed_when_it_is_refused(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Late.")
    source = system.connect()
    list(source.pull(""))
    assert desk.given == 1
    source.dialect._token_got -= 60  # type: ignore[attr-defined] # it was got a minute ago
    desk.tokens.clear()
    assert [one.id for one in source.fetch(["1"]).items] == ["1"] and desk.given == 2


def test_a_wrong_secret_is_named(system: HelpScoutSystem) -> None:
    source = system.connect(app_secret="wrong-secret")
    with pytest.raises(Refused):
        list(source.pull(""))
    assert [line.name for line in source.check() if not line.ok] == ["login"]


# --- who said what --------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, 0, "We have received your request.")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, AGENT, "not sent yet", kind="draft")
    desk.say(1, AGENT, "You assigned it", kind="lineitem")
    desk.say(1, BOT, "A note.", public=False)
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("system", True, True, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("agent", False, False, True),
    ]


def test_a_customer_with_our_number_is_not_us(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Where is my parcel?")
    thread = desk._thread(desk.tickets[1].messages[0], desk.tickets[1])
    desk._thread = lambda *_: thread | {"createdBy": {"id": BOT, "type": "customer"}}  # type: ignore[method-assign] # for this test
    (said,) = system.read().items["1"].messages
    assert (said.author, said.own) == ("customer", False)


def test_the_customer_the_fields_and_the_end_are_read(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Late.", subject="Parcel 7")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.subject, found.status, found.solved_at) == ("Parcel 7", "solved", desk.tickets[1].ended)
    assert (found.customer.id, found.customer.name, found.customer.email) == ("100", "Wanda Whistle", "wanda@x.test")
    assert found.fields == {"mailbox_id": 85, "account_type": "enterprise"}


@pytest.mark.parametrize(
    ("given", "points"),
    [("great", [3]), ("Great", [3]), ("okay", [2]), ("not_good", [1]), ("Bad", [1]), ("unknown", []), (None, [])],
)
def test_a_rating_stands_on_the_reply_that_was_rated(
    system: HelpScoutSystem, desk: HelpScoutDesk, given: str | None, points: list[float]
) -> None:
    desk.open("Late.")
    desk.rate(1, 5, "he was really helpful")
    desk.tickets[1].fields["rated"]["rating"] = given
    found = system.read().items["1"].ratings
    assert [one.value for one in found] == points
    assert all((one.min, one.max, one.comment) == (1, 3, "he was really helpful") for one in found)


# --- lists ----------------------------------------------------------------------------------------------------------------


def test_the_time_of_the_last_change_is_made_of_all_that_is_told(desk: HelpScoutDesk) -> None:
    """The newest second, and microseconds that differ with every other state; how long somebody waits is no state."""
    desk.open("Late.")
    row = desk._row(desk.tickets[1])
    at = changed_at(row)
    assert at is not None and at.replace(microsecond=0) == desk.tickets[1].created
    assert changed_at(row | {"tags": [{"tag": "vip"}]}) != at
    assert changed_at(row | {"customerWaitingSince": row["customerWaitingSince"] | {"friendly": "2 h ago"}}) == at
    assert changed_at({"id": 1}) is None


def test_a_tag_that_a_workflow_sets_in_the_same_second_is_seen(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Late.")
    shelf = system.read()
    desk.tickets[1].tags.append("vip")
    desk.tickets[1].updated = desk.now
    assert system.read(shelf).items["1"].tags == ("vip",)


def test_what_moves_to_the_front_while_it_is_listed_hides_nothing(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    """Nine conversations, four a page; those of pages that were read, and of pages to come, change in between."""
    for number in range(9):
        desk.open(f"Late {number}.")
    source, shelf = system.connect(), Shelf()
    pages = source.pull("")
    shelf.keep(next(pages))
    for key in (9, 1, 5):
        desk.say(key, CUSTOMER, "Still late.")
    for page in pages:
        shelf.keep(page)
    system.read(shelf)
    assert len(shelf.items) == 9
    assert [shelf.items[key].messages[-1].text for key in ("9", "1", "5")] == ["Still late."] * 3


def test_a_pull_that_was_killed_goes_on_where_it_was(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    for number in range(9):
        desk.open(f"Late {number}.")
    shelf = Shelf().pull(system.connect(), stop_after=1)
    desk.say(9, CUSTOMER, "Still late.")
    desk.now += timedelta(days=1)
    system.read(shelf)
    system.read(shelf)
    assert len(shelf.items) == 9 and shelf.items["9"].messages[-1].text == "Still late."


@pytest.mark.parametrize("how", [{"status": "spam"}, {"state": "deleted"}])
def test_spam_and_what_was_deleted_are_no_feedback(
    system: HelpScoutSystem, desk: HelpScoutDesk, how: dict[str, str]
) -> None:
    desk.open("Buy pills")
    shelf = system.read()
    desk.touch(1).fields.update(how)
    assert system.read(shelf).items == {}


def test_a_merged_conversation_is_erased_when_it_is_read_anew(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Late.")
    desk.merge(1)
    assert system.connect().fetch(["1"]).erased == ("1",)


@pytest.mark.parametrize(
    "broken", [{"createdAt": "never"}, {"createdAt": None}, {"closedAt": "10000-01-01T00:00:00Z", "status": "closed"}]
)
def test_a_broken_conversation_is_named_and_the_others_come(
    system: HelpScoutSystem, desk: HelpScoutDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", next(iter(broken)))}


@pytest.mark.parametrize("odd", [{"tags": None}, {"primaryCustomer": None}, {"customFields": "-"}, {"status": 7}])
def test_an_odd_conversation_is_read(system: HelpScoutSystem, desk: HelpScoutDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing --------------------------------------------------------------------------------------------------------------


def test_a_note_does_not_open_a_closed_conversation(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    desk.open("Late.")
    desk.finish(1)
    system.connect().push(action("note", "1"))
    assert desk.tickets[1].status == "done"


def test_a_task_is_a_note_alone_so_that_nobody_is_mailed(system: HelpScoutSystem, desk: HelpScoutDesk) -> None:
    system.connect().push(action("task", "", title="Deliver in time", tags=("a",), text="said: <img src=x>"))
    (sent,) = [call.body for call in desk.server.calls if call.method == "POST" and call.path == "/v2/conversations"]
    assert [thread["type"] for thread in sent["threads"]] == ["note"] and "&lt;img src=x&gt;" in sent["threads"][0][
        "text"
    ]


def test_a_task_is_brought_up_to_date_once_and_turned_down_by_a_tag(
    system: HelpScoutSystem, desk: HelpScoutDesk
) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    asked = action("task_update", "", external_id=task, title="Deliver in time, and say so")
    assert source.push(asked).external_id == system.connect().push(asked).external_id
    assert (
        desk.tickets[int(task)].subject == "Deliver in time, and say so" and len(desk.tickets[int(task)].messages) == 2
    )
    desk.touch(int(task)).tags.append("fbl-rejected")
    assert [state.status for state in source.task_status([task, "77"])] == ["rejected", "missing"]


@pytest.mark.parametrize("lacking", ["task_mailbox", "task_customer"])
def test_without_mailbox_and_customer_no_tasks_are_offered(system: HelpScoutSystem, lacking: str) -> None:
    assert "tasks" not in system.connect(**{lacking: None}).abilities


# --- answers written by others --------------------------------------------------------------------------------------------


@pytest.mark.shared
def test_the_documented_webhook_of_a_rating_names_its_conversation(system: HelpScoutSystem) -> None:
    path = FIXTURES / "helpscout" / "rating_webhook_and_errors.json"
    if not path.exists():
        pytest.skip("the documented answers are not beside the checkout")
    body = json.loads(path.read_text(encoding="utf-8"))["satisfaction.ratings webhook body"]
    assert system.connect().webhook.ticket_in(body) == 1560011  # type: ignore[attr-defined]
