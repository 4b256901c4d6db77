"""What does the Intercom connector make of what that desk says, and of what it does not say?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.testing.makers import action
from feedbackloop_connectors.intercom.windows import MOST, Windows
from imitation import AGENT, BOT, CUSTOMER
from intercom_desk import IntercomDesk, IntercomSystem

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def system() -> Iterator[IntercomSystem]:
    with IntercomSystem() as system:
        yield system


@pytest.fixture
def desk(system: IntercomSystem) -> IntercomDesk:
    return system.desk


# --- who said what ------------------------------------------------------------------------------------------------------


def test_customers_agents_and_machines_are_told_apart(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Where is my parcel?")
    desk.say(1, 0, "We are back at nine.")
    desk.say(1, AGENT, "I look into it.")
    desk.say(1, AGENT, "He is angry.", public=False)
    desk.say(1, AGENT, "Closing this.", kind="note_and_reopen")
    desk.say(1, AGENT, "", kind="assignment")
    desk.say(1, CUSTOMER, "my card is 4111", kind="redacted")
    desk.say(1, BOT, "A note.", public=False)
    found = system.read().items["1"].messages
    assert [(one.author, one.public, one.automatic, one.own) for one in found] == [
        ("customer", True, False, False),
        ("system", True, True, False),
        ("agent", True, False, False),
        ("agent", False, False, False),
        ("agent", False, False, False),
        ("agent", False, False, True),
    ]


def test_words_in_html_are_read_where_plain_text_was_not_heeded(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("<p>Late &amp; broken.<br>Again.</p>")
    assert system.read().items["1"].messages[0].text == "Late & broken.\nAgain."


def test_the_customer_the_fields_and_the_end_are_read(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Late.", subject="Parcel 7")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.subject, found.status, found.solved_at) == ("Parcel 7", "solved", desk.tickets[1].ended)
    assert (found.customer.id, found.customer.email) == ("100", "p100@x.test")
    assert found.fields == {"plan": "enterprise", "priority": "not_priority"}


def test_what_an_agent_began_has_its_contact_as_customer(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("We recall your kettle.", by=AGENT)
    found = system.read().items["1"]
    assert (found.customer.id, found.messages[0].author) == ("100", "agent")


@pytest.mark.parametrize(
    ("rated", "read_as"),
    [({"rating": 2, "remark": "slow"}, [(2, "slow")]), ({"rating": None}, []), ({"rating": 0}, []), ({}, [])],
)
def test_a_rating_that_was_asked_for_and_not_given_is_none(
    system: IntercomSystem, desk: IntercomDesk, rated: dict[str, Any], read_as: list[tuple[float, str]]
) -> None:
    desk.open("Late.").fields["rated"] = rated
    assert [(one.value, one.comment) for one in system.read().items["1"].ratings] == read_as


# --- spans of time --------------------------------------------------------------------------------------------------------


class Desk:
    """A search over times of change, a hundred rows an answer, in no order that says anything."""

    def __init__(self, seconds: Sequence[int]) -> None:
        self.rows = [
            {"id": str(n), "updated_at": int((NOW - timedelta(seconds=s)).timestamp())} for n, s in enumerate(seconds)
        ]
        self.asked: list[tuple[datetime, datetime | None]] = []

    def search(
        self, begin: datetime, end: datetime | None, place: str | None
    ) -> tuple[list[dict[str, Any]], int, str | None]:
        self.asked.append((begin, end))
        low, high = begin.timestamp() - 1, end.timestamp() + 1 if end else float("inf")
        found = sorted(
            (row for row in self.rows if low < row["updated_at"] < high), key=lambda row: int(row["id"]) * 7 % 11
        )
        at = int(place or 0)
        return found[at : at + 100], len(found), str(at + 100) if at + 100 < len(found) else None


def through(desk: Desk, since: datetime, count: int = 50) -> list[str]:
    windows, found, is_last = Windows(desk.search, lambda: NOW), list[str](), False
    while not is_last:
        listed = windows.rows(since, count)
        is_last = listed.is_last
        found += [row["id"] for row in listed.rows]
    return found


@given(st.lists(st.integers(0, 10**8), max_size=300), st.integers(0, 10**8))
def test_every_change_since_then_is_given_in_its_order(seconds: list[int], age: int) -> None:
    """Whatever is within the spans comes, sorted; at the seam of two spans it may come twice."""
    desk, since = Desk(seconds), NOW - timedelta(seconds=age)
    found = list(dict.fromkeys(through(desk, since)))
    expected = sorted(
        (row for row in desk.rows if row["updated_at"] >= int(since.timestamp())), key=lambda row: row["updated_at"]
    )
    stamps = {row["id"]: row["updated_at"] for row in desk.rows}
    assert sorted(found) == sorted(row["id"] for row in expected)
    assert [stamps[name] for name in found] == sorted(stamps[name] for name in found)


def test_a_span_that_holds_too_much_is_halved() -> None:
    """5,000 changes in as many hours, at most 1,500 a span: 5,000 h are halved to 1,250 h, and read in four spans."""
    desk = Desk([n * 3600 for n in range(5000)])
    found = through(desk, NOW - timedelta(hours=5000))
    assert len(set(found)) == 5000
    assert len({begin for begin, _ in desk.asked}) == 4


def test_a_second_that_holds_too_much_is_read_all_the_same() -> None:
    desk = Desk([10] * (MOST + 200))
    assert len(set(through(desk, NOW - timedelta(seconds=11)))) == MOST + 200


def test_empty_years_cost_few_calls() -> None:
    """From 1990 on, where the first change is of yesterday: one span, one call."""
    desk = Desk([86400, 3600])
    assert len(through(desk, datetime(1990, 1, 1, tzinfo=UTC))) == 2 and len(desk.asked) == 1


def test_a_search_that_breaks_once_is_made_again(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Late.")
    desk.server.late, desk.server.late_path = 2, "/search"
    assert [one.id for page in system.connect().pull("") for one in page.items] == ["1"]


# --- what comes broken ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken", [{"created_at": "never"}, {"created_at": None}, {"created_at": -5}, {"created_at": 10**12}]
)
def test_a_broken_conversation_is_named_and_the_others_come(
    system: IntercomSystem, desk: IntercomDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", "created_at")}


@pytest.mark.parametrize(
    "odd", [{"tags": None}, {"contacts": None}, {"statistics": "-"}, {"custom_attributes": []}, {"state": 7}]
)
def test_an_odd_conversation_is_read(system: IntercomSystem, desk: IntercomDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- writing --------------------------------------------------------------------------------------------------------------


def test_a_note_shows_markup_as_words(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Late.")
    system.connect().push(action("note", "1", text="said: <img src=x onerror=alert(1)>\n& left"))
    sent = next(call.body for call in desk.server.calls if call.path == "/conversations/1/reply")
    assert sent["message_type"] == "note" and "said: &lt;img src=x onerror=alert(1)&gt;<br>&amp; left" in sent["body"]


def test_a_tag_is_made_once_and_put_beside_those_of_people(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Late.").tags.append("vip")
    system.connect().push(action("tag", "1", tags=("fbl-a", "fbl-b")))
    assert desk.tickets[1].tags == ["vip", "fbl-a", "fbl-b"] and desk.tag_names == ["fbl-a", "fbl-b"]


def test_a_task_is_a_ticket_of_which_nobody_is_notified(system: IntercomSystem, desk: IntercomDesk) -> None:
    desk.open("Late.")
    system.connect().push(action("task", "", title="Deliver in time", linked=("1",)))
    sent = next(call.body for call in desk.server.calls if call.path == "/tickets")
    assert sent["skip_notifications"] is True
    assert "/a/inbox/app1/inbox/conversation/1" in sent["ticket_attributes"]["_default_description_"]


def test_a_task_is_brought_up_to_date_once(system: IntercomSystem, desk: IntercomDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    asked = action("task_update", "", external_id=task, title="Deliver in time, and say so")
    assert source.push(asked).external_id == system.connect().push(asked).external_id
    assert desk.tickets[int(task)].subject == "Deliver in time, and say so"
    assert len(desk.tickets[int(task)].messages) == 2


@pytest.mark.parametrize("lacking", ["task_type", "task_contact"])
def test_without_type_and_contact_no_tasks_are_offered(system: IntercomSystem, lacking: str) -> None:
    assert "tasks" not in system.connect(**{lacking: None}).abilities


def test_check_names_a_type_and_a_contact_that_are_not_there(system: IntercomSystem) -> None:
    source = system.connect(task_type="8", task_contact="c-9")
    assert [line.name for line in source.check() if not line.ok] == ["task type", "task contact"]


def test_links_lead_to_the_inbox_of_the_region(system: IntercomSystem) -> None:
    source = system.connect("https://api.eu.intercom.io")
    assert source.dialect.url("7").startswith("https://app.eu.intercom.com/a/inbox/")  # type: ignore[attr-defined]
