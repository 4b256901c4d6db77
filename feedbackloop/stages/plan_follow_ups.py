"""Which matters get a draft, and which of the drafts may go?

A matter is drafted once; a draft that nothing backed at first is written anew when something does.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from feedbackloop.analysis.follow_ups import NO_LANGUAGE, draft, is_mended
from feedbackloop.analysis.follow_ups_matter import Matter
from feedbackloop.analysis.restraint import Decision
from feedbackloop.records import FollowUp
from feedbackloop.stages.contact import language_of_person, restrained
from feedbackloop.stages.drafts import keep, refuse_once
from feedbackloop.stages.polishing import polished
from feedbackloop.stages.turn import Turn


def plan_follow_up(turn: Turn, matter: Matter) -> None:
    """Draft the message about one matter, unless it was drafted before; what may go now or later enters the outbox."""
    mode = turn.settings.actions.thanks if matter.trigger == "thanks" else turn.settings.actions.follow_ups
    if mode == "off":
        return
    written = draft(matter, turn.settings) or draft(_as_elsewhere(turn, matter), turn.settings)
    if written is None:
        refuse_once(turn, matter.item.key, NO_LANGUAGE)
        return
    if known := turn.store.plans.follow_up(written.id):
        if not is_mended(known, written):
            return
        written = replace(written, created_at=known.created_at)
    veto = _veto(turn, written)
    decision = Decision("hold") if veto else restrained(turn, matter.item, written, pending=True, writes_left=None)
    if decision.decision != "hold":
        written = polished(turn, written)
    mode = "review" if written.polished_by else mode
    keep(turn, matter.item, written, decision, mode=mode, veto=veto)


def _as_elsewhere(turn: Turn, matter: Matter) -> Matter:
    """Give a matter whose own words tell no language, such as a bare rating, the language that the person writes elsewhere."""
    spoken = language_of_person(turn, matter.item)
    return replace(matter, understanding=replace(matter.understanding, language=spoken)) if spoken else matter


def _veto(turn: Turn, written: FollowUp) -> str | None:
    for plugin, answer in turn.plugins.each("before_plan", tasks=[], follow_ups=[written], settings=turn.settings):
        if isinstance(answer, Mapping) and written.id in answer:
            return f"vetoed_by_{plugin}"
    return None
