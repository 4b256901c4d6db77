"""Does a file of JSON lines give every item once, again only where it changed, and take writes once?"""

from __future__ import annotations

import gzip
import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedbackloop.connector import Context, Page
from feedbackloop.errors import Fatal, Retriable
from feedbackloop.records import Action, ActionKind
from feedbackloop_connectors.files import cursor as file_cursor
from feedbackloop_connectors.files import jsonl
from feedbackloop_connectors.files import source as file_source
from feedbackloop_connectors.files.jsonl import JsonlConnector, JsonlOptions

NOW = datetime(2026, 11, 5, 8, tzinfo=UTC)


def line(number: int, **changes: Any) -> str:
    return json.dumps({"id": f"T-{number}", "kind": "ticket", "created_at": "2026-11-02T09:00:00Z"} | changes)


def write(path: Path, *lines: str) -> Path:
    path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    return path


def connector(path: Path, **options: Any) -> JsonlConnector:
    made = JsonlOptions(connector="jsonl", path=path.name, **options)
    return JsonlConnector(made, Context("shop", folder=str(path.parent), now=lambda: NOW))


def pull(path: Path, cursor: str | None = None, **options: Any) -> tuple[list[str], str]:
    """Give the ids that a pull yields, and the cursor after it."""
    source = connector(path, **options)
    pages = list(source.pull(source.start(None) if cursor is None else cursor))
    assert pages[-1].caught_up
    return [item.id for page in pages for item in page.items], pages[-1].cursor


def only_page(path: Path, **options: Any) -> Page:
    (page,) = connector(path, **options).pull("")
    return page


# --- what is read --------------------------------------------------------------------------------------------------


def test_every_line_is_an_item_and_blank_lines_are_none(tmp_path: Path) -> None:
    assert pull(write(tmp_path / "f.jsonl", line(1), "", "  ", line(2)))[0] == ["T-1", "T-2"]


def test_an_empty_file_is_caught_up(tmp_path: Path) -> None:
    assert pull(write(tmp_path / "f.jsonl"))[0] == []


def test_a_gzipped_file_with_windows_line_ends_and_a_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + "\r\n".join([line(1), line(2)]).encode()))
    assert pull(path)[0] == ["T-1", "T-2"]


def test_another_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_bytes((line(1).replace("T-1", "退货") + "\n").encode("gb18030") + b'"\xff"\n')
    page = only_page(path, encoding="gb18030")
    assert [item.id for item in page.items] == ["退货"]
    assert [rejected.reason for rejected in page.rejected] == [
        "line 2: the line is not UTF-8 at byte 2; is `encoding` right?"
    ]


def test_utf_16_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    path.write_text(line(1) + "\n" + line(2), encoding="utf-16")
    assert pull(path, encoding="utf-16")[0] == ["T-1", "T-2"]


def test_bad_lines_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", line(1), "{oops", line(3, kind="banana"), line(4))
    page = only_page(path)
    assert [item.id for item in page.items] == ["T-1", "T-4"]
    assert [(r.record, r.field) for r in page.rejected] == [("line 2", None), ("T-3", "kind")]
    assert page.rejected[0].reason.startswith("line 2: the line is not JSON")
    assert page.rejected[1].reason == "line 3: kind is not one of ticket, review, survey"


def test_a_line_without_end_is_not_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "MAXIMUM_LINE", 1000)
    path = write(tmp_path / "f.jsonl", "x" * 5000, line(2))
    page = only_page(path)
    assert [item.id for item in page.items] == ["T-2"]
    (rejected,) = page.rejected
    assert "longer than 1,000 bytes" in rejected.reason


def test_a_line_that_says_deleted_is_an_erasure_and_the_later_line_counts(tmp_path: Path) -> None:
    gone, back = line(1, status="deleted"), line(1, subject="back")
    page = only_page(write(tmp_path / "a.jsonl", line(1), line(2), gone))
    assert ([item.id for item in page.items], page.erased) == (["T-2"], ("T-1",))
    page = only_page(write(tmp_path / "b.jsonl", gone, back))
    assert ([item.id for item in page.items], page.erased) == (["T-1"], ())


def test_start_passes_over_what_is_older_and_was_not_touched_since(tmp_path: Path) -> None:
    path = write(
        tmp_path / "f.jsonl",
        line(1, created_at="2025-12-31T23:59:59Z"),
        line(2, created_at="2025-12-31", updated_at="2026-01-01"),
        line(3, created_at="2026-01-01"),
    )
    source = connector(path)
    (page,) = source.pull(source.start(datetime(2026, 1, 1, tzinfo=UTC)))
    assert [item.id for item in page.items] == ["T-2", "T-3"]
    write(path, path.read_text().strip(), line(4, created_at="2025-01-01"), line(5))
    assert pull(path, page.cursor)[0] == ["T-5"]
    assert connector(path, start="2026-01-01").start(None) == source.start(datetime(2026, 1, 1, tzinfo=UTC))


