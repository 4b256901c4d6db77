"""Which words are what was expected, and which tell how it turned out?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from feedbackloop.understanding.expectation.outcome import (
    ENOUGH,
    kinds_of,
    measured,
    outcome,
    reach,
    sign,
    speaks_of,
)
from feedbackloop.understanding.lexicon.clauses import at, trim

if TYPE_CHECKING:
    from feedbackloop.understanding.expectation.place import Place, Span

_CONNECTOR = {
    "en": re.compile(r"(?:&(?:amp;)?|but|and|however|so|then|yet|though|although|because|while) "),
    "zh": re.compile("但是|但|可是|而且|然而"),
}
_LOOKS_AHEAD = 0.5
"""What was said of the future wants less of its outcome than what was said of a fact."""
_REACH = {"en": 30, "zh": 8}
"""So many characters before a cue belong to what it says."""
_OPENS = {"en": 22, "zh": 6}
"""Characters of a cue that may end its clause and go on in the next: "we were promised, in writing, a refund"."""
_WHOLE = 2
"""Clauses of a text that says no more than what was said and what came of it."""
_REMARK = 120
"""Characters of a text that is no more than a remark."""
_A_TIME = 20
"""Characters of a clause that says no more than a time."""
_LATER = re.compile(r"(?:but |and |now )?(?:\w+ ){1,4}later$|.{0,12}\b(?:today|now)$")
_SO_LONG = re.compile(
    r"(?:it's|it has|its|it is now|that was|this was|been) (?:been |now |already )?(?:over |almost |about |more than |nearly )?"
    r"(?:\d|an? (?:hour|day|week|month|year)|one|two|three|four|five|six|seven|eight|nine|ten)"
)
_CALLED = re.compile(r"(?:@\w+[ ,:]*)+")
_FUTURE = {
    "en": re.compile(r"\b(?:will|would|going to|within|by|in)\b|'ll\b|'d\b"),
    "zh": re.compile(r"会|将|要|给|内|明天|后天|天|小时|送|发|退|补"),
}


def looks_ahead(place: Place, expected: Span | None) -> bool:
    """Say whether what was expected lay in the future when it was said: "would", "within", 会."""
    return _FUTURE[place.language].search(place.words, *(expected or place.match.span())) is not None


class Told(NamedTuple):
    """The experienced piece, how strongly the text tells it, and whether it is seen to be of what was said."""

    span: Span | None
    points: float = 2.0
    """2: as strong as the cue itself."""
    is_tied: bool = True


def expected_piece(place: Place) -> Span | None:
    group = place.group("e") or place.group("e2") or place.group("e3")
    if group:
        last = place.part.end if "x" not in place.match.re.groupindex else group[1]
        span = trim(place.words, (group[0], min(group[1], max(last, group[0]))))
        return span if span[1] > span[0] else None
    return _around(place) if place.cue.whole else None


def _around(place: Place) -> Span:
    """Give the clause of the cue from a little before it, without names called and connectors at its head."""
    start, end = place.part.start, max(place.part.end, place.match.end())
    following = place.parts[place.number + 1] if place.number + 1 < len(place.parts) else None
    is_short = place.match.end() - place.match.start() <= _OPENS[place.language]
    opens = is_short and place.cue.outcome != "measured" and place.cue.decide != "relief"
    if opens and place.match.end() + 1 >= end and following and following.sentence == place.part.sentence:
        turns = sign("contrast", place.language).match(place.words, following.start) or (
            place.cue.decide == "belief"
            and place.cue.told is not None
            and place.cue.told.search(place.words, following.start, following.end)
        )
        end = end if turns else following.end
    first = place.match.start() - _REACH[place.language]
    if start < first:
        blank = place.words.find(" ", first, place.match.start())
        start = blank + 1 if place.language == "en" and blank >= 0 else first
    if start and place.words[start - 1] == "@":
        start -= 1
    called = _CALLED.match(place.words, start, place.match.start())
    return _without_connector(place, (called.end() if called else start, min(end, start + 160)))


def experienced_piece(place: Place, expected: Span | None) -> Told:
    """Give the experienced piece."""
    group = place.group("x") or place.group("x2") or place.group("x3")
    if group:
        return Told(_without_connector(place, group))
    if place.cue.outcome == "same":
        return Told(_same_clause(place))
    if place.cue.outcome == "beside":
        return Told(_before(place))
    if place.cue.outcome == "none":
        return Told(None)
    if place.cue.outcome == "measured":
        return _measured(place, expected)
    if place.cue.told and not place.cue.told.search(place.words, *reach(place.parts, place.number)):
        return Told(None, 1.0)
    must_be_tied = _must_be_tied(place)
    tied = _outcome(place, expected, is_tied=must_be_tied)
    told = _outcome(place, expected, is_tied=False) if tied is None and must_be_tied else tied
    if told is None:
        return Told(None, 1.0)
    return Told(_without_connector(place, _told_piece(place, told[0])), told[1], is_tied=tied is not None)


def _outcome(place: Place, expected: Span | None, *, is_tied: bool) -> tuple[int, float] | None:
    """Give the clause that tells the outcome, and its points; None where none tells enough."""
    about = expected or place.match.span()
    told = outcome(
        place.words,
        place.parts,
        (place.number, expected[1] if expected else place.part.end),
        place.language,
        kinds=kinds_of(place.words[slice(*about)], place.language),
        good=place.cue.outcome != "bad",
        before=place.cue.outcome != "follows",
        told=place.cue.told,
        said=about if is_tied else None,
        turns=place.cue.decide == "belief",
    )
    ahead = _LOOKS_AHEAD * looks_ahead(place, expected)
    return told if told and told[1] + ahead >= ENOUGH[place.cue.outcome] else None


def _must_be_tied(place: Place) -> bool:
    """Say whether an outcome must be seen to be of what was said; a remark of two clauses speaks of one thing."""
    return place.cue.tied and (len(place.parts) > _WHOLE or len(place.words) > _REMARK)


def _told_piece(place: Place, number: int) -> Span:
    """Give the place of the outcome's clause.

    Where it is a time alone ("a month later") the next clause goes with it or stands for it; how long it has been, said
    right after it, belongs to it: "I still have not got it. It's been two weeks".
    """
    part, following = place.parts[number], place.parts[number + 1] if number + 1 < len(place.parts) else None
    if following is None:
        return part.start, part.end
    if following.sentence == part.sentence and part.end - part.start < _A_TIME:
        fails = sign("failed", place.language).search(place.words, following.start, following.end)
        if fails and place.words.startswith("and ", following.start):
            return part.start, following.end
        if fails and _LATER.match(place.words, part.start, part.end):
            return following.start, following.end
    if _SO_LONG.match(place.words, following.start, following.end):
        return part.start, following.end
    return part.start, part.end


def _measured(place: Place, expected: Span | None) -> Told:
    """Give the clause that names a quantity of the same kind as the expectation does."""
    number = measured(place.words, place.parts, place.number, expected, place.language) if expected else None
    if not (number and expected):
        return Told(None, 1.0)
    part = place.parts[number]
    span = part.start, part.end
    is_of_other = _must_be_tied(place) and _is_of_other_money(place, expected, span)
    return Told(_without_connector(place, span), is_tied=not is_of_other)


def _is_of_other_money(place: Place, expected: Span, told: Span) -> bool:
    """Say whether two amounts of money are of different things: many stand in one account, times of day seldom do."""
    kinds = kinds_of(place.words[slice(*expected)], place.language)
    return not kinds & {"duration", "clock", "day"} and not speaks_of(place.words, expected, told, place.language)


def _before(place: Place) -> Span | None:
    """Give what stands before the cue in its clause, else the clause before it."""
    start, end = trim(place.words, (place.part.start, place.match.start()))
    if end - start > (2 if place.language == "zh" else 8):
        return _without_connector(place, (start, end))
    if not place.number:
        return None
    part = place.parts[place.number - 1]
    return _without_connector(place, (part.start, part.end))


def _same_clause(place: Place) -> Span:
    """Give the clause of the cue; where the cue fills it, a neighbour of the same sentence goes with it."""
    parts, number, part = place.parts, place.number, place.part
    first = parts[at(parts, place.match.start())]
    start, end = min(part.start, first.start), max(part.end, place.match.end())
    left = (end - start) - (place.match.end() - place.match.start())
    if left < (1 if place.language == "zh" else 6) and not _says_all(place):
        if number + 1 < len(parts) and parts[number + 1].sentence == part.sentence:
            end = parts[number + 1].end
        elif number and parts[number - 1].sentence == part.sentence:
            start = parts[number - 1].start
    return _without_connector(place, (start, end))


def _says_all(place: Place) -> bool:
    """Say whether a Chinese cue needs no neighbour: 和描述的一样; what differs does: 青菜变豆丝了，跟图片不一样."""
    if place.language != "zh" or place.cue.decide != "negatable":
        return False
    return sign("negation", "zh").search(place.words, *place.match.span()) is None


def _without_connector(place: Place, span: Span) -> Span:
    start, end = trim(place.words, span)
    connector = _CONNECTOR[place.language].match(place.words, start, end)
    if connector and end - connector.end() > 2:
        return trim(place.words, (connector.end(), end))
    return start, end
