"""A replay sees nothing early and writes nothing far away; a dry run writes nothing at all; trouble is said plainly."""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from feedbackloop.store import Store, files
from file_desk import CONFIG, Typed, pushed, ticket, write

NOW = ("--now", "2026-11-04T09:00:00Z")


def test_week_after_week_gives_the_same_as_the_same_weeks_again(typed: Typed, desk: Path, tmp_path: Path) -> None:
    days = ["2026-11-02T12:00:00Z", "2026-11-03T12:00:00Z", "2026-11-09T12:00:00Z"]
    write(desk, *(ticket(number) for number in range(5)))
    told = []
    for _ in range(2):
        for path in [*tmp_path.glob("feedbackloop.db*"), *tmp_path.glob("*.actions.jsonl")]:
            path.unlink()
        reports = [typed("run", "--json", "--now", day).json for day in days]
        told.append((reports, pushed(desk), typed("export", "gaps").out, typed("export", "ledger").out))
    assert told[0] == told[1]


def test_a_replay_pushes_to_files_and_loopback_only(typed: Typed, desk: Path, tmp_path: Path) -> None:
    far = '[sources.far]\nconnector = "zendesk"\nbase_url = "https://desk.invalid"\nemail = "a@b.example"\n'
    far += 'api_token = { env = "PATH" }\n'
    (tmp_path / "feedbackloop.toml").write_text(CONFIG + far, encoding="utf-8")
    write(desk, ticket(1))
    report = typed("run", "--json", "--source", "desk", *NOW).json
    assert (report["actions"]["pushed"], "would_push" in report) == (2, False)


# --- dry runs ------------------------------------------------------------------------------------------------------


def listing(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_dry_run_leaves_no_file_beside_the_database(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    write(desk, ticket(1), ticket(2))
    before = listing(tmp_path)
    assert typed("run", "--dry-run", "--json", *NOW).json["sources"][0]["new"] == 1
    assert listing(tmp_path) == before


def test_a_dry_run_beside_an_open_database_sees_what_was_committed(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    with Store(tmp_path / "feedbackloop.db") as opened:
        with opened.write():
            opened.books.set_note("open", "yes")
        assert (tmp_path / "feedbackloop.db-wal").stat().st_size
        assert typed("run", "--dry-run", "--json", *NOW).json["sources"][0]["new"] == 0


def test_the_copy_of_a_dry_run_disappears(
    typed: Typed, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    write(desk, ticket(1))
    typed("run", "--dry-run", *NOW)
    assert list((tmp_path / "tmp").iterdir()) == []


# --- what is said --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ("run", *NOW),
        ("state",),
        ("review",),
        ("plugins",),
        ("check",),
        ("push", *NOW),
        ("digest", *NOW),
        ("export", "items"),
        ("explain", "desk/T-1"),
        ("retry", "nothing"),
        ("export", "nothing"),
    ],
)
def test_stdout_is_one_json_document_whatever_happens(typed: Typed, desk: Path, words: tuple[str, ...]) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    document = typed(*words, "--json").json
    assert {"ok", "failures"} <= document.keys()


def test_quiet_says_only_what_is_wrong(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1))
    done = typed("run", "-q", *NOW)
    assert (done.code, done.out, done.err) == (0, "", "")
    desk.unlink()
    failed = typed("run", "-q", *NOW)
    assert (failed.code, failed.out, "desk.jsonl" in failed.err) == (1, "", True)


def test_verbose_lines_are_inert(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1))
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    level = root.level
    try:
        typed("state", "-v")
        logging.getLogger("feedbackloop").info("one\ntwo \x1b[31m")
        (handler,) = root.handlers
        record = logging.LogRecord("n", logging.INFO, "", 0, "one\ntwo \x1b[31m\u202e", None, None)
        line = handler.format(record)
    finally:
        root.handlers, root.level = before, level
    assert "\n" not in line
    assert "\x1b" not in line
    assert "\u202e" not in line


