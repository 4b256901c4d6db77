"""What ratings teach, as an operator sees it: the same everywhere, shown by `check` and `explain`, gone with its people."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from file_desk import Typed
from rated_desk import BAD, GOOD

RATED = 160


def reviews(first: int, last: int) -> str:
    """Write reviews with stars, one an hour: zonky is bad, floopy is good."""
    rows = []
    for number in range(first, last):
        at = f"2026-10-{1 + number // 24:02d}T{number % 24:02d}:00:00Z"
        row = {
            "id": f"R-{number}",
            "kind": "review",
            "created_at": at,
            "text": (GOOD if number % 2 else BAD).format(number),
            "customer": {"id": f"c-{number}"},
            "ratings": [{"scale": "stars", "value": 5 if number % 2 else 1, "min": 1, "max": 5, "at": at}],
        }
        rows.append(json.dumps(row) + "\n")
    return "".join(rows)


def feelings(typed: Typed) -> dict[str, Any]:
    """Say what was read from each item, and by which scorer."""
    rows = map(json.loads, typed("export", "items", "--format", "jsonl").out.splitlines())
    return {row["id"]: row["understanding"]["sentiment"] for row in rows}


def test_what_was_learned_serves_and_is_shown(typed: Typed, desk: Path) -> None:
    desk.write_text(reviews(0, RATED), encoding="utf-8")
    assert typed("pull").code == 0
    learned = typed("understand")
    assert "linear-en+local1: learned from 160 rated items" in learned.out
    assert {one["scorer"] for one in feelings(typed).values()} == {"linear-en"}

    assert typed("understand", "--all").code == 0
    read = feelings(typed)
    assert {one["scorer"] for one in read.values()} == {"linear-en+local1"}
    assert (read["R-0"]["label"], read["R-1"]["label"]) == ("negative", "positive")

    checks = typed("--json", "check").json["checks"]
    (said,) = [one["detail"] for one in checks if one["name"] == "local correction"]
    assert said.startswith("linear-en+local1, in_use: learned from 160 rated items")
    assert "corrected by this desk's ratings" in typed("explain", "desk/R-0").out


def test_other_processes_read_the_same(typed: Typed, desk: Path, tmp_path: Path) -> None:
    desk.write_text(reviews(0, RATED), encoding="utf-8")
    typed("pull")
    typed("understand")
    typed("understand", "--all")
    here = feelings(typed)
    config = tmp_path / "feedbackloop.toml"
    config.write_text(config.read_text(encoding="utf-8") + '[understand]\nexecutor = "processes"\n', encoding="utf-8")
    assert typed("understand", "--all").code == 0
    assert feelings(typed) == here
    assert {one["scorer"] for one in here.values()} == {"linear-en+local1"}


def test_who_is_forgotten_takes_along_what_they_taught(typed: Typed, desk: Path) -> None:
    desk.write_text(reviews(0, RATED), encoding="utf-8")
    typed("pull")
    typed("understand")
    forgotten = typed("--json", "forget", "--customer", "desk/c-3").json
    assert forgotten["erased"]["local_corrections"] == 1
    typed("understand")
    checks = typed("--json", "check").json["checks"]
    (said,) = [one["detail"] for one in checks if one["name"] == "local correction"]
    assert said.startswith("linear-en+local2, in_use: learned from 159 rated items")


def test_a_dry_run_learns_nothing_for_good(typed: Typed, desk: Path) -> None:
    desk.write_text(reviews(0, RATED), encoding="utf-8")
    typed("pull")
    typed("run", "--dry-run")
    assert not [one for one in typed("--json", "check").json["checks"] if one["name"] == "local correction"]
