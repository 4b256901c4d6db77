"""Writing to Zendesk: each action at most once whatever happens to its answer, and nothing that nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.errors import Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop.testing.helpdesk import Helpdesk
from feedbackloop.testing.helpdesk_faults import Fault as DeskFault
from feedbackloop.testing.helpdesk_faults import html_page, late_error, lost_answer, rate_limited, truncated
from feedbackloop.testing.helpdesk_state import AGENT
from feedbackloop_connectors.zendesk.connector import Zendesk
from zendesk_sources import Sources

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def desk() -> Iterator[Helpdesk]:
    with Helpdesk(now=NOW) as listening:
        yield listening


@pytest.fixture
def open_source(desk: Helpdesk) -> Iterator[Sources]:
    with Sources(desk) as sources:
        yield sources


@pytest.fixture
def source(open_source: Sources) -> Zendesk:
    return open_source()


@pytest.fixture
def ticket(desk: Helpdesk) -> str:
    number = desk.state.add_ticket("Late again", "three days!", at=NOW - 5 * HOUR, tags=["delivery"])
    return str(number)


def act(kind: ActionKind, item: str = "", **more: Any) -> Action:
    key = more.pop("key", f"key-{kind}")
    return Action(id=f"act-{key}", key=key, kind=kind, source="support", item=item, **more)


def note(item: str, **more: Any) -> Action:
    return act(ActionKind.NOTE, item, text="E 24 h, P 72 h: 说好24小时", **more)


def reply(item: str, **more: Any) -> Action:
    return act(ActionKind.REPLY, item, text="We are sorry.", **more)


def tag(item: str, **more: Any) -> Action:
    return act(ActionKind.TAG, item, tags=("fbl-gap-reliability",), **more)


def task(**more: Any) -> Action:
    return act(ActionKind.TASK, title="Deliver in 24 h", text="41 % late in W46", tags=("fbl-task",), **more)


def carry_out(source: Zendesk, action: Action, tries: int = 8) -> Receipt:
    """Do what the outbox does: look first, then write; again while the outcome is unknown."""
    for _ in range(tries):
        try:
            return source.find(action) or source.push(action)
        except UnknownOutcome:
            continue
    raise AssertionError("never got through")


# --- the plain cases -------------------------------------------------------------------------------------------------


def test_a_note_is_private_and_carries_its_key(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    receipt = source.push(note(ticket))
    (write,) = desk.journal.writes
    assert (write.kind, write.public, write.text) == ("comment", False, "E 24 h, P 72 h: 说好24小时")
    assert write.metadata == {"feedbackloop": "key-note"}
    comment = desk.state.tickets[int(ticket)].comments[-1]
    assert receipt.written_ids == (str(comment["id"]),)
    assert receipt.url == f"{desk.url}/agent/tickets/{ticket}"


@pytest.mark.parametrize("kind", list(ActionKind))
def test_a_second_push_of_one_action_gives_the_first_receipt(
    desk: Helpdesk, source: Zendesk, ticket: str, kind: ActionKind
) -> None:
    made = {ActionKind.NOTE: note, ActionKind.REPLY: reply, ActionKind.TAG: tag}
    update = act(ActionKind.TASK_UPDATE, external_id=ticket, text="44 %")
    action = made[kind](ticket) if kind in made else {ActionKind.TASK: task(), ActionKind.TASK_UPDATE: update}[kind]
    first = source.push(action)
    desk.clock.advance(3 * 3600)
    assert source.push(action).external_id == first.external_id
    assert len(desk.journal.writes) == 1


def test_a_note_is_private_though_the_ticket_began_in_public(desk: Helpdesk, source: Zendesk) -> None:
    for public in (True, False):
        number = desk.state.add_ticket("x", "y", at=NOW - HOUR, public=public)
        source.push(note(str(number), key=f"k{public}"))
        source.push(reply(str(number), key=f"r{public}"))
    assert [write.public for write in desk.journal.writes] == [False, True, False, True]


def test_a_tag_is_added_and_no_other_is_touched(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    source.push(tag(ticket))
    assert desk.state.tickets[int(ticket)].row["tags"] == ["delivery", "fbl-gap-reliability"]
    source.push(tag(ticket))
    assert len(desk.journal.writes) == 1  # what is there is not written again


def test_a_task_is_filed_with_its_due_date_its_group_and_links_to_the_evidence(
    desk: Helpdesk, open_source: Sources
) -> None:
    evidence = [str(desk.state.add_ticket("x", "y", at=NOW - HOUR)) for _ in range(25)]
    source = open_source(task_group="Improvements")
    receipt = source.push(task(due_at=NOW + timedelta(days=7), linked=(*evidence, "not-here")))
    row = desk.state.tickets[int(receipt.external_id)].row
    assert (row["type"], row["subject"], row["due_at"], row["group_id"]) == (
        "task",
        "Deliver in 24 h",
        "2026-11-27T12:00:00Z",
        8,
    )
    assert (row["external_id"], row["tags"], row["is_public"]) == ("feedbackloop:key-task", ["fbl-task"], False)
    assert row["description"].startswith("41 % late in W46\n\nhttp://127.0.0.1")
    assert row["description"].count("/agent/tickets/") == 20
    assert row["description"].endswith("(and 5 more)")


def test_a_task_over_incidents_is_a_problem_and_links_them_only_when_told(desk: Helpdesk, open_source: Sources) -> None:
    incident = desk.state.add_ticket("x", "y", at=NOW - HOUR, type="incident")
    question = desk.state.add_ticket("x", "y", at=NOW - HOUR, type="question")
    linked = (str(incident), str(question))
    first = open_source().push(task(linked=linked, due_at=NOW, key="a"))
    assert desk.state.tickets[int(first.external_id)].row["type"] == "problem"
    assert desk.state.tickets[incident].row["problem_id"] is None
    second = open_source(link_incidents=True).push(task(linked=linked, key="b"))
    assert desk.state.tickets[incident].row["problem_id"] == int(second.external_id)
    assert desk.state.tickets[question].row["problem_id"] is None


def test_an_incident_that_cannot_be_linked_does_not_undo_the_task(desk: Helpdesk, open_source: Sources) -> None:
    shut = desk.state.add_ticket("x", "y", at=NOW - HOUR, type="incident", status="closed")
    receipt = open_source(link_incidents=True).push(task(linked=(str(shut),)))
    assert receipt.note == "1 of 1 incidents could not be linked"


def test_an_unknown_task_group_is_said_with_the_known_ones(open_source: Sources) -> None:
    with pytest.raises(Skippable, match="known are Improvements, Support"):
        open_source(task_group="Imporvements").push(task())


def test_a_task_is_updated_by_a_private_comment(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    number = source.push(task()).external_id
    update = act(ActionKind.TASK_UPDATE, external_id=number, text="44 % in W47", title="Deliver in 24 h (2 weeks)")
    source.push(update)
    assert desk.state.tickets[int(number)].row["subject"] == "Deliver in 24 h (2 weeks)"
    assert desk.journal.of("comment")[-1].public is False
    assert source.find(update) is not None


def test_where_tasks_stand_is_read_back(desk: Helpdesk, source: Zendesk) -> None:
    names = [source.push(task(key=str(number))).external_id for number in range(5)]
    desk.clock.advance(3600)
    desk.state.change(int(names[1]), status="solved")
    desk.state.change(int(names[2]), status="closed")
    desk.state.change(int(names[3]), tags=["fbl-rejected"], status="solved")
    desk.state.delete(int(names[4]))
    states = source.task_status([*names, "12345", "nonsense"])
    assert [state.external_id for state in states] == [*names, "12345", "nonsense"]
    assert [state.status for state in states] == ["open", "done", "done", "rejected", "missing", "missing", "missing"]
    assert states[1].at == NOW + HOUR


def test_a_task_that_was_archived_is_still_found(desk: Helpdesk, source: Zendesk) -> None:
    name = source.push(task()).external_id
    desk.state.change(int(name), status="closed")
    desk.state.tickets[int(name)].is_archived = True
    assert [state.status for state in source.task_status([name])] == ["done"]


# --- closed, gone, refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [note, tag])
@pytest.mark.parametrize("status", ["closed", "deleted"])
def test_a_shut_ticket_takes_no_note_and_no_tag(
    desk: Helpdesk, source: Zendesk, ticket: str, make, status: str
) -> None:
    desk.state.change(int(ticket), status=status)
    with pytest.raises(Skippable, match=r"closed|gone"):
        source.push(make(ticket))
    assert {method for method, _ in desk.calls} == {"GET"}  # seen to be shut, so not even tried


def test_a_ticket_closed_between_look_and_write_is_said_to_be_closed(
    desk: Helpdesk, source: Zendesk, ticket: str
) -> None:
    show = desk.reads.show

    def just_before(query):
        answer = show(int(ticket), query)
        desk.state.tickets[int(ticket)].row["status"] = "closed"
        return answer

    desk.route("GET", f"/api/v2/tickets/{ticket}.json", just_before)
    with pytest.raises(Skippable, match="is closed"):
        source.push(note(ticket))


def test_a_reply_to_a_closed_ticket_goes_as_a_follow_up_ticket(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    desk.state.change(int(ticket), status="closed")
    assert source.find(reply(ticket)) is None
    receipt = source.push(reply(ticket))
    row = desk.state.tickets[int(receipt.external_id)].row
    assert (row["requester_id"], row["subject"]) == (
        desk.state.tickets[int(ticket)].row["requester_id"],
        "Re: Late again",
    )
    assert (row["is_public"], row["external_id"]) == (True, "feedbackloop-reply:key-reply")
    assert row["via"]["source"]["from"] == {"ticket_id": int(ticket)}
    assert source.find(reply(ticket)).external_id == receipt.external_id
    assert "closed" in receipt.note


def test_a_reply_to_a_deleted_ticket_is_set_aside(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    desk.state.delete(int(ticket))
    with pytest.raises(Skippable, match="gone"):
        source.push(reply(ticket))


@pytest.mark.parametrize("external_id", [None, "", "TASK-9"])
def test_an_update_of_a_task_that_is_none_is_set_aside(source: Zendesk, external_id: str | None) -> None:
    with pytest.raises(Skippable, match="no ticket"):
        source.push(act(ActionKind.TASK_UPDATE, external_id=external_id, text="x"))


def test_a_look_up_that_is_refused_does_not_pass_for_not_found(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    for call in (
        lambda: source.find(note(ticket)),
        lambda: source.push(note(ticket)),
        lambda: source.task_status([ticket]),
    ):
        desk.faults.clear()
        desk.state.tickets[int(ticket)].is_archived = True
        desk.faults.add(DeskFault("answer", status=400, body="{}", path=f"tickets/{ticket}", times=None))
        with pytest.raises(Skippable, match="400"):
            call()
    assert desk.journal.writes == []


@pytest.mark.parametrize("name", ["", "T-1", "1;drop"])
def test_an_item_that_is_no_ticket_is_set_aside(source: Zendesk, name: str) -> None:
    with pytest.raises(Skippable, match="no ticket"):
        source.push(note(name))
    assert source.find(note(name)) is None


def test_an_invalid_write_says_what_the_desk_said(source: Zendesk, ticket: str) -> None:
    with pytest.raises(Skippable, match="RecordInvalid"):
        source.push(act(ActionKind.NOTE, ticket, text=""))


def test_a_revoked_token_stops_pushing(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    desk.is_revoked = True
    with pytest.raises(Refused):
        source.push(note(ticket))
    assert len(desk.calls) == 1


# --- races -----------------------------------------------------------------------------------------------------------


def test_a_ticket_that_moved_is_read_again(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    show, moved = desk.reads.show, []

    def meanwhile(query):
        answer = show(int(ticket), query)
        if not moved:
            moved.append(True)
            desk.clock.advance(1)
            desk.state.add_comment(int(ticket), "the agent was faster", author=AGENT)
        return answer

    desk.route("GET", f"/api/v2/tickets/{ticket}.json", meanwhile)
    source.push(note(ticket))
    assert len(desk.journal.of("comment")) == 1


def test_a_ticket_that_never_rests_is_left_for_later(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    show = desk.reads.show

    def meanwhile(query):
        answer = show(int(ticket), query)
        desk.clock.advance(1)
        desk.state.add_comment(int(ticket), "again faster", author=AGENT)
        return answer

    desk.route("GET", f"/api/v2/tickets/{ticket}.json", meanwhile)
    with pytest.raises(Retriable, match="faster than"):
        source.push(note(ticket))
    assert desk.journal.writes == []


def test_a_write_under_way_that_lands_before_the_second_is_not_doubled(
    desk: Helpdesk, source: Zendesk, ticket: str
) -> None:
    """The first attempt's answer was lost, `find` came too early to see it, and it lands just before the second attempt."""
    show, landed = desk.reads.show, []

    def late_landing(query):
        answer = show(int(ticket), query)
        if not landed:
            landed.append(True)
            desk.clock.advance(1)
            marked = {"comment": {"body": "note", "public": False}, "metadata": {"feedbackloop": "key-note"}}
            desk.writes.update(int(ticket), {"ticket": marked})
        return answer

    desk.route("GET", f"/api/v2/tickets/{ticket}.json", late_landing)
    receipt = source.push(note(ticket))
    (write,) = desk.journal.of("comment")
    assert receipt.external_id == str(desk.state.tickets[int(ticket)].comments[-1]["id"])
    assert write.text == "note"


