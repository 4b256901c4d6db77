"""Which promises does an agent make: who, what, until when? And what became of each?

A promise is a clause with a commitment ("will", "'ll", 会, 为您) and a deed, or a deed with a time limit ("refund
within 5-7 working days", 24小时内发货). Questions and refusals are none; a condition makes one less sure. `settle`
says what became of it.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.records import Promise, Text
from feedbackloop.understanding import journey
from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.lexicon.clauses import clauses
from feedbackloop.understanding.promise import kinds as promise_kinds
from feedbackloop.understanding.promise.kinds import Kind
from feedbackloop.understanding.promise.limit import Limit, Speech
from feedbackloop.understanding.promise.settle import settle
from feedbackloop.understanding.quantity.duration import AddBusiness, Due, add_business_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["find_promises", "settle"]

_MOST = 200
"""Clauses of one text that are looked at."""
_PAST = (
    r"\b(?:was|were|had|did|since|ago|last|paid|waited|can|could|may"
    r"|(?:we|they|he|she|it) (?:\w+ly )?(?:\w+ed|sent|came|went|got))\b|[了过]"
)
_TOLD = re.compile(rf"\b(?:i|you|has|have)\b|{_PAST}")
"""A deed with a time but without a verb of commitment is a tale, not a promise, where one of these stands: "I waited 3 days"."""
_TOLD_IN_PLAN = re.compile(_PAST)
"""The same for clauses with a verb of planning: "give me two hours"."""
_DONE = re.compile(r"\b(?:\w+ed|sent)\b")
"""With a day and no verb of commitment it says what was done: "collected on Thursday"; "refund approved: 3 days" does not."""
_DASH_IN_RANGE = re.compile(r"(?<=\d)[–—](?=\d)")
"""Elsewhere such a dash parts clauses."""
_CHINESE_COMMA = re.compile(r"(?<=[\u4e00-\u9fff]),(?=\d)")
"""A comma typed in the Latin way parts clauses too: 申请已通过,3天到账."""
_SPACED = re.compile(
    r"(?<=[\u4e00-\u9fff]) (\d[\d~-]{0,6}) (?=[\u4e00-\u9fff])|(?<![\w-])(\d[\d~-]{0,6}) (?=[\u4e00-\u9fff])"
)
"""Blanks around figures part nothing: 会在 1-3 个工作日内给您回复."""


class _Reading(Struct, frozen=True):
    """A clause that promises."""

    kind: Kind
    limit: Limit
    piece: str
    committed: bool


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
    language = lexicon_text.reading(text.text, text.language)
    if language is None or text.at is None:
        return []
    words = _unparted(lexicon_text.normalised(text.text, language))
    if not any(trigger in words for trigger in promise_kinds.grammar(language).triggers):
        return []
    speech = Speech(words, language, text.at.astimezone(zone), clauses(words, language)[:_MOST], add_business)
    found: list[Promise] = []
    last = -1
    for number in range(len(speech.parts)):
        read = _read(speech, number) if number > last else None
        if read:
            if read.limit.first == last and found:  # the clause before only said until when
                found.pop()
            begins = speech.head(read.limit.first, last + 1)
            touchpoint = journey.main(read.piece, language, touchpoints or {})
            found.append(_made(text, speech, read, begins, touchpoint))
            last = read.limit.last
    return found


def _unparted(words: str) -> str:
    """Change the signs, one for one, at which clauses are parted wrongly in agents' words, or not parted."""
    if "–" in words or "—" in words:
        words = _DASH_IN_RANGE.sub("-", words)
    if words.isascii():
        return words.replace("by then", "by-then")
    words = _SPACED.sub(lambda match: f"大约{match[1]}" if match[1] else f"约{match[2]}", words)
    return _CHINESE_COMMA.sub("，", words)


def _read(speech: Speech, number: int) -> _Reading | None:
    """Say whether a clause promises, and until when."""
    piece, grammar = speech.piece(number), promise_kinds.grammar(speech.language)
    committed = grammar.commitment.search(piece) is not None
    if not (committed or speech.is_near_time(number)):
        return None
    kind = promise_kinds.kind_of(piece)
    planned = grammar.scheduled.search(piece) is not None
    if kind is None and not (committed or planned):
        return None
    limit = speech.limit(number)
    until = limit.due
    if not (committed or until) or grammar.veto.search(piece):
        return None
    if kind is None and (grammar.doing.search(piece) or until):
        kind = promise_kinds.kinds()[-1]
    if kind is None or not (committed or (until and _looks_ahead(speech, piece, until, planned=planned))):
        return None
    if grammar.hinges.search(speech.sentence(number)) and not _is_of_promise(speech, number, limit):
        return None
    return _Reading(kind, limit, piece, committed)


def _made(text: Text, speech: Speech, read: _Reading, begins: int, touchpoint: str | None) -> Promise:
    """Make the promise of a reading whose words begin at a place of the speech."""
    grammar, limit, until = promise_kinds.grammar(speech.language), read.limit, read.limit.due
    place = _raw(text, begins, speech.parts[limit.last].end)
    source = text.raw if text.raw is not None and text.offsets else text.text
    sentence = speech.sentence(limit.first)
    is_conditional = (grammar.hinges.search(sentence) or grammar.condition.search(sentence)) is not None
    return Promise(
        id=f"promise-{text.id}-{place[0]}",
        who="agent" if grammar.own.search(read.piece) else "company",
        what=source[slice(*place)],
        said_at=speech.at.astimezone(UTC),
        due_at=until.at.astimezone(UTC) if until else None,
        touchpoint=touchpoint,
        dimension=read.kind.dimension,
        text_id=text.id,
        confidence=round(0.5 + 0.25 * bool(until) + 0.15 * read.committed - 0.3 * is_conditional, 2),
        value=until.quantity.value if until and until.quantity else None,
        unit=until.quantity.unit if until and until.quantity else None,
    )


def _is_of_promise(speech: Speech, number: int, limit: Limit) -> bool:
    """Say whether a time limit beside an "if" is that of the promise, not of what it hinges on.

    "If nothing comes in 5 days, we'll look" has none; "we'll pay by Friday if you send it" has one.
    """
    piece, grammar = speech.piece(number), promise_kinds.grammar(speech.language)
    hinge, commitment = grammar.hinges.search(piece), grammar.commitment.search(piece)
    if limit.first != number or limit.due is None or (hinge and speech.language == "zh"):
        return False
    return hinge is None or limit.due.start < hinge.start() or bool(commitment and commitment.start() < limit.due.start)


def _looks_ahead(speech: Speech, piece: str, until: Due, *, planned: bool) -> bool:
    """Say whether a clause with a time limit promises without a verb of commitment: "refund within 3 days", "leaves tomorrow"."""
    if planned:
        return not _TOLD_IN_PLAN.search(piece)
    is_span = until.quantity is not None and until.quantity.kind == "duration"
    reports = speech.language == "en" and not is_span and (until.at.date() == speech.at.date() or _DONE.search(piece))
    return not (reports or _TOLD.search(piece))


def _raw(text: Text, start: int, end: int) -> tuple[int, int]:
    """Give a place in the raw text."""
    if not text.offsets:
        return start, end
    return text.offsets[start], text.offsets[end - 1] + 1
