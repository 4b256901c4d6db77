"""Killed at random moments, the loop loses nothing and does nothing twice: the desk's own journal is the truth."""

from __future__ import annotations

import importlib.util
import random
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "kills.py"


@pytest.fixture
def kills() -> ModuleType:
    if not SCRIPT.exists():
        pytest.skip("the benchmarks are not part of this installation")
    spec = importlib.util.spec_from_file_location("kills", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_eight_kills_leave_the_desk_as_an_undisturbed_run_does(kills: ModuleType, tmp_path: Path) -> None:
    chance = random.Random(20261104)
    clean = kills.play(tmp_path / "undisturbed", 20, 0, lost_answers=0.0, chance=chance)
    killed = kills.play(tmp_path / "killed", 20, 8, lost_answers=0.1, chance=chance)
    assert len(clean) > 20
    assert {what: number for what, number in killed.items() if number > 1} == {}  # nothing twice
    assert killed.keys() == clean.keys()  # nothing lost, nothing else
