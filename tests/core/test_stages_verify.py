"""Tasks follow what people did with them, verdicts fall on their date and once, follow-ups end with the customer's next word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from msgspec.structs import replace

from feedbackloop.errors import Refused, Retriable
from feedbackloop.records import Comparison, FollowUp, ImprovementTask, Judgement, Message, TaskState, group_key
from feedbackloop.testing.makers import finding, item, rating, task
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


# --- follow-ups ----------------------------------------------------------------------------------------------------

SENT = NOON - 10 * DAY


def sent(bench: Bench, *said: str, at: datetime = NOON - 5 * DAY, **changes: Any) -> None:
    asked = Message("m0", "customer", SENT - DAY, "Where is my parcel?")
    words = [Message(f"m{n}", "customer", at, text) for n, text in enumerate(said, 1)]
    thread = replace(item("T-1", messages=(asked, *words), when=SENT - DAY, source="desk"), **changes)
    follow_up = FollowUp(
        id="fu-1",
        item="desk/T-1",
        customer="desk/c",
        cause="late",
        language="en",
        text="Sorry.",
        status="sent",
        sent_at=SENT,
    )
    with bench.store.write():
        bench.store.items.receive([thread], NOON, "fbl-", set())
        bench.store.plans.save_follow_ups([follow_up])


def follow_up_status(bench: Bench, now: datetime = NOON) -> str:
    bench.run(now, stage="verify")
    found = bench.store.plans.follow_up("fu-1")
    assert found is not None
    return found.status


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("Thank you so much, that was great help, I am happy!", "confirmed"),
        ("This is still terrible, I am very angry and disappointed.", "reopened"),
    ],
)
def test_the_customers_next_word_closes_or_reopens_the_matter(bench: Bench, words: str, status: str) -> None:
    sent(bench, words)
    assert follow_up_status(bench) == status
    assert bench.decisions("follow_up") == [(status, "customers_next_word")]


@pytest.mark.parametrize(("value", "status"), [(5, "confirmed"), (4, "confirmed"), (3, "reopened"), (1, "reopened")])
def test_a_rating_after_it_outranks_words(bench: Bench, value: float, status: str) -> None:
    sent(bench, "ok", ratings=(rating(value, at=NOON - DAY),))  # (3 - 1) / (5 - 1) = 0.5 is not content
    assert follow_up_status(bench) == status


def test_an_automatic_answer_is_no_answer(bench: Bench) -> None:
    sent(bench)
    away = Message("m1", "customer", NOON - DAY, "I am out of office, great!", automatic=True)
    found = bench.store.items.get("desk/T-1")
    assert found is not None
    with bench.store.write():
        bench.store.items.receive([replace(found[0], messages=(*found[0].messages, away))], NOON, "fbl-", set())
    assert follow_up_status(bench) == "sent"


def test_silence_for_two_weeks_is_silence(bench: Bench) -> None:
    sent(bench)
    assert follow_up_status(bench, SENT + 14 * DAY) == "sent"
    assert follow_up_status(bench, SENT + 14 * DAY + timedelta(minutes=1)) == "unanswered"
    assert bench.decisions("follow_up") == [("unanswered", "no_answer")]


def test_an_answer_after_two_weeks_comes_too_late(bench: Bench) -> None:
    sent(bench, "Thank you, great!", at=SENT + 15 * DAY)
    assert follow_up_status(bench, SENT + 16 * DAY) == "unanswered"


def test_a_plugin_that_cannot_read_the_answer_leaves_it_for_the_next_run(bench: Bench) -> None:
    sent(bench, "Thank you")
    bench.plugins = type(bench.plugins)({"states": Connectors(States)})
    report = bench.run(stage="verify")
    assert "no plugin has the hook clean_text" in report.failures[0].error
