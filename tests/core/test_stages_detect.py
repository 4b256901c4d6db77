"""A week is tested once: pain and delight, parts and themes; one cause is raised once; nothing is lost on odd history."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedbackloop.clock import week_bounds, week_shift
from feedbackloop.digest.making import Maker
from feedbackloop.records import (
    Comparison,
    Direction,
    Finding,
    Gap,
    Judgement,
    Sentiment,
    Understanding,
    group_key,
)
from feedbackloop.stages.report import Report
from feedbackloop.testing.makers import item, rating
from loop_bench import NOON, Bench

WEEK = "2026-W44"
LATER = NOON + timedelta(days=2)
"""More than three days after the week's end: it is tested whatever the sources say."""
GROUP = {"touchpoint": "delivery", "dimension": "reliability"}
CALM = [2, 3, 2, 1, 2, 3, 2, 2, 1, 3, 2, 2, 2]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.store.close()


def judged(
    bench: Bench, week: str, number: int, short: int, *, side: Direction = "worse", part: Mapping[str, str] | None = None,
    **more: Any,
) -> None:  # fmt: skip
    """Put one week's items in, of which so many fell short (or went well); `part` narrows those that did."""
    start, _ = week_bounds(week)
    items = [
        item(f"{week}-{part}-{side}-{n}", when=start + timedelta(hours=n), source="desk", **more) for n in range(number)
    ]
    found = []
    for n, one in enumerate(items):
        hit = n < short
        groups = [GROUP, {**GROUP, **part}] if part else [GROUP]
        says = [
            Judgement(group_key(g), week, worse=hit and side == "worse", better=hit and side == "better")
            for g in groups
        ]
        gap = Gap(id=f"gap-{one.key}", item=one.key, basis="due", at=one.created_at, direction=side, **GROUP)
        found.append(Comparison(item=one.key, gaps=(gap,) if hit else (), judgements=tuple(says)))
    understanding = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.9, "words 1"))
    with bench.store.write():
        bench.store.items.receive(items, LATER + timedelta(days=60), "fbl-", set())
        bench.store.items.save_understandings([(one.key, understanding) for one in items])
        bench.store.judgements.save(found, bench.settings.loop.zone)


def looked(bench: Bench, now: Any = LATER) -> Report:
    return bench.run(now, stage="understand")


def raised(bench: Bench) -> list[Finding]:
    return bench.store.plans.findings(raised_only=True)


def calm_weeks(bench: Bench, **more: Any) -> None:
    for back, short in enumerate(CALM, 1):
        judged(bench, week_shift(WEEK, -back), 20, short, **more)


def test_delight_is_found_and_is_no_task(bench: Bench) -> None:
    bench.actions(tasks="auto")
    calm_weeks(bench, side="better")
    judged(bench, WEEK, 20, 14, side="better", ratings=(rating(5),))
    report = looked(bench)
    (finding,) = raised(bench)
    assert (finding.direction, finding.counted, finding.shortfalls, report.raised) == ("better", "better", 14, 1)
    bench.run(LATER, stage="plan")
    assert bench.store.plans.tasks() == []


def test_a_shift_that_lies_in_one_part_is_raised_once_there(bench: Bench) -> None:
    for back, short in enumerate(CALM, 1):
        judged(bench, week_shift(WEEK, -back), 15, short)
        judged(bench, week_shift(WEEK, -back), 10, 1, part={"segment": "gold"})
    judged(bench, WEEK, 15, 2)
    judged(bench, WEEK, 10, 9, part={"segment": "gold"})
    report = looked(bench)
    (finding,) = raised(bench)
    assert finding.group == {**GROUP, "segment": "gold"}
    (whole,) = [one for one in bench.store.plans.findings() if one.group == GROUP]
    assert (whole.raised, whole.same_cause_as, report.raised) == (False, finding.id, 1)
    assert whole.q_value is not None and whole.q_value <= 0.1


def test_a_week_is_tested_once(bench: Bench) -> None:
    calm_weeks(bench)
    judged(bench, WEEK, 20, 12)
    first = looked(bench)
    before = bench.store.plans.findings()
    again = looked(bench, LATER + timedelta(hours=1))
    assert (first.raised, again.tested, bench.store.plans.findings() == before) == (1, 0, True)


