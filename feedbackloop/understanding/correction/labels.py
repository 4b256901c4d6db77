"""What does a rating say about the feeling of the words that came with it?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from feedbackloop.records import Rating

Label = Literal["negative", "neutral", "positive"]

SCALES = ("csat", "stars", "nps")
"""Scales on which more is better. On an effort scale, or one of the desk's own, nobody says which end is the good one."""

_PASSIVE, _PROMOTER = 0.7, 0.9
"""Reichheld (2003): of ten, nine and ten are promoters, seven and eight are passive."""
_LOW_END, _HIGH_END = 0.4, 0.6


class Rated(NamedTuple):
    """What an item's ratings say; `has_middle` is False where the scale has two steps and cannot say neutral."""

    label: Label
    has_middle: bool


def rated(ratings: Iterable[Rating]) -> Rated | None:
    """Give what the ratings of one item say together; None where there is none that counts, or they disagree.

    Two steps (good or bad) are read as negative and positive; of five steps the third is neutral, of seven the fourth, of
    eleven NPS points seven and eight.
    """
    found = {_one(rating) for rating in ratings if _counts(rating)}
    labels = {one.label for one in found}
    if len(labels) != 1:
        return None
    return Rated(labels.pop(), all(one.has_middle for one in found))


def _counts(rating: Rating) -> bool:
    return rating.scale.lower() in SCALES and rating.max > rating.min


def _one(rating: Rating) -> Rated:
    place = (rating.value - rating.min) / (rating.max - rating.min)
    steps: Sequence[float] = (_PASSIVE, _PROMOTER) if rating.scale.lower() == "nps" else (_LOW_END, _HIGH_END)
    has_middle = rating.max - rating.min > 1
    if place < steps[0] - _ROUNDING:
        return Rated("negative", has_middle)
    return Rated("neutral" if place < steps[1] - _ROUNDING else "positive", has_middle)


_ROUNDING = 1e-9
