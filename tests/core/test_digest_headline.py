"""Does the digest say the week's finding first, and nothing when there is nothing?"""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from feedbackloop.digest.facts import Due, Facts, Fix, FixVerdict, Restraint, Share, SourceState, Standing
from feedbackloop.digest.headline import answers, headline, reason_to_skip
from feedbackloop.digest.language import words_for
from feedbackloop.records import Finding

START, END = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
WORDS = words_for("en", "UTC")
DUE = Due(item="support/1", what="a call", due_at=datetime(2026, 11, 24, tzinfo=UTC))
FAILED = SourceState(name="survey", connector="csv", error="gone")
GROUP = {"touchpoint": "delivery", "dimension": "reliability"}
STANDING = Standing(group=GROUP, shortfall=Share(81, 263, 0.2553, 0.3662), weeks=4)


def facts(**changes: Any) -> Facts:
    return msgspec.structs.replace(Facts(week="2026-W47", starts_at=START, ends_at=END, made_at=END), **changes)


def finding(**changes: Any) -> Finding:
    made = Finding(
        id="find-1", group=GROUP, week="2026-W47", items=52, shortfalls=14, share=14 / 52, share_low=0.168,
        share_high=0.403, baseline_share=0.11, raised=True,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ({"findings": (finding(),)}, "Delivery reliability: 14 of 52 fell short (27%, 17–40%), up from 11%"),
        ({"findings": (finding(baseline_share=None),)}, "Delivery reliability: 14 of 52 fell short (27%, 17–40%)"),
        (
            {"findings": (finding(direction="better", baseline_share=0.5),)},
            "Delivery reliability: 14 of 52 fell short (27%, 17–40%), down from 50%",
        ),
        ({"findings": (finding(group={**GROUP, "segment": "gold"}),)},
         "Delivery reliability (gold): 14 of 52 fell short (27%, 17–40%), up from 11%"),
        ({"verdicts": (FixVerdict(title="Say when it is down", verdict="worked"),)}, "It worked: Say when it is down"),
        ({"sources": (FAILED,)}, "survey could not be read: these figures are not complete"),
        ({"standing": (STANDING,), "due": (DUE,)},
         "No change beyond noise. The widest gap stays Delivery reliability: 31% fall short (26–37%)"),
        ({"due": (DUE,)}, "Nothing worse than usual; one promise falls due in the next seven days"),
        ({"due": (DUE, DUE)}, "Nothing worse than usual; 2 promises fall due in the next seven days"),
        ({"items": 7}, "No change beyond noise in 7 items"),
    ],
)  # fmt: skip
def test_the_subject_states_the_finding(known: dict[str, Any], line: str) -> None:
    assert headline(facts(**known), WORDS) == line


def test_more_delight_is_not_called_fewer_shortfalls() -> None:
    delight = finding(direction="better", counted="better")  # 27 % got more than they expected, 11 % before
    line = "Delivery reliability: 14 of 52 got more than expected (27%, 17–40%), up from 11%"
    assert headline(facts(findings=(delight,)), WORDS) == line
    assert "got more than they expected" in answers(facts(findings=(delight,)), WORDS)[0].text


def test_what_got_worse_leads_even_when_something_better_comes_first() -> None:
    better = finding(direction="better", group={"touchpoint": "website"})
    assert headline(facts(findings=(better, finding())), WORDS).startswith("Delivery reliability")


@pytest.mark.parametrize(
    "known",
    [
        {"items": 1},
        {"findings": (finding(),)},
        {"due": (DUE,)},
        {"drifting": (DUE,)},
        {"verdicts": (FixVerdict(title="t", verdict="no_change"),)},
        {"sources": (FAILED,)},
    ],
)
def test_anything_new_makes_a_mail(known: dict[str, Any]) -> None:
    assert reason_to_skip(facts(**known)) is None


@pytest.mark.parametrize(
    "known",
    [
        {},
        {"standing": (STANDING,)},
        {"verdicts": (FixVerdict(title="t", verdict="too_early", needed=9),)},
        {"sources": (SourceState(name="support", connector="csv"),)},
        {"restraint": Restraint(held={"opted_out": 3}, waiting=4)},
    ],
)
def test_nothing_new_makes_no_mail_and_says_why(known: dict[str, Any]) -> None:
    assert "2026-W47" in str(reason_to_skip(facts(**known)))


@pytest.mark.parametrize(
    ("gap_type", "words"),
    [
        ("delivery", "service that needs mending"),
        ("communication", "promise that needs mending"),
        ("standards", "mend the expectation"),
        (None, "do not name one cause"),
    ],
)
def test_why_names_what_is_to_be_mended(gap_type: Any, words: str) -> None:
    why = answers(facts(findings=(finding(gap_type=gap_type),)), WORDS)[1]
    assert words in why.text


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({"fixes": (Fix(title="Mend it", group={}, status="open", team="Logistics", due_at=END),), "due": (DUE,)},
         "Logistics to mend by Mon 23 Nov: “Mend it”. And keep the promise that falls due by Tue 24 Nov."),
        ({"fixes": (Fix(title="Mend it", group={}, status="proposed"),)}, "Find an owner for “Mend it”."),
        ({"due": (DUE, DUE)}, "Keep the 2 promises that fall due by Tue 24 Nov."),
        ({"restraint": Restraint(waiting=4)}, "4 proposed writes wait for approval (feedbackloop review)."),
        ({}, "Nothing needs a decision this week."),
    ],
)  # fmt: skip
def test_what_to_do_names_who_and_until_when(known: dict[str, Any], sentence: str) -> None:
    assert answers(facts(**known), WORDS)[2].text == sentence


def test_a_week_without_findings_says_how_much_was_looked_at() -> None:
    changed = answers(facts(items=90, judged=80, with_gap=12, tested=18), WORDS)[0]
    assert changed.text == (
        "18 groups were tested and none changed beyond noise. Of 80 new items so far 12 fell short of an expectation."
    )