# --- themes --------------------------------------------------------------------------------------------------------

WORDS = "garden market window chair coffee music river bridge paper carpet mirror ladder kettle candle".split()  # noqa: SIM905


def spoken(bench: Bench, week: str, new: int, said: str, label: Any = "negative") -> None:
    """Put one week's forty texts in that name no touchpoint; so many speak of something new."""
    chance = random.Random(week)
    start, _ = week_bounds(week)
    items = [
        item(f"{week}-{n}", f"{' and '.join(chance.sample(WORDS, 3))} {said if n < new else ''}", source="desk",
             when=start + timedelta(hours=n))
        for n in range(40)
    ]  # fmt: skip
    read = Understanding(language="en", sentiment=Sentiment(label, -0.5, 0.9, "words 1"))
    key = group_key({"dimension": "reliability"})
    with bench.store.write():
        bench.store.items.receive(items, LATER + timedelta(days=60), "fbl-", set())
        bench.store.items.save_understandings([(one.key, read) for one in items])
        says = [Comparison(item=one.key, judgements=(Judgement(key, week),)) for one in items]
        bench.store.judgements.save(says, bench.settings.loop.zone)


@pytest.mark.parametrize(
    ("label", "direction", "tasks"), [("negative", "worse", 1), ("positive", "better", 0), ("neutral", "met", 0)]
)
def test_a_theme_is_named_counted_and_a_task_where_it_is_a_complaint(
    bench: Bench, label: str, direction: str, tasks: int
) -> None:
    bench.actions(tasks="review")
    for back in range(13, 0, -1):
        spoken(bench, week_shift(WEEK, -back), 0, "", label)
    spoken(bench, WEEK, 12, "lid leaking", label)
    looked(bench)
    (finding,) = raised(bench)
    assert finding.group == {"theme": "lid leaking"}
    assert (finding.shortfalls, finding.items, finding.direction, finding.counted) == (12, 40, direction, "spoken")
    assert finding.baseline_items == 13 * 40
    bench.run(LATER, stage="plan")
    assert len(bench.store.plans.tasks()) == tasks
    for task in bench.store.plans.tasks():
        assert task.title == "“lid leaking”: customers write of it more and more"
        assert "12 of 40 texts that name no touchpoint speak of it" in task.body
        assert "lid leaking" in task.body.partition("IN THEIR WORDS")[2]


def test_a_theme_keeps_name_and_task_in_the_weeks_that_follow(bench: Bench) -> None:
    bench.actions(tasks="review")
    for back in range(13, 0, -1):
        spoken(bench, week_shift(WEEK, -back), 0, "")
    for ahead, said in enumerate(("lid leaking", "lid leaking cracked", "leaking cracked")):
        spoken(bench, week_shift(WEEK, ahead), 12 + ahead, said)
        looked(bench, LATER + timedelta(weeks=ahead))
        bench.run(LATER + timedelta(weeks=ahead), stage="plan")
    assert {finding.group["theme"] for finding in raised(bench)} == {"lid leaking"}
    assert len(bench.store.plans.tasks()) == 1
    counts = bench.store.judgements.weekly(WEEK, WEEK)[group_key({"theme": "lid leaking"})]
    assert [(row.items, row.worse) for row in counts] == [(40, 12)]  # a verdict on it finds its weeks


def test_what_changed_in_an_old_week_is_counted_again(bench: Bench) -> None:
    for back in range(13, 0, -1):
        spoken(bench, week_shift(WEEK, -back), 0, "")
    spoken(bench, WEEK, 0, "")
    looked(bench)
    weeks = [week_shift(WEEK, -back) for back in range(14)]
    assert len(bench.store.themes.words(weeks)) == 14
    spoken(bench, week_shift(WEEK, -3), 5, "lid leaking")
    assert len(bench.store.themes.words(weeks)) == 13


def test_a_forgotten_customers_words_are_in_no_theme(bench: Bench) -> None:
    spoken(bench, WEEK, 12, "quillfeather")
    looked(bench)
    with bench.store.write():
        bench.store.erasure.forget_items([f"desk/{WEEK}-1"], LATER)
    assert bench.store.themes.words([WEEK]) == {}


# --- odd history ---------------------------------------------------------------------------------------------------


