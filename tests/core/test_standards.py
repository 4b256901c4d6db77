"""Service standards and due dates against the clock."""

from datetime import UTC, datetime

import pytest

from feedbackloop.analysis.gap_yardstick import Yardstick
from feedbackloop.analysis.standards import Case, reply_waits, standard_gaps
from feedbackloop.clock import LATEST
from feedbackloop.records import Gap, Item, Message
from feedbackloop.settings import Settings

LATER = "2026-11-30 00:00"


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def said(author: str, when: str, **how: object) -> Message:
    return Message(id=f"{author[0]}{when}", author=author, at=at(when), text="words", **how)  # type: ignore[arg-type]


def ticket(*messages: Message, **values: object) -> Item:
    fields = {"created_at": at("2026-11-02 09:00"), "status": "open"} | values  # a Monday
    return Item(id="1", kind="ticket", source="desk", messages=messages, **fields)  # type: ignore[arg-type]


def gaps(item: Item, *standards: dict[str, object], now: str = LATER, **config: object) -> list[Gap]:
    named = [{"name": "the standard"} | standard for standard in standards]
    yardstick = Yardstick(Settings(standards=named, **config))  # type: ignore[arg-type]
    case = Case(item, yardstick.segment(item), None, None, yardstick, at(now))
    return list(standard_gaps(case))


def only(item: Item, standard: dict[str, object], **how: object) -> Gap:
    (gap,) = gaps(item, standard, **how)  # type: ignore[arg-type]
    return gap


FIRST = {"metric": "first_reply", "within": "8h"}
ASKED = said("customer", "2026-11-02 09:00")


@pytest.mark.parametrize(
    ("answered", "direction", "hours", "distance"),
    [
        ("2026-11-02 10:00", "better", 1, 0.875),  # (8 - 1) / 8, sooner than the desired 2 h
        ("2026-11-02 11:00", "met", 2, 0.75),  # on the desired bound
        ("2026-11-02 15:00", "met", 6, 0.25),
        ("2026-11-02 17:00", "met", 8, 0.0),  # on the adequate bound
        ("2026-11-03 09:00", "worse", 24, -0.667),  # (8 - 24) / 24
    ],
)
def test_the_zone_of_tolerance_lies_between_desired_and_within(
    answered: str, direction: str, hours: float, distance: float
) -> None:
    gap = only(ticket(ASKED, said("agent", answered)), FIRST | {"desired": "2h"})
    assert (gap.direction, gap.expected, gap.experienced, gap.unit) == (direction, 8, hours, "hour")
    assert gap.disconfirmation == distance
    assert gap.gap_type == ("delivery" if direction == "worse" else None)


def test_without_a_desired_time_a_quick_answer_is_met_not_better() -> None:
    assert only(ticket(ASKED, said("agent", "2026-11-02 09:05")), FIRST).direction == "met"


@pytest.mark.parametrize(
    ("now", "direction"), [("2026-11-02 16:59", None), ("2026-11-02 17:00", "worse"), (LATER, "worse")]
)
def test_an_unanswered_case_is_open_until_it_is_due_and_broken_then(now: str, direction: str | None) -> None:
    gap = only(ticket(ASKED), FIRST, now=now)
    assert gap.direction == direction
    assert gap.experienced is None
    assert gap.disconfirmation is None
    assert gap.due_at == gap.at == at("2026-11-02 17:00")


def test_business_hours_stand_still_at_night_and_the_unit_says_so() -> None:
    # Monday 16:00 to Tuesday 10:00: one hour on Monday, one on Tuesday.
    item = ticket(said("customer", "2026-11-02 16:00"), said("agent", "2026-11-03 10:00"))
    gap = only(item, FIRST | {"within": "2h", "calendar": "business"})
    assert (gap.direction, gap.expected, gap.experienced, gap.unit) == ("met", 2, 2, "business_hour")
    assert gap.due_at == at("2026-11-03 10:00")


def test_short_waits_are_told_in_minutes() -> None:
    gap = only(ticket(ASKED, said("agent", "2026-11-02 09:45")), FIRST | {"within": "30m"})
    assert (gap.direction, gap.expected, gap.experienced, gap.unit) == ("worse", 30, 45, "minute")


def test_a_standard_differs_by_segment() -> None:
    item = ticket(ASKED, said("agent", "2026-11-02 12:00"), tags=("vip",))
    gold = {"segments": [{"name": "gold", "tags": ["vip"]}]}
    gap = only(item, FIRST | {"segments": {"gold": "1h"}}, **gold)
    assert (gap.segment, gap.expected, gap.direction) == ("gold", 1, "worse")
    assert only(item, FIRST | {"segments": {"gold": "1h"}}).direction == "met"


def test_a_standard_covers_only_its_channels() -> None:
    item = ticket(ASKED, said("agent", "2026-11-02 10:00"), channel="Email")
    assert gaps(item, FIRST | {"channels": ["email"]})
    assert not gaps(item, FIRST | {"channels": ["chat"]})


@pytest.mark.parametrize("how", [{"own": True}, {"automatic": True}, {"public": False}])
def test_notes_own_writes_and_automatic_mail_are_no_answer(how: dict[str, bool]) -> None:
    item = ticket(ASKED, said("agent", "2026-11-02 09:01", **how), said("agent", "2026-11-02 12:00"))
    assert only(item, FIRST).experienced == 3


