"""How far did one item's experience fall short of, or go beyond, what was expected?

Expected E, experienced P and disconfirmation D stay apart: satisfaction depends on E and on D (Oliver 1980), so
neither is ever called satisfaction. The bases are service standards, the item's due date, promises that agents
made, expectations in customers' words, and survey pairs. A rating alone is no gap.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from feedbackloop.analysis.gap_judgements import judgements
from feedbackloop.analysis.gap_survey import survey_gaps
from feedbackloop.analysis.gap_words import mend_by, promise_gaps, strongest, word_gaps
from feedbackloop.analysis.gap_yardstick import Yardstick
from feedbackloop.analysis.standards import Case, standard_gaps
from feedbackloop.records import Comparison, Gap, Item, Promise, Understanding

__all__ = ["Settle", "Yardstick", "compare_item"]

Settle = Callable[[Promise, Item, datetime], Promise]
"""Says of a promise, as it was found in the text, what became of it by now."""


def compare_item(
    item: Item, understanding: Understanding, yardstick: Yardstick, now: datetime, *, settle: Settle
) -> Comparison:
    """Hold all that was expected of one item against what came.

    Args:
        item: As far as it is known at `now`; a deleted one gives nothing.
        understanding: What was read from its words.
        yardstick: Made once from the config.
        now: The loop's time: what is due by now and not done has fallen short.
        settle: Says what became of a promise.

    Returns:
        Gaps ordered by basis as listed above, each id once; judgements ordered by group and week; `recheck_at` is the
        earliest due time ahead of an open case, for time alone can break it. The same input gives the same result.
    """
    if item.status == "deleted":
        return Comparison(item=item.key)
    own = yardstick.own_touchpoint(item)
    case = Case(
        item=item,
        segment=yardstick.segment(item),
        own_touchpoint=own,
        touchpoint=own or strongest(understanding.touchpoints),
        yardstick=yardstick,
        now=now,
    )
    promises = tuple(settle(promise, item, now) for promise in understanding.promises)
    found = [
        *standard_gaps(case),
        *promise_gaps(case, promises),
        *word_gaps(case, understanding),
        *survey_gaps(case),
    ]
    gaps = tuple(mend_by(list({gap.id: gap for gap in reversed(found)}.values())[::-1]))
    return Comparison(
        item=item.key,
        gaps=gaps,
        promises=promises,
        judgements=judgements(case, understanding, gaps),
        recheck_at=_recheck_at(gaps, now),
    )


def _recheck_at(gaps: tuple[Gap, ...], now: datetime) -> datetime | None:
    ahead = [gap.due_at for gap in gaps if gap.direction is None and gap.due_at is not None and gap.due_at > now]
    return min(ahead, default=None)
