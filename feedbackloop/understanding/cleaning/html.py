"""What does a person read where a mail holds HTML, and where did each character stand in the source?

lexbor (selectolax) parses: it is fast, and broken or hostile markup cannot stall it. It does not tell where a piece of text
stood, so each piece is found again in the source, from left to right.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feedbackloop.understanding.cleaning.marked import Marked

_TAG = re.compile(
    r"<(?:/?(?:p|div|br|html|body|head|span|table|tbody|blockquote|a|b|i|u|ul|ol|li|tr|td|th|font|img|style|script"
    r"|strong|em|h[1-6]"
    r"|pre|hr|center|o:p)(?=[\s/>])[^<>]{0,2000}>|!--|!doctype)",
    re.IGNORECASE,
)
_ENTITY = re.compile(
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE
)
_ANY_ENTITY = re.compile(r"&#?\w{1,10};?")
_SKIPPED = {"script", "style", "head", "title", "template", "noscript", "blockquote", "select", "object"}
_BLOCKS = {
    *(
        "p",
        "div",
        "br",
        "table",
        "tr",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "hr",
        "section",
        "article",
    ),
    *("header", "footer", "center", "dl", "dt", "dd", "form"),
}
_QUOTES = re.compile(
    r"gmail_(?:quote|extra|signature|attr)|yahoo_quoted|moz-cite-prefix|moz-signature|divRplyFwdMsg|OutlookMessageHeader|"
    r"x_?ntes|isReplyContent|mail_quote|zd-comment|protonmail_quote|ms-outlook-mobile-signature|foxmail_?quote|appendonsend"
)
_RUN = 100
"""Characters that are compared at once."""
_MARKUP = re.compile(r"(?:<[^<>]*>|<!--.*?-->)+", re.DOTALL)


def looks_like_html(text: str) -> bool:
    """Tell whether a text is markup rather than plain words: `a < b` and `<3` are words."""
    return ("<" in text and _TAG.search(text) is not None) or ("&" in text and _ENTITY.search(text) is not None)


def html_to_text(marked: Marked) -> Marked:
    """Read a text's markup: blocks become lines, quoted mail and what is not shown is left out.

    Returns:
        Words with their places. A line end that no character stands for carries the place of what follows it.
    """
    source = marked.text
    line_end = " " if _TAG.search(source) else "\n"  # plain words with a few entities keep their lines
    words: list[str] = []
    places: list[int] = []
    at = 0
    for piece, is_shown in _pieces(source):
        if piece is None:
            if words and words[-1] != "\n":
                words.append("\n")
                places.append(min(at, len(source) - 1))
            continue
        found, at = _find(source, piece, at)
        if is_shown:
            words.append(piece.replace("\n", line_end).replace("\xa0", " "))
            places.extend(found)
    return Marked("".join(words), [marked.places[place] for place in places])


def _pieces(source: str) -> Iterator[tuple[str | None, bool]]:
    """Walk the tree without recursion, so that deep nesting costs no stack: (text, is shown), (None, True) at a block's ends."""
    root = LexborHTMLParser(source).root
    todo: list[tuple[LexborNode | None, bool]] = [(root, True)]
    while todo:
        node, is_shown = todo.pop()
        if node is None:
            yield None, True
            continue
        tag = node.tag or ""
        if tag == "-text":
            yield node.text_content or "", is_shown
            continue
        is_block = tag in _BLOCKS
        if is_block and is_shown:
            yield None, True
            todo.append((None, True))
        todo.extend((child, is_shown and not _is_hidden(node, tag)) for child in reversed(_children(node)))


def _children(node: LexborNode) -> list[LexborNode]:
    children = []
    child = node.first_child
    while child is not None:
        children.append(child)
        child = child.next
    return children


def _is_hidden(node: LexborNode, tag: str) -> bool:
    if tag in _SKIPPED:
        return True
    if tag not in {"div", "span", "p", "section", "table"}:
        return False
    names = node.attributes
    style = (names.get("style") or "").replace(" ", "").lower()
    return bool(_QUOTES.search(f"{names.get('class') or ''} {names.get('id') or ''}")) or "display:none" in style


def _find(source: str, piece: str, at: int) -> tuple[list[int] | range, int]:
    """Find a piece of text again in the source, not before `at`.

    Returns:
        The place of each of its characters, and where to look for the next piece.
    """
    markup = _MARKUP.match(source, at)
    start = markup.end() if markup else at
    if source.startswith(piece, start):
        return range(start, start + len(piece)), start + len(piece)
    places: list[int] = []
    last = max(len(source) - 1, 0)
    number = 0
    while number < len(piece):
        run = _same(source, start, piece, number)
        if run:
            places.extend(range(start, start + run))
            start, number = start + run, number + run
            continue
        character, step = piece[number], 1
        if source[start : start + 1] == "&":
            entity = _ANY_ENTITY.match(source, start)
            if entity and html.unescape(entity.group()).startswith(character):
                step = len(entity.group())
        elif source[start : start + 1] != character:
            start = _next(source, character, start)
        places.append(min(start, last))
        start, number = min(start + step, len(source)), number + 1
    return places, start


def _same(source: str, start: int, piece: str, number: int) -> int:
    """Count the characters, `_RUN` at most, that source and piece share up to the next entity; 0 if not all are the same."""
    stop = source.find("&", start, start + _RUN)
    end = min(stop if stop >= 0 else start + _RUN, start + len(piece) - number, len(source))
    return end - start if end > start and source.startswith(piece[number : number + end - start], start) else 0


def _next(source: str, character: str, start: int) -> int:
    """Skip what the parser swallowed (a stray tag, a carriage return), but never far: places then are near, not exact."""
    found = source.find(character, start, start + 2000)
    return found if found >= 0 else start
