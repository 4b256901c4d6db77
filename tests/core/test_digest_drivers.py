"""Does the waterfall add up, and do the quadrants and the trend say only what can be told?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedbackloop.config import from_dict
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.gather import gather
from feedbackloop.digest.render import render
from feedbackloop.manager import PluginManager
from feedbackloop.records import Comparison, Gap, Judgement, group_key
from feedbackloop.store import Store
from feedbackloop.testing.makers import item, rating

WEEK, MONDAY = "2026-W47", datetime(2026, 11, 16, tzinfo=UTC)
SENT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DELIVERY = {"touchpoint": "delivery", "dimension": "reliability"}
SUPPORT = {"touchpoint": "support", "dimension": "empathy"}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


def rated(store: Store, back: int, values: list[float], group: dict[str, str] | None) -> None:
    """Put one week's rated items in, so many weeks back; those of a group fell short there."""
    at = MONDAY - timedelta(weeks=back) + timedelta(hours=5)
    name = f"{back}-{(group or {}).get('touchpoint')}"
    items = [
        item(f"{name}-{n}", when=at, source="desk", ratings=(rating(value, at=at),)) for n, value in enumerate(values)
    ]
    week = f"2026-W{47 - back}"
    found = []
    for one in items:
        gap = (
            Gap(id=f"gap-{one.id}", item=one.key, basis="stated", at=at, direction="worse", **group) if group else None
        )
        judged = [group] if group else [DELIVERY, SUPPORT]
        says = tuple(Judgement(group_key(one_group), week, worse=group is not None) for one_group in judged)
        found.append(Comparison(item=one.key, gaps=(gap,) if gap else (), judgements=says))
    with store.write():
        store.items.receive(items, SENT, "fbl-", set())
        store.judgements.save(found, UTC)


def facts(store: Store) -> Facts:
    settings = from_dict({"sources": {"desk": {"connector": "jsonl"}}})
    return gather(store, settings, PluginManager({}), week=WEEK, team=None, now=SENT)


def test_the_steps_of_the_waterfall_add_up_to_the_change(store: Store) -> None:
    rated(store, 1, [5] * 30 + [1] * 10, None)
    rated(store, 1, [1] * 2 + [5] * 2, DELIVERY)
    rated(store, 0, [5] * 30 + [1] * 10, None)
    rated(store, 0, [1] * 20, DELIVERY)
    moves = facts(store).moves
    assert moves is not None
    # top two boxes: 32 of 44 before, 30 of 60 now
    assert (moves.name, moves.form) == ("csat", "top_two")
    assert moves.before.value == pytest.approx(100 * 32 / 44)
    assert moves.now.value == pytest.approx(50)
    assert sum(step.change.value for step in moves.steps) == pytest.approx(50 - 100 * 32 / 44)
    delivery = next(step for step in moves.steps if step.place == "delivery")
    assert delivery.change.high < 0  # and that is where it came from
    assert "What moved CSAT" in render(facts(store)).text


def test_a_score_with_nothing_to_compare_has_no_waterfall(store: Store) -> None:
    rated(store, 0, [5] * 30, None)
    assert facts(store).moves is None


def test_all_ratings_equal_move_nothing_and_nothing_is_important(store: Store) -> None:
    for back in (0, 1, 2):
        rated(store, back, [4] * 30, None)
        rated(store, back, [4] * 10, DELIVERY)
    found = facts(store)
    assert found.moves is not None
    assert {step.change.value for step in found.moves.steps} == {0.0}
    assert found.drivers == ()
    assert "real" not in render(found).text.partition("What moved")[2].partition("==")[2].partition("==")[0]


def test_dimensions_stand_in_quadrants_by_tested_importance(store: Store) -> None:
    for back in range(6):
        rated(store, back, [5, 4, 5, 4] * 5, None)
        rated(store, back, [1, 2] * 4, DELIVERY)  # what falls short in reliability is rated low
        rated(store, back, [5, 4, 4, 5], SUPPORT)  # what falls short in empathy is rated as if nothing had been
    by_name = {one.dimension: one for one in facts(store).drivers}
    assert by_name["reliability"].quadrant == "concentrate here"
    assert by_name["empathy"].quadrant == "cannot tell"
    assert "Importance cannot be told from none: Empathy" in render(facts(store)).text


def test_the_trend_shows_each_week_and_leaves_the_empty_ones_empty(store: Store) -> None:
    for back in (0, 1, 4):
        rated(store, back, [5] * 5, DELIVERY)
        rated(store, back, [5] * 5, None)
    trend = facts(store).trend
    assert trend is not None
    assert (trend.group, len(trend.weeks), trend.weeks[-1].week) == (DELIVERY, 14, WEEK)
    assert [week.week for week in trend.weeks if week.share] == ["2026-W43", "2026-W46", WEEK]
    assert {(week.share.part, week.share.whole) for week in trend.weeks if week.share} == {(5, 10)}
