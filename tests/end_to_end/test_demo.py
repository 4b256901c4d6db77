"""Does the demo tell its story, that a promise breaks, is found and is mended, and is nobody pestered on the way?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.clock import week_of

quickstart = pytest.importorskip("feedbackloop_quickstart", reason="not installed: pip install -e .")
pytestmark = pytest.mark.slow


def play(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "feedbackloop", *options, "demo", folder.name]
    return subprocess.run(command, cwd=folder.parent, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo") / "shop"


@pytest.fixture(scope="module")
def report(shop: Path) -> dict[str, Any]:
    done = play(shop, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def written(shop: Path, report: dict[str, Any]) -> list[dict[str, Any]]:
    """All that the loop wrote back to the three sources."""
    lines = [line for path in sorted(shop.glob("*.actions.jsonl")) for line in path.read_text().splitlines()]
    return [row for row in map(json.loads, lines) if row.get("key")]


def exported(shop: Path, kind: str) -> list[dict[str, Any]]:
    command = [sys.executable, "-m", "feedbackloop", "-c", str(shop / "feedbackloop.toml"), "export", kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_broken_promise_is_found_in_its_first_week_and_nothing_else_is(report: dict[str, Any]) -> None:
    found = [(one["week"], one["group"]) for one in report["findings"]]
    assert found[0][0] == quickstart.BREAKS
    # raised again while it lasts, of all or of the source that shows it most, and nothing else is
    cause = {"touchpoint": "delivery", "dimension": "reliability"}
    assert all({name: group[name] for name in group.keys() - {"source"}} == cause for _, group in found)
    assert all(week < week_of(quickstart.MENDED_AT) for week, _ in found)


def test_the_finding_becomes_one_task_of_its_team_and_the_verdict_is_that_it_worked(
    shop: Path, report: dict[str, Any]
) -> None:
    (task,) = exported(shop, "tasks")
    assert (task["team"], task["status"], task["verdict"]) == ("Logistics", "verified", "worked")
    assert [one["verdict"] for one in report["verdicts"]] == ["worked"]


def test_the_finding_says_how_sure_it_is(shop: Path, report: dict[str, Any]) -> None:
    finding = next(one for one in exported(shop, "findings") if one["raised"])
    # About 18 of 40 in that week against 1 of 10 before.
    assert finding["share_low"] > finding["baseline_share"]
    assert finding["change_low"] > 0
    assert finding["q_value"] < 0.10


def test_restraint_is_seen_with_its_reasons(report: dict[str, Any]) -> None:
    assert {"contacted_recently", "opted_out", "quiet_hours"} <= set(report["held_back_reasons"])


def test_nobody_who_wants_no_contact_is_written_to(shop: Path, written: list[dict[str, Any]]) -> None:
    tickets = [json.loads(line) for line in (shop / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]
    alone = {one["id"] for one in tickets if "no_contact" in one["customer"].get("tags", ())}
    replied = {one["item"] for one in written if one["kind"] == "reply"}
    assert alone
    assert replied
    assert not alone & replied


def test_nothing_is_written_twice(written: list[dict[str, Any]]) -> None:
    keys = Counter(one["key"] for one in written)
    assert [key for key, count in keys.items() if count > 1] == []
    causes = Counter((one["item"], one["key"].split(":")[2]) for one in written if one["kind"] == "reply")
    assert max(causes.values()) == 1  # one for each item and cause: what went wrong, and that it is mended now


def test_a_customer_is_written_to_at_most_once_in_thirty_days(shop: Path, written: list[dict[str, Any]]) -> None:
    tickets = [json.loads(line) for line in (shop / "tickets.jsonl").read_text(encoding="utf-8").splitlines()]
    people = {one["id"]: one["customer"] for one in tickets if "vip" not in one["customer"].get("tags", ())}
    days: dict[str, list[str]] = {}
    for one in written:
        if one["kind"] == "reply" and one["item"] in people:
            days.setdefault(people[one["item"]]["id"], []).append(one["at"])
    gaps = [later - earlier for at in days.values() for earlier, later in pairwise(sorted(map(_day, at)))]
    assert gaps, "nobody was written to twice: the cap was not tried"
    assert min(gaps) >= 30


def _day(moment: str) -> int:
    return datetime.fromisoformat(moment).toordinal()


def test_the_digests_lie_where_the_report_says(shop: Path, report: dict[str, Any]) -> None:
    endings = Counter(Path(file).suffix for file in report["files"])
    assert endings[".html"] == endings[".txt"] == endings[".eml"] >= 2
    assert all((shop.parent / file).is_file() for file in report["files"])


def test_playing_it_again_gives_the_same_digests(shop: Path, report: dict[str, Any], tmp_path: Path) -> None:
    again = play(tmp_path / "shop")
    assert again.returncode == 0, again.stderr
    for file in report["files"]:
        assert (tmp_path / file).read_bytes() == (shop.parent / file).read_bytes(), file


def test_it_ends_with_a_summary_and_the_digest_to_open(tmp_path: Path) -> None:
    done = play(tmp_path / "shop")
    last = done.stdout.rstrip().splitlines()[-1]
    assert "verified: Delivery" in done.stdout
    assert "shop/digest-" in last
    assert done.stderr == "" or "weeks" in done.stderr


def test_it_touches_no_folder_that_holds_somebodys_own_config(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "feedbackloop.toml").write_text('[sources.a]\nconnector = "jsonl"\n')

    done = play(folder)

    assert done.returncode == 2
    assert [path.name for path in folder.iterdir()] == ["feedbackloop.toml"]
