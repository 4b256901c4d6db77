"""Quoted words are inert: one line of plain text, whatever a customer wrote."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from feedbackloop.analysis.wording_text import greeting_name, inert

CASES = [
    ("plain words stay", "plain words stay"),
    ("  two\n\n lines\t", "two lines"),
    ("<b>terrible</b> service", "terrible service"),
    ("<img src=x onerror=alert(1)>hello", "hello"),
    ("3 < 5 and 7 > 2", "3 ‹ 5 and 7 › 2"),
    ("see http://evil.example/x?y=1 now", "see [link] now"),
    ("go to www.evil.example", "go to [link]"),
    ("buy at cheap-pills.shop/now today", "buy at [link] today"),
    ("javascript:alert(1)", "[link]"),
    ("{{ticket.requester.email}}", "((ticket.requester.email))"),
    ("{% raw %}", "(% raw %)"),
    ("# heading", "heading"),
    ("**bold** and `code`", "bold and 'code'"),
    ('he said "no" and left', "he said 'no' and left"),
    ("it ends here” and goes on", "it ends here' and goes on"),
    ("right\u202eto left\u200b", "rightto left"),
    ("bell\x07 and \x00null", "bell and null"),
    ("broken \ud800 half", "broken half"),
    ("说好24小时发货\n结果等了三天！", "说好24小时发货 结果等了三天！"),
    ("me@example.com wrote e.g. this", "me@example.com wrote e.g. this"),
    ("It cost 3.50.Now 4", "It cost 3.50.Now 4"),
    ("\u2028", ""),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_only_plain_words_are_left(text: str, expected: str) -> None:
    assert inert(text) == expected


@given(st.text(), st.integers(1, 300))
@example("\r\n" * 50, 20)
@example("a" * 5000, 200)
@example("<" * 3000, 200)
def test_any_text_becomes_one_short_harmless_line(text: str, limit: int) -> None:
    words = inert(text, limit)
    assert len(words) <= limit
    assert not set(words) & set('<>{}`|"“”\n\r\t')
    assert all(unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for c in words)
    assert "://" not in words
    words.encode()


@given(st.text(max_size=150))
@example("=\\0")
def test_making_words_inert_twice_changes_nothing_more(text: str) -> None:
    once = inert(text)
    assert inert(once) == once


def test_a_long_text_is_cut_at_a_word_and_says_so() -> None:
    # limit 20: nineteen characters and the ellipsis; the last whole word ends at 15
    assert inert("one two three four fives", 20) == "one two three four…"
    assert inert("一二三四五六七八九十", 6) == "一二三四五…"


@pytest.mark.parametrize(
    ("name", "greeted"),
    [
        ("Anna Weber", "Anna"),
        ("Jean-Luc Picard", "Jean-Luc"),
        ("O'Brien", "O'Brien"),
        ("王小明", "王小明"),
        ("Łukasz", "Łukasz"),
        ("Dr. House", ""),
        ("ANNA WEBER", ""),
        ("a@x.example", ""),
        ("user4711", ""),
        ("Buy pills at http://evil.example", ""),
        ("{{ticket.id}}", ""),
        ("J", ""),
        ("NaN", ""),
        ("Guest 12", ""),
        ("guest", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_only_names_are_greeted(name: str | None, greeted: str) -> None:
    assert greeting_name(name) == greeted
