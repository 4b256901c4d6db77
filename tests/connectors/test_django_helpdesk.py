"""Does the django-helpdesk connector get past the traps of its interface?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from django_desk import STAFF, TOKEN, Desk
from feedbackloop.connector import Ability, Context
from feedbackloop.errors import Skippable
from feedbackloop.testing import Shelf
from feedbackloop.testing.makers import action
from feedbackloop_connectors.django_helpdesk.connector import DjangoHelpdesk
from feedbackloop_connectors.django_helpdesk.own import inert
from feedbackloop_connectors.django_helpdesk.pulling import LONG_SCAN


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def connector(desk: Desk, **options: Any) -> DjangoHelpdesk:
    chosen = {"token": TOKEN, "page_size": 3, "tag_field": "feedback_tag"} | options
    made = DjangoHelpdesk.Options(connector="django-helpdesk", base_url=desk.base_url, **chosen)
    return DjangoHelpdesk(made, Context("support"))


def ticket(desk: Desk, text: str = "Late.", email: str | None = "wanda@example.org", **more: Any) -> str:
    body = {"queue": 1, "priority": 3, "title": "Late", "description": text, "submitter_email": email} | more
    return str(desk._create(body).body["id"])


def test_only_changed_buckets_come_again(desk: Desk) -> None:
    """Forty tickets lie in two buckets of 32 ids; a word in one brings that bucket, the other stays where it is."""
    for _ in range(40):
        ticket(desk)
    shelf = Shelf().pull(connector(desk, page_size=10))
    desk.mail_in(40, "Still nothing!", "wanda@example.org")
    before = len(shelf.yielded)
    shelf.pull(connector(desk, page_size=10))
    assert [item.id for item in shelf.yielded[before:]] == [str(number) for number in range(32, 41)]


def test_a_tag_that_leaves_no_trace_in_any_time_is_noticed(desk: Desk) -> None:
    name = ticket(desk)
    shelf = Shelf().pull(connector(desk))
    desk.tickets[1]["custom_feedback_tag"] = "vip, gold"
    assert shelf.pull(connector(desk)).items[name].tags == ("vip", "gold")


def test_a_deletion_while_pages_are_read_erases_nothing_else(desk: Desk) -> None:
    """The row of ticket 2 goes after page one: all others move forward, ticket 4 is missed by this scan and lives on."""
    for _ in range(6):
        ticket(desk)
    shelf = Shelf().pull(connector(desk))
    for number, page in enumerate(connector(desk).pull(shelf.cursor or "")):
        shelf.keep(page)
        if number == 0:
            del desk.tickets[2]
    assert not shelf.erased, "what is missing from a list is looked at before it is erased"
    shelf.pull(connector(desk))
    assert shelf.erased == {"2"}
    assert sorted(shelf.items) == ["1", "3", "4", "5", "6"]


def test_a_helpdesk_emptied_of_a_whole_bucket_is_noticed(desk: Desk) -> None:
    ticket(desk)
    shelf = Shelf().pull(connector(desk))
    del desk.tickets[1]
    assert shelf.pull(connector(desk)).erased == {"1"}


def test_a_long_scan_says_what_it_cost(desk: Desk) -> None:
    for _ in range(LONG_SCAN):
        ticket(desk)
    pages = list(connector(desk, page_size=1).pull(""))
    assert sum(page.requests for page in pages) == LONG_SCAN
    assert pages[-1].warnings and f"{LONG_SCAN} calls read all {LONG_SCAN} tickets" in pages[-1].warnings[0]


def test_customers_agents_and_machines_are_told_apart(desk: Desk) -> None:
    """Mail is nobody's here: its title says whose it is."""
    name = ticket(desk)
    number = int(name)
    desk.mail_in(number, "Where is it?", "Wanda@example.org")
    desk.mail_in(number, "We look into it.", "anna@shop.example")
    desk.mail_in(number, "I wait too.", "friend@example.net")
    desk.escalate(number)
    desk._follow_up(number, "Late", "It is on its way.", public=True, user=STAFF)
    messages = Shelf().pull(connector(desk, agents=("@shop.example",))).items[name].messages
    assert [message.author for message in messages] == ["customer", "customer", "agent", "customer", "system", "agent"]
    assert messages[0].text == "Late.", "the opening is told in two places and read once"
    assert [message.automatic for message in messages].count(True) == 1


def test_a_log_entry_without_words_is_no_message(desk: Desk) -> None:
    name = ticket(desk)
    desk._follow_up(1, "Assigned to anna", "", public=True, user=STAFF)
    assert len(Shelf().pull(connector(desk)).items[name].messages) == 1


