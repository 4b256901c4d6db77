"""Leaves only the author's own words, and names their language."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from feedbackloop import hookimpl
from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.clean import clean
from feedbackloop.understanding.language import settle


@hookimpl
def clean_text(texts: Sequence[Text]) -> Sequence[Text]:
    """Clean each text and settle its language from the words that are left."""
    return [_cleaned(text) for text in texts]


def _cleaned(text: Text) -> Text:
    text = clean(text)
    language = settle(text.language, text.text)
    return text if language == text.language else msgspec.structs.replace(text, language=language)
