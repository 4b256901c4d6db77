"""What twelve weeks left behind can be listed, exported, explained and checked, row by row as the contract says."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from feedbackloop import exporting, exporting_files
from feedbackloop.cli.session import Session
from feedbackloop.config import load
from feedbackloop.manager import PluginManager
from feedbackloop.playing import Player
from feedbackloop.settings import Settings
from feedbackloop.store import Store
from feedbackloop.testing.makers import at
from file_desk import CONFIG, Typed

FIELDS = {
    "items": {"id", "kind", "created_at", "key", "source", "understanding"},
    "gaps": {
        "id", "item_id", "source", "basis", "gap_type", "touchpoint", "dimension", "segment", "expected", "experienced",
        "unit", "disconfirmation", "direction", "confidence", "evidence",
    },
    "findings": {
        "id", "group", "touchpoint", "dimension", "segment", "week", "direction", "items", "shortfalls", "share",
        "share_low", "share_high", "baseline_share", "change_low", "change_high", "p_value", "q_value", "impact", "raised",
    },
    "tasks": {
        "id", "title", "finding_id", "team", "status", "verdict", "verdict_at", "due_at", "external_id", "external_url",
        "evidence", "success_metric",
    },
    "follow-ups": {
        "id", "item_id", "customer_id", "language", "text", "feeling", "understanding", "action", "lint", "decision",
        "reason", "status", "draft", "words_changed", "side", "outcome", "created_at", "held_at", "sent_at",
    },
    "promises": {"id", "item_id", "who", "what", "said_at", "due_at", "state", "evidence"},
    "customers": {
        "id", "identities", "name", "email", "segment", "items", "languages", "channel", "preferences", "first_at", "last_at",
        "gaps", "shortfalls", "unresolved", "open_promises", "follow_ups", "unanswered_in_a_row", "asked_for_silence",
    },
    "actions": {"id", "kind", "target", "idempotency_key", "status", "attempts", "external_id", "last_error"},
    "ledger": {"id", "at", "what", "about", "decision", "reason", "by"},
}  # fmt: skip


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's twelve weeks, played in this process."""
    folder = tmp_path_factory.mktemp("played") / "shop"
    player = Player(folder, PluginManager())
    assert [report.failures for _, report in player.weeks() if report.failures] == []
    assert player.played.tasks
    return folder


@pytest.fixture
def store(played: Path) -> Iterator[Store]:
    with Store(load(played / "feedbackloop.toml").database_path) as opened:
        yield opened


def config(played: Path) -> tuple[str, str]:
    return "-c", str(played / "feedbackloop.toml")


@pytest.mark.parametrize("kind", exporting.KINDS)
def test_every_row_has_the_contracts_fields_in_every_form(
    typed: Typed, played: Path, tmp_path: Path, kind: str
) -> None:
    rows = [json.loads(line) for line in typed("export", kind, *config(played)).out.splitlines()]
    assert rows
    assert all(row.keys() >= FIELDS[kind] for row in rows)
    document = typed("export", kind, "--json", *config(played)).json
    assert (document["rows"], document["count"]) == (rows, len(rows))
    table = typed("export", kind, "--format", "csv", *config(played)).out
    assert len(list(csv.DictReader(io.StringIO(table)))) == len(rows)
    out = tmp_path / "rows.parquet"
    parquet = typed("export", kind, "--format", "parquet", "--out", str(out), *config(played))
    assert parquet.code == 0 or "feedbackloop[parquet]" in parquet.err


def test_a_span_leaves_out_what_lies_outside(store: Store) -> None:
    span = (at("2026-09-01"), at("2026-09-15"))
    for kind in exporting.KINDS:
        inside, everything = (list(exporting.rows(store, Settings(), kind, one)) for one in (span, (None, None)))
        assert len(inside) < len(everything), kind


def test_cells_that_a_spreadsheet_would_run_are_made_harmless() -> None:
    out = io.StringIO()
    dangerous = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "\x00=1"]
    exporting_files.write([{"a": text} for text in [*dangerous, "plain", 5, ["=x"]]], "csv", out)
    cells = [row["a"] for row in csv.DictReader(io.StringIO(out.getvalue(), newline=""))]
    assert cells == [*(f"'{text.replace(chr(0), '')}" for text in dangerous), "plain", "5", '["=x"]']


def first(store: Store, kind: str) -> dict[str, Any]:
    return next(iter(exporting.rows(store, Settings(), kind, (None, None))))


