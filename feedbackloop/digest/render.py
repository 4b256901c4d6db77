"""How do a week's facts become the HTML and the text of one mail?

Both templates read one `View`; the HTML's styles are then moved into its elements, because mail clients drop style sheets
(the part for dark screens and narrow ones stays in the head, for those that keep it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape
from msgspec import Struct

from feedbackloop.digest import charts
from feedbackloop.digest.facts import Facts
from feedbackloop.digest.page import view
from feedbackloop.hookspecs import Section
from feedbackloop.inert import header

_INTERVAL = re.compile(r"[\d.]+\u2013[\d.]+%")


class Rendered(Struct, frozen=True):
    """One digest ready to be mailed or written to files."""

    subject: str
    html: str
    text: str


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


@cache
def _inliner() -> css_inline.CSSInliner:
    # no remote style sheets, ever: a digest is made offline
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True, minify_css=True)
