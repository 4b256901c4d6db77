"""Which clause tells how an expectation turned out?

Signs are added up: a word of contrast where the clause begins, a failure or an arrival, a quantity against a
quantity, good or bad words; distance costs. After a cue that is strong by itself one sign is enough, weak cues want
more.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.lexicon.lists import joined, table
from feedbackloop.understanding.lexicon.polarity import mood
from feedbackloop.understanding.quantity.duration import quantities
from feedbackloop.understanding.quantity.pair import answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedbackloop.understanding.lexicon.clauses import Clause
    from feedbackloop.understanding.quantity.quantities import Quantity

ENOUGH = {"required": 1.3, "bad": 1.3, "optional": 1.3, "strong": 1.6, "follows": 1.6}
"""How many points an outcome needs after a cue of that kind."""
_LEAST = 0.6
_AHEAD = 6
_BEHIND = 2
"""So many clauses are looked at after and before the cue."""
_MEMORY = {"MB", "GB", "TB"}
MEASURED = 3
"""So many clauses after the cue are looked at for a quantity that answers one."""
_LONGEST = 200
"""Characters of a clause that are looked at."""
_SHORTEST = {"en": 7, "zh": 0}
"""Characters that a clause before the cue has at least: one word at the head of a sentence tells nothing."""

_CONTRAST, _FAILURE, _KEPT, _QUANTITY, _PROMPT, _BAD, _GOOD = 1.6, 1.2, 1.2, 1.6, 0.8, 0.8, 0.4
_JOINED = 0.5
_AND_IT = re.compile(
    r"and (?:it|they|he|she|we|i|you)(?:'ve|'d|'s| have| had| has)? (?!will|would|can|could|should|am|do|think|love|like|hope)"
    r"|(?:there (?:was|were|is)|(?:what|all) (?:we|i) |mine |ours |(?:i|we) get )"
)
"""What follows an expectation with "and it" or "there was" tells how it went on."""
_NUMBER, _DAY = 1.1, 1.2
"""A bare number against a quantity ("rated for 8 hours, I get 5"), a day that is named against another."""
_SUBORDINATE = 0.8
"""What "when", "although" at the head of the cue's clause gives to the clause before it."""
_NEIGHBOUR = {"en": 0.9, "zh": 0.6}
"""The clause right after the cue is the likeliest place."""
_TOLD = {"en": 0.0, "zh": 0.5}
"""Its own word of outcome in the clause right after a cue."""
_STEP, _SENTENCE, _BEFORE = 0.35, 0.3, 0.6
"""What a clause's distance, a sentence's end between, and standing before the cue cost."""


@cache
def sign(name: str, language: str) -> re.Pattern[str]:
    """Give the pattern of a sign in "en" or "zh" (`words/expectation_signs.toml`)."""
    return re.compile(joined(table("expectation_signs")[language][name], {}))


def outcome(
    text: str,
    parts: Sequence[Clause],
    cue: tuple[int, int],
    language: str,
    *,
    kinds: frozenset[str] = frozenset(),
    good: bool = True,
    before: bool = True,
    told: re.Pattern[str] | None = None,
    said: tuple[int, int] | None = None,
    turns: bool = False,
) -> tuple[int, float] | None:
    """Find the clause that most likely tells how an expectation turned out.

    Args:
        text: Made ready by `expectation_text.normalised`.
        parts: Its clauses.
        cue: The number of the clause with the cue, and where the expected piece ends: what begins before is not its
            outcome.
        language: "en" or "zh".
        kinds: The kinds of quantities that the expectation names: a clause that names one of them too is likelier.
        good: Whether the outcome may sound good.
        before: Whether it may stand before the cue.
        told: What must stand in the clause.
        said: The place of what the clause must be seen to be of (`tied`); without it any clause will do.
        turns: Whether a word of contrast at its head shows that too.

    Returns:
        The clause's number and its points; None where no clause shows any sign.
    """
    best: tuple[int, float] | None = None
    for number, cost in _near(parts, cue, _NEIGHBOUR[language], _SHORTEST[language]):
        span = parts[number].start, min(parts[number].end, parts[number].start + _LONGEST)
        if (
            (number < cue[0] and not before)
            or (told and not told.search(text, *span))
            or (not good and mood(text, language, span) > 0)
        ):
            continue
        points = _points(text, span, language, kinds) - cost
        if number < cue[0] and sign("subordinate", language).match(text, parts[cue[0]].start, cue[1]):
            points += _SUBORDINATE
        if told and number == cue[0] + 1 and parts[number].sentence == parts[cue[0]].sentence:
            points += _TOLD[language]
        if (
            points > (best[1] if best else _LEAST)
            and not sign("goes_on", language).match(text, *span)
            and (
                said is None
                or (turns and sign("contrast", language).match(text, *span))
                or tied(text, said, span, language)
            )
        ):
            best = number, points
    return best and (_told_next(text, parts, best[0], language), best[1])


