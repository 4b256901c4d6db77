"""Which words of a text are the author's own, and where do they stand in what was sent?

Mail brings markup, quoted history, signatures and company phrases along, and each of them can turn a sentiment round: a polite
signature makes an angry text look glad. Four steps take them away: characters made inert, HTML to text, lines that others or
machines wrote, and the courtesies before and after. Every character that stays keeps its place in the raw text.
"""

from __future__ import annotations

import re

import msgspec

from feedbackloop.records import Text
from feedbackloop.understanding.cleaning.closings import without_closings
from feedbackloop.understanding.cleaning.company import without_company
from feedbackloop.understanding.cleaning.greetings import without_greetings
from feedbackloop.understanding.cleaning.html import html_to_text, looks_like_html
from feedbackloop.understanding.cleaning.lines import own_lines
from feedbackloop.understanding.cleaning.marked import Marked

LIMIT = 100_000
"""Characters of one text that are read; what follows is nobody's complaint but a pasted log or an attack."""

_ODD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def clean(text: Text) -> Text:
    """Give the author's own words.

    Args:
        text: As it came from the source. Of an agent's words the courtesies stay: a promise may stand among them.

    Returns:
        The same text with `raw` as it came, `text` cleaned (empty if nothing of the author's own was left), and `offsets`: for
        each cleaned character its place in `raw`, or empty where nothing was changed. A text that was cleaned before (`raw`
        is set) comes back as it is.
    """
    if text.raw is not None:
        return text
    marked = own_words(text.text, is_customer=text.author == "customer")
    return msgspec.structs.replace(text, text=marked.text, raw=text.text, offsets=marked.offsets(len(text.text)))


def own_words(raw: str, *, is_customer: bool = True) -> Marked:
    """Take everything away that the author did not say, and keep the places of the rest."""
    marked = make_inert(raw[:LIMIT])
    if looks_like_html(marked.text):
        marked = html_to_text(marked)
    marked = own_lines(marked).stripped()
    if not is_customer:
        return marked
    return without_closings(without_company(without_greetings(marked))).stripped()


def make_inert(raw: str) -> Marked:
    """Replace control characters, lone surrogates and strange line ends one for one; drop what cannot be seen.

    Marks that turn the direction of writing are dropped: they can make a quote read as its opposite.
    """
    if not _ODD.search(raw):
        return Marked(raw, range(len(raw)))
    marked = Marked(_ODD.sub(_stand_in, raw), range(len(raw)))
    return marked.without(match.span() for match in _INVISIBLE.finditer(marked.text))


def _stand_in(match: re.Match[str]) -> str:
    character = match.group()
    if _INVISIBLE.match(character):
        return character
    if character in "\x85\u2028\u2029":
        return "\n"
    return "\ufffd" if character >= "\ud800" else " "
