"""What becomes of deliveries: believed or refused, filed once, read in order, kept for a while and no longer."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec import structs
from pydantic import ValidationError

from feedbackloop import clock
from feedbackloop.connector import Ability, Context
from feedbackloop.errors import BadRecord, Fatal, Refused, Skippable
from feedbackloop.records import Item
from feedbackloop.testing import ConnectorContract, Fault, Shelf, System
from feedbackloop.testing.makers import item
from feedbackloop_connectors.signatures import SCHEMES, sign
from feedbackloop_connectors.webhook.connector import Webhook
from feedbackloop_connectors.webhook.inbox import KNOWN_FOR, Inbox
from feedbackloop_connectors.webhook.pulling import PAGE

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ITEM = {
    "id": "ticket.id",
    "created_at": "ticket.created_at",
    "updated_at": "ticket.updated_at",
    "status": "ticket.state",
    "messages": "ticket.messages",
    "ratings": "ticket.ratings",
}
DESCRIPTION: dict[str, Any] = {
    "connector": "webhook",
    "scheme": "zendesk",
    "secret": "hook-secret",
    "item": ITEM,
    "values": {"status": {"gone": "deleted"}},
}


class Pusher:
    """A system that only pushes, and the connector that takes it in."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.options = DESCRIPTION | options
        self.now = NOW
        self.count = 0

    def connect(self) -> Webhook:
        return Webhook(
            Webhook.Options.model_validate(self.options),
            Context("reviews", folder=str(self.folder), now=lambda: self.now),
        )

    def headers(self, body: bytes, delivery_id: str = "", secret: str = "hook-secret") -> dict[str, str]:
        self.count += 1
        stamp = clock.iso(self.now)
        return sign(SCHEMES["zendesk"], secret, body, id=delivery_id or f"d-{self.count}", timestamp=stamp)

    def push(self, content: object, delivery_id: str = "") -> bool:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        return self.connect().accept(self.headers(body, delivery_id), body)

    def ticket(self, number: int, **more: Any) -> None:
        row = {"id": number, "created_at": "2026-11-02T09:00:00Z", "messages": [said(f"Late {number}.")]}
        self.push({"ticket": row | more})


def said(text: str) -> dict[str, str]:
    return {"id": "m", "author": "customer", "at": "2026-11-02T09:00:00Z", "text": text}


@pytest.fixture
def pusher(tmp_path: Path) -> Pusher:
    return Pusher(tmp_path)


# --- the contract ----------------------------------------------------------------------------------------------------


