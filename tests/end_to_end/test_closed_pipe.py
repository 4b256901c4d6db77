"""A reader that has seen enough (`| head`) is no error: no word on stderr, exit code 0."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from file_desk import CONFIG

ROWS = 2_000
"""More than a pipe holds."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk whose reviews were pulled."""
    made = tmp_path_factory.mktemp("desk")
    rows = (
        {"id": f"R-{n}", "kind": "review", "created_at": "2026-10-01T00:00:00Z", "text": f"Late by {n} days."}
        for n in range(ROWS)
    )
    (made / "desk.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    (made / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    assert typed(made, "pull").communicate(timeout=60)[1] == b""
    return made


def typed(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "feedbackloop", *words]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_a_failure_is_not_hidden_by_a_reader_that_leaves(tmp_path: Path) -> None:
    (tmp_path / "desk.jsonl").write_text('{"id": "R-1", "kind": "review"}\n', encoding="utf-8")
    (tmp_path / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    with typed(tmp_path, "run") as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(60) == 1


@pytest.mark.parametrize("lines", [0, 1])
@pytest.mark.parametrize(
    "words",
    [("export", "items"), ("export", "items", "--format", "csv"), ("score", "desk.jsonl"), ("state",), ("plugins",)],
)
def test_a_reader_that_leaves_is_no_error(folder: Path, words: tuple[str, ...], lines: int) -> None:
    with typed(folder, *words) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for _ in range(lines):
            assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        assert (process.wait(60), said) == (0, b"")
