"""What do plugins hand over and give back? Small typed things, never bare dicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from feedbackloop.records import Aspect, Expectation, Promise, Sentiment, Text

Redact = Callable[[Sequence[str]], Sequence[str]]
"""Masks personal data as the installed plugins do (hook `redact`); what leaves this machine goes through it first."""


@dataclass(frozen=True, slots=True)
class Scorer:
    """One sentiment scorer. `load` is called once, when the scorer is first needed.

    Attributes:
        name: What stands in `[understand] sentiment` and in every result.
        languages: ISO 639-1 codes it knows; `*` for any.
        load: Gives the function that scores a batch: one result a text, in order.
        quality: Among scorers of one language `auto` takes the highest.
        sends_text_away: True where texts leave this machine; `check` says so.
    """

    name: str
    languages: tuple[str, ...]
    load: Callable[[], Callable[[Sequence[Text]], list[Sentiment]]]
    quality: int = 0
    sends_text_away: bool = False
    description: str = ""


@dataclass(frozen=True, slots=True)
class Classified:
    """The dimensions and touchpoints of which one text speaks."""

    dimensions: tuple[Aspect, ...] = ()
    touchpoints: tuple[Aspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """The expectations and promises found in one text, and further readings by name."""

    expectations: tuple[Expectation, ...] = ()
    promises: tuple[Promise, ...] = ()
    signals: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Polished:
    """One follow-up in better words: the parts that may be reworded, and who did it, for example `language_model:NAME`."""

    feeling: str
    understanding: str
    by: str


@dataclass(frozen=True, slots=True)
class Veto:
    """A plugin's no to one action: the reason stands in the ledger."""

    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """One more section of the digest: a title, safe HTML (escaped by whoever made it) and the same as plain text."""

    title: str
    html: str
    text: str
    position: int = 100


@dataclass(frozen=True, slots=True)
class Mail:
    """One digest or follow-up ready to go. `key` is the same for the same team and week, or matter; `eml` is all of it."""

    key: str
    to: tuple[str, ...]
    subject: str
    eml: bytes
