"""What does the Zammad connector make of what that desk says, and of what it does not say?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.errors import Skippable
from feedbackloop.records import Customer
from feedbackloop.testing.makers import action
from feedbackloop_connectors.zammad.items import Reader, customer_of
from feedbackloop_connectors.zammad.options import ZammadOptions
from imitation import AGENT, BOT, CUSTOMER
from prism_judge import FIXTURES
from zammad_desk import ZammadDesk, ZammadSystem


@pytest.fixture
def system() -> Iterator[ZammadSystem]:
    with ZammadSystem() as system:
        yield system


@pytest.fixture
def desk(system: ZammadSystem) -> ZammadDesk:
    return system.desk


# --- who said what ------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, 0, "We have received your request.")
    desk.say(1, CUSTOMER, "I am out of office.", kind="auto")
    desk.say(1, BOT, "A note.", public=False)
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("system", True, True, False),
        ("customer", True, True, False),
        ("agent", False, False, True),
    ]


def test_the_customer_is_asked_for_once(system: ZammadSystem, desk: ZammadDesk) -> None:
    for number in range(4):
        desk.open(f"Late {number}.")
    found = system.read().items["1"].customer
    assert found == Customer(
        "100", "Wanda Whistle", "wanda@x.test", "de-de", tags=("vip",), organization="Zammad Foundation"
    )
    assert len([call for call in desk.server.calls if call.path == "/api/v1/users/100"]) == 1


def test_a_customer_whom_we_may_not_see_is_known_by_the_ticket(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    desk.plan_lacks = (r"/api/v1/users/\d+",)
    assert system.read().items["1"].customer == Customer("100", email="wanda@x.test", organization="Zammad Foundation")


def test_attributes_of_the_house_are_read_and_zammads_own_are_not(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    assert system.read().items["1"].fields == {
        "group": "Users",
        "organization": "Zammad Foundation",
        "plan": "enterprise",
        "priority": "2 normal",
    }


def test_a_mail_with_a_quote_is_handed_on_for_cleaning(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("x")
    quoted = "<p>No!</p><blockquote type='cite'>We promised it for Monday.</blockquote>"
    article = {
        "id": 1,
        "body": quoted,
        "content_type": "text/html",
        "sender": "Customer",
        "created_at": "2026-11-02T09:00:00Z",
    }
    found = reader().item({"id": 1, "created_at": "2026-11-02T09:00:00Z"}, [article], (), Customer())
    assert found.messages[0].text == quoted


def test_states_of_the_house_and_the_end_are_read(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.status, found.solved_at) == ("solved", desk.tickets[1].ended)
    desk.touch(1).fields["state"] = "waiting for supplier"
    assert system.read().items["1"].status == "open"
    assert system.read(states={"waiting for supplier": "pending"}).items["1"].status == "pending"


@pytest.mark.parametrize(
    ("value", "read_as"), [("4", [4.0]), (2, [2.0]), ("9", []), ("", []), ("good", []), (None, [])]
)
def test_a_rating_is_an_attribute_of_the_house(
    system: ZammadSystem, desk: ZammadDesk, value: object, read_as: list[float]
) -> None:
    desk.open("Late.").fields["csat"] = value
    assert [one.value for one in system.read().items["1"].ratings] == read_as


# --- lists ----------------------------------------------------------------------------------------------------------------


def test_changes_within_one_second_are_told_apart_by_the_millisecond(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    shelf = system.read()
    desk.say(1, CUSTOMER, "Still late.").at += timedelta(milliseconds=5)
    desk.tickets[1].updated = desk.tickets[1].messages[-1].at
    system.read(shelf)
    before = len(shelf.yielded)
    desk.tickets[1].messages[-1].text = "Still late!"
    desk.tickets[1].updated += timedelta(milliseconds=1)
    system.read(shelf)
    assert [one.messages[-1].text for one in shelf.yielded[before:]] == ["Still late!"]


def test_a_merged_ticket_is_erased_for_its_words_stand_in_another(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    desk.open("Late again.")
    shelf = system.read()
    desk.merge(1)
    system.read(shelf)
    assert list(shelf.items) == ["2"] and shelf.erased == {"1"}


def test_a_search_with_words_is_never_made(system: ZammadSystem, desk: ZammadDesk) -> None:
    """It would go to Elasticsearch, which lags behind."""
    desk.open("Late.")
    system.read()
    system.connect().push(action("task", "", title="Deliver in time"))
    assert not any("query" in call.query for call in desk.server.calls)


# --- what comes broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [{"created_at": "never"}, {"created_at": None}, {"close_at": "10000-01-01T00:00:00Z", "last_close_at": None}],
)
def test_a_broken_ticket_is_named_and_the_others_come(
    system: ZammadSystem, desk: ZammadDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", next(iter(broken)))}


@pytest.mark.parametrize(
    "odd", [{"title": 12}, {"customer_id": None, "customer": None}, {"state": None}, {"group": []}]
)
def test_an_odd_ticket_is_read(system: ZammadSystem, desk: ZammadDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing --------------------------------------------------------------------------------------------------------------


def test_a_note_is_never_mailed(system: ZammadSystem, desk: ZammadDesk) -> None:
    """An internal article of type email would be."""
    desk.open("Late.")
    system.connect().push(action("note", "1"))
    assert desk.mails == [] and not desk.tickets[1].messages[-1].public


def test_a_reply_is_a_mail_to_the_customer(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.", subject="Parcel 7")
    system.connect().push(action("reply", "1", text="对不起。"))
    (mail,) = desk.mails
    assert (mail["to"], mail["subject"], mail["body"], mail["internal"]) == (
        "wanda@x.test",
        "Parcel 7",
        "对不起。",
        False,
    )


def test_a_reply_to_somebody_without_an_address_is_set_aside(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    desk.plan_lacks = (r"/api/v1/users/\d+",)
    with pytest.raises(Skippable, match="has no mail address"):
        system.connect().push(action("reply", "1"))


def test_a_task_is_linked_to_its_tickets(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    desk.open("Late, too.")
    task = (
        system.connect()
        .push(action("task", "", title="Deliver in time", tags=("a", "b"), linked=("1", "2")))
        .external_id
    )
    assert desk.links == [(int(task), 1), (int(task), 2)]
    assert desk.tickets[int(task)].tags == ["a", "b"]


def test_a_task_is_filed_without_links_where_a_ticket_is_gone(system: ZammadSystem, desk: ZammadDesk) -> None:
    desk.open("Late.")
    task = system.connect().push(action("task", "", title="Deliver in time", linked=("1", "77"))).external_id
    assert desk.links == [] and "/#ticket/zoom/77" in desk.tickets[int(task)].messages[0].text


def test_a_task_is_turned_down_by_a_tag_and_missing_when_merged(system: ZammadSystem, desk: ZammadDesk) -> None:
    source = system.connect()
    tasks = [source.push(action("task", "", key=f"k{n}", title="Deliver in time")).external_id for n in range(2)]
    desk.touch(int(tasks[0])).tags.append("fbl-rejected")
    desk.merge(int(tasks[1]))
    assert [state.status for state in source.task_status([*tasks, "77"])] == ["rejected", "missing", "missing"]


def test_without_a_group_no_tasks_are_offered(system: ZammadSystem) -> None:
    assert "tasks" not in system.connect(task_group=None).abilities


@pytest.mark.parametrize(
    ("groups", "bad"),
    [({}, ["groups", "task group"]), ({"Users": ["full"]}, ["task group"]), ({"Users": [], "Improvements": []}, [])],
)
def test_groups_that_are_not_open_to_us_are_named(
    system: ZammadSystem, desk: ZammadDesk, groups: dict[str, Any], bad: list[str]
) -> None:
    desk.groups = groups
    assert [line.name for line in system.connect().check() if not line.ok] == bad


# --- recorded answers -----------------------------------------------------------------------------------------------------


def reader() -> Reader:
    options = ZammadOptions(connector="zammad", base_url="https://x.test", token="t")  # type: ignore[arg-type] # is made a secret
    return Reader(options, lambda key: key, lambda *_: False, "fbl-")


def recorded(name: str, uri: str) -> Any:
    path = FIXTURES / "zammad" / f"{name}.json"
    if not path.exists():
        pytest.skip("the recorded answers are not beside the checkout")
    calls = json.loads(path.read_text(encoding="utf-8"))
    return next(one["response"]["body"] for one in calls if uri in one["request"]["uri"])


@pytest.mark.shared
@pytest.mark.parametrize("uri", ["/tickets?page=1", "/tickets/search", "/tickets/1"])
def test_a_recorded_ticket_is_read(uri: str) -> None:
    found = recorded("test_tickets", uri)
    row = found[0] if isinstance(found, list) else found
    read_as = reader().item(row, (), (), customer_of(row, recorded("test_users", "/users/3")))
    assert read_as.created_at == datetime(2025, 5, 13, 8, 37, 16, 572000, tzinfo=UTC)
    assert read_as.fields.keys() <= {"group", "priority", "organization"}
    assert read_as.customer.name == "John Doe"


@pytest.mark.shared
def test_the_imitation_answers_in_the_form_of_the_recorded_one(system: ZammadSystem, desk: ZammadDesk) -> None:
    """Each value that both give is of one type; the imitation gives nothing that a real desk does not, but two of the house."""
    row = recorded("test_tickets", "/tickets/search")[0]
    desk.open("Late.")
    made = desk._row(desk.tickets[1])
    both = [name for name in made if made[name] is not None and row.get(name) is not None]
    assert made.keys() - row.keys() == {"csat", "plan"}
    assert {name: type(made[name]) for name in both} == {name: type(row[name]) for name in both}


@pytest.mark.shared
def test_a_page_behind_the_last_is_empty() -> None:
    assert recorded("test_pagination", "page=7") == []
