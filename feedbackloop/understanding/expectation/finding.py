"""What did somebody expect, or was promised, and how did it turn out, in his own words?

Cues say where an expectation shows itself (`expectation.cue`); the clause that tells the outcome is looked for around
it (`expectation.outcome`); the comparison of both decides the direction (`expectation.direction`). Every piece is
copied from the text.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from feedbackloop.records import Expectation, Text
from feedbackloop.understanding import dimensions, journey
from feedbackloop.understanding.expectation import reading as expectation_reading
from feedbackloop.understanding.expectation.confidence import calibrated, was_met_often
from feedbackloop.understanding.lexicon import text as lexicon_text
from feedbackloop.understanding.lexicon.scan import with_names, within
from feedbackloop.understanding.quantity.duration import AddBusiness, add_business_days, due, quantities
from feedbackloop.understanding.quantity.pair import answer, pair

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from feedbackloop.understanding.expectation.place import Span
    from feedbackloop.understanding.expectation.reading import Hit
    from feedbackloop.understanding.lexicon.lists import Found
    from feedbackloop.understanding.quantity.quantities import Quantity

_HARDLY_EVER = 0.22
"""What is right hardly once in five times is not told."""
_NEAR = 80
"""Characters between expectation and outcome in which a quantity still belongs to the outcome."""


Compared = tuple["Quantity | None", "Quantity | None"]


class _Speech(NamedTuple):
    """A text, and the words in it that name dimensions and touchpoints: the same for all its expectations."""

    text: Text
    words: str
    language: str
    dimensions: Sequence[Found]
    touchpoints: Sequence[Found]


def find(
    text: Text,
    touchpoints: Mapping[str, Sequence[str]],
    zone: tzinfo = UTC,
    add_business: AddBusiness = add_business_days,
) -> list[Expectation]:
    """Give the expectations of one text, the surest first.

    Args:
        text: Cleaned; in languages other than English and Chinese nothing is found. `at` resolves until when.
        touchpoints: The config's own touchpoints with their words; they come before the built-in map.
        zone: In which "tomorrow" begins and a day that is named ends.
        add_business: Adds business days to a moment; by default Monday to Friday.

    Returns:
        Expectations with a direction, and promises whose outcome is not told (direction None, `due_at` if it is
        said). Pieces and spans are those of `text.raw`, or of `text.text` where that is all there is.
    """
    language = lexicon_text.reading(text.text, text.language)
    if language is None:
        return []
    words = lexicon_text.normalised(text.text, language)
    hits = [hit for hit in surest(expectation_reading.hits(words, language)) if not _misleads(words, hit, language)]
    if not hits:
        return []
    said = _Speech(
        text,
        words,
        language,
        with_names(dimensions.sources(words, language)),
        journey.named(words, language, touchpoints),
    )
    found = [_record(said, hit, touchpoints, _due(said, hit, zone, add_business)) for hit in hits]
    return sorted(found, key=lambda one: (one.direction is None, -one.confidence))


def _misleads(words: str, hit: Hit, language: str) -> bool:
    """Say whether findings of this kind were met often, and hardly ever right."""
    return (
        hit.direction is not None
        and was_met_often(hit.cue, language)
        and calibrated(hit.cue, hit.score, language) < _HARDLY_EVER
        and not is_measured(compared(words, hit, language))
    )


def surest(hits: Sequence[Hit]) -> list[Hit]:
    """Keep of hits that overlap the surest; those with a direction come first."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.direction is None, -h.score, h.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return kept


def compared(words: str, hit: Hit, language: str) -> Compared:
    """Give the quantities that are held against each other, the promised and the actual one, as far as they are said."""
    said, told = (_quantities(words, span, language) for span in (hit.expected, hit.experienced))
    outcome = words[slice(*hit.experienced)] if hit.experienced else ""
    return pair(said, answer(said, _between(words, hit, language, said) + told, outcome, language))


def is_measured(quantities: Compared) -> bool:
    """Say whether two times or counts are held against each other: such findings are surer than their wording.

    Of money many amounts stand in one account, and two of them mostly belong to different things.
    """
    promised, actual = quantities
    return promised is not None and actual is not None and promised.kind == actual.kind != "money"


def _record(
    speech: _Speech, hit: Hit, touchpoints: Mapping[str, Sequence[str]], due_at: datetime | None
) -> Expectation:
    text, words, language, named = speech.text, speech.words, speech.language, speech.dimensions
    promised, actual = both = compared(words, hit, language)
    place = hit.start, hit.end
    return Expectation(
        basis=hit.cue.basis,
        expected=_copied(text, hit.expected),
        experienced=_copied(text, hit.experienced),
        promised_value=promised.value if promised else None,
        promised_unit=promised.unit if promised else None,
        actual_value=actual.value if actual else None,
        actual_unit=actual.unit if actual else None,
        due_at=due_at,
        direction=hit.direction,
        dimension=dimensions.of_gap(within(named, place), named, hit.cue.leans, hit.cue.leaning),
        touchpoint=journey.most_named(speech.touchpoints, touchpoints, place),
        confidence=calibrated(hit.cue, hit.score, language, measured=is_measured(both)),
        text_id=text.id,
        expected_span=_raw(text, hit.expected),
        experienced_span=_raw(text, hit.experienced),
    )


def _due(speech: _Speech, hit: Hit, zone: tzinfo, add_business: AddBusiness) -> datetime | None:
    """Say until when the expected piece should have happened, UTC."""
    at = speech.text.at
    if not (hit.expected and at):
        return None
    until = due(speech.words[slice(*hit.expected)], at.astimezone(zone), speech.language, add_business)
    return until.at.astimezone(UTC) if until else None


def _quantities(words: str, span: Span | None, language: str) -> tuple[Quantity, ...]:
    return quantities(words[slice(*span)], language) if span else ()


def _between(words: str, hit: Hit, language: str, said: Sequence[Quantity]) -> tuple[Quantity, ...]:
    """Give the quantities between the pieces: "told five days. Two weeks later, nothing"."""
    if not (said and hit.expected and hit.experienced and 0 < hit.experienced[0] - hit.expected[1] < _NEAR):
        return ()
    kinds = {quantity.kind for quantity in said}
    near = _quantities(words, (hit.expected[1], hit.experienced[0]), language)
    return tuple(quantity for quantity in near if quantity.kind in kinds)


def _raw(text: Text, span: Span | None) -> Span | None:
    """Turn a span of the cleaned text into one of the raw text."""
    if span is None or not text.offsets:
        return span
    return text.offsets[span[0]], text.offsets[span[1] - 1] + 1


def _copied(text: Text, span: Span | None) -> str | None:
    raw = _raw(text, span)
    source = text.raw if text.raw is not None and text.offsets else text.text
    return source[slice(*raw)] if raw else None
