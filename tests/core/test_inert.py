"""Do words from outside stay on their line, in their header, and out of links?"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.inert import header, inert, quoted, safe_url


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("two\r\nlines", "two lines"),
        ("\x1b[31mred\x07", "[31mred"),
        ("turned \u202eround", "turned round"),
        ("half \ud800 pair", "half  pair"),
        ("  等了\t三天 ", "等了 三天"),
        ("👩\u200d💻", "👩\u200d💻"),
    ],
)
def test_text_is_one_plain_line(text: str, clean: str) -> None:
    assert inert(text) == clean


@given(st.text())
def test_nothing_that_controls_is_left(text: str) -> None:
    assert not [ch for ch in inert(text) if unicodedata.category(ch)[0] == "C" and ch not in "\u200d\u2060"]
    inert(text).encode()


def test_links_in_quotes_cannot_be_clicked() -> None:
    assert "https://" not in quoted("see https://evil.example and www.evil.example now")
    assert "www.evil" not in quoted("see www.evil.example now")


@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("one two three four", "one two…"),
        ("一二三四五六七八九十甲乙丙", "一二三四五六七八九…"),
        ("just right", "just right"),
    ],
)
def test_long_quotes_end_at_a_word(text: str, short: str) -> None:
    assert quoted(text, 10) == short


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "https://a b.example",
        "https://ok.example/\nx",
        "https://desk.example@evil.example/",
        "https://[broken",
        "ftp://desk.example",
    ],
)
def test_only_web_addresses_are_linked(url: str | None) -> None:
    assert safe_url(url) is None


def test_a_web_address_is_linked_as_it_is() -> None:
    assert safe_url("https://desk.example/t/1?a=b&c=%20") == "https://desk.example/t/1?a=b&c=%20"


def test_no_encoded_word_hides_in_a_header() -> None:
    assert "=?" not in header("=?UTF-8?Q?=0A?=Bcc: x@example.org")
    assert "\n" not in header("a\nBcc: x@example.org")


def test_headers_are_not_endless() -> None:
    assert len(header("x" * 1000)) == 180