def test_tags_of_an_agent_survive_a_race(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    show, moved = desk.reads.show, []

    def meanwhile(query):
        answer = show(int(ticket), query)
        if not moved:
            moved.append(True)
            desk.clock.advance(1)
            desk.state.change(int(ticket), tags=["delivery", "by-agent"])
        return answer

    desk.route("GET", f"/api/v2/tickets/{ticket}.json", meanwhile)
    source.push(tag(ticket))
    assert set(desk.state.tickets[int(ticket)].row["tags"]) == {"delivery", "by-agent", "fbl-gap-reliability"}


# --- lost answers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [note, reply, lambda item: task()], ids=["note", "reply", "task"])
@pytest.mark.parametrize(
    "fault",
    [lost_answer, late_error, lambda method: html_page(), lambda method: truncated()],
    ids=["dropped", "504", "html", "truncated"],
)
def test_a_write_whose_answer_was_lost_is_found_and_not_repeated(
    desk: Helpdesk, source: Zendesk, ticket: str, make, fault
) -> None:
    action = make(ticket)
    laid = fault("POST" if action.kind is ActionKind.TASK else "PUT")
    laid.method, laid.after = ("POST" if action.kind is ActionKind.TASK else "PUT"), True
    desk.faults.add(laid)
    with pytest.raises(UnknownOutcome):
        source.push(action)
    receipt = source.find(action)
    assert receipt is not None
    assert len(desk.journal.writes) == 1


@pytest.mark.parametrize("make", [note, reply, tag, lambda item: task()], ids=["note", "reply", "tag", "task"])
def test_nothing_is_found_before_anything_was_done(source: Zendesk, ticket: str, make) -> None:
    assert source.find(make(ticket)) is None


def test_a_key_used_again_gives_the_first_task(desk: Helpdesk, source: Zendesk) -> None:
    first = source.push(task())
    second = source.push(task())
    assert first.external_id == second.external_id
    assert len(desk.journal.of("ticket")) == 1


def test_after_the_keys_two_hours_the_external_id_still_finds_the_task(desk: Helpdesk, source: Zendesk) -> None:
    first = source.push(task())
    desk.clock.advance(3 * 3600)
    assert source.find(task()).external_id == first.external_id


def test_two_tickets_with_one_external_id_are_said(desk: Helpdesk, source: Zendesk) -> None:
    for _ in range(2):
        desk.state.add_ticket("x", "y", at=NOW - HOUR, external_id="feedbackloop:key-task")
    found = source.find(task())
    assert (found.external_id, "2 tickets carry" in found.note) == ("1", True)


def test_a_budget_used_up_waits_and_writes_once(desk: Helpdesk, source: Zendesk, ticket: str) -> None:
    desk.faults.add(rate_limited("0", plain=True, path=f"/tickets/{ticket}.json", times=2))
    source.push(note(ticket))
    assert len(desk.journal.writes) == 1


def test_half_of_all_answers_lost_and_a_rule_that_touches_tickets_double_nothing(
    desk: Helpdesk, source: Zendesk
) -> None:
    """The desk's journal is the truth: 40 tickets, each one note, one tag, one reply, and ten tasks."""

    def rule(state, number):
        desk.clock.advance(1)
        state.change(number, priority="high" if state.tickets[number].row["priority"] != "high" else "low")

    desk.writes.after_write = rule
    items = [str(desk.state.add_ticket("x", f"text {n}", at=NOW - HOUR)) for n in range(40)]
    for method in ("PUT", "POST"):
        desk.faults.add(lost_answer(method, times=None, share=0.25), late_error(method, times=None, share=0.33))
    for number, item in enumerate(items):
        for make in (note, tag, reply):
            carry_out(source, make(item, key=f"{make.__name__}-{number}"), tries=30)
    for number in range(10):
        carry_out(source, task(key=f"task-{number}"), tries=30)
    keys = [write.metadata["feedbackloop"] for write in desk.journal.of("comment")]
    assert sorted(keys) == sorted(f"{kind}-{n}" for kind in ("note", "reply") for n in range(40))
    assert sorted(w.external_id for w in desk.journal.of("ticket")) == sorted(
        f"feedbackloop:task-{n}" for n in range(10)
    )
    assert all("fbl-gap-reliability" in desk.state.tickets[int(item)].row["tags"] for item in items)
