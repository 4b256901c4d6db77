"""What a task says: numbers with their sureness, words that are masked and inert, how success will be seen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.tasks_evidence import Evidence, Example, Quote, clusters
from feedbackloop.analysis.tasks_metric import needed, target_share
from feedbackloop.analysis.tasks_text import Frame, TaskText, task_text
from feedbackloop.records import Finding, Interval

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
    gap_type="communication",
    raised=True,
)
EVIDENCE = Evidence(
    items=tuple(f"support/T-{n}" for n in range(14)),
    quotes=(
        Quote("You promised delivery within 24 hours, [name]!", "support/T-1", "https://acme.example/tickets/1"),
        Quote("说好24小时发货，结果等了三天", "shop/9"),
    ),
    examples=(
        Example(expected=24, experienced=72, unit="hour", items=9),
        Example(expected="delivery by Friday", experienced="it came on Monday"),
    ),
    clusters={"channel": {"email": 11, "chat": 3}},
    usual={"channel": {"email": 0.5, "chat": 0.5}},
)
ENGLISH = Frame("Logistics", "en", datetime(2026, 11, 22, tzinfo=UTC), UTC)
CHINESE = ENGLISH._replace(team="物流", language="zh")


def text(frame: Frame = ENGLISH, evidence: Evidence = EVIDENCE, **changes: Any) -> TaskText:
    return task_text(replace(FINDING, **changes), evidence, frame)


def test_an_english_task_says_all_that_a_team_needs() -> None:
    assert text().title == "Delivery: what was promised is not kept"
    assert text().body == (
        "WHAT CUSTOMERS EXPECTED\n- 24 hours (9 cases)\n- “delivery by Friday”\n\n"
        "WHAT THEY EXPERIENCED\n- 72 hours (9 cases)\n- “it came on Monday”\n\n"
        "HOW OFTEN, AND HOW SURE\n"
        "In week 2026-W45, 14 of 52 cases fell short in reliability: 27 % (95 % interval 17–40 %).\n"
        "In the weeks before it was 11 % of 480 cases: a change of +16 points (95 % interval +5 … +28).\n"
        "Chance alone is a poor explanation: q = 0.004, corrected for all the groups tested that week.\n\n"
        "WHAT TO MEND: THE PROMISE\n"
        "More was promised than was kept. Either keep it every time, or promise less.\n\n"
        "IN THEIR WORDS\n- “You promised delivery within 24 hours, [name]!”\n  https://acme.example/tickets/1\n"
        "- “说好24小时发货，结果等了三天”\n  shop/9\n12 more cases belong to this task.\n\n"
        "WHAT MAY CAUSE IT\n- 11 of 14 have in common: channel email. Among all cases it is 50 %. Look there first.\n\n"
        "HOW WE SHALL SEE THAT IT WORKED\n"
        "The share of shortfalls falls from 27 % to 11 % or less. To see that takes about 92 cases; at the present 52 a week "
        "that is 2 weeks. Counting starts two weeks after the task is done.\n\n"
        "Owner: Logistics. Due: 22 November."
    )


def test_a_chinese_task_says_the_same() -> None:
    body = text(CHINESE).body
    assert text(CHINESE).title == "配送：答应的事没有做到"
    for piece in (
        "- 24 小时（9 例）",
        "52 例中有 14 例在可靠性上没有达到期望，占 27%（95% 区间 17–40%）",
        "此前各周共 480 例，占 11%；变化 +16 个百分点（95% 区间 +5 … +28）",
        "【要改的是：承诺】",
        "另有 12 例属于本任务",
        "14 例中有 11 例的渠道是“email”。在全部情况中这只占 50%，建议先从这里查。",
        "从 27% 降到 11% 或更低。要看清这个变化大约需要 92 例；按目前每周 52 例，约需 2 周",
        "负责：物流。期限：11月22日。",
    ):
        assert piece in body


def test_equal_expectations_are_added_up() -> None:
    examples = (*EVIDENCE.examples[:1], Example(expected=24, experienced=120, unit="hour", items=3))
    body = text(evidence=Evidence(examples=examples)).body
    assert "EXPECTED\n- 24 hours (12 cases)\n\n" in body
    assert "- 72 hours (9 cases)\n- 120 hours (3 cases)" in body


def test_without_a_baseline_nothing_is_compared() -> None:
    body = text(baseline_share=None, change_low=None, change_high=None, q_value=None).body
    assert "too few earlier weeks" in body and "points" not in body and "q =" not in body


@pytest.mark.parametrize(
    ("gap_type", "said"),
    [("delivery", "THE SERVICE"), ("communication", "THE PROMISE"), ("standards", "THE EXPECTATION")],
)
def test_the_kind_of_gap_says_what_to_mend(gap_type: Any, said: str) -> None:
    assert f"WHAT TO MEND: {said}" in text(gap_type=gap_type).body
    assert "WHAT TO MEND" not in text(gap_type=None).body


def test_impact_stands_with_its_interval() -> None:
    assert "Effect on the score: nps -4.2 (-7 … -1.4)." in text(impact={"nps": Interval(-4.2, -7.0, -1.4)}).body


def test_other_ways_of_grouping_stand_in_the_title() -> None:
    group = {**FINDING.group, "segment": "gold", "fields.company": "ACME {{x}}"}
    assert text(group=group).title == "Delivery: what was promised is not kept (company: ACME ((x)), customers: gold)"


def test_hostile_words_are_inert_and_only_three_quotes_are_shown() -> None:
    evil = Evidence(quotes=tuple(Quote(f"see <b>http://evil.example</b> {{{{x}}}} {n}", "s/1") for n in range(5)))
    body = text(evidence=evil).body
    assert body.count("see [link]") == 3 and "evil" not in body and "{{" not in body


def test_without_evidence_the_body_still_stands() -> None:
    body = text(evidence=Evidence()).body
    assert "IN THEIR WORDS" not in body and "nothing that sets these cases apart" in body


class TestClusters:
    EVEN: ClassVar = {"email": 0.4, "chat": 0.4}

    def found(self, counts: dict[str, int], usual: dict[str, float] = EVEN, **group: str) -> list[str]:
        evidence = Evidence(clusters={"channel": counts}, usual={"channel": usual} if usual else {})
        return [c.value for c in clusters(evidence, replace(FINDING, group=group))]

    def test_need_most_of_the_cases_and_three_at_least(self) -> None:
        assert self.found({"email": 6, "chat": 4}) == ["email"]  # 60 %
        assert self.found({"email": 5, "chat": 4}) == []  # 56 %
        assert self.found({"email": 2, "chat": 1}) == []

    def test_are_none_where_all_cases_look_like_that(self) -> None:
        assert self.found({"email": 9, "chat": 1}, {"email": 0.8, "chat": 0.2}) == []  # 90 % against 80 %
        assert self.found({"email": 9, "chat": 1}, {"email": 0.7, "chat": 0.3}) == ["email"]

    def test_are_none_where_nobody_knows_how_all_cases_look(self) -> None:
        assert self.found({"email": 9, "chat": 1}, {}) == []

    def test_say_nothing_about_what_the_finding_is_grouped_by_or_what_never_differs(self) -> None:
        assert self.found({"email": 9, "chat": 1}, channel="email") == []
        assert self.found({"email": 9}) == []


class TestMetric:
    def test_as_many_items_are_needed_as_four_of_five_looks_need(self) -> None:
        # 80 % power, two-sided 5 %, unpooled: 20 % to 10 % needs 7.849 x (0.16 + 0.09) / 0.01 = 196.2
        assert needed(replace(FINDING, share=0.20, baseline_share=0.10)) == 197
        assert needed(replace(FINDING, share=1.0, baseline_share=0.0)) == 1

    def test_where_nothing_fell_short_no_number_is_named(self) -> None:
        assert needed(replace(FINDING, share=0.0, baseline_share=None)) is None

    def test_the_target_is_the_baseline_or_half(self) -> None:
        assert target_share(FINDING) == 0.11
        assert target_share(replace(FINDING, baseline_share=None)) == FINDING.share / 2
        assert target_share(replace(FINDING, baseline_share=0.5)) == FINDING.share / 2

    def test_nothing_fell_short_and_the_sentence_still_stands(self) -> None:
        found = text(share=0.0, shortfalls=0, baseline_share=None)
        assert found.success_metric == "The share of shortfalls falls from 0 % to 0 % or less."


@given(st.text(), st.text(), st.text(), st.sampled_from(["en", "zh"]))
def test_any_words_make_a_task(words: str, name: str, value: str, language: Any) -> None:
    evidence = Evidence(
        items=(name,),
        quotes=(Quote(words, "s/1"),),
        examples=(Example(expected=words, experienced=value),),
        clusters={"channel": {value: 5, value + "x": 1}},
    )
    found = task_text(
        replace(FINDING, group={"touchpoint": name, "fields.x": value}),
        evidence,
        ENGLISH._replace(language=language, team=name),
    )
    assert found.title and found.body and found.success_metric
    assert "\n" not in found.title
