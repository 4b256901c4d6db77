"""Improvement tasks: one a cause for ever, few at a time, and nothing changes when planning runs again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.tasks import OPEN, TaskPlan, plan_tasks, task_id
from feedbackloop.analysis.tasks_evidence import Evidence, Quote
from feedbackloop.records import Finding, ImprovementTask
from feedbackloop.settings import Settings

NOW = datetime(2026, 11, 9, 6, tzinfo=UTC)
SETTINGS = Settings.model_validate(
    {
        "teams": [
            {"name": "Logistics", "touchpoints": ["delivery"], "max_open_tasks": 2},
            {"name": "Rest", "max_open_tasks": 1},
        ]
    }
)
FINDING = Finding(
    id="find-1",
    group={"touchpoint": "delivery", "dimension": "reliability"},
    week="2026-W45",
    items=52,
    shortfalls=14,
    share=14 / 52,
    share_low=0.168,
    share_high=0.403,
    baseline_items=480,
    baseline_share=0.11,
    change_low=0.05,
    change_high=0.28,
    q_value=0.004,
    raised=True,
)


def finding(dimension: str = "reliability", touchpoint: str = "delivery", **changes: Any) -> Finding:
    group = {"touchpoint": touchpoint, "dimension": dimension}
    return replace(FINDING, **{"id": f"find-{touchpoint}-{dimension}", "group": group, **changes})


def planned(*raised: Finding, known: TaskPlan | None = None, now: datetime = NOW, **options: Any) -> TaskPlan:
    existing = {task.id: task for task in known.tasks} if known else {}
    evidence = options.pop("evidence", {})
    return plan_tasks(raised, existing, evidence, options.pop("config", SETTINGS), now, **options)


def only(plan: TaskPlan) -> ImprovementTask:
    [task] = plan.tasks
    return task


def with_status(plan: TaskPlan, status: Any, **changes: Any) -> TaskPlan:
    return TaskPlan(tuple(replace(task, status=status, **changes) for task in plan.tasks))


def reasons(plan: TaskPlan) -> list[str]:
    return [passed.reason for passed in plan.not_proposed]


def test_a_raised_finding_becomes_a_proposal_for_the_team_of_its_touchpoint() -> None:
    task = only(planned(FINDING))
    assert (task.status, task.team, task.finding_id) == ("proposed", "Logistics", "find-1")
    assert (task.raised_week, task.updated_week) == ("2026-W45", "2026-W45")
    assert task.due_at == NOW + timedelta(days=14)
    assert task.priority == pytest.approx(52 * (14 / 52 - 0.11))  # 14 - 5.72 = 8.28


def test_the_id_is_made_from_the_group_alone() -> None:
    other_order = dict(reversed(FINDING.group.items()))
    assert task_id(FINDING.group) == task_id(other_order)
    assert task_id(FINDING.group) != task_id({"touchpoint": "delivery"})
    assert task_id({"touchpoint": "delivery", "dimension": "reliability"}) == "task-c9a039df738f"


def test_planning_again_with_its_own_result_changes_nothing() -> None:
    first = planned(FINDING, finding("empathy"))
    assert planned(FINDING, finding("empathy"), known=first, now=NOW + timedelta(days=3)).tasks == ()


def test_a_priority_that_moves_is_no_change_of_the_task() -> None:
    first = planned(FINDING)
    assert planned(FINDING, known=first, priority=lambda f: -3.0).tasks == ()


def test_a_later_week_updates_the_task_and_keeps_its_due_date_and_status() -> None:
    first = with_status(planned(FINDING), "open", external_id="77")
    later = replace(FINDING, id="find-2", week="2026-W46", shortfalls=20, share=20 / 52)
    task = only(planned(later, known=first, now=NOW + timedelta(days=7)))
    assert (task.status, task.external_id, task.due_at) == ("open", "77", NOW + timedelta(days=14))
    assert (task.raised_week, task.updated_week, task.finding_id) == ("2026-W45", "2026-W46", "find-2")
    assert "20 of 52" in task.body and task.title == first.tasks[0].title


def test_an_earlier_week_changes_nothing() -> None:
    first = planned(FINDING)
    assert reasons(planned(replace(FINDING, id="old", week="2026-W40"), known=first)) == ["older_week"]


def test_of_one_group_only_the_newest_week_counts() -> None:
    older = replace(FINDING, id="find-0", week="2026-W44")
    for order in ((older, FINDING), (FINDING, older)):
        plan = planned(*order)
        assert only(plan).finding_id == "find-1"
        assert reasons(plan) == ["older_week"]


@pytest.mark.parametrize(
    ("changes", "reason"), [({"raised": False}, "not_raised"), ({"direction": "better"}, "not_worse")]
)
def test_what_is_noise_or_delight_becomes_no_task(changes: dict[str, Any], reason: str) -> None:
    plan = planned(replace(FINDING, **changes))
    assert plan.tasks == () and reasons(plan) == [reason]


class TestRoom:
    DIMENSIONS = ("reliability", "responsiveness", "empathy")

    def findings(self) -> list[Finding]:
        # excess items 3 x 1, 3 x 2, 3 x 3: the last one is the worst
        return [finding(d, share=0.11 + n * 0.1, items=30) for n, d in enumerate(self.DIMENSIONS, start=1)]

    def test_the_worst_are_proposed_and_the_rest_is_seen(self) -> None:
        plan = planned(*self.findings())
        assert [(t.group["dimension"], t.status) for t in plan.tasks] == [
            ("empathy", "proposed"),
            ("responsiveness", "proposed"),
            ("reliability", "seen"),
        ]
        assert reasons(plan) == ["team_full"]

    def test_open_tasks_are_not_displaced_by_worse_ones(self) -> None:
        mild, middle, worst = self.findings()
        first = planned(mild, middle)
        plan = planned(worst, known=first)
        assert only(plan).status == "seen"

    def test_a_seen_task_is_proposed_when_there_is_room_and_gets_its_due_date_then(self) -> None:
        first = planned(*self.findings())
        solved = TaskPlan(tuple(replace(t, status="done") if t.status == "proposed" else t for t in first.tasks))
        later = NOW + timedelta(days=7)
        seen = replace(self.findings()[0], week="2026-W46")
        task = only(planned(seen, known=solved, now=later))
        assert (task.status, task.due_at) == ("proposed", later + timedelta(days=14))

    def test_each_team_has_its_own_room(self) -> None:
        plan = planned(*self.findings(), finding(touchpoint="payment"), finding("empathy", "payment"))
        proposed = sorted(t.team for t in plan.tasks if t.status == "proposed")
        assert proposed == ["Logistics", "Logistics", "Rest"]

    def test_without_teams_everybody_owns_up_to_five(self) -> None:
        groups = [finding(d, t) for t in ("a", "b") for d in self.DIMENSIONS]
        plan = planned(*groups, config=Settings())
        assert {t.team for t in plan.tasks} == {"everyone"}
        assert [t.status for t in plan.tasks].count("proposed") == 5

    def test_a_team_that_no_longer_exists_hands_its_task_over(self) -> None:
        first = planned(FINDING)
        gone = Settings.model_validate({"teams": [{"name": "Transport", "touchpoints": ["delivery"]}]})
        assert only(planned(replace(FINDING, week="2026-W46"), known=first, config=gone)).team == "Transport"

    @pytest.mark.parametrize("status", ["proposed", "approved", "open", "reopened"])
    def test_all_that_is_not_finished_takes_room(self, status: Any) -> None:
        full = with_status(planned(*self.findings()[:2]), status)
        assert only(planned(finding("tangibles"), known=full)).status == "seen"

    @pytest.mark.parametrize("status", ["done", "verified", "rejected", "seen"])
    def test_what_is_finished_or_refused_takes_none(self, status: Any) -> None:
        free = with_status(planned(*self.findings()[:2]), status)
        assert only(planned(finding("tangibles"), known=free)).status == "proposed"

    def test_another_priority_gives_another_order(self) -> None:
        plan = planned(*self.findings(), priority=lambda f: -f.share)
        assert [t.group["dimension"] for t in plan.tasks] == list(self.DIMENSIONS)


class TestRejected:
    LATER = replace(FINDING, id="find-2", week="2026-W46")

    def test_stays_rejected(self) -> None:
        known = with_status(planned(FINDING), "rejected")
        plan = planned(self.LATER, known=known, earlier={"find-1": FINDING})
        assert plan.tasks == () and reasons(plan) == ["rejected"]

    def test_comes_back_when_the_gap_grew_clearly(self) -> None:
        known = with_status(planned(FINDING), "rejected")
        # then 17-40 %; now 45-70 %: the intervals no longer touch
        grown = replace(self.LATER, share=0.58, share_low=0.45, share_high=0.70)
        assert only(planned(grown, known=known, earlier={"find-1": FINDING})).status == "proposed"
        touching = replace(grown, share_low=0.403)
        assert planned(touching, known=known, earlier={"find-1": FINDING}).tasks == ()

    def test_stays_rejected_where_nobody_knows_how_it_was(self) -> None:
        known = with_status(planned(FINDING), "rejected")
        assert reasons(planned(replace(self.LATER, share_low=0.9), known=known)) == ["rejected"]


class TestAfterItIsDone:
    LATER = replace(FINDING, id="find-2", week="2026-W52")

    def test_a_done_task_waits_for_its_verdict(self) -> None:
        known = with_status(planned(FINDING), "done", done_at=NOW)
        assert reasons(planned(self.LATER, known=known)) == ["waiting_for_verdict"]

    def test_a_verified_task_is_reopened_by_a_later_week(self) -> None:
        verdict_at = datetime(2026, 12, 9, tzinfo=UTC)  # 2026-W50
        known = with_status(planned(FINDING), "verified", done_at=NOW, verdict="worked", verdict_at=verdict_at)
        assert reasons(planned(replace(self.LATER, week="2026-W50"), known=known)) == ["raised_before_verdict"]
        task = only(planned(self.LATER, known=known))
        assert (task.status, task.done_at, task.verdict) == ("reopened", NOW, None)
        assert task.raised_week == self.LATER.week  # the next verdict is about this trouble
        assert planned(self.LATER, known=TaskPlan((task,))).tasks == ()

    def test_a_task_of_which_nobody_could_tell_is_closed_and_comes_back_like_a_verified_one(self) -> None:
        verdict_at = datetime(2026, 12, 9, tzinfo=UTC)  # 2026-W50
        known = with_status(planned(FINDING), "done", done_at=NOW, verdict="cannot_tell", verdict_at=verdict_at)
        assert reasons(planned(replace(self.LATER, week="2026-W50"), known=known)) == ["raised_before_verdict"]
        assert only(planned(self.LATER, known=known)).status == "reopened"

    def test_a_verified_task_stays_verified_while_its_team_is_full(self) -> None:
        full = planned(finding("empathy"), finding("tangibles"))
        verified = replace(only(planned(FINDING)), status="verified", verdict_at=NOW)
        plan = planned(self.LATER, known=TaskPlan((*full.tasks, verified)))
        assert plan.tasks == () and reasons(plan) == ["team_full"]


def test_delight_asks_for_no_task() -> None:
    delight = replace(FINDING, id="find-9", direction="better", counted="better")
    assert planned(delight) == TaskPlan()
    both = planned(FINDING, delight)
    assert [task.finding_id for task in both.tasks] == [FINDING.id]  # nor does it hide the pain of its own group


def test_a_part_of_a_group_whose_task_is_in_work_is_the_same_cause_months_later() -> None:
    part = replace(FINDING, id="find-2", week="2027-W20", group={**FINDING.group, "segment": "gold"})
    for status in ("open", "done"):
        known = with_status(planned(FINDING), status)
        assert reasons(planned(part, known=known)) == ["same_cause"]
    assert only(planned(part, known=with_status(planned(FINDING), "rejected"))).group == part.group


def test_evidence_adds_up_newest_first_each_once() -> None:
    first = planned(FINDING, evidence={"find-1": Evidence(items=("s/1", "s/2"))})
    later = replace(FINDING, id="find-2", week="2026-W46")
    task = only(planned(later, known=first, evidence={"find-2": Evidence(items=("s/3", "s/2"))}))
    assert task.evidence == ("s/3", "s/2", "s/1")


def test_a_task_is_filed_where_the_config_says_else_where_its_items_are() -> None:
    evidence = {"find-1": Evidence(source="support")}
    assert only(planned(FINDING, evidence=evidence)).source == "support"
    elsewhere = Settings.model_validate({"actions": {"tasks_in": "board"}})
    assert only(planned(FINDING, evidence=evidence, config=elsewhere)).source == "board"


def test_a_task_speaks_its_team_s_language() -> None:
    config = Settings.model_validate({"teams": [{"name": "物流", "touchpoints": ["delivery"], "language": "zh"}]})
    task = only(planned(FINDING, config=config, evidence={"find-1": Evidence(quotes=(Quote("late", "s/1"),))}))
    assert task.title == "配送：答应的事没有做到" and "负责：物流" in task.body


findings = st.builds(
    lambda d, t, week, share, raised, direction: finding(
        d, t, id=f"{t}{d}{week}", week=f"2026-W{week}", share=share, raised=raised, direction=direction
    ),
    st.sampled_from(["reliability", "empathy", "tangibles"]),
    st.sampled_from(["delivery", "payment"]),
    st.integers(40, 44),
    st.floats(0, 1),
    st.booleans(),
    st.sampled_from(["worse", "better"]),
)


@given(st.lists(st.lists(findings, max_size=6, unique_by=lambda f: f.id), max_size=4), st.randoms())
@settings(max_examples=60, deadline=None)
def test_over_any_weeks_no_team_is_flooded_and_no_task_doubled(weeks: list[list[Finding]], random: Any) -> None:
    known: dict[str, ImprovementTask] = {}
    for raised in weeks:
        plan = plan_tasks(raised, known, {}, SETTINGS, NOW)
        shuffled = random.sample(raised, len(raised))
        assert plan_tasks(shuffled, known, {}, SETTINGS, NOW).tasks == plan.tasks
        known |= {task.id: task for task in plan.tasks}
        assert plan_tasks(raised, known, {}, SETTINGS, NOW).tasks == ()
    for team, room in (("Logistics", 2), ("Rest", 1)):
        assert sum(task.team == team and task.status in OPEN for task in known.values()) <= room
    assert all(name == task.id == task_id(task.group) for name, task in known.items())