MISSING = "set `path` of this source"


def test_a_missing_file_stops_the_source_and_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Fatal, match=MISSING) as caught:
        pull(tmp_path / "nowhere.jsonl")
    assert str(tmp_path / "nowhere.jsonl") in str(caught.value)
    assert connector(tmp_path / "nowhere.jsonl").check()[0].ok is False


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    (tmp_path / "f.jsonl").mkdir()
    with pytest.raises(Fatal, match="is not a file"):
        pull(tmp_path / "f.jsonl")


def test_a_gzip_file_cut_short_is_tried_later_and_a_broken_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl.gz"
    path.write_bytes(gzip.compress(line(1).encode() * 100)[:-9])
    with pytest.raises(Retriable, match="still being written"):
        pull(path)
    path.write_bytes(b"plain text")
    with pytest.raises(Fatal, match="sound gzip"):
        pull(path)


def test_check_says_what_the_first_records_are_like(tmp_path: Path) -> None:
    file, records, writes = connector(write(tmp_path / "f.jsonl", line(1), "{oops")).check()
    assert (file.ok, records.ok, writes.ok) == (True, True, True)
    assert records.detail.startswith("1 of the first 2 records can be read; line 2: the line is not JSON")


# --- other shapes ----------------------------------------------------------------------------------------------------


def test_columns_map_other_shapes_and_leave_the_rest_as_it_is(tmp_path: Path) -> None:
    other = {
        "ref": {"no": 7},
        "kind": "ticket",
        "opened": "2026-11-02T09:00:00Z",
        "state": "Resolved",
        "thread": [{"who": "end-user", "body": "Where is it?"}, {"who": "agent", "body": "On its way."}],
        "score": {"points": 4},
        "plan": "gold",
        "labels": "late, parcel",
    }
    columns = {
        "id": "ref.no",
        "created_at": "opened",
        "status": "state",
        "messages.author": "thread.who",
        "messages.text": "thread.body",
        "rating": "score.points",
        "tags": "labels",
    }
    words = {"status": {"resolved": "solved"}, "messages.author": {"end-user": "customer"}}
    scale = {"scale": "stars", "min": 1, "max": 5}
    page = only_page(
        write(tmp_path / "f.jsonl", json.dumps(other)), columns=columns, values=words, rating=scale
    )  # fmt: skip
    assert not page.rejected
    (item,) = page.items
    assert (item.id, item.status, item.tags, item.fields["plan"]) == ("7", "solved", ("late", "parcel"), "gold")
    assert [(m.author, m.text) for m in item.messages] == [("customer", "Where is it?"), ("agent", "On its way.")]
    assert [(r.scale, r.value) for r in item.ratings] == [("stars", 4)]