def measured(text: str, parts: Sequence[Clause], here: int, expected: tuple[int, int], language: str) -> int | None:
    """Find the clause after an expectation that names a quantity of the same kind, counts of the same things.

    Returns:
        The clause's number; None where none does, or where it says no more than that there are other choices.
    """
    said = quantities(text[slice(*expected)], language)
    if not said:
        return None
    for number in range(here + 1, min(len(parts), here + MEASURED + 1)):
        part = parts[number]
        if part.start < expected[1]:
            continue
        if part.sentence - parts[here].sentence > 1 or sign("choice", language).search(text, part.start, part.end):
            break
        piece = text[part.start : min(part.end, part.start + _LONGEST)]
        told = answer(said, quantities(piece, language), piece, language)
        fewer = sign("fewer", language).search(piece)
        repeated = language == "zh" and not sign("kept", language).search(piece)
        if any(
            _answers(one, two, fewer=bool(fewer)) and not (repeated and (one.value, one.unit) == (two.value, two.unit))
            for one in said
            for two in told
        ):
            return number
    return None


def _answers(said: Quantity, told: Quantity, *, fewer: bool) -> bool:
    """Say whether one quantity answers another; counts of the same things do where a word says that they are fewer."""
    if said.kind != told.kind:
        return False
    return said.kind != "count" or (fewer and said.unit == told.unit) or {said.unit, told.unit} <= _MEMORY


def tied(text: str, said: tuple[int, int], told: tuple[int, int], language: str) -> bool:
    """Say whether an outcome is of what was said: they share a word, or it answers it ("it didn't", "never came").

    Other signs, such as a "but" or a bad word, stand in any story.
    """
    if speaks_of(text, said, told, language):
        return True
    kinds = kinds_of(text[slice(*said)], language) - {"count", "number"}
    return bool(kinds & kinds_of(text[slice(*told)], language))


def speaks_of(text: str, said: tuple[int, int], told: tuple[int, int], language: str) -> bool:
    """Say whether a clause answers what was said, or shares a word with it; quantities aside."""
    if sign("answers", language).search(text, *told):
        return True
    one, other = (set(sign("stem", language).findall(text, *span)) for span in (said, told))
    return bool(one & other)


def reach(parts: Sequence[Clause], number: int) -> tuple[int, int]:
    """Give the place in which the outcome of what is said in a clause is looked for."""
    return parts[max(0, number - _BEHIND)].start, parts[min(len(parts) - 1, number + _AHEAD)].end


def _told_next(text: str, parts: Sequence[Clause], number: int, language: str) -> int:
    """Step to the next clause where the one found only leads to it: "but after the first bite", 但是第一口咬下去."""
    here, following = parts[number], parts[number + 1] if number + 1 < len(parts) else None
    if following is None or following.sentence != here.sentence:
        return number
    span, later = (here.start, here.end), (following.start, following.end)
    says = (
        mood(text, language, span)
        or any(sign(name, language).search(text, *span) for name in ("failed", "kept"))
        or quantities(text[slice(*span)], language)
    )
    if sign("leading", language).fullmatch(text, *span):
        return number + 1
    return number if says or language == "zh" or not mood(text, language, later) else number + 1


def _near(
    parts: Sequence[Clause], cue: tuple[int, int], neighbour: float, shortest: int
) -> Iterator[tuple[int, float]]:
    """Give the clauses that may tell the outcome, each with what its distance costs."""
    here, end = cue
    for number in range(max(0, here - _BEHIND), min(len(parts), here + _AHEAD + 1)):
        sentences = parts[number].sentence - parts[here].sentence
        if number < here and sentences == 0 and parts[number].end - parts[number].start > shortest:
            yield number, _BEFORE + _STEP * (here - number - 1)
        elif number > here and parts[number].start >= end and sentences <= 2:
            yield number, _STEP * (number - here - 1) + _SENTENCE * sentences - neighbour * (number == here + 1)


def _points(text: str, span: tuple[int, int], language: str, kinds: frozenset[str]) -> float:
    return _own_points(text, span, language) + (_measure(text, span, language, kinds) if kinds else 0.0)


@lru_cache(maxsize=1024)
def _own_points(text: str, span: tuple[int, int], language: str) -> float:
    """Count the signs of a clause by itself. Remembered: in a text full of cues the same clauses are asked for again."""
    heard = mood(text, language, span)
    return (
        _JOINED * (language == "en" and _AND_IT.match(text, *span) is not None)
        + _CONTRAST * bool(sign("contrast", language).match(text, *span))
        + _FAILURE * bool(sign("failed", language).search(text, *span))
        + _KEPT * bool(sign("kept", language).search(text, *span))
        + _PROMPT * bool(sign("prompt", language).search(text, *span))
        + (_BAD if heard < 0 else _GOOD if heard > 0 else 0.0)
    )


def _measure(text: str, span: tuple[int, int], language: str, kinds: frozenset[str]) -> float:
    """Say how well the quantities of a clause answer those of the expectation."""
    if any(quantity.kind in kinds for quantity in quantities(text[slice(*span)], language)):
        return _QUANTITY
    if "duration" in kinds and sign("prompt", language).search(text, *span):
        return _DAY
    if "day" in kinds and sign("day", language).search(text, *span):
        return _DAY
    return _NUMBER * bool(sign("number", language).search(text, *span))


def kinds_of(piece: str, language: str) -> frozenset[str]:
    """Give the kinds of quantities that an expectation names, "day" for a day of the week or of the month among them."""
    kinds = {str(quantity.kind) for quantity in quantities(piece, language)}
    named = {name for name in ("day", "number") if sign(name, language).search(piece)}
    return frozenset(kinds | named)
