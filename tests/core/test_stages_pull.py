"""Pulls: nothing lost between pages, one source's fault stops that source only, a cursor that a person set counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from feedbackloop.connector import Ability, Connector, Page, Rejected, SourceOptions
from feedbackloop.errors import Refused, Retriable
from feedbackloop.records import Item, Message
from feedbackloop.testing.makers import item
from loop_bench import NOON, Bench, Connectors

HOUR = timedelta(hours=1)


class Script(Connector[SourceOptions]):
    """A source whose pages a test writes: a page, an error to raise, or something to do in between."""

    name: ClassVar[str] = "script"
    pages: ClassVar[list[Any]] = []
    begun: ClassVar[list[str]] = []
    fetched: ClassVar[list[str]] = []
    readable: ClassVar[dict[str, Item]] = {}

    def start(self, since: datetime | None) -> str:
        return f"from {since:%Y-%m-%d}" if since else "start"

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        del until
        Script.begun.append(cursor)
        for page in Script.pages:
            if isinstance(page, Exception):
                raise page
            if callable(page):
                page()
            else:
                yield page

    def close(self) -> None:
        if "close" in Script.readable:
            raise RuntimeError("cannot be closed")


class Reader(Script):
    """As `Script`, and single records can be read."""

    name: ClassVar[str] = "reader"
    abilities = frozenset({Ability.FETCH})

    def fetch(self, ids: Any) -> Page:
        Script.fetched.extend(ids)
        return Page(items=tuple(Script.readable[one] for one in ids), requests=1)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    Script.pages, Script.begun, Script.fetched, Script.readable = [], [], [], {}
    made = Bench(tmp_path, plugins={"script": Connectors(Script, Reader)})
    made.raw["sources"] = {"desk": {"connector": "script"}}
    yield made
    made.store.close()


def page(*numbers: int, cursor: str = "", **more: Any) -> Page:
    items = tuple(item(f"T-{number}", "Where is my parcel?", when=NOON - HOUR) for number in numbers)
    return Page(items=items, cursor=cursor or f"after {max(numbers, default=0)}", **more)


def cursor(bench: Bench, name: str = "desk") -> str | None:
    state = bench.store.sources.get(name)
    return state.cursor if state else None


def test_pages_before_a_fault_are_kept_and_the_next_run_goes_on_behind_them(bench: Bench) -> None:
    Script.pages = [page(1), page(2), Retriable("503")]
    report = bench.run(stage="pull")
    assert (report.sources[0].new, report.sources[0].error, report.sources[0].caught_up) == (2, "503", False)
    Script.pages = [page(3, caught_up=True)]
    bench.run(stage="pull")
    assert Script.begun == ["start", "after 2"]
    assert bench.store.health()[1] == 3


@pytest.mark.parametrize("error", [Retriable("503"), ZeroDivisionError("a bug"), RecursionError()])
def test_a_source_that_breaks_stops_alone(bench: Bench, error: Exception) -> None:
    bench.raw["sources"] |= {"other": {"connector": "memory", "system": bench.desk.name}}
    bench.desk.put(item("T-9", "Hello there"))
    Script.pages = [error]
    report = bench.run(stage="pull")
    assert [(source.name, source.new, source.error is None) for source in report.sources] == [
        ("desk", 0, False),
        ("other", 1, True),
    ]
    assert len(report.failures) == 1


def test_a_refusal_is_remembered_for_the_run(bench: Bench) -> None:
    Script.pages = [Refused("401")]
    turn = bench.turn()
    from feedbackloop.stages.pull import pull

    pull(turn)
    assert turn.sources.closed == {"desk"}


def test_a_connector_that_cannot_be_closed_is_named_and_the_report_is_whole(bench: Bench) -> None:
    Script.pages, Script.readable = [page(1, caught_up=True)], {"close": item()}
    report = bench.run()
    assert report.sources[0].new == 1
    assert [(one.stage, one.error) for one in report.failures] == [("close", "RuntimeError: cannot be closed")]


def test_a_source_read_by_another_connector_is_read_from_its_start(bench: Bench) -> None:
    Script.pages = [page(1, caught_up=True)]
    bench.run(stage="pull")
    bench.raw["sources"]["desk"]["connector"] = "reader"
    bench.run(stage="pull")
    assert Script.begun == ["start", "start"]


def test_a_cursor_set_during_a_pull_is_not_overwritten(bench: Bench) -> None:
    def reset() -> None:
        with bench.store.write():
            bench.store.sources.reset("desk", "script", "where a person set it")

    Script.pages = [page(1), reset, page(2), page(3)]
    report = bench.run(stage="pull")
    assert cursor(bench) == "where a person set it"
    assert (report.ok, bench.store.health()[1]) == (True, 1)  # the page behind it was rolled back whole
    assert "goes on from there" in report.remarks[0]


def test_the_start_of_a_source_is_read_in_its_zone(bench: Bench) -> None:
    bench.raw["sources"]["desk"] |= {"start": "2026-11-01", "timezone": "Asia/Shanghai"}
    bench.run(stage="pull")
    assert Script.begun == ["from 2026-10-31"]  # midnight in Shanghai is 16:00 UTC of the day before


# --- backfills -----------------------------------------------------------------------------------------------------

SINCE, UNTIL = NOON - timedelta(days=30), NOON - timedelta(days=10)


def test_a_backfill_goes_on_where_it_stopped_and_never_moves_the_live_cursor(bench: Bench) -> None:
    Script.pages = [page(1, caught_up=True)]
    bench.run(stage="pull")
    Script.pages = [page(2, cursor="b2"), Retriable("503")]
    report = bench.run(since=SINCE, until=UNTIL)
    assert (cursor(bench), report.sources[0].cursor) == ("after 1", "after 1")
    Script.pages = [page(3, cursor="b3")]
    bench.run(since=SINCE, until=UNTIL)
    assert Script.begun == ["start", "from 2026-10-05", "b2"]


def test_another_backfill_begins_at_its_own_beginning(bench: Bench) -> None:
    Script.pages = [page(2, cursor="b2")]
    bench.run(since=SINCE, until=UNTIL)
    bench.run(since=SINCE, until=UNTIL + HOUR)
    assert Script.begun == ["from 2026-10-05", "from 2026-10-05"]


def test_a_backfill_does_not_make_a_source_fresh(bench: Bench) -> None:
    Script.pages = [page(2, cursor="b2", caught_up=True)]
    bench.run(since=SINCE, until=UNTIL)
    state = bench.store.sources.get("desk")
    assert state is not None
    assert (state.cursor, state.fresh_as_of, state.caught_up) == (None, None, False)


# --- records that cannot be read -----------------------------------------------------------------------------------


def test_a_record_that_cannot_be_stored_is_set_aside_alone(bench: Bench) -> None:
    broken = item("T-2", "lone \ud800 surrogate", when=NOON - HOUR)
    Script.pages = [Page(items=(page(1).items[0], broken, page(3).items[0]), cursor="end", caught_up=True)]
    report = bench.run(stage="pull")
    assert (report.sources[0].new, report.sources[0].rejected, cursor(bench)) == (2, 1, "end")
    (aside,) = bench.store.sources.aside()
    assert (aside["record"], aside["source"]) == ("T-2", "desk")
    Script.pages = [Page(items=(broken,), cursor="more")]
    assert bench.run(stage="pull").sources[0].rejected == 1


def test_a_record_that_can_be_read_later_is_struck_off_the_list(bench: Bench) -> None:
    Script.pages = [page(1, rejected=(Rejected("T-2", "no date", "created_at"),))]
    bench.run(stage="pull")
    Script.pages = [page(2)]
    bench.run(stage="pull")
    assert bench.store.sources.aside() == []


def retry(bench: Bench) -> None:
    with bench.store.write():
        bench.store.sources.try_again(one["id"] for one in bench.store.sources.aside())


def test_a_rejected_record_is_tried_again_by_reading_the_source_anew(bench: Bench) -> None:
    Script.pages = [page(1, rejected=(Rejected("line 2", "no date"),))]
    bench.run(stage="pull")
    retry(bench)
    Script.pages = [page(1, 2)]
    report = bench.run(stage="pull")
    assert (Script.begun, report.sources[0].new) == (["start", "start"], 1)
    assert bench.store.sources.aside() == []
    bench.run(stage="pull")
    assert Script.begun[2] == "after 2"  # once


def test_where_single_records_can_be_read_the_cursor_stays(bench: Bench) -> None:
    bench.raw["sources"]["desk"]["connector"] = "reader"
    Script.pages = [page(1, rejected=(Rejected("T-2", "no date"),))]
    bench.run(stage="pull")
    retry(bench)
    Script.readable, Script.pages = {"T-2": page(2).items[0]}, []
    assert bench.run(stage="pull").sources[0].new == 1
    assert (Script.fetched, Script.begun, cursor(bench)) == (["T-2"], ["start", "after 1"], "after 1")
    assert bench.store.sources.aside() == []


# --- erasure at the source -----------------------------------------------------------------------------------------


def test_what_the_source_erased_leaves_no_byte(bench: Bench, tmp_path: Path) -> None:
    said = Message("m1", "customer", NOON - HOUR, "Zebedee Quillfeather was here")
    Script.pages = [Page(items=(replace(page(1).items[0], messages=(said,)),), cursor="a")]
    bench.run(stage="pull")
    Script.pages = [Page(erased=("T-1", "T-unknown"), cursor="b")]
    assert bench.run(stage="pull").sources[0].erased == 1
    assert [path.name for path in tmp_path.iterdir() if b"Quillfeather" in path.read_bytes()] == []
    Script.pages = [Page(erased=("T-1",), cursor="c")]
    assert bench.run(stage="pull").sources[0].erased == 0  # it was counted
