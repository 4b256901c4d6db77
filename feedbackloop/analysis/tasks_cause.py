"""Which of several raised findings are the same cause, seen once as a whole and once in a part?

One shift shows many times: for delivery, for delivery to gold customers, in the shop's reviews, in Chinese. One of them stands
for all: the narrowest part that explains the whole, the whole where no part is worse than the rest; and of two parts in which
the same items fell short, the one with more of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence, Set

from feedbackloop.analysis.findings import family
from feedbackloop.analysis.priority import extra_shortfalls
from feedbackloop.analysis.statistics import two_proportions_p
from feedbackloop.records import Finding

MOST = 0.6
"""A part explains the whole where at least this share of the extra shortfalls lies in it ..."""

UNUSUAL = 0.15
"""... and this much more than its share of the items: a part that holds nearly all items always holds nearly all shortfalls."""


REST_ROSE = 0.05
"""... and where the rest of the whole did not rise: its own test, two-sided, is not below this."""

SAME_ITEMS = 0.6
"""Two groups have one cause where at least this share of the shortfalls of the smaller one are shortfalls of the other: of
groups on one touchpoint and dimension. Else it must hold of the larger one too: who complains of two things complains of two."""

FEWEST_SHARED = 3
"""Fewer common shortfalls are no sign of a common cause."""


def covered(
    raised: Mapping[str, Finding], has_task: Set[str], items: Mapping[str, Set[str]] | None = None
) -> dict[str, str]:
    """Say which groups need no task of their own, because another group's task is about the same cause.

    A group that has an open task keeps it: the part is then covered by the whole, or the whole by the part, as it began.

    Args:
        raised: Name -> newest finding of its group; raised ones of one direction.
        has_task: Names with an open task.
        items: Name -> keys of the items that fell short, as far as known.

    Returns:
        Name -> name of the group that stands for it (and that another one may stand for in turn).
    """
    pairs = list(_pairs(raised))
    best = _best_parts(pairs, raised)
    found: dict[str, str] = {}
    for whole, part in sorted(pairs, key=lambda pair: (best.get(pair[0]) != pair[1], pair)):
        stands, other = (part, whole) if best.get(whole) == part else (whole, part)
        if other in has_task:
            stands, other = other, stands
        if other not in has_task and stands not in found:
            found.setdefault(other, stands)
    left = {name: set((items or {}).get(name, ())) for name in raised if name not in found}
    return found | _sharing(raised, has_task, left)


def _best_parts(pairs: Sequence[tuple[str, str]], raised: Mapping[str, Finding]) -> dict[str, str]:
    """Give for each whole that is explained the part that explains most; of equal ones the narrowest."""
    found: dict[str, tuple[float, int, str]] = {}
    for whole, part in pairs:
        if explains(raised[part], raised[whole]):
            place = (-extra_shortfalls(raised[part]), raised[part].items, part)
            found[whole] = min(found.get(whole, place), place)
    return {whole: part for whole, (_, _, part) in found.items()}


def _sharing(raised: Mapping[str, Finding], has_task: Set[str], items: Mapping[str, Set[str]]) -> dict[str, str]:
    """Find groups in which the same items fell short; the one with a task stands, else the one with more shortfalls."""
    found: dict[str, str] = {}
    ordered = sorted(items, key=lambda name: (name not in has_task, -extra_shortfalls(raised[name]), name))
    for place, name in enumerate(ordered):
        if name in has_task:
            continue
        for other in ordered[:place]:
            if other not in found and _is_shared(raised[name], raised[other], items[name], items[other]):
                found[name] = other
                break
    return found


def _is_shared(one: Finding, other: Finding, mine: Set[str], theirs: Set[str]) -> bool:
    if one.week != other.week:
        return False
    if _are_siblings(one.group, other.group):
        return True
    both, sizes = len(mine & theirs), sorted((len(mine), len(theirs)))
    if both < FEWEST_SHARED:
        return False
    same_place = (one.touchpoint, one.dimension) == (other.touchpoint, other.dimension)
    is_theme = "theme" in {family(one.group), family(other.group)}
    return both >= SAME_ITEMS * sizes[0 if same_place or is_theme else 1]


def _are_siblings(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether two groups are parts of one whole by different things, as gold customers and Chinese texts are.

    Their shortfalls are the whole's, seen from two sides, even where the whole itself just missed being raised. Two values of
    one thing (two companies) have no item in common and are two.
    """
    same_place = all(one.get(name) == other.get(name) for name in ("touchpoint", "dimension"))
    more = [
        {name: value for name, value in group.items() if name not in {"touchpoint", "dimension"}}
        for group in (one, other)
    ]
    return (
        same_place and all(more) and not any(more[0][name] != more[1][name] for name in more[0].keys() & more[1].keys())
    )


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
    is_most = explained >= MOST and explained >= part.items / whole.items + UNUSUAL
    return is_most and not _rest_rose(part, whole)


def _rest_rose(part: Finding, whole: Finding) -> bool:
    """Say whether what is left of the whole without the part rose too: then the part is where it shows, not where it lies."""
    hits, items = whole.shortfalls - part.shortfalls, whole.items - part.items
    trials = whole.baseline_items - part.baseline_items
    before = round(
        (whole.baseline_share or 0) * whole.baseline_items - (part.baseline_share or 0) * part.baseline_items
    )
    if items <= 0 or trials <= 0 or not 0 <= before <= trials or hits / items <= before / trials:
        return False
    return two_proportions_p((hits, before), (items, trials), max(part.phi, whole.phi), math.inf) < REST_ROSE
