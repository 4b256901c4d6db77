"""How often are findings and verdicts wrong, over many invented histories? The tables are in benchmarks."""

import importlib
import math
import random
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from feedbackloop.analysis import findings
from feedbackloop.settings import Detect

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BENCHMARKS.exists(), reason="the benchmarks are not beside the tests"),
]


@pytest.fixture(scope="module")
def histories() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARKS)
        yield importlib.import_module("histories")


@pytest.fixture(scope="module")
def mending(histories: ModuleType) -> ModuleType:
    return importlib.import_module("verdicts")


def goal(rate: float, rounds: int) -> float:
    return rate + 2 * math.sqrt(rate * (1 - rate) / rounds)


@pytest.mark.parametrize(("spread", "parts"), [(0.0, False), (0.6, False), (0.3, True)])
def test_weeks_without_any_change_raise_no_more_than_the_configured_rate(
    histories: ModuleType, spread: float, parts: bool
) -> None:
    chance, detect, rounds = random.Random(11), Detect(), 200
    alarms = 0
    for _ in range(rounds):
        counts = histories.invented(chance, spread=spread, items=25, parts=parts)
        week = max(row.week for rows in counts.values() for row in rows)
        alarms += any(finding.raised for finding in findings.test_week(week, counts, detect))
    assert alarms / rounds <= goal(detect.false_discovery_rate, rounds)


def test_a_large_shift_is_seen(histories: ModuleType) -> None:
    chance, seen = random.Random(12), 0
    for _ in range(40):
        counts = histories.planted(chance, 0.15, 0.6, 50)
        week = max(row.week for rows in counts.values() for row in rows)
        seen += any(
            finding.raised and finding.touchpoint == "shifted" for finding in findings.test_week(week, counts, Detect())
        )
    assert seen / 40 >= 0.8


@pytest.mark.parametrize("lag", [1, 6])
def test_a_mending_that_did_nothing_seldom_worked(mending: ModuleType, lag: int) -> None:
    tally = mending.verdicts(600, mending.Story.nothing, lag=lag)
    assert tally.get("worked", 0) <= goal(0.025, 600)
    assert tally["naive"] > 2 * goal(0.025, 600)  # the usual test, on the same histories


def test_a_step_that_is_mended_worked(mending: ModuleType) -> None:
    step = partial(mending.Story.step, level=0.45, is_mended=True, items=80)
    assert mending.verdicts(30, step, lag=6, target=0.15)["finally worked"] >= 0.8
