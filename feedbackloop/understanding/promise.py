"""Which promises does an agent make: who, what, until when? And what became of each?

A promise is a clause with a commitment ("will", "'ll", 会, 为您) and a deed, or a deed with a time limit ("refund
within 5-7 working days", 24小时内发货). Questions and refusals are none; a condition makes one less sure. `settle`
says what became of it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.records import Promise, Text
from feedbackloop.understanding import expectation_text, journey, promise_kinds
from feedbackloop.understanding.duration import AddBusiness, Due, add_business_days, due
from feedbackloop.understanding.expectation_clauses import Clause, clauses
from feedbackloop.understanding.promise_settle import settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["find_promises", "settle"]

_MOST = 200
"""Clauses of one text that are looked at."""
_LONGEST = 300
"""Characters of one clause that are looked at."""
_TOLD = re.compile(r"\b(?:i|you|was|were|had|has|have|did|since|ago|last|paid|waited)\b|了|过")
"""A deed with a time but without a verb of commitment is a tale, not a promise, where one of these stands: "I waited 3 days"."""


class _Speech(Struct, frozen=True):
    words: str
    language: str
    at: datetime
    parts: tuple[Clause, ...]
    add_business: AddBusiness

    def piece(self, number: int) -> str:
        """Give a clause with the sign after it, for questions end in one."""
        part = self.parts[number]
        return self.words[part.start : min(part.end + 1, part.start + _LONGEST)]

    def sentence(self, number: int) -> str:
        """Give the clauses around one that stand in its sentence."""
        near = self.parts[max(0, number - 3) : number + 4]
        same = [part for part in near if part.sentence == self.parts[number].sentence]
        return self.words[same[0].start : same[-1].end]

    def due(self, piece: str) -> Due | None:
        """Say until when a piece promises."""
        return due(piece, self.at, self.language, self.add_business)


def find_promises(
    text: Text,
    touchpoints: Mapping[str, Sequence[str]] | None = None,
    zone: tzinfo = UTC,
    add_business: AddBusiness = add_business_days,
) -> list[Promise]:
    """Give the promises of one text of an agent, in its order.

    Args:
        text: Cleaned; without `at` it is not known when anything was said, so nothing is found.
        touchpoints: The config's own touchpoints with their words.
        zone: In which "tomorrow" begins and a day that is named ends.
        add_business: Adds business days to a moment; by default Monday to Friday.

    Returns:
        Open promises; `who` is "agent" where the speaker commits himself, else "company". The id is made from the
        text's id and the place of the words in the raw text: the same text gives the same ids.
    """
    language = expectation_text.reading(text.text, text.language)
    if language is None or text.at is None:
        return []
    words = expectation_text.normalised(text.text, language)
    if not any(trigger in words for trigger in promise_kinds.grammar(language).triggers):
        return []
    speech = _Speech(words, language, text.at.astimezone(zone), clauses(words, language)[:_MOST], add_business)
    found = (_read(text, speech, number, touchpoints or {}) for number in range(len(speech.parts)))
    return [promise for promise in found if promise]


def _read(text: Text, speech: _Speech, number: int, touchpoints: Mapping[str, Sequence[str]]) -> Promise | None:
    piece, grammar = speech.piece(number), promise_kinds.grammar(speech.language)
    kind = promise_kinds.kind_of(piece)
    if kind is None or grammar.veto.search(piece):
        return None
    limit = speech.due(piece) or _limit_beside(speech, number)
    committed = grammar.commitment.search(piece)
    if not (committed or (limit and not _TOLD.search(piece))):
        return None
    conditional = grammar.condition.search(speech.sentence(number))
    place = _raw(text, speech.parts[number])
    source = text.raw if text.raw is not None and text.offsets else text.text
    return Promise(
        id=f"promise-{text.id}-{place[0]}",
        who="agent" if grammar.own.search(piece) else "company",
        what=source[slice(*place)],
        said_at=speech.at.astimezone(UTC),
        due_at=limit.at.astimezone(UTC) if limit else None,
        touchpoint=journey.main(piece, speech.language, touchpoints),
        dimension=kind.dimension,
        text_id=text.id,
        confidence=round(0.5 + 0.25 * bool(limit) + 0.15 * bool(committed) - 0.3 * bool(conditional), 2),
        value=limit.quantity.value if limit and limit.quantity else None,
        unit=limit.quantity.unit if limit and limit.quantity else None,
    )


def _limit_beside(speech: _Speech, number: int) -> Due | None:
    """Look for the time limit in a neighbour of the same sentence that names no deed: "within two days, we will …"."""
    for other in (number + 1, number - 1):
        if 0 <= other < len(speech.parts) and speech.parts[other].sentence == speech.parts[number].sentence:
            piece = speech.piece(other)
            if not promise_kinds.kind_of(piece):
                return speech.due(piece)
    return None


def _raw(text: Text, part: Clause) -> tuple[int, int]:
    """Give the place of a clause in the raw text."""
    if not text.offsets:
        return part.start, part.end
    return text.offsets[part.start], text.offsets[part.end - 1] + 1
