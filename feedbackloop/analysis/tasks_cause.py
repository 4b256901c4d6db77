"""Which of several raised findings are the same cause, seen once as a whole and once in a part?

With `also_by`, one shift shows twice: for delivery, and for delivery by one company. One of the two becomes the task: the part
where it explains the whole, the whole where the part is no worse than the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from feedbackloop.analysis.priority import extra_shortfalls
from feedbackloop.records import Finding

MOST = 0.6
"""A part explains the whole where at least this share of the extra shortfalls lies in it ..."""

UNUSUAL = 0.15
"""... and this much more than its share of the items: a part that holds nearly all items always holds nearly all shortfalls."""


def covered(raised: Mapping[str, Finding], has_task: Set[str]) -> dict[str, str]:
    """Say which groups need no task of their own, because another group's task is about the same cause.

    A group that has an open task keeps it: the part is then covered by the whole, or the whole by the part, as it began.

    Args:
        raised: Task id -> newest finding of its group; raised ones that are worse.
        has_task: Task ids with an open task.

    Returns:
        Task id -> task id of the group that stands for it (and that another one may stand for in turn).
    """
    pairs = sorted(_pairs(raised))
    found: dict[str, str] = {}
    for whole, part in pairs:
        stands, other = (part, whole) if explains(raised[part], raised[whole]) else (whole, part)
        if other in has_task:
            stands, other = other, stands
        if other not in has_task and stands not in found:
            found.setdefault(other, stands)
    return found


def _pairs(raised: Mapping[str, Finding]) -> Iterator[tuple[str, str]]:
    """Give each whole with each of its parts."""
    for whole, broad in raised.items():
        for part, narrow in raised.items():
            if is_part(narrow.group, broad.group):
                yield whole, part


def is_part(narrow: Mapping[str, str], broad: Mapping[str, str]) -> bool:
    """Say whether one group counts some of another's items: same touchpoint and dimension, and further conditions.

    Without a touchpoint a group counts the items that name none, so it is not the whole of those that do.
    """
    same = all(narrow.get(name) == broad.get(name) for name in ("touchpoint", "dimension"))
    return same and broad.items() < narrow.items()


def explains(part: Finding, whole: Finding) -> bool:
    """Say whether a part holds most of the extra shortfalls of the whole, and clearly more than its share of the items."""
    extra = extra_shortfalls(whole)
    if extra <= 0 or part.week != whole.week or not whole.items:
        return False
    explained = extra_shortfalls(part) / extra
    return explained >= MOST and explained >= part.items / whole.items + UNUSUAL