def test_kind_stands_in_where_a_line_has_none(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", '{"id": "1", "created_at": "2026-11-02"}', line(2))
    assert [item.kind for item in only_page(path, kind="review").items] == ["review", "ticket"]


FAULTY = [
    ({"columns": {"subjct": "x"}}, "did you mean subject"),
    ({"columns": {"rating": "stars"}}, "columns.rating needs `rating`"),
    ({"rating": {"scale": "x", "min": 5, "max": 1}}, "min must be below max"),
    ({"encoding": "utf-9"}, "is not an encoding"),
    ({"timezone": "Mars/Base"}, "is not a time zone"),
]


@pytest.mark.parametrize(("options", "reason"), FAULTY)
def test_faulty_options_say_what_would_be_right(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        JsonlOptions(connector="jsonl", path="f.jsonl", **options)


# --- read again only what changed ------------------------------------------------------------------------------------


BEFORE = [1, 2, 3, 4, 5]
CHANGES = [
    ("appended", [1, 2, 3, 4, 5, 6], ["T-6"]),
    ("inserted", [1, 2, 9, 3, 4, 5], ["T-9"]),
    ("edited in the middle", [1, 2, 30, 4, 5], ["T-30"]),
    ("removed", [1, 3, 4, 5], []),
    ("cut off", [1, 2], []),
    ("reordered", [5, 4, 3, 2, 1], []),
    ("replaced", [7, 8], ["T-7", "T-8"]),
    ("emptied", [], []),
    ("moved and edited", [4, 5, 1, 2, 31], ["T-31"]),
]


@pytest.mark.parametrize(("what", "after", "read"), CHANGES, ids=[what for what, *_ in CHANGES])
def test_only_what_is_new_or_changed_is_read_again(
    tmp_path: Path, what: str, after: list[int], read: list[str]
) -> None:
    path = write(tmp_path / "f.jsonl", *map(line, BEFORE))
    first, cursor = pull(path)
    assert first == [f"T-{n}" for n in BEFORE]
    write(path, *map(line, after))
    again, cursor = pull(path, cursor)
    assert again == read
    assert pull(path, cursor)[0] == []


numbers = st.lists(st.integers(0, 12), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(numbers, min_size=1, max_size=4))
def test_after_any_changes_everything_in_the_file_was_yielded(
    tmp_path_factory: pytest.TempPathFactory, states: Any
) -> None:
    path = tmp_path_factory.mktemp("p") / "f.jsonl"
    cursor: str | None = None
    before: set[int] = set()
    for state in states:
        read, cursor = pull(write(path, *map(line, state)), cursor)
        assert set(read) == {f"T-{n}" for n in set(state) - before}
        before = set(state)


def test_an_edit_that_leaves_the_size_is_seen_right_after_a_pull(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", line(1), line(2))
    _, cursor = pull(path)
    write(path, line(1), line(3))
    assert pull(path, cursor)[0] == ["T-3"]


def test_the_time_of_a_file_just_written_is_not_trusted(tmp_path: Path) -> None:
    status = write(tmp_path / "f.jsonl", line(1)).stat()
    changed = max(status.st_mtime_ns, status.st_ctime_ns)
    assert file_cursor.stamp_of(status, changed + file_cursor.RACY_NS - 1) == ""
    assert file_cursor.stamp_of(status, changed + file_cursor.RACY_NS) != ""


def test_an_untouched_file_is_not_even_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_cursor, "RACY_NS", 0)  # as if it had been written long ago
    path = write(tmp_path / "f.jsonl", line(1))
    _, cursor = pull(path)
    monkeypatch.setattr(JsonlConnector, "records", None)  # any reading would fail
    assert pull(path, cursor) == ([], cursor)


def test_other_options_read_everything_again(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", '{"id": "1", "kind": "ticket", "created_at": "2026-11-02"}')
    _, cursor = pull(path)
    assert pull(path, cursor, timezone="Asia/Shanghai")[0] == ["1"]


@pytest.mark.parametrize("cursor", ["nonsense", "{}", '{"version":99}', '{"digests":"*"}'])
def test_a_cursor_that_is_not_ours_reads_everything(tmp_path: Path, cursor: str) -> None:
    assert pull(write(tmp_path / "f.jsonl", line(1)), cursor)[0] == ["T-1"]


# --- pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source, "PAGE_RECORDS", 3)


@pytest.mark.usefixtures("small_pages")
def test_a_pull_goes_on_after_any_page(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", *map(line, range(10)))
    pages = list(connector(path).pull(""))
    assert [len(page.items) for page in pages] == [3, 3, 3, 1]
    for number, page in enumerate(pages):
        rest, cursor = pull(path, page.cursor)
        assert rest == [f"T-{n}" for n in range(3 * (number + 1), 10)]
        assert cursor == pages[-1].cursor


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("after", [[0, 1, 22, 3, 4, 5], [1, 2, 3, 4], [0]])
def test_a_file_that_changed_before_the_mark_is_read_from_its_beginning(tmp_path: Path, after: list[int]) -> None:
    path = write(tmp_path / "f.jsonl", *map(line, range(7)))
    first, *_ = connector(path).pull("")
    write(path, *map(line, after))
    assert pull(path, first.cursor) == ([f"T-{n}" for n in after], pull(path)[1])


@pytest.mark.usefixtures("small_pages")
def test_what_is_appended_while_a_pull_stands_is_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", *map(line, range(4)))
    pages = connector(path).pull("")
    seen = [item.id for item in next(pages).items]
    with path.open("a", encoding="utf-8") as file:
        file.write(line(99) + "\n")
    cursor = ""
    for page in pages:
        seen += [item.id for item in page.items]
        cursor = page.cursor
    seen += pull(path, cursor)[0]
    assert sorted(seen) == sorted([f"T-{n}" for n in range(4)] + ["T-99"])


def test_a_page_is_small_in_bytes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_source, "PAGE_BYTES", 1000)
    path = write(tmp_path / "f.jsonl", *(line(n, text="x" * 600) for n in range(4)))
    assert [len(page.items) for page in connector(path).pull("")] == [2, 2, 0]


# --- write-back ------------------------------------------------------------------------------------------------------


def action(key: str, kind: ActionKind = ActionKind.NOTE, **changes: Any) -> Action:
    return Action(id=f"act-{key}", key=key, kind=kind, source="shop", item="T-1", **changes)


def written(path: Path) -> list[dict[str, Any]]:
    return [json.loads(text) for text in (path.parent / f"{path.name}.actions.jsonl").read_text().splitlines()]


def test_every_kind_of_action_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", line(1))
    source = connector(path)
    for kind in ActionKind:
        source.push(action(kind.value, kind, text="改进\nplease", tags=("fbl-gap",)))
    assert [entry["kind"] for entry in written(path)] == ["note", "tag", "reply", "task", "task_update"]
    assert written(path)[0] == {
        "key": "note",
        "kind": "note",
        "external_id": "note",
        "item": "T-1",
        "text": "改进\nplease",
        "tags": ["fbl-gap"],
        "at": "2026-11-05T08:00:00Z",
    }
    assert source.is_local


def test_an_action_is_written_once_whoever_asks(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl")
    receipt = connector(path).push(action("k1"))
    assert connector(path).find(action("k1")) == receipt
    assert connector(path).push(action("k1")) == receipt
    assert connector(path).find(action("k2")) is None
    assert len(written(path)) == 1


def test_nothing_was_written_where_there_is_no_actions_file(tmp_path: Path) -> None:
    assert connector(tmp_path / "f.jsonl").find(action("k1")) is None


def test_the_actions_file_is_its_owners_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl")
    connector(path).push(action("k1"))
    mode = (tmp_path / "f.jsonl.actions.jsonl").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("length", [1, 8, 30, -2])
def test_a_line_torn_by_a_crash_is_taken_away_and_written_anew(tmp_path: Path, length: int) -> None:
    path = write(tmp_path / "f.jsonl")
    connector(path).push(action("k1"))
    connector(path).push(action("k2"))
    file = tmp_path / "f.jsonl.actions.jsonl"
    first, second = file.read_bytes().splitlines()
    file.write_bytes(first + b"\n" + second[:length])
    assert connector(path).find(action("k2")) is None
    connector(path).push(action("k2"))
    assert [entry["key"] for entry in written(path)] == ["k1", "k2"]


def test_an_action_taken_out_of_the_file_is_not_done(tmp_path: Path) -> None:
    source = connector(write(tmp_path / "f.jsonl"))
    source.push(action("k1"))
    source.push(action("k2"))
    (tmp_path / "f.jsonl.actions.jsonl").write_text("")
    assert source.find(action("k1")) is None
    source.push(action("k2"))
    assert [entry["key"] for entry in written(tmp_path / "f.jsonl")] == ["k2"]


def test_a_receipt_is_given_only_after_the_line_and_its_name_are_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    source = connector(write(tmp_path / "f.jsonl"))
    source.push(action("k1"))
    assert synced == ["f.jsonl.actions.jsonl", tmp_path.name]


def test_a_persons_last_line_without_end_is_left_in_place(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl")
    (tmp_path / "f.jsonl.actions.jsonl").write_text('{"kind": "task_status", "external_id": "t", "status": "done"}')
    connector(path).push(action("k1"))
    assert [entry["kind"] for entry in written(path)] == ["task_status", "note"]


def test_an_actions_file_that_cannot_be_written_stops_the_source(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl")
    (tmp_path / "f.jsonl.actions.jsonl").mkdir()
    with pytest.raises(Fatal, match="make the folder writable"):
        connector(path).push(action("k1"))


def test_where_a_task_stands_is_read_from_the_last_line_that_says_so(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl")
    source = connector(path)
    for key in ("t1", "t2", "t3"):
        source.push(action(key, ActionKind.TASK, title="Deliver in time"))
    source.push(action("u1", ActionKind.TASK_UPDATE, external_id="t1", text="More of it"))
    with (tmp_path / "f.jsonl.actions.jsonl").open("a") as file:
        file.write("# Ann: t1 is done\n")
        file.write('{"kind": "task_status", "external_id": "t1", "status": "done", "at": "2026-11-07"}\n')
        file.write('{"kind": "task_status", "external_id": "t2", "status": "almost"}\n')
        file.write('{"kind": "task_status", "external_id": "t3", "status": "rejected"}\n')
    states = source.task_status(["t1", "t2", "t3", "t4"])
    assert [state.status for state in states] == ["done", "open", "rejected", "missing"]
    assert states[0].at == datetime(2026, 11, 7, tzinfo=UTC)


def test_own_writes_do_not_come_back(tmp_path: Path) -> None:
    path = write(tmp_path / "f.jsonl", line(1))
    _, cursor = pull(path)
    connector(path).push(action("k1"))
    assert pull(path, cursor)[0] == []
