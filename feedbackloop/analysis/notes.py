"""What does an agent need to know beside the thread, in one internal note and a few tags?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

from msgspec import Struct

from feedbackloop.analysis.wording import Wording, wording
from feedbackloop.analysis.wording_figures import Language, amount, moment
from feedbackloop.analysis.wording_labels import DIMENSION_NAMES, touchpoint_word
from feedbackloop.analysis.wording_text import inert, quotation
from feedbackloop.records import Basis, Gap, Item, Promise

CONFIDENT = 0.5
"""Gaps below this confidence are not worth an agent's time."""

MOST = 3
"""So many gaps, promises and words from elsewhere stand in a note; an agent reads it while the customer waits."""

QUOTE = 200

_BASIS: dict[Basis, dict[Language, str]] = {
    "stated": {"en": "what the customer expected", "zh": "客户的期望"},
    "promised": {"en": "a promise", "zh": "承诺"},
    "standard": {"en": "our standard", "zh": "我们的标准"},
    "due": {"en": "the due date", "zh": "约定日期"},
    "survey": {"en": "the survey", "zh": "调查"},
}


class Elsewhere(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What this customer said, or was promised, in another source. Words are masked already.

    `promise`: the words are a promise made to them that is still open, due at `due_at` where that is known.
    """

    source: str
    at: datetime
    words: str
    url: str | None = None
    promise: bool = False
    due_at: datetime | None = None


class _Line(Struct, frozen=True, kw_only=True):
    """One line of a note, ready to be printed."""

    label: str = ""
    expected: str = ""
    experienced: str = ""
    said: str = ""
    due: str = ""
    evidence: str = ""
    state: str = ""
    link: str = ""


def wants_note(gaps: Sequence[Gap], promises: Sequence[Promise]) -> bool:
    """Say whether an item gets a note: a gap that is worse, or a promise that is due or broken."""
    return bool(_worse(gaps) or _concerned(promises))


def note_cause(gaps: Sequence[Gap], promises: Sequence[Promise]) -> str:
    """Name the cause of a note: `promise-broken`, `promise-due`, `gap`, or "" where there is none.

    The names are coarse on purpose. A cause that followed every reading of a dimension would bring a new note with every new
    scorer; the tags carry the details.
    """
    states = {promise.state for promise in _concerned(promises)}
    if "broken" in states:
        return "promise-broken"
    return "promise-due" if states else "gap" if _worse(gaps) else ""


def tags_for(gaps: Sequence[Gap], promises: Sequence[Promise], prefix: str) -> tuple[str, ...]:
    """Give an item's tags: one for each dimension that fell short, one if a promise was broken; sorted, each once."""
    tags = {f"{prefix}gap-{gap.dimension}" for gap in _worse(gaps) if gap.dimension}
    if any(promise.state == "broken" for promise in _concerned(promises)):
        tags.add(f"{prefix}promise-broken")
    return tuple(sorted(tags))


def note_text(
    item: Item,
    gaps: Sequence[Gap],
    promises: Sequence[Promise],
    elsewhere: Sequence[Elsewhere],
    language: Language,
    *,
    zone: tzinfo = UTC,
    link: str | None = None,
    templates: Wording | None = None,
) -> str:
    """Write the internal note of an item: the expectation, the experience, the customer's words and promises elsewhere.

    Args:
        item: Where the note goes; names the customer's own source.
        gaps: Of the item; only clear ones that are worse are said, those of promises (named by the promise) among these.
        promises: Of the item; only broken and dated open ones are said.
        elsewhere: In other sources, any order; the newest come first.
        language: The team's.
        zone: In which times are said.
        link: Where more stands; None: no such line.
        templates: The operator's own; default: those that ship.
    """
    concerned = _concerned(promises)
    said = {promise.id for promise in concerned}
    newest = sorted((e for e in elsewhere if e.source != item.source), key=lambda e: (e.at, e.source), reverse=True)
    values = {
        "gaps": [_gap(gap, language, zone) for gap in _worse(gaps) if gap.name not in said][:MOST],
        "promises": [_promise(promise, language, zone) for promise in concerned[:MOST]],
        "words": [_elsewhere(e, language, zone) for e in newest if not e.promise][:MOST],
        "open_promises": [_elsewhere(e, language, zone) for e in newest if e.promise][:MOST],
        "link": link or "",
    }
    parts = (templates or wording()).blocks("note", language, values)
    return "\n\n".join(parts[name] for name in ("head", "gaps", "promises", "elsewhere", "more") if parts.get(name))


def _worse(gaps: Iterable[Gap]) -> list[Gap]:
    """Give the gaps worth saying, clearest first."""
    sure = (gap for gap in gaps if gap.direction == "worse" and gap.confidence >= CONFIDENT)
    return sorted(sure, key=lambda gap: (gap.disconfirmation or 0.0, -gap.confidence, gap.id))


def _concerned(promises: Iterable[Promise]) -> list[Promise]:
    """Give the promises worth saying: broken ones, then open ones with a date, each by date."""
    sure = (
        p for p in promises if p.confidence >= CONFIDENT and (p.state == "broken" or (p.state == "open" and p.due_at))
    )
    return sorted(sure, key=lambda p: (p.state, p.due_at or p.said_at, p.id))


def _gap(gap: Gap, language: Language, zone: tzinfo) -> _Line:
    dimension = DIMENSION_NAMES.get(gap.dimension or "", {}).get(language, "")
    where = touchpoint_word(gap.touchpoint, language) if gap.touchpoint else ""
    basis = _BASIS[gap.basis][language]
    named = f"{basis} ({inert(gap.name, 60)})" if gap.basis == "standard" and gap.name else basis
    label = " · ".join(word for word in (inert(where, 60), dimension, named) if word)
    expected, experienced = _sides(gap, language, zone)
    return _Line(
        label=label,
        expected=expected,
        experienced=experienced,
        evidence=""
        if expected and (experienced or inert(gap.evidence, QUOTE) in expected)
        else inert(gap.evidence, QUOTE),
    )


def _sides(gap: Gap, language: Language, zone: tzinfo) -> tuple[str, str]:
    """Say both sides of a gap; a due date as the date itself, with how late it became."""
    if gap.basis != "due" or not gap.due_at:
        return _side(gap.expected, gap.unit, language), _side(gap.experienced, gap.unit, language)
    if isinstance(gap.expected, int | float) and isinstance(gap.experienced, int | float):
        late = amount(float(gap.experienced - gap.expected), f"{gap.unit}_late", language)
        return moment(gap.due_at, zone, language), late
    return moment(gap.due_at, zone, language), ""


def _side(value: float | int | str | None, unit: str | None, language: Language) -> str:
    text = inert(amount(value, unit, language), QUOTE)
    return f"“{text}”" if text and isinstance(value, str) and not unit else text


def _promise(promise: Promise, language: Language, zone: tzinfo) -> _Line:
    return _Line(
        expected=inert(promise.what, QUOTE),
        said=moment(promise.said_at, zone, language),
        due=moment(promise.due_at, zone, language) if promise.due_at else "",
        state=promise.state,
    )


def _elsewhere(found: Elsewhere, language: Language, zone: tzinfo) -> _Line:
    return _Line(
        label=inert(found.source, 60),
        said=moment(found.at, zone, language),
        expected=quotation(found.words, QUOTE),
        due=moment(found.due_at, zone, language) if found.due_at else "",
        link=found.url or "",
    )
