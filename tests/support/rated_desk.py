"""A desk whose customers have words of their own: what the shipped models cannot know, and ratings teach."""

from __future__ import annotations

from datetime import timedelta

from feedbackloop.records import Item
from feedbackloop.testing.makers import MONDAY, item, rating
from feedbackloop.understanding.correction.fit import RatedText

BAD, GOOD = "The lift was zonky when we came, on floor {}.", "The lift was floopy when we came, on floor {}."
MIXED = "I like lift {} and I like the stairs."


def rated_texts(count: int, start: int = 0) -> list[RatedText]:
    """Give texts that alternate: zonky is bad, floopy is good."""
    return [
        RatedText(
            f"desk/{number}", (GOOD if number % 2 else BAD).format(number), "positive" if number % 2 else "negative"
        )
        for number in range(start, start + count)
    ]


def rated_items(count: int, start: int = 0) -> list[Item]:
    """Give the same as reviews with stars, one an hour."""
    return [
        item(
            str(number),
            (GOOD if number % 2 else BAD).format(number),
            kind="review",
            source="desk",
            when=MONDAY + timedelta(hours=number),
            ratings=(rating(5 if number % 2 else 1, "stars", at=MONDAY + timedelta(hours=number)),),
        )
        for number in range(start, start + count)
    ]
