"""Does the plugin answer for each text of a batch, in order, and each author in his way?"""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from feedbackloop.records import Text
from feedbackloop.settings import Settings
from feedbackloop_plugins import text as plugin

AT = datetime(2026, 11, 2, tzinfo=UTC)
BATCH = [
    Text(id="1", text="They promised delivery within 24 hours but it took three days.", language="en", at=AT),
    Text(id="2", text="I will call you back tomorrow.", language="en", author="agent", at=AT),
    Text(id="3", text="Ticket merged, we will call back tomorrow", language="en", author="system", at=AT),
    Text(id="4", text="Ich warte seit drei Tagen", language="de", at=AT),
    Text(id="5", text="", language="zh", at=AT),
]


def test_each_author_is_read_in_his_way():
    customer, agent, system, german, empty = plugin.find_expectations(BATCH, {}, Settings())
    assert [e.direction for e in customer.expectations] == ["worse"]
    assert customer.promises == ()
    assert [p.what for p in agent.promises] == ["I will call you back tomorrow"]
    assert agent.expectations == ()
    assert not (system.expectations or system.promises or system.signals)
    assert not (german.expectations or german.signals)
    assert not (empty.expectations or empty.signals)


def test_every_text_of_a_batch_gets_its_own_answer():
    together = plugin.classify(BATCH, {"returns": ["refund"]})
    alone = [plugin.classify([text], {"returns": ["refund"]})[0] for text in BATCH]
    assert together == alone
    assert len(together) == len(BATCH)


FRIDAY = datetime(2026, 11, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "settings", "due"),
    [
        # Friday 15:00 UTC is 16:00 in Berlin, an hour before closing; the second business day after is Tuesday.
        ("I will call you within 2 working days.", {}, "2026-11-10T15:00"),
        ("I will call you within 2 working days.", {"holidays": ["2026-11-09"]}, "2026-11-11T15:00"),
        ("I will call you within 2 working days.", {"days": ["fri", "sat"]}, "2026-11-13T15:00"),
        ("我们会在2个工作日内联系您。", {"holidays": ["2026-11-09"]}, "2026-11-11T15:00"),
        (
            "I will call you within 2 days.",
            {"holidays": ["2026-11-07"]},
            "2026-11-08T15:00",
        ),  # days are not business days
        ("I will call you tomorrow.", {}, "2026-11-07T22:59"),  # the day ends at midnight in Berlin
    ],
)
def test_promises_are_due_by_the_calendar_and_the_zone_of_the_config(words, settings, due):
    config = Settings.model_validate({"loop": {"timezone": "Europe/Berlin"}, "calendar": settings})
    text = Text(id="m", text=words, language="zh" if "工" in words else "en", author="agent", at=FRIDAY)
    [found] = plugin.find_expectations([text], {}, config)
    assert found.promises[0].due_at.isoformat().startswith(due)
    assert found.promises[0].due_at.tzinfo == UTC


def test_a_customers_words_are_due_by_the_same_calendar():
    config = Settings.model_validate({"loop": {"timezone": "Asia/Shanghai"}, "calendar": {"holidays": ["2026-11-09"]}})
    text = Text(id="m", text="They promised me the refund within 1 working day", language="en", at=FRIDAY)
    [found] = plugin.find_expectations([text], {}, config)
    due = found.expectations[0].due_at.astimezone(ZoneInfo("Asia/Shanghai"))
    assert due.date().isoformat() == "2026-11-10"  # said at 23:00 in Shanghai, Monday is a holiday
