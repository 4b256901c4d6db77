"""A typing error in a word of feeling is read as the word that was meant; words that are words stay as they are."""

from __future__ import annotations

import time
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.understanding.sentiment import en as sentiment_en
from feedbackloop.understanding.sentiment.typos import mended

WORDS = files("feedbackloop.understanding") / "words"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("terible", "terrible"),  # left out
        ("usefull", "useful"),  # one too many
        ("pleasent", "pleasant"),  # one wrong
        ("amatuer", "amateur"),  # changed places
        ("disapointed", "disappointed"),
        ("dissappointed", "disappointed"),  # too many letters stand twice
        ("teri", "teri"),  # too short
        ("terriblx", "terriblx"),  # another last letter is mostly another form
        ("xerrible", "xerrible"),  # the first letter is right
        ("trrrible" + "x" * 20, "trrrible" + "x" * 20),
    ],
)
def test_one_slip_is_mended(word: str, meant: str) -> None:
    assert mended(word) == meant


@pytest.mark.parametrize(
    "word", ["garage", "interior", "heating", "detective", "shared", "resent", "terribly", "desert", "haven"]
)
def test_a_word_that_is_one_stays(word: str) -> None:
    assert mended(word) == word


def test_all_listed_words_stay() -> None:
    for name in ("english_common.txt", "english_feelings.txt", "english_near.txt"):
        lines = (WORDS / name).read_text(encoding="utf-8").splitlines()
        assert not [word for word in lines if not word.startswith("#") and mended(word) != word]


@given(st.text(alphabet="abdeilnorst", max_size=12))
def test_what_is_mended_is_a_word_of_feeling_of_nearly_the_same_letters(word: str) -> None:
    meant = mended(word)
    assert meant == word or (meant[0] == word[0] and abs(len(set(meant)) - len(set(word))) <= 1)
    assert mended(meant) == meant


def test_sentiment_reads_the_word_that_was_meant() -> None:
    assert sentiment_en.tokens("An AWSOME, terible day") == ["an", "awesome", ",", "terrible", "day"]


def test_unknown_words_take_no_long_time() -> None:
    words = [f"{'abcdefghij'[number % 10]}{'xyzrst' * (number % 3 + 1)}{number % 7}" for number in range(20_000)]
    begun = time.process_time()
    for word in words:
        mended(word)
    assert time.process_time() - begun < 2
