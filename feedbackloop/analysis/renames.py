"""Was a touchpoint given another name in the source?

A source's own categories name touchpoints, and people rename categories. Taken for two touchpoints, one cause would get two
tasks, and its weeks before and after could not be compared. So a touchpoint that ends in the week in which another of its size
begins is taken for the same one under a new name; that is written down, and undone as soon as both are in use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import msgspec

from feedbackloop.clock import week_shift
from feedbackloop.records import WeekCount, group_key, group_of

NOTE = "touchpoint_names"
"""Under this name the loop remembers what was renamed, as JSON: old name -> name now."""
STEADY_WEEKS = 4
"""So many weeks must the old name have been in use; before that nobody knows what is usual."""
SAME_SIZE = 2.5
"""The new name's weekly items are those of the old one within this factor."""

Counts = Mapping[str, Sequence[WeekCount]]


def read(note: str | None) -> dict[str, str]:
    """Read what was renamed: old name -> name now."""
    return msgspec.json.decode(note, type=dict[str, str]) if note else {}


def write(names: Mapping[str, str]) -> str:
    """Write what was renamed, to be read by `read`."""
    return msgspec.json.encode(dict(sorted(names.items()))).decode()


def group_now(group: Mapping[str, str], names: Mapping[str, str]) -> dict[str, str]:
    """Give a group with the name that its touchpoint has now."""
    present = names.get(group.get("touchpoint", ""))
    return {**group, "touchpoint": present} if present else dict(group)


def spellings(touchpoint: str | None, names: Mapping[str, str]) -> list[str | None]:
    """Give all names under which a touchpoint's gaps are kept, the present one first."""
    return [touchpoint, *(old for old, now in sorted(names.items()) if now == touchpoint)]


def under_present_names(counts: Counts, names: Mapping[str, str]) -> dict[str, list[WeekCount]]:
    """Add up the weekly counts of a touchpoint's old and new names under the new one."""
    found: dict[str, dict[str, WeekCount]] = {}
    for key, rows in counts.items():
        now = group_key(group_now(group_of(key), names)) if names else key
        weeks = found.setdefault(now, {})
        for row in rows:
            other = weeks.get(row.week, WeekCount(now, row.week, 0, 0, 0))
            weeks[row.week] = WeekCount(
                now, row.week, row.items + other.items, row.worse + other.worse, row.better + other.better
            )
    return {key: [weeks[week] for week in sorted(weeks)] for key, weeks in found.items()}


def add(names: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """Add renamings: what was called by an old name follows to the newest one, and a name in use again is no old name."""
    found = dict(names)
    for old, now in more.items():
        found.pop(now, None)
        found = {name: now if target == old else target for name, target in found.items()} | {old: now}
    return {old: now for old, now in found.items() if old != now}


def parted(counts: Counts, names: Mapping[str, str], week: str, fewest: int) -> dict[str, str]:
    """Give renamings that were none: in `week` both names are in use."""
    weekly = _weekly(counts)
    return {
        old: now
        for old, now in names.items()
        if min(weekly.get(name, Counter())[week] for name in (old, now)) >= fewest
    }


def renamed(counts: Counts, week: str, fewest: int) -> dict[str, str]:
    """Find touchpoints that got another name in the week or the one before.

    Args:
        counts: Weekly counts of all groups from the baseline on, under present names.
        week: The newest week that is over.
        fewest: A touchpoint with fewer items a week may well be silent for once.

    Returns:
        Old name -> new name. Only what is clear: one name ended, one of about its size and judged on the same dimensions
        began, and no other touchpoint ended or began with them.
    """
    weekly = _weekly(counts)
    dimensions = _dimensions(counts)
    ended = {name: items for name, items in weekly.items() if _has_ended(items, week, fewest)}
    begun = {name: items for name, items in weekly.items() if _has_begun(items, week, set().union(*weekly.values()))}
    pairs = [
        (old, new)
        for old, new in product(sorted(ended), sorted(begun))
        if max(ended[old]) <= min(begun[new]) <= week_shift(max(ended[old]), 1)
        and dimensions[old] == dimensions[new]
        and _is_of_size(ended[old], begun[new], week)
    ]
    olds, news = Counter(old for old, _ in pairs), Counter(new for _, new in pairs)
    return {old: new for old, new in pairs if olds[old] == news[new] == 1}


def _has_ended(items: Mapping[str, int], week: str, fewest: int) -> bool:
    return max(items) < week and len(items) >= STEADY_WEEKS and sum(items.values()) >= fewest * len(items)


def _has_begun(items: Mapping[str, int], week: str, all_weeks: set[str]) -> bool:
    """Say whether a name came into use this week or the last, with enough weeks before in which it was not."""
    first = min(items)
    return week_shift(week, -1) <= first <= week and sum(one < first for one in all_weeks) >= STEADY_WEEKS


def _is_of_size(old: Mapping[str, int], new: Mapping[str, int], week: str) -> bool:
    usual = sum(old.values()) / len(old)
    return usual / SAME_SIZE <= new.get(week, 0) <= usual * SAME_SIZE


def _weekly(counts: Counts) -> dict[str, Counter[str]]:
    """Count each touchpoint's items by week; its dimensions share most of them, so the largest counts."""
    found: dict[str, Counter[str]] = {}
    for touchpoint, _, rows in _wholes(counts):
        weeks = found.setdefault(touchpoint, Counter())
        for row in rows:
            if row.items:
                weeks[row.week] = max(weeks[row.week], row.items)
    return {name: weeks for name, weeks in found.items() if weeks}


def _dimensions(counts: Counts) -> dict[str, set[str | None]]:
    found: dict[str, set[str | None]] = {}
    for touchpoint, dimension, _ in _wholes(counts):
        found.setdefault(touchpoint, set()).add(dimension)
    return found


def _wholes(counts: Counts) -> Iterator[tuple[str, str | None, Sequence[WeekCount]]]:
    for key, rows in counts.items():
        group = group_of(key)
        if "touchpoint" in group and group.keys() <= {"touchpoint", "dimension"}:
            yield group["touchpoint"], group.get("dimension"), rows
