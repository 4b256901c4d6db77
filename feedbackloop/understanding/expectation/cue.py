"""By which wordings does an expectation show itself?

The cues stand in `words/expectation_cues_en.toml` and `_zh.toml`: general constructions, not phrases of one trade.
Their quantifiers are bounded, so that no text makes a pattern slow.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

import msgspec
from msgspec import Struct

from feedbackloop.records import Basis
from feedbackloop.understanding.lexicon.lists import joined, table

Decide = Literal[
    "worse", "met", "better", "than", "exceeded", "surprise", "unlike", "unmet", "belief", "relief", "negatable"
]
_BEFORE = {"en": 40, "zh": 12}
Outcome = Literal["same", "beside", "required", "bad", "optional", "strong", "follows", "measured", "none"]


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry as it stands in the file; see `Cue`."""

    name: str
    triggers: tuple[str, ...]
    pattern: str
    before: int | None = None
    after: int = 160
    veto: str | None = None
    unless: str | None = None
    told: str | None = None
    tied: bool = False
    basis: Basis = "stated"
    decide: Decide = "unmet"
    outcome: Outcome = "required"
    whole: bool = False
    leans: str | None = None
    leaning: float = 1.6
    confidence: float = 0.7


class Cue(Struct, frozen=True):
    """One wording, and how to read it.

    Attributes:
        name: What tests and a reader of the file call it.
        triggers: The pattern is tried where one of them stands. In English the beginning of a word, a whole word
            where a
            blank ends it; in Chinese any place.
        before: So many characters before its trigger a match may begin.
        after: So many characters after the beginning of its trigger it must have ended.
        pattern: Searched in the lower-case text. Groups `e` and `x`, where it has them, are the expected and the
            experienced piece.
        veto: What must not stand in the sentence of the cue.
        unless: What must not stand in its clause.
        told: What must stand in a clause for it to tell the outcome.
        tied: Whether the outcome must be seen to be of the same thing (`expectation_outcome.tied`): for cues that stand in
            any report of what was said or done.
        basis: Whose expectation it is: stated by the customer, or promised to him.
        decide: How the direction comes about. A fixed one; `than`: by the compared word; `surprise`: by good or bad
            of the clause;
            `exceeded`: better, if the clause sounds bad worse; `unlike`: "not so NAME as": the contrary of what was
            named; `negatable`: met, if said no to worse; `unmet`: worse unless the outcome says that the word was
            kept; `relief`: better unless the outcome sounds bad; `belief`: as `unmet`, and better where the outcome sounds good.
        outcome: Where the experience stands. `same`: in the clause of the cue; `required`: in another clause, else
            nothing was
            found; `bad`: the same, if it does not sound good;
            `strong`: the same, by more than one sign; `follows`: the same, and after the cue;
            `measured`: in another clause with a quantity of the same kind
            as one in the clause of the cue; `optional`: in another clause if any; `beside`: what stands
            before the cue in its clause, else the clause before; `none`: only in the pattern.
        whole: Without a group `e` the expected piece is the whole clause of the cue, else it is not said.
        leans: The dimension for which the construction itself speaks.
        leaning: How many words of other dimensions that outweighs.
        confidence: How far it goes before other cues that read the same words, 0..1.
    """

    name: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    before: int
    after: int
    veto: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    told: re.Pattern[str] | None
    tied: bool
    basis: Basis
    decide: Decide
    outcome: Outcome
    whole: bool
    leans: str | None
    leaning: float
    confidence: float


@cache
def cues(language: str) -> dict[str, Cue]:
    """Give the cues of "en" or "zh" by name; read and compiled once, when first asked for."""
    content = table(f"expectation_cues_{language}")
    fragments = {name: joined(pattern, {}) for name, pattern in content["fragments"].items()}
    entries = msgspec.convert(content["cue"], tuple[_Entry, ...])
    return {entry.name: _compiled(entry, fragments, _BEFORE[language]) for entry in entries}


def _compiled(entry: _Entry, fragments: dict[str, str], before: int) -> Cue:
    return Cue(
        name=entry.name,
        triggers=entry.triggers,
        pattern=re.compile(joined(entry.pattern, fragments)),
        before=before if entry.before is None else entry.before,
        after=entry.after,
        veto=re.compile(joined(entry.veto, fragments)) if entry.veto else None,
        unless=re.compile(joined(entry.unless, fragments)) if entry.unless else None,
        told=re.compile(joined(entry.told, fragments)) if entry.told else None,
        tied=entry.tied,
        basis=entry.basis,
        decide=entry.decide,
        outcome=entry.outcome,
        whole=entry.whole,
        leans=entry.leans,
        leaning=entry.leaning,
        confidence=entry.confidence,
    )
