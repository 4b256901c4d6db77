"""How do places in a masked text become expectations as the rest of the program knows them?

The model says which words belong together; values, units, due times, and the direction where both sides name a quantity, are
read from those words by the built-in rules, which do not guess.
"""

from __future__ import annotations

from typing import NamedTuple

from feedbackloop.records import Direction, Expectation, Text
from feedbackloop.understanding.expectation.direction import of_quantities
from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.quantity.duration import due, quantities
from feedbackloop.understanding.quantity.pair import answer, pair
from feedbackloop.understanding.quantity.quantities import Quantity
from feedbackloop_plugins.language_model.masking import Masked, Span
from feedbackloop_plugins.language_model.tasks import Piece


class _Measured(NamedTuple):
    promised: Quantity | None
    actual: Quantity | None
    direction: Direction | None


def expectation(piece: Piece, text: Text, sent: Masked) -> Expectation:
    """Give one expectation in the author's own words, the masked ones included: they never left this machine."""
    expected, experienced = _own(piece.expected, sent), _own(piece.experienced, sent)
    promised, actual, direction = _measured(piece, text, expected, experienced)
    language = lexicon_text.reading(text.text, text.language)
    until = due(text.text[slice(*expected)], text.at, language) if expected and text.at and language else None
    return Expectation(
        basis=piece.basis,
        expected=_copied(text, expected),
        experienced=_copied(text, experienced),
        promised_value=promised.value if promised else None,
        promised_unit=promised.unit if promised else None,
        actual_value=actual.value if actual else None,
        actual_unit=actual.unit if actual else None,
        due_at=until.at if until else None,
        direction=direction,
        dimension=piece.dimension,
        touchpoint=piece.touchpoint,
        confidence=piece.confidence,
        text_id=text.id,
        expected_span=_raw(text, expected),
        experienced_span=_raw(text, experienced),
    )


def _measured(piece: Piece, text: Text, expected: Span | None, experienced: Span | None) -> _Measured:
    """Read the quantities of both pieces; where they can be compared, the comparison decides and not the model."""
    language = lexicon_text.reading(text.text, text.language)
    if language is None:
        return _Measured(None, None, piece.direction)
    words = lexicon_text.normalised(text.text, language)
    said, told = (quantities(words[slice(*span)], language) if span else () for span in (expected, experienced))
    outcome = words[slice(*experienced)] if experienced else ""
    promised, actual = pair(said, answer(said, told, outcome, language))
    decided = of_quantities(promised, actual) if promised and actual else None
    return _Measured(promised, actual, decided or piece.direction)


def _own(span: Span | None, sent: Masked) -> Span | None:
    return sent.original(span) if span else None


def _raw(text: Text, span: Span | None) -> Span | None:
    if span is None or not text.offsets:
        return span
    return text.offsets[span[0]], text.offsets[span[1] - 1] + 1


def _copied(text: Text, span: Span | None) -> str | None:
    raw = _raw(text, span)
    source = text.raw if text.raw is not None and text.offsets else text.text
    return source[slice(*raw)] if raw else None
