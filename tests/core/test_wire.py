"""Is a line of feedback read as the contract says, and is a bad one named by field and reason?"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedbackloop.records import Answer, Customer, Item, Message, Rating
from feedbackloop.wire import MAXIMUM_TEXT, BadRecord, RatingScale, Reader, encode
from feedbackloop.wire.quick import at_once
from feedbackloop.wire.shape import decoded

NOON = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
LINE = {"id": "T-1", "kind": "ticket", "created_at": "2026-11-02T12:00:00Z"}
REAL = Path(__file__).parents[3] / "shared" / "data" / "real"


def line(**changes: Any) -> bytes:
    return json.dumps(LINE | changes, ensure_ascii=False).encode("utf-8", "surrogatepass")


def read(data: bytes, **options: Any) -> Item:
    return Reader(**options).line(data)


def fault(data: bytes, **options: Any) -> BadRecord:
    with pytest.raises(BadRecord) as caught:
        read(data, **options)
    return caught.value


# --- what is read --------------------------------------------------------------------------------------------------


def test_the_contracts_example_is_read_whole() -> None:
    example = b"""{"id": "T-1", "kind": "ticket", "subject": "Late again", "created_at": "2026-11-02T09:00:00Z",
     "updated_at": "2026-11-04T10:00:00Z",
     "status": "solved", "solved_at": "2026-11-04T10:00:00Z", "due_at": null, "channel": "email", "tags": ["delivery"],
     "fields": {"plan": "enterprise"},
     "customer": {"id": "c-9", "name": "Customer 9", "email": "c-9@example.com", "locale": "zh-CN", "timezone": "Asia/Shanghai",
                  "tags": ["vip"], "organization": "ACME"},
     "messages": [
       {"id": "m1", "author": "customer", "at": "2026-11-02T09:00:00Z", "public": true, "text": "You promised 24 hours"},
       {"id": "m2", "author": "agent", "at": "2026-11-02T12:30:00Z", "public": true, "text": "Sorry!"}],
     "ratings": [{"scale": "csat", "value": 2, "min": 1, "max": 5, "at": "2026-11-05T08:00:00Z", "comment": "three days"}],
     "answers": [{"question": "q7", "dimension": "reliability", "role": "expectation", "value": 6, "min": 1, "max": 7}]}"""
    nine = datetime(2026, 11, 2, 9, tzinfo=UTC)
    solved = datetime(2026, 11, 4, 10, tzinfo=UTC)
    assert read(example) == Item(
        id="T-1",
        kind="ticket",
        subject="Late again",
        created_at=nine,
        updated_at=solved,
        status="solved",
        solved_at=solved,
        channel="email",
        tags=("delivery",),
        fields={"plan": "enterprise"},
        customer=Customer(
            "c-9", "Customer 9", "c-9@example.com", "zh-CN", "Asia/Shanghai", tags=("vip",), organization="ACME"
        ),
        messages=(
            Message("m1", "customer", nine, "You promised 24 hours"),
            Message("m2", "agent", datetime(2026, 11, 2, 12, 30, tzinfo=UTC), "Sorry!"),
        ),
        ratings=(Rating("csat", 2.0, 1.0, 5.0, datetime(2026, 11, 5, 8, tzinfo=UTC), "three days"),),
        answers=(Answer("q7", "expectation", 6.0, 1.0, 7.0, "reliability"),),
    )


def test_id_kind_and_created_at_are_enough() -> None:
    assert read(line()) == Item(id="T-1", kind="ticket", created_at=NOON)


OPTIONAL = ["updated_at", "version", "subject", "status", "solved_at", "due_at", "channel", "url", "tags", "fields"]
OPTIONAL += ["customer", "messages", "ratings", "answers", "text"]


@pytest.mark.parametrize("key", OPTIONAL)
def test_every_optional_key_may_be_null(key: str) -> None:
    assert read(line(**{key: None})) == read(line())


def test_nulls_inside_customer_messages_and_ratings_are_as_if_left_out() -> None:
    item = read(
        line(
            customer={"id": None, "name": None, "email": None, "tags": None},
            messages=[{"id": None, "author": "customer", "at": None, "public": None, "text": None}],
            ratings=[{"scale": "nps", "value": 9, "min": None, "max": None, "at": None, "comment": None}],
        )
    )
    assert item.customer == Customer()
    assert item.messages == (Message("#1", "customer", NOON, ""),)
    assert item.ratings == (Rating("nps", 9.0, 0.0, 10.0),)


def test_unknown_keys_are_kept_under_fields_and_do_not_replace_what_is_there() -> None:
    item = read(line(plan="gold", region="north", fields={"plan": "enterprise"}, customer={"id": "c", "age": 7}))
    assert item.fields == {"plan": "enterprise", "region": "north"}
    assert item.customer.fields == {"age": 7}


def test_text_instead_of_messages_is_the_customers_only_message() -> None:
    assert read(line(text="Too slow")).messages == (Message("text", "customer", NOON, "Too slow"),)


def test_text_beside_messages_is_not_lost() -> None:
    item = read(line(text="summary", messages=[{"id": "m", "author": "customer", "text": "words"}]))
    assert [message.text for message in item.messages] == ["words"]
    assert item.fields == {"text": "summary"}


def test_an_answer_without_a_time_is_dated_to_the_last_known_time_never_to_the_question() -> None:
    thread = [{"id": "1", "author": "customer", "at": None}, {"id": "2", "author": "agent", "at": None}]
    item = read(line(updated_at="2026-11-09T12:00:00Z", messages=thread))
    assert [message.at for message in item.messages] == [NOON, NOON + timedelta(days=7)]


TIMES = [
    ("2026-11-02T12:00:00Z", "2026-11-02T12:00:00+00:00"),
    ("2026-11-02T13:00:00+01:00", "2026-11-02T12:00:00+00:00"),
    ("2026-11-02T12:00:00", "2026-11-02T04:00:00+00:00"),  # Shanghai is 8 hours ahead: 12 - 8 = 4
    ("2026-11-02 12:00", "2026-11-02T04:00:00+00:00"),
    ("2026-11-02", "2026-11-01T16:00:00+00:00"),  # the day's start in Shanghai
    (" 2026-11-02T12:00:00.250Z ", "2026-11-02T12:00:00.250000+00:00"),
]


@pytest.mark.parametrize(("text", "expected"), TIMES)
def test_times_are_read_in_the_sources_zone(text: str, expected: str) -> None:
    item = read(line(created_at=text, messages=[{"author": "customer", "at": text}]), zone=ZoneInfo("Asia/Shanghai"))
    assert item.created_at.isoformat() == expected
    assert item.messages[0].at.isoformat() == expected


def test_a_time_format_is_tried_before_iso() -> None:
    options = {"time_format": "%d/%m/%Y %H:%M"}
    assert read(line(created_at="03/11/2026 14:30"), **options).created_at == datetime(2026, 11, 3, 14, 30, tzinfo=UTC)
    assert read(line(created_at="2026-11-03"), **options).created_at == datetime(2026, 11, 3, tzinfo=UTC)


def test_numbers_are_taken_for_ids() -> None:
    item = read(line(id=4711, customer={"id": 9}, messages=[{"id": 3, "author": "customer"}]))
    assert (item.id, item.customer.id, item.messages[0].id) == ("4711", "9", "3")


STATUSES = [
    ("solved", "solved", {}),
    ("Closed", "closed", {}),
    ("closed_untimely", "closed", {"status": "closed_untimely"}),
    ("abandoned", None, {"status": "abandoned"}),
]


@pytest.mark.parametrize(("word", "status", "fields"), STATUSES)
def test_a_desks_own_word_for_a_status_costs_no_feedback(word: str, status: str | None, fields: dict[str, str]) -> None:
    item = read(line(status=word))
    assert (item.status, item.fields) == (status, fields)


def test_an_unknown_status_is_said_once_a_word() -> None:
    reader = Reader()
    for word in ("abandoned", "abandoned", "parked"):
        reader.line(line(status=word))
    assert [warning.split(" is not")[0] for warning in reader.warnings] == ["status 'abandoned'", "status 'parked'"]


def test_a_rating_without_a_scale_takes_the_sources() -> None:
    scale = RatingScale("questionnaire", 0, 1)
    item = read(
        line(ratings=[{"value": True, "question": "calm?"}, {"value": False, "question": "booked?"}]), rating=scale
    )
    assert [(r.scale, r.value, r.min, r.max) for r in item.ratings] == [("questionnaire", v, 0, 1) for v in (1, 0)]


def test_a_bare_rating_is_a_rating_where_the_source_has_a_scale_and_a_field_elsewhere() -> None:
    data = line(rating=4, rating_comment="fine")
    assert read(data, rating=RatingScale("stars", 1, 5)).ratings == (Rating("stars", 4, 1, 5, comment="fine"),)
    assert read(data).fields == {"rating": 4, "rating_comment": "fine"}


# --- hostile and broken ----------------------------------------------------------------------------------------------


def test_control_characters_are_kept_even_raw_ones() -> None:
    assert read(line(text="a\x00\x1b[31m")).messages[0].text == "a\x00\x1b[31m"
    raw = line(text="X").replace(b'"X"', b'"a\x01b"')
    assert read(raw).messages[0].text == "a\x01b"


@pytest.mark.parametrize("data", [line(text="X").replace(b'"X"', b'"a\\ud800b"'), line(text="a\ud800b")])
def test_lone_surrogates_are_replaced(data: bytes) -> None:
    assert read(data).messages[0].text == "a\ufffdb"


def test_a_text_of_ten_megabytes_is_cut_and_that_is_said() -> None:
    reader = Reader()
    item = reader.line(line(text="x" * 10_000_000))
    assert len(item.messages[0].text) == MAXIMUM_TEXT
    assert reader.warnings == ["T-1: text was cut from 10000000 to 1000000 characters"]


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read(b"\xef\xbb\xbf" + line()) == read(line())


def without(key: str) -> bytes:
    return json.dumps({k: v for k, v in LINE.items() if k != key}).encode()


deep = b'{"id":"T-1","kind":"ticket","created_at":"2026-11-02","fields":' + b'{"a":' * 5000 + b"1" + b"}" * 5001
thread = [{"id": "m", "author": "customer"}]
BAD = [
    (b"{", None, "is not JSON"),
    (b"[1]", None, "is not a JSON object"),
    (b"\xff\xfe", None, "is not UTF-8"),
    (b'{"id": NaN}', None, "NaN"),
    (deep, None, "nested too deeply"),
    (line(fields={"a": [[[[{}]]]] * 1}).replace(b"{}", b"[" * 60 + b"]" * 60), "fields.a", "nested more than"),
    (line(a=1)[:-1] + b', "a": 2}', "a", "twice"),
    (line(a=1)[:-1] + b', "a": 2, "b": "\\u0022\\u0022"}', "a", "twice"),  # as many quotation marks as without
    (line()[:-1] + b', "id": "T-2"}', "id", "twice"),
    (without("id"), "id", "is missing"),
    (line(id=None), "id", "is missing"),
    (line(id="  "), "id", "is empty"),
    (line(id="x" * 501), "id", "longer than 500"),
    (line(id=["T-1"]), "id", "Expected str"),
    (without("kind"), "kind", "is missing"),
    (line(kind="banana"), "kind", "is not one of ticket, review, survey"),
    (without("created_at"), "created_at", "is missing"),
    (line(created_at=""), "created_at", "is missing"),
    (line(created_at=1700000000), "created_at", "is not a time"),
    (line(created_at="yesterday"), "created_at", "'yesterday' is not a time"),
    (line(created_at="1969-12-31T23:59:59Z"), "created_at", "outside 1990..2099"),
    (line(created_at="10000-01-01T00:00:00Z"), "created_at", "is not a time"),
    (line(created_at="9999-12-31T23:59:59-05:00"), "created_at", "outside 1990..2099"),
    (line(due_at="2026-13-01"), "due_at", "is not a time"),
    (line(subject=5), "subject", "Expected str"),
    (line(tags="vip"), "tags", "Expected array"),
    (line(tags=["vip", 5]), "tags[1]", "Expected str"),
    (line(fields=[]), "fields", "Expected object"),
    (line(fields={"n": 2**63}), "fields.n", "beyond 64 bits"),
    (line(fields={"n": 5}).replace(b"5", b"1e999"), "fields.n", "not a finite number"),
    (line(customer="Ann"), "customer", "Expected"),
    (line(customer={"email": 5}), "customer.email", "Expected str"),
    (line(messages={}), "messages", "Expected array"),
    (line(messages=[{"author": "bot"}]), "messages[0].author", "is not one of customer, agent, system"),
    (line(messages=[{"text": "x"}]), "messages[0].author", "is missing"),
    (line(messages=[*thread, {"id": "n", "author": "agent", "text": 5}]), "messages[1].text", "Expected str"),
    (line(messages=[{"author": "agent", "at": "1969-01-01"}]), "messages[0].at", "outside 1990"),
    (line(messages=thread * 2), "messages", "two messages have one id"),
    (line(ratings=[{"value": 3}]), "ratings[0].scale", "is missing"),
    (line(ratings=[{"scale": "mood", "value": 3}]), "ratings[0].min", "is missing"),
    (line(ratings=[{"scale": "nps", "value": 11}]), "ratings[0].value", "11 lies outside 0..10"),
    (line(ratings=[{"scale": "x", "value": 1, "min": 5, "max": 5}]), "ratings[0].min", "is not below"),
    (line(ratings=[{"scale": "nps", "value": "9"}]), "ratings[0].value", "Expected"),
    (
        line(answers=[{"question": "q", "role": "hope", "value": 1, "min": 1, "max": 7}]),
        "answers[0].role",
        "not one of",
    ),
    (
        line(answers=[{"question": "q", "role": "perception", "value": 8, "min": 1, "max": 7}]),
        "answers[0].value",
        "8 lies",
    ),
]


@pytest.mark.parametrize(("data", "field", "reason"), BAD)
def test_a_bad_line_is_named_by_field_and_reason(data: bytes, field: str | None, reason: str) -> None:
    error = fault(data)
    assert (error.field or "").startswith(field or "")
    assert field is None or error.field
    assert reason in str(error)


def test_a_bad_line_names_its_id_where_it_has_one() -> None:
    assert fault(line(id=4711, kind="x")).record == "4711"
    assert fault(line(ratings=[{"value": 3}])).record == "T-1"
    assert fault(without("id")).record is None


def test_a_fault_quotes_no_more_than_a_little_of_what_was_written() -> None:
    assert len(str(fault(line(created_at="secret " * 1000)))) < 200


# --- there and back --------------------------------------------------------------------------------------------------

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = words.filter(lambda text: text.strip())
moments = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))
values = (
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
fields = st.dictionaries(
    words, st.recursive(values | words, lambda inner: st.lists(inner, max_size=3), max_leaves=4), max_size=3
)
tags = st.lists(words, max_size=2).map(tuple)
optional = st.none() | names
messages = st.lists(
    st.builds(Message, id=names, author=st.sampled_from(["customer", "agent", "system"]), at=moments, text=words,
              public=st.booleans(), own=st.booleans(), automatic=st.booleans()),
    max_size=3, unique_by=lambda message: message.id,
).map(tuple)  # fmt: skip
points = st.floats(1, 5)
ratings = st.lists(
    st.builds(Rating, scale=names, value=points, min=st.just(1.0), max=st.just(5.0), at=st.none() | moments,
              comment=optional, question=optional),
    max_size=2,
).map(tuple)  # fmt: skip
answers = st.lists(
    st.builds(Answer, question=words, role=st.sampled_from(["expectation", "perception"]), value=points,
              min=st.just(1.0), max=st.just(5.0), dimension=optional),
    max_size=2,
).map(tuple)  # fmt: skip
customers = st.builds(
    Customer, *[optional] * 5, tags=tags, organization=optional, organization_tags=tags, fields=fields
)
items = st.builds(
    Item, id=names, kind=st.sampled_from(["ticket", "review", "survey"]), created_at=moments, updated_at=st.none() | moments,
    version=st.none() | st.floats(allow_nan=False, allow_infinity=False), subject=optional, due_at=st.none() | moments,
    status=st.none() | st.sampled_from(["new", "open", "pending", "solved", "closed", "deleted"]), solved_at=st.none() | moments,
    channel=optional, url=optional, tags=tags, fields=fields, customer=customers, messages=messages, ratings=ratings,
    answers=answers,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(items)
def test_what_is_written_is_read_back_the_same(item: Item) -> None:
    assert Reader().line(encode(item)) == item


@settings(max_examples=100, deadline=None)
@given(items)
def test_all_ways_of_reading_give_the_same(item: Item) -> None:
    data = encode(item)
    as_it_stands, typed = at_once(data), decoded(data)
    long_way = Reader().record(json.loads(data))
    assert as_it_stands in (None, long_way)
    assert typed is None or Reader()._item(typed) == long_way


def test_a_plain_line_is_taken_as_it_stands() -> None:
    data = line(
        text=None,
        updated_at="2026-11-02T12:00:00Z",
        messages=[{"id": "m", "author": "agent", "at": LINE["created_at"], "text": "Hi"}],
    )
    assert at_once(data) is None  # `text` is no key of an item
    assert at_once(data.replace(b'"text": null, ', b"")) == read(data)


NOT_AS_THEY_STAND = [
    line(plan="gold"),
    line(customer={"id": "c", "plan": "gold"}),
    line(messages=[{"id": "m", "author": "agent", "at": "2026-11-02T12:00:00Z", "text": "a", "mood": "b"}]),
    line()[:-1] + b', "id": "T-2"}',
    line(messages=[{"id": "m", "author": "agent", "at": "2026-11-02T12:00:00Z", "text": "a"}]).replace(
        b'"a"', b'"a", "text": "b"'
    ),
    line(created_at="2026-11-02T12:00:00"),
    line(created_at="1969-11-02T12:00:00Z"),
    line(due_at="2100-01-01T00:00:00Z"),
    line(id=" "),
    line(id="x" * 501),
    line(fields={"n": 2**70}),
    line(fields={"n": {"deep": [1]}}),
    line(ratings=[{"scale": "nps", "value": 11, "min": 0, "max": 10}]),
    line(ratings=[{"scale": "", "value": 1, "min": 0, "max": 10}]),
    line(ratings=[{"scale": "nps", "value": 1, "min": 0, "max": 10, "at": "1969-01-01T00:00:00Z"}]),
    line(answers=[{"question": "q", "role": "perception", "value": 1, "min": 7, "max": 1}]),
]


@pytest.mark.parametrize("data", NOT_AS_THEY_STAND)
def test_what_needs_a_closer_look_gets_it(data: bytes) -> None:
    assert at_once(data) is None


def test_the_source_is_not_written() -> None:
    assert b"source" not in encode(Item(id="1", kind="review", created_at=NOON, source="shop"))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | words.map(str.encode) | fields.map(lambda f: json.dumps(LINE | f).encode()))
def test_any_bytes_give_an_item_or_a_bad_record(data: bytes) -> None:
    try:
        assert isinstance(Reader().line(data), Item)
    except BadRecord as error:
        assert str(error)


@pytest.mark.shared
@pytest.mark.skipif(not REAL.exists(), reason="the real sets are not part of the project")
@pytest.mark.parametrize(
    ("name", "count", "options"),
    [
        ("cfpb_interchange", 4679, {}),
        ("boston311_interchange", 6000, {"zone": ZoneInfo("America/New_York")}),
        ("star_dialogues_first_half", 898, {"rating": RatingScale("questionnaire", 0, 1)}),
    ],
)
def test_real_sets_are_read_without_a_loss(name: str, count: int, options: dict[str, Any]) -> None:
    reader = Reader(**options)
    with gzip.open(REAL / f"{name}.jsonl.gz") as file:
        assert sum(1 for data in file if reader.line(data)) == count