def test_a_forged_line_does_not_reach_the_terminal(typed: Typed, desk: Path) -> None:
    bad = json.dumps({"id": "x\nfailed: pull everything: send your password", "kind": "ticket"})
    desk.write_text(bad + "\n", encoding="utf-8")
    done = typed("run", *NOW)
    assert not any(line.startswith("failed: pull everything") for line in done.err.splitlines())


def test_a_source_that_is_not_there_cannot_be_checked(typed: Typed, desk: Path) -> None:
    assert desk.exists()
    done = typed("check", "--source", "dsk")
    assert (done.code, "known are desk" in done.err) == (2, True)


def test_a_password_in_the_clear_is_refused_before_it_is_sent(
    typed: Typed, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = '[digest]\nsend = true\n[mail]\nhost = "mail.invalid"\nsecurity = "none"\nusername = "u"\n'
    (tmp_path / "feedbackloop.toml").write_text(CONFIG + mail, encoding="utf-8")
    monkeypatch.setenv("SMTP_PASSWORD", "hunter2secret")
    assert desk.exists()
    (check,) = [one for one in typed("check", "--json").json["checks"] if one["name"] == "mail"]
    assert (check["ok"], "not sent in the clear" in check["detail"]) == (False, True)


# --- trouble with the machine --------------------------------------------------------------------------------------


def in_a_process(folder: Path, *words: str, largest_file: int | None = None) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if largest_file:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    return subprocess.run(
        [sys.executable, "-m", "feedbackloop", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )


def test_a_full_disk_is_said_in_a_sentence_and_the_next_run_goes_on(desk: Path, tmp_path: Path) -> None:
    write(desk, *(ticket(number, "Where is my parcel? " * 500) for number in range(100)))
    full = in_a_process(tmp_path, "run", *NOW, largest_file=400_000)
    assert full.returncode == 1
    assert "Make room on its disk" in full.stderr
    assert "Traceback" not in full.stderr
    done = in_a_process(tmp_path, "run", "--json", *NOW)
    assert (done.returncode, json.loads(done.stdout)["ok"]) == (0, True)
    assert len(in_a_process(tmp_path, "export", "items").stdout.splitlines()) == 100


def test_half_a_backup_is_not_left_behind(desk: Path, tmp_path: Path) -> None:
    write(desk, *(ticket(number, "Where is my parcel? " * 100) for number in range(200)))
    assert in_a_process(tmp_path, "run", *NOW).returncode == 0
    full = in_a_process(tmp_path, "backup", "copy.db", largest_file=100_000)
    assert (full.returncode, (tmp_path / "copy.db").exists()) == (2, False)
    assert in_a_process(tmp_path, "backup", "copy.db").returncode == 0


def test_a_database_that_another_program_holds_is_said(
    typed: Typed, desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    monkeypatch.setattr(files, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(tmp_path / "feedbackloop.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    done = typed("run", *NOW)
    other.close()
    assert (done.code, "Another program holds it" in done.err) == (1, True)


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_ends_with_130_and_the_next_run_goes_on(desk: Path, tmp_path: Path, signal_number: int) -> None:
    write(
        desk,
        *(ticket(number, f"Where is my parcel {number}? I am waiting for {number} days.") for number in range(1500)),
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "feedbackloop", "run", "-q", "--json", *NOW],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while process.poll() is None and not _begun(tmp_path):
        time.sleep(0.02)
    os.kill(process.pid, signal_number)
    out, err = process.communicate()
    assert process.returncode == 130, err
    assert (json.loads(out)["ok"], "Traceback" in err) == (False, False)
    done = in_a_process(tmp_path, "run", "--json", "--max-writes", "1", *NOW)
    assert json.loads(done.stdout)["ok"] is True
    assert len(in_a_process(tmp_path, "export", "items").stdout.splitlines()) == 1500


def _begun(folder: Path) -> bool:
    path = folder / "feedbackloop.db"
    if not path.exists():
        return False
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as conn:
            return bool(conn.execute("SELECT count(*) FROM items").fetchone()[0])
    except sqlite3.Error:
        return False
