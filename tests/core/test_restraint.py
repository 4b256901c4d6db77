"""Restraint: every reason on its own, their order, the clock of the customer, and that nothing slips through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from feedbackloop.analysis.restraint import Contact, ContactFacts, Decision, decide
from feedbackloop.records import FollowUp
from feedbackloop.settings import Settings

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
DRAFT = FollowUp(id="fu-1", item="support/T-1", customer="support/c-9", cause="recovery", language="en", text="Hello.")
FACTS = ContactFacts(matter_at=NOON - timedelta(days=2))


def ago(**span: float) -> datetime:
    return NOON - timedelta(**span)


def settings(**restraint: Any) -> Settings:
    actions = {key: restraint.pop(key) for key in ("hold_out", "max_age") if key in restraint}
    return Settings.model_validate({"actions": {**actions, "restraint": restraint}})


def decided(facts: ContactFacts = FACTS, *, now: datetime = NOON, draft: FollowUp = DRAFT, **config: Any) -> Decision:
    return decide(draft, facts, settings(**config), now)


def test_with_nothing_against_it_the_message_goes() -> None:
    assert decided() == Decision("send")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"tags": ("vip", " No_Contact ")}, "opted_out"),
        ({"asked_for_silence": True}, "opted_out"),
        ({"automatic": True}, "automatic_mail"),
        ({"contacts": (Contact(ago(days=90), answered=True, matter="fu-1"),)}, "same_matter"),
        ({"matter_at": ago(days=31)}, "too_old"),
        ({"has_channel": False}, "no_channel"),
        ({"thread_closed": True}, "source_closed"),
        ({"reachable": False}, "unreachable"),
        ({"contacts": (Contact(ago(days=90)), Contact(ago(days=60)))}, "silent"),
    ],
)
def test_what_will_not_pass_holds_the_message_for_good(changed: dict[str, Any], reason: str) -> None:
    assert decided(replace(FACTS, **changed)) == Decision("hold", reason)  # type: ignore[arg-type]


def test_a_draft_with_a_failed_lint_never_goes_out() -> None:
    assert decided(draft=replace(DRAFT, lint=("part_missing: action",))) == Decision("hold", "lint")


class TestContactedRecently:
    def test_waits_until_the_cap_lets_go(self) -> None:
        # one per 30 days; the last one 20 days ago; the matter of 2 days ago is still young enough in 10 days
        facts = replace(FACTS, contacts=(Contact(ago(days=20), answered=True),))
        assert decided(facts) == Decision("wait", "contacted_recently", NOON + timedelta(days=10))

    def test_is_a_hold_where_the_matter_would_be_too_old_by_then(self) -> None:
        # last contact 1 day ago: free in 29 days; the matter is 2 days old and may become 30
        facts = replace(FACTS, contacts=(Contact(ago(days=1), answered=True),))
        assert decided(facts) == Decision("hold", "contacted_recently")

    def test_counts_surveys_like_messages(self) -> None:
        survey = Contact(ago(days=10), answered=True, matter=None)
        assert decided(replace(FACTS, contacts=(survey,))).reason == "contacted_recently"

    def test_a_segment_has_its_own_cap(self) -> None:
        facts = replace(FACTS, contacts=(Contact(ago(days=20), answered=True),))
        caps = {"standard": "1 per 30d", "gold": "2 per 30d"}
        assert decided(replace(facts, segment="gold"), per_customer=caps).decision == "send"
        assert decided(replace(facts, segment="silver"), per_customer=caps).decision == "wait"

    def test_the_oldest_of_the_counted_contacts_frees_the_place(self) -> None:
        # two per 30 days: 25 and 10 days ago; the first leaves the window in 5 days
        contacts = (Contact(ago(days=10), answered=True), Contact(ago(days=25), answered=True))
        found = decided(replace(FACTS, contacts=contacts), per_customer="2 per 30d")
        assert found == Decision("wait", "contacted_recently", NOON + timedelta(days=5))

    def test_the_window_is_over_exactly_when_its_time_has_passed(self) -> None:
        at_the_edge = replace(FACTS, contacts=(Contact(ago(days=30), answered=True),))
        assert decided(at_the_edge).decision == "send"

    def test_a_cap_of_none_lets_nothing_through(self) -> None:
        assert decided(per_customer="0 per 30d") == Decision("hold", "contacted_recently")

    def test_a_config_without_a_cap_for_standard_still_has_one(self) -> None:
        facts = replace(FACTS, contacts=(Contact(ago(days=20), answered=True),))
        assert decided(facts, per_customer={"gold": "5 per 30d"}).reason == "contacted_recently"

    def test_a_contact_that_lies_ahead_counts(self) -> None:
        facts = replace(FACTS, contacts=(Contact(NOON + timedelta(days=1), answered=True),))
        assert decided(facts).reason == "contacted_recently"


class TestSilence:
    def test_one_answer_among_the_last_breaks_it(self) -> None:
        contacts = (Contact(ago(days=120)), Contact(ago(days=90), answered=True), Contact(ago(days=60)))
        assert decided(replace(FACTS, contacts=contacts)).decision == "send"

    def test_order_of_the_facts_does_not_matter(self) -> None:
        contacts = (Contact(ago(days=60)), Contact(ago(days=120), answered=True), Contact(ago(days=90)))
        assert decided(replace(FACTS, contacts=contacts)).reason == "silent"

    def test_begins_after_as_many_as_configured(self) -> None:
        contacts = (Contact(ago(days=60)), Contact(ago(days=90)))
        assert decided(replace(FACTS, contacts=contacts), silent_after=3).decision == "send"


class TestRecentFeedback:
    FACTS = replace(FACTS, feedback_at=(ago(hours=40), ago(days=9)))

    def test_an_unasked_message_waits_48_hours_after_any_feedback(self) -> None:
        unasked = replace(self.FACTS, answers_feedback=False)
        # 40 hours ago + 48 hours = in 8 hours: 20:00 UTC, when quiet hours begin; so 08:00
        morning = datetime(2026, 11, 19, 8, tzinfo=UTC)
        assert decided(unasked) == Decision("wait", "recent_feedback", morning)
        assert decided(unasked, quiet_hours="23:00-08:00").wait_until == NOON + timedelta(hours=8)

    def test_the_answer_to_that_feedback_is_not_held_back(self) -> None:
        assert decided(self.FACTS).decision == "send"


class TestAgentAnswering:
    @pytest.mark.parametrize("author", ["agent", "customer"])
    def test_an_open_thread_with_a_word_of_today_waits(self, author: Any) -> None:
        facts = replace(FACTS, status="open", last_author=author, last_message_at=ago(hours=3))
        assert decided(facts) == Decision("wait", "agent_answering", NOON + timedelta(hours=21))

    def test_a_solved_thread_does_not(self) -> None:
        facts = replace(
            FACTS, status="solved", last_author="agent", last_message_at=ago(hours=3), solved_at=ago(hours=3)
        )
        assert decided(facts).decision == "send"

    def test_a_solved_thread_in_which_the_customer_wrote_again_waits(self) -> None:
        facts = replace(
            FACTS, status="solved", last_author="customer", last_message_at=ago(hours=1), solved_at=ago(hours=3)
        )
        assert decided(facts).reason == "agent_answering"

    def test_an_open_thread_that_fell_silent_does_not(self) -> None:
        facts = replace(FACTS, status="open", last_author="agent", last_message_at=ago(hours=25))
        assert decided(facts).decision == "send"

    def test_a_review_has_no_thread(self) -> None:
        assert decided(replace(FACTS, last_author="customer", last_message_at=ago(hours=1))).decision == "send"


class TestQuietHours:
    def test_are_those_of_the_customer(self) -> None:
        # 12:00 UTC is 20:00 in Shanghai, where the quiet hours begin; 08:00 there is 00:00 UTC
        facts = replace(FACTS, timezone="Asia/Shanghai")
        assert decided(facts) == Decision("wait", "quiet_hours", datetime(2026, 11, 19, 0, 0, tzinfo=UTC))

    @pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd", "\x00"])
    def test_an_unknown_zone_is_the_loop_s(self, zone: str | None) -> None:
        night = datetime(2026, 11, 18, 22, 0, tzinfo=UTC)
        found = decided(replace(FACTS, timezone=zone), now=night)
        assert found.wait_until == datetime(2026, 11, 19, 8, 0, tzinfo=UTC)

    def test_a_wait_for_another_reason_does_not_end_at_night(self) -> None:
        # the cap lets go 30 days after 03:00; the message goes at 08:00
        facts = replace(FACTS, contacts=(Contact(datetime(2026, 10, 25, 3, tzinfo=UTC), answered=True),))
        assert decided(facts) == Decision("wait", "contacted_recently", datetime(2026, 11, 24, 8, tzinfo=UTC))


class TestOrder:
    def test_what_will_not_pass_outranks_what_will(self) -> None:
        facts = replace(FACTS, tags=("no_contact",), contacts=(Contact(ago(days=20), answered=True),))
        assert decided(facts).reason == "opted_out"

    def test_of_several_waits_the_longest_counts(self) -> None:
        facts = replace(
            FACTS,
            contacts=(Contact(ago(days=20), answered=True),),
            status="open",
            last_author="agent",
            last_message_at=ago(hours=3),
        )
        assert decided(facts).reason == "contacted_recently"

    def test_the_hold_out_is_drawn_only_among_those_who_would_be_written_to(self) -> None:
        waiting = replace(FACTS, contacts=(Contact(ago(days=20), answered=True),))
        assert decided(waiting, hold_out=1.0).reason == "contacted_recently"
        assert decided(replace(FACTS, tags=("no_contact",)), hold_out=1.0).reason == "opted_out"
        assert decided(hold_out=1.0) == Decision("hold", "hold_out")

    def test_the_write_cap_comes_last_and_lasts_one_run(self) -> None:
        assert decided(replace(FACTS, writes_left=0)) == Decision("wait", "write_cap")
        assert decided(replace(FACTS, writes_left=0), hold_out=1.0).reason == "hold_out"
        assert decided(replace(FACTS, writes_left=1)).decision == "send"


def test_berlin_in_winter_and_summer() -> None:
    berlin = replace(FACTS, timezone="Europe/Berlin", matter_at=datetime(2026, 3, 28, tzinfo=UTC))
    # the night of 28 to 29 March loses an hour: 08:00 is 06:00 UTC, the day before it was 07:00
    night = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
    assert decided(berlin, now=night).wait_until == datetime(2026, 3, 29, 6, 0, tzinfo=UTC)
    assert datetime(2026, 3, 28, 7, 0, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin")).hour == 8