def test_every_later_wait_is_measured_by_next_reply() -> None:
    item = ticket(
        ASKED,
        said("agent", "2026-11-02 10:00"),
        said("customer", "2026-11-02 11:00"),
        said("customer", "2026-11-02 11:30"),  # the wait is from the first of the two
        said("agent", "2026-11-02 13:00"),
        said("customer", "2026-11-03 09:00"),
    )
    found = gaps(item, {"metric": "next_reply", "within": "1h"}, now="2026-11-03 09:30")
    assert [(gap.experienced, gap.direction) for gap in found] == [(2, "worse"), (None, None)]
    assert len({gap.id for gap in found}) == 2


def test_a_last_thank_you_waits_for_nothing() -> None:
    item = ticket(
        ASKED,
        said("agent", "2026-11-02 10:00"),
        said("customer", "2026-11-02 12:00"),
        status="solved",
        solved_at=at("2026-11-02 11:00"),
    )
    assert not gaps(item, {"metric": "next_reply", "within": "1h"})


def test_solving_without_a_word_ends_the_wait() -> None:
    item = ticket(ASKED, status="solved", solved_at=at("2026-11-02 12:00"))
    assert only(item, FIRST).experienced == 3


def test_where_an_agent_wrote_first_the_customer_starts_the_clock() -> None:
    item = ticket(
        said("agent", "2026-11-02 09:00"), said("customer", "2026-11-03 09:00"), said("agent", "2026-11-03 11:00")
    )
    assert only(item, FIRST).experienced == 2
    assert reply_waits(ticket(said("agent", "2026-11-02 09:00"))) == []


def test_a_source_without_status_breaks_no_promise_by_silence() -> None:
    assert reply_waits(ticket(ASKED, status=None)) == []


def test_nobody_owes_an_answer_to_a_survey_unless_the_standard_names_its_channel() -> None:
    reply = Item(id="1", kind="survey", created_at=at("2026-11-02 09:00"), channel="web", messages=(ASKED,))
    assert not gaps(reply, FIRST)
    assert only(reply, FIRST | {"channels": ["web"]}).direction == "worse"


def test_a_standard_of_many_thousand_years_is_never_due() -> None:
    gap = only(ticket(), {"metric": "resolution", "within": "9999999d"})
    assert gap.direction is None
    assert gap.due_at == LATEST


def test_resolution_runs_from_the_opening_to_the_solving() -> None:
    standard = {"metric": "resolution", "within": "2d"}
    assert only(ticket(solved_at=at("2026-11-05 09:00")), standard).experienced == 72
    assert only(ticket(), standard, now="2026-11-03 09:00").direction is None
    assert not gaps(ticket(status="closed"), standard)  # closed at an unknown time


@pytest.mark.parametrize(
    ("solved", "now", "direction", "experienced"),
    [
        ("2026-11-03 09:00", LATER, "met", 24),
        ("2026-11-05 09:00", LATER, "worse", 72),
        (None, "2026-11-03 09:00", None, None),
        (None, LATER, "worse", None),
    ],
)
def test_a_due_date_is_judged_even_with_no_standard(
    solved: str | None, now: str, direction: str | None, experienced: float | None
) -> None:
    item = ticket(due_at=at("2026-11-04 09:00"), solved_at=at(solved) if solved else None)
    (gap,) = gaps(item, now=now)
    assert (gap.basis, gap.direction, gap.expected, gap.experienced) == ("due", direction, 48, experienced)
    assert gap.dimension == "reliability"
    assert gap.evidence.startswith("due 2026-11-04T09:00:00Z, ")


def test_a_due_standard_gives_the_due_date_its_touchpoint_and_its_grace() -> None:
    item = ticket(due_at=at("2026-11-04 09:00"), solved_at=at("2026-11-04 10:00"))
    gap = only(item, {"metric": "due", "within": "2h", "touchpoint": "repairs", "dimension": "responsiveness"})
    assert (gap.direction, gap.touchpoint, gap.dimension, gap.name) == (
        "met",
        "repairs",
        "responsiveness",
        "the standard",
    )


@pytest.mark.parametrize(("count", "direction"), [(0, "met"), (1, "met"), (2, "worse")])
def test_reopenings_are_counted_when_the_item_is_solved(count: int, direction: str) -> None:
    item = ticket(fields={"reopens": count}, solved_at=at("2026-11-05 09:00"))
    assert only(item, {"metric": "reopens", "within": 1}).direction == direction


@pytest.mark.parametrize("reopens", ["2", None, True, []])
def test_reopenings_that_are_no_number_judge_nothing(reopens: object) -> None:
    item = ticket(fields={"reopens": reopens}, solved_at=at("2026-11-05 09:00"))
    assert not gaps(item, {"metric": "reopens", "within": 1})


@pytest.mark.parametrize(("value", "direction"), [("Yes", "met"), ("No", "worse"), ("", None), (None, None)])
def test_a_field_of_the_source_judges_itself(value: object, direction: str | None) -> None:
    standard = {"metric": "field", "field": "timely", "met": ["Yes"], "dimension": "responsiveness"}
    found = gaps(ticket(fields={"timely": value}), standard)
    assert [gap.direction for gap in found] == ([direction] if direction else [])


def test_the_same_item_gives_the_same_names() -> None:
    item = ticket(ASKED, due_at=at("2026-11-04 09:00"))
    first, second = (gaps(item, FIRST, now=now) for now in ("2026-11-02 10:00", LATER))
    assert [gap.id for gap in first] == [gap.id for gap in second]
    assert all(gap.id.startswith("gap-") for gap in first)
