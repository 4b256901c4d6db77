"""What does the connector of GitHub Issues make of what that board says, and of what it does not say?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from feedbackloop.errors import Refused, Retriable, Skippable
from feedbackloop.testing.makers import action
from github_desk import REPO, GitHubDesk, GitHubSystem
from imitation import AGENT, BOT, CUSTOMER


@pytest.fixture
def system() -> Iterator[GitHubSystem]:
    with GitHubSystem() as system:
        yield system


@pytest.fixture
def desk(system: GitHubSystem) -> GitHubDesk:
    return system.desk


# --- a board of tasks -----------------------------------------------------------------------------------------------------


def test_a_board_of_tasks_is_not_read_as_feedback(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.open("A bug.")
    shelf = system.read(feedback=False)
    assert shelf.items == {} and shelf.caught_up
    assert not any(call.path.endswith("/issues") for call in desk.server.calls)


@pytest.mark.parametrize(
    ("state", "reason", "status"),
    [
        ("open", None, "open"),
        ("open", "reopened", "open"),
        ("closed", "completed", "done"),
        ("closed", None, "done"),
        ("closed", "not_planned", "rejected"),
        ("closed", "duplicate", "rejected"),
    ],
)
def test_where_a_task_stands_is_told_by_state_and_reason(
    system: GitHubSystem, desk: GitHubDesk, state: str, reason: str | None, status: str
) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    desk.tickets[int(task)].fields.update({"state": state, "state_reason": reason})
    assert [one.status for one in source.task_status([task])] == [status]


@pytest.mark.parametrize("how", ["deleted", "moved"])
def test_a_task_that_was_deleted_or_moved_away_is_missing(system: GitHubSystem, desk: GitHubDesk, how: str) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    if how == "deleted":
        desk.delete(int(task))
    else:
        desk.moved.add(int(task))
    assert [one.status for one in source.task_status([task])] == ["missing"]
    with pytest.raises(Skippable):
        source.push(action("task_update", "", external_id=task))


def test_a_task_carries_the_labels_of_the_options(system: GitHubSystem, desk: GitHubDesk) -> None:
    task = (
        system.connect(task_labels=("service",))
        .push(action("task", "", title="x" * 300, tags=("fbl-task",)))
        .external_id
    )
    assert desk.tickets[int(task)].tags == ["service", "fbl-task"] and len(desk.tickets[int(task)].subject) == 256


def test_a_task_is_found_among_many_of_ours_without_a_search(system: GitHubSystem, desk: GitHubDesk) -> None:
    """130 older ones are two pages of a hundred."""
    first = system.connect().push(action("task", "", title="Deliver in time")).external_id
    for number in range(130):
        desk.open(f"task {number}", by=BOT)
    found = system.connect().find(action("task", "", title="Deliver in time"))
    assert found is not None and found.external_id == first
    assert not any(call.path.startswith("/search") for call in desk.server.calls)


def test_a_task_is_brought_up_to_date_once(system: GitHubSystem, desk: GitHubDesk) -> None:
    source = system.connect()
    task = source.push(action("task", "", title="Deliver in time")).external_id
    asked = action("task_update", "", external_id=task, title="Deliver in time, and say so")
    assert source.push(asked).external_id == system.connect().push(asked).external_id
    assert desk.tickets[int(task)].subject == "Deliver in time, and say so"
    assert len(desk.tickets[int(task)].messages) == 2


# --- issues as feedback ---------------------------------------------------------------------------------------------------


def test_customers_colleagues_and_machines_are_told_apart(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.open("It crashes.")
    desk.say(1, 0, "Thank you for your report.")
    desk.say(1, AGENT, "Which version?")
    desk.say(1, BOT, "We are sorry.")
    desk.say(1, CUSTOMER, "2.1")
    found = system.read().items["1"].messages
    assert [(one.author, one.automatic, one.own) for one in found] == [
        ("customer", False, False),
        ("system", True, False),
        ("agent", False, False),
        ("agent", False, True),
        ("customer", False, False),
    ]


def test_pull_requests_are_no_feedback(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.open("Mend it.").fields["pull_request"] = {"url": "https://x.test"}
    desk.open("It crashes.")
    assert list(system.read().items) == ["2"]


def test_closed_issues_are_read_too(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.open("It crashes.")
    desk.finish(1)
    found = system.read().items["1"]
    assert (found.status, found.solved_at, found.fields) == (
        "solved",
        desk.tickets[1].ended,
        {"state_reason": "completed"},
    )


def test_an_issue_without_comments_costs_no_call(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.open("It crashes.")
    system.read()
    assert not any(call.path.endswith("/comments") for call in desk.server.calls)


@pytest.mark.parametrize("broken", [{"created_at": "never"}, {"created_at": None}])
def test_a_broken_issue_is_named_and_the_others_come(
    system: GitHubSystem, desk: GitHubDesk, broken: dict[str, Any]
) -> None:
    desk.open("Broken.").fields.update(broken)
    desk.open("Sound.")
    shelf = system.read()
    assert list(shelf.items) == ["2"]
    assert {(one.record, one.field) for one in shelf.rejected} == {("1", "created_at")}


@pytest.mark.parametrize("odd", [{"user": None}, {"labels": ["bug", 7, None]}, {"milestone": "-"}, {"title": None}])
def test_an_odd_issue_is_read(system: GitHubSystem, desk: GitHubDesk, odd: dict[str, Any]) -> None:
    desk.open("Odd.").fields.update(odd)
    assert [one.text for one in system.read().items["1"].messages] == ["Odd."]


# --- limits and rights ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "wait"),
    [({"Retry-After": "7"}, 7.0), ({}, 60.0), ({"X-RateLimit-Remaining": "0"}, 60.0)],
)
def test_a_used_up_limit_is_no_refusal(
    system: GitHubSystem, desk: GitHubDesk, headers: dict[str, str], wait: float
) -> None:
    """GitHub says both with 403."""
    desk.limit = headers
    with pytest.raises(Retriable) as caught:
        list(system.connect().pull(""))
    assert caught.value.wait_seconds == wait


def test_a_limit_that_names_its_end_is_waited_for(system: GitHubSystem, desk: GitHubDesk) -> None:
    source = system.connect()
    list(source.pull(""))
    desk.limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(desk.now.timestamp()) + 90)}
    with pytest.raises(Retriable) as caught:
        list(source.pull(""))
    assert caught.value.wait_seconds == pytest.approx(90, abs=3)


def test_a_refusal_is_one(system: GitHubSystem, desk: GitHubDesk) -> None:
    desk.plan_lacks = (f"{REPO}/issues",)
    with pytest.raises(Refused):
        list(system.connect().pull(""))


@pytest.mark.parametrize(
    ("about", "bad"),
    [({"has_issues": False}, ["issues"]), ({"permissions": {"pull": True}}, ["labels"]), ({"permissions": None}, [])],
)
def test_check_names_what_is_missing(
    system: GitHubSystem, desk: GitHubDesk, about: dict[str, Any], bad: list[str]
) -> None:
    desk.repository |= about
    assert [line.name for line in system.connect().check() if not line.ok] == bad


def test_a_repository_that_is_not_there_is_named(system: GitHubSystem) -> None:
    assert [line.name for line in system.connect(repository="tea/cups").check() if not line.ok] == ["repository"]


def test_links_lead_to_the_site(system: GitHubSystem) -> None:
    for address, site in [
        ("https://api.github.com", "https://github.com"),
        ("https://git.x.test/api/v3", "https://git.x.test"),
    ]:
        assert system.connect(address).dialect.url("7") == f"{site}/tea/board/issues/7"  # type: ignore[attr-defined]
