"""What is planned is planned once; what people or plugins decided stands; old texts go and their figures stay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from feedbackloop import hookimpl
from feedbackloop.analysis.tasks import task_id
from feedbackloop.hookspecs import Veto
from feedbackloop.records import FollowUp, ImprovementTask, LedgerEntry
from feedbackloop.testing.makers import finding, item
from loop_bench import NOON, Bench

WEEK = "2026-W44"  # the week before NOON's
GROUP = {"touchpoint": "delivery", "dimension": "reliability"}


class Censor:
    """A plugin that strikes out everything planned."""

    @hookimpl
    def before_plan(self, tasks: Sequence[ImprovementTask], follow_ups: Sequence[FollowUp]) -> Mapping[str, Veto]:
        return {one.id: Veto("not now") for one in (*tasks, *follow_ups)}


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path).actions(tasks="review")
    with made.store.write():
        made.store.plans.save_findings(WEEK, [finding(id="find-1", week=WEEK, group=GROUP)], NOON)
    yield made
    made.store.close()


def the_task(bench: Bench) -> ImprovementTask:
    found = bench.store.plans.task(task_id(GROUP))
    assert found is not None
    return found


def test_a_finding_becomes_one_task_that_waits_for_approval(bench: Bench) -> None:
    for _ in range(3):
        bench.run(stage="plan")
    assert (the_task(bench).status, bench.statuses()) == ("proposed", ["waiting"])
    assert bench.decisions("task") == [("proposed", "new")]


def test_a_vetoed_task_is_not_planned_and_said_once(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    bench.plugins = Bench(tmp_path / "other", plugins={"censor": Censor()}).plugins
    for _ in range(2):
        bench.run(stage="plan")
    assert bench.store.plans.tasks() == []
    assert bench.decisions("task") == [("vetoed", "censor")]


def rewrite(bench: Bench) -> None:
    """Erase the quotes of the task, so that planning writes its text anew."""
    with bench.store.write():
        bench.store.plans.save_tasks([replace(the_task(bench), body="[erased]")])
    bench.run(stage="plan")


def test_an_erased_task_text_is_written_anew_from_what_is_left(bench: Bench) -> None:
    bench.run(stage="plan")
    before = bench.queued()[0].action.text
    with bench.store.write():
        bench.store.outbox.change_waiting(replace(bench.queued()[0].action, text="[erased]"))
    rewrite(bench)
    assert (the_task(bench).body, bench.queued()[0].action.text) == (before, before)


def test_a_text_that_a_person_wrote_is_kept(bench: Bench) -> None:
    bench.run(stage="plan")
    (queued,) = bench.queued()
    with bench.store.write():
        bench.store.outbox.change_waiting(replace(queued.action, text="my words"))
        bench.store.books.write_down([LedgerEntry(NOON, "review", queued.action.id, "edited", "", "Ann")])
    rewrite(bench)
    assert bench.queued()[0].action.text == "my words"


def test_a_text_that_a_person_approved_is_sent_as_it_was(bench: Bench) -> None:
    bench.run(stage="plan")
    (queued,) = bench.queued()
    with bench.store.write():
        bench.store.outbox.mark(queued.action.id, "approved")
    rewrite(bench)
    assert bench.queued()[0].action.text == queued.action.text


def test_a_rejected_task_that_is_proposed_again_waits_again(bench: Bench) -> None:
    bench.run(stage="plan")
    with bench.store.write():
        bench.store.outbox.mark(bench.queued()[0].action.id, "cancelled", "rejected")
    rewrite(bench)  # its gap grew clearly: planning proposes it again
    assert bench.statuses() == ["waiting"]


def test_old_words_go_by_age_and_it_is_said(bench: Bench) -> None:
    bench.desk.put(item("T-1", "Quillfeather was here", when=NOON - timedelta(days=800)))
    bench.desk.put(item("T-2", "Good day", when=NOON))
    report = bench.run()
    texts = {one.id: one.messages[0].text for one, _ in bench.store.items.each(None, None)}
    assert texts == {"T-1": "", "T-2": "Good day"}
    assert any("the words of 1 items" in remark for remark in report.remarks)
    assert [path.name for path in bench.store.path.parent.iterdir() if b"Quillfeather" in path.read_bytes()] == []
    assert bench.run().remarks == []
