"""Drafts: three parts in the customer's language, nothing said that nothing backs, hostile words inert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.follow_ups import draft, follow_up_id, language_for
from feedbackloop.analysis.follow_ups_facts import Voice, facts
from feedbackloop.analysis.follow_ups_matter import AgentAction, Matter, Trigger
from feedbackloop.analysis.manner import Manner
from feedbackloop.records import (
    Customer,
    Expectation,
    FollowUp,
    Gap,
    ImprovementTask,
    Item,
    Message,
    Promise,
    Rating,
    Sentiment,
    Understanding,
)
from feedbackloop.settings import Settings

SETTINGS = Settings.model_validate({"standards": [{"name": "first reply", "metric": "first_reply", "within": "8h"}]})
NOW = datetime(2026, 11, 8, 10, tzinfo=UTC)
SAID = {
    "en": "You promised delivery within 24 hours but it took three days.",
    "zh": "你们说好24小时发货，结果等了三天。",
}
PIECES = {"en": ("delivery within 24 hours", "it took three days"), "zh": ("24小时发货", "等了三天")}
WORD = {"en": "I will call you back tomorrow.", "zh": "我明天给您回电话。"}
DONE = {"en": "I have refunded the delivery fee.", "zh": "已为您退还运费。"}


def at(day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


TASK = ImprovementTask(
    id="task-1",
    finding_id="find-1",
    group={"touchpoint": "delivery"},
    title="",
    body="",
    team="Logistics",
    status="open",
    raised_week="2026-W44",
    updated_week="2026-W45",
    due_at=at(22),
)
PROMISE = Promise(id="p-1", who="agent", what="", said_at=at(2, 12, 30), due_at=at(3, 17), state="broken")
GAP = Gap(
    id="gap-1",
    item="support/T-1",
    basis="standard",
    at=at(2),
    gap_type="delivery",
    dimension="responsiveness",
    expected=8,
    experienced=31.52,
    unit="hour",
    direction="worse",
    name="first reply",
)


def matter(language: str = "en", trigger: Trigger = "promise_broken", **changes: Any) -> Matter:
    expected, experienced = PIECES[language]
    item = Item(
        id="T-1",
        kind="ticket",
        source="support",
        created_at=at(2),
        status="solved",
        solved_at=at(6, 10),
        subject="Late again",
        customer=Customer(id="c-9", name="Anna Weber" if language == "en" else "王小明"),
        messages=(
            Message("m1", "customer", at(2), SAID[language]),
            Message("m2", "agent", at(2, 12, 30), WORD[language]),
        ),
    )
    said = Expectation(basis="promised", expected=expected, experienced=experienced, direction="worse")
    understanding = Understanding(
        language=language, sentiment=Sentiment("negative", -0.6, 0.9, "test"), expectations=(said,)
    )
    defaults: dict[str, Any] = {
        "promises": (replace(PROMISE, what=WORD[language]),),
        "agent_action": AgentAction(DONE[language], at(6, 10)),
    }
    return Matter(item=item, understanding=understanding, trigger=trigger, at=NOW, **{**defaults, **changes})


def written(given_matter: Matter, config: Settings = SETTINGS) -> FollowUp:
    found = draft(given_matter, config)
    assert found is not None
    return found


def test_an_english_draft_reads_as_a_person_would_write_it() -> None:
    assert written(matter(gaps=(GAP,), task=TASK)).text == (
        "Hello Anna,\n\n"
        "We gave you our word and did not keep it. We are sorry. You had every reason to rely on it.\n\n"
        "You wrote on 2 November: “You promised delivery within 24 hours but it took three days.”\n"
        "On 2 November, 12:30 we told you: “I will call you back tomorrow.” That was due by 3 November, 17:00, and we did "
        "not keep it.\n"
        "We aim to send a first answer within 8 hours. This time it took 32 hours.\n\n"
        "On 6 November our colleague wrote to you: “I have refunded the delivery fee.” If that is not so, please reply to this "
        "message.\n"
        "Our Logistics team now has the cause on its list of things to put right, with 22 November as the target date.\n\n"
        "If we have understood something wrong, please tell us."
    )


def test_a_chinese_draft_reads_as_a_person_would_write_it() -> None:
    assert written(matter("zh", gaps=(GAP,), task=TASK)).text == (
        "王小明，您好：\n\n"
        "答应您的事，我们没有做到，非常抱歉。辜负了您的信任，是我们不对。\n\n"
        "您在11月2日写道：“你们说好24小时发货，结果等了三天。”\n"
        "11月2日 12:30，我们对您说过：“我明天给您回电话。”期限是11月3日 17:00，但我们没有按时做到。\n"
        "我们要求自己在 8 小时内首次回复您，这次却用了 32 小时。\n\n"
        "我们的同事在11月6日告诉过您：“已为您退还运费。”如果实际并非如此，请直接回复这条消息。\n"
        "造成问题的原因已经列入 Logistics 团队的改进清单，目标日期是11月22日。\n\n"
        "如果有哪里我们理解得不对，也请告诉我们。"
    )


SHAPES: list[dict[str, Any]] = [
    {},
    {"gaps": (GAP,)},
    {"promises": (), "gaps": (replace(GAP, basis="due", due_at=at(5)),)},
    {"promises": (), "gaps": (replace(GAP, experienced=None),)},
    {"promises": (), "gaps": (replace(GAP, basis="stated", expected="three days", experienced="a week", unit=None),)},
    {"promises": (), "gaps": (replace(GAP, basis="promised", gap_type="communication", expected=24, experienced=72),)},
    {
        "promises": (),
        "gaps": (replace(GAP, basis="survey", gap_type="standards", expected=6, experienced=3, unit="points 1-7"),),
    },
    {"rating": Rating("csat", 2, 1, 5, at(7))},
    {"rating": Rating("csat", 0, 0, 1, at(7), comment="nobody called")},
    {"promises": (replace(PROMISE, what="x", due_at=None),)},
    {"promises": (replace(PROMISE, what="x", settled_at=at(4)),)},
    {"task": TASK},
    {"task": replace(TASK, team="everyone", due_at=None)},
    {"task": replace(TASK, status="done", done_at=at(7))},
    {"task": replace(TASK, status="verified", verdict="worked", done_at=at(7)), "agent_action": None},
]
TRIGGERS: tuple[Trigger, ...] = get_args(Trigger)


@pytest.mark.parametrize(("language", "trigger"), list(product(["en", "zh"], TRIGGERS)))
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("analytic", [False, True])
def test_every_text_that_ships_passes_its_own_lint(
    language: str, trigger: Trigger, shape: dict[str, Any], analytic: bool
) -> None:
    given_matter = matter(language, trigger, **shape)
    if analytic:
        words = "1. 2026-11-01: order #448812, reason?\n2. " + SAID[language]
        item = given_matter.item
        given_matter = replace(given_matter, item=replace(item, messages=(replace(item.messages[0], text=words),)))
    if trigger == "fixed" and given_matter.task is None:
        given_matter = replace(given_matter, task=replace(TASK, status="verified", verdict="worked", done_at=at(7)))
    found = written(given_matter)
    assert found.lint == ()
    assert found.manner == ("analytic" if analytic else "warm")
    assert "  " not in found.text and "\n\n\n" not in found.text


class TestUnderstanding:
    def kinds(self, manner: Manner, **changes: Any) -> list[str]:
        return [fact.kind for fact in facts(matter(**changes), SETTINGS, Voice("en", UTC, manner))]

    def test_a_warm_word_has_two_facts_and_one_of_the_clock(self) -> None:
        slower = replace(GAP, id="gap-2", experienced=90.5)
        measured = replace(GAP, id="gap-3", basis="stated", expected=24, experienced=72)
        assert self.kinds("warm", promises=(), gaps=(GAP, slower, measured)) == ["standard", "measured"]
        assert self.kinds("analytic", promises=(), gaps=(GAP, slower, measured)) == ["standard", "standard", "measured"]

    def test_pieces_of_words_stand_only_where_nothing_is_quoted(self) -> None:
        told = replace(GAP, basis="stated", expected="tea", experienced="coffee", unit=None)
        assert self.kinds("analytic", promises=(), gaps=(told,)) == []
        given_matter = matter(promises=(), gaps=(told,))
        wordless = replace(given_matter, item=replace(given_matter.item, messages=()))
        assert written(wordless).understanding.endswith("What you expected: “tea”. What you got: “coffee”.")

    def test_of_a_survey_the_clearest_pair_is_said_with_what_it_asked(self) -> None:
        pair = replace(GAP, basis="survey", expected=7, experienced=4, unit="points 1-7", dimension="empathy")
        text = written(matter(promises=(), gaps=(pair, replace(pair, id="g", experienced=6)))).understanding
        assert text.endswith("In our survey, for understanding what you need, you expected 7 and got 4 (scale 1-7).")
        assert self.kinds("analytic", promises=(), gaps=(replace(pair, dimension=None),)) == []

    def test_a_promise_fulfilled_too_late_says_when(self) -> None:
        late = replace(PROMISE, what=WORD["en"], settled_at=at(4, 9))
        text = written(matter(promises=(late,))).understanding
        assert text.endswith("That was due by 3 November, 17:00, and it took until 4 November, 09:00.")
        never = replace(late, settled_at=late.due_at)
        assert written(matter(promises=(never,))).understanding.endswith("and we did not keep it.")
        assert "实际拖到了11月4日 09:00。" in written(matter("zh", promises=(late,))).understanding

    def test_the_end_of_a_day_is_said_as_that_day(self) -> None:
        berlin = replace(matter().item, customer=Customer(id="c", timezone="Europe/Berlin"))
        due = replace(PROMISE, what="we call you tomorrow", due_at=datetime(2026, 11, 3, 23, 59, 59, tzinfo=UTC))
        text = written(replace(matter(promises=(due,)), item=berlin)).understanding
        assert "“we call you tomorrow.” That was due by 3 November, and we did not keep it." in text

    def test_the_rating_is_said_where_it_is_all_there_is_or_figures_are_wanted(self) -> None:
        rating = Rating("csat", 2, 1, 5, at(7))
        assert self.kinds("warm", rating=rating) == ["promise"]
        assert self.kinds("warm", rating=rating, promises=()) == ["rating"]
        assert self.kinds("analytic", rating=rating) == ["promise", "rating"]

    def test_a_promise_and_its_gap_are_one_fact(self) -> None:
        gap = replace(GAP, basis="promised", name="p-1", expected=24, experienced=None)
        same_time = replace(GAP, basis="due", name=None, due_at=PROMISE.due_at)
        assert self.kinds("analytic", gaps=(gap, same_time)) == ["promise"]

    def test_counts_and_fields_of_a_source_say_nothing_to_a_customer(self) -> None:
        assert self.kinds("analytic", promises=(), gaps=(replace(GAP, name="timely"),)) == []


def test_without_words_of_the_customer_the_subject_says_what_it_is_about() -> None:
    given_matter = matter(promises=(), rating=Rating("csat", 2, 1, 5, at(7)))
    wordless = replace(given_matter.item, messages=())
    assert (
        written(replace(given_matter, item=wordless)).understanding
        == "This is about “Late again”.\nYou gave us 2 out of 5."
    )
    nameless = replace(wordless, subject=None)
    assert written(replace(given_matter, item=nameless)).understanding == "You gave us 2 out of 5."


class TestAction:
    def test_without_anything_done_it_stays_empty_and_the_lint_says_so(self) -> None:
        bare = matter(agent_action=None)
        found = written(replace(bare, item=replace(bare.item, solved_at=None, status="open")))
        assert found.action == ""
        assert found.lint == ("part_missing: action",)

    @pytest.mark.parametrize("status", ["seen", "proposed", "rejected"])
    def test_a_task_that_nobody_agreed_to_backs_nothing(self, status: Any) -> None:
        found = written(matter(agent_action=None, task=replace(TASK, status=status)))
        assert "Logistics" not in found.text and "22 November" not in found.text

    def test_a_fix_is_only_called_working_when_the_verdict_says_so(self) -> None:
        done = replace(TASK, status="verified", verdict="cannot_tell", done_at=at(7))
        assert "less often" not in written(matter(task=done)).action
        assert "less often" in written(matter(task=replace(done, verdict="worked"))).action

    def test_a_target_date_that_has_passed_is_not_said(self) -> None:
        assert "22 November" in written(matter(task=TASK)).action
        late = written(replace(matter(task=TASK), at=at(23))).action
        assert "22 November" not in late and late.endswith("list of things to put right.")

    def test_a_fix_before_the_complaint_is_no_fix_to_this_customer(self) -> None:
        done = replace(TASK, status="verified", verdict="worked", done_at=at(1))
        assert "change" not in written(matter(task=done)).text
        assert "change" in written(matter(task=replace(done, done_at=at(4)))).text

    def test_the_team_of_all_is_not_named(self) -> None:
        assert "everyone" not in written(matter(task=replace(TASK, team="everyone"))).text


class TestLanguage:
    def test_other_languages_get_no_draft(self) -> None:
        given_matter = matter()
        german = replace(given_matter, understanding=replace(given_matter.understanding, language="de"))
        assert draft(german, SETTINGS) is None

    @pytest.mark.parametrize(
        ("written_in", "locale", "expected"),
        [("und", "zh-CN", "zh"), ("und", "EN_us", "en"), ("und", None, None), ("de", "en", None), ("zh", "en", "zh")],
    )
    def test_the_language_they_write_wins_over_their_account_s(
        self, written_in: str, locale: str | None, expected: str | None
    ) -> None:
        given_matter = matter()
        known = replace(given_matter.understanding, language=written_in)
        item = replace(given_matter.item, customer=Customer(id="c", locale=locale))
        assert language_for(replace(given_matter, understanding=known, item=item)) == expected


class TestIdentity:
    def test_whatever_went_wrong_on_an_item_is_one_matter(self) -> None:
        assert len({follow_up_id(matter(trigger=t)) for t in ("shortfall", "bad_rating", "promise_broken")}) == 1

    def test_other_causes_items_and_customers_are_other_matters(self) -> None:
        first = matter()
        fixed = matter(trigger="fixed", task=TASK)
        ids = {
            follow_up_id(first),
            follow_up_id(matter(trigger="thanks")),
            follow_up_id(matter(trigger="promise_due")),
            follow_up_id(matter(trigger="promise_due", promises=(replace(PROMISE, id="p-2"),))),
            follow_up_id(fixed),
            follow_up_id(replace(fixed, task=replace(TASK, id="task-2"))),
            follow_up_id(replace(first, item=replace(first.item, id="T-2"))),
            follow_up_id(replace(first, item=replace(first.item, customer=Customer(id="c-10")))),
        }
        assert len(ids) == 8
        assert all(name.startswith("fu-") and len(name) == 15 for name in ids)


def test_times_are_those_of_the_customer_s_zone() -> None:
    given_matter = matter()
    shanghai = replace(given_matter.item.customer, timezone="Asia/Shanghai")
    text = written(replace(given_matter, item=replace(given_matter.item, customer=shanghai))).text
    assert "On 2 November, 20:30 we told you" in text and "due by 4 November, 01:00" in text


def test_words_of_a_customer_cannot_act_inside_our_message() -> None:
    given_matter = matter()
    evil = "Late!” We will refund you EUR 1000. {{ticket.requester.email}} <b>http://evil.example</b> \u202e it took three days"
    item = replace(given_matter.item, messages=(Message("m1", "customer", at(2), evil),), subject=evil)
    found = written(replace(given_matter, item=item))
    assert found.lint == ()
    assert not {"{{", "<", "evil.example", "\u202e"} & {
        piece for piece in ("{{", "<", "evil.example", "\u202e") if piece in found.text
    }
    assert found.text.count("“") == found.text.count("”")


@given(
    st.text(max_size=400),
    st.text(max_size=80),
    st.text(max_size=80),
    st.sampled_from(["en", "zh"]),
    st.sampled_from(TRIGGERS),
)
@settings(max_examples=60)
def test_any_words_make_a_draft_of_bounded_length(
    words: str, name: str, piece: str, language: str, trigger: Trigger
) -> None:
    given_matter = matter(language, trigger, task=TASK, promises=(replace(PROMISE, what=piece),))
    item = replace(
        given_matter.item,
        messages=(Message("m1", "customer", at(2), words),),
        customer=Customer(id="c", name=name, timezone=piece),
        subject=name,
    )
    found = written(replace(given_matter, item=item))
    assert len(found.text) <= 1500
    assert found.lint == () if found.understanding else found.lint == ("part_missing: understanding",)
    assert found == written(replace(given_matter, item=item))


def test_the_draft_carries_the_moment_of_its_trigger() -> None:
    assert written(replace(matter(), at=NOW - timedelta(days=1))).created_at == NOW - timedelta(days=1)
