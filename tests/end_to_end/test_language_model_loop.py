"""The language model as an operator sees it: said by `check`, counted by `run`, kept out of a dry run, compared by `evaluate`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from file_desk import CONFIG, Typed, ticket, write
from model_server import ModelServer

NAME = "language_model:tiny"
TEXTS = (
    "The parcel was late again, you promised two days and it took a week.",
    "What a lovely shop, thank you!",
    "快递太慢了，等了一个星期。",
)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    made = ModelServer()
    yield made
    made.close()


@pytest.fixture
def modelled(desk: Path, server: ModelServer) -> Path:
    """A desk with three tickets, and a config with a language model."""
    write(desk, *(ticket(number, words) for number, words in enumerate(TEXTS)))
    configure(desk, server)
    return desk


def configure(desk: Path, server: ModelServer, more: str = "") -> None:
    table = f'[understand.language_model]\nbase_url = "{server.url}"\nmodel = "tiny"\n{more}'
    (desk.parent / "feedbackloop.toml").write_text(CONFIG + table, encoding="utf-8")


def understood(typed: Typed) -> dict[str, Any]:
    rows = map(json.loads, typed("export", "items", "--format", "jsonl").out.splitlines())
    return {row["id"]: row["understanding"] for row in rows}


def test_a_run_reads_with_the_model_and_counts_what_it_asked(typed: Typed, modelled: Path, server: ModelServer) -> None:
    report = typed("--json", "run").json
    assert (report["ok"], report["understood"]["items"]) == (True, 3)
    (said,) = [one for one in report["remarks"] if one.startswith("language model")]
    # three texts, each asked about twice, alone: 1,100 tokens each
    assert said == "language model tiny: 6 requests, 6 texts read, 6600 tokens"
    read = understood(typed)
    assert {one["sentiment"]["scorer"] for one in read.values()} == {NAME}
    assert read["T-0"]["expectations"][0]["expected"] == "promised two days"
    assert f"scorer {NAME}" in typed("explain", "desk/T-0").out

    server.bodies.clear()
    assert typed("understand", "--all").code == 0
    assert server.bodies == []
    assert understood(typed) == read


def test_a_run_without_an_answer_reads_with_the_rules_and_says_so(
    typed: Typed, modelled: Path, server: ModelServer
) -> None:
    server.always = "broken"
    done = typed("run")
    assert done.code == 0
    assert "6 texts read by the built-in reading instead" in done.out
    assert {one["sentiment"]["scorer"] for one in understood(typed).values()} == {"linear-en", "linear-zh"}


def test_a_dry_run_knows_earlier_answers_and_keeps_none(typed: Typed, modelled: Path, server: ModelServer) -> None:
    typed("run", "--dry-run")
    assert len(server.bodies) == 6
    assert sorted(path.name for path in modelled.parent.iterdir()) == ["desk.jsonl", "feedbackloop.toml"]
    typed("run")
    write(modelled, *(ticket(number, words, status="open") for number, words in enumerate(TEXTS)))
    kept = (modelled.parent / "feedbackloop.db.language_model").read_bytes()
    server.bodies.clear()
    typed("run", "--dry-run")
    assert server.bodies == []
    assert (modelled.parent / "feedbackloop.db.language_model").read_bytes() == kept


def test_drafts_are_reworded_before_they_wait_for_approval(typed: Typed, modelled: Path, server: ModelServer) -> None:
    configure(modelled, server, 'use_for = ["drafts"]\n')
    server.reworded = lambda data: {
        "feeling": data["feeling"].replace("sorry", "truly sorry"),
        "understanding": data["understanding"],
    }
    typed("run", "--now", "2026-11-05T10:00:00Z")
    drafts = [json.loads(line) for line in typed("export", "follow-ups", "--format", "jsonl").out.splitlines()]
    reworded = [one for one in drafts if one["polished_by"]]
    assert reworded
    assert {one["polished_by"] for one in reworded} == {NAME}
    assert all("truly sorry" in one["text"] and not one["lint"] for one in reworded)
    assert not [words for words in (*TEXTS, "Wanda", "I have sent you") if words in server.sent]
    assert f"reworded by {NAME}" in typed("review").out


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ("", "go to a server on this machine"),
        ('plain_http = true\nproxy = "http://127.0.0.1:9"\n', "leave this machine"),
    ],
)
def test_check_says_what_goes_where_and_tries_it_with_words_of_its_own(
    typed: Typed, modelled: Path, server: ModelServer, more: str, where: str
) -> None:
    if more:
        away = type("Away", (), {"url": "http://model.example.org/v1"})()
        configure(modelled, away, more)
    checks = typed("--json", "check").json["checks"]
    privacy = [one["detail"] for one in checks if one["name"] == "privacy"]
    assert len(privacy) == 1
    assert where in privacy[0]
    (state,) = [one for one in checks if one["name"] == "language model"]
    assert state["ok"] is not bool(more)
    assert not [words for words in TEXTS if words in server.sent]
    assert not (modelled.parent / "feedbackloop.db.language_model").exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("no such model", "model 'tiny' not found"),
        ("refused", "Incorrect API key provided"),
        ("words", "read 0 of 4 plain sentences of ours right, and answered 4 in no form that counts"),
        ("invented", "read 0 of 4 plain sentences of ours right, and answered 4 in no form that counts"),
        ("all neutral", "read 0 of 4 plain sentences of ours right"),
    ],
)
def test_check_says_what_the_endpoint_said(
    typed: Typed, modelled: Path, server: ModelServer, fault: str, said: str
) -> None:
    server.always = fault
    checks = typed("--json", "check").json["checks"]
    (state,) = [one for one in checks if one["name"] == "language model"]
    assert (state["ok"], said in state["detail"]) == (False, True)


def test_check_says_that_a_proxy_takes_texts_away_from_a_server_on_this_machine(
    typed: Typed, modelled: Path, server: ModelServer
) -> None:
    configure(modelled, server, 'proxy = "http://proxy.invalid:9"\n')
    checks = typed("--json", "check").json["checks"]
    assert ["leave this machine" in one["detail"] for one in checks if one["name"] == "privacy"] == [True]
    assert server.bodies == []


def test_evaluate_says_who_really_read(typed: Typed, modelled: Path, server: ModelServer, tmp_path: Path) -> None:
    labelled = tmp_path / "labelled.jsonl"
    rows = [{"text": words, "label": "negative", "lang": "en", "has_expectation": True} for words in TEXTS[:2]]
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    config = str(tmp_path / "feedbackloop.toml")
    server.always = "words"
    asked = ("-c", config, "evaluate", str(labelled), "--scorer", "language_model")
    assert "  read by linear-en: 2" in typed(*asked, "--task", "sentiment").out
    assert "  read by built-in: 2" in typed(*asked[:-2], "--task", "expectation").out
    server.always = ""
    assert "read by" not in typed(*asked, "--task", "sentiment").out
    (report,) = typed("--json", *asked, "--task", "sentiment").json["reports"]
    assert report["read_by"] == {NAME: 2}


def test_evaluate_compares_it_with_the_others(typed: Typed, modelled: Path, tmp_path: Path) -> None:
    rows = [
        {"text": words, "label": label, "lang": "en"}
        for words, label in zip(TEXTS, ("negative", "positive"), strict=False)
    ]
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    names = ("--scorer", "language_model", "--scorer", "auto")
    config = str(tmp_path / "feedbackloop.toml")
    done = typed("--json", "-c", config, "evaluate", str(labelled), "--task", "sentiment", *names)
    assert done.code == 0
    assert [one["scorer"] for one in done.json["reports"]] == ["language_model", "auto"]
    assert "language model tiny" in done.err


def test_evaluate_compares_what_it_finds_with_what_the_rules_find(
    typed: Typed, modelled: Path, server: ModelServer, tmp_path: Path
) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps({"text": TEXTS[0], "has_expectation": True, "lang": "en"}) + "\n", encoding="utf-8")
    config = str(tmp_path / "feedbackloop.toml")
    done = typed("--json", "-c", config, "evaluate", str(labelled), "--task", "expectation")
    assert [one["scorer"] for one in done.json["reports"]] == ["built-in", "language_model"]
    assert len(server.bodies) == 1


def test_without_names_evaluate_asks_no_model(
    typed: Typed, modelled: Path, server: ModelServer, tmp_path: Path
) -> None:
    labelled = tmp_path / "labelled.jsonl"
    labelled.write_text(json.dumps({"text": TEXTS[0], "label": "negative", "lang": "en"}) + "\n", encoding="utf-8")
    assert typed("-c", str(tmp_path / "feedbackloop.toml"), "evaluate", str(labelled), "--task", "sentiment").code == 0
    assert server.bodies == []


@pytest.mark.parametrize("command", [("score",), ("evaluate", "--task", "sentiment")])
def test_without_a_config_the_scorer_says_what_it_needs(typed: Typed, tmp_path: Path, command: tuple[str, ...]) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "x", "label": "neutral"}\n', encoding="utf-8")
    done = typed(*command, str(file), "--scorer", "language_model")
    assert done.code == 2
    assert "needs a config with [understand.language_model]" in done.err


def test_plugins_lists_it(typed: Typed) -> None:
    (one,) = [one for one in typed("--json", "plugins").json["plugins"] if one["name"] == "language_model"]
    assert {"score_sentiment", "find_expectations", "polish_drafts", "check_service", "after_run"} <= set(one["hooks"])
