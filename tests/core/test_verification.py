"""Verification: worked, no change, worse, too early, or cannot tell."""

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from feedbackloop.analysis.verification import (
    Fix,
    comparison_groups,
    target_improvement,
    verdict_due,
    verify,
    weeks_to_look,
)
from feedbackloop.clock import week_shift
from feedbackloop.records import Finding, WeekCount, group_key

FIRST, RAISED, DONE = "2026-W01", "2026-W20", "2026-W26"
FIX = Fix(raised_week=RAISED, done_week=DONE, target=0.1, weeks_after=8)
AGAIN = msgspec.structs.replace(FIX, look=2)
LENGTH = 60


def shares(group: str, chance: random.Random, *levels: tuple[str, float], items: int = 40) -> list[WeekCount]:
    """Make weeks at the level that holds from each named week on."""
    rows = []
    for step in range(LENGTH):
        week = week_shift(FIRST, step)
        level = [share for start, share in levels if start <= week][-1]
        rows.append(WeekCount(group, week, items, sum(chance.random() < level for _ in range(items)), 0))
    return rows


def others(chance: random.Random, *levels: tuple[str, float]) -> list[list[WeekCount]]:
    return [shares(f"other {n}", chance, *(levels or ((FIRST, 0.2),))) for n in range(5)]


def verdict(*levels: tuple[str, float], fix: Fix = FIX, last_week: str = "2026-W52", items: int = 40) -> str:
    chance = random.Random(7)
    return verify(shares("own", chance, *levels, items=items), others(chance), fix, last_week=last_week).verdict


def test_what_went_down_after_the_mending_worked() -> None:
    assert verdict((FIRST, 0.1), (RAISED, 0.4), (DONE, 0.1)) == "worked"


def test_what_went_up_after_the_mending_got_worse() -> None:
    assert verdict((FIRST, 0.2), (DONE, 0.5)) == "worse"


def test_what_stayed_did_not_change() -> None:
    assert verdict((FIRST, 0.1), (RAISED, 0.3), items=200) == "no_change"


def test_what_fell_back_by_itself_is_no_success() -> None:
    # One bad week raised the task; a week later it was called done. The share is where it always was.
    bad = (FIRST, 0.2), (RAISED, 0.5), (week_shift(RAISED, 1), 0.2)
    assert verdict(*bad, fix=msgspec.structs.replace(FIX, done_week=week_shift(RAISED, 1)), items=200) == "cannot_tell"


def test_what_fell_everywhere_is_no_success_of_one() -> None:
    chance = random.Random(7)
    everywhere = (FIRST, 0.4), (DONE, 0.15)
    own = shares("own", chance, *everywhere, items=200)
    result = verify(own, others(chance, *everywhere), FIX, last_week="2026-W52")
    assert result.verdict == "no_change"
    assert verify(own, others(chance), FIX, last_week="2026-W52").verdict == "worked"


def test_before_the_date_there_is_no_verdict_however_good_it_looks() -> None:
    # The look is at the eight weeks W28 to W35.
    levels = (FIRST, 0.1), (RAISED, 0.6), (DONE, 0.05)
    assert verdict(*levels, last_week="2026-W34") == "too_early"
    assert verdict(*levels, last_week="2026-W35") == "worked"


def test_weeks_after_the_look_do_not_change_the_verdict() -> None:
    levels = (FIRST, 0.1), (RAISED, 0.4), (DONE, 0.1), ("2026-W36", 0.9)
    assert verdict(*levels) == "worked"


def test_too_early_says_how_many_items_are_still_needed_and_the_last_look_that_it_cannot_tell() -> None:
    chance = random.Random(3)
    own = shares("own", chance, (FIRST, 0.3), items=9)
    first = verify(own, others(chance), FIX, last_week="2026-W52")
    assert first.verdict == "too_early"
    assert first.weeks_after == 8
    assert first.items_after == 72
    assert first.needed_items is None or first.needed_items > 0
    assert verify(own, others(chance), AGAIN, last_week="2027-W10").verdict == "cannot_tell"


def test_needed_items_shrink_with_the_target() -> None:
    chance = random.Random(3)
    own, beside = shares("own", chance, (FIRST, 0.3), items=20), others(chance)
    needed = [
        verify(own, beside, msgspec.structs.replace(FIX, target=target), last_week=DONE).needed_items
        for target in (0.02, 0.15, 0.4)
    ]
    assert needed[0] is None  # six weeks before can never show two points in a hundred
    assert needed[1] is not None
    assert needed[2] is not None
    assert needed[1] > needed[2] > 0


@pytest.mark.parametrize("rows", [[], [WeekCount("own", DONE, 40, 4, 0)]])
def test_without_history_nothing_can_be_told(rows: list[WeekCount]) -> None:
    assert verify(rows, [], FIX, last_week="2026-W52").verdict == "cannot_tell"


def test_a_group_that_went_silent_is_no_success() -> None:
    own = [row for row in shares("own", random.Random(1), (FIRST, 0.3)) if row.week < DONE]
    assert verify(own, others(random.Random(2)), FIX, last_week="2026-W52").verdict == "too_early"
    assert verify(own, others(random.Random(2)), AGAIN, last_week="2027-W10").verdict == "cannot_tell"


