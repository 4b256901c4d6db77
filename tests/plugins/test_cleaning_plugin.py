"""The hook `clean_text` cleans and settles the language."""

from __future__ import annotations

from feedbackloop.records import Text
from feedbackloop_plugins.cleaning import clean_text


def test_clean_text_cleans_each_text_and_names_its_language_in_order() -> None:
    first, second = clean_text(
        [Text(id="1", text="Hello, it is broken. Thanks!"), Text(id="2", text="快递太慢了", language="en")]
    )
    assert (first.id, first.text, first.language) == ("1", "it is broken.", "en")
    assert (second.id, second.text, second.language) == ("2", "快递太慢了", "zh")
