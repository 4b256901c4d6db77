"""What does a cue look like: the wording by which an expectation shows itself?"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

from feedbackloop.records import Basis

Decide = Literal["worse", "met", "better", "than", "surprise", "unmet", "negatable", "kept"]
Outcome = Literal["same", "required", "optional", "strong", "none"]


class Cue(Struct, frozen=True):
    """One wording, and how to read it.

    Attributes:
        name: For `explain` and for tests.
        triggers: Literals of which one must stand in the text before the pattern is tried at all.
        pattern: Searched in the lower-case text. Groups `e` and `x`, where it has them, are the expected and the experienced piece.
        basis: Whose expectation it is: stated by the customer, or promised to him.
        decide: How the direction comes about. A fixed one; `than`: the compared word; `surprise`: good or bad of the clause;
            `negatable`: met, negated worse; `unmet`: worse unless the outcome says kept; `kept`: met unless the outcome is bad.
        outcome: Where the experience stands. `same`: in the clause of the cue; `required`: in another clause, else nothing was
            found; `strong`: the same, set against the expectation by more than one sign; `optional`: nothing else is worse;
            `none`: the pattern's group says it, or nothing does.
        whole: The expected piece is the whole clause of the cue, else only what the pattern takes.
        veto: What must not match in the sentence of the cue.
        confidence: How often such a wording means it, 0..1.
    """

    name: str
    triggers: tuple[str, ...]
    pattern: re.Pattern[str]
    basis: Basis = "stated"
    decide: Decide = "unmet"
    outcome: Outcome = "required"
    whole: bool = True
    veto: re.Pattern[str] | None = None
    confidence: float = 0.7


def cue(name: str, triggers: str, pattern: str, *, veto: str = "", **how: object) -> Cue:
    """Write a cue: `triggers` parted by "|", patterns as text."""
    compiled = re.compile(veto) if veto else None
    return Cue(name, tuple(triggers.split("|")), re.compile(pattern), veto=compiled, **how)  # type: ignore[arg-type]  # checked by Struct's fields
