"""What did somebody expect, or was promised, and how did it turn out, in his own words?

Cues (`expectation_cues_en`, `expectation_cues_zh`) say where an expectation shows itself; the clause that tells the outcome is
looked for around it; the comparison of both decides the direction. Every piece is copied from the text.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.records import Direction, Expectation, Text
from feedbackloop.understanding import (
    dimensions,
    expectation_cues_en,
    expectation_cues_zh,
    expectation_direction,
    expectation_text,
    journey,
)
from feedbackloop.understanding.duration import due, quantities
from feedbackloop.understanding.expectation_clauses import Clause, at, clauses, trim
from feedbackloop.understanding.expectation_outcome import ENOUGH, outcome

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping, Sequence

    from feedbackloop.understanding.expectation_cue import Cue
    from feedbackloop.understanding.quantity import Quantity

_MOST = 40
"""Hits of cues that are looked at in one text."""
_STRIPPED = {
    "en": ("but ", "and ", "however ", "so ", "then ", "yet ", "though ", "although ", "because ", "while "),
    "zh": ("但是", "但", "可是", "而且", "然而"),
}

Span = tuple[int, int]


class _Hit(Struct, frozen=True):
    cue: Cue
    expected: Span | None
    experienced: Span | None
    direction: Direction | None
    confidence: float
    start: int
    end: int


def find(text: Text, touchpoints: Mapping[str, Sequence[str]]) -> list[Expectation]:
    """Give the expectations of one text, the surest first.

    Args:
        text: Cleaned; in languages other than English and Chinese nothing is found. `at` resolves until when.
        touchpoints: The config's own touchpoints with their words; they come before the built-in map.

    Returns:
        Expectations with a direction, and promises whose outcome is not told (direction None, `due_at` if it is said). Spans and
        pieces are those of `text.raw`.
    """
    language = expectation_text.reading(text.text, text.language)
    if language is None:
        return []
    words = expectation_text.normalised(text.text, language)
    hits = _best(_hits(words, language))
    return [_record(text, words, hit, language, touchpoints) for hit in hits]


@cache
def _cues(language: str) -> tuple[Cue, ...]:
    return expectation_cues_zh.cues() if language == "zh" else expectation_cues_en.cues()


def _hits(words: str, language: str) -> list[_Hit]:
    matches = list(_matches(words, language))
    if not matches:
        return []
    parts = clauses(words, language)
    found = (_read(words, parts, cue, match, language) for cue, match in matches[:_MOST])
    return [hit for hit in found if hit]


def _matches(words: str, language: str) -> Iterator[tuple[Cue, re.Match[str]]]:
    for cue in _cues(language):
        if any(trigger in words for trigger in cue.triggers):
            for number, match in enumerate(cue.pattern.finditer(words)):
                if number >= 5:
                    break
                yield cue, match


def _read(words: str, parts: Sequence[Clause], cue: Cue, match: re.Match[str], language: str) -> _Hit | None:
    number = at(parts, match.end() - 1 if match.end() > match.start() else match.start())
    if cue.veto and cue.veto.search(words, *_sentence(parts, number, match)):
        return None
    expected = _expected(words, parts[number], cue, match)
    experienced, score = _experienced(words, parts, number, cue, match, expected, language)
    direction = _direction(words, cue, match, parts[number], expected, experienced, language)
    if cue.outcome in ("required", "strong") and experienced is None:
        if cue.basis != "promised" or not _is_future(words[slice(*(expected or match.span()))], language):
            return None
        direction = None
    confidence = min(0.97, cue.confidence + 0.04 * max(0.0, score - 2))
    ends = [span for span in (expected, experienced, match.span()) if span]
    return _Hit(cue, expected, experienced, direction, confidence, min(s for s, _ in ends), max(e for _, e in ends))


def _sentence(parts: Sequence[Clause], number: int, match: re.Match[str]) -> Span:
    here = parts[number].sentence
    first = last = number
    while first > 0 and parts[first - 1].sentence == here and number - first < 6:
        first -= 1
    while last + 1 < len(parts) and parts[last + 1].sentence == here and last - number < 6:
        last += 1
    return max(min(parts[first].start, match.start()), match.start() - 200), min(
        max(parts[last].end, match.end()), match.end() + 200
    )


def _expected(words: str, part: Clause, cue: Cue, match: re.Match[str]) -> Span | None:
    if match.re.groupindex.get("e") and match["e"]:
        span = trim(words, match.span("e"))
    elif cue.whole:
        span = (part.start, part.end)
    else:
        return None
    return span if span[1] > span[0] else None


def _experienced(
    words: str,
    parts: Sequence[Clause],
    number: int,
    cue: Cue,
    match: re.Match[str],
    expected: Span | None,
    language: str,
) -> tuple[Span | None, float]:
    if match.re.groupindex.get("x") and match["x"]:
        return _clean(words, match.span("x"), language), 2.0
    if cue.outcome == "same":
        return _same(words, parts, number, match, language), 2.0
    if cue.outcome == "none":
        return None, 2.0
    end = expected[1] if expected else parts[number].end
    timed = expected is not None and any(character.isdigit() for character in words[slice(*expected)])
    told = outcome(words, parts, number, end, language, timed=timed)
    if told is None or told[1] < ENOUGH[cue.outcome]:
        return None, 1.0
    return _clean(words, (parts[told[0]].start, parts[told[0]].end), language), told[1]


def _same(words: str, parts: Sequence[Clause], number: int, match: re.Match[str], language: str) -> Span:
    """Give the clause of the cue; where the cue fills it, the clause before or after goes with it."""
    part = parts[number]
    start, end = min(part.start, match.start()), max(part.end, match.end())
    rest = (end - start) - (match.end() - match.start())
    if rest < (2 if language == "zh" else 6):
        if number + 1 < len(parts) and parts[number + 1].sentence == part.sentence:
            end = parts[number + 1].end
        elif number and parts[number - 1].sentence == part.sentence:
            start = parts[number - 1].start
    return _clean(words, (start, end), language)


def _clean(words: str, span: Span, language: str) -> Span:
    start, end = trim(words, span)
    for word in _STRIPPED[language]:
        if words.startswith(word, start) and end - start > len(word) + 2:
            return trim(words, (start + len(word), end))
    return start, end


def _direction(
    words: str,
    cue: Cue,
    match: re.Match[str],
    part: Clause,
    expected: Span | None,
    experienced: Span | None,
    language: str,
) -> Direction | None:
    if cue.decide in ("worse", "met", "better"):
        return cue.decide
    piece = words[slice(*experienced)] if experienced else words[part.start : part.end]
    if cue.decide == "than":
        return expectation_direction.of_comparison(piece, language)
    if cue.decide == "surprise":
        return expectation_direction.of_surprise(
            piece, language, default="better" if cue.outcome == "same" else "worse"
        )
    if cue.decide == "negatable":
        return "worse" if expectation_direction.is_negated(_without(piece, match), language) else "met"
    if cue.decide == "kept":
        return "met"
    compared = _compared(words, expected, experienced, language)
    if compared:
        return compared
    return "met" if expectation_direction.is_kept(piece, language) else "worse"


def _without(piece: str, match: re.Match[str]) -> str:
    del match
    return piece


def _is_future(piece: str, language: str) -> bool:
    import re as _re

    return bool(
        _re.search(
            r"会|将|要|给|内|明天|后天|天|小时|送|发|退|补"
            if language == "zh"
            else r"\b(?:will|would|'ll|going to|within|by|in)\b|'ll|'d\b",
            piece,
        )
    )


def _compared(words: str, expected: Span | None, experienced: Span | None, language: str) -> Direction | None:
    if not (expected and experienced):
        return None
    promised, actual = _pair(
        quantities(words[slice(*expected)], language), quantities(words[slice(*experienced)], language)
    )
    return expectation_direction.of_quantities(promised, actual) if promised and actual else None


def _pair(promised: Sequence[Quantity], actual: Sequence[Quantity]) -> tuple[Quantity | None, Quantity | None]:
    """Give the first two quantities of one kind; without such a pair the first of each."""
    for one in promised:
        for other in actual:
            if one.kind == other.kind:
                return one, other
    return (promised[0] if promised else None), (actual[0] if actual else None)


def _best(hits: Sequence[_Hit]) -> list[_Hit]:
    """Keep of hits that overlap the surest; open ones only where nothing with a direction stands."""
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (h.direction is None, -h.confidence, h.start)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return kept


def _record(text: Text, words: str, hit: _Hit, language: str, touchpoints: Mapping[str, Sequence[str]]) -> Expectation:
    promised, actual = _pair(_quantities(words, hit.expected, language), _quantities(words, hit.experienced, language))
    said = words[slice(*hit.expected)] if hit.expected else ""
    until = due(said, text.at, language) if hit.direction is None or said else None
    about = words[hit.start : hit.end]
    return Expectation(
        basis=hit.cue.basis,
        expected=_copied(text, hit.expected),
        experienced=_copied(text, hit.experienced),
        promised_value=promised.value if promised else None,
        promised_unit=promised.unit if promised else None,
        actual_value=actual.value if actual else None,
        actual_unit=actual.unit if actual else None,
        due_at=until.at if until else None,
        direction=hit.direction,
        dimension=dimensions.of_gap(about, language),
        touchpoint=journey.main(about, language, touchpoints) or journey.main(words, language, touchpoints),
        confidence=round(hit.confidence, 3),
        text_id=text.id,
        expected_span=_raw(text, hit.expected),
        experienced_span=_raw(text, hit.experienced),
    )


def _quantities(words: str, span: Span | None, language: str) -> list[Quantity]:
    return quantities(words[slice(*span)], language) if span else []


def _raw(text: Text, span: Span | None) -> Span | None:
    """Turn a span of the cleaned text into one of the raw text."""
    if span is None or not text.offsets:
        return span
    return text.offsets[span[0]], text.offsets[span[1] - 1] + 1


def _copied(text: Text, span: Span | None) -> str | None:
    raw = _raw(text, span)
    source = text.raw if text.raw is not None and text.offsets else text.text
    return source[slice(*raw)] if raw else None
