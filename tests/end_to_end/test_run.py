"""`run` pulls, understands, compares, plans and pushes once, and says truly what it did."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from file_desk import Typed, pushed, ticket, write

NOW = ("--now", "2026-11-04T09:00:00Z")


def test_the_report_has_every_field_of_the_contract(typed: Typed, desk: Path) -> None:
    write(desk, ticket(1), ticket(2))
    done = typed("run", "--json", *NOW)
    assert done.code == 0, done.err
    report = done.json
    assert set(report) >= {
        "started_at", "finished_at", "dry_run", "ok", "sources", "understood", "findings", "tasks", "follow_ups",
        "actions", "verified", "failures",
    }  # fmt: skip
    source = report["sources"][0]
    assert {key: source[key] for key in ("name", "connector", "pulled", "new", "updated", "unchanged", "rejected")} == {
        "name": "desk", "connector": "jsonl", "pulled": 2, "new": 2, "updated": 0, "unchanged": 0, "rejected": 0,
    }  # fmt: skip
    assert source["caught_up"] is True
    assert report["understood"] == {"items": 2, "languages": {"en": 2}, "with_gap": 2}  # 25 h against 4 h
    assert set(report["actions"]) == {
        "pushed", "waiting_for_approval", "retrying", "needs_a_look", "set_aside", "failed", "left",
    }  # fmt: skip


def test_a_second_run_with_nothing_new_writes_nothing(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    before = pushed(desk)
    assert {action["kind"] for action in before} == {"note", "tag"}
    report = typed("run", "--json", *NOW).json
    assert (report["sources"][0]["pulled"], report["understood"]["items"], report["actions"]["pushed"]) == (0, 0, 0)
    assert pushed(desk) == before


def test_only_new_and_changed_lines_are_read_again(typed: Typed, desk: Path) -> None:
    write(desk, *(ticket(number) for number in range(50)))
    typed("run", *NOW)
    changed = ticket(7, text="Where is it? I am waiting for a week now!")
    write(desk, *(changed if number == 7 else ticket(number) for number in range(50)), ticket(50))
    source = typed("run", "--json", *NOW).json["sources"][0]
    assert (source["pulled"], source["new"], source["updated"], source["unchanged"]) == (2, 1, 1, 0)


def test_what_is_later_than_the_clock_comes_in_a_later_run(typed: Typed, desk: Path) -> None:
    write(desk, ticket(), ticket(2, created_at="2026-11-05T09:00:00Z"))
    early = typed("run", "--json", "--now", "2026-11-02T10:00:00Z").json
    assert (early["sources"][0]["new"], early["understood"]["with_gap"]) == (1, 0)  # the four hours are not over
    overdue = typed("run", "--json", "--now", "2026-11-02T14:00:00Z").json
    assert (overdue["sources"][0]["pulled"], overdue["understood"]["with_gap"]) == (0, 1)  # nobody wrote: time broke it
    late = typed("run", "--json", "--now", "2026-11-06T09:00:00Z").json
    assert (late["sources"][0]["new"], late["sources"][0]["updated"]) == (1, 1)
    rows = [json.loads(line) for line in typed("export", "items").out.splitlines()]
    assert [len(row["messages"]) for row in rows] == [2, 2]


def test_a_dry_run_writes_nothing_at_all_and_shows_what_it_would(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket())
    before = sorted(path.name for path in tmp_path.iterdir())
    shown = typed("run", "--dry-run", "--json", *NOW).json
    assert sorted(path.name for path in tmp_path.iterdir()) == before
    assert shown["dry_run"] is True
    tag = next(one for one in shown["would_push"] if one["kind"] == "tag")
    assert (tag["target"], tag["before"], tag["after"]) == ("desk/T-1", [], ["fbl-gap-responsiveness"])


def test_a_dry_run_leaves_an_existing_database_as_it_was(typed: Typed, desk: Path, tmp_path: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    write(desk, ticket(), ticket(2))
    before = (tmp_path / "feedbackloop.db").read_bytes()
    assert typed("run", "--dry-run", "--json", *NOW).json["sources"][0]["new"] == 1
    assert (tmp_path / "feedbackloop.db").read_bytes() == before


def test_no_more_writes_leave_than_allowed(typed: Typed, desk: Path) -> None:
    write(desk, *(ticket(number) for number in range(5)))
    assert typed("run", "--max-writes", "3", "--json", *NOW).json["actions"]["pushed"] == 3
    assert typed("run", "--max-writes", "3", "--json", *NOW).json["actions"]["pushed"] == 3
    assert len({action["key"] for action in pushed(desk)}) == 6


def test_old_feedback_is_counted_and_nothing_is_written_to_it(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    report = typed("run", "--json", "--now", "2027-01-04T09:00:00Z").json
    assert report["understood"]["with_gap"] == 1
    assert (report["actions"]["pushed"], report["actions"]["waiting_for_approval"], pushed(desk)) == (0, 0, [])


def test_one_source_alone(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    done = typed("run", "--source", "dsk")
    assert (done.code, "no source 'dsk'" in done.err) == (2, True)
    assert typed("run", "--source", "desk", *NOW).code == 0


def test_a_backfill_has_a_cursor_of_its_own(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    before = typed("state", "--json").json["sources"][0]["cursor"]
    done = typed("run", "--since", "2026-01-01", "--until", "2026-12-01", *NOW)
    assert done.code == 0, done.err
    assert typed("state", "--json").json["sources"][0]["cursor"] == before
    assert typed("run", "--until", "2026-12-01").code == 2


def test_two_runs_at_once_are_told_apart_from_faults(typed: Typed, desk: Path, tmp_path: Path) -> None:
    from feedbackloop.store import Store
    from feedbackloop.store.lease import Lease

    write(desk, ticket())
    with Store(tmp_path / "feedbackloop.db") as store:
        held = Lease.take(store.conn, store.path, "feedbackloop run")
        done = typed("run", *NOW)
        held.release(store.conn)
    assert done.code == 3
    assert "since" in done.err


# --- bad input -----------------------------------------------------------------------------------------------------

BAD = [
    ('{"id": "x", "kind": "ticket", ', None, "line 2"),
    ('{"kind": "ticket", "created_at": "2026-11-02"}', "id", "line 2"),
    ('{"id": "x", "kind": "ticket"}', "created_at", None),
    ('{"id": "x", "kind": "letter", "created_at": "2026-11-02"}', "kind", None),
    ('{"id": "x", "kind": "ticket", "created_at": "soon"}', "created_at", None),
    ('{"id": "x", "kind": "ticket", "created_at": "9999-12-31T23:59:59+00:00"}', "created_at", None),
    ('{"id": "x", "kind": "ticket", "created_at": "2026-11-02", "messages": "hello"}', "messages", None),
    ("[" * 100_000, None, "line 2"),
]


@pytest.mark.parametrize(("line", "field", "record"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_a_bad_line_is_named_and_the_others_go_on(
    typed: Typed, desk: Path, line: str, field: str | None, record: str | None
) -> None:
    desk.write_text(f"{json.dumps(ticket(1))}\n{line}\n{json.dumps(ticket(2))}\n", encoding="utf-8")
    done = typed("run", "--json", *NOW)
    report = done.json
    assert (done.code, report["ok"], report["sources"][0]["new"], report["sources"][0]["rejected"]) == (1, False, 2, 1)
    (failure,) = report["failures"]
    assert failure["source"] == "desk"
    assert "2" in failure["record"] or failure["record"] == "x"
    assert field is None or field in (failure.get("field") or failure["error"])
    assert record is None or record in failure["record"]
    assert typed("state").out.count("rec-") == 1


@pytest.mark.parametrize(
    "text",
    ["a\x1b[31mred\x1b[0m \x00 bell \x07", "lone \\ud800 surrogate", "长" * 3_000_000, "", "🫖🫖", "\u202eevil\u202c"],
    ids=["controls", "surrogate", "9 MB", "empty", "emoji", "bidi"],
)
def test_strange_words_are_read_and_shown_inertly(typed: Typed, desk: Path, text: str) -> None:
    raw = json.dumps(ticket(1, text="@@@")).replace("@@@", json.dumps(text)[1:-1].replace("\\\\u", "\\u"))
    desk.write_text(raw + "\n", encoding="utf-8")
    done = typed("run", "--json", *NOW)
    assert (done.code, done.json["sources"][0]["new"]) == (0, 1)
    shown = typed("explain", "desk/T-1")
    assert shown.code == 0
    assert "\x1b" not in shown.out
    assert "\x00" not in shown.out


def test_a_missing_file_fails_that_source_and_loses_nothing(typed: Typed, desk: Path) -> None:
    write(desk, ticket())
    typed("run", *NOW)
    desk.unlink()
    done = typed("run", "--json", *NOW)
    assert done.code == 1
    assert "desk.jsonl" in done.json["failures"][0]["error"]
    assert len(typed("export", "items").out.splitlines()) == 1


def test_an_empty_source_is_no_fault(typed: Typed, desk: Path) -> None:
    done = typed("run", "--json", *NOW)
    assert (done.code, done.json["sources"][0]["caught_up"]) == (0, True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("[loop]\ntimezon = 'UTC'\n", "loop.timezon: unknown key; did you mean timezone?"),
        ("[detect]\nminimum_items = 'many'\n", "detect.minimum_items"),
        ("[sources.desk]\nconnector = 'jsonl'\n", "sources.desk.path: is required and missing"),
        ("[sources.desk]\nconnector = 'jsonnl'\npath='x'\n", "did you mean jsonl?"),
        (
            "[sources.desk]\nconnector = 'jsonl'\npath='x'\npaht='y'\n",
            "sources.desk.paht: unknown key; did you mean path?",
        ),
        ("", "no [sources.NAME]"),
        ("= nonsense", "is not valid TOML"),
    ],
)
def test_a_wrong_config_ends_with_2_and_changes_nothing(typed: Typed, tmp_path: Path, change: str, says: str) -> None:
    (tmp_path / "feedbackloop.toml").write_text(change)
    done = typed("run")
    assert done.code == 2
    assert says in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["feedbackloop.toml"]


def test_without_a_config_it_says_what_to_do(typed: Typed) -> None:
    done = typed("run", "--json")
    assert (done.code, done.json["ok"]) == (2, False)
    assert "feedbackloop init" in done.json["failures"][0]["error"]


def test_a_secret_never_stands_in_the_config_nor_in_what_is_said(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk = (
        '[sources.z]\nconnector = "zendesk"\nbase_url = "http://127.0.0.1:9"\nemail = "a@b.example"\napi_token = {}\n'
    )
    config = tmp_path / "feedbackloop.toml"
    config.write_text(zendesk.format('"hunter2secret"'))
    done = typed("check")
    assert (done.code, "hunter2secret" in done.out + done.err) == (2 if "never written" in done.err else 1, False)
    config.write_text(zendesk.format('{ env = "DESK_TOKEN" }'))
    assert "DESK_TOKEN is not set" in typed("run").err
    monkeypatch.setenv("DESK_TOKEN", "hunter2secret")
    for command in (("run", "-v"), ("check",), ("state", "--json"), ("export", "ledger")):
        done = typed(*command)
        assert "hunter2secret" not in done.out + done.err
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"hunter2secret" not in stored


def test_shown_help_has_an_example_for_every_command(typed: Typed) -> None:
    from feedbackloop.cli import COMMANDS

    for command in COMMANDS:
        done = typed(command, "--help")
        assert (done.code, "Example:" in done.out) == (0, True), command
