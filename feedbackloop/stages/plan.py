"""What follows from what was found? Findings become tasks (outer loop), gaps become notes, tags and drafts (inner loop)."""

from __future__ import annotations

from feedbackloop.stages.deeds import look_again
from feedbackloop.stages.drafts import expire
from feedbackloop.stages.plan_items import plan_items
from feedbackloop.stages.plan_tasks import plan_improvements
from feedbackloop.stages.settling import settle_follow_ups
from feedbackloop.stages.turn import Turn


def plan(turn: Turn) -> None:
    """Decide what to propose, draft and note; nothing leaves here."""
    settle_follow_ups(turn)  # whoever answered since is not silent
    plan_improvements(turn)
    look_again(turn)
    plan_items(turn)
    expire(turn)
