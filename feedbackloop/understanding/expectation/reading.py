"""What does one cue in a text say: which pieces, which direction, how sure?"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.understanding.expectation.cue import Cue, cues
from feedbackloop.understanding.expectation.outcome import MEASURED, sign
from feedbackloop.understanding.expectation.pieces import expected_piece, experienced_piece, looks_ahead
from feedbackloop.understanding.expectation.place import Match, Place, Span, sentence
from feedbackloop.understanding.expectation.turn import turned
from feedbackloop.understanding.lexicon.polarity import heard
from feedbackloop.understanding.lexicon.scan import names, seen
from feedbackloop.understanding.quantity.duration import may_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feedbackloop.records import Direction

_MOST = 40
"""Matches that are looked at in one text; a hostile text could hold thousands."""
_MOST_TRIGGERS = 1500
"""The same for places at which a cue is tried; the longest text that is read has some five hundred."""
_SUREST, _TOLD, _BOTH = 0.97, 0.04, 0.12
"""The score grows with every point of the outcome past two, and where expectation and outcome stand apart."""
_LOOSE = 0.3
"""It falls where the outcome is not seen to be of what was said: such a finding is told, and hardly ever sure."""


_NEEDED = frozenset(("required", "strong", "follows", "bad", "measured"))
"""After cues of these kinds nothing was found where no outcome is told."""


_BESIDE, _REACH = 60, 300
"""Characters before a trigger, and after it, in which a number stands if anything was measured; twice as far after
it its outcome may be told."""


_BEGINS: dict[str, dict[str, re.Pattern[str]]] = {"en": {}, "zh": {}}
"""The patterns that match up to where a cue begins, by its name; each is compiled when its cue is first tried."""


class Hit(Struct, frozen=True):
    """What one cue says. Spans are places in the words; `start` and `end` hold all that was read.

    `score` ranks hits that compete for the same words; how sure it makes is another question
    (`expectation.confidence`).
    """

    cue: Cue
    expected: Span | None
    experienced: Span | None
    direction: Direction | None
    score: float
    start: int
    end: int


def hits(words: str, language: str) -> list[Hit]:
    """Give all that the cues say of a text, overlaps included.

    Args:
        words: Made ready by `expectation_text.normalised`.
        language: "en" or "zh".
    """
    matches = list(islice(_matches(words, language), _MOST))
    if not matches:
        return []
    whole = heard(words, language)
    parts = whole.parts
    if not parts:
        return []
    places = (Place(words, language, parts, whole.number(_anchor(match)), cue, match) for cue, match in matches)
    return [hit for place in places if _may_be_measured(place) and (hit := _read(place))]


def _matches(words: str, language: str) -> Iterator[tuple[Cue, Match]]:
    """Try each cue where one of its triggers stands, from a little before it."""
    ends: dict[str, int] = {}
    by_trigger, begins, number = _by_trigger(language), _BEGINS[language], sign("number", language)
    for trigger, start, _ in islice(seen(words, language).cues, _MOST_TRIGGERS):
        for cue in by_trigger[trigger]:
            name = cue.name
            last = ends.get(name, 0)
            if start < last or (cue.outcome == "measured" and not _counts(words, start, number)):
                continue
            first, before, end = start, cue.before, start + cue.after
            if before:
                begin = (begins.get(name) or _beginning(cue, begins)).match(words, max(last, start - before), end)
                if begin is None:
                    continue
                first = begin.end()
            match = cue.pattern.match(words, first, end)
            if match:
                ends[name] = match.end()
                if cue.basis == "promised" or cue.told is None or _tells(words, match, cue.told):
                    yield cue, match


@cache
def _by_trigger(language: str) -> tuple[tuple[Cue, ...], ...]:
    """Give the cues to try at a trigger, by its number."""
    known = cues(language)
    return tuple(tuple(known[name] for name in of_trigger) for of_trigger in names("cues", language))


def _beginning(cue: Cue, begins: dict[str, re.Pattern[str]]) -> re.Pattern[str]:
    """Make the pattern that matches up to where a cue begins, if it begins so far before its trigger as it may.

    `re` cannot be told to search only up to a place: to the end of the window it would try ten times as many.
    """
    return begins.setdefault(cue.name, re.compile(rf"(?s:.{{0,{cue.before}}}?)(?={cue.pattern.pattern})"))


def _counts(words: str, place: int, number: re.Pattern[str]) -> bool:
    """Say whether two numbers stand near a place, without which nothing is held against anything."""
    one = number.search(words, max(0, place - _BESIDE), place + _BESIDE)
    return one is not None and number.search(words, one.end(), place + _REACH) is not None


def _tells(words: str, match: Match, told: re.Pattern[str]) -> bool:
    """Say whether anything near a match can tell its outcome, before the text is parted into clauses."""
    return told.search(words, max(0, match.start() - _REACH), match.end() + 2 * _REACH) is not None


def _anchor(match: Match) -> int:
    """Give the place that tells in which clause a match stands: where its expected piece begins, else its last character."""
    expected = match.start("e") if "e" in match.re.groupindex else -1
    return expected if expected >= 0 else max(match.start(), match.end() - 1)


def _may_be_measured(place: Place) -> bool:
    """Say at a glance whether a quantity may stand in the clause of a cue that needs one, and in those that may answer it.

    In English a bare number answers too ("said five days, took twelve"), so there only the clause itself is looked at.
    """
    if place.cue.outcome != "measured":
        return True
    part, match = place.part, place.match
    if not may_name(place.words, min(part.start, match.start()), max(part.end, match.end())):
        return False
    following = place.parts[place.number + 1 : place.number + 1 + MEASURED]
    return place.language == "en" or (bool(following) and may_name(place.words, following[0].start, following[-1].end))


def _read(place: Place) -> Hit | None:
    """Read one match; None where the sentence forbids it, or where the outcome is needed and not told.

    What was promised for the future stays without it, as an open expectation.
    """
    cue, match = place.cue, place.match
    if cue.unless and cue.unless.search(place.words, place.part.start, max(place.part.end, match.end())):
        return None
    expected = expected_piece(place)
    experienced, points, is_tied = experienced_piece(place, expected)
    is_open = experienced is None and cue.outcome in _NEEDED
    if is_open and (cue.basis != "promised" or cue.outcome == "measured" or not looks_ahead(place, expected)):
        return None
    if cue.veto and cue.veto.search(place.words, *sentence(place)):
        return None
    direction: Direction | None = None if is_open else turned(place, expected, experienced)
    both = expected is not None and experienced is not None and cue.outcome != "same"
    rank = min(_SUREST, cue.confidence + _TOLD * max(0.0, points - 2) + _BOTH * both) - _LOOSE * (not is_tied)
    spans = [span for span in (expected, experienced, match.span()) if span]
    return Hit(cue, expected, experienced, direction, rank, min(s for s, _ in spans), max(e for _, e in spans))
