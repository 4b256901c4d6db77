"""What becomes of rows of reviews and surveys that are not what the documentation promises?"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedbackloop.clock import EARLIEST
from feedbackloop.errors import BadRecord, Fatal, Retriable
from feedbackloop.http import Declined
from feedbackloop.records import Item
from feedbackloop_connectors.rows.place import Place
from feedbackloop_connectors.rows.walking import Sheet, Walker
from loopback_rest import Reply
from row_systems import ANSWERING, SYSTEMS, RowSystem

WRONG: list[Any] = [None, 17, -1.5, "", "x", [], ["x"], [None], {}, {"x": 1}, True, "1969-12-31T23:59:59Z"]
WRONG += ["10000-01-01T00:00:00Z", 10**20, "2026-13-45"]
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> Iterator[RowSystem]:
    system = RowSystem(request.param)
    yield system
    system.site.close()


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Name every place in a row."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places_in(part, (*path, key))


def with_wrong(row: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    if not path:
        return wrong
    changed = copy.deepcopy(row)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    return changed


def test_a_wrong_value_anywhere_costs_that_row_alone(system: RowSystem) -> None:
    """Each value of a row, and each part of it, replaced by something else: a result or a named rejection, and no crash."""
    name = system.site.put("T-1", "Too late.", 2)
    if system.name in ANSWERING:
        system.site.reply_to(name, "We are sorry.")
    connector: Any = system.connect()
    sound = connector.sheet(EARLIEST, None).rows[0]
    neighbour = copy.deepcopy(sound)
    for path in places_in(sound):
        for wrong in WRONG:
            row = with_wrong(sound, path, wrong)
            read = []
            for one in (row, neighbour):
                batch = connector._walker().single(one)
                read.append(batch)
            assert len(read[0].items) + len(read[0].rejected) <= 1, path
            assert all(bad.reason for bad in read[0].rejected)
            assert [item.messages[0].text for item in read[1].items] == ["Too late."], (path, wrong)


@pytest.mark.parametrize("body", ["<html>maintenance</html>", "[1, 2", "17", '{"data": 5, "items": 5, "reviews": 5}'])
def test_a_page_that_is_no_list_is_an_error_that_says_so(system: RowSystem, body: str) -> None:
    """HTML with status 200, a body cut off, a number, a list that is none: an error of ours, and no item is lost for it."""
    system.site.put("T-1", "Too late.", 2)
    sound = system.site.answer
    system.site.answer = lambda call: Reply(200, body) if system.site.is_list(call) else sound(call)  # type: ignore[method-assign]
    with pytest.raises((Fatal, Retriable)) as caught:
        list(system.connect().pull(""))
    assert len(str(caught.value)) > 20


class Listed:
    """A list in memory; rows are (id, time, words)."""

    def __init__(self, *rows: Any, size: int = 2) -> None:
        self.rows = list(rows)
        self.size = size
        self.refused: set[str] = set()
        self.asked: list[str | None] = []

    def sheet(self, since: datetime, token: str | None) -> Sheet:
        self.asked.append(token)
        if token in self.refused:
            raise Declined("no such page", 400, "")
        begin = int(token or 0)
        rows = self.rows if since == EARLIEST or self.size < 0 else [row for row in self.rows if row[1] >= since]
        return Sheet(rows[begin : begin + self.size], str(begin + self.size) if begin + self.size < len(rows) else None)

    def row_id(self, row: Any) -> str:
        return str(row[0])

    def stamp(self, row: Any) -> datetime | None:
        return row[1]  # type: ignore[no-any-return]

    def item(self, row: Any) -> Item | None:
        if row[2] == "broken":
            raise BadRecord("is broken", field="words")
        return Item(id=row[0], kind="review", created_at=row[1])


def test_a_row_from_the_future_hides_nothing_that_comes_after() -> None:
    """A row dated 2056 is read, and the next pull still asks from today on."""
    rows = Listed(("a", NOW - timedelta(days=2), ""), ("z", datetime(2056, 1, 1, tzinfo=UTC), ""), size=10)
    walker = Walker(rows, timedelta(hours=1), NOW)
    *_, last = walker.forward(Place())
    assert [item.id for item in last.batch.items] == ["a", "z"]
    assert last.place.time == NOW
    rows.rows.insert(1, ("b", NOW + timedelta(minutes=5), ""))
    again = [item.id for step in walker.forward(last.place) for item in step.batch.items]
    assert again == ["b"]


def test_a_walk_goes_on_in_the_middle_and_begins_again_where_its_page_is_forgotten() -> None:
    """Newest first, killed behind the first page; the site no longer knows the page: from the top, and nothing is lost."""
    rows = Listed(*[(str(n), NOW - timedelta(days=n), "") for n in range(6)])
    walker = Walker(rows, timedelta(days=30), NOW)
    first = next(walker.downward(Place()))
    assert first.place.token == "2" and not first.is_last
    rows.refused.add("2")
    with pytest.raises(Declined):  # from the top, and refused again where it goes on: nothing more can be had
        list(walker.downward(first.place))
    rows.refused.clear()
    rest = [item.id for step in walker.downward(first.place) for item in step.batch.items]
    assert rest == ["2", "3", "4", "5"]


def test_a_broken_row_is_named_once_and_comes_again_when_it_changes() -> None:
    """Its digest is remembered, so that the next pull does not name it again; mended, it is read."""
    rows = Listed(("a", NOW - timedelta(minutes=9), "broken"), size=10)
    walker = Walker(rows, timedelta(hours=1), NOW)
    (step,) = walker.forward(Place())
    assert [(bad.record, bad.field) for bad in step.batch.rejected] == [("a", "words")]
    (again,) = walker.forward(step.place)
    assert not again.batch.rejected
    rows.rows[0] = ("a", NOW - timedelta(minutes=5), "mended")
    (mended,) = walker.forward(again.place)
    assert [item.id for item in mended.batch.items] == ["a"]


def test_pages_that_stand_still_are_a_passing_fault() -> None:
    class Still(Listed):
        def sheet(self, since: datetime, token: str | None) -> Sheet:
            return Sheet(self.rows, "again")

    rows = Still(("a", NOW, ""))
    with pytest.raises(Retriable, match="stand still"):
        list(Walker(rows, timedelta(hours=1), NOW).downward(Place()))