def test_trouble_that_moved_next_door_is_named() -> None:
    chance = random.Random(7)
    own = shares("own", chance, (FIRST, 0.1), (RAISED, 0.4), (DONE, 0.1))
    neighbours = {
        "calm": shares("calm", chance, (FIRST, 0.2)),
        "moved": shares("moved", chance, (FIRST, 0.1), (DONE, 0.4)),
    }
    result = verify(own, others(chance), FIX, last_week="2026-W52", neighbours=neighbours)
    assert (result.verdict, result.displaced, result.compared_with) == ("worked", ("moved",), 5)
    assert result.change is not None
    assert result.change.low < result.change.value < result.change.high < 0


def test_the_second_look_asks_for_more_than_the_first() -> None:
    chance = random.Random(9)
    own, beside = shares("own", chance, (FIRST, 0.3), (DONE, 0.25)), others(chance)
    one = verify(own, beside, msgspec.structs.replace(FIX, weeks_after=24), last_week="2027-W10").change
    two = verify(own, beside, AGAIN, last_week="2027-W10").change
    assert one is not None
    assert two is not None
    assert one.value == two.value
    assert (two.high - two.low) / (one.high - one.low) == pytest.approx(2.26 / 1.97, abs=0.02)  # t at 2.5 % and 5 %


def test_many_neighbours_are_no_easier_prey_to_chance_than_one() -> None:
    chance = random.Random(7)
    own, beside = shares("own", chance, (FIRST, 0.3)), others(chance)
    named = {1: 0, 40: 0}
    for level in range(20, 40):
        rising = shares("rising", chance, (FIRST, 0.2), (DONE, level / 100))
        for number in named:
            still = {f"still {n}": shares("still", random.Random(n), (FIRST, 0.2)) for n in range(number - 1)}
            found = verify(own, beside, FIX, last_week="2026-W52", neighbours={"rising": rising} | still)
            named[number] += "rising" in found.displaced
    assert 0 < named[40] < named[1]


def test_the_raising_week_stands_on_neither_side() -> None:
    assert RAISED not in FIX.before_weeks + FIX.after_weeks
    assert FIX.before_weeks == ["2026-W21", "2026-W22", "2026-W23", "2026-W24", "2026-W25"]
    quick = msgspec.structs.replace(FIX, done_week="2026-W22")
    assert quick.before_weeks == [week_shift("2026-W22", -n) for n in range(13, 0, -1) if n != 2]
    assert FIX.after_weeks[0] == "2026-W28"
    assert len(AGAIN.after_weeks) == 24


def test_the_date_is_fixed_when_the_task_is_done() -> None:
    done = datetime(2026, 6, 24, 12, tzinfo=UTC)  # in W26; the look takes W28 to W35, over on Monday 31 August
    berlin = ZoneInfo("Europe/Berlin")
    assert verdict_due(done, 8, UTC) == datetime(2026, 8, 31, tzinfo=UTC)
    assert verdict_due(done, 8, berlin) == datetime(2026, 8, 30, 22, tzinfo=UTC)
    assert verdict_due(done, 8, UTC, look=2) == datetime(2026, 12, 21, tzinfo=UTC)


def test_a_larger_target_needs_fewer_weeks() -> None:
    chance = random.Random(5)
    own, beside = shares("own", chance, (FIRST, 0.3), items=60), others(chance)
    looked = [weeks_to_look(own, beside, msgspec.structs.replace(FIX, target=t)) for t in (0.02, 0.12, 0.5)]
    assert looked[0] == 12
    assert looked[2] == 4
    assert looked[0] >= looked[1] >= looked[2]
    assert weeks_to_look([], [], FIX) == 12


def key(touchpoint: str, dimension: str, **more: str) -> str:
    return group_key({"touchpoint": touchpoint, "dimension": dimension} | more)


def test_comparison_groups_have_no_mending_and_share_no_items() -> None:
    own = key("delivery", "reliability")
    groups = [
        own,
        key("delivery", "empathy"),  # the same items: a neighbour
        key("billing", "reliability"),
        key("shop", "reliability"),  # has a task of its own
        key("delivery", "reliability", segment="gold"),  # a part of it
    ]
    compare, neighbours = comparison_groups(own, groups, {key("shop", "reliability")})
    assert compare == (key("billing", "reliability"),)
    assert neighbours == (key("delivery", "empathy"),)


def test_groups_without_a_touchpoint_count_the_same_items_and_are_no_comparison() -> None:
    groups = [group_key({"dimension": name}) for name in ("empathy", "reliability")]
    assert comparison_groups(groups[0], groups, ()) == ((), (groups[1],))
    by_company = [group_key({"dimension": "empathy", "fields.company": name}) for name in ("ACME", "Other")]
    assert comparison_groups(by_company[0], by_company, ()) == ((by_company[1],), ())


def test_half_of_the_rise_is_asked_for_and_never_less_than_can_be_seen() -> None:
    finding = Finding(
        id="f", group={}, week=RAISED, items=10, shortfalls=4, share=0.4, share_low=0, share_high=1, baseline_share=0.1
    )
    assert target_improvement(finding) == pytest.approx(0.15)
    assert target_improvement(msgspec.structs.replace(finding, baseline_share=0.39)) == 0.02
    assert target_improvement(msgspec.structs.replace(finding, baseline_share=None)) == 0.2
