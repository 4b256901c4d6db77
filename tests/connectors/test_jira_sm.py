"""What does the connector of Jira Service Management make of what that desk says, and of what it does not say?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.testing.makers import action
from imitation import AGENT, BOT, CUSTOMER
from jira_sm_desk import DESK, JIRA, JiraDesk, JiraSystem


@pytest.fixture
def system() -> Iterator[JiraSystem]:
    with JiraSystem() as system:
        yield system


@pytest.fixture
def desk(system: JiraSystem) -> JiraDesk:
    return system.desk


# --- who said what --------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, 0, "We have received your request.")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, BOT, "A note.", public=False)
    desk.say(1, CUSTOMER, "Still nothing!")
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("system", True, True, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("agent", False, False, True),
        ("customer", True, False, False),
    ]


def test_times_in_the_zone_of_the_account_are_read(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.created_at, found.solved_at) == (desk.tickets[1].created, desk.tickets[1].ended)
    assert found.customer.timezone == "Asia/Shanghai" and found.url == f"{desk.server.url}/browse/SUP-1"


def test_fields_that_are_plain_are_read(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    assert system.read().items["1"].fields == {
        "type": "Service Request",
        "priority": "Medium",
        "customfield_10010": "enterprise",
    }


def test_long_requests_are_read_to_their_end(system: JiraSystem, desk: JiraDesk) -> None:
    """1 + 120 messages: three answers of fifty comments."""
    desk.open("0")
    for number in range(1, 121):
        desk.say(1, CUSTOMER, str(number))
    assert [one.text for one in system.read().items["1"].messages] == [str(number) for number in range(121)]


# --- ratings --------------------------------------------------------------------------------------------------------------


def test_a_finished_request_is_asked_for_its_rating(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    desk.open("Later.")
    desk.rate(1, 2, "three days for an answer")
    found = system.read().items
    assert [(one.value, one.comment) for one in found["1"].ratings] == [(2, "three days for an answer")]
    assert found["2"].ratings == ()
    asked = [call.path for call in desk.server.calls if call.path.endswith("/feedback")]
    assert asked == [f"{DESK}/1/feedback"]


def test_without_ratings_no_request_is_asked(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    desk.rate(1, 2)
    assert system.read(ratings=False).items["1"].ratings == ()
    assert not any(call.path.endswith("/feedback") for call in desk.server.calls)


# --- lists ----------------------------------------------------------------------------------------------------------------


def test_minutes_gone_by_are_asked_for_and_no_time(system: JiraSystem, desk: JiraDesk) -> None:
    """A time would be read in the zone of the account; 30 days are 43,200 minutes, and five more are asked for."""
    desk.open("Late.")
    source = system.connect()
    list(source.pull(source.start(desk.now - timedelta(days=30))))
    (search,) = [call.body for call in desk.server.calls if call.path == f"{JIRA}/search/jql"]
    assert 'project = "SUP" AND updated >= "-43206m"' in search["jql"]


def test_a_long_list_is_gone_through_once(system: JiraSystem, desk: JiraDesk) -> None:
    """Ten requests at three a page are four answers, although they changed within one minute."""
    for number in range(10):
        desk.open(f"Late {number}.")
    assert len(system.read().items) == 10
    assert len([call for call in desk.server.calls if call.path == f"{JIRA}/search/jql"]) == 4


@pytest.mark.parametrize(
    "broken", [{"created": "never"}, {"created": None}, {"created": "1969-12-31T00:00:00.000+0000"}]
)
def test_a_broken_request_is_named_and_the_others_come(
    system: JiraSystem, desk: JiraDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", "created")}


@pytest.mark.parametrize("odd", [{"labels": None}, {"status": "-"}, {"priority": None}, {"summary": 7}])
def test_an_odd_request_is_read(system: JiraSystem, desk: JiraDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing and checking -------------------------------------------------------------------------------------------------


def test_a_note_says_that_it_is_private_and_a_reply_that_it_is_not(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    system.connect().push(action("note", "1"))
    system.connect().push(action("reply", "1", text="对不起。"))
    note, reply = [
        call.body for call in desk.server.calls if call.path == f"{DESK}/1/comment" and call.method == "POST"
    ]
    assert note["public"] is False and reply == {"body": "对不起。", "public": True}


def test_a_task_is_linked_to_its_requests_and_survives_one_that_is_gone(system: JiraSystem, desk: JiraDesk) -> None:
    desk.open("Late.")
    task = (
        system.connect().push(action("task", "", title="Deliver in time", tags=("a",), linked=("1", "77"))).external_id
    )
    assert desk.links == [("1", task)] and desk.tickets[int(task)].tags == ["a"]
    assert "jql=id%3D77" in desk.tickets[int(task)].messages[0].text


def test_a_task_is_brought_up_to_date_once(system: JiraSystem, desk: JiraDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    asked = action("task_update", "", external_id=task, title="Deliver in time, and say so")
    assert source.push(asked).external_id == system.connect().push(asked).external_id
    assert desk.tickets[int(task)].subject == "Deliver in time, and say so"
    assert len(desk.tickets[int(task)].messages) == 2


def test_a_resolution_turns_a_task_down(system: JiraSystem, desk: JiraDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    desk.finish(int(task))
    desk.tickets[int(task)].status = "rejected"
    assert [state.status for state in source.task_status([task])] == ["rejected"]


@pytest.mark.parametrize(
    ("lacking", "bad"),
    [
        ({"SERVICEDESK_AGENT"}, ["project"]),
        ({"LINK_ISSUES"}, ["task project"]),
        ({"EDIT_ISSUES"}, ["project", "task project"]),
    ],
)
def test_missing_rights_are_named(system: JiraSystem, desk: JiraDesk, lacking: set[str], bad: list[str]) -> None:
    """Without SERVICEDESK_AGENT notes would be an empty list, and no refusal."""
    desk.lacking = lacking
    wrong = [line for line in system.connect().check() if not line.ok]
    assert [line.name for line in wrong] == bad and all(next(iter(lacking)) in line.detail for line in wrong)


def test_a_project_that_is_not_there_is_named(system: JiraSystem) -> None:
    assert [line.name for line in system.connect(project="NOPE").check() if not line.ok] == ["project"]


@pytest.mark.parametrize("key", ['SUP" OR project = "HR', "SUP-1", ""])
def test_a_project_key_cannot_smuggle_a_query(system: JiraSystem, key: str) -> None:
    with pytest.raises(ValueError, match="project"):
        system.connect(project=key)


def test_the_clock_of_the_imitation_is_utc(desk: JiraDesk) -> None:
    assert desk.now.tzinfo is UTC and desk.now < datetime.now(UTC)
