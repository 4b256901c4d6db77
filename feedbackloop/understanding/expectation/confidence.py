"""How sure is a finding: how often is one of its kind right, in plain text?

Fitted on labelled texts by `benchmarks/calibrate_expectations.py`, which writes the table and its recipe
(`words/expectation_confidence.toml`): for each language a level for every cue that was met often enough, else for its
family, a step for quantities held against each other, and one slope for the score that ranks hits.
"""

from __future__ import annotations

from functools import cache
from math import exp
from typing import TYPE_CHECKING, Any

from feedbackloop.understanding.lexicon.lists import table

if TYPE_CHECKING:
    from feedbackloop.understanding.expectation.cue import Cue

MIDDLE = 0.8
"""The score at which the slope is anchored: a level is that of a hit with this score."""
_PLACES = {"same": "clause", "none": "pattern", "beside": "pattern", "measured": "measured"}


def family(cue: Cue) -> str:
    """Name the family of a cue: whose expectation it is, and where its outcome stands.

    `clause`: in the clause of the cue; `pattern`: in the wording itself; `measured`: a quantity against a quantity;
    `apart`: in another clause.
    """
    return f"{cue.basis}_{_PLACES.get(cue.outcome, 'apart')}"


def calibrated(cue: Cue, score: float, language: str, *, measured: bool = False) -> float:
    """Give the share of such hits that is right, 0..1: an expectation is stated and the direction is the one found.

    Args:
        cue: What was found.
        score: How it ranks among competing hits.
        language: "en" or "zh".
        measured: Whether two quantities of one kind are held against each other.
    """
    fitted = _fitted(language)
    level = fitted["cues"].get(cue.name, fitted["families"].get(family(cue), fitted["all"]))
    level += fitted["measured"] if measured else 0.0
    return round(1 / (1 + exp(-(level + fitted["slope"] * (score - MIDDLE)))), 3)


def was_met_often(cue: Cue, language: str) -> bool:
    """Say whether a cue has a level of its own; else its family speaks for it."""
    return cue.name in _fitted(language)["cues"]


@cache
def _fitted(language: str) -> dict[str, Any]:
    found: dict[str, Any] = table("expectation_confidence")[language]
    return found
