"""Which direction does one cue with its two pieces show?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedbackloop.records import Direction
from feedbackloop.understanding.expectation import direction as expectation_direction
from feedbackloop.understanding.expectation.outcome import sign
from feedbackloop.understanding.lexicon.clauses import at
from feedbackloop.understanding.lexicon.polarity import polarity
from feedbackloop.understanding.quantity.duration import quantities
from feedbackloop.understanding.quantity.pair import answer, pair

if TYPE_CHECKING:
    from feedbackloop.understanding.expectation.place import Place, Span

_CONTRARY: dict[Direction, Direction] = {"worse": "better", "better": "worse", "met": "met"}
"""Of a wait less is better; of a battery's life or a warranty more is."""
_REACH = 110
"""So many characters before a cue a negation still belongs to it."""


_TAIL = 6
"""So many characters at the end of a Chinese clause hold what is said of its subject: 这么小的店味道这么好."""


def turned(place: Place, expected: Span | None, experienced: Span | None) -> Direction:
    """Give the direction: fixed by the cue, or read from the pieces as its `decide` says."""
    decide = place.cue.decide
    if decide in ("worse", "met", "better"):
        return decide
    piece = place.words[slice(*(experienced or (place.part.start, place.part.end)))]
    if decide in ("unmet", "belief"):
        return _came_to(place, expected, experienced, piece)
    return _of_clause(place, expected, experienced, piece)


def _of_clause(place: Place, expected: Span | None, experienced: Span | None, piece: str) -> Direction:
    """Read the direction from the clause of the cue."""
    language = place.language
    match place.cue.decide:
        case "than":
            return _relative(piece, language) or _compared_word(piece, language)
        case "relief":
            return "met" if polarity(piece, language) < 0 else "better"
        case "surprise":
            return _surprise(place, experienced, piece)
        case "exceeded":
            return expectation_direction.of_excess(piece, language)
        case "unlike":
            named = place.words[slice(*(expected or place.match.span()))]
            return expectation_direction.of_likeness(named, piece, language)
        case _:
            around = place.words[max(place.part.start, place.match.start() - _REACH) : place.match.end()]
            return "worse" if expectation_direction.is_negated(around, language) else "met"


def _compared_word(piece: str, language: str) -> Direction:
    """Read the compared word; of what is to last, longer is better."""
    if sign("lasting", language).search(piece) and sign("length", language).search(piece):
        return "better"
    return expectation_direction.of_comparison(piece, language)


def _surprise(place: Place, experienced: Span | None, piece: str) -> Direction:
    """Read what comes after the cue, for its own negation ("did not expect") negates nothing else."""
    after = place.words[place.match.end() : experienced[1]] if experienced else ""
    if sign("prompt", place.language).search(after) and not expectation_direction.is_negated(after, place.language):
        return "better"
    told = after if polarity(after, place.language) else piece
    if place.language == "zh" and polarity(told[-_TAIL:], "zh"):
        told = told[-_TAIL:]
    pleased = sign("pleased", place.language).search(piece) or polarity(place.words, place.language) > 0
    return expectation_direction.of_surprise(told, place.language, default="better" if pleased else "worse")


def _relative(piece: str, language: str) -> Direction | None:
    """Read "3 days late", 提前半小时: the quantity itself tells the direction."""
    told = next((quantity for quantity in quantities(piece, language) if quantity.is_relative), None)
    return expectation_direction.of_quantities(told, told) if told else None


def _came_to(place: Place, expected: Span | None, experienced: Span | None, piece: str) -> Direction:
    """Decide what a promise or a belief came to."""
    compared = _compared(place, expected, experienced)
    if compared:
        return compared
    if expectation_direction.is_kept(piece, place.language) or (experienced and _pleases(place, piece)):
        return "met"
    if place.cue.decide == "belief" and experienced and _sounds_better(place, expected, experienced):
        return "better"
    return "worse"


def _pleases(place: Place, piece: str) -> bool:
    """Say whether the outcome of a promise sounds good and is set against nothing."""
    return (
        place.cue.decide == "unmet"
        and polarity(piece, place.language) > 0
        and not expectation_direction.is_negated(piece, place.language)
        and not sign("contrast", place.language).match(piece)
        and not sign("burden", place.language).search(piece)
    )


def _sounds_better(place: Place, expected: Span | None, experienced: Span) -> bool:
    """Say whether the outcome sounds good; where it says nothing, the rest of its sentence does.

    Where something bad was expected, it is enough that the outcome does not sound bad.
    """
    piece = place.words[slice(*experienced)]
    mood = polarity(piece, place.language)
    if expected and mood >= 0 and polarity(place.words[slice(*expected)], place.language) < 0:
        return not expectation_direction.is_negated(piece, place.language)
    if sign("burden", place.language).search(piece):
        return False
    if sign("prompt", place.language).search(piece) and not expectation_direction.is_negated(piece, place.language):
        return True
    if mood:
        return mood > 0
    number = at(place.parts, experienced[0])
    rest = [part for part in place.parts[number + 1 : number + 3] if part.sentence == place.parts[number].sentence]
    return bool(rest) and polarity(place.words[rest[0].start : rest[-1].end], place.language) > 0


def _is_price(place: Place, expected: Span, experienced: Span) -> bool:
    """Say whether amounts are what somebody pays: of a price less is better, of a refund more."""
    words = place.words[min(expected[0], experienced[0]) : max(expected[1], experienced[1])]
    return (
        sign("price", place.language).search(words) is not None and sign("gain", place.language).search(words) is None
    )


def _compared(place: Place, expected: Span | None, experienced: Span | None) -> Direction | None:
    if not (expected and experienced):
        return None
    said, told = (quantities(place.words[slice(*span)], place.language) for span in (expected, experienced))
    promised, actual = pair(said, answer(said, told, place.words[slice(*experienced)], place.language))
    compared = expectation_direction.of_quantities(promised, actual) if promised and actual else None
    if promised and actual and promised.kind == actual.kind == "money" and _is_price(place, expected, experienced):
        compared = "worse" if actual.low > promised.high else "better" if actual.high < promised.low else None
    if (
        promised
        and not actual
        and promised.seconds
        and sign("prompt", place.language).search(place.words, *experienced)
    ):
        compared = "better"
    if promised and actual and (promised.value, promised.unit) == (actual.value, actual.unit):
        piece = place.words[slice(*experienced)]
        denied = expectation_direction.is_negated(piece, place.language)
        repeated = promised.kind == "count" and sign("contrast", place.language).match(piece)
        return "worse" if denied or repeated else "met"
    before = place.parts[max(0, place.number - 1)].start
    both = place.words[min(before, expected[0], experienced[0]) : max(expected[1], experienced[1])]
    lasts = compared and sign("lasting", place.language).search(both)
    return _CONTRARY[compared] if compared and lasts else compared
