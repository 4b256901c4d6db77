"""Does the digest read from the store what the week holds, for one team or all, without a word that was not masked?"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from digest_bench import GROUP, MONDAY, SENT, WEEK, case, facts, finding, gap, item, put, rated, task
from feedbackloop.config import from_dict
from feedbackloop.digest.gather import scheduled_at
from feedbackloop.digest.gather_scores import difference
from feedbackloop.digest.render import render
from feedbackloop.records import (
    Comparison,
    Gap,
    Interval,
    Judgement,
    Promise,
    group_key,
)
from feedbackloop.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "loop.db") as opened:
        yield opened


def test_an_empty_store_gives_empty_facts(store: Store) -> None:
    found = facts(store)
    assert (found.items, found.findings, found.scores, found.health, found.journey) == (0, (), (), None, ())
    assert [source.name for source in found.sources] == ["desk", "shop"]
    assert render(found).text


@pytest.mark.parametrize(("number", "said"), [(0, ""), (1, "In one review or survey reply"), (2, "In 2 reviews or")])
def test_words_against_their_rating_are_counted_in_one_sentence(store: Store, number: int, said: str) -> None:
    arrived = [item(n) for n in range(3)]
    put(store, arrived)
    read = store.items.get("desk/T-0")
    assert read
    assert read[1]
    doubtful = msgspec.structs.replace(read[1], signals={"contradicts_rating": 1.0, "emotion": "joy"})
    with store.write():
        store.items.save_understandings([(one.key, doubtful) for one in arrived[:number]])
    found = facts(store)
    assert (found.contradict, found.items) == (number, 3)
    text = " ".join(render(found).text.split())
    assert ("surely contradict" in text) is bool(number)
    assert said in text


def test_items_are_those_that_arrived_in_the_week(store: Store) -> None:
    end = MONDAY + timedelta(days=7)
    inside = [item(1), item(2, end - timedelta(seconds=1))]
    outside = [item(3, MONDAY - timedelta(seconds=1)), item(4, end)]
    put(store, inside + outside, [case(1, gap(1)), case(2, worse=False), case(3, gap(3)), case(4)])
    found = facts(store)
    assert (found.items, found.judged, found.with_gap) == (2, 2, 1)
    assert (found.languages, found.scorers) == ({"en": 2}, ("words 1",))
    assert found.sources[0].items == 2


def test_a_team_sees_its_own_touchpoints_only(store: Store) -> None:
    billing = {"touchpoint": "billing", "dimension": "assurance"}
    put(
        store,
        [item(1), item(2)],
        [case(1, gap(1)), case(2, gap(2, touchpoint="billing", dimension="assurance"), group=billing)],
    )
    logistics, rest = facts(store, team="Logistics"), facts(store, team="Rest")
    assert (logistics.items, [stage.worse for stage in logistics.journey if stage.items]) == (1, [1])
    assert [gap.dimension for gap in logistics.dimensions] == ["reliability"]
    assert [gap.dimension for gap in rest.dimensions] == ["assurance"]
    assert (rest.language, rest.team, logistics.language) == ("zh", "Rest", "en")
    assert facts(store).items == 2


def test_scores_are_of_the_week_against_the_weeks_before(store: Store) -> None:
    before = MONDAY - timedelta(days=10)
    # thumbs: 6 of 10 now (Wilson .3127 to .8318), 18 of 20 before (.6990 to .9721): d = -.30,
    # low -.30 - root(.2873^2 + .0721^2) = -.5962, high -.30 + root(.2318^2 + .2010^2) = +.0068
    now = [rated(n, MONDAY, "csat", float(n < 6), 1) for n in range(10)]
    then = [rated(100 + n, before, "csat", float(n < 18), 1) for n in range(20)]
    put(store, now + then)
    (score,) = facts(store).scores
    assert (score.name, score.form, score.unit, score.n) == ("csat", "good_share", "percent", 10)
    assert score.value.value == pytest.approx(60)
    assert score.change is not None
    assert score.change.value == pytest.approx(-30)
    assert (score.change.low, score.change.high) == (pytest.approx(-59.62, abs=0.02), pytest.approx(0.68, abs=0.02))


def test_a_handful_of_answers_is_no_score(store: Store) -> None:
    put(store, [rated(n, MONDAY, "nps", 9, 10) for n in range(4)])
    assert facts(store).scores == ()


@pytest.mark.parametrize(
    ("scale", "top", "form"),
    [("nps", 10, "nps"), ("csat", 5, "top_two"), ("ces", 7, "easy_share"), ("stars", 5, "mean")],
)
def test_each_scale_has_its_own_named_variant(store: Store, scale: str, top: float, form: str) -> None:
    put(store, [rated(n, MONDAY, scale, top - n % 2, top) for n in range(6)])
    assert [score.form for score in facts(store).scores] == [form]


def test_the_difference_of_shares_is_newcombes() -> None:
    # 56/70 against 48/80: d = .200, .0524 to .3339 (Newcombe 1998)
    found = difference(Interval(0.8, 0.6918, 0.8777), Interval(0.6, 0.4905, 0.7001))
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == (pytest.approx(0.0524, abs=5e-4), pytest.approx(0.3339, abs=5e-4))


def test_survey_pairs_are_averaged_by_respondent(store: Store) -> None:
    def pair(n: int, e: float, p: float, question: str = "q1") -> Gap:
        made = gap(n, basis="survey", expected=e, experienced=p, unit="points 1-7", name=question, confidence=1.0)
        return msgspec.structs.replace(made, id=f"{made.id}-{question}")

    # respondent 1 answers two questions: mean gap (-2 - 4) / 2 = -3; the four others -1: mean (-3 - 4) / 5 = -1.4
    comparisons = [case(1, pair(1, 6, 4), pair(1, 6, 2, "q2"))] + [case(n, pair(n, 6, 5)) for n in range(2, 6)]
    put(store, [item(n) for n in range(1, 6)], comparisons)
    (found,) = facts(store).dimensions
    assert found.gap is not None
    assert (found.pairs, found.expected, found.gap.value) == (5, 6.0, pytest.approx(-1.4))
    assert (found.scale_min, found.scale_max) == (1, 7)


def test_promises_show_promised_and_actual_time_by_segment(store: Store) -> None:
    def promise(n: int, actual: float, segment: str) -> Gap:
        direction = "worse" if actual > 24 else "met"
        return gap(
            n,
            basis="promised",
            expected=24,
            experienced=actual,
            unit="hour",
            segment=segment,
            direction=direction,
            name="p",
        )

    actual = [(1, 72, "gold"), (2, 48, "standard"), (3, 20, "standard"), (4, 22, "standard")]
    put(store, [item(n) for n, _, _ in actual], [case(n, promise(n, *rest)) for n, *rest in actual])  # type: ignore[arg-type]
    found = facts(store).promises
    assert found is not None
    assert found.touchpoint == "delivery"
    assert [(t.segment, t.broken.part, t.broken.whole, t.promised_hours, t.actual_hours) for t in found.times] == [
        ("", 2, 4, 24, 35),  # median of 20, 22, 48, 72; one promise to gold is no class of its own
        ("standard", 1, 3, 24, 22),
    ]


def test_promises_without_figures_are_timed_by_the_clock(store: Store) -> None:
    def promised(n: int, state: str, settled: float | None) -> Comparison:
        made = Promise(
            id=f"p-{n}", who="agent", what="a call", said_at=MONDAY, due_at=MONDAY + timedelta(hours=24), state=state,
            settled_at=MONDAY + timedelta(hours=settled) if settled else None,
        )  # fmt: skip
        told = gap(n, basis="promised", direction="met" if state == "kept" else "worse", name=f"p-{n}")
        return msgspec.structs.replace(case(n, told), promises=(made,))

    # settled after 12 and 36 hours; the third is still waited for, 176 hours after it was said: the median is 36
    put(
        store,
        [item(n) for n in range(3)],
        [promised(0, "kept", 12), promised(1, "broken", 36), promised(2, "broken", None)],
    )
    found = facts(store).promises
    assert found is not None
    assert (found.times[0].promised_hours, found.times[0].actual_hours) == (24, 36)


def test_an_older_task_is_shown_with_the_words_of_its_own_week(store: Store) -> None:
    then = MONDAY - timedelta(days=7)
    put(store, [item(1, then)], [case(1, gap(1, then, evidence="late again"), week="2026-W46")])
    with store.write():
        store.plans.save_findings("2026-W46", [finding(week="2026-W46")], SENT)
        store.plans.save_tasks([task(1, raised_week="2026-W46")])
    (fix,) = facts(store).fixes
    assert [quote.text for quote in fix.quotes] == ["late again"]


def test_promises_that_customers_tell_of_are_counted_without_a_share(store: Store) -> None:
    told = [case(n, gap(n, basis="promised", expected=1, experienced=3, unit="day")) for n in range(3)]
    kept = case(3, gap(3, basis="promised", expected=2, experienced=1, unit="day", direction="better"))
    put(store, [item(n) for n in range(4)], [*told, kept])
    found = facts(store).promises
    assert found is not None
    assert [(t.broken, t.told, t.promised_hours, t.actual_hours) for t in found.times] == [(None, 3, 24, 72)]
    assert "3 customers told of a broken one" in render(facts(store)).text


def test_standing_gaps_hold_the_worst_groups_and_the_parts_that_stand_out(store: Store) -> None:
    company = GROUP | {"fields.company": "ACME"}
    judged = [Judgement(group_key(group), WEEK, worse=True) for group in (GROUP, company)]
    # all ten of one company (from 72 % on) stand out from ten of twenty; its language is everybody's
    english = Judgement(group_key(GROUP | {"language": "en"}), WEEK, worse=True)
    well = Judgement(group_key(GROUP | {"language": "en"}), WEEK)
    put(
        store,
        [item(n) for n in range(20)],
        [Comparison(item=f"desk/T-{n}", judgements=(*judged, english)) for n in range(10)]
        + [Comparison(item=f"desk/T-{n}", judgements=(Judgement(group_key(GROUP), WEEK), well)) for n in range(10, 20)],
    )
    assert [(one.group, one.shortfall.part) for one in facts(store).standing] == [(GROUP, 10), (company, 10)]


def test_open_promises_of_the_next_seven_days_are_shown_masked(store: Store) -> None:
    def promised(n: int, days: float, state: str = "open") -> Comparison:
        made = Promise(
            id=f"p-{n}", who="agent", what="Anna calls you", said_at=MONDAY, due_at=SENT + timedelta(days=days),
            state=state, touchpoint="delivery",  # type: ignore[arg-type]
        )  # fmt: skip
        return Comparison(item=f"desk/T-{n}", promises=(made,))

    put(
        store,
        [item(n) for n in range(1, 5)],
        [promised(1, 6.9), promised(2, 7.1), promised(3, 1, "kept"), promised(4, 2)],
    )
    found = facts(store)
    assert [(due.item, due.what) for due in found.due] == [
        ("desk/T-4", "[name] calls you"),
        ("desk/T-1", "[name] calls you"),
    ]
    assert found.due[0].url == "https://desk.example/4"
    assert facts(store, team="Rest").due == ()


def test_items_near_their_standard_are_drifting(store: Store) -> None:
    due = SENT + timedelta(hours=8)
    came = SENT - timedelta(hours=24)
    open_gap = gap(1, due, basis="standard", name="first_reply", direction=None, due_at=due)
    comparison = msgspec.structs.replace(case(1, open_gap), recheck_at=due)
    put(store, [item(1, came)], [comparison])
    (drift,) = facts(store).drifting
    # 24 of 32 hours are gone
    assert (drift.what, drift.used) == ("first reply", pytest.approx(0.75))


@pytest.mark.parametrize(
    ("answer", "asked"),
    [("What does that mean?", 1), ("系统升级是什么意思", 1), ("System upgrade?", 1), ("Thanks!", 0)],
)
def test_house_words_count_where_customers_asked_back(store: Store, answer: str, asked: int) -> None:
    put(store, [item(1, messages=[("agent", "There is a System Upgrade."), ("customer", answer)])])
    assert [(word.word, word.used, word.asked_back) for word in facts(store).house_words] == [
        ("system upgrade", 1, 1)
    ] * asked


def test_a_source_that_failed_is_named(store: Store) -> None:
    with store.write():
        store.sources.finish_pull("desk", "jsonl", SENT, True, None)
        store.sources.finish_pull("shop", "csv", SENT, False, "no such file")
    desk, shop = facts(store).sources
    assert (desk.fresh_as_of, desk.error) == (SENT, None)
    assert (shop.fresh_as_of, shop.error) == (None, "no such file")


def test_the_hour_at_which_it_is_made_changes_nothing(store: Store) -> None:
    put(store, [item(1)], [case(1, gap(1))])
    assert facts(store, now=SENT + timedelta(days=3)) == facts(store, now=SENT + timedelta(days=2))
    assert facts(store, now=SENT - timedelta(hours=1)).made_at == SENT - timedelta(hours=1)


@pytest.mark.parametrize(
    ("schedule", "zone", "moment"),
    [
        ("mon 08:00", "UTC", "2026-11-23T08:00:00+00:00"),
        ("fri 17:30", "Europe/Berlin", "2026-11-27T16:30:00+00:00"),
        # the loop's week ends at Monday 00:00 UTC: at that very moment it is due, a minute earlier it was not
        ("mon 08:00", "Asia/Shanghai", "2026-11-23T00:00:00+00:00"),
        ("mon 07:59", "Asia/Shanghai", "2026-11-29T23:59:00+00:00"),
    ],
)
def test_a_digest_is_due_at_the_first_scheduled_time_after_its_week(schedule: str, zone: str, moment: str) -> None:
    settings = from_dict({"teams": [{"name": "T", "timezone": zone, "schedule": schedule}]})
    assert scheduled_at(settings, WEEK, settings.teams[0]) == datetime.fromisoformat(moment)
