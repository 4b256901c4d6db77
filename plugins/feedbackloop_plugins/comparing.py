"""How is expectation held against experience, and which drafts have no matter of their own? The built-in judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.hooktypes import Veto
from feedbackloop.records import Comparison, FollowUp, Item, Understanding

if TYPE_CHECKING:  # imported when the first batch is compared: the calendar and the settings take their time
    from feedbackloop.analysis.gap import Yardstick
    from feedbackloop.settings import Settings

_latest: list[tuple[Settings, Yardstick]] = []


@hookimpl
def compare(
    items: Sequence[tuple[Item, Understanding]], settings: Settings, now: datetime
) -> Sequence[Comparison] | None:
    """Compare a batch of items with the config's standards and with what was said."""
    from feedbackloop.analysis.gap import compare_item
    from feedbackloop.understanding.promise.finding import settle

    yardstick = _yardstick(settings)
    return [compare_item(item, understanding, yardstick, now, settle=settle) for item, understanding in items]


@hookimpl
def before_plan(follow_ups: Sequence[FollowUp]) -> Mapping[str, Veto]:
    """Say no to a draft that names no cause or takes up nothing of the customer's matter: it would be noise."""
    return {
        draft.id: Veto("the draft takes up no matter of this customer")
        for draft in follow_ups
        if not draft.cause.strip() or not (draft.understanding.strip() or draft.text.strip())
    }


def _yardstick(settings: Settings) -> Yardstick:
    """Give the yardstick of a config; batches of one run share it, for laying out the calendar costs milliseconds."""
    from feedbackloop.analysis.gap import Yardstick

    if not _latest or _latest[0][0] is not settings:
        _latest[:] = [(settings, Yardstick(settings))]
    return _latest[0][1]
