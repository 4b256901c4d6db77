"""One shift that shows in a group and in a part of it becomes one task."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.tasks import OPEN, TaskPlan, plan_tasks, task_id
from feedbackloop.analysis.tasks_cause import explains, is_part
from feedbackloop.analysis.tasks_evidence import Evidence
from feedbackloop.records import Finding
from feedbackloop.settings import Settings

NOW = datetime(2026, 11, 9, tzinfo=UTC)
GROUP = {"touchpoint": "delivery", "dimension": "reliability"}


def finding(items: int, shortfalls: int, *, week: str = "2026-W45", **more: str) -> Finding:
    """Make a finding of 10 % baseline; `more` narrows the group."""
    share = shortfalls / items
    group = {**GROUP, **more}
    name = "find-" + "-".join(more.values()) + week
    return Finding(
        id=name,
        group=group,
        week=week,
        items=items,
        shortfalls=shortfalls,
        share=share,
        share_low=share,
        share_high=share,
        baseline_share=0.1,
        raised=True,
    )


WHOLE = finding(100, 30)  # 20 more than expected


def planned(*raised: Finding, known: TaskPlan | None = None, **changes: Any) -> TaskPlan:
    existing = {task.id: replace(task, **changes) for task in known.tasks} if known else {}
    return plan_tasks(raised, existing, {}, Settings(), NOW)


def proposed(plan: TaskPlan) -> list[dict[str, str]]:
    return [task.group for task in plan.tasks if task.status == "proposed"]


class TestExplains:
    def test_a_part_with_most_of_the_extra_and_few_of_the_items(self) -> None:
        # 30 items, 18 short, 15 more than expected: 75 % of the extra, 30 % of the items
        assert explains(finding(30, 18, company="ACME"), WHOLE)

    def test_not_a_part_that_is_nearly_everything(self) -> None:
        # 95 items, 29 short, 19.5 more: 97 % of the extra, 95 % of the items
        assert not explains(finding(95, 29, segment="standard"), WHOLE)

    def test_not_a_part_with_less_than_most(self) -> None:
        # 20 items, 13 short, 11 more: 55 %
        assert not explains(finding(20, 13, company="ACME"), WHOLE)

    def test_not_a_part_beside_which_the_rest_rose_too(self) -> None:
        # 60 items, 24 short, 18 more of the 26 more of 100: 69 %; but the other 40 went from 10 % to 30 % as well
        part, whole = finding(60, 24, source="shop"), finding(100, 36)
        narrow = replace(finding(40, 28, source="shop"), baseline_items=400)
        broad = replace(finding(100, 46), baseline_items=1000)
        assert not explains(part, whole)
        assert not explains(narrow, broad)  # 18 of 60 left, against 60 of 600
        assert explains(narrow, replace(broad, shortfalls=35, share=0.35))  # 7 of 60 left

    def test_not_a_part_of_another_week_or_of_a_whole_without_extra(self) -> None:
        assert not explains(finding(30, 18, company="ACME", week="2026-W44"), WHOLE)
        assert not explains(finding(30, 18, company="ACME"), finding(100, 10))


def test_a_group_is_part_of_one_with_fewer_conditions_on_the_same_touchpoint() -> None:
    assert is_part({**GROUP, "company": "ACME"}, GROUP)
    assert not is_part(GROUP, GROUP)
    assert not is_part(GROUP, {**GROUP, "company": "ACME"})
    assert not is_part(GROUP, {"dimension": "reliability"})  # that one counts items without a touchpoint
    assert not is_part({**GROUP, "company": "ACME"}, {**GROUP, "company": "Other"})


def test_the_part_that_explains_the_whole_gets_the_task() -> None:
    part = finding(30, 18, company="ACME")
    plan = planned(WHOLE, part)
    assert proposed(plan) == [part.group]
    assert [(p.finding, p.reason) for p in plan.not_proposed] == [(WHOLE.id, "same_cause")]


def test_the_whole_gets_it_where_no_part_stands_out() -> None:
    parts = [finding(50, 15, company="ACME"), finding(50, 15, company="Other")]
    plan = planned(*parts, WHOLE)
    assert proposed(plan) == [GROUP]
    assert {p.reason for p in plan.not_proposed} == {"same_cause"}


def test_an_open_task_stands_for_its_cause_however_it_shows_later() -> None:
    part = finding(30, 18, company="ACME")
    whole_first = planned(WHOLE)
    assert planned(WHOLE, part, known=whole_first, status="open").tasks == ()
    part_first = planned(part)
    assert planned(WHOLE, part, known=part_first, status="open").tasks == ()


def test_a_refused_task_stands_for_nothing() -> None:
    part = finding(30, 18, company="ACME")
    plan = planned(WHOLE, part, known=planned(part), status="rejected")
    assert proposed(plan) == [GROUP]


def evidence(raised: Finding, *numbers: int) -> dict[str, Evidence]:
    return {raised.id: Evidence(items=tuple(f"desk/{number}" for number in numbers))}


def test_two_parts_by_different_things_are_one_cause_two_values_of_one_thing_are_two() -> None:
    gold, chinese = finding(30, 18, segment="gold"), finding(40, 17, language="zh")  # 15 and 13 more than expected
    assert proposed(planned(gold, chinese)) == [gold.group]
    acme, other = finding(30, 18, company="ACME"), finding(40, 17, company="Other")
    assert proposed(planned(acme, other)) == [acme.group, other.group]


def test_a_whole_that_is_raised_after_its_part_is_the_same_cause() -> None:
    part, later = finding(30, 18, company="ACME"), finding(100, 30, week="2026-W46")
    assert planned(later, known=planned(part), status="open").tasks == ()


def test_two_touchpoints_are_one_cause_only_where_both_have_the_same_items() -> None:
    late = finding(30, 18)
    box = replace(finding(30, 12), id="find-box", group={"touchpoint": "packaging", "dimension": "tangibles"})
    inside = evidence(late, *range(18)) | evidence(box, *range(10))  # all ten, but 10 of 18 the other way round
    same = evidence(late, *range(18)) | evidence(box, *range(12))
    assert len(plan_tasks([late, box], {}, inside, Settings(), NOW).tasks) == 2
    assert len(plan_tasks([late, box], {}, same, Settings(), NOW).tasks) == 1


def test_the_narrowest_part_that_explains_stands_for_the_whole() -> None:
    acme, gold = finding(30, 18, company="ACME"), finding(40, 17, segment="gold")  # 75 % and 65 % of the extra
    plan = planned(WHOLE, acme, gold)
    assert {"company": "ACME", **GROUP} in proposed(plan)
    assert GROUP not in proposed(plan)


groups = st.dictionaries(st.sampled_from(["company", "segment"]), st.sampled_from(["a", "b"]), max_size=2)
findings = st.builds(
    lambda more, items, short: finding(items, min(items, short), **more), groups, st.integers(1, 60), st.integers(0, 60)
)


@given(st.lists(findings, max_size=6, unique_by=lambda f: task_id(f.group)), st.randoms())
def test_no_whole_is_proposed_beside_a_part_of_it(raised: list[Finding], random: Any) -> None:
    plan = planned(*raised)
    chosen = [task.group for task in plan.tasks if task.status in OPEN | {"seen"}]
    assert not any(is_part(one, other) for one in chosen for other in chosen)
    assert bool(chosen) == bool(raised)
    assert planned(*random.sample(raised, len(raised))).tasks == plan.tasks
