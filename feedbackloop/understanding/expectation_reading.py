"""What does one cue in a text say: which pieces, which direction, how sure?"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.understanding import expectation_direction, expectation_outcome
from feedbackloop.understanding.duration import quantities
from feedbackloop.understanding.expectation_clauses import Clause, at, clauses, trim
from feedbackloop.understanding.expectation_cue import Cue, cues
from feedbackloop.understanding.expectation_outcome import ENOUGH, kinds_of, outcome
from feedbackloop.understanding.expectation_polarity import polarity
from feedbackloop.understanding.expectation_scan import seen
from feedbackloop.understanding.quantity import clock

from feedbackloop.records import Direction

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from feedbackloop.understanding.quantity import Quantity

    Match = re.Match[str]

Span = tuple[int, int]

_MOST = 40
"""Matches that are looked at in one text; a hostile text could hold thousands."""
_WINDOW = 160
"""Characters after a trigger in which its cue is looked for."""
_STRIPPED = {
    "en": ("but ", "and ", "however ", "so ", "then ", "yet ", "though ", "although ", "because ", "while "),
    "zh": ("但是", "但", "可是", "而且", "然而"),
}
_LOOKS_AHEAD = 0.5
"""What was said of the future wants less of its outcome than what was said of a fact."""
_CONTRARY: dict[Direction, Direction] = {"worse": "better", "better": "worse", "met": "met"}
"""Of a wait less is better; of a battery's life or a warranty more is."""
_HALF_DAY = 720
"""Minutes."""
_REACH = {"en": 60, "zh": 20}
"""So many characters before a cue belong to what it says."""
_CALLED = re.compile(r"(?:@\w+[ ,:]*)+")
_FUTURE = {
    "en": re.compile(r"\b(?:will|would|going to|within|by|in)\b|'ll\b|'d\b"),
    "zh": re.compile(r"会|将|要|给|内|明天|后天|天|小时|送|发|退|补"),
}


class Hit(Struct, frozen=True):
    """What one cue says. Spans are places in the words; `start` and `end` hold all that was read."""

    cue: Cue
    expected: Span | None
    experienced: Span | None
    direction: Direction | None
    confidence: float
    start: int
    end: int


class _Place(Struct, frozen=True):
    """One match of a cue in its text."""

    words: str
    language: str
    parts: tuple[Clause, ...]
    number: int
    cue: Cue
    match: Match

    @property
    def part(self) -> Clause:
        return self.parts[self.number]

    def group(self, name: str) -> Span | None:
        """Give the span of a group, if the pattern has it and it took part."""
        span = self.match.span(name) if name in self.match.re.groupindex else (-1, -1)
        return span if span[1] > span[0] >= 0 else None


