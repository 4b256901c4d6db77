"""Personal data is masked by kind, and what only looks like it stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.records import Action, ActionKind
from feedbackloop_plugins.redaction import before_push, mask, redact


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("write to ann.lee+x@mail.example.co.uk today", "write to [email] today"),
        ("我的邮箱是ann@example.com，谢谢", "我的邮箱是[email]，谢谢"),
        ("call +49 30 1234567 or (030) 123-4567", "call [phone] or [phone]"),
        ("手机13812345678打不通", "手机[phone]打不通"),
        ("card 4111 1111 1111 1111 was charged", "card [card] was charged"),  # Luhn sum 30
        ("card 4111 1111 1111 1112 was charged", "card 4111 1111 1111 1112 was charged"),  # Luhn sum 31
        ("IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"),  # leaves 1 modulo 97
        ("身份证11010519491231002X", "身份证[id number]"),  # GB 11643's own example
        ("from 192.168.10.77 today", "from [ip] today"),
        ("version 1.2.3 and 999.1.1.1", "version 1.2.3 and 999.1.1.1"),
        ("see https://a.example/reset?token=abc123 now", "see [link] now"),
        ("see https://a.example/help now", "see https://a.example/help now"),
        ("My name is Joan Miller and I wait", "My name is [name] and I wait"),
        ("Hi Peter, it broke", "Hi [name], it broke"),
        ("Dear Team, it broke", "Dear Team, it broke"),
        ("我叫王小明，快递没到", "我叫[name]，快递没到"),
        ("张先生说今天到", "[name]先生说今天到"),
        ("since 2026-11-02 my order 1234567890 is late", "since 2026-11-02 my order 1234567890 is late"),
        ("waited 24 hours and 3 days", "waited 24 hours and 3 days"),
    ],
)
def test_personal_data_is_masked_by_kind(text: str, masked: str) -> None:
    assert redact([text]) == [masked]


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


def test_control_characters_never_leave() -> None:
    action = Action(
        id="act-1",
        key="k",
        kind=ActionKind.NOTE,
        source="desk",
        text="a\x00b\u202ec\nd",
        title="t\x1b[31m",
        tags=("x\x07",),
    )
    changed = before_push(action)
    assert isinstance(changed, Action)
    assert (changed.text, changed.title, changed.tags) == ("abc\nd", "t[31m", ("x",))


def test_a_clean_action_is_left_alone() -> None:
    action = Action(id="act-1", key="k", kind=ActionKind.NOTE, source="desk", text="plain\nwords")
    assert before_push(action) is None
