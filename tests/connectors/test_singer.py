"""What the Singer bridge does with a tap: its messages, its STATE, its faults, its secrets."""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import ValidationError

from feedbackloop import clock
from feedbackloop.connector import Context
from feedbackloop.errors import Fatal, Retriable
from feedbackloop.records import Item
from feedbackloop.testing import ConnectorContract, Fault, Shelf, System
from feedbackloop_connectors.singer.catalog import select
from feedbackloop_connectors.singer.connector import Singer
from feedbackloop_connectors.singer.cursor import Cursor
from feedbackloop_connectors.singer.messages import read_message

TAP = Path(__file__).parents[1] / "support" / "notes_tap.py"
ITEM = {
    "id": "id",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "status": "state",
    "messages": "messages",
    "ratings": "ratings",
}
PARTED = ITEM | {"messages": "notes[].{id: id, author: who, at: at, text: words}"}
NOTES = {"name": "notes", "stream": "notes", "key": "about"}


class TapSource:
    """The file that the tap reads, and the config that runs it."""

    def __init__(self, folder: Path, *, bookmark: str | None = "updated_at") -> None:
        self.path = folder / "source.json"
        self.streams: dict[str, Any] = {"tickets": {"bookmark": bookmark, "rows": []}}
        self.faults: list[str] = []
        self.token = "tap-secret"
        self.version = 0
        self.more: dict[str, Any] = {}
        self.stream: dict[str, Any] = {"name": "tickets", "item": ITEM, "values": {"status": {"gone": "deleted"}}}
        self.options: dict[str, Any] = {}

    def put(self, row: dict[str, Any], stream: str = "tickets") -> None:
        held = self.streams.setdefault(stream, {"bookmark": None, "rows": []})
        held["rows"] = [one for one in held["rows"] if one.get("id") != row.get("id")] + [row]

    def ticket(self, number: int, when: str = "2026-11-02T09:00:00Z", **more: Any) -> None:
        said = [{"id": f"m-{number}", "author": "customer", "at": when, "text": "太慢了。"}]
        self.put({"id": number, "created_at": when, "updated_at": when, "state": "open", "messages": said, **more})

    def note(self, number: int, about: int, words: str) -> None:
        at = f"2026-11-02T09:0{number}:00Z"
        self.put({"id": f"n-{number}", "about": about, "who": "customer", "at": at, "words": words}, "notes")

    def connect(self) -> Singer:
        self.path.write_text(json.dumps({"streams": self.streams, "version": self.version}), encoding="utf-8")
        config = {"path": str(self.path), "faults": self.faults, **self.more}
        options = {"command": [sys.executable, str(TAP)], "config": config, "secrets": {"token": self.token}}
        return Singer(
            Singer.Options.model_validate({"connector": "singer", "streams": [self.stream], **options, **self.options}),
            Context("notes"),
        )


@pytest.fixture
def tap(tmp_path: Path) -> TapSource:
    return TapSource(tmp_path)


# --- the contract ----------------------------------------------------------------------------------------------------


class TapSystem(System):
    """The small tap behind the bridge."""

    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.LATE_PAGES, Fault.REPEATED_ROWS, Fault.SAME_SECOND})
    secrets = ("tap-secret",)
    pages_of = 10

    def __init__(self, source: TapSource) -> None:
        self.source = source
        self.is_same_second = False

    def connect(self) -> Singer:
        return self.source.connect()

    def put(self, item: Item) -> str:
        changed = max([item.updated_at or item.created_at, *(one.at for one in item.messages)])
        stamp = "2026-11-02T12:00:00Z" if self.is_same_second else clock.iso(changed)
        said = [
            {"id": one.id, "author": one.author, "at": clock.iso(one.at), "text": one.text} for one in item.messages
        ]
        rated = [{"scale": one.scale, "value": one.value, "min": one.min, "max": one.max} for one in item.ratings]
        row = {"id": item.id, "created_at": clock.iso(item.created_at), "updated_at": stamp, "state": "open"}
        self.source.put(row | {"messages": said, "ratings": rated})
        return item.id

    def remove(self, item_id: str) -> None:
        self.source.put({"id": item_id, "updated_at": "2026-11-20T09:00:00Z", "state": "gone"})

    def lock_out(self) -> None:
        self.source.token = "another"

    def switch_on(self, fault: Fault) -> None:
        self.is_same_second = fault is Fault.SAME_SECOND
        self.source.faults = {Fault.LATE_PAGES: ["late"], Fault.REPEATED_ROWS: ["repeat"]}.get(fault, [])


