"""Are the words of a list found where they stand, whole, and all of them?"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.understanding.lexicon.word_map import WordMap

ENGLISH = WordMap(
    [("a", "refund*"), ("b", "refund"), ("c", "check-in"), ("d", "check"), ("e", "so much for"), ("f", "don't"), ("g", "late")],
    "en",
)  # fmt: skip
CHINESE = WordMap([("a", "退款"), ("b", "退"), ("c", "款项"), ("a", "到账")], "zh")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("refund", [(0, 6, "a"), (0, 6, "b")]),
        ("a refunded fee", [(2, 10, "a")]),  # the beginning of a word gives the whole word
        ("norefund", []),
        ("check-in late", [(0, 8, "c"), (9, 13, "g")]),  # "check" goes on over the joint
        ("'late' - check.", [(1, 5, "g"), (9, 14, "d")]),  # quotes and dashes are no joints
        ("so much for that, i don't", [(0, 11, "e"), (20, 25, "f")]),
        ("lately, so much forage", []),
        ("", []),
    ],
)
def test_english_words_are_found_whole(text, found):
    assert [tuple(word) for word in ENGLISH.find(text)] == found


def test_chinese_words_are_found_anywhere_and_overlap():
    assert [tuple(word) for word in CHINESE.find("请退款项")] == [(1, 2, "b"), (1, 3, "a"), (2, 4, "c")]


def test_a_map_without_words_finds_nothing():
    assert WordMap([], "en").find("late") == []


def test_half_a_surrogate_pair_hides_nothing():
    assert [name for _, _, name in ENGLISH.find("\ud83d late \udc4d")] == ["g"]


@given(
    st.lists(st.sampled_from(["late", "check", "-", "'", "in", " ", "refund", "x", "é", ".", "\ud800"])).map("".join)
)
def test_whole_words_are_those_that_a_tokenizer_gives(text):
    tokens = [(m.start(), m.end()) for m in re.finditer(r"[a-z]+(?:['-][a-z]+)*", text) if m[0] == "late"]
    assert [(start, end) for start, end, name in ENGLISH.find(text) if name == "g"] == tokens


def test_a_megabyte_of_hits_is_read_in_bounded_time():
    began = time.process_time()
    assert len(CHINESE.find("退款" * 500_000)) == 1_000_000
    assert time.process_time() - began < 5  # 1 s on one slow core
