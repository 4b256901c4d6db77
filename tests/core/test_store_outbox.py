"""Actions: decided once, claimed once, and what became of them is never forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from feedbackloop.records import Receipt
from feedbackloop.store import Store
from feedbackloop.store.outbox import Queued
from feedbackloop.testing.makers import action

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


def add(store: Store, status: str = "approved", **more: Any) -> Queued:
    made = action(**more)
    with store.write():
        store.outbox.add(made, status, NOW)
    return got(store, made.id)


def got(store: Store, ident: str) -> Queued:
    found = store.outbox.get(ident)
    assert found is not None
    return found


def test_the_same_decision_made_again_adds_nothing(store: Store) -> None:
    first = add(store, text="first")
    with store.write():
        assert not store.outbox.add(replace(first.action, text="second"), "waiting", NOW)
    assert got(store, first.action.id) == first


def test_what_was_interrupted_comes_first_then_what_matters_most(store: Store) -> None:
    kinds = ["tag", "note", "task_update", "task", "reply"]
    for kind in kinds:
        add(store, kind=kind)
    add(store, kind="tag", item="T-9")
    with store.write():
        store.outbox.claim("act-tag-T-9")
    due = store.outbox.due(NOW, ["memory"])
    assert due == ["act-tag-T-9", "act-reply-T-1", "act-task-T-1", "act-task_update-T-1", "act-note-T-1", "act-tag-T-1"]


def test_only_sources_that_take_part_are_due(store: Store) -> None:
    add(store)
    add(store, item="T-2", source="other")
    assert store.outbox.due(NOW, ["other"]) == ["act-note-T-2"]
    assert store.outbox.due(NOW, []) == []


def test_a_retry_is_due_when_its_time_has_come(store: Store) -> None:
    queued = add(store)
    with store.write():
        store.outbox.mark(queued.action.id, "retrying", "503", next_try_at=NOW + timedelta(minutes=5))
    assert store.outbox.due(NOW, ["memory"]) == []
    assert store.outbox.due(NOW + timedelta(minutes=5), ["memory"]) == [queued.action.id]


@pytest.mark.parametrize(
    ("status", "may"),
    [
        ("approved", True),
        ("retrying", True),
        ("sending", True),
        ("waiting", False),
        ("cancelled", False),
        ("done", False),
    ],
)
def test_only_what_may_leave_can_be_claimed(store: Store, status: str, may: bool) -> None:
    queued = add(store, status)
    with store.write():
        assert store.outbox.claim(queued.action.id) is may
    after = got(store, queued.action.id)
    assert (after.status, after.attempts, after.unsure) == (("sending", 1, True) if may else (status, 0, False))


def test_an_attempt_is_unsure_until_an_answer_came(store: Store) -> None:
    ident = add(store).action.id
    with store.write():
        store.outbox.claim(ident)
        store.outbox.mark(ident, "retrying", "no answer")
    assert got(store, ident).unsure
    with store.write():
        store.outbox.mark(ident, "retrying", "503", nothing_done=True)
    assert not got(store, ident).unsure


def test_a_receipt_ends_it_and_is_known_by_what_it_wrote(store: Store) -> None:
    queued = add(store)
    with store.write():
        store.outbox.claim(queued.action.id)
        store.outbox.done(queued.action, Receipt(external_id="e", url="https://x", written_ids=("m9", "m10")), NOW)
    done = got(store, queued.action.id)
    assert (done.status, done.external_id, done.url, done.unsure) == ("done", "e", "https://x", False)
    assert store.outbox.written("memory") == {"m9", "m10"}
    assert store.outbox.counts()["done"] == 1


def test_a_person_gives_it_all_its_attempts_again(store: Store) -> None:
    ident = add(store).action.id
    with store.write():
        store.outbox.claim(ident)
        store.outbox.mark(ident, "failed", "503")
        store.outbox.again(ident)
    again = got(store, ident)
    assert (again.status, again.attempts, again.last_error, again.unsure) == ("approved", 0, None, True)


@pytest.mark.parametrize(
    ("status", "approved_too", "changes"),
    [("waiting", False, True), ("approved", False, False), ("approved", True, True), ("done", True, False)],
)
def test_a_text_changes_only_as_long_as_nobody_approved_it(
    store: Store, status: str, approved_too: bool, changes: bool
) -> None:
    queued = add(store, status)
    with store.write():
        changed = store.outbox.change_waiting(replace(queued.action, text="new"), approved_too=approved_too)
    assert changed is changes
    assert got(store, queued.action.id).action.text == ("new" if changes else "A note.")


def test_a_text_that_may_have_arrived_is_never_changed(store: Store) -> None:
    queued = add(store)
    with store.write():
        store.outbox.claim(queued.action.id)
        store.outbox.again(queued.action.id)
        assert not store.outbox.change_waiting(replace(queued.action, text="new"), approved_too=True)


def test_only_what_was_cancelled_unsent_can_be_revived(store: Store) -> None:
    queued = add(store, "cancelled")
    with store.write():
        assert store.outbox.revive(replace(queued.action, text="new"), "waiting", NOW)
        assert not store.outbox.revive(queued.action, "waiting", NOW)  # it waits already
    assert (got(store, queued.action.id).status, got(store, queued.action.id).action.text) == ("waiting", "new")
    sent = add(store, item="T-2")
    with store.write():
        store.outbox.claim(sent.action.id)
        store.outbox.mark(sent.action.id, "cancelled")
        assert not store.outbox.revive(sent.action, "waiting", NOW)


def test_actions_are_found_by_what_they_are_about(store: Store) -> None:
    add(store)
    add(store, "done", item="T-2", about="fu-1")
    assert [one.action.id for one in store.outbox.about("fu-1")] == ["act-note-T-2"]
    assert [one.action.id for one in store.outbox.about("memory/T-1")] == ["act-note-T-1"]
    assert [one.action.id for one in store.outbox.with_status("done")] == ["act-note-T-2"]
    assert len(store.outbox.with_status()) == 2
    assert store.outbox.get("act-none") is None