class TestIncremental(ConnectorContract):
    """A stream with a bookmark: rows are items as they come."""

    @pytest.fixture
    def system(self, tap: TapSource) -> TapSystem:
        return TapSystem(tap)


class TestWhole(ConnectorContract):
    """A stream without a bookmark: every run sends everything."""

    @pytest.fixture
    def system(self, tmp_path: Path) -> TapSystem:
        return TapSystem(TapSource(tmp_path, bookmark=None))


# --- streams ---------------------------------------------------------------------------------------------------------


def test_parts_of_a_row_come_from_other_streams_and_bring_it_again(tap: TapSource) -> None:
    tap.stream = {"name": "tickets", "item": PARTED, "also": [NOTES]}
    for number in (1, 2):
        tap.ticket(number)
        tap.note(number, number, "Late.")
    shelf = Shelf().pull(tap.connect())
    assert shelf.texts() == {"1": ["Late."], "2": ["Late."]}
    tap.note(3, 2, "Still.")
    before = len(shelf.yielded)
    shelf.pull(tap.connect())
    assert [item.id for item in shelf.yielded[before:]] == ["2"]
    assert shelf.texts()["2"] == ["Late.", "Still."]


def test_several_streams_keep_their_ids_apart(tap: TapSource) -> None:
    tap.ticket(1)
    tap.put({"id": 1, "created_at": "2026-11-02", "text": "Two of five."}, "reviews")
    review = {
        "name": "reviews",
        "kind": "review",
        "prefix": "r-",
        "item": {"id": "id", "created_at": "created_at", "text": "text"},
    }
    tap.options = {"streams": [tap.stream, review]}
    assert sorted(Shelf().pull(tap.connect()).items) == ["1", "r-1"]
    with pytest.raises(ValidationError, match="prefix"):
        tap.options = {"streams": [tap.stream, review | {"prefix": ""}]}
        tap.connect()


@pytest.mark.parametrize("changes", ["version", "missing_is_gone"])
def test_what_a_whole_stream_does_not_hold_any_more_is_erased(tmp_path: Path, changes: str) -> None:
    tap = TapSource(tmp_path, bookmark=None)
    tap.version = 1 if changes == "version" else 0
    if changes == "missing_is_gone":
        tap.options, tap.stream = {"state": False}, tap.stream | {"missing_is_gone": True}
    tap.ticket(1)
    tap.ticket(2)
    shelf = Shelf().pull(tap.connect())
    tap.version *= 2
    tap.streams["tickets"]["rows"].pop(0)
    assert shelf.pull(tap.connect()).erased == {"1"}
    assert sorted(shelf.items) == ["2"]


def test_without_a_word_from_the_tap_nothing_is_taken_for_deleted(tmp_path: Path) -> None:
    tap = TapSource(tmp_path, bookmark=None)
    tap.ticket(1)
    shelf = Shelf().pull(tap.connect())
    tap.streams["tickets"]["rows"].clear()
    assert shelf.pull(tap.connect()).erased == set()
    tap.ticket(1)
    count = len(shelf.yielded)
    assert len(shelf.pull(tap.connect()).yielded) == count  # known all the while


def test_a_row_of_a_followed_log_that_says_deleted_is_erased(tap: TapSource) -> None:
    tap.ticket(1)
    shelf = Shelf().pull(tap.connect())
    tap.ticket(1, "2026-11-03T09:00:00Z", _sdc_deleted_at="2026-11-03T09:00:00Z")
    assert shelf.pull(tap.connect()).erased == {"1"}


