"""Did it turn out worse than expected, as expected, or better?

The comparison decides, not the mood: "as expected they failed" is met, 超出想象的小 is worse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop.understanding.expectation.outcome import sign
from feedbackloop.understanding.lexicon.polarity import polarity

if TYPE_CHECKING:
    from feedbackloop.records import Direction
    from feedbackloop.understanding.quantity.quantities import Quantity


def of_comparison(piece: str, language: str) -> Direction:
    """Read the compared word of a clause: "faster than expected" is better, 比预期慢 worse.

    Where good and bad words stand side by side or none does, the mood of the clause decides, and worse wins a tie.
    Of a load (noise, heat) bigger is worse.
    """
    better, worse = (bool(sign(name, language).search(piece)) for name in ("better", "worse"))
    if better != worse:
        is_load = sign("load", language).search(piece) and sign("size", language).search(piece)
        return "better" if better != bool(is_load) else "worse"
    return "better" if polarity(piece, language) > 0 else "worse"


def of_surprise(piece: str, language: str, *, default: Direction) -> Direction:
    """Read what overturned the expectation by its mood; where no word tells, a burden is worse, else `default` holds."""
    mood = polarity(piece, language)
    if mood == 0:
        return "worse" if sign("burden", language).search(piece) else default
    return "better" if mood > 0 else "worse"


def of_excess(piece: str, language: str) -> Direction:
    """Read what went beyond expectation: better, unless the words are bad (超出想象的小)."""
    better, worse = (bool(sign(name, language).search(piece)) for name in ("better", "worse"))
    return "worse" if (worse and not better) or polarity(piece, language) < 0 else "better"


def of_likeness(named: str, piece: str, language: str) -> Direction:
    """Read "not so NAMED as expected" in a clause: the contrary of what is named, 没有想象中那么难吃 is better.

    Of a load (noise, heat) big is bad.
    """
    heard = polarity(named, language)
    bad = heard < 0 or (heard == 0 and sign("worse", language).search(named))
    if sign("load", language).search(piece) and sign("size", language).search(named):
        bad = not bad
    return "better" if bad else "worse"


def is_negated(piece: str, language: str) -> bool:
    """Say whether a clause says no to what it names."""
    return sign("negation", language).search(piece) is not None


def is_kept(piece: str, language: str) -> bool:
    """Say whether an outcome tells of a kept word: "and it did", 真的, 准时; not if it is said no to."""
    return sign("kept", language).search(piece) is not None and not is_negated(piece, language)


def of_quantities(promised: Quantity, actual: Quantity) -> Direction | None:
    """Compare two durations or two times of day: the later is worse. None for pairs that say nothing, equal ones
    among them.

    Amounts of money and counts are left to the words: a higher price is worse, a higher refund better.
    """
    if actual.is_relative:
        return "worse" if actual.unit.endswith("_late") else "better"
    if promised.kind != actual.kind or promised.kind not in {"duration", "clock"}:
        return None
    expected, found = promised.seconds or promised.high, actual.seconds or actual.low
    return "worse" if found > expected else "better" if found < expected else None
