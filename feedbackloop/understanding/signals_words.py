"""By which words do effort, emotion, churn, escalation, suggestions and questions show themselves?

The wordings stand in `words/signals.toml`, English and Chinese.
"""

from __future__ import annotations

import re
from functools import cache

from feedbackloop.understanding.dimensions_words import joined, table


@cache
def mark(name: str, language: str) -> re.Pattern[str]:
    """Give the pattern of one mark in "en" or "zh"."""
    return re.compile(joined(table("signals")[language][name], {}))


@cache
def emotions(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give the emotions with their patterns; of equally strong ones the first wins."""
    return tuple(
        (name, re.compile(joined(words, {}))) for name, words in table("signals")[language]["emotions"].items()
    )
