"""Under which names do touchpoints stand today, and which tasks move with a new name?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from msgspec.structs import replace

from feedbackloop.analysis import renames
from feedbackloop.clock import last_full_week, week_shift
from feedbackloop.records import Finding, WeekCount, group_key, group_of
from feedbackloop.stages.turn import Turn

MOST_ITEMS = 50
"""So many of a task's items are asked for the name that they stand under now."""


def names_now(turn: Turn) -> dict[str, str]:
    """Give what was renamed: old name -> name now."""
    return renames.read(turn.store.books.note(renames.NOTE))


def spellings_of(turn: Turn, touchpoint: str | None) -> list[str | None]:
    """Give all names under which a touchpoint's gaps are kept, the present one first."""
    return renames.spellings(touchpoint, names_now(turn))


def findings_now(turn: Turn, look_back: int) -> list[Finding]:
    """Give the raised findings of the last full week and of so many before it, under present names."""
    names, newest = names_now(turn), last_full_week(turn.now, turn.settings.loop.zone)
    found = turn.store.plans.findings(week_shift(newest, -look_back), newest, raised_only=True)
    return [replace(finding, group=renames.group_now(finding.group, names)) for finding in found]


def counts_now(turn: Turn, first: str, last: str) -> dict[str, list[WeekCount]]:
    """Give the weekly counts of a span of weeks, under present names."""
    return renames.under_present_names(turn.store.judgements.weekly(first, last), names_now(turn))


def settle_names(turn: Turn, first: str, week: str) -> None:
    """Look for touchpoints that got another name by the end of a week, and let their tasks follow."""
    raw, names = turn.store.judgements.weekly(first, week), names_now(turn)
    fewest = turn.settings.detect.minimum_items
    wrong = renames.parted(raw, names, week, fewest)
    kept = {old: now for old, now in names.items() if old not in wrong}
    counts = renames.under_present_names(raw, kept)
    found = renames.renamed(counts, week, fewest) | _relabelled(turn, counts)
    if not wrong and not found:
        return
    settled = renames.add(kept, found)
    with turn.store.write():
        turn.store.books.set_note(renames.NOTE, renames.write(settled))
        moved = {task.id: (task, renames.group_now(task.group, found)) for task in turn.store.plans.tasks()}
        taken = {group_key(task.group) for task, _ in moved.values()}
        turn.store.plans.save_tasks(
            replace(task, group=group)
            for task, group in moved.values()
            if group != task.group and group_key(group) not in taken
        )
        for old, now in found.items():
            turn.write_down("touchpoint", now, "renamed", f"before: {old}")
        for old, now in wrong.items():
            turn.write_down("touchpoint", now, "parted", f"from: {old}")
    turn.report.remarks += [f"touchpoint {now!r} is taken for {old!r} under a new name" for old, now in found.items()]
    turn.report.remarks += [f"touchpoints {old!r} and {now!r} are two after all" for old, now in wrong.items()]


def _relabelled(turn: Turn, counts: Mapping[str, list[WeekCount]]) -> dict[str, str]:
    """Find names that vanished from the whole history because the source gave its old items the new name too.

    Then a task's own items tell: most of them stand under another name now.
    """
    known = {group.get("touchpoint") for group in map(group_of, counts)}
    found: dict[str, str] = {}
    for task in turn.store.plans.tasks():
        old = task.group.get("touchpoint")
        if old is None or old in known or old in found:
            continue
        items = task.evidence[:MOST_ITEMS]
        votes = Counter(gap.touchpoint for key in items for gap in turn.store.judgements.gaps_of(key))
        now, number = max(sorted(votes.items(), key=str), key=lambda pair: pair[1], default=(None, 0))
        if now in known and now is not None and 2 * number > votes.total():
            found[old] = now
    return found
