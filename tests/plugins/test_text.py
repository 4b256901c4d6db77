"""Does the plugin answer for each text of a batch, in order, and each author in his way?"""

from __future__ import annotations

from datetime import UTC, datetime

from feedbackloop.records import Text
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
    customer, agent, system, german, empty = plugin.find_expectations(BATCH, {})
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
