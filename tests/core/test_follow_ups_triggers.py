"""Which items deserve a message: something went wrong and is over, a promise is nearly late; most get none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.follow_ups_facts import customer_words
from feedbackloop.analysis.follow_ups_matter import agent_action, is_bad, is_good, task_for
from feedbackloop.analysis.follow_ups_triggers import fixed, triggers
from feedbackloop.records import (
    Comparison,
    Expectation,
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

NOW = datetime(2026, 11, 8, 12, tzinfo=UTC)
SETTINGS = Settings()
THANKFUL = Settings.model_validate({"actions": {"thanks": "review"}})


def ago(**span: float) -> datetime:
    return NOW - timedelta(**span)


ITEM = Item(
    id="T-1",
    kind="ticket",
    source="support",
    created_at=ago(days=4),
    status="solved",
    solved_at=ago(days=1),
    messages=(
        Message("m1", "customer", ago(days=4), "Where is my parcel?"),
        Message("m2", "agent", ago(days=3), "I will call you."),
    ),
)
OPEN = replace(ITEM, status="open", solved_at=None)
REVIEW = Item(
    id="R-1",
    kind="review",
    source="reviews",
    created_at=ago(days=1),
    messages=(Message("m1", "customer", ago(days=1), "Took three days."),),
)
CALM = Understanding(language="en", sentiment=Sentiment("neutral", 0.0, 0.9, "test"))
ANGRY = replace(CALM, sentiment=Sentiment("negative", -0.9, 0.95, "test"))
WORSE = Gap(id="g-1", item="support/T-1", basis="stated", at=ago(days=4), direction="worse", disconfirmation=-0.5)
BETTER = replace(WORSE, id="g-2", direction="better", disconfirmation=0.5)
BROKEN = Promise(id="p-1", who="agent", what="call", said_at=ago(days=3), due_at=ago(days=2), state="broken")
DUE = replace(BROKEN, state="open", due_at=NOW + timedelta(hours=20))
BAD, GOOD = Rating("csat", 2, 1, 5, ago(hours=5)), Rating("csat", 5, 1, 5, ago(hours=5))


def found(
    item: Item,
    gaps: tuple[Gap, ...] = (),
    promises: tuple[Promise, ...] = (),
    understanding: Understanding = CALM,
    config: Settings = SETTINGS,
) -> list[str]:
    comparison = Comparison(item=item.key, gaps=gaps, promises=promises)
    return [matter.trigger for matter in triggers(item, understanding, comparison, config, NOW)]


class TestSomethingWentWrong:
    def test_a_solved_ticket_with_a_shortfall(self) -> None:
        assert found(ITEM, (WORSE,)) == ["shortfall"]

    def test_a_solved_ticket_with_a_bad_rating(self) -> None:
        assert found(replace(ITEM, ratings=(BAD,))) == ["bad_rating"]

    def test_a_review_with_a_shortfall_is_over_when_it_is_written(self) -> None:
        assert found(REVIEW, (WORSE,)) == ["shortfall"]

    def test_all_at_once_is_one_matter_that_carries_everything(self) -> None:
        item = replace(ITEM, ratings=(BAD,))
        comparison = Comparison(item=item.key, gaps=(WORSE, BETTER), promises=(BROKEN,))
        [matter] = triggers(item, CALM, comparison, SETTINGS, NOW)
        assert matter.trigger == "promise_broken"
        assert (matter.gaps, matter.promises, matter.rating) == ((WORSE,), (BROKEN,), BAD)

    def test_the_clearest_gap_comes_first(self) -> None:
        clearer = replace(WORSE, id="g-9", disconfirmation=-0.9)
        [matter] = triggers(ITEM, CALM, Comparison(item=ITEM.key, gaps=(WORSE, clearer)), SETTINGS, NOW)
        assert matter.gaps == (clearer, WORSE)

    @pytest.mark.parametrize("gap", [replace(WORSE, confidence=0.49), replace(WORSE, direction=None), BETTER])
    def test_an_unsure_open_or_better_gap_is_none(self, gap: Gap) -> None:
        assert found(ITEM, (gap,)) == []

    def test_a_survey_counts_from_two_points_of_six_or_with_unhappy_words(self) -> None:
        pair = replace(WORSE, basis="survey", disconfirmation=-1 / 6)
        assert found(REVIEW, (pair,)) == []
        assert found(REVIEW, (pair,), understanding=ANGRY) == ["shortfall"]
        wide = replace(pair, disconfirmation=-0.333)
        assert found(REVIEW, (wide,)) == ["shortfall"]
        happy = replace(CALM, sentiment=Sentiment("positive", 0.8, 0.9, "test"))
        assert found(REVIEW, (wide,), understanding=happy) == []
        rather_happy = replace(CALM, sentiment=Sentiment("positive", 0.3, 0.5, "test"))
        assert found(REVIEW, (wide,), understanding=rather_happy) == []

    def test_who_sounds_happy_did_not_mind(self) -> None:
        happy = replace(CALM, sentiment=Sentiment("positive", 0.8, 0.9, "test"))
        assert found(ITEM, (WORSE,), understanding=happy) == []
        assert found(replace(ITEM, ratings=(BAD,)), (WORSE,), understanding=happy) == ["bad_rating"]

    def test_unhappy_words_of_which_nobody_is_sure_do_not_count(self) -> None:
        unsure = replace(CALM, sentiment=Sentiment("negative", -0.2, 0.55, "test"))
        assert found(ITEM, (replace(WORSE, basis="standard"),), understanding=unsure) == []

    @pytest.mark.parametrize("basis", ["standard", "due"])
    def test_a_clock_that_ran_over_counts_only_where_the_customer_minded(self, basis: Any) -> None:
        late = replace(WORSE, basis=basis)
        assert found(ITEM, (late,)) == []
        assert found(ITEM, (late,), understanding=ANGRY) == ["shortfall"]
        assert found(ITEM, (late, WORSE)) == ["shortfall"]

    def test_praise_at_the_end_means_that_nothing_went_wrong(self) -> None:
        assert found(replace(ITEM, ratings=(GOOD,)), (WORSE,), (BROKEN,)) == []
        earlier = replace(GOOD, at=ago(days=3))
        assert found(replace(ITEM, ratings=(BAD, earlier))) == ["bad_rating"]

    def test_negative_words_alone_are_none(self) -> None:
        assert found(ITEM, understanding=ANGRY) == []


class TestOpenThreads:
    def test_a_shortfall_or_bad_rating_waits_until_it_is_solved(self) -> None:
        assert found(replace(OPEN, ratings=(BAD,)), (WORSE,)) == []

    def test_a_broken_promise_of_which_no_agent_wrote_since_is_a_matter(self) -> None:
        assert found(OPEN, promises=(BROKEN,)) == ["promise_broken"]

    def test_a_broken_promise_that_an_agent_took_up_is_none(self) -> None:
        answered = replace(OPEN, messages=(*OPEN.messages, Message("m3", "agent", ago(days=1), "Sorry, here it is.")))
        assert found(answered, promises=(BROKEN,)) == []

    def test_automatic_words_and_internal_notes_are_no_answer(self) -> None:
        noise = (
            Message("m3", "agent", ago(days=1), "We got your mail.", automatic=True),
            Message("m4", "agent", ago(days=1), "call them!", public=False),
            Message("m5", "agent", ago(days=1), "a follow-up of ours", own=True),
        )
        assert found(replace(OPEN, messages=(*OPEN.messages, *noise)), promises=(BROKEN,)) == ["promise_broken"]


class TestPromiseNearlyDue:
    def test_is_a_matter_on_an_open_thread(self) -> None:
        assert found(OPEN, promises=(DUE,)) == ["promise_due"]

    @pytest.mark.parametrize(
        "promise",
        [
            replace(DUE, due_at=NOW + timedelta(hours=25)),
            replace(DUE, due_at=NOW),
            replace(DUE, due_at=None),
            replace(DUE, state="kept"),
            replace(DUE, confidence=0.4),
        ],
    )
    def test_is_none_far_ahead_over_undated_kept_or_unsure(self, promise: Promise) -> None:
        assert found(OPEN, promises=(promise,)) == []

    def test_is_none_when_an_agent_wrote_since_or_all_is_solved(self) -> None:
        answered = replace(OPEN, messages=(*OPEN.messages, Message("m3", "agent", ago(hours=2), "Still on it.")))
        assert found(answered, promises=(DUE,)) == []
        assert found(ITEM, promises=(DUE,)) == []


class TestThanks:
    def test_are_off_unless_the_config_says_otherwise(self) -> None:
        assert found(ITEM, (BETTER,)) == []
        assert found(ITEM, (BETTER,), config=THANKFUL) == ["thanks"]

    def test_need_a_better_experience_and_nothing_that_went_wrong(self) -> None:
        assert found(replace(ITEM, ratings=(GOOD,)), config=THANKFUL) == []
        assert found(ITEM, (BETTER,), understanding=ANGRY, config=THANKFUL) == []
        assert found(ITEM, (BETTER, replace(WORSE, confidence=0.1)), config=THANKFUL) == []
        assert found(OPEN, (BETTER,), config=THANKFUL) == []


def test_deleted_items_and_items_without_a_customer_s_word_give_none() -> None:
    assert found(replace(ITEM, status="deleted"), (WORSE,)) == []
    assert found(replace(ITEM, messages=ITEM.messages[1:]), (WORSE,)) == []


@given(
    st.lists(st.sampled_from([WORSE, BETTER, replace(WORSE, confidence=0.2)]), max_size=3),
    st.lists(st.sampled_from([BROKEN, DUE, replace(BROKEN, state="kept")]), max_size=3),
    st.lists(st.sampled_from([BAD, GOOD]), max_size=2),
    st.sampled_from([ITEM, OPEN, REVIEW, replace(ITEM, status="deleted")]),
)
def test_an_item_never_gives_more_than_one_matter(
    gaps: list[Gap], promises: list[Promise], ratings: list[Rating], item: Item
) -> None:
    assert len(found(replace(item, ratings=tuple(ratings)), tuple(gaps), tuple(promises), config=THANKFUL)) <= 1


RATINGS: list[tuple[str, float, float, float, str]] = [
    ("csat", 3, 1, 5, "bad"),  # three of five counts as bad
    ("csat", 4, 1, 5, ""),
    ("csat", 0, 0, 1, "bad"),
    ("csat", 1, 0, 1, "good"),
    ("stars", 2, 1, 5, "bad"),
    ("stars", 3, 1, 5, ""),
    ("stars", 5, 1, 5, "good"),
    ("nps", 6, 0, 10, "bad"),
    ("nps", 7, 0, 10, ""),
    ("nps", 9, 0, 10, "good"),
    ("ces", 3, 1, 7, "bad"),
    ("ces", 4, 1, 7, ""),
    ("mood", 1, 1, 1, ""),  # a scale without length says nothing
]


@pytest.mark.parametrize(("scale", "value", "low", "high", "said"), RATINGS)
def test_ratings_are_judged_on_their_own_scale(scale: str, value: float, low: float, high: float, said: str) -> None:
    rating = Rating(scale, value, low, high)
    assert (is_bad(rating), is_good(rating)) == (said == "bad", said == "good")


DEEDS = [
    ("I have refunded the delivery fee. Have a nice day.", "I have refunded the delivery fee."),
    ("Thanks for waiting! Your parcel has been resent today.", "Your parcel has been resent today."),
    ("I have refunded the fee, and I'll write to you by Friday.", "I have refunded the fee"),
    ("As promised, your parcel has left. You will get a mail.", "As promised, your parcel has left."),
    ("跟您说一声，今天已经处理好了。", "跟您说一声，今天已经处理好了。"),
    ("已经安排补发，明天告诉您单号。", "已经安排补发"),
    ("我已经催了仓库，明天之前一定发出。", None),
    ("已经和财务确认，退款五天内到账。", None),
    ("We've now cancelled the order.", "We've now cancelled the order."),
    ("已为您补发商品。祝您愉快。", "已为您补发商品。"),
    ("您好，已经帮您修复了账户问题。", "您好，已经帮您修复了账户问题。"),
    ("I will refund the fee.", None),
    ("We have not sent it yet.", None),
    ("Once we have shipped it you get a mail.", None),
    ("Have you sent it back? Was it delivered?", None),
    ("我们会为您退款。", None),
    ("还没有为您发货。", None),
    ("Thank you for your message.", None),
    ("Your report has been successfully submitted.", "Your report has been successfully submitted."),
    ("It's booked for Saturday at 10.", "It's booked for Saturday at 10."),
]


@pytest.mark.parametrize(("text", "deed"), DEEDS)
def test_only_what_an_agent_says_is_done_counts_as_done(text: str, deed: str | None) -> None:
    item = replace(ITEM, messages=(*ITEM.messages, Message("m3", "agent", ago(days=1), text)))
    done = agent_action(item)
    assert (done.words if done else None) == deed


def test_a_sentence_with_a_broken_promise_is_no_deed() -> None:
    message = Message("m3", "agent", ago(days=1), "Your parcel was picked up and is with you within two days.")
    item = replace(ITEM, messages=(*ITEM.messages, message))
    assert agent_action(item) is not None
    assert agent_action(item, [replace(BROKEN, what="with you within two days")]) is None


def test_a_deed_does_not_count_once_the_customer_wrote_again() -> None:
    deed = Message("m3", "agent", ago(days=2), "I have sent it.")
    again = Message("m4", "customer", ago(days=1), "Still nothing here.")
    assert agent_action(replace(ITEM, messages=(*ITEM.messages, deed))) is not None
    assert agent_action(replace(ITEM, messages=(*ITEM.messages, deed, again))) is None


class TestCustomerWords:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Hi there,\nYou had told me Friday. It came on Monday!", "You had told me Friday. It came on Monday!"),
            ("Hello, it came on Monday, not Friday", "it came on Monday, not Friday"),
            ("My order was a present. " * 9 + "It came on Monday! So late.", "It came on Monday! So late."),
        ],
    )
    def test_the_words_with_the_gap_are_quoted_without_the_greeting(self, text: str, words: str) -> None:
        piece = "It came on Monday" if "It came" in text else "it came on Monday"
        understanding = replace(CALM, expectations=(Expectation(basis="stated", experienced=piece, direction="worse"),))
        item = replace(ITEM, messages=(Message("m1", "customer", ago(days=4), text),))
        [matter] = triggers(item, understanding, Comparison(item=item.key, gaps=(WORSE,)), SETTINGS, NOW)
        said = customer_words(matter)
        assert said is not None and said.words == words and said.at == ago(days=4)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("Hi. I ordered on Monday. It came broken.\nKind regards\nAnna", "I ordered on Monday. It came broken."),
            ("It never came to my door.\n\nOn 3 May 2026 Shop wrote:\n> we will send it", "It never came to my door."),
            ("在吗？\n包裹被雨淋透了，里面都软了。没人说一声。\n祝好", "包裹被雨淋透了，里面都软了。没人说一声。"),
            ("late!", "late!"),
            (
                "<div><p>Dear team,</p><p>My bowl leaks &amp; drips.</p><p>Kind regards<br><b>Sam</b></p></div>",
                "My bowl leaks & drips.",
            ),
            ("包裹里是别人的茶，订单LL-46857。 以前不是这样的。", "包裹里是别人的茶，订单LL-46857。以前不是这样的。"),
        ],
    )
    def test_without_a_gap_in_words_their_story_is_quoted_without_signature_and_history(
        self, text: str, words: str
    ) -> None:
        item = replace(ITEM, messages=(Message("m1", "customer", ago(days=4), text),), ratings=(BAD,))
        [matter] = triggers(item, CALM, Comparison(item=item.key), SETTINGS, NOW)
        said = customer_words(matter)
        assert said is not None and said.words == words

    def test_a_rating_s_comment_comes_before_the_thread(self) -> None:
        item = replace(ITEM, ratings=(replace(BAD, comment="nobody ever called me back"),))
        [matter] = triggers(item, CALM, Comparison(item=item.key), SETTINGS, NOW)
        said = customer_words(matter)
        assert said is not None and said.words == "nobody ever called me back" and said.at == BAD.at

    def test_a_bare_rating_has_no_words(self) -> None:
        item = replace(ITEM, messages=(), ratings=(BAD,))
        [matter] = triggers(item, CALM, Comparison(item=item.key), SETTINGS, NOW)
        assert customer_words(matter) is None


class TestTaskFor:
    TASK = ImprovementTask(
        id="task-1",
        finding_id="f",
        group={"touchpoint": "delivery", "dimension": "reliability"},
        title="",
        body="",
        team="Logistics",
        status="open",
        raised_week="2026-W44",
        updated_week="2026-W44",
        priority=3.0,
    )
    GAP = replace(WORSE, touchpoint="delivery", dimension="reliability")

    def test_touchpoint_and_dimension_must_fit(self) -> None:
        assert task_for([self.GAP], [self.TASK]) == self.TASK
        assert task_for([replace(self.GAP, dimension="empathy")], [self.TASK]) is None
        assert task_for([], [self.TASK]) is None

    def test_a_task_of_another_segment_does_not_fit(self) -> None:
        gold = replace(self.TASK, group={**self.TASK.group, "segment": "gold"})
        assert task_for([self.GAP], [gold]) is None
        assert task_for([replace(self.GAP, segment="gold")], [gold]) == gold

    def test_only_agreed_ones_count_and_the_higher_priority_wins(self) -> None:
        higher = replace(self.TASK, id="task-2", group={"touchpoint": "delivery"}, priority=9.0)
        assert task_for([self.GAP], [self.TASK, higher]) == higher
        assert task_for([self.GAP], [self.TASK, replace(higher, status="proposed")]) == self.TASK


class TestFixed:
    TASK = replace(
        TestTaskFor.TASK, status="verified", verdict="worked", evidence=(ITEM.key,), group={"dimension": "reliability"}
    )
    GAP = replace(WORSE, dimension="reliability")

    def told(self, item: Item = ITEM, gap: Gap = GAP, task: ImprovementTask = TASK) -> bool:
        matter = fixed(item, CALM, Comparison(item=item.key, gaps=(gap, BETTER)), task, NOW)
        assert matter is None or (matter.trigger, matter.gaps, matter.task) == ("fixed", (gap,), task)
        return matter is not None

    def test_who_complained_of_what_is_mended_is_told(self) -> None:
        assert self.told()

    def test_nobody_is_told_what_no_verdict_backs(self) -> None:
        assert not self.told(task=replace(self.TASK, verdict="cannot_tell"))
        assert not self.told(task=replace(self.TASK, status="reopened"))

    def test_who_complained_of_something_else_or_nothing_is_not_told(self) -> None:
        assert not self.told(item=replace(ITEM, id="T-9"))
        assert not self.told(gap=replace(self.GAP, dimension="empathy"))
        assert not self.told(gap=replace(self.GAP, confidence=0.4))
        assert not self.told(item=replace(ITEM, status="deleted"))
