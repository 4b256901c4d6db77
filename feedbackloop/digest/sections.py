"""Which sections does a digest have?"""

from __future__ import annotations

from feedbackloop.digest import sections_contact, sections_drivers, sections_gaps, sections_loop
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.language import Words
from feedbackloop.digest.view import Section

_SECTIONS = (
    sections_gaps.scores,
    sections_drivers.moves,
    sections_gaps.gaps,
    sections_drivers.trend,
    sections_drivers.importance,
    sections_gaps.promises,
    sections_gaps.due,
    sections_gaps.journey,
    sections_gaps.standing,
    sections_loop.fixes,
    sections_loop.better,
    sections_loop.exchanges,
    sections_loop.health,
    sections_contact.recovered,
    sections_loop.verdicts,
    sections_loop.themes,
    sections_contact.restraint,
    sections_loop.data,
)


def sections(facts: Facts, words: Words) -> list[Section]:
    """Make the sections for which there are facts; each says itself where it stands."""
    return [section for make in _SECTIONS if (section := make(facts, words))]
