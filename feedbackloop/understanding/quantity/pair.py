"""Which of the quantities in two pieces are held against each other?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import structs

from feedbackloop.understanding.quantity import en as quantity_en
from feedbackloop.understanding.quantity.quantities import clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedbackloop.understanding.quantity.quantities import Kind, Quantity

_ORDER: tuple[Kind, ...] = ("duration", "clock", "money", "date", "fraction", "count")
_MEMORY = {"MB", "GB", "TB"}
_BARE = ("duration", "count")
"""Kinds that a number alone may answer."""
_HALF_DAY = 720
"""Minutes."""


def pair(promised: Sequence[Quantity], actual: Sequence[Quantity]) -> tuple[Quantity | None, Quantity | None]:
    """Give the first two quantities of one kind; without such a pair the first of each.

    What happened ("ordered two weeks ago") is actual wherever it stands. A single thing (一个, "1 item") counts only
    against a number of the same things. A bare hour is the one of the
    afternoon where that is nearer to the promised one: 11:56 and then 1:05 is 13:05.
    """
    actual = [*actual, *(one for one in promised if one.is_actual)]
    promised = [one for one in promised if not one.is_actual]
    for one in promised:
        for other in actual:
            if one.kind == other.kind and (
                one.kind != "count" or _named(one) == _named(other) or {one.unit, other.unit} <= _MEMORY
            ):
                return (
                    (one, _after_noon(one, other))
                    if "GB" not in {one.unit, other.unit} or {one.unit, other.unit} <= _MEMORY
                    else (_memory(one), _memory(other))
                )
    return _telling(promised), _telling(actual)


def answer(promised: Sequence[Quantity], actual: Sequence[Quantity], piece: str, language: str) -> list[Quantity]:
    """Give the actual quantities; a bare number answers what was promised in its unit where no quantity of the kind does."""
    said = next((one for one in promised if one.kind in _BARE and not one.is_actual), None)
    if said is None or language != "en" or any(one.kind == said.kind for one in actual):
        return list(actual)
    told = quantity_en.bare(piece, said)
    return [told, *actual] if told else list(actual)


def _telling(some: Sequence[Quantity]) -> Quantity | None:
    """Give the quantity of the kind that tells most; a single thing tells nothing."""
    return min((q for q in some if q.kind != "count" or q.high > 1), key=lambda q: _ORDER.index(q.kind), default=None)


def _after_noon(promised: Quantity, actual: Quantity) -> Quantity:
    later = abs(promised.high - actual.high - _HALF_DAY)
    if actual.kind != "clock" or not actual.is_bare or later >= abs(promised.high - actual.high):
        return actual
    minutes = int(actual.high) + _HALF_DAY
    return clock(minutes // 60, minutes % 60, (actual.start, actual.end)) or actual


def _named(quantity: Quantity) -> str:
    return quantity.unit.lower().removesuffix("b")


def _memory(quantity: Quantity) -> Quantity:
    """Read 10g beside 16GB as gigabytes, for one letter stands for grams too."""
    return structs.replace(quantity, unit="GB")