def digest_text(bench: Bench, now: Any = LATER) -> str:
    return Maker(bench.store, bench.settings, bench.plugins, now).make(WEEK, None).rendered.text


def test_an_empty_history_raises_nothing_and_says_nothing_wrong(bench: Bench) -> None:
    report = bench.run(LATER)
    assert (report.ok, report.tested, report.raised, bench.store.plans.tasks()) == (True, 0, 0, [])
    text = digest_text(bench)
    assert "No change beyond noise in 0 items" in text
    assert "== Scores ==" not in text and "== Week by week" not in text


def test_one_item_is_no_finding_no_score_and_no_trend(bench: Bench) -> None:
    bench.actions(notes="off")
    judged(bench, WEEK, 1, 1, ratings=(rating(1),))
    report = bench.run(LATER)
    assert (report.ok, report.raised) == (True, 0)
    text = digest_text(bench)
    assert "1 items" in text or "1 item" in text
    assert "== Scores ==" not in text and "== What moved" not in text and "== Week by week" not in text


def test_all_ratings_equal_have_no_impact_and_no_importance(bench: Bench) -> None:
    for back, short in enumerate(CALM, 1):
        judged(bench, week_shift(WEEK, -back), 20, short, ratings=(rating(3, at=week_bounds(WEEK)[0]),))
    judged(bench, WEEK, 20, 12, ratings=(rating(3, at=week_bounds(WEEK)[0] + timedelta(hours=1)),))
    assert looked(bench).raised == 1
    (finding,) = raised(bench)
    assert finding.impact == {}  # cannot be told, which is not zero
    assert "== What matters" not in digest_text(bench)


def test_weeks_without_anything_are_left_out_of_the_baseline(bench: Bench) -> None:
    for back in (1, 2, 5, 8, 9, 12):
        judged(bench, week_shift(WEEK, -back), 20, 2)
    judged(bench, WEEK, 20, 12)
    looked(bench)
    (finding,) = raised(bench)
    assert (finding.baseline_items, finding.baseline_share) == (120, 0.1)
    trend = digest_text(bench).partition("== Week by week")[2].partition("\n\n==")[0]
    assert trend.count("10%") == 6
    assert trend.count("\n  W") == 14  # the weeks without cases stay empty


def test_weeks_in_which_the_loop_did_not_run_are_tested_one_after_the_other(bench: Bench) -> None:
    calm_weeks(bench)
    judged(bench, WEEK, 20, 12)
    looked(bench)
    for ahead in (1, 2, 3):
        judged(bench, week_shift(WEEK, ahead), 20, 2)
    looked(bench, LATER + timedelta(weeks=3))
    weeks = {finding.week for finding in bench.store.plans.findings()}
    assert weeks == {WEEK, *(week_shift(WEEK, ahead) for ahead in (1, 2, 3))}


def test_a_clock_that_goes_back_is_named_and_tests_nothing_again(bench: Bench) -> None:
    bench.actions(notes="off")
    calm_weeks(bench)
    judged(bench, WEEK, 20, 12)
    looked(bench)
    before = bench.store.plans.findings()
    report = bench.run(LATER - timedelta(weeks=5))
    assert (report.ok, report.tested) == (True, 0)
    assert f"{WEEK} was tested already, and the clock stands at 2026-W39: no week is tested now" in report.remarks
    assert bench.store.plans.findings() == before
    assert looked(bench).tested == 0


def test_a_task_deleted_in_the_source_is_closed_by_name_and_not_filed_again(bench: Bench) -> None:
    bench.actions(tasks="auto")
    bench.raw["actions"]["tasks_in"] = "desk"
    calm_weeks(bench)
    judged(bench, WEEK, 20, 12)
    bench.run(LATER)
    (task,) = bench.store.plans.tasks()
    assert task.external_id is not None
    del bench.desk.tasks[task.external_id]
    bench.run(LATER + timedelta(hours=1))
    assert bench.store.plans.tasks()[0].status == "rejected"
    assert ("rejected", "source_says_missing") in bench.decisions("task")
    judged(bench, week_shift(WEEK, 1), 20, 12)
    bench.run(LATER + timedelta(weeks=1))
    assert sum(action.kind == "task" for action in bench.desk.done) == 1