def hits(words: str, language: str) -> list[Hit]:
    """Give all that the cues say of a text, overlaps included.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    matches = list(islice(_matches(words, language), _MOST))
    if not matches:
        return []
    parts = clauses(words, language)
    if not parts:
        return []
    places = (_Place(words, language, parts, at(parts, _anchor(match)), cue, match) for cue, match in matches)
    return [hit for place in places if (hit := _read(place))]


def pair(promised: Sequence[Quantity], actual: Sequence[Quantity]) -> tuple[Quantity | None, Quantity | None]:
    """Give the first two quantities of one kind; without such a pair the first of each.

    A single thing (一个, "1 item") counts only against a number of the same things. An hour far before the promised one is
    one of the afternoon: 11:56 and then 1:05 is 13:05.
    """
    for one in promised:
        for other in actual:
            if one.kind == other.kind and (one.kind != "count" or one.unit == other.unit):
                return one, _after_noon(one, other)
    said, told = ([q for q in some if q.kind != "count" or q.high > 1] for some in (promised, actual))
    return (said[0] if said else None), (told[0] if told else None)


def _after_noon(promised: Quantity, actual: Quantity) -> Quantity:
    if actual.kind != "clock" or not _HALF_DAY * 2 / 3 < promised.high - actual.high < _HALF_DAY:
        return actual
    minutes = int(actual.high) + _HALF_DAY
    return clock(minutes // 60, minutes % 60, (actual.start, actual.end)) or actual


def _matches(words: str, language: str) -> Iterator[tuple[Cue, Match]]:
    """Try each cue where one of its triggers stands, from a little before it."""
    ends: dict[str, int] = {}
    for trigger in seen(words, language)["cue"]:
        cue = cues(language)[trigger.name]
        last = ends.get(cue.name, 0)
        if trigger.start < last:
            continue
        if cue.before:
            match = cue.pattern.search(words, max(last, trigger.start - cue.before), trigger.start + _WINDOW)
        else:
            match = cue.pattern.match(words, trigger.start, trigger.start + _WINDOW)
        if match:
            ends[cue.name] = match.end()
            yield cue, match


def _anchor(match: Match) -> int:
    """Give the place that tells in which clause a match stands: where its expected piece begins, else its last character."""
    expected = match.start("e") if "e" in match.re.groupindex else -1
    return expected if expected >= 0 else max(match.start(), match.end() - 1)


def _read(place: _Place) -> Hit | None:
    cue, match = place.cue, place.match
    if cue.veto and cue.veto.search(place.words, *_sentence(place)):
        return None
    expected = _expected(place)
    experienced, score = _experienced(place, expected)
    direction: Direction | None = _direction(place, expected, experienced)
    if experienced is None and cue.outcome in {"required", "strong", "bad"}:
        said = place.words[slice(*(expected or match.span()))]
        if cue.basis != "promised" or not _FUTURE[place.language].search(said):
            return None
        direction = None
    confidence = min(0.97, cue.confidence + 0.04 * max(0.0, score - 2))
    spans = [span for span in (expected, experienced, match.span()) if span]
    return Hit(cue, expected, experienced, direction, confidence, min(s for s, _ in spans), max(e for _, e in spans))


def _sentence(place: _Place) -> Span:
    """Give the sentence of the match, at most six clauses and 200 characters to each side."""
    parts, here = place.parts, place.part.sentence
    first = last = place.number
    while first > 0 and parts[first - 1].sentence == here and place.number - first < 6:
        first -= 1
    while last + 1 < len(parts) and parts[last + 1].sentence == here and last - place.number < 6:
        last += 1
    start, end = place.match.span()
    return max(min(parts[first].start, start), start - 200, 0), min(max(parts[last].end, end), end + 200)


def _expected(place: _Place) -> Span | None:
    group = place.group("e") or place.group("e2") or place.group("e3")
    if group:
        last = place.part.end if "x" not in place.match.re.groupindex else group[1]
        span = trim(place.words, (group[0], min(group[1], max(last, group[0]))))
        return span if span[1] > span[0] else None
    return _around(place) if place.cue.whole else None


def _around(place: _Place) -> Span:
    """Give the clause of the cue from a little before it, without names called and connectors at its head."""
    start, end = place.part.start, max(place.part.end, place.match.end())
    following = place.parts[place.number + 1] if place.number + 1 < len(place.parts) else None
    if place.match.end() + 1 >= end and following and following.sentence == place.part.sentence:
        turns = expectation_outcome.sign("contrast", place.language).match(place.words, following.start)
        end = end if turns else following.end
    first = place.match.start() - _REACH[place.language]
    if start < first:
        blank = place.words.find(" ", first, place.match.start())
        start = blank + 1 if place.language == "en" and blank >= 0 else first
    if start and place.words[start - 1] == "@":
        start -= 1
    called = _CALLED.match(place.words, start, place.match.start())
    return _without_connector(place, (called.end() if called else start, min(end, start + 160)))


def _experienced(place: _Place, expected: Span | None) -> tuple[Span | None, float]:
    """Give the experienced piece and how strongly the text tells it (2: as strong as the cue itself)."""
    group = place.group("x")
    if group:
        return _without_connector(place, group), 2.0
    if place.cue.outcome == "same":
        return _same_clause(place), 2.0
    if place.cue.outcome == "beside":
        return _before(place), 2.0
    if place.cue.outcome == "none":
        return None, 2.0
    end = expected[1] if expected else place.part.end
    kinds = kinds_of(place.words[slice(*(expected or place.match.span()))], place.language)
    told = outcome(place.words, place.parts, (place.number, end), place.language, kinds=kinds, good=place.cue.outcome != "bad", told=place.cue.told)
    ahead = _LOOKS_AHEAD * bool(_FUTURE[place.language].search(place.words, *(expected or place.match.span())))
    if told is None or told[1] + ahead < ENOUGH[place.cue.outcome]:
        return None, 1.0
    part = place.parts[told[0]]
    return _without_connector(place, (part.start, part.end)), told[1]


def _before(place: _Place) -> Span | None:
    """Give what stands before the cue in its clause, else the clause before it."""
    start, end = trim(place.words, (place.part.start, place.match.start()))
    if end - start > (2 if place.language == "zh" else 8):
        return _without_connector(place, (start, end))
    if not place.number:
        return None
    part = place.parts[place.number - 1]
    return _without_connector(place, (part.start, part.end))


def _same_clause(place: _Place) -> Span:
    """Give the clause of the cue; where the cue fills it, a neighbour of the same sentence goes with it."""
    parts, number, part = place.parts, place.number, place.part
    start, end = min(part.start, place.match.start()), max(part.end, place.match.end())
    left = (end - start) - (place.match.end() - place.match.start())
    if left < (2 if place.language == "zh" else 6):
        if number + 1 < len(parts) and parts[number + 1].sentence == part.sentence:
            end = parts[number + 1].end
        elif number and parts[number - 1].sentence == part.sentence:
            start = parts[number - 1].start
    return _without_connector(place, (start, end))


def _without_connector(place: _Place, span: Span) -> Span:
    start, end = trim(place.words, span)
    for word in _STRIPPED[place.language]:
        if place.words.startswith(word, start) and end - start > len(word) + 2:
            return trim(place.words, (start + len(word), end))
    return start, end


def _direction(place: _Place, expected: Span | None, experienced: Span | None) -> Direction:
    decide, language = place.cue.decide, place.language
    if decide == "worse" or decide == "met" or decide == "better":  # noqa: PLR1714  # narrows the type
        return decide
    piece = place.words[slice(*(experienced or (place.part.start, place.part.end)))]
    if decide == "than":
        return _relative(piece, language) or expectation_direction.of_comparison(piece, language)
    if decide == "surprise":
        pleased = expectation_outcome.sign("pleased", language).search(piece)
        after = place.words[place.match.end() : experienced[1]] if experienced else ""
        told = after if polarity(after, language) else piece
        return expectation_direction.of_surprise(told, language, default="better" if pleased else "worse")
    if decide == "exceeded":
        return expectation_direction.of_excess(piece, language)
    if decide == "unlike":
        return expectation_direction.of_likeness(place.words[slice(*(expected or place.match.span()))], language)
    if decide == "negatable":
        around = place.words[max(place.part.start, place.match.start() - 40) : place.match.end()]
        return "worse" if expectation_direction.is_negated(around, language) else "met"
    return _turned(place, expected, experienced, piece)


def _relative(piece: str, language: str) -> Direction | None:
    """Read "3 days late", 提前半小时: the quantity itself tells the direction."""
    told = next((quantity for quantity in quantities(piece, language) if quantity.is_relative), None)
    return expectation_direction.of_quantities(told, told) if told else None


def _turned(place: _Place, expected: Span | None, experienced: Span | None, piece: str) -> Direction:
    """Decide what a promise or a belief came to."""
    compared = _compared(place, expected, experienced)
    if compared:
        return compared
    if expectation_direction.is_kept(piece, place.language):
        return "met"
    if place.cue.decide == "belief" and experienced and _sounds_better(place, experienced):
        return "better"
    return "worse"


def _sounds_better(place: _Place, experienced: Span) -> bool:
    """Say whether the outcome sounds good; where it says nothing, the rest of its sentence does."""
    piece = place.words[slice(*experienced)]
    mood = polarity(piece, place.language)
    if expectation_outcome.sign("burden", place.language).search(piece):
        return False
    if mood:
        return mood > 0
    number = at(place.parts, experienced[0])
    rest = [part for part in place.parts[number + 1 : number + 3] if part.sentence == place.parts[number].sentence]
    return bool(rest) and polarity(place.words[rest[0].start : rest[-1].end], place.language) > 0


def _compared(place: _Place, expected: Span | None, experienced: Span | None) -> Direction | None:
    if not (expected and experienced):
        return None
    said, told = (quantities(place.words[slice(*span)], place.language) for span in (expected, experienced))
    promised, actual = pair(said, told)
    compared = expectation_direction.of_quantities(promised, actual) if promised and actual else None
    both = place.words[min(expected[0], experienced[0]) : max(expected[1], experienced[1])]
    lasts = compared and expectation_outcome.sign("lasting", place.language).search(both)
    return _CONTRARY[compared] if compared and lasts else compared
