"""How often are findings and verdicts wrong, over many invented histories? The tables are in benchmarks/false_alarms.py."""

import importlib.util
import math
import random
import sys
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from feedbackloop.analysis import findings
from feedbackloop.settings import Detect

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "false_alarms.py"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCHMARK.exists(), reason="the benchmarks are not beside the tests"),
]


@pytest.fixture(scope="module")
def simulated() -> ModuleType:
    spec = importlib.util.spec_from_file_location("false_alarms", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["false_alarms"] = module  # dataclasses look their module up by name
    spec.loader.exec_module(module)
    return module


def goal(rate: float, rounds: int) -> float:
    return rate + 2 * math.sqrt(rate * (1 - rate) / rounds)


@pytest.mark.parametrize("spread", [0.0, 0.6])
def test_weeks_without_any_change_raise_no_more_than_the_configured_rate(simulated: ModuleType, spread: float) -> None:
    chance, detect, rounds = random.Random(11), Detect(), 200
    alarms = 0
    for _ in range(rounds):
        counts = simulated.invented(chance, spread=spread, items=25)
        week = max(row.week for rows in counts.values() for row in rows)
        alarms += any(finding.raised for finding in findings.test_week(week, counts, detect))
    assert alarms / rounds <= goal(detect.false_discovery_rate, rounds)


def test_a_large_shift_is_seen(simulated: ModuleType) -> None:
    chance, seen = random.Random(12), 0
    for _ in range(40):
        counts = simulated.planted(chance, 0.15, 0.6, 50)
        week = max(row.week for rows in counts.values() for row in rows)
        seen += any(
            finding.raised and finding.touchpoint == "shifted" for finding in findings.test_week(week, counts, Detect())
        )
    assert seen / 40 >= 0.8


@pytest.mark.parametrize("lag", [1, 6])
def test_a_mending_that_did_nothing_seldom_worked(simulated: ModuleType, lag: int) -> None:
    tally = simulated.verdicts(600, simulated.Story.nothing, lag=lag)
    assert tally.get("worked", 0) <= goal(0.025, 600)
    assert tally["naive"] > 2 * goal(0.025, 600)  # the usual test, on the same histories


def test_a_step_that_is_mended_worked(simulated: ModuleType) -> None:
    step = partial(simulated.Story.step, level=0.45, is_mended=True, items=80)
    assert simulated.verdicts(30, step, lag=6, target=0.15)["finally worked"] >= 0.8
