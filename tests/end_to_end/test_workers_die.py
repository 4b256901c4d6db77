"""A text that kills the process that reads it costs that one record: it is set aside by name, the others are read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from file_desk import CONFIG

KILLER = """
import os

from feedbackloop import hookimpl


@hookimpl(tryfirst=True)
def clean_text(texts):
    if any("deadly" in text.text for text in texts):
        os._exit(9)
"""
ITEMS = 450
"""Three batches, so that innocent ones are under way when a process dies."""


def install(folder: Path, source: str) -> None:
    """Install a stranger's plugin."""
    info = folder / "killer-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: killer\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[feedbackloop]\nkiller = killer\n", encoding="utf-8")
    (folder / "killer.py").write_text(source, encoding="utf-8")


def understand(folder: Path, deadly: set[int]) -> dict[str, Any]:
    """Read reviews, some of them deadly, in processes of their own; gives the report and the exit code."""
    rows = [
        {
            "id": f"R-{number}",
            "kind": "review",
            "created_at": "2026-10-01T00:00:00Z",
            "text": f"The tea is {'deadly' if number in deadly else 'lovely'}, and it came {number} days late.",
        }
        for number in range(ITEMS)
    ]
    (folder / "desk.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    config = CONFIG + '[understand]\nexecutor = "processes"\n'
    (folder / "feedbackloop.toml").write_text(config, encoding="utf-8")
    typed(folder, "pull")
    done = typed(folder, "--json", "understand")
    return {**json.loads(done.stdout), "code": done.returncode, "err": done.stderr}


def typed(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "feedbackloop", *words]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("deadly", [set(), {0}, {449}, {7, 230}])
def test_each_record_that_kills_its_process_is_set_aside_and_no_other(tmp_path: Path, deadly: set[int]) -> None:
    install(tmp_path, KILLER)
    report = understand(tmp_path, deadly)
    assert report["understood"]["items"] == ITEMS - len(deadly)
    failed = {one["record"]: one["error"] for one in report["failures"]}
    assert set(failed) == {f"desk/R-{number}" for number in deadly}
    assert all("the process that read it died" in error for error in failed.values())
    assert report["code"] == bool(deadly)


def test_processes_that_die_over_everything_end_the_run_with_advice(tmp_path: Path) -> None:
    install(tmp_path, KILLER)
    report = understand(tmp_path, set(range(ITEMS)))
    assert report["code"] == 2
    assert 'Set executor = "local"' in report["err"]
