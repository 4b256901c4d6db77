"""Every command does what its help says: on a file desk, without a network."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from file_desk import Typed, pushed, ticket, write

NOW = ("--now", "2026-11-04T09:00:00Z")
PROMISE = "You promised delivery within 24 hours, it took three days until my parcel arrived."


@pytest.fixture
def waiting(typed: Typed, desk: Path) -> list[dict[str, str]]:
    """What waits for approval after one run over a broken promise: one follow-up."""
    write(desk, ticket(1, PROMISE))
    done = typed("run", *NOW)
    assert done.code == 0, done.err
    listed: list[dict[str, str]] = typed("review", "--json").json["waiting"]
    return listed


# --- init, check, plugins ------------------------------------------------------------------------------------------


def test_init_writes_a_config_that_check_understands_and_never_overwrites(typed: Typed, tmp_path: Path) -> None:
    assert typed("init", "--connector", "jsonl").code == 0
    (tmp_path / "feedback.jsonl").write_text("")
    assert typed("check").code == 0
    again = typed("init")
    assert (again.code, "stays as it is" in again.err) == (2, True)


@pytest.mark.parametrize("connector", ["jsonl", "csv", "zendesk"])
def test_init_knows_every_connector(typed: Typed, tmp_path: Path, connector: str) -> None:
    assert typed("init", "here", "--connector", connector).code == 0
    assert f'connector = "{connector}"' in (tmp_path / "here" / "feedbackloop.toml").read_text()


def test_check_names_what_is_wrong_and_what_to_do(typed: Typed, desk: Path) -> None:
    desk.unlink()
    done = typed("check", "--json")
    assert done.code == 1
    broken = [one for one in done.json["checks"] if not one["ok"]]
    assert broken
    assert all(one["fix"] for one in broken)


def test_check_repairs_file_rights(typed: Typed, desk: Path, tmp_path: Path) -> None:
    typed("run", *NOW)
    database = tmp_path / "feedbackloop.db"
    database.chmod(0o644)
    assert typed("check").code == 1
    assert typed("check", "--repair").code == 0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_check_upgrades_no_database(typed: Typed, desk: Path, tmp_path: Path) -> None:
    typed("run", *NOW)
    database = tmp_path / "feedbackloop.db"
    with closing(sqlite3.connect(database)) as older, older:
        older.execute("DELETE FROM _sqlite_migrations WHERE name != 'm001_the_loop'")
        for table in ("corrections", "correction_items"):
            older.execute(f"DROP TABLE {table}")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    checks = {one["name"]: one for one in typed("check", "--json").json["checks"]}
    assert checks["database"]["ok"]
    assert "of an earlier version" in checks["database"]["detail"]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_plugins_lists_hooks_and_none_skipped(typed: Typed) -> None:
    listed = typed("plugins", "--json").json
    assert all(plugin["skipped"] is None for plugin in listed["plugins"]), listed
    assert {"jsonl", "csv", "zendesk"} <= set(listed["connectors"])
    hooks = {hook for plugin in listed["plugins"] for hook in plugin["hooks"]}
    assert {"clean_text", "score_sentiment", "find_expectations", "classify", "compare", "deliver"} <= hooks


# --- review --------------------------------------------------------------------------------------------------------


def test_nothing_public_leaves_without_a_yes(waiting: list[dict[str, str]], typed: Typed, desk: Path) -> None:
    replies = [one for one in waiting if one["kind"] == "reply"]
    assert len(replies) == 1
    assert "24 hours" in replies[0]["text"]
    assert [action for action in pushed(desk) if action["kind"] == "reply"] == []
    assert typed("review", "approve", replies[0]["id"]).code == 0
    typed("push", *NOW)
    assert len([action for action in pushed(desk) if action["kind"] == "reply"]) == 1
    typed("run", *NOW)
    assert len([action for action in pushed(desk) if action["kind"] == "reply"]) == 1


def test_what_is_rejected_is_never_sent_and_does_not_come_back(
    waiting: list[dict[str, str]], typed: Typed, desk: Path
) -> None:
    reply = next(one for one in waiting if one["kind"] == "reply")
    assert typed("review", "reject", reply["id"], "--why", "answered by phone", "--by", "mira").code == 0
    write(desk, ticket(1, PROMISE + " Still true."))
    typed("run", *NOW)
    assert [one for one in typed("review", "--json").json["waiting"] if one["kind"] == "reply"] == []
    (entry,) = [row for row in map(json.loads, typed("export", "ledger").out.splitlines()) if row["by"] == "mira"]
    assert (entry["decision"], entry["reason"]) == ("rejected", "answered by phone")


def test_a_person_may_edit_but_not_into_a_fault(
    waiting: list[dict[str, str]], typed: Typed, desk: Path, tmp_path: Path
) -> None:
    reply = next(one for one in waiting if one["kind"] == "reply")
    (tmp_path / "bad.txt").write_text("Dear {{ name }}, sorry.")
    assert typed("review", "edit", reply["id"], "--text-file", "bad.txt").code == 2
    (tmp_path / "good.txt").write_text("I am sorry that your parcel came late. I have sent you a new one.")
    assert typed("review", "edit", reply["id"], "--text-file", "good.txt").code == 0
    typed("review", "approve", "--all")
    typed("push", *NOW)
    (sent,) = [action for action in pushed(desk) if action["kind"] == "reply"]
    assert sent["text"] == "I am sorry that your parcel came late. I have sent you a new one."


def test_an_unknown_id_is_an_error_that_says_where_to_look(typed: Typed, desk: Path) -> None:
    typed("run", *NOW)
    done = typed("review", "approve", "act-nothing")
    assert (done.code, "feedbackloop review" in done.err) == (2, True)


# --- state, retry, backup ------------------------------------------------------------------------------------------


def test_a_mended_record_is_read_after_retry(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1), {"id": "T-2", "kind": "ticket"})
    typed("run", *NOW)
    (aside,) = typed("state", "--json").json["set_aside"]
    write(desk, ticket(1), ticket(2))
    assert typed("retry", aside["id"]).code == 0
    report = typed("run", "--json", *NOW).json
    assert (report["ok"], report["sources"][0]["new"]) == (True, 1)
    assert typed("state", "--json").json["set_aside"] == []


def test_resetting_one_source_doubles_nothing(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    assert typed("state", "reset", "desk", "--to", "2026-01-01").code == 0
    source = typed("run", "--json", *NOW).json["sources"][0]
    assert (source["new"], source["unchanged"]) == (0, 1)
    assert typed("state", "reset", "dusk", "--to", "2026-01-01").code == 2


def test_a_backup_is_a_working_database_and_never_overwrites(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    assert typed("backup", "copy.db").code == 0
    assert typed("backup", "copy.db").code == 2
    (tmp_path / "feedbackloop.db").unlink()
    (tmp_path / "copy.db").rename(tmp_path / "feedbackloop.db")
    assert len(typed("export", "items").out.splitlines()) == 1


# --- export, explain, forget ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind", ["items", "gaps", "findings", "tasks", "follow-ups", "promises", "customers", "actions", "ledger"]
)
def test_every_kind_of_export_can_be_read_as_lines_and_as_a_table(
    waiting: list[dict[str, str]], typed: Typed, tmp_path: Path, kind: str
) -> None:
    del waiting
    lines = [json.loads(line) for line in typed("export", kind).out.splitlines()]
    assert typed("export", kind, "--format", "csv", "--out", "rows.csv").code == 0
    with (tmp_path / "rows.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert len(table) == len(lines)
    assert all("id" in row for row in lines)


def test_exported_items_are_read_back_as_they_were(waiting: list[dict[str, str]], typed: Typed, desk: Path) -> None:
    del waiting
    row = json.loads(typed("export", "items").out)
    original = json.loads(desk.read_text())
    assert {key: row[key] for key in ("id", "kind", "status")} == {
        key: original[key] for key in ("id", "kind", "status")
    }
    assert [message["text"] for message in row["messages"]] == [message["text"] for message in original["messages"]]


def test_a_formula_in_a_name_stays_words_in_a_spreadsheet(typed: Typed, desk: Path) -> None:
    write(desk, ticket(customer={"id": "c-1", "name": "=HYPERLINK(1)", "email": "+a@example.org"}))
    typed("run", *NOW)
    row = next(csv.DictReader(typed("export", "customers", "--format", "csv").out.splitlines()))
    assert (row["name"], row["email"]) == ("'=HYPERLINK(1)", "'+a@example.org")


def test_explain_tells_words_gap_decision_and_ledger(waiting: list[dict[str, str]], typed: Typed) -> None:
    item = typed("explain", "desk/T-1").out
    for piece in ("sentiment:", "promised", "worse", "follow-up fu-", "ledger:"):
        assert piece in item
    reply = next(one for one in waiting if one["kind"] == "reply")
    assert "24 hours" in typed("explain", reply["about"]).out
    assert typed("explain", "desk/T-99").code == 2


def test_signals_are_explained_in_words_and_exported_with_items_and_their_gaps(typed: Typed, desk: Path) -> None:
    words = (
        "This is my third email about it, I called and wrote in the chat. You promised 24 hours and it took 5 days. "
        "I am furious and I will cancel my subscription. When will you answer?"
    )
    write(desk, ticket(text=words))
    typed("run", *NOW)
    told = next(line for line in typed("explain", "desk/T-1").out.splitlines() if line.startswith("signals: "))
    assert "had to come back" in told
    assert "sounds angry; asks or wants something; says that they leave" in told
    (exported,) = map(json.loads, typed("export", "items").out.splitlines())
    assert exported["signals"] == exported["understanding"]["signals"]
    assert exported["signals"]["churn"] == 1.0
    gaps = list(map(json.loads, typed("export", "gaps").out.splitlines()))
    assert gaps
    assert all(row["signals"] == exported["signals"] for row in gaps)


def test_forgetting_a_person_leaves_no_word_and_says_what_was_sent(
    waiting: list[dict[str, str]], typed: Typed, desk: Path, tmp_path: Path
) -> None:
    del waiting
    done = typed("forget", "--customer", "desk/c-1", "--json")
    assert done.code == 0
    assert done.json["erased"]["items"] == 1
    assert [one.partition(" ")[0] for one in done.json["outside"]] == ["note", "tag"]
    database = b"".join(path.read_bytes() for path in tmp_path.glob("feedbackloop.db*"))
    for word in (b"Whistle", b"wanda1", b"promised delivery"):
        assert word not in database
    report = typed("run", "--json", *NOW).json
    assert report["sources"][0]["new"] == 0
    assert typed("forget", "--customer", "desk/nobody").code == 2


# --- score ---------------------------------------------------------------------------------------------------------


def test_score_needs_no_config_and_keeps_the_order(typed: Typed, tmp_path: Path) -> None:
    texts = [
        {"id": "a", "text": "I love it, great service!"},
        {"id": "b", "text": "太差了，再也不买了。"},
        {"id": "c", "text": PROMISE},
        {"id": "d", "text": ""},
        {"id": "e"},
    ]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(one) + "\n" for one in texts))
    done = typed("score", "texts.jsonl")
    rows = [json.loads(line) for line in done.out.splitlines()]
    assert done.code == 1  # one line had no text
    assert [row["id"] for row in rows] == ["a", "b", "c", "d", "e"]
    assert "text: is missing" in rows[4]["error"]
    assert [row["sentiment"]["label"] for row in rows[:2]] == ["positive", "negative"]
    assert [row["language"] for row in rows[:3]] == ["en", "zh", "en"]
    (found,) = rows[2]["expectations"]
    assert (found["basis"], found["direction"]) == ("promised", "worse")
    assert (found["promised_value"], found["promised_unit"], found["actual_value"], found["actual_unit"]) == (
        24, "hour", 3, "day",
    )  # fmt: skip
    assert typed("score", "texts.jsonl").out == done.out  # the same input gives the same bytes


def test_a_language_nobody_knows_is_unknown_and_not_zero(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(json.dumps({"id": "1", "text": "Это очень плохой сервис"}) + "\n")
    mood = json.loads(typed("score", "t.jsonl").out)["sentiment"]
    assert (mood["label"], mood["polarity"], mood["confidence"]) == ("unknown", None, None)


# --- digest --------------------------------------------------------------------------------------------------------


def test_the_digest_is_printed_or_written_with_its_twins(
    waiting: list[dict[str, str]], typed: Typed, tmp_path: Path
) -> None:
    del waiting
    week = ("--week", "2026-W45", *NOW)
    assert "2026" in typed("digest", *week).out
    done = typed("digest", *week, "--out", "d.html", "--twins", "--json")
    assert sorted(Path(file).name for file in done.json["files"]) == ["d.eml", "d.html", "d.txt"]
    first = (tmp_path / "d.eml").read_bytes()
    typed("digest", *week, "--out", "d.html", "--twins")
    assert (tmp_path / "d.eml").read_bytes() == first  # the same input gives the same mail
    assert typed("digest", "--week", "2026-45").code == 2
    assert typed("digest", "--team", "Nobody").code == 2
