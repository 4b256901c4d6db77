"""How do words from outside become harmless on a page, in a text and in a header?

Escaping HTML is the template's work (autoescape). Here goes what escaping leaves: line breaks that forge a line, control and
direction characters that hide or turn text around, links that a mail client would make clickable by itself, and the two ways
into a header (line breaks, and encoded words that Python decodes into line breaks: CVE-2024-6923).
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

_SPACE = re.compile(r"\s+")
_LINK = re.compile(r"(?i)\b([a-z][a-z0-9+.-]{1,20}):(?=//)|\b(www)(?=\.)")
_WORD_JOINER = "\u2060"
_KEPT = {"\u200d", _WORD_JOINER}
"""Joins emoji and scripts such as Devanagari; harmless."""


def inert(text: str) -> str:
    """Give the words on one line, without control, direction or broken characters."""
    one_line = _SPACE.sub(" ", text).strip()
    return "".join(ch for ch in one_line if ch in _KEPT or not unicodedata.category(ch).startswith("C"))


def quoted(text: str, longest: int = 280) -> str:
    """Give a customer's words for showing: inert, shortened at a word, and no link that a mail client would open.

    Args:
        text: Already masked.
        longest: Characters; a longer quote ends with an ellipsis.
    """
    clean = _LINK.sub(lambda match: match[0][:-1] + _WORD_JOINER + match[0][-1], inert(text))
    if len(clean) <= longest:
        return clean
    cut = clean[: longest - 1]
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > longest // 2 else cut).rstrip(" ,;:，；：、") + "\u2026"


def safe_url(url: str | None) -> str | None:
    """Give a web address that may be linked to, or None: `javascript:`, spaces and nameless hosts are refused."""
    if not url or url != inert(url) or " " in url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc else None


def header(text: str, longest: int = 180) -> str:
    """Give a header's words: one line, no encoded word hidden in them, not longer than clients show."""
    clean = inert(text).replace("=?", "= ?").replace("?=", "? =")
    return clean if len(clean) <= longest else clean[: longest - 1].rstrip() + "\u2026"
