"""How much people change is counted in words, the same for English and Chinese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedbackloop.analysis.edits import Edits, edits, words_changed


@pytest.mark.parametrize(
    ("draft", "text", "share"),
    [
        ("We are sorry.", "We are sorry.", 0.0),
        ("We are sorry.", "we are SORRY!", 0.0),  # case and stops alone are no change
        ("one two three", "one two four", 1 / 3),  # 2 of 3 + 3 words stay twice: 1 - 4/6
        ("one two", "one two three four", 1 / 3),  # 1 - 4/6
        ("", "new words", 1.0),
        ("", "", 0.0),
        ("quite other", "words here", 1.0),
        ("很抱歉", "很遗憾", 2 / 3),  # one of three characters stays: 1 - 2/6
    ],
)
def test_the_share_of_words_that_differ(draft: str, text: str, share: float) -> None:
    assert words_changed(draft, text) == pytest.approx(share)


@given(st.text(max_size=60), st.text(max_size=60))
def test_it_is_a_share_and_nothing_for_the_same_text(one: str, other: str) -> None:
    assert 0.0 <= words_changed(one, other) <= 1.0
    assert words_changed(one, one) == 0.0


def test_the_median_is_that_of_the_edited_ones() -> None:
    pairs = [("", "as it was"), ("", "as it was"), ("a b c", "a b d"), ("a", "a"), ("a", "b")]
    # shares changed: 1/3, 0 and 1
    assert edits(pairs) == Edits(5, 3, pytest.approx(1 / 3))
    assert edits(pairs[:2]) == Edits(2, 0, None)
    assert edits([]) == Edits(0, 0, None)
