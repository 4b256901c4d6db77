"""A plugin's better words reach the person who approves, and nobody else before; what breaks a rule is dropped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from feedbackloop import hookimpl
from feedbackloop.explaining import explain
from feedbackloop.hookspecs import Polished
from feedbackloop.records import Customer, FollowUp, Item, Message
from feedbackloop.reviewing import waiting
from feedbackloop.stages.report import Report
from feedbackloop.testing.makers import item
from loop_bench import NOON, Bench

WARM = "We are truly sorry about this."


class Pen:
    """A plugin that rewords the feeling, and keeps what it was asked."""

    def __init__(self, feeling: str = WARM, answers: int = 1) -> None:
        self.feeling, self.answers = feeling, answers
        self.asked: list[FollowUp] = []

    @hookimpl
    def polish_drafts(self, drafts: Sequence[FollowUp]) -> list[Polished]:
        self.asked += drafts
        return [Polished(self.feeling, drafts[0].understanding, "language_model:tiny")] * self.answers


def complaint(**more: Any) -> Item:
    """A complaint of two days ago, answered and solved a day later."""
    day, solved = NOON.replace(day=2), NOON.replace(day=3)
    thread = (
        Message("m1", "customer", day, "My parcel has not arrived. This is bad, I am disappointed!"),
        Message("m2", "agent", solved, "I have sent you a new one today."),
    )
    who = Customer(id="c-1", name="Wanda", email="wanda@example.org")
    return item("T-1", messages=thread, status="solved", when=day, solved_at=solved, customer=who, **more)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path).actions(notes="off", follow_ups="review")
    made.desk.put(complaint())
    yield made
    made.store.close()


def run(bench: Bench, pen: object) -> Report:
    bench.plugins._pluggy.register(pen, "pen")
    return bench.run()


def the_draft(bench: Bench) -> FollowUp:
    (one,) = bench.store.plans.follow_ups()
    return one


def test_a_draft_in_better_words_waits_for_approval_and_says_who_reworded_it(bench: Bench) -> None:
    run(bench, Pen())
    kept = the_draft(bench)
    assert (kept.feeling, kept.polished_by, kept.status) == (WARM, "language_model:tiny", "waiting")
    assert WARM in kept.text
    (shown,) = waiting(bench.store)
    assert (shown["text"], shown["polished_by"]) == (kept.text, "language_model:tiny")
    assert (
        "feeling and understanding reworded by language_model:tiny"
        in explain(bench.store, bench.settings, kept.id)["lines"]
    )
    assert ("polished", "language_model:tiny") in bench.decisions("follow_up")


def test_reworded_drafts_wait_even_where_follow_ups_go_out_by_themselves(bench: Bench) -> None:
    bench.actions(follow_ups="auto")
    run(bench, Pen())
    assert (the_draft(bench).status, bench.statuses()) == ("waiting", ["waiting"])


def test_the_same_words_again_are_no_rewording(bench: Bench) -> None:
    bench.actions(follow_ups="auto")
    run(bench, Same())
    assert (the_draft(bench).polished_by, the_draft(bench).status) == (None, "sent")


def test_a_draft_is_reworded_once_and_not_in_every_run(bench: Bench) -> None:
    pen = Pen()
    run(bench, pen)
    bench.later(hours=1)
    assert len(pen.asked) == 1


@pytest.mark.parametrize("feeling", ["We will refund you.", "We are sorry about 3 things.", ""])
def test_words_against_the_rules_are_dropped_and_the_report_says_so(bench: Bench, feeling: str) -> None:
    report = run(bench, Pen(feeling))
    kept = the_draft(bench)
    assert (kept.polished_by, feeling and feeling in kept.text) == (None, feeling and False)
    assert ("not_polished", "rules") in bench.decisions("follow_up")
    assert any("because better words broke a rule: 1" in remark for remark in report.remarks)


def test_a_draft_that_is_held_back_is_not_sent_to_anybody(bench: Bench) -> None:
    bench.raw["actions"]["restraint"] = {"opt_out_tags": ["no_contact"]}
    bench.desk.put(complaint(tags=("no_contact",)))
    pen = Pen()
    run(bench, pen)
    assert pen.asked == []


class Same:
    """A plugin that finds nothing to better."""

    @hookimpl
    def polish_drafts(self, drafts: Sequence[FollowUp]) -> list[Polished]:
        return [Polished(one.feeling, one.understanding, "language_model:tiny") for one in drafts]


class Broken:
    """A plugin that cannot."""

    @hookimpl
    def polish_drafts(self) -> list[Polished]:
        raise RuntimeError("no words")


@pytest.mark.parametrize("pen", [Broken(), Pen(answers=0), Pen(answers=2)])
def test_a_plugin_that_breaks_or_answers_for_others_costs_nothing(bench: Bench, pen: object) -> None:
    run(bench, pen)
    kept = the_draft(bench)
    assert (kept.polished_by, kept.status) == (None, "waiting")
