"""The ledger answers what was decided last, a digest goes once, small notes are remembered; findings and tasks keep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedbackloop.connector import Rejected
from feedbackloop.records import Comparison, Direction, FollowUp, Item, Judgement, LedgerEntry, Promise, Rating
from feedbackloop.store import Store
from feedbackloop.testing.makers import finding, gap, item, task

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


# --- books ---------------------------------------------------------------------------------------------------------


def test_the_ledger_is_read_by_span_and_subject(store: Store) -> None:
    entries = [LedgerEntry(NOW + n * DAY, "task", f"task-{n % 2}", "open", "r") for n in range(4)]
    with store.write():
        store.books.write_down(entries)
    assert [entry for _, entry in store.books.ledger(NOW + DAY, NOW + 3 * DAY)] == entries[1:3]
    assert [number for number, _ in store.books.ledger(about=["task-1"])] == [2, 4]


def test_the_last_decision_is_by_kind_and_subject(store: Store) -> None:
    with store.write():
        store.books.write_down([LedgerEntry(NOW, "task", "task-1", "passed", "team_full")])
        store.books.write_down([LedgerEntry(NOW, "review", "task-1", "approved", "")])
        store.books.write_down([LedgerEntry(NOW, "task", "task-1", "proposed", "new")])
    assert store.books.last("task", "task-1") == ("proposed", "new")
    assert store.books.last("task", "task-2") is None


def test_a_digest_is_intended_until_it_went(store: Store) -> None:
    with store.write():
        assert store.books.intend_digest("k", "2026-W44", None, NOW)
        assert store.books.intend_digest("k", "2026-W44", None, NOW)  # interrupted: it goes again
        store.books.digest_went("k", "by mail", NOW)
        assert not store.books.intend_digest("k", "2026-W44", None, NOW)


def test_small_notes_are_replaced(store: Store) -> None:
    assert store.books.note("scorer") is None
    with store.write():
        store.books.set_note("scorer", "a")
        store.books.set_note("scorer", "b")
    assert store.books.note("scorer") == "b"


# --- plans ---------------------------------------------------------------------------------------------------------


def test_a_week_is_tested_once_and_its_findings_never_change(store: Store) -> None:
    assert store.plans.last_tested_week() is None
    with store.write():
        store.plans.save_findings("2026-W44", [finding(id="f", week="2026-W44")], NOW)
        store.plans.save_findings("2026-W44", [finding(id="f", week="2026-W44", shortfalls=20)], NOW)
        store.plans.save_findings("2026-W45", [finding(id="g", week="2026-W45", raised=False)], NOW)
    assert store.plans.last_tested_week() == "2026-W45"
    assert [one.shortfalls for one in store.plans.findings()] == [10, 10]
    assert [one.id for one in store.plans.findings(raised_only=True)] == ["f"]
    assert [one.id for one in store.plans.findings("2026-W45", "2026-W45")] == ["g"]
    assert store.plans.finding("h") is None


def test_tasks_are_given_by_status(store: Store) -> None:
    with store.write():
        store.plans.save_tasks([task(id="b"), task(id="a", status="done"), task(id="c", status="rejected")])
    assert [one.id for one in store.plans.tasks()] == ["a", "b", "c"]
    assert [one.id for one in store.plans.tasks(("done", "open"))] == ["a", "b"]


def test_follow_ups_to_one_person_are_known_over_all_sources(store: Store) -> None:
    def draft(ident: str, item: str, customer: str) -> FollowUp:
        return FollowUp(id=ident, item=item, customer=customer, cause="c", language="en", text="t", created_at=NOW)

    with store.write():
        store.plans.save_follow_ups([draft("fu-1", "desk/1", "desk/c")], {"fu-1": "a@b.example"})
        store.plans.save_follow_ups([draft("fu-2", "shop/1", "shop/c")], {"fu-2": "a@b.example"})
        store.plans.save_follow_ups([draft("fu-3", "shop/2", "shop/d")])
    assert [one.id for one in store.plans.follow_ups_to(["desk/c"], ["a@b.example"])] == ["fu-1", "fu-2"]
    assert [one.id for one in store.plans.follow_ups_to(["shop/d"])] == ["fu-3"]
    assert [one.id for one in store.plans.follow_ups_of("shop/1")] == ["fu-2"]
    assert [one.id for one in store.plans.follow_ups(("drafted",))] == ["fu-1", "fu-2", "fu-3"]


# --- judgements ----------------------------------------------------------------------------------------------------


def compared(store: Store, *comparisons: Comparison) -> None:
    with store.write():
        store.judgements.save(comparisons, UTC)


def known(store: Store, *idents: str) -> None:
    with store.write():
        store.items.receive([item(ident, "x", source="desk", when=NOW - DAY) for ident in idents], NOW, "fbl-", set())


def test_what_was_found_anew_replaces_what_was_found_before(store: Store) -> None:
    known(store, "1")
    first = gap(id="g1", item="desk/1", at=NOW)
    compared(store, Comparison(item="desk/1", gaps=(first, gap(id="g2", item="desk/1", at=NOW))))
    compared(store, Comparison(item="desk/1", gaps=(first,)))
    assert store.judgements.gaps_of("desk/1") == [first]


def test_gaps_of_a_group_come_surest_first(store: Store) -> None:
    known(store, "1")
    gaps = tuple(
        gap(id=f"g{n}", item="desk/1", at=NOW, confidence=confidence, touchpoint=touchpoint)
        for n, (confidence, touchpoint) in enumerate(
            [(0.6, "delivery"), (0.9, "delivery"), (0.4, "delivery"), (0.8, "billing")]
        )
    )
    compared(store, Comparison(item="desk/1", gaps=gaps))

    def of_group(names: list[str | None], dimension: str | None, direction: Direction, limit: int) -> list[str]:
        return [one.id for one in store.judgements.of_group("2026-W45", names, dimension, direction, limit)]

    assert of_group(["delivery"], "reliability", "worse", 10) == ["g1", "g0"]
    assert of_group(["delivery", "billing"], "reliability", "worse", 2) == ["g1", "g3"]
    assert of_group(["delivery"], None, "worse", 10) == of_group([None], "reliability", "worse", 10) == []
    assert of_group(["delivery"], "reliability", "better", 10) == []
    assert [one.id for one in store.judgements.each_gap(NOW, NOW)] == ["g0", "g1", "g2", "g3"]
    assert list(store.judgements.each_gap(NOW + 14 * DAY, None)) == []


def test_promises_are_given_by_state_and_due_time(store: Store) -> None:
    known(store, "1")

    def promise(ident: str, state: str, days: int) -> Promise:
        return Promise(id=ident, who="agent", what="w", said_at=NOW, due_at=NOW + days * DAY, state=state)  # type: ignore[arg-type]

    compared(
        store,
        Comparison(item="desk/1", promises=(promise("a", "open", 3), promise("b", "kept", 2), promise("c", "open", 1))),
    )
    assert [one.id for _, one in store.judgements.each_promise()] == ["c", "b", "a"]
    assert [one.id for _, one in store.judgements.each_promise(["open"])] == ["c", "a"]


def test_weeks_without_items_do_not_count(store: Store) -> None:
    known(store, "1")
    assert store.judgements.first_week() is None
    compared(store, Comparison(item="desk/1", judgements=(Judgement('{"touchpoint":"g"}', "2026-W40"),)))
    assert store.judgements.first_week() == "2026-W40"
    compared(store, Comparison(item="desk/1"))
    assert (store.judgements.first_week(), store.judgements.weekly("", "~")) == (None, {})


# --- ratings, sources ----------------------------------------------------------------------------------------------


def rated(*values: float, version: float) -> Item:
    ratings = tuple(Rating("csat", value, 1, 5, at=NOW - DAY, question=f"q{n}") for n, value in enumerate(values))
    return item("1", "x", source="desk", when=NOW - DAY, ratings=ratings, version=version)


def ratings(store: Store) -> list[float]:
    return [row[0] for row in store.conn.execute("SELECT value FROM ratings ORDER BY question")]


def test_ratings_are_those_of_the_newest_version(store: Store) -> None:
    with store.write():
        store.items.receive([rated(2, 3, version=1)], NOW, "fbl-", set())
        store.items.receive([rated(5, version=3)], NOW, "fbl-", set())
        store.items.receive([rated(1, 1, 1, version=2)], NOW, "fbl-", set())  # late and older
    assert ratings(store) == [5]


def test_of_two_states_on_one_page_the_later_one_waits(store: Store) -> None:
    early = item("1", "x", source="desk", when=NOW - DAY, version=1.0)
    late = item("1", "x", source="desk", when=NOW - DAY, version=2.0, ratings=(Rating("csat", 2, 1, 5, at=NOW + DAY),))
    with store.write():
        store.items.receive([early, late], NOW, "fbl-", set())
    assert [len(one.ratings) for one in store.items.release("desk", NOW + DAY)] == [1]


def test_a_reset_moves_one_source_only(store: Store) -> None:
    with store.write():
        for name in ("a", "b"):
            store.sources.save_cursor(name, "jsonl", "c1")
            store.sources.save_cursor(name, "jsonl", "b1", backfill=True)
            store.sources.finish_pull(name, "jsonl", NOW, True, None)
        store.sources.reset("a", "jsonl", "c0")
        store.sources.reset("new", "jsonl", "c0")
    states = {one.name: (one.cursor, one.backfill, one.caught_up) for one in store.sources.all()}
    assert states == {"a": ("c0", "b1", False), "b": ("c1", "b1", True), "new": ("c0", None, False)}


def test_a_failed_pull_keeps_how_fresh_the_source_was(store: Store) -> None:
    with store.write():
        store.sources.finish_pull("a", "jsonl", NOW, True, None)
        store.sources.finish_pull("a", "jsonl", NOW + DAY, False, "503")
    state = store.sources.get("a")
    assert state is not None
    assert (state.fresh_as_of, state.last_error, state.caught_up) == ("2026-11-04T12:00:00.000Z", "503", False)


def test_records_to_try_again_are_named_until_they_are_rejected_again(store: Store) -> None:
    with store.write():
        store.sources.set_aside("a", [Rejected("1", "x"), Rejected("2", "y")], NOW)
        store.sources.try_again([store.sources.aside()[0]["id"]])
    (wanted,) = store.sources.to_try_again("a")
    with store.write():
        store.sources.set_aside("a", [Rejected(wanted, "z")], NOW)
    assert store.sources.to_try_again("a") == []


def test_a_database_of_before_themes_keeps_what_was_judged(tmp_path: Path) -> None:
    path, key = tmp_path / "old.db", '{"touchpoint":"delivery"}'
    with Store(path) as old:
        known(old, "1")
        compared(old, Comparison(item="desk/1", judgements=(Judgement(key, "2026-W40", worse=True),)))
        plain = '[{"group":"{\\"touchpoint\\":\\"delivery\\"}","week":"2026-W40","worse":true}]'
        old.conn.execute("UPDATE items SET judgements = ?", (plain,))
        for statement in (
            "ALTER TABLE items DROP COLUMN places",
            "DROP TABLE theme_words",
            "DROP TABLE themes",
            "DELETE FROM _sqlite_migrations WHERE name = 'm003_themes'",
        ):
            old.conn.execute(statement)
    with Store(path) as now:
        assert now.conn.execute("SELECT places FROM items").fetchone() == ("\x1fdelivery\x1f",)
        compared(now, Comparison(item="desk/1", judgements=(Judgement(key, "2026-W41"),)))
        weeks = now.judgements.weekly("", "~")[key]
        assert [(row.week, row.items, row.worse) for row in weeks] == [("2026-W41", 1, 0)]