def test_a_note_is_private_and_a_reply_public_and_neither_renames_the_ticket(desk: Desk) -> None:
    name = ticket(desk)
    for kind in ("note", "reply"):
        connector(desk).push(action(kind, name, key=kind, text="内部 😀"))
    assert [one["public"] for one in desk.tickets[1]["followup_set"]] == [True, False, True]
    assert desk.tickets[1]["title"] == "Late"
    own = [message for message in Shelf().pull(connector(desk)).items[name].messages if message.own]
    assert [message.text.partition("\n")[0] for message in own] == ["内部 😀", "内部 😀"]


def test_a_text_that_looks_like_a_template_arrives_whole(desk: Desk) -> None:
    """`{{ }}` would be run, `{# #}` would vanish, a lone `%}` is answered with 500, `#2` would write to ticket 2."""
    name, other = ticket(desk), ticket(desk)
    text = "{{ ticket.secret }} {# gone #} 50 %} order #2"
    connector(desk).push(action("note", name, text=text))
    stored = desk.tickets[1]["followup_set"][-1]["comment"].replace("\N{WORD JOINER}", "")
    assert stored.startswith(text)
    assert len(desk.tickets[int(other)]["followup_set"]) == 1


@given(st.text(alphabet="{}%# 12a\n", max_size=40))
def test_an_inert_text_looks_as_it_did(text: str) -> None:
    made = inert(text)
    assert made.replace("\N{WORD JOINER}", "") == text
    assert not any(active in made for active in ("{{", "{%", "%}", "{#", "#1", "#2"))


def test_a_customer_who_quotes_our_mark_is_still_a_customer(desk: Desk) -> None:
    name = ticket(desk)
    receipt = connector(desk).push(action("reply", name))
    desk.mail_in(1, desk.tickets[1]["followup_set"][-1]["comment"], "wanda@example.org")
    last = Shelf().pull(connector(desk)).items[name].messages[-1]
    assert (last.author, last.own, last.id != receipt.external_id) == ("customer", False, True)


def test_without_a_tag_field_there_is_no_such_ability(desk: Desk) -> None:
    assert Ability.TAGS not in connector(desk, tag_field=None).abilities
    assert Ability.TAGS in connector(desk).abilities


def test_a_tag_field_that_does_not_exist_is_noticed(desk: Desk) -> None:
    """The interface passes over unknown fields without a word."""
    name = ticket(desk)
    with pytest.raises(Skippable, match="no custom field"):
        connector(desk, tag_field="nosuch").push(action("tag", name, tags=("fbl-x",)))
    bad = [line for line in connector(desk, tag_field="nosuch").check() if not line.ok]
    assert [line.name for line in bad] == ["tag_field"] and "feedback_tag" in (bad[0].fix or "")


def test_a_task_is_noted_on_the_tickets_it_rests_on_and_is_no_feedback(desk: Desk) -> None:
    first, second = ticket(desk), ticket(desk)
    asked = action("task", "", title="Deliver in time", text="See #9.", linked=(first, second), tags=("fbl-task",))
    receipt = connector(desk).push(asked)
    assert desk.tickets[1]["followup_set"][-1]["title"] == f"Referenced in ticket #{receipt.external_id}"
    assert connector(desk).find(asked) == receipt
    assert sorted(Shelf().pull(connector(desk)).items) == [first, second]
    update = structs.replace(asked, kind="task_update", key="u", external_id=receipt.external_id, title="Deliver")
    connector(desk).push(update)
    assert desk.tickets[3]["title"] == "Deliver" and not desk.tickets[3]["followup_set"][-1]["public"]


@pytest.mark.parametrize(("status", "meant"), [(1, "open"), (2, "open"), (3, "done"), (4, "done"), (5, "rejected")])
def test_where_a_task_stands(desk: Desk, status: int, meant: str) -> None:
    receipt = connector(desk, task_queue=1).push(action("task", "", title="Deliver"))
    desk.tickets[1]["status"] = status
    (state,) = connector(desk).task_status([receipt.external_id])
    assert state.status == meant


def test_a_record_that_cannot_be_read_is_named_and_the_rest_goes_on(desk: Desk) -> None:
    good, timeless, odd = ticket(desk), ticket(desk), ticket(desk)
    desk.tickets[int(timeless)]["followup_set"] = []
    desk.tickets[int(odd)]["queue"] = {"id": "?"}
    shelf = Shelf().pull(connector(desk))
    assert sorted(shelf.items) == [good]
    assert [(one.record, one.field) for one in shelf.rejected] == [(timeless, "followup_set"), (odd, "queue")]


def test_what_comes_after_until_waits_for_another_pull(desk: Desk) -> None:
    early = ticket(desk)
    limit = desk.now + timedelta(hours=1)
    desk.now += timedelta(days=1)
    late = ticket(desk)
    shelf = Shelf()
    for page in connector(desk).pull("", until=limit):
        shelf.keep(page)
    assert sorted(shelf.items) == [early]
    assert sorted(shelf.pull(connector(desk)).items) == [early, late]
