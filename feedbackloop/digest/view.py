"""What stands in a digest, once everything is put into words?

A view is the one thing that the HTML and the text template read: so both parts hold the same by construction. It has no
figures to compute and no markup; every string is in the team's language, every width a whole number.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Tone = Literal["pain", "pain-soft", "delight", "delight-soft", "mark", "plain", "track"]
Sure = Literal["real", "cannot_tell", "first"]


class Cell(Struct, frozen=True):
    """One piece of a bar: its share of the width in percent and its colour."""

    width: int
    tone: Tone


class Note(Struct, frozen=True, tag="note"):
    """A paragraph in a quiet tone."""

    text: str


class Legend(Struct, frozen=True, tag="legend"):
    """What the colours of the next block mean."""

    entries: tuple[tuple[Tone, str], ...]


class Card(Struct, frozen=True, kw_only=True):
    """One score: a large value with everything that says how sure it is."""

    name: str
    value: str
    form: str = ""
    detail: str = ""
    change: str = ""
    sure: Sure | None = None
    sure_text: str = ""


class Cards(Struct, frozen=True, tag="cards"):
    """Up to three scores side by side."""

    cards: tuple[Card, ...]


class Row(Struct, frozen=True, kw_only=True):
    """One line of a chart: name and value above the bar, details below it."""

    name: str
    value: str
    cells: tuple[Cell, ...]
    detail: str = ""
    change: str = ""
    sure: Sure | None = None
    sure_text: str = ""


class Rows(Struct, frozen=True, tag="rows"):
    """A bar chart; `left` and `right` are the ends of its axis."""

    rows: tuple[Row, ...]
    left: str = ""
    right: str = ""


class Column(Struct, frozen=True):
    """One stage of the journey: two bars from the middle line, heights in pixels."""

    name: str
    delight: str
    pain: str
    delight_height: int
    pain_height: int
    count: str


class Columns(Struct, frozen=True, tag="columns"):
    """The journey as a strip; `height` is the room of each half in pixels."""

    columns: tuple[Column, ...]
    height: int


class Tick(Struct, frozen=True, kw_only=True):
    """One week of a trend: pixels from the top that are empty, above the mark and below it; `cells` draw the same lying down.

    `is_now` marks the week of the digest; a week without cases has no `share`.
    """

    name: str
    share: str = ""
    cells: tuple[Cell, ...] = ()
    empty: int = 0
    above: int = 0
    below: int = 0
    is_now: bool = False


class Trend(Struct, frozen=True, tag="trend"):
    """Weeks side by side; `height` is the room in pixels, `top` and `bottom` the ends of the axis."""

    ticks: tuple[Tick, ...]
    height: int
    top: str
    bottom: str


class Corner(Struct, frozen=True):
    """One quadrant: its name, what stands in it, and how it is coloured."""

    title: str
    lines: tuple[str, ...]
    tone: Tone = "plain"


class Grid(Struct, frozen=True, tag="grid"):
    """Four quadrants, row by row; `across` and `down` name the axes."""

    corners: tuple[Corner, Corner, Corner, Corner]
    across: str
    down: str


class Line(Struct, frozen=True, kw_only=True):
    """One line of a list: what, what else, and where to look."""

    text: str
    aside: str = ""
    url: str | None = None
    tone: Tone = "plain"
    quote: str = ""


class Lines(Struct, frozen=True, tag="lines"):
    """A list with an optional heading of its own."""

    lines: tuple[Line, ...]
    title: str = ""


class Speech(Struct, frozen=True):
    """Somebody's masked words."""

    text: str
    who: str = ""
    url: str | None = None
    language: str | None = None


class Story(Struct, frozen=True, kw_only=True):
    """A task or an exchange: title, facts about it, words of people."""

    title: str
    label: str = ""
    tone: Tone = "plain"
    facts: tuple[str, ...] = ()
    speeches: tuple[Speech, ...] = ()
    url: str | None = None


class Stories(Struct, frozen=True, tag="stories"):
    """Tasks to do, or exchanges to learn from."""

    stories: tuple[Story, ...]


class Extra(Struct, frozen=True, tag="extra"):
    """A plugin's own block: safe HTML (escaped by whoever made it) and the same as text."""

    html: str
    text: str


Block = Note | Legend | Cards | Rows | Columns | Trend | Grid | Lines | Stories | Extra


class Section(Struct, frozen=True):
    """One section of the digest with its place in the reading order."""

    title: str
    blocks: tuple[Block, ...]
    position: int


class Answer(Struct, frozen=True):
    """One of the three sentences: what changed, why, what to do."""

    label: str
    text: str


class View(Struct, frozen=True, kw_only=True):
    """A whole digest in words."""

    language: str
    brand: str
    place: str
    dates: str
    headline: str
    answers: tuple[Answer, ...]
    sections: tuple[Section, ...]
    read_more: str
    notice: str = ""
