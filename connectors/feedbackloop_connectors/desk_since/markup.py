"""How do words become HTML and back, for desks that take and give nothing else?

Only the plain markup that editors and our own writes make is read here. A message with quotes, tables or styles is handed on as
it is: what of a mail was quoted is for the core's cleaning to tell. A mark of ours is found in either.
"""

from __future__ import annotations

import html
import re

from feedbackloop_connectors.marks import digest, is_same_text, mark_in

_RICH = re.compile(
    r"<(?:blockquote|table|style|script|head|img|template|noscript)\b|<[a-z][^<>]*\b(?:class|id|style)\s*=",
    re.IGNORECASE,
)
_BREAK = re.compile(r"<br\s*/?>(?:\r?\n)?|</(?:p|div|li|h[1-6]|pre)>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def as_html(words: str) -> str:
    """Write words as HTML in which nothing is markup but line ends."""
    return html.escape(words, quote=False).replace("\n", "<br>")


def as_words(markup: str) -> str:
    """Read what a person typed out of HTML; markup that says more than lines comes back as it is."""
    return markup if _RICH.search(markup) else bare(markup)


def bare(markup: str) -> str:
    """Take all markup away, whatever it says."""
    return html.unescape(_TAG.sub("", _BREAK.sub("\n", markup))).replace("\r\n", "\n").strip("\n")


def mark_of(text: str) -> str | None:
    """Give the digest that a text ends in, whatever markup a desk has put around it; None: not marked."""
    return mark_in(text) or mark_in(bare(text))


def is_marked_with(text: str, key: str) -> bool:
    """Say whether a text ends in the mark of this key, whatever markup a desk has put around it."""
    return mark_of(text) == digest(key)


def says_the_same(one: str, other: str) -> bool:
    """Say whether two texts have the same words, whatever markup a desk has put around them."""
    return is_same_text(one, other) or is_same_text(bare(one), bare(other))
