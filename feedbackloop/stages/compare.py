"""How far did experience fall short of expectation, item by item?

Runs for items that were just read, and for those whose due time has come in the meantime: an unanswered promise breaks
without anybody writing anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from feedbackloop.connector import Rejected
from feedbackloop.errors import FeedbackloopError, UsageError
from feedbackloop.records import Comparison, Item, Understanding
from feedbackloop.stages.turn import Turn

BATCH = 500
WARNING = timedelta(hours=24)
Pair = tuple[Item, Understanding]


def compare(turn: Turn) -> None:
    """Compare all items that are due."""
    waiting = turn.store.items.count("compare")
    with turn.progress("compare", waiting) as advance:
        while pairs := turn.store.items.due_for_comparison(turn.now, BATCH):
            _compare_batch(turn, pairs)
            advance(len(pairs))


def _compare_batch(turn: Turn, pairs: Sequence[Pair]) -> None:
    try:
        comparisons: Sequence[Comparison] = turn.plugins.batch(
            "compare", len(pairs), items=pairs, settings=turn.settings, now=turn.now
        )
    except UsageError:
        raise  # no plugin could compare any item
    except FeedbackloopError as error:
        if len(pairs) == 1:
            _set_aside(turn, pairs[0][0], error)
            return
        for pair in pairs:
            _compare_batch(turn, [pair])
        return
    settled = [_settled(one, turn.now) for one in comparisons]
    with turn.store.write():
        turn.store.judgements.save(settled, turn.settings.loop.zone)
    turn.report.with_gap += sum(any(gap.direction == "worse" for gap in one.gaps) for one in comparisons)


def _settled(comparison: Comparison, now: datetime) -> Comparison:
    """Say when to look again: at the next due time, and a day before a promise falls due; never in the past."""
    moments = [
        promise.due_at - WARNING for promise in comparison.promises if promise.state == "open" and promise.due_at
    ]
    ahead = [moment for moment in (comparison.recheck_at, *moments) if moment and moment > now]
    return replace(comparison, recheck_at=min(ahead, default=None))


def _set_aside(turn: Turn, item: Item, error: FeedbackloopError) -> None:
    reason = f"could not be compared: {turn.said(error)}"
    with turn.store.write():
        turn.store.items.put_aside(item.key)
        turn.store.sources.set_aside(item.source, [Rejected(item.id, reason)], turn.now)
        turn.write_down("compare", item.key, "set_aside", "plugin_failed")
    turn.fail("compare", reason, source=item.source, record=item.key)
