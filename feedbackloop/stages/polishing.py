"""Who finds better words for a draft, and when are they taken?

Plugins are asked for a draft that restraint lets through (hook `polish_drafts`). What they give must keep the draft's facts and
pass the same lint; else the draft stays as it was, and the ledger says so. Reworded drafts wait for approval whatever the config
says: nobody has seen those words yet.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.analysis import polish
from feedbackloop.errors import FeedbackloopError
from feedbackloop.hookspecs import Polished
from feedbackloop.records import FollowUp
from feedbackloop.stages.turn import Turn


def polished(turn: Turn, draft: FollowUp) -> FollowUp:
    """Give the draft in better words, or as it was."""
    offer = _offer(turn, draft)
    if offer is None or (offer.feeling, offer.understanding) == (draft.feeling, draft.understanding):
        return draft
    other = polish.reworded(draft, offer.feeling, offer.understanding, offer.by)
    faults = polish.faults(draft, other, turn.settings.understand.glossary) if other else ("parts differ",)
    with turn.store.write():
        turn.write_down(
            "follow_up", draft.id, "not_polished" if faults else "polished", "rules" if faults else offer.by
        )
    if other is None or faults:
        turn.report.unpolished += 1
        return draft
    return other


def _offer(turn: Turn, draft: FollowUp) -> Polished | None:
    try:
        redact = turn.plugins.redacted
        offers: Sequence[Polished | None] | None = turn.plugins.first(
            "polish_drafts", drafts=[draft], settings=turn.settings, redact=redact
        )
    except FeedbackloopError as error:
        turn.fail("plan", error, record=draft.id)
        return None
    return offers[0] if offers and len(offers) == 1 else None
