"""How do words become HTML and back, for desks that take and give nothing else?

Only the plain markup that editors and our own writes make is read here. A message with quotes, tables or styles is handed on as
it is: what of a mail was quoted is for the core's cleaning to tell.
"""

from __future__ import annotations

import html
import re

_RICH = re.compile(
    r"<(?:blockquote|table|style|script|head|img|template|noscript)\b|\b(?:class|id|style)\s*=", re.IGNORECASE
)
_BREAK = re.compile(r"\s*<br\s*/?>\s?|\s*</(?:p|div|li|h[1-6]|pre)>\s*", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)


def as_html(words: str) -> str:
    """Write words as HTML in which nothing is markup but line ends."""
    return html.escape(words, quote=False).replace("\n", "<br>")


def as_words(markup: str) -> str:
    """Read what a person typed out of HTML; markup that says more than lines comes back as it is."""
    if _RICH.search(markup):
        return markup
    lines = _BREAK.sub("\n", markup)
    return html.unescape(_TAG.sub("", lines)).replace("\r\n", "\n").strip("\n")
