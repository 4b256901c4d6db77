"""Tasks follow what people did with them, and verdicts fall on their date and once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest

from feedbackloop.errors import Refused, Retriable
from feedbackloop.records import Comparison, ImprovementTask, Judgement, TaskState, group_key
from feedbackloop.testing.makers import finding, item, task
from feedbackloop.testing.memory import MemoryConnector
from loop_bench import NOON, Bench, Connectors

DAY = timedelta(days=1)


class States(MemoryConnector):
    """A desk that says of tasks what the test wrote down."""

    name: ClassVar[str] = "states"
    states: ClassVar[list[TaskState] | Exception] = []

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        if isinstance(States.states, Exception):
            raise States.states
        return [state for state in States.states if state.external_id in ids]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    States.states = []
    made = Bench(tmp_path, kind="states", plugins={"states": Connectors(States)})
    yield made
    made.store.close()


def filed(bench: Bench, **changes: Any) -> None:
    """Put an improvement task in that stands in the source."""
    fields = {"source": "desk", "external_id": "X-1", "raised_week": "2026-W30", "updated_week": "2026-W30"} | changes
    with bench.store.write():
        bench.store.plans.save_tasks([task(**fields)])
        bench.store.plans.save_findings("2026-W30", [finding(id="find-1", week="2026-W30")], NOON)


def says(status: Any, at: datetime | None = None) -> None:
    States.states = [TaskState(external_id="X-1", status=status, at=at)]


def seen(bench: Bench) -> ImprovementTask:
    found = bench.store.plans.task("task-1")
    assert found is not None
    return found


# --- where tasks stand ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("approved", "done", "done"),
        ("open", "done", "done"),
        ("open", "open", "open"),
        ("open", "rejected", "rejected"),
        ("reopened", "missing", "rejected"),
        ("done", "open", "reopened"),
        ("verified", "open", "reopened"),
        ("rejected", "open", "reopened"),
        ("rejected", "rejected", "rejected"),
        ("verified", "done", "verified"),
    ],
)
def test_a_task_follows_what_people_did_with_it(bench: Bench, before: str, said: str, after: str) -> None:
    filed(bench, status=before, done_at=NOON - DAY if before in {"done", "verified"} else None)
    says(said, NOON)
    bench.run(stage="verify")
    assert seen(bench).status == after


def test_what_changes_nothing_is_not_written_down_again(bench: Bench) -> None:
    filed(bench)
    says("done", NOON - DAY)
    for hours in range(3):
        bench.run(NOON + timedelta(hours=hours), stage="verify")
    assert bench.decisions("task") == [("done", "source_says_done")]


def test_the_date_of_the_verdict_is_fixed_when_the_task_is_done(bench: Bench) -> None:
    filed(bench)
    says("done", NOON - DAY)
    report = bench.run(stage="verify")
    done = seen(bench)
    assert (done.status, done.verdict, done.done_at) == ("done", "too_early", NOON - DAY)
    assert done.verdict_due_at is not None and done.verdict_due_at > NOON
    assert report.verified["too_early"] == 1


def test_a_task_taken_up_again_by_people_has_no_verdict_any_more(bench: Bench) -> None:
    filed(bench)
    says("done", NOON - DAY)
    bench.run(stage="verify")
    says("open")
    bench.run(NOON + DAY, stage="verify")
    again = seen(bench)
    assert (again.status, again.verdict, again.done_at, again.verdict_due_at) == ("reopened", None, None, None)


def test_what_will_be_done_later_than_now_is_not_seen_yet(bench: Bench) -> None:
    filed(bench)
    says("done", NOON + DAY)
    bench.run(stage="verify")
    assert seen(bench).status == "open"


@pytest.mark.parametrize("error", [Retriable("503"), ZeroDivisionError("a bug")])
def test_a_source_that_cannot_tell_stops_nothing_else(bench: Bench, error: Exception) -> None:
    filed(bench)
    States.states = error
    report = bench.run(stage="verify")
    assert [failure.stage for failure in report.failures] == ["verify"]
    assert seen(bench).status == "open"


def test_a_source_that_refused_us_is_not_asked_about_tasks(bench: Bench) -> None:
    filed(bench)
    States.states = Refused("401")
    bench.desk.lock_out()
    assert [failure.stage for failure in bench.run().failures] == ["pull"]


# --- verdicts ------------------------------------------------------------------------------------------------------


def counted(bench: Bench, worse_after: int) -> None:
    """Fill twenty weeks: ten of twenty fell short before, so many of twenty after week 31; others stay at five of twenty."""
    groups = {
        group_key(task().group): lambda week: 10 if week <= 31 else worse_after,
        group_key({"touchpoint": "billing", "dimension": "empathy"}): lambda week: 5,
        group_key({"touchpoint": "website", "dimension": "tangibles"}): lambda week: 5,
    }
    for name, worse_in in groups.items():
        for week in range(18, 45):
            judged(bench, name, f"2026-W{week:02d}", worse_in(week))


def judged(bench: Bench, group: str, week: str, worse: int) -> None:
    items = [item(f"{week}-{number}-{group}", source="desk") for number in range(20)]
    comparisons = [
        Comparison(item=one.key, judgements=(Judgement(group, week, worse=number < worse),))
        for number, one in enumerate(items)
    ]
    with bench.store.write():
        bench.store.items.receive(items, NOON, "fbl-", set())
        bench.store.judgements.save(comparisons, bench.settings.loop.zone)


DONE_AT = datetime.fromisoformat("2026-07-30T12:00:00+00:00")  # in week 31


def test_a_gap_that_closed_is_verified(bench: Bench) -> None:
    counted(bench, worse_after=1)
    filed(bench)
    says("done", DONE_AT)
    report = bench.run(stage="verify")
    assert (seen(bench).status, seen(bench).verdict) == ("verified", "worked")
    assert report.verified["worked"] == 1


def test_a_gap_that_grew_reopens_the_task_once_with_the_evidence(bench: Bench) -> None:
    counted(bench, worse_after=18)
    filed(bench)
    bench.actions(tasks="auto")
    says("done", DONE_AT)
    first = bench.run(stage="verify")
    assert (seen(bench).status, seen(bench).verdict) == ("reopened", "worse")
    assert first.verified["worse"] == 1
    (update,) = bench.queued()
    assert "worse" in update.action.text
    again = bench.run(NOON + DAY, stage="verify")  # in the source it still stands as done
    assert (seen(bench).status, again.verified["worse"]) == ("reopened", 0)
    says("open")
    bench.run(NOON + 2 * DAY, stage="verify")
    says("done", NOON + 3 * DAY)
    bench.run(NOON + 4 * DAY, stage="verify")
    assert (seen(bench).status, seen(bench).done_at) == ("done", NOON + 3 * DAY)