def test_a_bad_row_is_named_and_the_others_go_on(tap: TapSource) -> None:
    tap.ticket(1)
    tap.ticket(2, created_at="10000-01-01")
    tap.ticket(3, messages="none")
    tap.put({"updated_at": "2026-11-02T09:00:00Z"})
    shelf = Shelf().pull(tap.connect())
    assert sorted(shelf.items) == ["1"]
    assert sorted((bad.record, bad.field) for bad in shelf.rejected) == [
        ("2", "created_at"),
        ("3", "messages"),
        ("tickets, line 6", "id"),
    ]


# --- STATE -----------------------------------------------------------------------------------------------------------


def test_state_moves_with_what_is_stored_and_not_before(tap: TapSource) -> None:
    for number in range(450):
        tap.ticket(number, f"2026-11-02T{number // 60:02d}:{number % 60:02d}:00Z")
    pages = list(tap.connect().pull(""))
    assert [len(page.items) for page in pages] == [200, 200, 50]
    stored = ""
    for page in pages:
        stored = max([stored, *(clock.iso(item.updated_at or item.created_at) for item in page.items)])
        bookmark = json.loads(page.cursor)["state"]["bookmarks"]["tickets"]
        assert bookmark <= stored
    assert [page.caught_up for page in pages] == [False, False, True]
    assert len(next(iter(tap.connect().pull(pages[0].cursor))).items) == 200  # from the first page's STATE on


def test_a_tap_that_fails_in_the_middle_keeps_what_it_sent(tap: TapSource, caplog: pytest.LogCaptureFixture) -> None:
    tap.faults = ["late"]
    for number in range(10):
        tap.ticket(number, f"2026-11-02T09:0{number}:00Z")
    shelf = Shelf()
    with (
        caplog.at_level(logging.INFO),
        pytest.raises(Retriable, match=r"ended with code 1: CRITICAL 503 .*token \*\*\*") as caught,
    ):
        for page in tap.connect().pull(shelf.cursor or ""):
            shelf.keep(page)
    assert "tap-secret" not in caplog.text + str(caught.value)
    assert "\x1b" not in caplog.text
    assert len(shelf.items) == 5
    assert len(shelf.pull(tap.connect()).items) == 10
    assert len(shelf.yielded) < 5 + 10  # it went on from the STATE, not from the beginning


# --- faults ----------------------------------------------------------------------------------------------------------


def test_lines_that_are_no_messages_are_named(tap: TapSource) -> None:
    tap.faults = ["noise"]
    tap.ticket(1)
    shelf = Shelf().pull(tap.connect())
    assert sorted(shelf.items) == ["1"]
    assert [bad.record for bad in shelf.rejected] == ["line 3", "line 4", "line 5"]
    assert "names no stream" in shelf.rejected[2].reason


@pytest.mark.parametrize(
    ("faults", "limits", "said"),
    [
        (["hang"], {"silence_limit": "1s"}, "said nothing for silence_limit"),
        (["hang"], {"time_limit": "1s"}, "longer than time_limit"),
        (["flood"], {"time_limit": "1s"}, "longer than time_limit"),
    ],
)
def test_a_tap_that_does_not_end_is_ended(tap: TapSource, faults: list[str], limits: dict[str, str], said: str) -> None:
    tap.faults, tap.options = faults, limits
    with pytest.raises(Retriable, match=said):
        list(tap.connect().pull(""))
    assert not _children()


def test_a_pull_that_is_left_early_leaves_no_process_and_no_file(tap: TapSource, tmp_path: Path) -> None:
    tap.more = {"seen": str(tmp_path / "seen.json")}
    for number in range(500):
        tap.ticket(number)
    pull = tap.connect().pull("")
    next(pull)
    pull.close()  # type: ignore[attr-defined]
    folder = Path(json.loads((tmp_path / "seen.json").read_text())["env"]["HOME"])
    assert not folder.exists()
    assert not _children()


