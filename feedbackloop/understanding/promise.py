"""Which promises does an agent make: who, what, until when?

A promise is a clause with a commitment ("will", "'ll", 会, 将, 为您) and a deed, or a deed with a time limit ("refund within 5-7 working
days", 24小时内发货). Questions, conditions and refusals are none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.records import Promise, Text
from feedbackloop.understanding import expectation_text, journey, promise_kinds
from feedbackloop.understanding.duration import Due, add_business_days, due
from feedbackloop.understanding.expectation_clauses import clauses, trim
from feedbackloop.understanding.promise_settle import settle

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedbackloop.understanding.duration import AddBusiness
    from feedbackloop.understanding.expectation_clauses import Clause

__all__ = ["find_promises", "settle"]

_MOST = 200
"""Clauses of one text that are looked at."""


class Grammar(Struct, frozen=True):
    """How one language commits itself; `self` is in a commitment of the speaker's own."""

    triggers: tuple[str, ...]
    commitment: re.Pattern[str]
    veto: re.Pattern[str]
    own: re.Pattern[str]
    condition: re.Pattern[str]


@cache
def _grammar(language: str) -> Grammar:
    if language == "zh":
        return Grammar(
            (
                "会",
                "将",
                "内",
                "马上",
                "立即",
                "尽快",
                "明天",
                "今天",
                "为您",
                "给您",
                "帮您",
                "承诺",
                "保证",
                "稍后",
                "后",
                "天",
                "一定",
                "月底",
                "周",
            ),
            re.compile(
                r"会(?!员|计|议|话)|将(?!来|近|就)|马上|立即|立刻|尽快|稍后|一定|保证|承诺|为您|给您|帮您|帮你|给你|预计|安排|第一时间"
            ),
            re.compile(
                r"不会|无法|不能|没法|不可以|[吗么呢]$|[?？]|请您|请你|您需要|需要您|麻烦您|建议您|您可以|你可以|已经?(?:为您|给您|帮您)?|才会|可能会|一般会|了$"
            ),
            re.compile(r"我|咱|这边|客服|为您|给您|帮您"),
            re.compile(r"如果|若|如有|假如|一旦"),
        )
    return Grammar(
        (
            "will",
            "'ll",
            "shall",
            "going to",
            "within",
            "promise",
            "guarantee",
            "expect",
            "should be",
            "should receive",
            "by ",
            "tomorrow",
            "in the next",
            "in ",
        ),
        re.compile(
            r"\b(?:will|shall|(?:am|is|are|'m|'re) going to|promise|guarantee|(?:can|should|may|please)? ?expect (?:a|an|the|your|it|delivery|to)|should (?:be|receive|arrive|have|get|see|hear)|i'm (?:sending|arranging|escalating))\b|'ll\b"
        ),
        re.compile(
            r"\b(?:will not|won't|wo n't|cannot|can't|unable|not be able|will you|would you|you(?:'ll| will) (?:need|have to|be able|not|find)|will need|'ll need|(?:not|n't) going to|would have|will be happy|will be able|will be glad|'ll be happy|will do my best)\b|\?"
        ),
        re.compile(r"\b(?:i|we|i'll|we'll|my colleague|our team|i'm|we're)\b"),
        re.compile(r"\b(?:if|unless|in case|once you|as soon as you|when you|after you)\b"),
    )


def find_promises(
    text: Text, touchpoints: Mapping[str, Sequence[str]] | None = None, add_business: AddBusiness = add_business_days
) -> list[Promise]:
    """Give the promises of one text of an agent, in its order.

    Args:
        text: Cleaned; without `at` nothing can be promised until anything, so nothing is found.
        touchpoints: The config's own touchpoints with their words.
        add_business: Adds business days to a moment; by default Monday to Friday.

    Returns:
        Open promises; `who` is "agent" where the speaker commits himself, else "company". The id is made from the text's id and the
        place of the words in the raw text: the same text gives the same ids.
    """
    language = expectation_text.reading(text.text, text.language)
    if language is None or text.at is None:
        return []
    words = expectation_text.normalised(text.text, language)
    if not any(trigger in words for trigger in _grammar(language).triggers):
        return []
    parts = clauses(words, language)[:_MOST]
    found = (
        _read(text, words, parts, number, language, touchpoints or {}, add_business) for number in range(len(parts))
    )
    return _distinct([promise for promise in found if promise])


def _read(  # the clause in its text
    text: Text,
    words: str,
    parts: Sequence[Clause],
    number: int,
    language: str,
    touchpoints: Mapping[str, Sequence[str]],
    add_business: AddBusiness,
) -> Promise | None:
    part = parts[number]
    piece = words[part.start : min(part.end + 1, part.start + 300)]
    grammar = _grammar(language)
    kind = promise_kinds.kind_of(piece)
    if kind is None or grammar.veto.search(piece) or text.at is None:
        return None
    limit = due(piece, text.at, language, add_business) or _beside(words, parts, number, text, language, add_business)
    committed = grammar.commitment.search(piece)
    if not (committed or (limit and _names_deed_first(piece, kind))):
        return None
    start, end = trim(words, (part.start, part.end))
    place = _raw(text, start, end)
    source = text.raw if text.raw is not None and text.offsets else text.text
    conditional = grammar.condition.search(_sentence(words, parts, number))
    return Promise(
        id=f"promise-{text.id}-{place[0]}",
        who="agent" if grammar.own.search(piece) else "company",
        what=source[slice(*place)],
        said_at=text.at,
        due_at=limit.at if limit else None,
        touchpoint=journey.main(piece, language, touchpoints),
        dimension=kind.dimension,
        text_id=text.id,
        confidence=round(0.5 + 0.25 * bool(limit) + 0.15 * bool(committed) - 0.3 * bool(conditional), 2),
        value=limit.quantity.value if limit and limit.quantity else None,
        unit=limit.quantity.unit if limit and limit.quantity else None,
    )


def _names_deed_first(piece: str, kind: promise_kinds.Kind) -> bool:
    """Say whether a clause without a verb of commitment still promises: "refund within 5 days", 24小时内发货; not "I waited 3 days"."""
    del kind
    return re.search(r"\b(?:i|you|was|were|had|has|have|did|since|ago|last|paid|waited)\b|了|过", piece) is None


def _beside(
    words: str, parts: Sequence[Clause], number: int, text: Text, language: str, add_business: AddBusiness
) -> Due | None:
    """Look for the time limit in the neighbouring clauses of the same sentence: "within two days, we will …"."""
    for other in (number + 1, number - 1):
        if 0 <= other < len(parts) and parts[other].sentence == parts[number].sentence:
            piece = words[parts[other].start : min(parts[other].end, parts[other].start + 120)]
            if not promise_kinds.kind_of(piece):
                return due(piece, text.at, language, add_business)
    return None


def _sentence(words: str, parts: Sequence[Clause], number: int) -> str:
    same = [part for part in parts[max(0, number - 3) : number + 4] if part.sentence == parts[number].sentence]
    return words[same[0].start : same[-1].end]


def _raw(text: Text, start: int, end: int) -> tuple[int, int]:
    return (text.offsets[start], text.offsets[end - 1] + 1) if text.offsets else (start, end)


def _distinct(promises: list[Promise]) -> list[Promise]:
    """Drop a promise that only repeats the deed of the one before without saying more."""
    kept: list[Promise] = []
    for promise in promises:
        if not kept or promise.id != kept[-1].id:
            kept.append(promise)
    return kept