def test_everything_can_be_explained_by_its_id(typed: Typed, played: Path, store: Store) -> None:
    raised = next(row for row in exporting.rows(store, Settings(), "findings", (None, None)) if row["raised"])
    promise = first(store, "promises")
    held = next(row for row in exporting.rows(store, Settings(), "follow-ups", (None, None)) if row["reason"])
    ids = {
        "item": promise["item_id"],
        "task": first(store, "tasks")["id"],
        "follow_up": held["id"],
        "finding": raised["id"],
    }
    for kind, ident in ids.items():
        story = typed("explain", ident, "--json", *config(played)).json
        assert (story["kind"], bool(story["lines"]), story["ok"]) == (kind, True, True)
    action = first(store, "actions")
    assert typed("explain", action["id"], *config(played)).code == 0
    assert typed("explain", "fu-none", *config(played)).code == 2


def test_state_counts_what_stands(typed: Typed, played: Path, store: Store) -> None:
    document = typed("state", "--json", *config(played)).json
    assert all(source["caught_up"] for source in document["sources"])
    assert document["actions"]["done"] == store.outbox.counts()["done"]


# --- checks --------------------------------------------------------------------------------------------------------


@pytest.fixture
def mail_port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(Sink(), hostname="127.0.0.1", port=port)
    controller.start()
    yield port
    controller.stop()


@pytest.mark.parametrize(("security", "ok"), [("none", True), ("starttls", False), ("tls", False)])
def test_the_mail_server_is_greeted_as_configured(
    typed: Typed, desk: Path, tmp_path: Path, mail_port: int, security: str, ok: bool
) -> None:
    assert desk.exists()
    mail = f'[digest]\nsend = true\n[mail]\nhost = "127.0.0.1"\nport = {mail_port}\nsecurity = "{security}"\n'
    (tmp_path / "feedbackloop.toml").write_text(CONFIG + mail, encoding="utf-8")
    checks = {one["name"]: one for one in typed("check", "--json").json["checks"]}
    assert (checks["mail"]["ok"], bool(checks["mail"]["fix"])) == (ok, not ok)


def test_a_database_that_others_can_read_is_found_and_mended(typed: Typed, desk: Path, tmp_path: Path) -> None:
    assert desk.exists()
    typed("run")
    path = tmp_path / "feedbackloop.db"
    path.chmod(0o644)
    assert typed("check").code == 1
    assert "readable for its owner only now" in typed("check", "--repair").out
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ('[understand]\nsentiment = "nobody"\n', "scorer"),
        ('[sources.gone]\nconnector = "jsonl"\npath = "gone.jsonl"\n', "source gone: file"),
        (
            '[sources.z]\nconnector = "zendesk"\nbase_url = "http://127.0.0.1:9"\nemail = "a"\napi_token = { env = "NO" }\n',
            "source z",
        ),
        ('[loop]\ndatabase = "nowhere/x.db"\n', "database"),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(typed: Typed, desk: Path, tmp_path: Path, more: str, name: str) -> None:
    assert desk.exists()
    plain = CONFIG.replace('[loop]\ntimezone = "Europe/Berlin"\n', "") if more.startswith("[loop]") else CONFIG
    (tmp_path / "feedbackloop.toml").write_text(plain + more, encoding="utf-8")
    done = typed("check", "--json")
    wrong = {one["name"]: one for one in done.json["checks"] if not one["ok"]}
    assert done.code == 1
    assert any(key.startswith(name.partition(":")[0]) for key in wrong), wrong
    assert all(one["fix"] for one in wrong.values())


# --- score, evaluate -----------------------------------------------------------------------------------------------


def test_scorers_are_compared_with_labelled_data(typed: Typed, tmp_path: Path) -> None:
    rows = [("I love it, great help!", "positive"), ("Terrible, I am very angry.", "negative")] * 10
    file = tmp_path / "labelled.jsonl"
    file.write_text("".join(json.dumps({"text": text, "label": label, "lang": "en"}) + "\n" for text, label in rows))
    done = typed("evaluate", str(file), "--task", "sentiment", "--scorer", "auto", "--json")
    assert (done.code, done.json["ok"]) == (0, True)
    assert typed("evaluate", str(file), "--task", "sentiment", "--scorer", "nobody").code == 2
    file.write_text("nonsense\n")
    assert typed("evaluate", str(file), "--task", "sentiment").code == 2


def test_score_reads_a_file_line_by_line(typed: Typed, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"id": "1", "text": "Late again!"}\n\nnonsense\n{"id": "3"}\n', encoding="utf-8")
    done = typed("score", str(file))
    assert done.code == 1
    assert next(json.loads(line).get("id") for line in done.out.splitlines()) == "1"
    assert {failure["record"] for failure in typed("score", str(file), "--json").json["failures"]} >= {"line 3"}
    assert typed("score", str(tmp_path / "none.jsonl")).code == 2
    assert typed("score", str(file), "--scorer", "nobody").code == 2


def test_a_wrong_time_is_said(typed: Typed, desk: Path) -> None:
    assert desk.exists()
    assert "--now" in typed("run", "--now", "soon").err
    assert Session().config_path.name == "feedbackloop.toml"
