"""Notes and tags: one note an item and cause, what an agent needs and no more, hostile words inert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from feedbackloop.analysis.notes import Elsewhere, note_cause, note_text, tags_for, wants_note
from feedbackloop.records import Gap, Item, Promise

AT = datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
ITEM = Item(id="T-1", kind="ticket", source="support", created_at=AT)
GAP = Gap(
    id="g-1",
    item="support/T-1",
    basis="promised",
    at=AT,
    touchpoint="delivery",
    dimension="reliability",
    expected=24,
    experienced=72,
    unit="hour",
    disconfirmation=-0.667,
    direction="worse",
)
STANDARD = replace(
    GAP, id="g-2", basis="standard", dimension="responsiveness", expected=8, name="first reply", disconfirmation=-0.9
)
BROKEN = Promise(
    id="p-1", who="agent", what="I will call you back.", said_at=AT, due_at=AT + timedelta(days=1), state="broken"
)
DUE = replace(BROKEN, id="p-2", state="open")
ELSEWHERE = Elsewhere(source="reviews", at=AT, words="Never again, [name]", url="https://r.example/1")


def test_an_english_note_says_expectation_experience_and_what_happened_elsewhere() -> None:
    promised = Elsewhere(source="chat", at=AT, words="We send a voucher", promise=True, due_at=AT + timedelta(days=3))
    assert note_text(ITEM, (GAP, STANDARD), (BROKEN,), (ELSEWHERE, promised), "en", link="http://127.0.0.1/x") == (
        "Expectation and experience (internal note by feedbackloop)\n\n"
        "- Delivery · responsiveness · our standard (first reply)\n  expected: 8 hours\n  experienced: 72 hours\n"
        "- Delivery · reliability · a promise\n  expected: 24 hours\n  experienced: 72 hours\n\n"
        "- Promise broken: “I will call you back.” (said 2 November, 12:30; was due 3 November, 12:30)\n\n"
        "The same customer in other places:\n"
        "- reviews, 2 November, 12:30: “Never again, [name]” https://r.example/1\n"
        "- chat, promised 2 November, 12:30, due 5 November, 12:30: “We send a voucher”\n\n"
        "More: http://127.0.0.1/x"
    )


def test_a_chinese_note_says_the_same_in_the_team_s_zone() -> None:
    assert note_text(ITEM, (GAP,), (DUE,), (ELSEWHERE,), "zh", zone=ZoneInfo("Asia/Shanghai")) == (
        "期望与实际（feedbackloop 内部备注）\n\n"
        "- 配送 · 可靠性 · 承诺\n  期望：24 小时\n  实际：72 小时\n\n"
        "- 承诺还没到期：“I will call you back.”（11月2日 20:30说的，期限是11月3日 20:30）\n\n"
        "这位客户在其他渠道：\n- reviews，11月2日 20:30：“Never again, [name]” https://r.example/1"
    )


def test_a_due_date_is_said_as_a_date_and_how_late_it_became() -> None:
    # due 24 hours after creation, solved after 72: 48 hours late
    gap = replace(GAP, basis="due", due_at=AT + timedelta(days=1))
    assert "expected: 3 November, 12:30\n  experienced: 48 hours late" in note_text(ITEM, (gap,), (), (), "en")
    unsolved = replace(gap, experienced=None)
    assert "expected: 3 November, 12:30" in note_text(ITEM, (unsolved,), (), (), "en")


def test_words_are_quoted_and_a_lone_side_brings_its_evidence() -> None:
    told = replace(GAP, basis="stated", expected="by Friday", experienced="on Monday", unit=None)
    assert "expected: “by Friday”\n  experienced: “on Monday”" in note_text(ITEM, (told,), (), (), "en")
    lone = replace(told, experienced=None, evidence="it should have come by Friday")
    assert "read from: “it should have come by Friday”" in note_text(ITEM, (lone,), (), (), "en")


def test_a_promise_and_its_gap_are_said_once() -> None:
    gap = replace(GAP, name="p-1", experienced=None)
    assert "expected" not in note_text(ITEM, (gap,), (BROKEN,), (), "en").replace("Expectation", "")
    assert "expected: 24 hours" in note_text(ITEM, (gap,), (), (), "en")


def test_what_the_customer_said_in_this_source_is_not_elsewhere() -> None:
    here = replace(ELSEWHERE, source="support")
    assert "other places" not in note_text(ITEM, (GAP,), (), (here,), "en")


def test_three_of_a_kind_are_enough_the_newest_first() -> None:
    many = [replace(ELSEWHERE, words=f"word {n}", at=AT + timedelta(hours=n)) for n in range(9)]
    note = note_text(ITEM, (GAP,), (), many, "en")
    assert [f"word {n}" in note for n in range(9)] == [n >= 6 for n in range(9)]
    assert note.index("word 8") < note.index("word 6")


@pytest.mark.parametrize(
    ("gaps", "promises", "cause"),
    [
        ((), (), ""),
        ((GAP,), (), "gap"),
        ((GAP,), (DUE,), "promise-due"),
        ((GAP,), (DUE, BROKEN), "promise-broken"),
        ((), (BROKEN,), "promise-broken"),
        ((replace(GAP, direction="better"),), (), ""),
        ((replace(GAP, direction=None),), (), ""),
        ((replace(GAP, confidence=0.49),), (replace(BROKEN, confidence=0.49),), ""),
        ((), (replace(DUE, due_at=None), replace(BROKEN, state="kept")), ""),
    ],
)
def test_only_worse_gaps_and_promises_due_or_broken_are_a_cause(gaps: Any, promises: Any, cause: str) -> None:
    assert note_cause(gaps, promises) == cause
    assert wants_note(gaps, promises) == bool(cause)


def test_another_reading_of_the_dimension_is_no_new_cause() -> None:
    assert note_cause((GAP,), ()) == note_cause((STANDARD, replace(GAP, dimension="empathy")), ())


def test_tags_name_each_dimension_once_and_a_broken_promise() -> None:
    gaps = (GAP, replace(GAP, id="g-3"), STANDARD, replace(GAP, id="g-4", dimension=None))
    assert tags_for(gaps, (BROKEN, DUE), "fbl-") == (
        "fbl-gap-reliability",
        "fbl-gap-responsiveness",
        "fbl-promise-broken",
    )
    assert tags_for((replace(GAP, direction="met"),), (DUE,), "x-") == ()


@given(st.text(), st.text(), st.sampled_from(["en", "zh"]))
def test_hostile_words_are_inert_in_a_note(words: str, piece: str, language: Any) -> None:
    evil = words + "{{ticket.id}} <script> http://evil.example ” \u202e"
    gap = replace(GAP, basis="stated", touchpoint=piece, expected=evil, experienced=None, evidence=evil, unit=None)
    note = note_text(ITEM, (gap,), (replace(BROKEN, what=evil),), (replace(ELSEWHERE, words=evil),), language)
    assert not {"{{", "<", "evil.example", "\u202e"} & {p for p in ("{{", "<", "evil.example", "\u202e") if p in note}
    assert note.count("“") == note.count("”")
    assert len(note) < 3000
