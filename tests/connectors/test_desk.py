"""What the connectors of ticket desks share: values, batches, refusals, writes and the calls of the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SecretStr

from feedbackloop.connector import Ability, Check, Context, Page
from feedbackloop.errors import BadRecord, Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.http import Declined, Denied
from feedbackloop.records import Action, Receipt
from feedbackloop.testing import makers
from feedbackloop_connectors.cursors import SourceCursor
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.desk.finding import if_shown, if_there, task_state
from feedbackloop_connectors.desk.options import DeskOptions
from feedbackloop_connectors.desk.pulling import Batch, Meter, is_later, joined, refusals_explained
from feedbackloop_connectors.desk.values import (
    is_number,
    moment,
    needed_number,
    needed_time,
    number,
    rows,
    shaped,
    table,
    text,
    time_in,
    words,
)
from feedbackloop_connectors.desk.writing import DeskWriter, target_of, with_links
from feedbackloop_connectors.marks import tags_of_others

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


# --- values ----------------------------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(anything)
def test_no_value_breaks_the_readers(value: object) -> None:
    assert number(value) is None or isinstance(number(value), int)
    assert text(value) in (None, value)
    assert isinstance(table(value), dict)
    assert all(isinstance(row, dict) for row in rows(value))
    assert all(isinstance(word, str) for word in words(value))
    with suppress(ValueError):
        assert moment(value) is None or moment(value).tzinfo is UTC
    with suppress(BadRecord):
        assert isinstance(needed_number({"id": value}, "id"), int)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("12", 12), (12.0, 12), (" 7 ", 7), (True, None), ("x", None), (None, None), (float("nan"), None), (2**70, 2**70)],
)
def test_numbers_are_read_from_what_desks_send(value: object, expected: int | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(("name", "expected"), [("12", True), ("", False), ("-1", False), ("²", False), ("١", False)])
def test_ids_are_plain_digits(name: str, expected: bool) -> None:
    assert is_number(name) is expected


@pytest.mark.parametrize("value", ["1969-12-31T23:59:59Z", "10000-01-01", -1, 1e18, "soon", [], True])
def test_a_time_that_cannot_be_is_named_with_its_field(value: object) -> None:
    with pytest.raises(BadRecord) as bad:
        time_in({"at": value}, "at", "comments.at")
    assert bad.value.field == "comments.at"


def test_what_is_missing_is_not_called_wrong() -> None:
    for read in (needed_number, needed_time):
        with pytest.raises(BadRecord, match=r"^is missing$"):
            read({"x": None}, "x")
    with pytest.raises(BadRecord, match=r"^is not a number$"):
        needed_number({"x": "?"}, "x")


class Shape(msgspec.Struct):
    """A small shape."""

    id: int
    parts: list[int] = []


def test_a_shape_names_the_place_that_does_not_fit() -> None:
    assert shaped({"id": "3"}, Shape).id == 3
    with pytest.raises(BadRecord) as bad:
        shaped({"id": 1, "parts": [1, {}]}, Shape)
    assert bad.value.field == "parts[1]"


# --- options, door, cursor -------------------------------------------------------------------------------------------


class MyOptions(DeskOptions):
    """A desk with a login."""

    token: SecretStr = Field(SecretStr("t-1"))
    key: SecretStr | None = None
    tag_field: str | None = None


def options(**given: object) -> MyOptions:
    return MyOptions.model_validate({"connector": "my", "base_url": "http://127.0.0.1:9", **given})


def test_every_secret_option_is_a_secret() -> None:
    assert options(key="k-2").secrets == ["t-1", "k-2"]
    assert options().secrets == ["t-1"]


def test_certificates_are_meant_from_the_configs_folder(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=r"there is no .*certs/ca.pem"):
        options(ca_file="certs/ca.pem").open_http(Context("s", folder=str(tmp_path)))


class Place(SourceCursor, frozen=True):
    """A year."""

    at: int = 0

    @classmethod
    def first(cls, since: datetime | None) -> Place:
        return cls(since.year if since else 0)


# --- pulling ---------------------------------------------------------------------------------------------------------


def _bad() -> None:
    raise BadRecord("is no time", field="at")


def test_one_bad_ticket_is_named_and_the_others_stay() -> None:
    batch = Batch()
    for name, make in ((1, makers.item), (2, _bad), (3, lambda: None)):
        batch.add(name, make)
    page = batch.page(Place(3), requests=2, is_last=True)
    assert (len(page.items), [(bad.record, bad.field, bad.reason) for bad in page.rejected]) == (
        1,
        [("2", "at", "is no time")],
    )
    assert (page.cursor, page.requests, page.caught_up) == ('{"at":3}', 2, True)


def test_batches_are_joined_in_order() -> None:
    whole = joined([Batch(erased=["1"]), Batch(erased=["2"], has_later=True), Batch()])
    assert (whole.erased, whole.has_later) == (["1", "2"], True)


def test_a_page_costs_the_calls_since_the_last_one() -> None:
    made = iter([5, 7, 7, 10])  # 5 when the pull began; then 7 - 5, 7 - 7, 10 - 7
    meter = Meter(lambda: next(made))
    assert [meter.spent() for _ in range(3)] == [2, 0, 3]


@pytest.mark.parametrize(
    ("created", "until", "expected"),
    [
        (NOON, NOON, False),
        (NOON + timedelta(seconds=1), NOON, True),
        (NOON, None, False),
        ("soon", NOON, False),  # is rejected by name instead
        (None, NOON, False),
    ],
)
def test_what_was_created_after_the_end_waits(created: object, until: datetime | None, expected: bool) -> None:
    assert is_later(str(created) if isinstance(created, datetime) else created, until) is expected


def test_refusals_stop_the_source_and_say_what_to_do() -> None:
    for raised, kind in ((Declined("HTTP 404", 404, ""), Fatal), (Denied("HTTP 401", 401), Refused)):
        with pytest.raises(kind, match="look at"), refusals_explained("look at base_url", "look at token"):
            raise raised


# --- finding and writing ---------------------------------------------------------------------------------------------


def _refuse(status: int) -> None:
    raise Declined(f"HTTP {status}", status, "")


def test_gone_is_none_and_another_refusal_is_raised() -> None:
    assert [if_there(lambda status=status: _refuse(status)) for status in (404, 410)] == [None, None]
    with pytest.raises(Declined):
        if_there(lambda: _refuse(422))


def test_what_is_not_shown_to_us_is_none_and_a_refused_login_is_raised() -> None:
    assert if_shown(lambda: "rows") == "rows"
    assert [if_shown(lambda status=status: _refuse(status)) for status in (402, 404, 422)] == [None] * 3
    assert if_shown(lambda: _raise(Denied("HTTP 403", 403))) is None
    with pytest.raises(Denied):
        if_shown(lambda: _raise(Denied("HTTP 401", 401)))


def test_our_own_tags_are_left_out() -> None:
    assert tags_of_others(["vip", "fbl-gap-empathy", "xfbl-1"], "fbl-") == ("vip", "xfbl-1")


def test_an_open_task_has_no_time_of_decision() -> None:
    standing = [
        task_state("1", is_done=done, is_rejected=no, at=NOON) for done in (False, True) for no in (False, True)
    ]
    assert [(one.status, one.at) for one in standing] == [
        ("open", None),
        ("rejected", NOON),
        ("done", NOON),
        ("rejected", NOON),
    ]


def action(kind: str = "note", **given: object) -> Action:
    return makers.action(kind, "7", **given)


class Notes(DeskWriter):
    """Writes notes; `held` is what the desk shows, `shows` how much of a write it shows."""

    def __init__(self, *, shows: bool = True, breaks: bool = False) -> None:
        self.held: list[str] = []
        self.sent = 0
        self._shows = shows
        self._breaks = breaks

    def find(self, action: Action) -> Receipt | None:
        if self.sent and self._breaks:
            raise Retriable("HTTP 503")
        return Receipt(external_id=action.key) if action.key in self.held else None

    def note(self, action: Action) -> None:
        self.sent += 1
        if self._shows:
            self.held.append(action.key)

    def reply(self, action: Action) -> None:
        _refuse(422)

    def why(self, refusal: Declined) -> str:
        return f"the desk says {refusal.status}"


def test_a_write_is_sent_once_however_often_it_is_asked_for() -> None:
    writer, asked = Notes(), action()
    assert [writer.push(asked).external_id for _ in range(3)] == [asked.key] * 3
    assert writer.sent == 1


@pytest.mark.parametrize("writer", [Notes(shows=False), Notes(breaks=True)])
def test_a_write_that_is_not_seen_again_has_an_unknown_outcome(writer: Notes) -> None:
    with pytest.raises(UnknownOutcome):
        writer.push(action())
    assert writer.sent == 1


def test_a_refused_write_and_one_of_a_kind_not_taken_are_set_aside() -> None:
    with pytest.raises(Skippable, match="the desk says 422"):
        Notes().push(action("reply"))
    for kind in ("tag", "task", "task_update"):
        with pytest.raises(Skippable, match=f"takes no {kind} from us"):
            Notes().push(action(kind))


def test_an_action_is_on_its_ticket_or_on_its_task() -> None:
    assert target_of(action()) == 7
    assert target_of(action("task_update", external_id="31")) == 31
    with pytest.raises(Skippable, match="'SUP-1' is no issue of this desk"):
        target_of(action("task_update", external_id="SUP-1"), "issue")


def test_links_are_named_up_to_a_number_and_then_counted() -> None:
    assert with_links("Late", [], named=2) == "Late"
    assert with_links("Late", ["#1", "#2", "#3"], named=2, apart=" ") == "Late\n\n#1 #2 (and 1 more)"


# --- checking, connector ---------------------------------------------------------------------------------------------


def _raise(error: Exception) -> str:
    raise error


def test_the_first_call_tells_a_wrong_login_from_a_wrong_address() -> None:
    assert first_contact(lambda: "me", login_fix="token") == "me"
    wrong = first_contact(lambda: _raise(Denied("HTTP 401", 401)), login_fix="check token")
    away = first_contact(lambda: _raise(Retriable("no answer")), login_fix="check token")
    assert isinstance(wrong, Check)
    assert isinstance(away, Check)
    assert (wrong.name, wrong.fix, away.name) == ("login", "check token", "address")


class MyPuller:
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def pages(self, cursor: Place) -> Iterator[Page]:
        self.asked.append(cursor)
        yield Page(caught_up=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        self.asked.append(list(ids))
        return Page(erased=("9",))


class MyDesk(DeskConnector[MyOptions, Place]):
    """A desk whose cursor is the year."""

    name = "my"
    Options = MyOptions
    abilities = BOTH_WAYS
    cursor_type = Place

    def __init__(self, given: MyOptions, context: Context) -> None:
        super().__init__(given, context)
        self.http = given.open_http(context)
        self.made = MyPuller()

    def needs(self) -> dict[Ability, object]:
        return {Ability.TAGS: self.options.tag_field}

    def puller(self, until: datetime | None = None) -> MyPuller:
        return self.made


def desk(**given: object) -> MyDesk:
    return MyDesk(options(**given), Context("support"))


def test_a_pull_begins_where_it_is_told_else_at_the_option_else_at_the_beginning() -> None:
    assert [desk(start="2024-05-01").start(since) for since in (NOON, None)] == ['{"at":2026}', '{"at":2024}']
    one = desk()
    list(one.pull(""))
    list(one.pull('{"at":5}'))
    assert one.made.asked == [Place(0), Place(5)]


def test_ids_that_can_be_no_ids_are_gone_without_asking() -> None:
    one = desk()
    assert one.fetch(["9", "SUP-1", "4"]).erased == ("9", "SUP-1")
    assert one.made.asked == [["9", "4"]]


def test_an_ability_whose_option_is_missing_is_not_offered() -> None:
    assert desk(tag_field="Tags").abilities == BOTH_WAYS
    assert desk().abilities == BOTH_WAYS - {Ability.TAGS}
    assert MyDesk.abilities == BOTH_WAYS


def test_only_a_loopback_desk_without_a_proxy_is_local() -> None:
    assert desk().is_local
    assert not desk(proxy="http://127.0.0.1:1").is_local
    assert not desk(base_url="https://desk.example").is_local