def _children() -> list[str]:
    own = str(os.getpid())
    parents = (place / "stat" for place in Path("/proc").iterdir() if place.name.isdigit())
    found = []
    for place in parents:
        try:
            text = place.read_text()
        except OSError:
            continue
        if text.rpartition(")")[2].split()[1] == own and "python" in text:
            found.append(text)
    return found


def test_secrets_are_in_a_private_file_alone(tap: TapSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_OWN_SECRET", "ours")
    tap.more = {"seen": str(tmp_path / "seen.json")}
    tap.options = {"environment": {"TAP_LOG": "debug"}}
    tap.ticket(1)
    shelf = Shelf().pull(tap.connect())
    shelf.pull(tap.connect())
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert "tap-secret" not in json.dumps([seen["argv"], seen["env"]])
    assert set(seen["env"]) - {"LC_CTYPE"} == {"HOME", "TMPDIR", "LANG", "TZ", "PATH", "TAP_LOG"}
    files = {name: mode for name, mode in seen["modes"].items() if name.endswith(".json")}
    assert files == dict.fromkeys(["config.json", "catalog.json", "state.json"], "0o600")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"command": ["no-such-tap"]}, "cannot be started"),
        ({"command": ["tap-x"], "venv": "nowhere"}, "there is no .*nowhere/bin/tap-x"),
        ({"command": [sys.executable, "-c", "print('hello')"]}, "is it a Singer tap"),
        ({"command": [sys.executable, "-c", "print('{}')"]}, "holds no `streams`"),
        ({"catalog": "missing.json"}, "cannot be read"),
    ],
)
def test_a_command_that_is_no_tap_says_so(tap: TapSource, options: dict[str, Any], said: str) -> None:
    tap.options = options
    with pytest.raises(Fatal, match=said):
        list(tap.connect().pull(""))


def test_a_stream_that_the_tap_does_not_have_is_named_with_the_nearest(tap: TapSource) -> None:
    tap.stream = tap.stream | {"name": "ticket"}
    with pytest.raises(Fatal, match="no stream 'ticket'; did you mean 'tickets'"):
        list(tap.connect().pull(""))
    assert [line.ok for line in tap.connect().check()] == [True, False]


def test_a_tap_that_sends_nothing_of_a_stream_is_no_quiet_success(tap: TapSource) -> None:
    tap.ticket(1)
    script = TAP.read_text(encoding="utf-8").replace('["selected"]}', '["selected"] is None}')  # it reads no selection
    tap.options = {"command": [sys.executable, "-c", script]}
    (page,) = tap.connect().pull("")
    assert page.warnings == (
        'the tap said nothing of tickets; does it want catalog_flag = "--properties", as old taps do?',
    )


# --- small parts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", [b"", b"  ", b'{"type": "METRIC"}', b'{"type": "ACTIVATE_VERSION", "stream": "s"}'])
def test_what_need_not_be_known_is_passed_over(line: bytes) -> None:
    assert read_message(line) is None


def test_a_tap_that_writes_batches_is_refused_before_anything_is_lost() -> None:
    with pytest.raises(Fatal, match="BATCH"):
        read_message(b'{"type": "BATCH", "stream": "s", "manifest": []}')


def test_selecting_marks_the_wanted_streams_alone() -> None:
    catalog = {
        "streams": [
            {"tap_stream_id": "a", "schema": {}, "metadata": [{"breadcrumb": [], "metadata": {"selected": True}}]},
            {"stream": "b", "schema": {}, "metadata": [{"breadcrumb": ["properties", "x"], "metadata": {}}]},
        ]
    }
    one, other = select(catalog, ["b"])["streams"]
    assert (one["metadata"][0]["metadata"]["selected"], one["schema"]["selected"]) == (False, False)
    assert [part["metadata"]["selected"] for part in other["metadata"]] == [True, True]


def test_a_cursor_reads_back(tap: TapSource) -> None:
    assert str(Cursor(state={"a": 1})) == '{"state":{"a":1}}'
