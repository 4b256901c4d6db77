"""In which groups and weeks does an item count, and how did it come out there?

What a share counts: for standards, promises and due dates every judged case, in the week of its due time; for words
and surveys every item that spoke of the touchpoint, in the week of the words, for each dimension of it. A shortfall
is a gap that is worse, read with a confidence of at least one half. An item counts once a group and week.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from feedbackloop.analysis.gap_words import words_at
from feedbackloop.analysis.standards import Case
from feedbackloop.records import DIMENSIONS, Gap, Item, Judgement, Understanding, group_key

SURE_ENOUGH = 0.5
"""Below this confidence a gap read from words is no shortfall; the item still counts as judged."""

UNKNOWN_LANGUAGE = "und"
_Place = tuple[str | None, str | None, str]


def judgements(case: Case, understanding: Understanding, gaps: Iterable[Gap]) -> tuple[Judgement, ...]:
    """Give an item's say in each group and week in which it can be judged, ordered by group and week."""
    outcomes = dict.fromkeys(_spoken(case, understanding), (False, False))
    for gap in gaps:
        if gap.direction is None or gap.dimension is None:
            continue
        sure = gap.confidence >= SURE_ENOUGH
        place = (gap.touchpoint, gap.dimension, case.yardstick.week(gap.at))
        worse, better = outcomes.get(place, (False, False))
        outcomes[place] = (worse or (sure and gap.direction == "worse"), better or (sure and gap.direction == "better"))
    further = [
        (name, value)
        for name in case.yardstick.also_by
        if (value := value_at(case.item, case.segment, name, understanding.language))
    ]
    found = [
        Judgement(group=_group(touchpoint, dimension, also), week=week, worse=worse, better=better)
        for (touchpoint, dimension, week), (worse, better) in outcomes.items()
        for also in (None, *further)
    ]
    return tuple(sorted(found, key=lambda judgement: (judgement.group, judgement.week)))


def value_at(item: Item, segment: str, name: str, language: str) -> str | None:
    """Read what groups are parted by: `segment`, `language` (None where it is not known), or a dotted name of the item's own."""
    if name == "segment":
        return segment
    if name == "language":
        return language if language != UNKNOWN_LANGUAGE else None
    value: object = item
    for part in name.split("."):
        value = value.get(part) if isinstance(value, dict) else getattr(value, part, None)
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _spoken(case: Case, understanding: Understanding) -> Iterator[_Place]:
    """Name the places where an item counts because the customer spoke: every dimension of each touchpoint spoken of.

    It counts in each week in which the customer wrote, as gaps found in those words do.
    """
    own = case.own_touchpoint
    aspects = [aspect.name for aspect in understanding.touchpoints]
    expected = [found.touchpoint for found in understanding.expectations if found.touchpoint]
    named = (own,) if own else tuple(dict.fromkeys(aspects + expected)) or (None,)
    for week in sorted({case.yardstick.week(at) for at in words_at(case.item)}):
        for touchpoint in named:
            for dimension in DIMENSIONS:
                yield touchpoint, dimension, week


@lru_cache(maxsize=8192)
def _group(touchpoint: str | None, dimension: str | None, also: tuple[str, str] | None) -> str:
    group = {name: value for name, value in (("touchpoint", touchpoint), ("dimension", dimension)) if value}
    return group_key(group | {also[0]: also[1]} if also else group)
