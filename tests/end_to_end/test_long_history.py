"""One cause is one task for ever: over months, reruns, a touchpoint renamed in the source, and trouble that comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from feedbackloop.records import ImprovementTask, Item
from feedbackloop.testing.makers import item
from loop_bench import Bench

FIRST = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""The Monday of 2026-W02."""
WEEK = timedelta(weeks=1)
RENAMED = 24
"""From this week on the source calls Deliveries Shipping."""
USUAL = {"Deliveries": 25, "Returns": 25, "Billing": 30}
GOLD = 8
"""So many of a touchpoint's items a week are of gold customers."""


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path).actions(tasks="auto", notes="off")
    made.desk.page_size = 500
    made.raw["standards"] = [{"name": "in time", "metric": "due", "dimension": "reliability"}]
    made.raw["segments"] = [{"name": "gold", "tags": ["vip"]}]
    made.raw["sources"]["desk"]["touchpoint_field"] = "category"
    yield made
    made.store.close()


def week_of_cases(week: int, touchpoint: str, called: str, late: int) -> Iterator[Item]:
    """Make one week's cases of one touchpoint; the first ones are late, every third item is a gold customer's."""
    monday = FIRST + week * WEEK
    for number in range(USUAL[touchpoint]):
        is_late = number < late
        made = item(f"{touchpoint}-{week}-{number}", when=monday + timedelta(hours=number % 40))
        yield replace(
            made,
            status="solved",
            due_at=made.created_at + timedelta(hours=24),
            solved_at=made.created_at + timedelta(hours=60 if is_late else 12),
            fields={"category": called},
            tags=("vip",) if number % (USUAL[touchpoint] // GOLD) == 0 else (),
        )


def live(bench: Bench, week: int, *, late: int, called: str = "") -> None:
    """Let one week pass, with so many deliveries late, and run the loop twice on the Monday after."""
    for touchpoint in USUAL:
        name = called or ("Shipping" if week >= RENAMED else "Deliveries") if touchpoint == "Deliveries" else touchpoint
        usual = 2 + week % 3
        for one in week_of_cases(week, touchpoint, name, late if touchpoint == "Deliveries" else usual):
            bench.desk.put(one)
    for hour in (6, 7):
        report = bench.run(FIRST + (week + 1) * WEEK + timedelta(days=3, hours=hour))
        assert report.ok


def tasks(bench: Bench) -> list[ImprovementTask]:
    return bench.store.plans.tasks()


def filed(bench: Bench) -> int:
    return sum(action.kind == "task" for action in bench.desk.done)


@pytest.mark.slow
def test_one_cause_is_one_task_through_a_renaming_and_back_again(bench: Bench) -> None:
    for week in range(16):
        live(bench, week, late=2 + week % 3)
    assert tasks(bench) == []
    for week in range(16, RENAMED):
        live(bench, week, late=14)
    (task,) = tasks(bench)
    assert (task.status, task.group["touchpoint"], filed(bench)) == ("open", "Deliveries", 1)

    for week in range(RENAMED, RENAMED + 4):  # the source has another name for it
        live(bench, week, late=14)
    (same,) = tasks(bench)
    assert (same.id, same.group["touchpoint"]) == (task.id, "Shipping")
    assert ("renamed", "before: Deliveries") in bench.decisions("touchpoint")

    bench.desk.finish_task(str(task.external_id))
    for week in range(RENAMED + 4, RENAMED + 22):
        live(bench, week, late=2 + week % 3)
    (verified,) = tasks(bench)
    assert (verified.status, verified.verdict) == ("verified", "worked")  # the weeks under both names were compared

    for week in range(RENAMED + 22, RENAMED + 25):
        live(bench, week, late=16)  # and it comes back
    (again,) = tasks(bench)
    assert (again.id, again.status, filed(bench)) == (task.id, "reopened", 1)


@pytest.mark.slow
def test_old_items_under_the_new_name_too_are_the_same_touchpoint(bench: Bench) -> None:
    for week in range(16):
        live(bench, week, late=2 + week % 3)
    live(bench, 16, late=16)
    (task,) = tasks(bench)
    for week in range(17):  # the source renames all items that it has
        for one in week_of_cases(week, "Deliveries", "Shipping", 16 if week == 16 else 2 + week % 3):
            bench.desk.put(one)
    live(bench, 17, late=16, called="Shipping")
    (same,) = tasks(bench)
    assert (same.id, same.group["touchpoint"], same.updated_week > task.updated_week) == (task.id, "Shipping", True)
    assert filed(bench) == 1
