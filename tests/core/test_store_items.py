"""Items: nothing is read twice, nothing later is seen early, nothing older overwrites, nothing erased comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from feedbackloop.records import Comparison, Customer, Gap, Item, Judgement, Message, Rating, Sentiment, Understanding
from feedbackloop.store import Store
from feedbackloop.store.items import Received

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
READ = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.5, "test"))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


def ticket(ident: str = "1", **changes: Any) -> Item:
    message = Message(id="m1", author="customer", at=NOW - HOUR, text="Where is my parcel?")
    made = Item(id=ident, kind="ticket", created_at=NOW - HOUR, source="desk", messages=(message,), tags=("vip",))
    return replace(made, **changes)


def receive(store: Store, *items: Item, now: datetime = NOW, written: frozenset[str] = frozenset()) -> Received:
    with store.write():
        return store.items.receive(items, now, "fbl-", set(written))


def understood(store: Store) -> list[str]:
    due = store.items.due_for_understanding(100)
    with store.write():
        store.items.save_understandings((item.key, READ) for item in due)
    return [item.id for item in due]


def test_a_page_received_again_is_unchanged_and_not_read_again(store: Store) -> None:
    assert receive(store, ticket()) == Received(new=1)
    assert understood(store) == ["1"]
    assert receive(store, ticket()) == Received(unchanged=1)
    assert understood(store) == []


@pytest.mark.parametrize("reading", ["several", "each"])
def test_while_items_are_gone_through_others_may_write_and_we_too(store: Store, reading: str) -> None:
    receive(store, *(ticket(str(number)) for number in range(3)))
    items = store.items.each(None, None) if reading == "each" else store.items.several([f"desk/{n}" for n in range(3)])
    for number, (item, _) in enumerate(items):
        with Store(store.path) as other, other.write():
            other.books.set_note("other", item.key)
        with store.write():  # SQLite would refuse it while a query stood open that began before the other's write
            store.books.set_note("own", str(number))
    assert store.books.note("own") == "2"


def test_all_items_are_given_once_over_many_pages(store: Store) -> None:
    receive(store, *(ticket(str(number), created_at=NOW - HOUR * (number % 7)) for number in range(1_203)))
    given = [(item.created_at, item.key) for item, _ in store.items.each(None, None)]
    assert given == sorted(given)
    assert len(set(given)) == 1_203


def test_a_new_message_of_a_person_makes_an_item_due_again(store: Store) -> None:
    receive(store, ticket())
    understood(store)
    more = Message(id="m2", author="customer", at=NOW, text="Hello?")
    assert receive(store, ticket(messages=(*ticket().messages, more))) == Received(updated=1)
    assert understood(store) == ["1"]


@pytest.mark.parametrize(
    "changes",
    [
        {"tags": ("vip", "fbl-gap-reliability")},
        {"updated_at": NOW, "version": 7.0},
        {
            "messages": (
                *ticket().messages,
                Message(id="n1", author="agent", at=NOW, text="note", public=False, own=True),
            )
        },
    ],
    ids=["own tag", "moved stamp", "own note"],
)
def test_own_writes_coming_back_never_restart_the_loop(store: Store, changes: dict[str, Any]) -> None:
    receive(store, ticket())
    understood(store)
    assert receive(store, ticket(**changes)) == Received(unchanged=1)
    assert understood(store) == []


def test_a_note_known_from_its_receipt_is_recognised_without_a_mark(store: Store) -> None:
    receive(store, ticket())
    understood(store)
    note = Message(id="n1", author="agent", at=NOW, text="note", public=False)
    back = ticket(messages=(*ticket().messages, note))
    assert receive(store, back, written=frozenset({"n1"})) == Received(unchanged=1)
    found = store.items.get("desk/1")
    assert found is not None
    assert [message.own for message in found[0].messages] == [False, True]


def test_an_older_version_never_overwrites_a_newer_one(store: Store) -> None:
    receive(store, ticket(version=5.0, subject="new"))
    assert receive(store, ticket(version=4.0, subject="old")) == Received(unchanged=1)
    found = store.items.get("desk/1")
    assert found is not None
    assert found[0].subject == "new"


def test_the_same_item_twice_on_a_page_is_one_item(store: Store) -> None:
    assert receive(store, ticket(), ticket()) == Received(new=1, unchanged=1)


def test_what_is_later_than_the_clock_is_seen_when_its_time_comes(store: Store) -> None:
    later = Message(id="m2", author="agent", at=NOW + 2 * HOUR, text="It is on its way.")
    rating = Rating("csat", 2, 1, 5, at=NOW + 3 * HOUR)
    whole = ticket(messages=(*ticket().messages, later), ratings=(rating,), status="solved", solved_at=NOW + 2 * HOUR)
    receive(store, whole)
    known = store.items.get("desk/1")
    assert known is not None
    assert (len(known[0].messages), known[0].ratings, known[0].status, known[0].solved_at) == (1, (), "open", None)
    assert store.items.release("desk", NOW + HOUR) == []
    for hours, messages, ratings in ((2, 2, 0), (3, 2, 1)):
        now = NOW + hours * HOUR
        due = store.items.release("desk", now)
        assert receive(store, *due, now=now) == Received(updated=1)
        known = store.items.get("desk/1")
        assert known is not None
        assert (len(known[0].messages), len(known[0].ratings), known[0].status) == (messages, ratings, "solved")
    assert store.items.release("desk", NOW + 99 * HOUR) == []


def test_an_item_that_does_not_exist_yet_is_not_counted(store: Store) -> None:
    assert receive(store, ticket(created_at=NOW + HOUR)) == Received()
    assert store.items.get("desk/1") is None
    assert receive(store, *store.items.release("desk", NOW + HOUR), now=NOW + HOUR) == Received(new=1)


# --- weekly counts -------------------------------------------------------------------------------------------------


def compared(store: Store, *judgements: Judgement, gaps: tuple[Gap, ...] = ()) -> None:
    with store.write():
        store.judgements.save([Comparison(item="desk/1", judgements=judgements, gaps=gaps)], UTC)


def test_weekly_counts_move_by_the_difference(store: Store) -> None:
    receive(store, ticket())
    compared(
        store, Judgement('{"touchpoint":"g"}', "2026-W45", worse=True), Judgement('{"touchpoint":"h"}', "2026-W45")
    )
    compared(store, Judgement('{"touchpoint":"g"}', "2026-W46", worse=True, better=True))
    counts = store.judgements.weekly("2026-W01", "2026-W52")
    assert {group: [(c.week, c.items, c.worse, c.better) for c in weeks] for group, weeks in counts.items()} == {
        '{"touchpoint":"g"}': [("2026-W46", 1, 1, 1)]  # what the first comparison said is taken back
    }


# --- erasure -------------------------------------------------------------------------------------------------------

SECRET = "Zebedee Quillfeather"


def test_an_erased_person_leaves_no_byte_behind(store: Store) -> None:
    person = Customer(id="c-9", name=SECRET, email="quillfeather@example.org")
    message = Message(id="m1", author="customer", at=NOW - HOUR, text=f"{SECRET} here, you promised 24 hours")
    receive(store, ticket(customer=person, messages=(message,), subject=SECRET))
    understood(store)
    gap = Gap(id="gap-1", item="desk/1", basis="stated", at=NOW, expected=SECRET, evidence=SECRET, direction="worse")
    compared(store, Judgement('{"touchpoint":"g"}', "2026-W45", worse=True), gaps=(gap,))
    with store.write():
        erased = store.erasure.forget_items(["desk/1"], NOW)
    store.erasure.scrub()
    assert erased.counts == {"items": 1, "gaps": 1}
    folder = store.path.parent
    left = [path.name for path in folder.iterdir() if b"Quillfeather" in path.read_bytes()]
    assert left == []
    assert store.judgements.weekly("2026-W01", "2026-W52")['{"touchpoint":"g"}'][0].worse == 1  # figures stay


def test_an_erased_item_that_is_pulled_again_stays_erased(store: Store) -> None:
    receive(store, ticket())
    with store.write():
        store.erasure.forget_items(["desk/1"], NOW)
    assert receive(store, ticket(subject="back again")) == Received(unchanged=1)
    found = store.items.get("desk/1")
    assert found is not None
    assert (found[0].subject, found[0].messages[0].text) == (None, "")
    assert understood(store) == []
