"""The command line as a user types it, in a folder with one source."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from feedbackloop.cli import main
from file_desk import CONFIG, Done, Typed


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Type a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FEEDBACKLOOP_CONFIG", raising=False)

    def call(*words: str) -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["feedbackloop", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        code = ended.value.code
        return Done(code if isinstance(code, int) else 0, shown.out, shown.err)

    return call


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A config with one source: a file of JSON lines, empty at first."""
    (tmp_path / "feedbackloop.toml").write_text(CONFIG, encoding="utf-8")
    path = tmp_path / "desk.jsonl"
    path.write_text("", encoding="utf-8")
    return path
