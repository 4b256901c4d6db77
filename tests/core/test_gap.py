"""One item compared: all bases, groups and weeks."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.gap import Yardstick, compare_item
from feedbackloop.records import (
    DIMENSIONS,
    Answer,
    Aspect,
    Comparison,
    Customer,
    Expectation,
    Item,
    Judgement,
    Message,
    Promise,
    Rating,
    Sentiment,
    Understanding,
    group_of,
)
from feedbackloop.settings import Settings

FEELING = Sentiment("negative", -0.6, 0.9, "test")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def understood(**found: object) -> Understanding:
    return Understanding(language="en", sentiment=FEELING, **found)  # type: ignore[arg-type]


def item(**values: object) -> Item:
    words = Message(id="m1", author="customer", at=at("2026-11-04 09:00"), text="You promised 24 hours")
    defaults = {"created_at": at("2026-11-02 09:00"), "messages": (words,), "status": "open"}
    return Item(id="1", kind="ticket", source="desk", **(defaults | values))  # type: ignore[arg-type]


def compared(given: Item, understanding: Understanding, now: datetime = NOW, **config: object) -> Comparison:
    return compare_item(given, understanding, Yardstick(Settings(**config)), now, settle=as_found)  # type: ignore[arg-type]


def as_found(promise: Promise, item: Item, now: datetime) -> Promise:
    return promise


def places(comparison: Comparison) -> set[tuple[str | None, str | None, str, bool]]:
    return {
        (group.get("touchpoint"), group.get("dimension"), judgement.week, judgement.worse)
        for judgement in comparison.judgements
        for group in [group_of(judgement.group)]
        if group.keys() <= {"touchpoint", "dimension"}
    }


def wholes(comparison: Comparison) -> list[Judgement]:
    return [one for one in comparison.judgements if group_of(one.group).keys() <= {"touchpoint", "dimension"}]


LATE = Expectation(
    basis="promised",
    expected="24 hours",
    experienced="three days",
    promised_value=24,
    promised_unit="hour",
    actual_value=3,
    actual_unit="day",
    direction="worse",
    dimension="reliability",
    touchpoint="delivery",
    confidence=0.8,
    text_id="m1",
)
SPOKE = understood(expectations=(LATE,), touchpoints=(Aspect("delivery", -0.7, 0.9),))


def test_expected_experienced_and_disconfirmation_stay_apart_in_the_promised_unit() -> None:
    (gap,) = compared(item(), SPOKE).gaps
    assert (gap.expected, gap.experienced, gap.unit, gap.disconfirmation) == (24, 72, "hour", -0.667)
    assert (gap.direction, gap.gap_type, gap.evidence) == ("worse", "communication", "24 hours … three days")
    assert gap.at == at("2026-11-04 09:00")


@pytest.mark.parametrize(
    ("text_id", "when"),
    [
        ("m1", "2026-11-04 09:00"),
        ("desk/1#m1", "2026-11-04 09:00"),
        ("desk/1#m2", "2026-11-12 09:00"),
        ("desk/1#subject", "2026-11-04 09:00"),
        ("desk/1#rating-1", "2026-11-20 09:00"),
        (None, "2026-11-20 09:00"),
        ("desk/1#gone", "2026-11-20 09:00"),
    ],
)
def test_words_belong_to_the_moment_at_which_they_were_written(text_id: str | None, when: str) -> None:
    messages = (*item().messages, Message(id="m2", author="customer", at=at("2026-11-12 09:00"), text="Well?"))
    ratings = (Rating("csat", 2, 1, 5), Rating("csat", 2, 1, 5, at=at("2026-11-20 09:00"), comment="late"))
    said = msgspec.structs.replace(LATE, text_id=text_id)
    (gap,) = compared(item(messages=messages, ratings=ratings), understood(expectations=(said,))).gaps
    assert gap.at == at(when)


def test_sides_that_do_not_convert_are_quoted() -> None:
    odd = msgspec.structs.replace(LATE, promised_unit="business_day")
    (gap,) = compared(item(), understood(expectations=(odd,))).gaps
    assert (gap.expected, gap.experienced, gap.unit, gap.disconfirmation) == ("24 hours", "three days", None, -0.5)


def test_who_spoke_of_a_touchpoint_is_judged_in_every_dimension_of_it() -> None:
    assert places(compared(item(), SPOKE)) == {
        ("delivery", "reliability", "2026-W45", True),
        ("delivery", "responsiveness", "2026-W45", False),
        ("delivery", "assurance", "2026-W45", False),
        ("delivery", "empathy", "2026-W45", False),
        ("delivery", "tangibles", "2026-W45", False),
    }


def test_who_expected_something_of_a_touchpoint_spoke_of_it() -> None:
    comparison = compared(item(), understood(expectations=(LATE,), touchpoints=(Aspect("billing", -0.7, 0.9),)))
    assert {(place[0], place[1]) for place in places(comparison)} == {
        (touchpoint, dimension) for touchpoint in ("billing", "delivery") for dimension in DIMENSIONS
    }


def test_two_outcomes_of_one_expectation_are_two_gaps() -> None:
    both = [msgspec.structs.replace(LATE, expected_span=(0, 9), experienced_span=(n, n + 5)) for n in (10, 20)]
    assert len(compared(item(), understood(expectations=tuple(both))).gaps) == 2


def test_a_gap_read_with_little_confidence_is_no_shortfall_but_was_judged() -> None:
    doubtful = msgspec.structs.replace(LATE, confidence=0.49)
    comparison = compared(item(), msgspec.structs.replace(SPOKE, expectations=(doubtful,)))
    assert comparison.gaps
    assert not any(judgement.worse for judgement in comparison.judgements)
    assert len(wholes(comparison)) == 5


def test_an_item_counts_once_a_group_and_week() -> None:
    twice = msgspec.structs.replace(LATE, expected_span=(3, 9), direction="better", confidence=0.9)
    comparison = compared(item(), msgspec.structs.replace(SPOKE, expectations=(LATE, twice)))
    assert len(comparison.gaps) == 2
    (judgement,) = [j for j in wholes(comparison) if j.worse]
    assert judgement.better
    assert len(wholes(comparison)) == 5


def test_a_case_belongs_to_the_week_of_its_due_time_and_words_to_their_own() -> None:
    silent = item(messages=(), due_at=at("2026-11-16 09:00"), solved_at=at("2026-11-05 09:00"))
    assert places(compared(silent, understood())) == {(None, "reliability", "2026-W47", False)}


def test_the_week_is_that_of_the_loops_own_zone() -> None:
    # Sunday 23:30 UTC is Monday in Berlin.
    late = item(messages=(), due_at=at("2026-11-15 23:30"))
    assert places(compared(late, understood(), loop={"timezone": "Europe/Berlin"})) == {
        (None, "reliability", "2026-W47", True)
    }


def test_further_groups_are_added_by_the_config() -> None:
    silent = item(
        messages=(), due_at=at("2026-11-16 09:00"), fields={"company": "ACME"}, customer=Customer(locale="de-DE")
    )
    by = ["fields.company", "segment", "source", "language", "customer.locale", "channel", "fields.none"]
    comparison = compared(silent, understood(), detect={"also_by": by})
    assert [group_of(judgement.group) for judgement in comparison.judgements] == [
        {"customer.locale": "de-DE", "dimension": "reliability"},
        {"dimension": "reliability", "fields.company": "ACME"},
        {"dimension": "reliability", "language": "en"},
        {"dimension": "reliability", "segment": "standard"},
        {"dimension": "reliability", "source": "desk"},
        {"dimension": "reliability"},
    ]


@pytest.mark.parametrize(
    ("config", "parts"),
    [
        ({}, {"language"}),
        ({"segments": [{"name": "gold", "tags": ["vip"]}]}, {"language", "segment"}),
        ({"sources": {"desk": {"connector": "jsonl"}, "shop": {"connector": "csv"}}}, {"language", "source"}),
    ],
)
def test_parts_are_counted_where_there_is_more_than_one(config: dict[str, object], parts: set[str]) -> None:
    due = item(messages=(), due_at=at("2026-11-16 09:00"))
    comparison = compared(due, understood(), **config)
    assert {name for one in comparison.judgements for name in group_of(one.group)} == {"dimension", *parts}


def test_a_language_that_nobody_knows_is_no_group() -> None:
    unknown = msgspec.structs.replace(understood(), language="und")
    assert wholes(compared(item(messages=(), due_at=at("2026-11-16 09:00")), unknown)) == list(
        compared(item(messages=(), due_at=at("2026-11-16 09:00")), unknown).judgements
    )


def test_the_sources_own_category_names_the_touchpoint() -> None:
    sources = {"desk": {"connector": "csv", "touchpoint_field": "category"}}
    comparison = compared(item(fields={"category": "Trees"}, due_at=at("2026-11-16 09:00")), SPOKE, sources=sources)
    assert {gap.touchpoint for gap in comparison.gaps} == {"Trees"}
    assert {place[0] for place in places(comparison)} == {"Trees"}


def test_a_standards_own_touchpoint_comes_first() -> None:
    standard = {"name": "quick", "metric": "resolution", "within": "1d", "touchpoint": "support"}
    comparison = compared(item(), SPOKE, standards=[standard])
    assert [(gap.basis, gap.touchpoint) for gap in comparison.gaps] == [
        ("standard", "support"),
        ("promised", "delivery"),
    ]


@pytest.mark.parametrize(
    ("solved", "mend"), [("2026-11-02 12:00", "standards"), ("2026-11-04 12:00", "delivery"), (None, "delivery")]
)
def test_a_disappointment_asks_for_the_service_or_for_the_expectation(solved: str | None, mend: str) -> None:
    stated = msgspec.structs.replace(LATE, basis="stated")
    standard = {"name": "quick", "metric": "resolution", "within": "1d"}
    given = item(solved_at=at(solved) if solved else None)
    gaps = compared(given, msgspec.structs.replace(SPOKE, expectations=(stated,)), standards=[standard]).gaps
    assert [gap.gap_type for gap in gaps if gap.basis == "stated"] == [mend]


def promise(**values: object) -> Promise:
    defaults = {"id": "p1", "who": "agent", "what": "call back", "said_at": at("2026-11-04 10:00")}
    return Promise(**(defaults | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "direction", "sides"),
    [
        ({"state": "kept", "value": 24, "unit": "hour", "settled_at": at("2026-11-04 22:00")}, "met", (24, 12, "hour")),
        (
            {"state": "broken", "value": 24, "unit": "hour", "settled_at": at("2026-11-07 10:00")},
            "worse",
            (24, 72, "hour"),
        ),
        ({"state": "broken", "value": 24, "unit": "hour"}, "worse", (24, None, "hour")),
        ({"state": "broken"}, "worse", ("call back", None, None)),
        ({"state": "open"}, None, ("call back", None, None)),
    ],
)
def test_promises_are_gaps_of_their_own(
    values: dict[str, object], direction: str | None, sides: tuple[object, ...]
) -> None:
    given = promise(due_at=at("2026-11-05 10:00"), **values)
    (gap,) = compared(item(), understood(promises=(given,))).gaps
    assert (gap.basis, gap.direction, gap.at) == ("promised", direction, at("2026-11-05 10:00"))
    assert (gap.expected, gap.experienced, gap.unit) == sides


def test_a_promise_of_unknown_end_gives_no_gap_but_is_kept() -> None:
    comparison = compared(item(), understood(promises=(promise(state="unknown"),)))
    assert comparison.gaps == ()
    assert [p.state for p in comparison.promises] == ["unknown"]


def test_promises_are_settled_with_the_item_and_the_time() -> None:
    asked = []

    def settle(promise: Promise, item: Item, now: datetime) -> Promise:
        asked.append((promise.id, item.key, now))
        return msgspec.structs.replace(promise, state="broken")

    comparison = compare_item(item(), understood(promises=(promise(),)), Yardstick(Settings()), NOW, settle=settle)
    assert asked == [("p1", "desk/1", NOW)]
    assert [gap.direction for gap in comparison.gaps] == ["worse"]


def test_the_next_look_is_at_the_earliest_due_time_ahead() -> None:
    now = at("2026-11-03 09:00")
    open_item = item(due_at=at("2026-11-16 09:00"))
    later = understood(promises=(promise(due_at=at("2026-11-10 09:00")),))
    assert compared(open_item, later, now).recheck_at == at("2026-11-10 09:00")
    assert compared(open_item, later, at("2026-11-12 09:00")).recheck_at == at("2026-11-16 09:00")
    assert compared(open_item, later).recheck_at is None


def test_a_deleted_item_says_nothing() -> None:
    assert compared(item(status="deleted", due_at=at("2026-11-03 09:00")), SPOKE) == Comparison(item="desk/1")


def answer(question: str, role: str, value: float, **more: object) -> Answer:
    scale = {"min": 1, "max": 7} | more
    return Answer(question=question, role=role, value=value, **scale)  # type: ignore[arg-type]


def survey(*answers: Answer, **values: object) -> Item:
    return Item(id="s", kind="survey", source="desk", created_at=at("2026-11-02 09:00"), answers=answers, **values)  # type: ignore[arg-type]


def test_a_survey_pair_is_compared_in_points_of_its_scale() -> None:
    pair = survey(
        answer("q7", "expectation", 6, dimension="empathy"), answer("q7", "perception", 3, dimension="empathy")
    )
    (gap,) = compared(pair, understood()).gaps
    assert (gap.expected, gap.experienced, gap.unit, gap.disconfirmation) == (6, 3, "points 1-7", -0.5)
    assert places(compared(pair, understood())) == {(None, "empathy", "2026-W45", True)}


def test_answers_without_a_partner_of_their_question_are_paired_by_dimension() -> None:
    reply = survey(
        answer("e1", "expectation", 6, dimension="empathy"),
        answer("e2", "expectation", 4, dimension="empathy"),
        answer("p1", "perception", 6, dimension="empathy"),
        answer("p9", "perception", 2, dimension="assurance"),
    )
    (gap,) = compared(reply, understood()).gaps
    assert (gap.expected, gap.experienced, gap.direction) == (5, 6, "better")


@pytest.mark.parametrize(
    "answers",
    [
        (answer("q", "expectation", 6), answer("q", "perception", 9)),  # off its scale
        (answer("q", "expectation", 6), answer("q", "perception", 4, max=5)),  # two scales
        (answer("q", "expectation", 1, max=1), answer("q", "perception", 1, max=1)),  # a scale of one point
        (answer("q", "perception", 4),),
    ],
)
def test_answers_that_cannot_be_compared_are_left_out(answers: tuple[Answer, ...]) -> None:
    assert compared(survey(*answers), understood()).gaps == ()


def test_a_rating_alone_is_no_gap_but_its_comment_speaks() -> None:
    rated = item(messages=(), ratings=(Rating("csat", 1, 1, 5, at=at("2026-11-10 09:00")),))
    assert compared(rated, SPOKE.__class__(language="en", sentiment=FEELING)) == Comparison(item="desk/1")
    spoken = item(messages=(), ratings=(Rating("csat", 1, 1, 5, at=at("2026-11-10 09:00"), comment="late"),))
    assert {week for _, _, week, _ in places(compared(spoken, SPOKE))} == {"2026-W46"}


directions = st.sampled_from(["worse", "met", "better", None])
values = st.none() | st.integers(0, 99) | st.floats(0, 99) | st.sampled_from(["6-8", "13:30", "", "半个月"])
units = st.none() | st.sampled_from(["hour", "day", "business_day", "clock", "EUR", "day_late", "fraction", "箱"])


@given(st.lists(st.builds(Expectation, basis=st.sampled_from(["stated", "promised"]), promised_value=values,
       promised_unit=units, actual_value=values, actual_unit=units, direction=directions), max_size=5))  # fmt: skip
def test_whatever_was_read_gives_one_gap_each_within_bounds_and_the_same_again(found: list[Expectation]) -> None:
    understanding = understood(expectations=tuple(found))
    first, second = compared(item(), understanding), compared(item(), understanding)
    assert first == second
    assert [gap.direction for gap in first.gaps] == [expectation.direction for expectation in found]
    assert all(gap.disconfirmation is None or -1 <= gap.disconfirmation <= 1 for gap in first.gaps)
    assert len({gap.id for gap in first.gaps}) == len(found)
