"""How does a customer's text stand inside ours without doing anything there?

Words of customers and agents are quoted in notes, tasks and messages. Helpdesks turn links, Markdown and placeholders such as
`{{ticket.id}}` in a comment into something live, so quoted words lose all of that: what is left is one line of plain text.
"""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import takewhile

ELLIPSIS = "…"

_TAG = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]{0,200}>", re.IGNORECASE)
_TLD = "com|net|org|info|biz|shop|store|online|site|xyz|top|io|cn|ru|de|uk|eu|co|me|cc|ly|gl"
_LINK = re.compile(
    rf"(?:\b[a-z][a-z0-9+.-]{{1,15}}://\S+|\bwww\.\S+|\bjavascript:\S+|(?<![\w@.-])(?:[a-z0-9-]{{1,63}}\.){{1,5}}(?:{_TLD})(?![\w@.-])(?:/\S*)?)",
    re.IGNORECASE | re.ASCII,
)
_LIVE = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")", "`": "'", "|": "/", "“": "'", "”": "'", '"': "'"})
_MARKUP = re.compile(r"[*_~]{2,}|={2,}|\\+")
_BULLET = re.compile(r"(?:^|(?<=\s))[#>*+=-]{1,6}(?=\s)")
"""Is looked for when the other marks are gone: only then everything that stands alone does."""
_OVER = re.compile(
    r"\s*(?:--\s*$|-{3,} ?(?:original|forwarded)|on .{4,80} wrote:|在.{4,80}写道[:：]"
    r"|(?:kind|best|warm|many thanks|thanks and) ?(?:regards|wishes)?[,.]?\s*$|regards\b"
    r"|sincerely\b|yours\b|cheers\b|sent from my|此致|祝好|顺颂|发自我的)",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_NO_NAMES = frozenset(
    {
        "admin",
        "anonymous",
        "client",
        "customer",
        "guest",
        "info",
        "nan",
        "nil",
        "none",
        "null",
        "test",
        "undefined",
        "unknown",
        "user",
    }
)
_NAME = re.compile(r"[^\W\d_]+(?:[ .'’·-]{1,2}[^\W\d_]+){0,4}\.?")
_HAN = re.compile(r"[\u3400-\u9fff]")


def inert(text: str, limit: int = 200) -> str:
    """Give a text as one line of plain words, at most `limit` characters long.

    Markup, links, placeholders, control and direction characters and lone surrogates go; straight and curly double quotes
    become single ones, so that nobody can end our quotation from inside.

    Args:
        text: Anything a customer may have written; of a very long text only the beginning is looked at.
        limit: Longest result; what was cut ends with an ellipsis.
    """
    words = _TAG.sub(" ", text[: 20 * limit + 2000])
    words = "".join(_harmless(character) for character in words)
    words = _LINK.sub("[link]", words)
    words = _BULLET.sub(" ", _MARKUP.sub(" ", words.translate(_LIVE)))
    return shorten(_SPACE.sub(" ", words).strip(), limit)


def own_words(text: str) -> str:
    """Leave out of a message what its author did not write for us: quoted history, and everything from the signature on.

    A rough cut for choosing a quotation, of HTML too; what is scored is cleaned with more care.
    """
    plain = text[:20_000]
    if _TAG.search(plain):
        plain = html.unescape(_TAG.sub(" ", _BREAK.sub("\n", plain)))
    kept = takewhile(lambda line: not _OVER.match(line), plain.splitlines())
    return "\n".join(line for line in kept if not line.lstrip().startswith(">"))


def quotation(text: str, limit: int = 200) -> str:
    """Give a person's own words as a quotation: without history and signature where anything is left then, and inert."""
    return inert(own_words(text), limit) or inert(text, limit)


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp", "Zs"}:
        return " "
    return "" if category in {"Cf", "Cs", "Co", "Cn"} else character


def shorten(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, at the end of a word where one is near."""
    if len(text) <= limit:
        return text
    cut = text[: max(0, limit - 1)]
    at_word, _, _ = cut.rpartition(" ")
    return (at_word if len(at_word) > limit * 2 // 3 else cut).rstrip(" ,;:，、；：") + ELLIPSIS


def greeting_name(name: str | None) -> str:
    """Give the name with which a person is greeted, or an empty string for what does not look like a name.

    A Latin name gives the first word, a Chinese name stands whole. Addresses, numbers and account names are no names.
    """
    clean = unicodedata.normalize("NFC", name or "").strip()
    if len(clean) > 40 or not _NAME.fullmatch(clean) or "." in clean.strip("."):
        return ""
    if _HAN.search(clean):
        return clean if len(clean) <= 10 else ""
    first = clean.split()[0].strip(".")
    is_name = len(first) > 1 and first.casefold() not in _NO_NAMES and not (first.isupper() and len(first) > 2)
    return first if is_name else ""
