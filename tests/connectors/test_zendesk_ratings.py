"""Ratings of a Zendesk account: either form, either locked, edited later, and never a reason to stop."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.connector import Page
from feedbackloop.errors import Refused
from feedbackloop.records import Item, Rating
from feedbackloop.testing.helpdesk import Helpdesk
from feedbackloop.testing.helpdesk_faults import Fault
from feedbackloop_connectors.zendesk import ratings
from feedbackloop_connectors.zendesk.connector import Zendesk
from zendesk_sources import Sources

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OLD, NEW = "satisfaction_ratings", "survey_responses"


@pytest.fixture
def desk() -> Iterator[Helpdesk]:
    with Helpdesk(now=NOW) as listening:
        yield listening


@pytest.fixture
def source(desk: Helpdesk) -> Iterator[Zendesk]:
    with Sources(desk) as open_source:
        yield open_source()


@pytest.fixture
def ticket(desk: Helpdesk) -> int:
    number = desk.state.add_ticket("x", "y", at=NOW - 3 * DAY)
    desk.state.change(number, status="solved", at=NOW - 2 * DAY)
    return number


def pull(source: Zendesk, cursor: str = "") -> tuple[dict[str, Item], list[Page]]:
    pages = list(source.pull(cursor or source.start(None)))
    return {item.id: item for page in pages for item in page.items}, pages


def test_a_rating_of_the_old_form_comes_with_its_ticket(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.rate(ticket, "bad", "three days", at=NOW - DAY, reason="The issue took too long to resolve")
    found, _ = pull(source)
    item = found[str(ticket)]
    assert item.ratings == (Rating("csat", 0.0, 0.0, 1.0, NOW - DAY, "three days"),)
    assert item.fields["csat_reason"] == "The issue took too long to resolve"


def test_an_offer_is_no_rating(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.rate(ticket, "offered", at=NOW - DAY)
    assert pull(source)[0][str(ticket)].ratings == ()


def test_a_rating_of_the_new_form_comes_with_its_ticket(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.respond(ticket, 1, "bad", "Promised 24 hours, took 3 days", at=NOW - DAY)
    item = pull(source)[0][str(ticket)]
    # Its scale is not told, so the category counts: bad = 0 on 0..1.
    assert item.ratings == (Rating("csat", 0.0, 0.0, 1.0, NOW - DAY, "Promised 24 hours, took 3 days"),)
    assert item.fields["csat_category"] == "bad"


@pytest.mark.parametrize(
    ("points", "rating", "expected"),
    [((1, 2, 3, 4, 5), 2, (2.0, 1.0, 5.0)), ((0, 10), 9, (9.0, 0.0, 10.0)), ((3,), 3, None), ((1, 5), 9, None)],
)
def test_the_surveys_own_scale_is_used_where_it_is_told(
    desk: Helpdesk, source: Zendesk, ticket: int, points: tuple[int, ...], rating: int, expected: Any
) -> None:
    desk.state.respond(ticket, rating, "no-such-category", at=NOW - DAY)
    question = desk.state.survey_responses[0]["answers"][0]["question"]
    question["options"] = [{"id": f"o{point}", "rating": point} for point in points]
    found = pull(source)[0][str(ticket)].ratings
    assert [(r.value, r.min, r.max) for r in found] == ([expected] if expected else [])


def test_a_skipped_survey_is_no_rating(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.respond(ticket, 5, "good", at=NOW - DAY)
    desk.state.survey_responses[0]["answers"] = [
        {"type": "skipped"},
        {"type": "open_ended", "value": "no points"},
        "odd",
    ]
    assert pull(source)[0][str(ticket)].ratings == ()


def test_picked_reasons_are_kept(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.respond(ticket, 1, "bad", at=NOW - DAY)
    options = [{"id": "01HO1", "label": "Too slow"}]
    picked = {
        "type": "closed_ended",
        "selections": [{"option_id": "01HO1"}, {"option_id": "01HO2"}],
        "question": {"options": options},
    }
    desk.state.survey_responses[0]["answers"].append(picked)
    assert pull(source)[0][str(ticket)].fields["csat_reason"] == "Too slow, 01HO2"


@pytest.mark.parametrize(
    ("locked", "words"),
    [({OLD}, "satisfaction_ratings is not open"), ({NEW}, "survey_responses is not open"), ({OLD, NEW}, "neither")],
)
def test_a_locked_form_is_passed_over_and_said_once(
    desk: Helpdesk, source: Zendesk, ticket: int, locked: set[str], words: str
) -> None:
    desk.behaviour.locked = frozenset(locked)
    desk.state.rate(ticket, "good", at=NOW - 30 * HOUR)
    desk.state.respond(ticket, 5, "good", at=NOW - DAY)
    found, pages = pull(source)
    warnings = [warning for page in pages for warning in page.warnings]
    assert (len(warnings), words in warnings[0]) == (1, True)
    # With all locked, the ticket's own row still says `good`, if not when.
    expected = None if locked == {OLD, NEW} else NOW - (DAY if locked == {OLD} else 30 * HOUR)
    assert [(r.value, r.at) for r in found[str(ticket)].ratings] == [(1.0, expected)]


@pytest.mark.parametrize(
    ("old_at", "new_at", "expected"), [(NOW - 2 * DAY, NOW - DAY, 1.0), (NOW - DAY, NOW - 2 * DAY, 0.0)]
)
def test_of_both_forms_the_later_answer_counts(
    desk: Helpdesk, source: Zendesk, ticket: int, old_at: datetime, new_at: datetime, expected: float
) -> None:
    desk.state.respond(ticket, 5, "good", at=new_at)
    desk.state.rate(ticket, "bad", at=old_at)
    assert pull(source)[0][str(ticket)].ratings[0].value == expected


def test_credentials_refused_at_the_ratings_stop_the_source(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.faults.add(Fault("answer", status=401, body="{}", path=OLD))
    with pytest.raises(Refused):
        pull(source)


def test_a_survey_answered_later_brings_its_ticket_again(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    _, pages = pull(source)
    desk.clock.advance(3600)
    desk.state.respond(ticket, 1, "bad", "too late")
    desk.clock.advance(600)
    found, again = pull(source, pages[-1].cursor)
    assert [r.comment for r in found[str(ticket)].ratings] == ["too late"]
    assert found[str(ticket)].version > pages[0].items[0].version
    assert pull(source, again[-1].cursor)[0] == {}  # and only once


@pytest.mark.parametrize("days", [5, 28])
def test_an_answer_edited_within_the_lookback_is_seen(desk: Helpdesk, source: Zendesk, ticket: int, days: int) -> None:
    desk.state.respond(ticket, 1, "bad", "angry", at=NOW - HOUR)
    _, pages = pull(source)
    for _ in range(days):
        desk.clock.advance(86400)
        _, pages = pull(source, pages[-1].cursor)
    desk.state.respond(ticket, 5, "good", "settled after all")
    desk.clock.advance(86400)
    found, _ = pull(source, pages[-1].cursor)
    assert [(r.value, r.comment) for r in found[str(ticket)].ratings] == [(1.0, "settled after all")]


def test_most_pulls_look_back_one_day_only(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    _, pages = pull(source)
    for _ in range(3):
        desk.clock.advance(900)
        desk.calls.clear()
        _, pages = pull(source, pages[-1].cursor)
        (asked,) = desk.calls_to(OLD)
        assert f"start_time={int((desk.clock.now() - DAY - timedelta(seconds=900)).timestamp())}" in asked


def test_a_pull_killed_among_the_ratings_sees_them_next_time(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    _, pages = pull(source)
    desk.clock.advance(3600)
    desk.state.respond(ticket, 1, "bad")
    desk.clock.advance(600)
    interrupted = source.pull(pages[-1].cursor)
    first = next(interrupted)
    interrupted.close()
    assert str(ticket) in pull(source, first.cursor)[0]


@pytest.mark.parametrize("form", ["old", "new"])
def test_an_old_rating_stays_with_a_ticket_that_is_touched_long_after(
    desk: Helpdesk, source: Zendesk, ticket: int, form: str
) -> None:
    desk.behaviour.locked = frozenset({NEW if form == "old" else OLD})
    if form == "old":
        desk.state.rate(ticket, "bad", "three days", at=NOW - DAY)
    else:
        desk.state.respond(ticket, 1, "bad", "three days", at=NOW - DAY)
    before, pages = pull(source)
    for _ in range(2):  # the first of these pulls looks back as far as it can, the second one day
        desk.clock.advance(60 * 86400)
        desk.state.change(ticket, priority=f"p{desk.clock.now()}")
        desk.clock.advance(120)
        after, pages = pull(source, pages[-1].cursor)
        assert after[str(ticket)].ratings == before[str(ticket)].ratings


@pytest.mark.parametrize("form", ["old", "new"])
def test_fetch_brings_the_rating_too(desk: Helpdesk, source: Zendesk, ticket: int, form: str) -> None:
    if form == "old":
        desk.state.rate(ticket, "bad", "three days", at=NOW - DAY)
    else:
        desk.state.respond(ticket, 1, "bad", "three days", at=NOW - DAY)
    assert [r.comment for r in source.fetch([str(ticket)]).items[0].ratings] == ["three days"]


def test_a_book_that_is_full_asks_for_the_rest_one_by_one(
    desk: Helpdesk, source: Zendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ratings, "BOOK_LIMIT", 2)
    for _ in range(5):
        number = desk.state.add_ticket("x", "y", at=NOW - 3 * DAY)
        desk.state.change(number, status="solved", at=NOW - 2 * DAY)
        desk.state.respond(number, 1, "bad", f"late {number}", at=NOW - DAY)
    found, _ = pull(source)
    assert [item.ratings[0].comment for item in found.values()] == [f"late {name}" for name in found]


def test_fetch_goes_without_a_form_that_is_locked(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.behaviour.locked = frozenset({OLD, NEW})
    desk.state.rate(ticket, "bad", "three days", at=NOW - DAY)
    assert [(r.comment, r.at) for r in source.fetch([str(ticket)]).items[0].ratings] == [("three days", None)]


def test_a_token_revoked_at_the_last_rating_stops_the_source(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.faults.add(Fault("answer", status=401, body="{}", path=NEW))
    with pytest.raises(Refused):
        source.fetch([str(ticket)])


def test_a_survey_about_something_else_is_left_alone(desk: Helpdesk, source: Zendesk, ticket: int) -> None:
    desk.state.respond(ticket, 1, "bad", at=NOW - DAY)
    desk.state.survey_responses[0]["subjects"] = [{"id": "7", "type": "article", "zrn": "zen:article:7"}, "odd"]
    assert pull(source)[0][str(ticket)].ratings == ()
