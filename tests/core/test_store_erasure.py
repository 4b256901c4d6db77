"""Whoever is forgotten leaves no byte: not in items, quotes, tasks, drafts, nor in what waits for its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from feedbackloop.connector import Rejected
from feedbackloop.records import (
    Action,
    ActionKind,
    Comparison,
    Customer,
    Expectation,
    FollowUp,
    Item,
    Judgement,
    Message,
    Promise,
    Receipt,
    Sentiment,
    Understanding,
)
from feedbackloop.store import Store
from feedbackloop.testing.makers import gap, task

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "Quillfeather"
PERSON = Customer(id="c-9", name=NAME, email=f"{NAME}@example.org")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


def feedback(ident: str = "T-1", **changes: Any) -> Item:
    said = Message("m1", "customer", NOW - DAY, f"{NAME} here. You promised 24 hours.")
    made = Item(
        id=ident, kind="ticket", created_at=NOW - DAY, source="desk", customer=PERSON, messages=(said,), subject=NAME
    )
    return replace(made, **changes)


def receive(store: Store, *items: Item, now: datetime = NOW) -> None:
    with store.write():
        store.items.receive(items, now, "fbl-", set())


def forget(store: Store, *keys: str, **more: Any) -> Any:
    with store.write():
        erased = store.erasure.forget_items(keys, NOW, **more)
    assert store.erasure.scrub()
    return erased


def found_in(store: Store, word: str = NAME) -> list[str]:
    return [path.name for path in store.path.parent.iterdir() if word.encode() in path.read_bytes()]


def action(kind: ActionKind, status: str = "waiting", *, ident: str = "", **more: Any) -> tuple[Action, str]:
    fields = {"source": "desk", "item": "T-1", "text": f"Dear {NAME}", "about": "desk/T-1"} | more
    return Action(id=ident or f"act-{kind}-{status}", key=f"{kind}-{status}", kind=kind, **fields), status


def put(store: Store, *actions: tuple[Action, str]) -> None:
    with store.write():
        for one, status in actions:
            store.outbox.add(one, status, NOW)
            if status == "done":
                store.outbox.done(one, Receipt(external_id="ext-1"), NOW)


def test_everything_that_was_made_of_a_persons_words_goes(store: Store) -> None:
    receive(store, feedback())
    read = Understanding(
        language="en",
        sentiment=Sentiment("negative", -0.5, 0.9, "x"),
        expectations=(Expectation(basis="stated", expected=NAME, experienced=NAME, direction="worse"),),
        signals={"said": NAME},
    )
    promise = Promise(id="p-1", who=NAME, what=NAME, said_at=NOW, state="open", evidence=NAME, text_id="m1")
    shortfall = replace(gap(item="desk/T-1", evidence=NAME), expected=NAME, experienced=NAME)
    with store.write():
        store.items.save_understandings([("desk/T-1", read)])
        judgements = (Judgement('{"touchpoint":"g"}', "2026-W45", worse=True),)
        store.judgements.save(
            [Comparison(item="desk/T-1", gaps=(shortfall,), promises=(promise,), judgements=judgements)], UTC
        )
        store.sources.set_aside("desk", [Rejected("T-1", f"{NAME} is no date")], NOW)
    erased = forget(store, "desk/T-1")
    assert erased.counts == {"items": 1, "gaps": 1, "promises": 1}
    assert found_in(store) == []
    (left,) = store.judgements.gaps_of("desk/T-1")
    assert (left.direction, left.disconfirmation, left.expected, left.evidence) == (
        "worse",
        shortfall.disconfirmation,
        None,
        "",
    )
    assert store.judgements.weekly("", "~")['{"touchpoint":"g"}'][0].worse == 1
    assert store.sources.aside() == []


def test_drafts_are_taken_back_and_what_is_outside_is_listed(store: Store) -> None:
    receive(store, feedback())
    draft = FollowUp(
        id="fu-1",
        item="desk/T-1",
        customer="desk/c-9",
        cause="late",
        language="en",
        text=f"Dear {NAME}",
        status="drafted",
    )
    with store.write():
        store.plans.save_follow_ups([draft], {"fu-1": PERSON.email or ""})
    put(
        store,
        action(ActionKind.NOTE, "done"),
        action(ActionKind.REPLY, "approved", about="fu-1"),
        action(ActionKind.TAG, "sending"),
    )
    erased = forget(store, "desk/T-1")
    assert found_in(store) == []
    assert {one.action.kind: one.status for one in store.outbox.with_status()} == {
        ActionKind.NOTE: "done",
        ActionKind.REPLY: "cancelled",
        ActionKind.TAG: "cancelled",
    }
    assert erased.outside == ["note on desk/T-1 (ext-1)", "tag on desk/T-1 (it is not known whether it arrived)"]
    kept = store.plans.follow_up("fu-1")
    assert kept is not None
    assert (kept.status, kept.customer, kept.text) == ("expired", None, "")


def test_tasks_and_what_was_written_of_them_lose_the_quotes(store: Store) -> None:
    receive(store, feedback())
    quoting = f"“{NAME} here”"
    with store.write():
        store.plans.save_tasks(
            [task(body=quoting, evidence=("desk/T-1", "desk/T-2")), task(id="task-2", body="of others")]
        )
    put(
        store,
        action(ActionKind.TASK, "done", item="", text=quoting, about="task-1"),
        action(ActionKind.TASK_UPDATE, "waiting", item="9", text=quoting, about="task-1", linked=("T-1", "T-2")),
        action(ActionKind.TASK, "approved", item="", text="of others", about="task-2"),
    )
    erased = forget(store, "desk/T-1")
    assert found_in(store) == []
    one, other = (store.plans.task(f"task-{n}") for n in (1, 2))
    assert one is not None and other is not None
    assert (one.body, one.evidence, other.body) == ("[erased]", ("desk/T-2",), "of others")
    texts = {queued.action.id: queued.action.text for queued in store.outbox.with_status()}
    assert texts == {
        "act-task-done": "[erased]",
        "act-task_update-waiting": "[erased]",
        "act-task-approved": "of others",
    }
    assert erased.outside == ["task in desk that may quote them (ext-1)"]


def test_what_waits_for_its_time_goes_too_and_does_not_come_back(store: Store) -> None:
    ahead = feedback(created_at=NOW + DAY)
    receive(store, ahead)
    assert store.items.ahead_of_customers(["desk/c-9"], []) == ["desk/T-1"]
    assert store.items.ahead_of_customers([], [f"{NAME}@example.org".lower()]) == ["desk/T-1"]
    assert store.items.ahead_of_customers(["desk/c-8"], ["a@b.example"]) == []
    forget(store, "desk/T-1")
    assert found_in(store) == []
    receive(store, ahead, now=NOW + 2 * DAY)
    assert found_in(store) == []


def test_a_person_forgotten_twice_is_counted_once(store: Store) -> None:
    receive(store, feedback())
    assert forget(store, "desk/T-1", "desk/T-unknown").counts == {"items": 1}
    assert forget(store, "desk/T-1").counts == {}


# --- retention -----------------------------------------------------------------------------------------------------


def test_old_texts_go_and_the_person_stays_known(store: Store) -> None:
    receive(store, feedback())
    follow_up = FollowUp(
        id="fu-1", item="desk/T-1", customer="desk/c-9", cause="x", language="en", text=NAME, status="sent"
    )
    with store.write():
        store.plans.save_follow_ups([follow_up])
    forget(store, "desk/T-1", keep_person=True)
    ((item, _),) = store.items.of_customers(["desk/c-9"], [])
    assert (item.messages[0].text, item.subject, item.customer.name) == ("", None, NAME)
    assert [one.customer for one in store.plans.follow_ups_to(["desk/c-9"])] == ["desk/c-9"]  # the cap still counts


def test_a_person_whose_texts_went_by_age_can_still_be_forgotten(store: Store) -> None:
    receive(store, feedback())
    forget(store, "desk/T-1", keep_person=True)
    assert found_in(store) == ["loop.db"]
    forget(store, "desk/T-1")
    assert found_in(store) == []


def test_a_thread_in_which_people_still_speak_is_not_old(store: Store) -> None:
    quiet = feedback("T-1", created_at=NOW - 800 * DAY, messages=(Message("m1", "customer", NOW - 800 * DAY, "hello"),))
    spoken = Message("m2", "customer", NOW - 5 * DAY, "still broken")
    ours = Message("m3", "agent", NOW - DAY, "a note", own=True)
    receive(store, quiet, replace(quiet, id="T-2", messages=(*quiet.messages, spoken)))
    receive(store, replace(quiet, id="T-3", messages=(*quiet.messages, ours)))
    assert store.erasure.older_than(NOW - 730 * DAY) == ["desk/T-1", "desk/T-3"]


def test_a_log_that_somebody_reads_is_said_not_to_be_empty(store: Store) -> None:
    receive(store, feedback())
    store.conn.execute("PRAGMA busy_timeout = 50")
    reader = sqlite3.connect(store.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM items").fetchone()
    with store.write():
        store.erasure.forget_items(["desk/T-1"], NOW)
    assert not store.erasure.scrub()
    reader.close()
    assert store.erasure.scrub()
    assert found_in(store) == []


# --- beside a living run -------------------------------------------------------------------------------------------


def test_what_a_run_had_read_before_is_not_stored_after(store: Store) -> None:
    receive(store, feedback())
    forget(store, "desk/T-1")
    read = Understanding(language="en", sentiment=Sentiment("negative", -0.5, 0.9, "x"), signals={"said": NAME})
    with store.write():
        store.items.save_understandings([("desk/T-1", read)])
        store.judgements.save([Comparison(item="desk/T-1", gaps=(gap(item="desk/T-1", evidence=NAME),))], UTC)
        store.items.put_aside("desk/T-1")
    assert store.items.is_erased("desk/T-1")
    assert not store.items.is_erased("desk/T-unknown")
    assert store.judgements.gaps_of("desk/T-1") == []
    assert found_in(store) == []
    with store.write():
        assert not store.items.take_up("desk/T-1")
        store.items.understand_again()
    assert store.items.due_for_understanding(10) == []
