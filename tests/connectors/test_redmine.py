"""What does the Redmine connector do where Redmine keeps silent?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import ClassVar

import pytest

from desk_site import Site
from feedbackloop.connector import Ability
from feedbackloop.errors import Fatal, Refused, Skippable
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action, at
from feedbackloop_connectors.redmine.connector import Redmine
from feedbackloop_connectors.redmine.cursor import Cursor
from redmine_desk import ANONYMOUS, BOT, KEY, RedmineDesk

AGENT, REPORTER = 7, 8


class RedmineSite(Site[RedmineDesk]):
    """One desk with a way to connect."""

    desk_of = RedmineDesk
    kind = Redmine
    options: ClassVar[dict[str, object]] = {
        "api_key": KEY,
        "project": "support",
        "task_project": "improvement",
        "tag_field": "FeedbackTag",
        "email_field": "CustomerEmail",
    }


@pytest.fixture
def site() -> Iterator[RedmineSite]:
    with RedmineSite() as site:
        yield site


def test_customers_colleagues_and_own_words_are_told_apart(site: RedmineSite) -> None:
    issue = site.desk.open(1, "说好三天到货", by=REPORTER)
    site.desk.journal(issue, AGENT, "Sorry!")
    site.desk.journal(issue, AGENT, "Call the carrier.", private=True)
    site.desk.journal(issue, BOT, "A note.", private=True)
    site.desk.journal(issue, ANONYMOUS, "Still waiting.")
    found = site.read(customer_roles=["Reporter"])["1"]
    assert [(m.author, m.public, m.own, m.text) for m in found.messages] == [
        ("customer", True, False, "说好三天到货"),
        ("agent", True, False, "Sorry!"),
        ("agent", False, False, "Call the carrier."),
        ("agent", False, True, "A note."),
        ("customer", True, False, "Still waiting."),
    ]
    assert found.customer.id == str(REPORTER)


@pytest.mark.parametrize(("email", "author"), [("ann@example.org", "customer"), (None, "agent")])
def test_what_a_colleague_opens_for_a_customer(site: RedmineSite, email: str | None, author: str) -> None:
    issue = site.desk.open(1, "Ann called: too late.", by=AGENT)
    if email:
        site.desk.set_field(issue, 3, email)
    found = site.read()["1"]
    assert (found.messages[0].author, found.customer.email) == (author, email)


@pytest.mark.parametrize("ask", ["pull", "find", "task_status", "fetch", "push"])
def test_a_wrong_key_is_refused_everywhere_though_lists_are_empty(site: RedmineSite, ask: str) -> None:
    site.desk.open(1, "Late.")
    site.desk.is_revoked = True
    connector = site.connect()
    calls = {
        "pull": lambda: list(connector.pull("")),
        "find": lambda: connector.find(action("task", "", key="task:1")),
        "task_status": lambda: connector.task_status(["1"]),
        "fetch": lambda: connector.fetch(["1"]),
        "push": lambda: connector.push(action("note", "1")),
    }
    with pytest.raises(Refused):
        calls[ask]()


def test_a_note_that_would_be_public_is_not_written(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    site.desk.permissions.remove("set_notes_private")
    with pytest.raises(Refused, match="would be public"):
        site.connect().push(action("note", "1"))
    assert site.desk.issues[1]["journals"] == []


def test_check_names_the_missing_permission(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    site.desk.permissions.remove("set_notes_private")
    (bad,) = [line for line in site.connect().check() if not line.ok]
    assert "set_notes_private" in (bad.fix or "")


@pytest.mark.parametrize(("by", "reaches"), [(ANONYMOUS, False), (AGENT, False), (REPORTER, True)])
def test_a_reply_goes_only_where_it_reaches_somebody(site: RedmineSite, by: int, reaches: bool) -> None:
    site.desk.open(1, "Late.", by=by)
    connector = site.connect(customer_roles=["Reporter"])
    if reaches:
        assert connector.push(action("reply", "1", text="Sorry!")).external_id
    else:
        with pytest.raises(Skippable, match="follow_ups_by"):
            connector.push(action("reply", "1", text="Sorry!"))
    assert len(site.desk.issues[1]["journals"]) == int(reaches)


def test_a_tag_set_by_somebody_in_the_same_moment_is_put_back(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    site.desk.set_field(1, 2, "vip")

    def meanwhile(issue: dict[str, object]) -> None:
        site.desk.before_update = lambda _: None
        site.desk.set_field(1, 2, "vip, lawyer", by=AGENT)

    site.desk.before_update = meanwhile
    site.connect().push(action("tag", "1", tags=("fbl-gap-reliability",)))
    held = site.desk.issues[1]["custom_fields"][1]["value"]
    assert set(held.split(", ")) == {"vip", "lawyer", "fbl-gap-reliability"}


def test_a_write_that_redmine_leaves_out_is_noticed(site: RedmineSite) -> None:
    site.desk.open(1, "Late.", by=REPORTER)
    site.desk.permissions.remove("edit_issues")
    with pytest.raises(Refused, match="does not show it"):
        site.connect(customer_roles=["Reporter"]).push(action("reply", "1", text="Sorry!"))


def test_a_second_that_holds_more_than_a_page_is_read_whole(site: RedmineSite) -> None:
    site.desk.is_one_second = True
    for number in range(7):
        site.desk.open(1, f"Late {number}.")
    site.desk.is_one_second = False
    site.desk.open(1, "After.")
    assert len(site.read(page_size=2)) == 8


def test_an_issue_stamped_earlier_and_seen_late_is_read(site: RedmineSite) -> None:
    site.desk.open(1, "First.")
    hidden = site.desk.open(1, "Committed late.")
    site.desk.open(1, "Other.")
    late = site.desk.issues.pop(hidden)
    shelf = Shelf().pull(site.connect())
    site.desk.issues[hidden] = late
    shelf.pull(site.connect())
    assert set(shelf.items) == {"1", "2", "3"}


def test_closed_issues_are_read_with_the_time_they_were_closed(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    site.desk.close(1)
    found = site.read()["1"]
    assert (found.status, found.solved_at) == ("closed", site.desk.now)


def test_known_states_are_not_read_again(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    shelf = Shelf().pull(site.connect())
    before = len(site.server.calls)
    shelf.pull(site.connect())
    assert not [call for call in site.server.calls[before:] if call.path == "/issues/1.json"]


@pytest.mark.parametrize(
    ("server_ahead", "waited", "expected"),
    [
        (0.0, 0.0, False),  # both clocks still in the second of the change
        (1.0, 0.0, True),  # the server says that the next second has begun
        (-120.0, 0.5, False),  # the server's time is unknown, and half a second passed since the first look
        (-120.0, 1.0, True),  # a whole second passed: the second of the change is over, whatever the time is
    ],
)
def test_a_second_is_over_when_a_clock_moved_on(server_ahead: float, waited: float, expected: bool) -> None:
    stamp, ours = at("2026-11-20T12:00:00Z"), at("2031-01-01T00:00:00Z")
    cursor = Cursor(fresh={"1": (stamp, ours)})
    asked = stamp + timedelta(seconds=server_ahead)
    assert cursor.is_over("1", stamp, asked, ours + timedelta(seconds=waited)) is expected


def test_a_task_is_related_to_its_issues_and_is_no_feedback(site: RedmineSite) -> None:
    site.desk.open(1, "Late.")
    asked = action("task", "", key="task:1", title="Deliver in time", linked=("1", "99"), tags=("fbl-task",))
    receipt = site.connect().push(asked)
    task = site.desk.issues[int(receipt.external_id)]
    assert [one["issue_to_id"] for one in task["relations"]] == [1]
    assert "#1 #99" in task["description"]
    assert task["custom_fields"][1]["value"] == "fbl-task"
    assert set(site.read()) == {"1"}
    assert site.read(project="improvement") == {}


def test_a_project_that_is_not_there_is_said(site: RedmineSite) -> None:
    with pytest.raises(Fatal, match="no project 'suport'"):
        list(site.connect(project="suport").pull(""))


def test_abilities_are_those_of_this_desk(site: RedmineSite) -> None:
    assert {Ability.TAGS, Ability.TASKS} <= site.connect().abilities
    assert not {Ability.TAGS, Ability.TASKS} & site.connect(tag_field=None, task_project=None).abilities
