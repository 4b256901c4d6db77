"""What was understood of words: sentiment, aspects, expectations, promises."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from feedbackloop.records.feedback import Author

Basis = Literal["stated", "promised", "standard", "due", "survey"]
Direction = Literal["worse", "met", "better"]
Label = Literal["negative", "neutral", "positive", "unknown"]
PromiseState = Literal["open", "kept", "broken", "unknown"]


class Text(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One text as scorers and finders see it: cleaned words of one author, with the time they were written.

    `raw` is what was said before cleaning; `offsets` maps each cleaned character back to its place in `raw` (empty: the same).
    """

    id: str
    text: str
    language: str = "und"
    at: datetime | None = None
    author: Author = "customer"
    raw: str | None = None
    offsets: tuple[int, ...] = ()


class Sentiment(Struct, frozen=True):
    """Polarity -1..+1 and calibrated confidence 0..1; both None for the label `unknown`."""

    label: Label
    polarity: float | None
    confidence: float | None
    scorer: str


class Aspect(Struct, frozen=True):
    """One dimension or touchpoint of which a text speaks, with the polarity of its own clause."""

    name: str
    polarity: float | None
    confidence: float


class Expectation(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What somebody expected, and how it turned out. Field by field as `score` writes it (contract, section 5).

    `text_id` names the text, `expected_span` and `experienced_span` the places in its raw words (start, end).
    """

    basis: Basis
    expected: str | None = None
    experienced: str | None = None
    promised_value: float | int | str | None = None
    promised_unit: str | None = None
    actual_value: float | int | str | None = None
    actual_unit: str | None = None
    due_at: datetime | None = None
    direction: Direction | None = None
    dimension: str | None = None
    touchpoint: str | None = None
    confidence: float = 0.5
    text_id: str | None = None
    expected_span: tuple[int, int] | None = None
    experienced_span: tuple[int, int] | None = None


class Promise(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What an agent or the company promised one customer, until when, and what became of it."""

    id: str
    who: str
    what: str
    said_at: datetime
    due_at: datetime | None = None
    state: PromiseState = "open"
    evidence: str | None = None
    touchpoint: str | None = None
    dimension: str | None = None
    text_id: str | None = None
    confidence: float = 0.5
    value: float | int | str | None = None
    unit: str | None = None
    settled_at: datetime | None = None


class Understanding(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What was understood of one item from its words. `signals` holds further readings by name, 0..1 or a short word."""

    language: str
    sentiment: Sentiment
    expectations: tuple[Expectation, ...] = ()
    dimensions: tuple[Aspect, ...] = ()
    touchpoints: tuple[Aspect, ...] = ()
    promises: tuple[Promise, ...] = ()
    signals: dict[str, float | str] = {}
