"""People review while the loop runs: what they said counts, all of it or nothing, and stands in the ledger under their name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.store import Store
from feedbackloop.store.lease import Lease
from file_desk import CONFIG, Typed, pushed, ticket, write

NOW = ("--now", "2026-11-04T09:00:00Z")
TEXT = "My parcel has not arrived. This is bad, I am disappointed!"


@pytest.fixture
def waiting(typed: Typed, desk: Path, tmp_path: Path) -> list[dict[str, Any]]:
    """Two tickets whose notes, tags and follow-ups wait for approval."""
    (tmp_path / "feedbackloop.toml").write_text(CONFIG.replace('"auto"', '"review"'), encoding="utf-8")
    write(desk, ticket(1, TEXT), ticket(2, TEXT))
    assert typed("run", *NOW).code == 0
    listed: list[dict[str, Any]] = typed("review", "--json").json["waiting"]
    assert {one["kind"] for one in listed} == {"note", "tag", "reply"}
    return listed


def ids(listed: list[dict[str, Any]], kind: str) -> list[str]:
    return [one["id"] for one in listed if one["kind"] == kind]


def ledger(typed: Typed) -> list[dict[str, Any]]:
    return [json.loads(line) for line in typed("export", "ledger").out.splitlines()]


def test_nothing_leaves_before_somebody_said_yes(typed: Typed, desk: Path, waiting: list[dict[str, Any]]) -> None:
    typed("run", *NOW)
    assert pushed(desk) == []
    (note, _) = ids(waiting, "note")
    assert typed("review", "approve", note, "--by", "Ann", "--json").json["approved"] == [note]
    typed("run", *NOW)
    assert [action["kind"] for action in pushed(desk)] == ["note"]
    assert [(row["decision"], row["by"]) for row in ledger(typed) if row["what"] == "review"] == [("approved", "Ann")]


def test_one_wrong_id_among_several_changes_nothing(typed: Typed, waiting: list[dict[str, Any]]) -> None:
    note = ids(waiting, "note")[0]
    for words in (("approve", note, "act-none"), ("reject", note, "act-none", "--why", "no")):
        done = typed("review", *words)
        assert (done.code, "'act-none' waits" in done.err) == (2, True)
        assert typed("review", "--json").json["waiting"] == waiting


@pytest.mark.parametrize("words", [("approve",), ("reject", "--why", "no")])
def test_no_id_at_all_is_said(typed: Typed, waiting: list[dict[str, Any]], words: tuple[str, ...]) -> None:
    assert len(waiting) > 0
    assert typed("review", *words).code == 2


def test_approving_twice_is_approving_once(typed: Typed, desk: Path, waiting: list[dict[str, Any]]) -> None:
    note = ids(waiting, "note")[0]
    for _ in range(2):
        assert typed("review", "approve", note, "--by", "Ann", "--json").json["approved"] == [note]
    typed("run", *NOW)
    assert typed("review", "approve", note, "--by", "Bob", "--json").json["approved"] == [note]  # it went out already
    typed("run", *NOW)
    assert len(pushed(desk)) == 1
    assert [row["by"] for row in ledger(typed) if row["what"] == "review"] == ["Ann"]


def test_what_was_rejected_cannot_be_approved_any_more(typed: Typed, waiting: list[dict[str, Any]]) -> None:
    note = ids(waiting, "note")[0]
    typed("review", "reject", note, "--why", "known")
    done = typed("review", "approve", note)
    assert (done.code, "it is cancelled" in done.err) == (2, True)


def test_what_waits_is_shown_with_what_it_rests_on(typed: Typed, waiting: list[dict[str, Any]]) -> None:
    for one in waiting:
        told = "\n".join(one["evidence"])
        assert "My parcel has not arrived" in told and "gap: support × responsiveness by standard: worse" in told, one
    assert "    | customer, 2026-11-02T09:00:00Z: “My parcel" in typed("review").out


def test_what_was_rejected_does_not_come_back(typed: Typed, desk: Path, waiting: list[dict[str, Any]]) -> None:
    reply = next(one for one in waiting if one["kind"] == "reply")
    typed("review", "reject", reply["about"], "--why", "answered by phone")
    write(desk, ticket(1, TEXT, tags=["moved"]), ticket(2, TEXT, tags=["moved"]))
    typed("run", *NOW)
    assert reply["id"] not in [one["id"] for one in typed("review", "--json").json["waiting"]]
    rows = [json.loads(line) for line in typed("export", "follow-ups").out.splitlines()]
    assert [row["status"] for row in rows if row["id"] == reply["about"]] == ["rejected"]


def test_an_edited_text_is_what_goes_out(
    typed: Typed, desk: Path, tmp_path: Path, waiting: list[dict[str, Any]]
) -> None:
    note = ids(waiting, "note")[0]
    (tmp_path / "text.txt").write_text("Called her on Tuesday.\n", encoding="utf-8")
    assert typed("review", "edit", note, "--text-file", "text.txt").code == 0
    typed("review", "approve", note)
    typed("run", *NOW)
    assert [action["text"] for action in pushed(desk)] == ["Called her on Tuesday."]


def test_what_people_change_is_kept_beside_the_draft_and_measured(
    typed: Typed, tmp_path: Path, waiting: list[dict[str, Any]]
) -> None:
    first, second = (one for one in waiting if one["kind"] == "reply")
    assert typed("review", "--json").json["edits"] == {"drafts": 0, "edited": 0, "median_words_changed": None}
    (tmp_path / "text.txt").write_text(first["text"].replace("sorry", "very sorry"), encoding="utf-8")
    typed("review", "edit", first["id"], "--text-file", "text.txt")
    (shown,) = (one for one in typed("review", "--json").json["waiting"] if one["id"] == first["id"])
    assert shown["draft"] == first["text"] and 0 < shown["words_changed"] < 0.1
    (tmp_path / "text.txt").write_text(first["text"], encoding="utf-8")
    typed("review", "edit", first["id"], "--text-file", "text.txt")  # taken back: the first draft stays the measure
    typed("review", "approve", first["id"], second["id"])
    edits = typed("review", "--json").json["edits"]
    assert edits == {"drafts": 2, "edited": 1, "median_words_changed": 0.0}
    rows = {row["id"]: row for row in (json.loads(line) for line in typed("export", "follow-ups").out.splitlines())}
    assert rows[first["about"]]["draft"] == first["text"] and rows[first["about"]]["words_changed"] == 0.0
    assert rows[second["about"]]["draft"] is None


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        ("note", "  \n", "empty"),
        ("tag", "words", "has no text"),
        ("reply", "Hello {name}, we are sorry that this happened.", "faults"),
    ],
)
def test_a_text_that_cannot_stand_is_refused(
    typed: Typed, tmp_path: Path, waiting: list[dict[str, Any]], kind: str, text: str, says: str
) -> None:
    (tmp_path / "text.txt").write_text(text, encoding="utf-8")
    done = typed("review", "edit", ids(waiting, kind)[0], "--text-file", "text.txt")
    assert (done.code, says in done.err) == (2, True), done.err
    assert typed("review", "--json").json["waiting"] == waiting


def test_a_file_that_is_no_text_is_named(typed: Typed, tmp_path: Path, waiting: list[dict[str, Any]]) -> None:
    (tmp_path / "text.txt").write_bytes(b"\xff\xfe\x00")
    done = typed("review", "edit", waiting[0]["id"], "--text-file", "text.txt")
    assert (done.code, "not UTF-8" in done.err) == (2, True)


def test_review_works_beside_a_living_run(typed: Typed, tmp_path: Path, waiting: list[dict[str, Any]]) -> None:
    with Store(tmp_path / "feedbackloop.db") as store:
        held = Lease.take(store.conn, store.path, "feedbackloop run")
        done = typed("review", "approve", "--all", "--json")
        held.release(store.conn)
    assert (done.code, len(done.json["approved"])) == (0, len(waiting))
    assert "nothing waits" in typed("review").out


def test_a_draft_waits_until_it_is_too_late(typed: Typed, waiting: list[dict[str, Any]]) -> None:
    late = typed("run", "--json", "--now", "2026-12-20T09:00:00Z")
    assert late.code == 0
    left = typed("review", "--json").json["waiting"]
    assert {one["kind"] for one in left} == {one["kind"] for one in waiting} - {"reply"}


# --- retry, state, forget, export ----------------------------------------------------------------------------------


def test_a_rejected_line_is_read_again_after_retry(typed: Typed, desk: Path) -> None:
    desk.write_text(json.dumps(ticket(1)) + "\n" + '{"id": "x", "kind": "ticket"}\n', encoding="utf-8")
    assert typed("run", *NOW).code == 1
    (aside,) = typed("state", "--json").json["set_aside"]
    write(desk, ticket(1), ticket(2))
    assert typed("retry", aside["id"], "--json").json["retried"] == [aside["id"]]
    report = typed("run", "--json", *NOW).json
    assert (report["ok"], report["sources"][0]["new"]) == (True, 1)
    assert typed("state", "--json").json["set_aside"] == []


@pytest.mark.parametrize("words", [(), ("rec-none",), ("desk/T-1",)])
def test_retry_of_what_is_not_set_aside_is_refused(typed: Typed, desk: Path, words: tuple[str, ...]) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    assert typed("retry", *words).code == 2


def test_a_source_set_back_is_read_again_and_nothing_doubles(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    before = pushed(desk)
    assert typed("state", "reset", "desk", "--to", "2026-01-01").code == 0
    report = typed("run", "--json", *NOW).json
    assert (report["sources"][0]["unchanged"], report["actions"]["pushed"], pushed(desk)) == (1, 0, before)
    for wrong in (("dsk", "--to", "2026-01-01"), ("desk", "--to", "soon")):
        assert typed("state", "reset", *wrong).code == 2


def test_forgetting_lists_what_is_outside_and_leaves_no_byte(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket(1, TEXT), ticket(2, TEXT))
    typed("run", *NOW)
    done = typed("forget", "--customer", "desk/c-1", "--json").json
    assert (done["ok"], done["erased"]["items"]) == (True, 1)
    assert {line.split()[0] for line in done["outside"]} == {"note", "tag"}
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("feedbackloop.db*"))
    assert b"wanda1@example.org" not in stored
    assert b"wanda2@example.org" in stored
    typed("run", *NOW)
    assert typed("forget", "--customer", "desk/c-1").code == 2
    assert typed("forget", "--customer", "desk/c-2", "--source", "dsk").code == 2


def test_all_that_is_kept_about_one_person_can_be_exported(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1, TEXT), ticket(2, TEXT))
    typed("run", *NOW)
    counts = {
        kind: len(typed("export", kind, "--customer", "desk/c-1").out.splitlines())
        for kind in ("items", "gaps", "customers", "follow-ups", "actions", "ledger")
    }
    assert all(counts.values()), counts
    assert (counts["items"], counts["customers"], counts["follow-ups"], counts["actions"]) == (1, 1, 1, 3)
    assert typed("export", "items", "--customer", "desk/nobody").code == 2


def test_exports_with_personal_data_are_for_the_owner(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket(1))
    typed("run", *NOW)
    for form in ("jsonl", "csv"):
        assert typed("export", "customers", "--format", form, "--out", f"out.{form}").code == 0
        assert (tmp_path / f"out.{form}").stat().st_mode & 0o077 == 0
    assert typed("export", "customers", "--out", "nowhere/out.csv").code == 2