class PushedSystem(System):
    """What a customer does there comes as a delivery."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.REPEATED_ROWS, Fault.SAME_SECOND, Fault.LATE_ROWS})
    secrets = ("hook-secret",)
    pages_of = 3 * PAGE + 1

    def __init__(self, pusher: Pusher) -> None:
        self.pusher = pusher
        self.fault: Fault | None = None
        self.held: list[Any] = []

    def connect(self) -> Webhook:
        return self.pusher.connect()

    def put(self, made: Item) -> str:
        changed = max([made.updated_at or made.created_at, *(one.at for one in made.messages)])
        stamp = "2026-11-20T09:00:00Z" if self.fault is Fault.SAME_SECOND else clock.iso(changed)
        row = {"id": made.id, "created_at": clock.iso(made.created_at), "updated_at": stamp, "state": "open"}
        row["messages"] = [
            {"id": m.id, "author": m.author, "at": clock.iso(m.at), "text": m.text} for m in made.messages
        ]
        row["ratings"] = [{"scale": r.scale, "value": r.value, "min": r.min, "max": r.max} for r in made.ratings]
        for _ in range(2 if self.fault is Fault.REPEATED_ROWS else 1):
            self.pusher.push({"ticket": row})
        return made.id

    def remove(self, item_id: str) -> None:
        self.pusher.push({"ticket": {"id": item_id, "state": "gone"}})

    def lock_out(self) -> None:
        folder = self.connect().inbox.folder
        folder.rename(folder.with_name("elsewhere"))
        folder.write_text("no folder")

    def switch_on(self, fault: Fault) -> None:
        self.fault = fault


class TestWebhook(ConnectorContract):
    """The same rules as for every connector."""

    @pytest.fixture
    def system(self, pusher: Pusher, request: pytest.FixtureRequest) -> Iterator[PushedSystem]:
        system = PushedSystem(pusher)
        if "first_pull" not in request.node.name and "after_every_page" not in request.node.name:
            system.pages_of = 12  # a delivery is written to the disk: three pages of them where it matters
        yield system


# --- believing -------------------------------------------------------------------------------------------------------


def test_a_delivery_with_a_wrong_signature_is_refused_and_not_filed(pusher: Pusher) -> None:
    with pytest.raises(Refused, match="signature is wrong"):
        pusher.connect().accept(pusher.headers(b"{}", secret="another"), b"{}")
    with pytest.raises(Refused, match="no signature"):
        pusher.connect().read_webhook({}, b"{}")
    assert pusher.connect().inbox.after(0) == []


def test_a_replayed_delivery_is_refused_when_old_and_filed_once_when_young(pusher: Pusher) -> None:
    body = b'{"ticket": {"id": 1}}'
    headers = pusher.headers(body, "d-9")
    assert [pusher.connect().accept(headers, body) for _ in range(3)] == [True, False, False]
    pusher.now += timedelta(minutes=6)
    with pytest.raises(Refused, match="replay"):
        pusher.connect().accept(headers, body)
    assert len(pusher.connect().inbox.after(0)) == 1


def test_while_the_secret_is_changed_both_count(tmp_path: Path) -> None:
    pusher = Pusher(tmp_path, secret="new", previous_secret="hook-secret")
    assert pusher.push({"ticket": {"id": 1}})


def test_a_body_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRecord, match="larger than max_bytes"):
        Pusher(tmp_path, max_bytes=10).push({"ticket": {"id": 1}})


def test_the_items_that_a_delivery_speaks_of_are_named_once(pusher: Pusher) -> None:
    body = b'{"ticket": {"id": 7}}'
    headers = pusher.headers(body)
    assert [pusher.connect().read_webhook(headers, body) for _ in range(2)] == [["7"], []]
    assert pusher.connect().read_webhook(pusher.headers(b"[1"), b"[1") == []


@pytest.mark.parametrize(
    ("options", "said"),
    [({"scheme": "zendesc"}, "is one of standard"), ({"secret": ""}, "secret is empty"), ({"keep": "soon"}, "keep")],
)
def test_an_option_that_cannot_be_is_named(tmp_path: Path, options: dict[str, str], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Pusher(tmp_path, **options).connect()


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", None),
        (b"<html>", None),
        (b'{"ticket": {"id": 1', None),
        (b"[1, 2", None),
        (b'{"ticket": {"id": 1, "created_at": "1969-12-31"}}', "created_at"),
        (b'{"ticket": {"id": 1, "created_at": "10000-01-01"}}', "created_at"),
        (b'{"ticket": {"created_at": "2026-11-02"}}', "id"),
        (b'{"ticket": {"id": {}, "created_at": "2026-11-02"}}', "id"),
        (b'{"n": ' + b"9" * 5000 + b"}", None),
        (b"[" * 3000 + b"]" * 3000, None),
    ],
)
def test_a_body_that_cannot_be_read_is_named_and_the_others_go_on(
    pusher: Pusher, body: bytes, field: str | None
) -> None:
    pusher.ticket(1)
    pusher.push(body, "d-bad")
    pusher.ticket(2)
    shelf = Shelf().pull(pusher.connect())
    assert sorted(shelf.items) == ["1", "2"]
    ((bad),) = shelf.rejected
    assert bad.record in {"delivery d-bad", "1"}
    assert bad.field == field
    assert shelf.pull(pusher.connect()).rejected == [bad]  # once


@pytest.mark.parametrize(
    ("expression", "row"),
    [
        ("stars[?n > `1`] | [0].n", {"stars": [{"n": "many"}]}),  # str > int
        ("contains(name, first)", {"name": "Anna", "first": 5}),  # int in str
        ("merge(one, two)", {"one": {}, "two": None}),
        ("ceil(to_number(stars))", {"stars": "1e999"}),  # an infinity is no whole number
    ],
)
def test_a_value_that_an_expression_takes_for_another_costs_its_row_alone(
    tmp_path: Path, expression: str, row: dict[str, Any]
) -> None:
    pusher = Pusher(tmp_path, item={"id": "id", "created_at": "at", "fields.what": expression})
    sound = {"stars": 1, "name": "Anna", "first": "A", "one": {}, "two": {}}
    pusher.push({"id": 1, "at": "2026-11-02"} | row)
    pusher.push({"id": 2, "at": "2026-11-02"} | sound)
    shelf = Shelf().pull(pusher.connect())
    assert [(bad.record, bad.field) for bad in shelf.rejected] == [("1", "fields.what")]
    assert list(shelf.items) == ["2"]


def test_one_delivery_may_hold_many_rows_and_some_are_passed_over(tmp_path: Path) -> None:
    pusher = Pusher(
        tmp_path, only="type == 'survey'", each="answers[]", item={"id": "id", "created_at": "at", "text": "said"}
    )
    pusher.push({"type": "survey", "answers": [{"id": n, "at": "2026-11-02", "said": "Late."} for n in (1, 2)]})
    pusher.push({"type": "ping"})
    shelf = Shelf().pull(pusher.connect())
    assert (sorted(shelf.items), shelf.rejected) == (["1", "2"], [])


def test_of_two_deliveries_without_times_the_later_counts(pusher: Pusher) -> None:
    for text in ("first", "second"):
        pusher.ticket(1, messages=[said(text)])
    assert Shelf().pull(pusher.connect()).texts() == {"1": ["second"]}


def test_a_broken_file_in_the_inbox_is_named(pusher: Pusher) -> None:
    pusher.ticket(1)
    pusher.ticket(2)
    inbox = pusher.connect().inbox
    first = inbox.after(0)[0]
    inbox._named(first).write_bytes(b"{")
    shelf = Shelf().pull(pusher.connect())
    assert (sorted(shelf.items), [bad.record for bad in shelf.rejected]) == (["2"], [f"delivery {first}"])


# --- the inbox -------------------------------------------------------------------------------------------------------


def test_what_was_stored_is_removed_after_a_while_and_its_id_later(pusher: Pusher) -> None:
    pusher.now = datetime.now(UTC)
    pusher.ticket(1)
    shelf = Shelf().pull(pusher.connect())
    pusher.ticket(2)
    pusher.now += timedelta(days=8)
    inbox = pusher.connect().inbox
    list(pusher.connect().pull(shelf.cursor or ""))
    assert len(inbox.after(0)) == 1  # the second was not stored yet
    assert len(list((inbox.folder / "known").iterdir())) == 2
    pusher.now += KNOWN_FOR
    list(pusher.connect().pull(shelf.cursor or ""))
    assert len(list((inbox.folder / "known").iterdir())) == 0


def test_who_is_forgotten_leaves_the_inbox_and_others_stay(tmp_path: Path) -> None:
    pusher = Pusher(tmp_path, each="tickets", item={"id": "id", "created_at": "created_at", "messages": "messages"})
    rows = [
        {"id": n, "created_at": "2026-11-02T09:00:00Z", "messages": [said(f"I am number {n}.")]} for n in range(1, 5)
    ]
    pusher.push({"tickets": rows[:1]})
    pusher.push({"tickets": rows[:2]})
    connector = pusher.connect()
    pages = list(connector.pull(connector.start(None)))
    stored = pages[-1].cursor
    pusher.push({"tickets": rows[2:3]})
    assert connector.erase_copies(["1"], stored) == 2
    assert kept_words(tmp_path) == {3}
    pusher.push({"tickets": rows[2:]})  # not read yet, and of two
    with pytest.raises(Skippable, match=r"1 deliveries .* hold other items too"):
        connector.erase_copies(["3"], stored)
    assert kept_words(tmp_path) == {3, 4}
    pages = list(connector.pull(stored))
    assert {"3", "4"} <= {item.id for page in pages for item in page.items}
    list(connector.pull(pages[-1].cursor))
    assert kept_words(tmp_path) == set()


def kept_words(folder: Path) -> set[int]:
    files = (folder / "webhooks" / "reviews" / "deliveries").glob("*.json")
    words = b"".join(base64.b64decode(json.loads(path.read_bytes())["body"]) for path in files).decode()
    return {int(number) for number in re.findall(r"I am number (\d)", words)}


def test_many_at_once_are_filed_in_one_order_and_each_once(tmp_path: Path) -> None:
    def file(writer: int) -> None:
        inbox = Inbox(tmp_path / "inbox")
        for number in range(20):
            inbox.put(f"{writer % 2}-{number}", b"{}", at=NOW)

    threads = [threading.Thread(target=file, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    seen: list[int] = []
    inbox = Inbox(tmp_path / "inbox")
    while any(thread.is_alive() for thread in threads):
        seen += inbox.after(seen[-1] if seen else 0)  # a reader beside them passes none
    seen += inbox.after(seen[-1] if seen else 0)
    assert len(seen) == len(inbox.after(0)) == 40


def test_a_clock_that_is_set_back_does_not_hide_a_delivery(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    inbox.put("a", b"{}", at=NOW)
    (tmp_path / ".last").write_text(str(4 * 10**18))  # the year 2096: a clock once told it
    inbox.put("b", b"{}", at=NOW)
    inbox.put("c", b"{}", at=NOW)
    assert inbox.after(4 * 10**18) == [4 * 10**18 + 1, 4 * 10**18 + 2]


def test_only_the_owner_may_read_the_inbox(pusher: Pusher) -> None:
    pusher.ticket(1)
    inbox = pusher.connect().inbox
    modes = {oct(place.stat().st_mode & 0o777) for place in inbox.folder.rglob("*")}
    assert modes == {"0o700", "0o600"}


def test_an_inbox_that_cannot_be_written_is_said_by_check(pusher: Pusher, tmp_path: Path) -> None:
    (tmp_path / "webhooks").write_text("no folder")
    (line,) = pusher.connect().check()
    assert not line.ok
    with pytest.raises(Fatal, match="cannot be written"):
        pusher.push({"ticket": {"id": 1}})


def test_what_cannot_be_removed_is_an_error_that_names_the_inbox(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox")
    (tmp_path / "inbox" / "deliveries" / f"{5:020d}.json").mkdir(parents=True)  # no file: it cannot be unlinked
    with pytest.raises(Fatal, match="inbox cannot be written"):
        inbox.remove(5)
    with pytest.raises(Fatal, match="inbox cannot be written"):
        inbox.tidy(5, now=NOW, keep=timedelta())


def test_erasures_are_offered_where_a_delivery_can_tell_them(tmp_path: Path) -> None:
    assert Ability.ERASURES in Pusher(tmp_path).connect().abilities
    assert Ability.ERASURES not in Pusher(tmp_path, values={}).connect().abilities


def test_a_mapped_item_is_as_a_described_source_reads_it(pusher: Pusher) -> None:
    pusher.ticket(1, updated_at="2026-11-03T09:00:00Z", ratings=[{"scale": "csat", "value": 2, "min": 1, "max": 5}])
    found = Shelf().pull(pusher.connect()).items["1"]
    expected = item("1", "Late 1.", when="2026-11-02T09:00:00Z")
    assert structs.replace(found, updated_at=None, ratings=()).created_at == expected.created_at
    assert (found.messages[0].text, found.ratings[0].value) == ("Late 1.", 2)
