"""Restraint holds for any facts: it always answers, twice the same, and never lets through what it must not."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.restraint import REASONS, Contact, ContactFacts, Decision, decide
from feedbackloop.analysis.restraint_hours import quiet_until
from feedbackloop.analysis.restraint_words import explain
from feedbackloop.records import FollowUp
from feedbackloop.settings import Settings

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"]

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
clocks = st.times().map(lambda at: at.replace(second=0, microsecond=0))
contacts = st.builds(Contact, moments, st.booleans(), st.sampled_from([None, "fu-1", "fu-2"]))
facts = st.builds(
    ContactFacts,
    matter_at=moments,
    contacts=st.lists(contacts, max_size=5).map(tuple),
    feedback_at=st.lists(moments, max_size=3).map(tuple),
    tags=st.lists(st.sampled_from(["vip", "no_contact", "NO_CONTACT"]), max_size=2).map(tuple),
    asked_for_silence=st.booleans(),
    segment=st.sampled_from(["standard", "gold", "unknown"]),
    timezone=st.one_of(st.none(), st.sampled_from([*ZONES, "nowhere"])),
    status=st.sampled_from([None, "new", "open", "pending", "solved", "closed", "deleted"]),
    last_author=st.sampled_from([None, "customer", "agent", "system"]),
    last_message_at=st.one_of(st.none(), moments),
    solved_at=st.one_of(st.none(), moments),
    automatic=st.booleans(),
    has_channel=st.booleans(),
    reachable=st.booleans(),
    thread_closed=st.booleans(),
    answers_feedback=st.booleans(),
    writes_left=st.one_of(st.none(), st.integers(-1, 3)),
    hold_out_key=st.binary(max_size=8),
)
settings = st.builds(
    lambda share, quiet, cap, span: Settings.model_validate(
        {
            "actions": {
                "hold_out": share,
                "max_age": span,
                "restraint": {
                    "quiet_hours": quiet,
                    "per_customer": {"standard": {"count": cap, "per": timedelta(days=30)}},
                },
            }
        }
    ),
    st.floats(0, 1),
    st.tuples(clocks, clocks),
    st.integers(0, 3),
    st.integers(0, 400).map(lambda days: timedelta(days=days)),
)
drafts = st.builds(
    lambda customer, lint: FollowUp(
        id="fu-1", item="s/1", customer=customer, cause="recovery", language="en", text="Hello.", lint=lint
    ),
    st.one_of(st.none(), st.text(max_size=5)),
    st.sampled_from([(), ("too_long",)]),
)


@given(drafts, facts, settings, moments)
def test_a_decision_is_always_made_and_always_the_same(
    draft: FollowUp, known: ContactFacts, config: Settings, now: datetime
) -> None:
    found = decide(draft, known, config, now)
    shuffled = replace(known, contacts=known.contacts[::-1], feedback_at=known.feedback_at[::-1], tags=known.tags[::-1])
    assert decide(draft, shuffled, config, now) == found
    assert (found.reason is None) == (found.decision == "send")
    assert found.wait_until is None or (found.decision == "wait" and found.wait_until > now)
    assert explain(found) and explain(found, "zh") != explain(found)


@given(drafts, facts, settings, moments)
def test_what_must_not_go_never_goes(draft: FollowUp, known: ContactFacts, config: Settings, now: datetime) -> None:
    if decide(draft, known, config, now).decision != "send":
        return
    cap = config.actions.restraint.cap(known.segment)
    assert cap and sum(contact.at > now - cap.per for contact in known.contacts) < cap.count
    assert not draft.lint and not known.automatic and not known.asked_for_silence
    assert known.has_channel and known.reachable and not known.thread_closed
    assert not {tag.lower() for tag in known.tags} & {"no_contact"}
    assert now - known.matter_at <= config.actions.max_age
    assert all(contact.matter != draft.id for contact in known.contacts)
    assert known.answers_feedback or all(now - at >= timedelta(hours=48) for at in known.feedback_at)


@given(drafts, facts, settings, moments)
def test_a_wait_ends_by_day_and_before_the_matter_is_too_old(
    draft: FollowUp, known: ContactFacts, config: Settings, now: datetime
) -> None:
    found = decide(draft, known, config, now)
    if found.wait_until is None:
        return
    assert found.wait_until <= known.matter_at + config.actions.max_age
    zone = ZoneInfo(known.timezone) if known.timezone in ZONES else UTC
    assert quiet_until(found.wait_until, config.actions.restraint.quiet_hours, zone) is None


@given(moments, clocks, clocks, st.sampled_from(ZONES))
def test_quiet_hours_end_at_the_first_minute_outside(now: datetime, begin: time, end: time, name: str) -> None:
    zone = ZoneInfo(name)
    until = quiet_until(now, (begin, end), zone)
    if until is None:
        return
    assert until > now
    assert quiet_until(until, (begin, end), zone) is None
    assert quiet_until(until - timedelta(seconds=1), (begin, end), zone) == until


BERLIN = ZoneInfo("Europe/Berlin")


def test_the_end_in_the_hour_that_comes_twice_is_the_one_ahead() -> None:
    # 25 October 2026, 03:00 becomes 02:00 at 01:00 UTC; 01:10 UTC is the second 02:10, and the second 02:30 is 01:30 UTC
    now = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert quiet_until(now, (time(20), time(2, 30)), BERLIN) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_an_open_minute_that_a_day_leaves_out_is_that_of_the_next_day() -> None:
    # 29 March 2026 has no 02:10; quiet from 02:15 to 02:10, the next end is 30 March, 02:10 = 00:10 UTC
    now = datetime(2026, 3, 28, 12, 0, tzinfo=UTC)
    assert quiet_until(now, (time(2, 15), time(2, 10)), BERLIN) == datetime(2026, 3, 30, 0, 10, tzinfo=UTC)


@given(moments, clocks, st.sampled_from(ZONES))
def test_two_equal_times_are_no_quiet_hours(now: datetime, at: time, name: str) -> None:
    assert quiet_until(now, (at, at), ZoneInfo(name)) is None


def test_every_reason_of_the_contract_has_its_words() -> None:
    said = {explain(Decision("hold", reason), language) for reason in REASONS for language in ("en", "zh")}
    assert len(said) == 2 * len(REASONS) == 30


def test_a_wait_says_until_when_in_the_reader_s_zone() -> None:
    until = datetime(2026, 11, 19, 7, 0, tzinfo=UTC)
    found = Decision("wait", "quiet_hours", until)
    zone = ZoneInfo("Europe/Berlin")
    assert explain(found, "en", zone) == "Waits until 19 November, 08:00: it is night where the customer lives."
    assert explain(found, "zh", zone) == "等到11月19日 08:00：客户所在地现在是休息时间。"
    assert explain(Decision("wait", "write_cap")).startswith("Waits for the next run")
    assert explain(Decision("send")) == "It may be sent now."
