"""Findings: which groups' weeks are more than noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis import findings
from feedbackloop.analysis.findings import finding_id, standing
from feedbackloop.analysis.statistics import fisher_exact_p
from feedbackloop.clock import week_shift
from feedbackloop.records import Finding, WeekCount, group_key
from feedbackloop.settings import Detect

WEEK = "2026-W47"
DELIVERY = group_key({"touchpoint": "delivery", "dimension": "reliability"})
BILLING = group_key({"touchpoint": "billing", "dimension": "reliability"})
CALM = [5, 4, 6, 5, 5, 4, 6, 5, 5, 4, 6, 5, 5]


def weeks(group: str, worse: list[int], items: int = 50, *, better: int = 0) -> list[WeekCount]:
    """Make weeks that end with the tested one."""
    first = 1 - len(worse)
    return [WeekCount(group, week_shift(WEEK, first + place), items, x, better) for place, x in enumerate(worse)]


def found(*groups: list[WeekCount], **how: object) -> dict[str, Finding]:
    detect = Detect(**{k: how.pop(k) for k in list(how) if k in Detect.model_fields})  # type: ignore[arg-type]
    side = how.pop("side", None)
    tested = findings.test_week(WEEK, {rows[0].group: rows for rows in groups}, detect, **how)  # type: ignore[arg-type]
    return {group_key(finding.group): finding for finding in tested if finding.counted == (side or finding.counted)}


def test_a_week_far_above_its_baseline_is_raised_with_its_figures() -> None:
    finding = found(weeks(DELIVERY, [*CALM, 20]), weeks(BILLING, [*CALM, 5]))[DELIVERY]
    assert finding.raised
    assert finding.direction == "worse"
    assert (finding.items, finding.shortfalls, finding.share) == (50, 20, 0.4)
    assert finding.baseline_items == 13 * 50
    assert finding.baseline_share == 0.1  # 65 of 650
    assert finding.touchpoint == "delivery"
    assert (round(finding.share_low, 4), round(finding.share_high, 4)) == (0.2761, 0.5382)  # Wilson of 20 / 50
    assert finding.change_low is not None
    assert finding.change_high is not None
    assert 0 < finding.change_low < 0.3 < finding.change_high
    assert finding.id == finding_id(DELIVERY, WEEK)


def test_a_week_far_below_its_baseline_is_raised_as_better() -> None:
    finding = found(weeks(DELIVERY, [*(x * 4 for x in CALM), 2]))[DELIVERY]
    assert finding.raised
    assert finding.direction == "better"


def test_an_ordinary_week_is_tested_and_not_raised() -> None:
    finding = found(weeks(DELIVERY, [*CALM, 6]))[DELIVERY]
    assert not finding.raised
    assert finding.p_value is not None
    assert finding.p_value > 0.3


def test_the_same_jump_is_noise_where_weeks_differ_by_themselves() -> None:
    restless = [0, 14, 1, 13, 0, 12, 2, 13, 1, 14, 0, 2, 13]  # as many shortfalls, in some weeks only
    calm, wild = (found(weeks(DELIVERY, [*before, 14]))[DELIVERY] for before in (CALM, restless))
    assert calm.raised
    assert calm.phi == 1.0
    assert not wild.raised
    assert wild.phi > 5


def test_other_groups_restlessness_counts_too() -> None:
    restless = [0, 14, 1, 13, 0, 12, 2, 13, 1, 14, 0, 2, 13]
    alone = found(weeks(DELIVERY, [*CALM, 14]))[DELIVERY]
    beside = found(weeks(DELIVERY, [*CALM, 14]), weeks(BILLING, [*restless, 6]))[DELIVERY]
    assert beside.phi > alone.phi == 1.0


@pytest.mark.parametrize(("items", "tested"), [(7, False), (8, True)])
def test_few_items_are_no_finding(items: int, tested: bool) -> None:
    rows = [*weeks(DELIVERY, CALM)[:-1], WeekCount(DELIVERY, WEEK, items, items, 0)]
    assert (DELIVERY in found(rows)) == tested


def test_with_few_expected_a_restless_baseline_still_asks_for_more() -> None:
    # Fisher's test alone would raise it: 5 of 10 against 15 of 130 has p = .005.
    restless = [0, 7, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0]
    finding = found(weeks(DELIVERY, [*restless, 5], items=10))[DELIVERY]
    assert fisher_exact_p((5, 15), (10, 130)) < 0.01
    assert not finding.raised


@pytest.mark.parametrize(("worse", "raised"), [(1, False), (2, True)])
def test_a_single_case_is_no_pattern(worse: int, raised: bool) -> None:
    rows = [*weeks(DELIVERY, [0] * 14, items=40)[:-1], WeekCount(DELIVERY, WEEK, 8, worse, 0)]
    finding = found(rows)[DELIVERY]
    assert finding.q_value is not None
    assert finding.q_value < 0.05
    assert finding.raised == raised


def test_with_few_baseline_weeks_fishers_exact_test_decides() -> None:
    finding = found(weeks(DELIVERY, [1, 1, 1, 7], items=10))[DELIVERY]
    assert finding.p_value == fisher_exact_p((7, 3), (10, 30))
    assert finding.raised


def test_with_few_expected_both_tests_must_agree() -> None:
    quiet = [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0]
    finding = found(weeks(DELIVERY, [*quiet, 5], items=10))[DELIVERY]
    assert finding.p_value is not None
    assert finding.p_value >= fisher_exact_p((5, 4), (10, 130))
    assert finding.raised


def test_many_groups_ask_for_more() -> None:
    alone = found(weeks(DELIVERY, [*CALM, 11]))[DELIVERY]
    others = [weeks(group_key({"touchpoint": f"t{n}", "dimension": "empathy"}), [*CALM, 5]) for n in range(40)]
    among = found(weeks(DELIVERY, [*CALM, 11]), *others)[DELIVERY]
    assert alone.raised
    assert not among.raised
    assert among.p_value == pytest.approx(alone.p_value)
    assert among.q_value is not None
    assert alone.q_value is not None
    assert among.q_value > alone.q_value


def test_groups_in_which_nothing_ever_fell_short_cost_no_power() -> None:
    alone = found(weeks(DELIVERY, [*CALM, 11]))[DELIVERY]
    empty = [weeks(group_key({"touchpoint": f"t{n}", "dimension": "empathy"}), [0] * 14) for n in range(40)]
    among = found(weeks(DELIVERY, [*CALM, 11]), *empty)
    assert among[DELIVERY].q_value == alone.q_value
    assert all(finding.p_value is None for key, finding in among.items() if key != DELIVERY)


def test_a_group_seen_for_the_first_time_has_nothing_to_be_compared_with() -> None:
    finding = found(weeks(DELIVERY, [50]))[DELIVERY]
    assert not finding.raised
    assert finding.baseline_share is finding.p_value is finding.change_low is None


def test_only_the_baselines_weeks_count() -> None:
    rows = weeks(DELIVERY, [50, 50, *CALM, 20])
    later = WeekCount(DELIVERY, week_shift(WEEK, 1), 50, 50, 0)
    assert found([*rows, later])[DELIVERY] == found(weeks(DELIVERY, [*CALM, 20]))[DELIVERY]
    assert found(rows, baseline="52w")[DELIVERY].baseline_share == 165 / 750


def test_gaps_in_the_weeks_and_the_turn_of_the_year_do_no_harm() -> None:
    rows = [WeekCount(DELIVERY, week, 50, 5, 0) for week in ("2025-W50", "2025-W51", "2026-W01", "2026-W03")]
    (finding,) = findings.test_week(
        "2026-W04", {DELIVERY: [*rows, WeekCount(DELIVERY, "2026-W04", 50, 20, 0)]}, Detect()
    )
    assert finding.baseline_items == 200
    assert finding.raised


def test_delight_is_counted_on_its_own_and_only_a_rise_is_raised() -> None:
    usual = weeks(DELIVERY, [0] * 13, better=5)[:-1]
    risen, fallen = ([*usual, WeekCount(DELIVERY, WEEK, 50, 0, better)] for better in (25, 0))
    (_, rise), (_, fall) = (findings.test_week(WEEK, {DELIVERY: rows}, Detect()) for rows in (risen, fallen))
    assert (rise.raised, rise.direction, rise.shortfalls, rise.counted) == (True, "better", 25, "better")
    assert (fall.raised, fall.direction, fall.counted) == (False, "worse", "better")
    assert rise.id != found(risen, side="worse")[DELIVERY].id


def test_pain_and_delight_are_corrected_for_together() -> None:
    calm = weeks(DELIVERY, [*CALM, 13])
    both = [WeekCount(row.group, row.week, row.items, row.worse, 5) for row in calm]
    alone, beside = found(calm)[DELIVERY], found(both, side="worse")[DELIVERY]
    assert alone.p_value == beside.p_value
    assert alone.q_value == pytest.approx(beside.q_value / 2)  # type: ignore[operator]


def part(name: str, worse: list[int], items: int) -> list[WeekCount]:
    return weeks(group_key({"touchpoint": "delivery", "dimension": "reliability", "segment": name}), worse, items)


def test_a_part_that_holds_nearly_everything_is_not_tested_again() -> None:
    whole = weeks(DELIVERY, [*CALM, 20])
    tested = found(whole, part("standard", [*CALM, 20], 46), part("gold", [1] * 14, 20))
    assert [finding.group.get("segment") for finding in tested.values()] == ["gold", None]  # 46 of 50 is 92 %


def test_many_parts_cost_the_wholes_little() -> None:
    whole = weeks(DELIVERY, [*CALM, 13])
    parts = [part(f"s{number}", [5] * 14, 40) for number in range(40)]
    alone, among = found(whole)[DELIVERY], found(whole, *parts)[DELIVERY]
    assert alone.q_value is not None and among.q_value is not None
    # the only whole may spend 50 of the 60 hundredths that wholes and parts have: 1.2 times, not 41 times
    assert among.q_value == pytest.approx(1.2 * alone.q_value)


def test_groups_that_the_operator_named_come_before_other_parts() -> None:
    parts = [part(f"s{number}", [5] * 13 + [20 if number == 0 else 5], 40) for number in range(10)]
    whole = weeks(DELIVERY, [*CALM, 6])
    asked, other = (found(whole, *parts, also_by=names)[parts[0][0].group] for names in (["segment"], []))
    # ten tests that share 30 of 80 hundredths, or 10 of 60
    assert asked.q_value is not None and other.q_value is not None
    assert other.q_value / asked.q_value == pytest.approx((60 / 10) / (80 / 30))


def test_what_is_to_be_mended_stands_on_the_finding() -> None:
    assert (
        found(weeks(DELIVERY, [*CALM, 20]), gap_types={DELIVERY: "communication"})[DELIVERY].gap_type == "communication"
    )


def test_chronic_trouble_is_ranked_by_what_is_sure_of_it() -> None:
    lucky = group_key({"touchpoint": "lucky"})
    rows = {
        DELIVERY: weeks(DELIVERY, [20] * 4),  # 80 of 200: from 33 % on
        BILLING: weeks(BILLING, [5] * 4),
        lucky: [WeekCount(lucky, WEEK, 9, 5, 0)],  # 5 of 9: from 27 % on
        "{}": [WeekCount("{}", WEEK, 3, 3, 0)],
    }
    ranked = standing(rows, [week_shift(WEEK, -n) for n in range(4)])
    assert [s.group["touchpoint"] for s in ranked] == ["delivery", "lucky", "billing"]
    assert (ranked[0].items, ranked[0].shortfalls, ranked[0].share.value) == (200, 80, 0.4)


counts = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), min_size=1, max_size=16)


@given(st.lists(counts, min_size=1, max_size=5))
def test_any_counts_give_findings_with_sound_figures(tables: list[list[list[int]]]) -> None:
    groups = []
    for number, table in enumerate(tables):
        group = group_key({"touchpoint": f"t{number}"})
        rows = [WeekCount(group, week_shift(WEEK, -n), items, worse, 0) for n, (worse, items) in enumerate(table)]
        groups.append(rows)
    for finding in found(*groups).values():
        assert finding.items >= 8
        assert 0 <= finding.share_low <= finding.share <= finding.share_high <= 1
        assert finding.phi >= 1
        if finding.p_value is not None:
            assert finding.q_value is not None
            assert 0 <= finding.p_value <= finding.q_value <= 1
        assert not finding.raised or (finding.q_value is not None and finding.q_value <= 0.10)
