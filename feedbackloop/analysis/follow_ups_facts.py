"""Which facts show a customer that we understood: the words they used, what was promised, what became of it, and when?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import dropwhile
from typing import Literal, NamedTuple

from msgspec import Struct

from feedbackloop.analysis.follow_ups_matter import Matter, people
from feedbackloop.analysis.manner import Manner
from feedbackloop.analysis.readability import sentences
from feedbackloop.analysis.wording_figures import Language, amount, moment, number
from feedbackloop.analysis.wording_labels import METRIC_WORDS, SURVEY_WORDS
from feedbackloop.analysis.wording_text import inert, own_words
from feedbackloop.records import Gap, Promise, Rating
from feedbackloop.settings import Settings

QUOTE = 200
"""Longest quotation in a message, in characters."""

MOST_FACTS: dict[Manner, int] = {"warm": 2, "analytic": 4}
"""More facts are a report, not a message; whoever writes with dates and figures wants some more."""

_GREETING = re.compile(
    r"^(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day))\b[^,!.]{0,30}[,!.]\s*|(?:您好|你好|亲|嗨)[，,！!。~ ]*)",
    re.IGNORECASE,
)
_WIDE_END = re.compile(r"[\u3000-\u9fff\uff00-\uffef]$")
_HAN = re.compile(r"[\u3400-\u9fff]")


class Said(Struct, frozen=True):
    """Words of the customer, inert, and when they were written."""

    words: str
    at: datetime


class Voice(NamedTuple):
    """How a message speaks: in which language, in whose time zone, warm or with figures."""

    language: Language
    zone: tzinfo
    manner: Manner


class Fact(Struct, frozen=True, kw_only=True):
    """One fact as a template says it; every field is ready to be printed, empty where it is not known.

    `kind`: `promise` (said, expected, due, is_open; done: when, if it came late) ·
    `standard` (metric, expected, experienced) · `due` (due) ·
    `measured` (expected, experienced as quantities) · `told` (the same in quoted words) · `survey` (both as points, metric,
    scale) ·
    `rating` (experienced, expected: value and best value; both empty for a mere "bad").
    """

    kind: Literal["promise", "standard", "due", "measured", "told", "survey", "rating"]
    expected: str = ""
    experienced: str = ""
    said: str = ""
    due: str = ""
    done: str = ""
    metric: str = ""
    scale: str = ""
    is_open: bool = False


def customer_words(matter: Matter) -> Said | None:
    """Choose the customer's own words about the matter: where a gap was read from them, else what a rating says, else all.

    Of a short text all is quoted but the greeting; of a long one the sentence with most of the gap in it, or the first that
    says more than hello, and what follows as far as it fits.

    Returns:
        None where the customer wrote nothing (a bare rating).
    """
    texts = [Said(inert(own_words(m.text), 4000), m.at) for m in people(matter.item) if m.author == "customer"]
    comments = [Said(inert(r.comment, 4000), r.at or matter.item.created_at) for r in _ratings(matter) if r.comment]
    said = [text for text in (*comments, *texts) if text.words]
    pieces = _pieces(matter)
    about = next((text for text in said if _found(text.words, pieces)), said[0] if said else None)
    return Said(_passage(about.words, pieces), about.at) if about else None


def _ratings(matter: Matter) -> tuple[Rating, ...]:
    return (matter.rating,) if matter.rating else ()


def _pieces(matter: Matter) -> list[str]:
    """Collect the words in which expectations of the right direction were found."""
    wanted = "better" if matter.trigger == "thanks" else "worse"
    found = [e for e in matter.understanding.expectations if e.direction == wanted]
    words = {inert(piece, 400) for e in found for piece in (e.experienced, e.expected) if piece}
    return sorted(piece for piece in words if len(piece) > 1)


def _found(words: str, pieces: Sequence[str]) -> int:
    """Count the characters of all pieces that stand in some words."""
    return sum(len(piece) for piece in pieces if piece in words)


def _passage(words: str, pieces: Sequence[str]) -> str:
    """Cut what is quoted out of a text; a greeting and a dangling comma stay outside."""
    told = list(dropwhile(_is_short, sentences(_GREETING.sub("", words, count=1)))) or [words]
    if len(_joined(told)) > QUOTE:
        best = max(range(len(told)), key=lambda place: (_found(told[place], pieces), -place))
        told = told[best:]
    ends = [place for place in range(1, len(told) + 1) if len(_joined(told[:place])) <= QUOTE]
    return inert(_joined(told[: ends[-1] if ends else 1]).rstrip(" ,;，；、"), QUOTE)


def _is_short(sentence: str) -> bool:
    return len(sentence) < 20 and len(_HAN.findall(sentence)) < 8


def _joined(parts: Sequence[str]) -> str:
    return "".join(part if _WIDE_END.search(part) else part + " " for part in parts).strip()


def facts(matter: Matter, settings: Settings, voice: Voice) -> tuple[Fact, ...]:
    """Give the facts of a matter: promises first, then gaps, clearest first; as many as the manner bears.

    Pieces that were read from words are left out beside a quotation: it says the same, whole and in the customer's order.
    The rating comes last, and for a warm word only where there are no other facts.
    """
    language, zone = voice.language, voice.zone
    said = customer_words(matter)
    promised = [_promise(promise, language, zone) for promise in matter.promises if inert(promise.what, QUOTE)]
    shown = {promise.due_at for promise in matter.promises if promise.due_at}
    named = {promise.id for promise in matter.promises}
    gaps = [gap for gap in matter.gaps if gap.name not in named and gap.due_at not in shown]
    compared = [fact for gap in gaps if (fact := _gap(gap, settings, language, zone))]
    compared = _one_of_a_kind([fact for fact in compared if not (said and fact.kind == "told")], voice.manner)
    known = tuple(dict.fromkeys((*promised, *compared)))[: MOST_FACTS[voice.manner]]
    rated = tuple(_rating(rating) for rating in _ratings(matter))
    return known if known and voice.manner == "warm" else (*known, *rated)


def _one_of_a_kind(found: Sequence[Fact], manner: Manner) -> list[Fact]:
    """Keep the clearest of several survey pairs, and for a warm word of several missed standards: nobody wants lists."""
    once = {"survey", "standard"} if manner == "warm" else {"survey"}
    kinds = [fact.kind for fact in found]
    return [fact for place, fact in enumerate(found) if fact.kind not in once or fact.kind not in kinds[:place]]


def _promise(promise: Promise, language: Language, zone: tzinfo) -> Fact:
    return Fact(
        kind="promise",
        expected=stopped(inert(promise.what, QUOTE), language),
        said=moment(promise.said_at, zone, language),
        due=moment(promise.due_at, zone, language) if promise.due_at else "",
        done=_late(promise, language, zone),
        is_open=promise.state == "open",
    )


def _late(promise: Promise, language: Language, zone: tzinfo) -> str:
    """Say when a broken promise was fulfilled after all; empty where it was not, or nobody knows."""
    is_late = promise.due_at is not None and promise.settled_at is not None and promise.settled_at > promise.due_at
    return moment(promise.settled_at, zone, language) if is_late and promise.settled_at else ""


def stopped(words: str, language: Language) -> str:
    """End quoted words with a stop, so that the sentence after them begins anew."""
    return words if not words or words[-1] in ".!?…。！？" else words + ("。" if language == "zh" else ".")


def _gap(gap: Gap, settings: Settings, language: Language, zone: tzinfo) -> Fact | None:
    if gap.basis == "standard":
        return _standard(gap, settings, language)
    if gap.basis == "due":
        return Fact(kind="due", due=moment(gap.due_at, zone, language)) if gap.due_at else None
    if gap.expected is None or gap.experienced is None:
        return None
    if isinstance(gap.expected, str) and isinstance(gap.experienced, str) and not gap.unit:
        return Fact(kind="told", expected=inert(gap.expected, QUOTE), experienced=inert(gap.experienced, QUOTE))
    if gap.basis == "survey":
        return _survey(gap, language)
    return Fact(
        kind="measured",
        expected=inert(amount(gap.expected, gap.unit, language), QUOTE),
        experienced=inert(amount(gap.experienced, gap.unit, language), QUOTE),
    )


def _survey(gap: Gap, language: Language) -> Fact | None:
    """Say a survey's pair by what it asked; without a dimension nobody would know what the points are for."""
    asked = SURVEY_WORDS.get(gap.dimension or "")
    if asked is None:
        return None
    return Fact(
        kind="survey",
        metric=asked[language],
        expected=amount(gap.expected, None, language),
        experienced=amount(gap.experienced, None, language),
        scale=inert((gap.unit or "").removeprefix("points").strip(), 20),
    )


def _standard(gap: Gap, settings: Settings, language: Language) -> Fact | None:
    """Say a standard of the house as what we aim for; counts, and fields that the source judges, say nothing to a customer."""
    standard = next((s for s in settings.standards if s.name == gap.name), None)
    metric = METRIC_WORDS.get(standard.metric) if standard else None
    if not metric or gap.expected is None:
        return None
    return Fact(
        kind="standard",
        metric=metric[language],
        expected=amount(gap.expected, gap.unit, language),
        experienced=amount(gap.experienced, gap.unit, language),
    )


def _rating(rating: Rating) -> Fact:
    """Say a rating with its best value; a scale with two steps only as good or bad."""
    if rating.max - rating.min <= 1:
        return Fact(kind="rating")
    return Fact(kind="rating", experienced=number(rating.value), expected=number(rating.max))
