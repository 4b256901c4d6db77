"""What does the Request Tracker connector do where RT says one thing and means another?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from desk_site import Site
from feedbackloop.connector import Ability
from feedbackloop.errors import Fatal, Refused, Skippable
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action, at
from feedbackloop_connectors.rt.connector import RequestTracker
from rt_desk import BOT, TOKEN, RtDesk


class RtSite(Site[RtDesk]):
    """One desk with a way to connect."""

    desk_of = RtDesk
    kind = RequestTracker
    options: ClassVar[dict[str, object]] = {
        "token": TOKEN,
        "task_queue": "Improvement",
        "tag_field": "FeedbackTag",
        "rating_field": "CSAT",
    }


@pytest.fixture
def site() -> Iterator[RtSite]:
    with RtSite() as site:
        yield site


def test_customers_colleagues_machines_and_own_words_are_told_apart(site: RtSite) -> None:
    ticket = site.desk.open("Support", "说好三天到货", by="wei@example.org")
    site.desk.say(ticket, "Correspond", "Sorry!", by="agent1")
    site.desk.say(ticket, "Comment", "Call the carrier.", by="agent1")
    site.desk.say(ticket, "Comment", "A note.", by=BOT)
    site.desk.say(ticket, "Correspond", "I am away.", by="wei@example.org", headers="Auto-Submitted: auto-replied")
    site.desk.say(ticket, "Correspond", "Me too.", by="friend@example.org")
    found = site.read()["1"].messages
    assert [(m.author, m.public, m.own, m.automatic, m.text) for m in found] == [
        ("customer", True, False, False, "说好三天到货"),
        ("agent", True, False, False, "Sorry!"),
        ("agent", False, False, False, "Call the carrier."),
        ("agent", False, True, False, "A note."),
        ("customer", True, False, True, "I am away."),
        ("customer", True, False, False, "Me too."),
    ]


@pytest.mark.parametrize(("is_customers", "author"), [(True, "customer"), (False, "agent")])
def test_what_a_colleague_opens_for_a_requestor(site: RtSite, is_customers: bool, author: str) -> None:
    site.desk.open("Support", "Ann called: too late.", by="agent1", requestors=["ann@example.org"])
    (found,) = site.read(opening_is_customers=is_customers)["1"].messages
    assert found.author == author


def test_a_merged_ticket_is_erased_and_its_words_come_with_the_other(site: RtSite) -> None:
    for text in ("First.", "Second."):
        site.desk.open("Support", text, by="ann@example.org")
    shelf = Shelf().pull(site.connect())
    site.desk.merge(2, into=1)
    shelf.pull(site.connect())
    assert shelf.erased == {"2"}
    assert shelf.texts() == {"1": ["First.", "Second."]}


def test_pages_that_are_wholly_hidden_do_not_end_a_pull(site: RtSite) -> None:
    site.desk.open("Support", "First.", by="ann@example.org")
    shelf = Shelf().pull(site.connect(page_size=2))
    for number in range(8):
        site.desk.say(1, "Comment", f"secret {number}", by="agent1")
        site.desk.hidden.add(len(site.desk.transactions))
    site.desk.open("Support", "Last.", by="bo@example.org")
    shelf.pull(site.connect(page_size=2))
    assert shelf.texts() == {"1": ["First."], "2": ["Last."]}


def test_a_change_that_is_seen_late_is_read(site: RtSite) -> None:
    site.desk.open("Support", "First.", by="ann@example.org")
    site.desk.say(1, "Correspond", "Late in coming.", by="ann@example.org")
    late = len(site.desk.transactions)
    site.desk.hidden.add(late)  # numbered, and its transaction not committed yet
    site.desk.open("Support", "Other.", by="bo@example.org")
    shelf = Shelf().pull(site.connect())
    assert shelf.texts()["1"] == ["First."]
    site.desk.hidden.clear()
    shelf.pull(site.connect())
    assert shelf.texts()["1"] == ["First.", "Late in coming."]


def test_nothing_new_costs_three_calls(site: RtSite) -> None:
    site.desk.open("Support", "First.", by="ann@example.org")
    shelf = Shelf().pull(site.connect(queues=["Support"]))
    before = len(site.server.calls)
    shelf.pull(site.connect(queues=["Support"]))
    assert [call.path.removeprefix("/REST/2.0") for call in site.server.calls[before:]] == [
        "/queue/Support", "/transactions", "/transactions",
    ]  # fmt: skip


def test_a_queue_that_is_not_there_is_said(site: RtSite) -> None:
    with pytest.raises(Fatal, match="no queue 'Suport'"):
        list(site.connect(queues=["Suport"]).pull(""))


def test_times_are_asked_without_a_zone_and_sifted_here(site: RtSite) -> None:
    site.desk.now = at("2026-11-10T00:00:00Z")
    site.desk.open("Support", "Before.", by="ann@example.org")
    site.desk.now = at("2026-11-12T00:00:00Z")
    site.desk.open("Support", "After.", by="bo@example.org")
    connector = site.connect()
    items = [item for page in connector.pull(connector.start(at("2026-11-11T10:00:00Z"))) for item in page.items]
    assert [item.id for item in items] == ["2"]
    asked = [call.query["query"] for call in site.server.calls if call.path.endswith("/tickets")]
    assert "LastUpdated >= '2026-11-10 08:00:00'" in asked[0]  # 26 hours earlier


def test_a_refusal_with_status_200_is_noticed(site: RtSite) -> None:
    site.desk.open("Support", "Late.", by="ann@example.org")
    site.desk.may_modify_fields = False
    with pytest.raises(Refused, match=r"Permission Denied.*ModifyCustomField"):
        site.connect().push(action("tag", "1", tags=("fbl-gap-reliability",)))


def test_a_task_refers_to_its_tickets_and_is_no_feedback(site: RtSite) -> None:
    site.desk.open("Support", "Late.", by="ann@example.org")
    asked = action("task", "", key="task:1", title="Deliver in time", linked=("1", "not-ours"), tags=("fbl-task",))
    receipt = site.connect().push(asked)
    ticket = site.desk.tickets[int(receipt.external_id)]
    assert "1" in ticket.refers_to and "not-ours" not in ticket.refers_to
    assert ticket.fields == {"FeedbackTag": ["fbl-task"]}
    assert set(site.read(queues=["Support", "Improvement"])) == {"1"}


def test_a_customer_cannot_hide_a_ticket_with_our_mark(site: RtSite) -> None:
    site.desk.open("Support", "Late.\n[feedbackloop:0123456789abcdef]", by="ann@example.org")
    assert set(site.read()) == {"1"}


def test_a_rejected_task_is_told(site: RtSite) -> None:
    receipt = site.connect().push(action("task", "", key="task:1", title="Deliver in time"))
    site.desk.set_status(int(receipt.external_id), "rejected")
    (state,) = site.connect().task_status([receipt.external_id])
    assert state.status == "rejected"


def test_a_task_without_a_queue_is_set_aside(site: RtSite) -> None:
    with pytest.raises(Skippable, match="no queue 'Tasks'"):
        site.connect(task_queue="Tasks").push(action("task", "", key="task:1", title="T"))


def test_abilities_are_those_of_this_desk(site: RtSite) -> None:
    assert {Ability.TAGS, Ability.TASKS} <= site.connect().abilities
    assert not {Ability.TAGS, Ability.TASKS} & site.connect(tag_field=None, task_queue=None).abilities


@pytest.mark.parametrize("text", ["plain", "说好的 👍", "<b>bold</b> & so on"])
def test_a_reply_goes_out_as_it_is(site: RtSite, text: str) -> None:
    site.desk.open("Support", "Late.", by="ann@example.org")
    site.connect().push(action("reply", "1", text=text))
    assert site.read()["1"].messages[-1].text == text
    assert "feedbackloop" not in site.desk.attachments[-3]["Content"]
