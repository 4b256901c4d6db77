"""Pulling from Zendesk: whole items once each, whatever the export does, and cursors from which a killed pull goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from feedbackloop.connector import Page
from feedbackloop.errors import Fatal, Refused, Retriable
from feedbackloop.records import Item
from feedbackloop.testing.helpdesk import Helpdesk
from feedbackloop.testing.helpdesk_faults import Fault, html_page, rate_limited, truncated
from feedbackloop.testing.helpdesk_seed import seed
from feedbackloop.testing.helpdesk_state import AGENT, ROBOT
from feedbackloop_connectors.zendesk import people, threads
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


def items_of(pages: list[Page]) -> dict[str, Item]:
    return {item.id: item for page in pages for item in page.items}


def pull(source: Zendesk, cursor: str = "") -> tuple[dict[str, Item], list[Page]]:
    pages = list(source.pull(cursor or source.start(None)))
    return items_of(pages), pages


# --- whole items -----------------------------------------------------------------------------------------------------


def test_a_ticket_comes_with_all_that_is_known_of_it(desk: Helpdesk, open_source: Sources) -> None:
    acme = desk.state.add_organization("ACME", tags=["key-account"])
    wang = desk.state.add_user(
        "王芳",
        email="wang@example.com",
        locale="zh-CN",
        iana_time_zone="Asia/Shanghai",
        tags=["vip"],
        organization=acme,
        external_id="CRM-7",
        verified=True,
        user_fields={"plan": "gold", "empty": None},
    )
    desk.state.ticket_fields = [{"id": 77, "title": "Order number"}, {"id": 78, "title": "Empty one"}]
    ticket = desk.state.add_ticket(
        "发货太慢",
        "你们承诺24小时内发货",
        requester=wang,
        at=NOW - 9 * HOUR,
        tags=["delivery", "fbl-gap-reliability"],
        priority="high",
        due_at="2026-11-21T00:00:00Z",
        custom_fields=[{"id": 77, "value": "A-17"}, {"id": 78, "value": None}, {"id": 79, "value": True}],
    )
    desk.state.add_comment(ticket, "Sorry!", author=AGENT, at=NOW - 8 * HOUR)
    desk.state.add_comment(ticket, "call them", author=AGENT, public=False, at=NOW - 7 * HOUR)
    desk.state.change(ticket, status="solved", at=NOW - 6 * HOUR)
    found, _ = pull(open_source())
    item = found[str(ticket)]
    assert (item.kind, item.subject, item.status, item.channel) == ("ticket", "发货太慢", "solved", "email")
    assert (item.created_at, item.solved_at) == (NOW - 9 * HOUR, NOW - 6 * HOUR)
    assert item.due_at == datetime(2026, 11, 21, tzinfo=UTC)
    assert item.tags == ("delivery",)  # our own tag is not shown
    assert item.fields == {"priority": "high", "reopens": 0, "order_number": "A-17", "field_79": True}
    assert item.url == f"{desk.url}/agent/tickets/{ticket}"
    assert item.version == (NOW - 6 * HOUR).timestamp()
    who = item.customer
    ids = {"external_id": "CRM-7", "verified": True}  # by which one person is known in other sources
    assert (who.id, who.name, who.email, who.locale) == (str(wang), "王芳", "wang@example.com", "zh-CN")
    assert (who.timezone, who.tags, who.fields) == ("Asia/Shanghai", ("vip",), {"plan": "gold", **ids})
    assert (who.organization, who.organization_tags) == ("ACME", ("key-account",))
    assert [(m.author, m.text, m.public, m.own) for m in item.messages] == [
        ("customer", "你们承诺24小时内发货", True, False),
        ("agent", "Sorry!", True, False),
        ("agent", "call them", False, False),
    ]


def test_who_speaks_is_told_by_role_and_by_being_the_requester(desk: Helpdesk, open_source: Sources) -> None:
    colleague = desk.state.add_user("Carla", role="end-user")
    gone = 4_000_000  # a deleted user is in no list
    ticket = desk.state.add_ticket("x", "from an agent about their own laptop", requester=AGENT, at=NOW - HOUR)
    for author in (colleague, ROBOT, gone, -1):
        desk.state.add_comment(ticket, "…", author=author, at=NOW - HOUR)
    found, _ = pull(open_source())
    assert [message.author for message in found[str(ticket)].messages] == [
        "customer",
        "customer",
        "agent",
        "agent",
        "system",
    ]


def test_machine_text_is_marked_automatic(desk: Helpdesk, open_source: Sources) -> None:
    customer = desk.state.add_user("Cleo")
    ticket = desk.state.add_ticket("x", "hello", requester=customer, at=NOW - HOUR)
    desk.state.add_comment(ticket, "I am out of office", author=customer, at=NOW - HOUR, flags=[3, 4])
    desk.state.add_comment(ticket, "We got your mail", author=AGENT, at=NOW - HOUR, channel="rule")
    desk.state.add_comment(ticket, "really me", author=customer, at=NOW - HOUR, flags=[3])
    found, _ = pull(open_source())
    assert [message.automatic for message in found[str(ticket)].messages] == [False, True, True, False]


def test_a_reopened_ticket_is_not_solved(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - 5 * HOUR)
    desk.state.change(ticket, status="solved", at=NOW - 4 * HOUR)
    desk.state.change(ticket, status="open", at=NOW - 3 * HOUR)
    found, _ = pull(open_source())
    assert (found[str(ticket)].solved_at, found[str(ticket)].fields["reopens"]) == (None, 1)


# --- the cursor ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page_size", [1, 3, 1000])
def test_every_ticket_comes_once_even_when_all_changed_in_one_second(
    desk: Helpdesk, open_source: Sources, page_size: int
) -> None:
    ids = [str(desk.state.add_ticket("x", f"text {n}", at=NOW - HOUR)) for n in range(7)]
    _, pages = pull(open_source(page_size=page_size))
    assert [item.id for page in pages for item in page.items] == ids
    assert [page.caught_up for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_pull_can_go_on_from_any_page(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 9, NOW - HOUR)
    whole, pages = pull(open_source(page_size=2))
    for number, page in enumerate(pages):
        before = items_of(pages[: number + 1])
        after, _ = pull(open_source(page_size=2), page.cursor)
        assert set(before) | set(after) == set(whole)
        assert not set(before) & set(after)


def test_an_idle_pull_costs_four_calls_and_brings_nothing(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 5, NOW - HOUR)
    source = open_source()
    _, pages = pull(source)
    desk.calls.clear()
    found, again = pull(source, pages[-1].cursor)
    assert (found, len(desk.calls), sum(page.requests for page in again)) == ({}, 4, 4)


def test_requests_are_counted_page_by_page(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 30, NOW - HOUR)
    _, pages = pull(open_source(page_size=7))
    assert sum(page.requests for page in pages) == len(desk.calls)


def test_a_change_brings_a_ticket_again_with_its_whole_thread(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 5, NOW - HOUR)
    source = open_source()
    _, pages = pull(source)
    desk.clock.advance(300)
    desk.state.add_comment(2, "Still waiting", author=desk.state.tickets[2].row["requester_id"])
    desk.clock.advance(120)
    found, _ = pull(source, pages[-1].cursor)
    assert list(found) == ["2"]
    assert len(found["2"].messages) == 3


def test_the_withheld_minute_comes_later_and_not_never(desk: Helpdesk, open_source: Sources) -> None:
    old = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    fresh = desk.state.add_ticket("x", "y", at=NOW - timedelta(seconds=30))
    source = open_source()
    first, pages = pull(source)
    desk.clock.advance(90)
    second, _ = pull(source, pages[-1].cursor)
    assert (list(first), list(second)) == ([str(old)], [str(fresh)])


def test_a_start_younger_than_a_minute_is_moved_back(desk: Helpdesk, open_source: Sources) -> None:
    source = open_source()
    pages = list(source.pull(source.start(NOW + timedelta(days=1))))
    assert pages[-1].caught_up
    assert f"start_time={int(NOW.timestamp()) - 120}&" in desk.calls_to("/incremental/")[0]


def test_the_option_start_leaves_older_tickets_out(desk: Helpdesk, open_source: Sources) -> None:
    desk.state.add_ticket("x", "old", at=NOW - timedelta(days=40))
    new = desk.state.add_ticket("x", "new", at=NOW - timedelta(days=3))
    found, _ = pull(open_source(start="2026-11-01"))
    assert list(found) == [str(new)]


def test_an_account_without_tickets_keeps_its_start(desk: Helpdesk, open_source: Sources) -> None:
    source = open_source(start="2026-11-01")
    _, pages = pull(source)
    desk.state.add_ticket("x", "y", at=NOW - HOUR)
    found, _ = pull(source, pages[-1].cursor)
    assert len(found) == 1


def test_an_empty_page_without_a_cursor_does_not_lose_the_place(desk: Helpdesk, open_source: Sources) -> None:
    desk.state.add_ticket("x", "y", at=NOW - HOUR)
    source = open_source()
    _, pages = pull(source)
    nothing = {"tickets": [], "after_cursor": None, "end_of_stream": True}
    desk.route("GET", "/api/v2/incremental/tickets/cursor.json", lambda query: nothing)
    _, empty = pull(source, pages[-1].cursor)
    desk.unroute()
    assert pull(source, empty[-1].cursor)[0] == {}


def test_until_leaves_later_tickets_for_another_pull(desk: Helpdesk, open_source: Sources) -> None:
    early = desk.state.add_ticket("x", "early", at=NOW - 5 * HOUR)
    late = desk.state.add_ticket("x", "late", at=NOW - 2 * HOUR)
    desk.state.add_comment(early, "more", at=NOW - HOUR)
    source = open_source(page_size=1)
    pages = list(source.pull(source.start(None), until=NOW - 3 * HOUR))
    assert list(items_of(pages)) == [str(early)]
    assert set(pull(source, pages[-1].cursor)[0]) == {str(early), str(late)}


def test_a_cursor_that_is_none_of_ours_is_refused_with_the_way_out(open_source: Sources) -> None:
    with pytest.raises(Fatal, match="state reset"):
        pull(open_source(), "2026-11-01T00:00:00+00:00")


def test_an_export_that_stands_still_does_not_run_for_ever(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    source = open_source()
    _, pages = pull(source)
    desk.state.change(ticket, priority="high", at=NOW - HOUR / 2)
    stuck = desk.reads.export_tickets

    def never_ending(query):
        return stuck(query) | {"after_cursor": query.get("cursor"), "end_of_stream": False}

    desk.route("GET", "/api/v2/incremental/tickets/cursor.json", never_ending)
    with pytest.raises(Retriable, match="stands still"):
        pull(source, pages[-1].cursor)


# --- erasure, own writes ---------------------------------------------------------------------------------------------


def test_deleted_and_scrubbed_tickets_are_erasures_not_texts(desk: Helpdesk, open_source: Sources) -> None:
    kept, deleted, scrubbed = (desk.state.add_ticket("x", "y", at=NOW - HOUR) for _ in range(3))
    source = open_source()
    _, pages = pull(source)
    desk.clock.advance(200)
    desk.state.delete(deleted)
    desk.state.scrub(scrubbed)
    desk.clock.advance(200)
    found, again = pull(source, pages[-1].cursor)
    assert found == {}
    assert [name for page in again for name in page.erased] == [str(deleted), str(scrubbed)]
    assert str(kept) in pull(source)[0]


@pytest.mark.parametrize("says_metadata", [True, False])
def test_our_own_comments_are_marked_though_the_account_is_a_humans_too(
    desk: Helpdesk, open_source: Sources, says_metadata: bool
) -> None:
    desk.state.comment_metadata = says_metadata
    ticket = desk.state.add_ticket("x", "y", at=NOW - 3 * HOUR)
    mine = {"metadata": {"feedbackloop": "key-1"}, "author": ROBOT, "channel": "api", "public": False}
    desk.state.add_comment(ticket, "our note", at=NOW - 2 * HOUR, **mine)
    desk.state.add_comment(ticket, "another tool, same account", author=ROBOT, channel="api", at=NOW - HOUR)
    desk.state.add_comment(ticket, "the human behind it", author=ROBOT, channel="web", at=NOW - HOUR)
    found, _ = pull(open_source())
    assert [message.own for message in found[str(ticket)].messages] == [False, True, False, False]
    assert len(desk.calls_to("/audits")) == (0 if says_metadata else 1)


def test_only_comments_written_through_the_api_are_looked_at_twice(desk: Helpdesk, open_source: Sources) -> None:
    desk.state.comment_metadata = False
    ticket = desk.state.add_ticket("x", "y", at=NOW - 3 * HOUR)
    desk.state.add_comment(ticket, "the human behind the account", author=ROBOT, channel="web", at=NOW - HOUR)
    desk.state.add_comment(ticket, "another tool", author=AGENT, channel="api", at=NOW - HOUR)
    pull(open_source())
    assert desk.calls_to("/audits") == []


def test_our_own_tasks_are_not_feedback(desk: Helpdesk, open_source: Sources) -> None:
    desk.state.add_ticket("Mend delivery", "…", requester=ROBOT, at=NOW - HOUR, external_id="feedbackloop:task-1")
    found, pages = pull(open_source())
    assert (found, pages[0].rejected) == ({}, ())


def test_a_follow_up_ticket_is_feedback_once_the_customer_answers(desk: Helpdesk, open_source: Sources) -> None:
    customer = desk.state.add_user("Cleo")
    ticket = desk.state.add_ticket(
        "Re: late",
        "We are sorry",
        requester=customer,
        author=ROBOT,
        channel="api",
        at=NOW - 3 * HOUR,
        external_id="feedbackloop-reply:k",
        metadata={"feedbackloop": "k"},
    )
    assert pull(open_source())[0] == {}
    desk.state.add_comment(ticket, "Thank you, but …", author=customer, at=NOW - HOUR)
    found, _ = pull(open_source())
    assert [message.own for message in found[str(ticket)].messages] == [True, False]


# --- comments in bulk ------------------------------------------------------------------------------------------------


def test_many_tickets_take_their_comments_from_the_event_export(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 120, NOW - HOUR)
    single, _ = pull(open_source(page_size=20))
    desk.calls.clear()
    bulk, _ = pull(open_source())
    assert bulk == single  # by either road the same items
    assert len(desk.calls_to("/ticket_events")) >= 1
    # the first tenth was opened before the sweep begins and is asked one by one
    assert len(desk.calls_to("/comments")) <= 120 // 10


def test_memory_of_events_and_people_is_bounded(
    desk: Helpdesk, open_source: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed(desk.state, 120, NOW - HOUR)
    whole, _ = pull(open_source(page_size=40))
    monkeypatch.setattr(threads, "KEPT_COMMENTS", 10)
    monkeypatch.setattr(people, "KEPT_PEOPLE", 3)
    desk.calls.clear()
    bounded, _ = pull(open_source(page_size=40))
    assert {key: item.messages for key, item in bounded.items()} == {key: item.messages for key, item in whole.items()}
    assert len(desk.calls_to("/comments")) > 60  # what was dropped is asked for one by one


@pytest.mark.parametrize("fault", [html_page("/ticket_events"), Fault("answer", status=400, path="/ticket_events")])
def test_without_the_event_export_tickets_are_asked_one_by_one(
    desk: Helpdesk, open_source: Sources, fault: Fault
) -> None:
    seed(desk.state, 120, NOW - HOUR)
    desk.faults.add(fault)
    found, _ = pull(open_source(page_size=40))
    assert [len(item.messages) for item in found.values()] == [2] * 120
    assert len(desk.calls_to("/ticket_events")) == 1  # not tried again on the other pages


def test_odd_events_are_passed_over(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 60, NOW - HOUR)
    odd = [
        {"ticket_id": "x"},
        {"ticket_id": 50, "child_events": ["-", {"event_type": "Comment"}, {"id": 5, "event_type": "Comment"}]},
    ]
    export = desk.reads.export_events
    desk.route(
        "GET",
        "/api/v2/incremental/ticket_events.json",
        lambda query: (page := export(query)) | {"ticket_events": odd + page["ticket_events"]},
    )
    desk.state.tickets[30].broken |= {"created_at": "broken"}
    found, _ = pull(open_source())
    assert len(found) == 59
    assert [len(item.messages) for item in found.values()] == [2] * 59


def test_fields_whose_names_are_locked_go_by_their_ids(desk: Helpdesk, open_source: Sources) -> None:
    desk.faults.add(Fault("answer", status=403, body="{}", path="/ticket_fields"))
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR, custom_fields=[{"id": 77, "value": "A-17"}])
    assert pull(open_source())[0][str(ticket)].fields["field_77"] == "A-17"


def test_two_fields_of_one_name_are_kept_apart(desk: Helpdesk, open_source: Sources) -> None:
    desk.state.ticket_fields = [{"id": 1, "title": "Plan"}, {"id": 2, "title": "plan"}, {"id": 3, "title": None}]
    values = [{"id": number, "value": str(number)} for number in (1, 2, 3)]
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR, custom_fields=values)
    fields = pull(open_source())[0][str(ticket)].fields
    assert {name: fields[name] for name in ("plan", "plan_2", "field_3")} == {
        "plan": "1",
        "plan_2": "2",
        "field_3": "3",
    }


def test_an_answer_that_is_no_object_is_said(desk: Helpdesk, open_source: Sources) -> None:
    desk.route("GET", "/api/v2/users/me.json", lambda query: ["odd"])
    with pytest.raises(Retriable, match="list where an object was expected"):
        pull(open_source())


def test_without_the_servers_time_nothing_is_read(desk: Helpdesk, open_source: Sources) -> None:
    me = '{"user": {"id": 1}}'
    desk.faults.add(
        Fault("answer", body=me, headers={"Content-Type": "application/json"}, path="/users/me", says_date=False)
    )
    with pytest.raises(Retriable, match="no Date header"):
        pull(open_source())


def test_a_ticket_older_than_the_events_is_asked_itself(desk: Helpdesk, open_source: Sources) -> None:
    old = desk.state.add_ticket("x", "from last year", at=NOW - timedelta(days=300))
    seed(desk.state, 60, NOW - HOUR)
    desk.state.add_comment(old, "still open?", at=NOW - HOUR)
    found, _ = pull(open_source())
    assert [message.text for message in found[str(old)].messages] == ["from last year", "still open?"]


def test_a_bulk_change_over_years_does_not_read_all_events(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 300, NOW - HOUR, every=timedelta(days=1))
    desk.behaviour.page_limit = 100
    for ticket in list(desk.state.tickets):
        for name in ("low", "high", "normal", "urgent", "low"):
            desk.state.change(ticket, priority=name, at=NOW - HOUR - timedelta(days=300 - ticket))
        desk.state.change(ticket, priority="bulk", at=NOW - HOUR)
    found, _ = pull(open_source(page_size=100))
    assert len(found) == 300
    assert all(len(item.messages) == 2 for item in found.values())
    assert len(desk.calls_to("/ticket_events")) <= 3 * 3  # three a page, three pages


def test_own_comments_are_known_in_bulk_too(desk: Helpdesk, open_source: Sources) -> None:
    seed(desk.state, 60, NOW - 2 * HOUR)
    desk.state.add_comment(50, "our note", author=ROBOT, channel="api", at=NOW - HOUR, metadata={"feedbackloop": "k"})
    found, _ = pull(open_source())
    assert [message.own for message in found["50"].messages] == [False, False, True]
    assert len(desk.calls_to("/audits")) == 1


# --- what breaks -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "field"),
    [
        ({"created_at": None}, "created_at"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": "10000-01-01T00:00:00Z"}, "created_at"),
        ({"due_at": "0001-01-01T00:00:00Z"}, "due_at"),
        ({"updated_at": []}, "updated_at"),
        ({"id": "x-1"}, "id"),
    ],
)
def test_a_ticket_that_cannot_be_read_is_rejected_and_the_others_go_on(
    desk: Helpdesk, open_source: Sources, broken: dict[str, object], field: str
) -> None:
    bad, good = (desk.state.add_ticket("x", "y", at=NOW - HOUR) for _ in range(2))
    desk.state.tickets[bad].broken |= broken
    found, pages = pull(open_source())
    assert list(found) == [str(good)]
    assert [(r.record, r.field) for page in pages for r in page.rejected] == [(str(broken.get("id", bad)), field)]


@pytest.mark.parametrize(
    "odd",
    [
        {"via": "-"},
        {"via": None},
        {"via": {"channel": None}},
        {"tags": None},
        {"tags": ["ok", 5, None]},
        {"custom_fields": None},
        {"custom_fields": ["x", {"id": None}]},
        {"subject": None},
        {"requester_id": None},
        {"requester_id": "999999"},
        {"organization_id": "abc"},
        {"satisfaction_rating": "offered"},
        {"generated_timestamp": "1795000000"},
        {"status": "no-such"},
        {"metric_set": "-"},
        {"comment_count": "1"},
    ],
)
def test_odd_values_do_not_lose_the_ticket(desk: Helpdesk, open_source: Sources, odd: dict[str, object]) -> None:
    ticket = desk.state.add_ticket("x", "the words", at=NOW - HOUR)
    desk.state.tickets[ticket].broken |= odd
    found, _ = pull(open_source())
    assert found[str(ticket)].messages[0].text == "the words"


def test_an_id_sent_as_text_is_the_same_id(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    desk.state.tickets[ticket].broken |= {"id": str(ticket)}
    assert list(pull(open_source())[0]) == [str(ticket)]


def test_a_ticket_deleted_between_two_calls_is_set_aside_with_its_reason(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)

    def gone(number, query):
        desk.state.delete(number)
        return desk.reads.comments(number, query)

    desk.route("GET", f"/api/v2/tickets/{ticket}/comments.json", lambda query: gone(ticket, query))
    _, pages = pull(open_source())
    assert [(r.record, r.field) for page in pages for r in page.rejected] == [(str(ticket), "comments")]


@pytest.mark.parametrize("path", ["/incremental/tickets", "/comments", "/users/me", "/satisfaction_ratings"])
@pytest.mark.parametrize("fault", [rate_limited("0"), html_page(), truncated()], ids=["429", "html", "truncated"])
def test_passing_faults_lose_nothing(desk: Helpdesk, open_source: Sources, path: str, fault) -> None:
    seed(desk.state, 4, NOW - HOUR)
    fault.path, fault.times = path, 1
    desk.faults.add(fault)
    source = open_source()
    try:
        found, _ = pull(source)
    except Retriable:  # a page of HTML is not asked for twice in one run
        found, _ = pull(source)
    assert sorted(found) == ["1", "2", "3", "4"]


def test_a_revoked_token_stops_the_source_at_the_first_call(desk: Helpdesk, open_source: Sources) -> None:
    source = open_source()
    desk.is_revoked = True
    with pytest.raises(Refused, match="401"):
        pull(source)
    assert len(desk.calls) == 1


def test_an_anonymous_welcome_is_no_welcome(desk: Helpdesk, open_source: Sources) -> None:
    nobody = {"user": {"id": None, "name": "Anonymous user", "role": "end-user"}}
    desk.route("GET", "/api/v2/users/me.json", lambda query: nobody)
    with pytest.raises(Refused, match="anonymous"):
        pull(open_source())


def test_an_agent_without_the_right_to_export_is_told_so(desk: Helpdesk, open_source: Sources) -> None:
    desk.behaviour.locked = frozenset({"incremental"})
    with pytest.raises(Refused, match="admin"):
        pull(open_source())
    assert len(desk.calls_to("/incremental/")) == 1


def test_a_wrong_address_is_fatal_and_says_what_to_check(desk: Helpdesk, open_source: Sources) -> None:
    with pytest.raises(Fatal, match="check base_url"):
        pull(open_source(base_url=f"{desk.url}/helpdesk"))


def test_links_to_a_foreign_host_are_never_followed(desk: Helpdesk, open_source: Sources) -> None:
    desk.behaviour.link_base = "http://127.0.0.1:1"
    seed(desk.state, 120, NOW - HOUR)
    desk.state.add_comment(120, "x" * 10, at=NOW - HOUR)
    found, _ = pull(open_source(page_size=50))
    assert len(found) == 120


def test_comments_of_a_long_thread_are_all_read(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "0", at=NOW - 3 * HOUR)
    for number in range(1, 205):
        desk.state.add_comment(ticket, str(number), at=NOW - 2 * HOUR)
    found, _ = pull(open_source())
    assert [message.text for message in found[str(ticket)].messages] == [str(number) for number in range(205)]


# --- single items ----------------------------------------------------------------------------------------------------


def test_fetch_reads_single_tickets_and_names_the_gone(desk: Helpdesk, open_source: Sources) -> None:
    kept, deleted = (desk.state.add_ticket("x", "y", at=NOW - HOUR) for _ in range(2))
    desk.state.delete(deleted)
    page = open_source().fetch([str(kept), str(deleted), "777", "not-a-number"])
    assert [item.id for item in page.items] == [str(kept)]
    assert page.erased == (str(deleted), "777", "not-a-number")


def test_an_archived_ticket_is_not_taken_for_gone(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    desk.state.tickets[ticket].is_archived = True
    page = open_source().fetch([str(ticket)])
    assert ([item.id for item in page.items], page.erased) == ([str(ticket)], ())
    assert page.items[0].customer.name


def test_a_fetched_state_is_newer_than_the_exported_one_before_it(desk: Helpdesk, open_source: Sources) -> None:
    ticket = desk.state.add_ticket("x", "y", at=NOW - HOUR)
    source = open_source()
    exported = pull(source)[0][str(ticket)]
    desk.clock.advance(600)
    fetched = source.fetch([str(ticket)]).items[0]
    desk.state.add_comment(ticket, "more", at=desk.clock.now())
    desk.clock.advance(120)
    later = pull(source)[0][str(ticket)]
    assert exported.version < fetched.version < later.version
