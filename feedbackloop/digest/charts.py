"""How wide and how high are the pieces of the pictures?

Mail clients strip SVG, block remote images and draw no gradients (Outlook renders with Word), so every picture is a table
whose cells have a width in whole percent and a colour. This module only reckons; the template draws.
"""

from __future__ import annotations

from feedbackloop.digest.facts import Share
from feedbackloop.digest.view import Cell, Tone
from feedbackloop.records import Interval

MARK = 2
"""Width of a mark on a bar, percent."""
_AXES = (0.1, 0.25, 0.5, 0.75, 1.0)


def pair_cells(expected: float, experienced: float, scale: tuple[float, float]) -> tuple[Cell, ...]:
    """Draw E and P as marks on one scale, the gap between them coloured.

    Args:
        expected: Mean expectation, in points of the scale.
        experienced: Mean experience, the same points.
        scale: Its lowest and highest point.

    Returns:
        Cells whose widths add up to 100; the dark mark is E, the coloured one P, the pale stretch between them the gap.
    """
    low, high = scale
    at = [round((100 - MARK) * min(max((value - low) / (high - low), 0), 1)) for value in (expected, experienced)]
    e, p = at
    if abs(e - p) < MARK:
        return _cells(("track", e), ("mark", MARK), ("track", 100 - MARK - e))
    if p < e:
        return _cells(
            ("track", p), ("pain", MARK), ("pain-soft", e - p - MARK), ("mark", MARK), ("track", 100 - MARK - e)
        )
    return _cells(
        ("track", e), ("mark", MARK), ("delight-soft", p - e - MARK), ("delight", MARK), ("track", 100 - MARK - p)
    )


def axis(shares: list[Share]) -> float:
    """Give the end of a common axis that holds all intervals: 10, 25, 50, 75 or 100 %."""
    highest = max((share.high for share in shares), default=1.0)
    return next((end for end in _AXES if highest <= end), 1.0)


def share_cells(share: Share, end: float, tone: Tone = "pain") -> tuple[Cell, ...]:
    """Draw a share: full colour up to the lower bound, pale to the upper bound, a mark at the value itself.

    Args:
        share: With its Wilson interval.
        end: The axis runs from 0 to here.
        tone: pain or delight.
    """
    soft: Tone = "delight-soft" if tone == "delight" else "pain-soft"
    low, value, high = (round((100 - MARK) * min(part / end, 1)) for part in (share.low, share.value, share.high))
    value = min(max(value, low), high)
    return _cells((tone, low), (soft, value - low), ("mark", MARK), (soft, high - value), ("track", 100 - MARK - high))


def range_cells(low: float, high: float) -> tuple[Cell, ...]:
    """Draw the stretch between two shares in a pale colour, on an axis from 0 to 100 %."""
    start, end = round(100 * low), round(100 * high)
    return _cells(("track", start), ("delight-soft", end - start), ("track", 100 - end))


def time_cells(promised: float, actual: float, longest: float) -> tuple[Cell, ...]:
    """Draw promised time and what went over it (or how far it stayed below), on an axis from 0 to `longest` hours."""
    p, a = (round(100 * time / longest) if longest else 0 for time in (promised, actual))
    if a > p:
        return _cells(("delight", p), ("pain", a - p), ("track", 100 - a))
    return _cells(("delight", a), ("delight-soft", p - a), ("track", 100 - p))


def step_cells(
    start: float, end: float, span: tuple[float, float], *, is_good: bool, is_sure: bool
) -> tuple[Cell, ...]:
    """Draw one step of a waterfall: nothing up to where it begins, the step itself, nothing after it; a step is never invisible.

    Args:
        start: The score before the step.
        end: The score after it.
        span: The ends of the common axis.
        is_good: Upwards in delight's colour, else in pain's.
        is_sure: A step that may be chance is pale.
    """
    low, high = span
    left, right = (round(98 * (value - low) / ((high - low) or 1)) for value in sorted((start, end)))
    width = max(MARK, right - left)
    tone: Tone = ("delight" if is_good else "pain") if is_sure else ("delight-soft" if is_good else "pain-soft")
    return _cells(("track", left), (tone, width), ("track", 100 - left - width))


def point_cells(value: Interval, span: tuple[float, float]) -> tuple[Cell, ...]:
    """Draw a value with its interval on an axis: a pale stretch with a mark in it."""
    low, high = span
    at = [
        round((100 - MARK) * min(max((v - low) / ((high - low) or 1), 0), 1))
        for v in (value.low, value.value, value.high)
    ]
    left, middle, right = at
    return _cells(
        ("track", left),
        ("plain", middle - left),
        ("mark", MARK),
        ("plain", right - middle),
        ("track", 100 - MARK - right),
    )


def tick(share: Share, end: float, room: int) -> tuple[int, int, int]:
    """Give the heights of one week of a trend from the top: empty, interval above the mark, interval below it.

    Args:
        share: With its interval.
        end: The axis runs from 0 to here.
        room: Height of the whole, in pixels, without the mark.
    """
    low, value, high = (round(room * min(part / end, 1)) for part in (share.low, share.value, share.high))
    value = min(max(value, low), high)
    return room - high, high - value, value - low


def heights(shares: list[float], room: int) -> list[int]:
    """Give the height in pixels of each bar; the highest takes all the room, what is not nothing at least two pixels."""
    highest = max(shares, default=0.0)
    return [max(2, round(room * share / highest)) if share > 0 else 0 for share in shares]


def text_bar(cells: tuple[Cell, ...], length: int = 30) -> str:
    """Draw the same bar with letters: `#` certain, `+` perhaps, `=` delight, `-` perhaps, `|` a mark."""
    letters = {"pain": "#", "pain-soft": "+", "delight": "=", "delight-soft": "-", "mark": "|"}
    drawn, done = "", 0
    for cell in cells:
        done += cell.width
        room = round(done * length / 100) - len(drawn)
        drawn += letters.get(cell.tone, "\u00b7") * (max(room, 1) if cell.tone == "mark" else max(room, 0))
    return drawn[: length + 1]


def _cells(*parts: tuple[Tone, int]) -> tuple[Cell, ...]:
    """Make cells; those without width are left out."""
    return tuple(Cell(width, tone) for tone, width in parts if width > 0)
