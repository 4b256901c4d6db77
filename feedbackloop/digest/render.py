"""How do a week's facts become the HTML and the text of one mail?

Both templates read one `View`; the HTML's styles are then moved into its elements, because mail clients drop style sheets
(the part for dark screens and narrow ones stays in the head, for those that keep it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import css_inline
import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from msgspec import Struct

from feedbackloop.digest import charts, headline, sections_contact, sections_drivers, sections_gaps, sections_loop
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.language import words_for
from feedbackloop.digest.view import Extra, View
from feedbackloop.digest.view import Section as ViewSection
from feedbackloop.hookspecs import Section
from feedbackloop.inert import header, inert

_INTERVAL = re.compile(r"[\d.]+\u2013[\d.]+%")
_SECTIONS = (
    sections_gaps.scores,
    sections_drivers.moves,
    sections_gaps.gaps,
    sections_drivers.trend,
    sections_drivers.importance,
    sections_gaps.promises,
    sections_gaps.due,
    sections_gaps.journey,
    sections_gaps.standing,
    sections_loop.fixes,
    sections_loop.better,
    sections_loop.exchanges,
    sections_loop.health,
    sections_contact.recovered,
    sections_loop.verdicts,
    sections_loop.themes,
    sections_contact.restraint,
    sections_loop.data,
)


class Rendered(Struct, frozen=True):
    """One digest ready to be mailed or written to files."""

    subject: str
    html: str
    text: str


def view(facts: Facts, extra: Sequence[Section] = ()) -> View:
    """Put facts into words, section after section; plugins' sections stand where their `position` says."""
    words = words_for(facts.language, facts.timezone)
    made = [section for make in _SECTIONS if (section := make(facts, words))]
    made += [ViewSection(part.title, (Extra(part.html, part.text),), part.position) for part in extra]
    failed = [source.name for source in facts.sources if source.error]
    first, last = words.day(facts.starts_at), words.day(facts.ends_at - facts.ends_at.resolution)
    page = View(
        language=words.say("frame.lang"),
        brand=words.say("frame.brand"),
        place=inert(facts.team or "") or words.say("frame.all_teams"),
        dates=f"{words.week(facts.week)} \u00b7 {words.say('numbers.span', first=first, last=last)}",
        headline=headline.headline(facts, words),
        answers=headline.answers(facts, words),
        sections=tuple(sorted(made, key=lambda section: section.position)),
        read_more=words.say("frame.read_more"),
        notice=words.say("frame.incomplete", sources=words.listing(failed)) if failed else "",
    )
    return msgspec.convert(_inert(msgspec.to_builtins(page)), View)


def render(facts: Facts, extra: Sequence[Section] = ()) -> Rendered:
    """Make subject, HTML and text of one digest.

    Args:
        facts: The week.
        extra: Sections of plugins; their HTML is taken as it is.

    Returns:
        The same bytes for the same facts and sections.
    """
    page = view(facts, extra)
    templates = _templates()
    html = _inliner().inline(templates.get_template("digest.html").render(view=page))
    text = templates.get_template("digest.txt").render(view=page)
    return Rendered(header(page.headline), html, text)


def reason_to_skip(facts: Facts) -> str | None:
    """Say why no mail should go out, or None: see `headline.reason_to_skip`."""
    return headline.reason_to_skip(facts)


@cache
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("feedbackloop.digest", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["text_bar"] = charts.text_bar
    made.filters["together"] = _together
    return made


def _together(text: str) -> Markup:
    """Escape a sentence, and keep the two ends of an interval on one line."""
    return Markup(_INTERVAL.sub(r'<span class="together">\g<0></span>', str(escape(text))))  # noqa: S704 - escaped right here


def _inert(page: Any) -> Any:
    """Make every string of a view (as builtins) inert; the block of a plugin stays as it is."""
    if isinstance(page, str):
        return inert(page)
    if isinstance(page, list | tuple):
        return [_inert(part) for part in page]
    if isinstance(page, dict) and page.get("type") != "extra":
        return {key: _inert(part) for key, part in page.items()}
    return page


@cache
def _inliner() -> css_inline.CSSInliner:
    # no remote style sheets, ever: a digest is made offline
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, minify_css=True)
