"""Which lines of a mail did its author write?

Quoted history, forwarded mail, signatures, disclaimers, reply delimiters and machine text have forms of their own, in English,
Chinese and the languages whose mail programs are often met.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning.frames import (
    DELIMITER,
    DISCLAIMER,
    HISTORY,
    INLINE,
    MACHINE,
    QUOTED,
    SIGNATURE,
    SPEAKER,
)
from feedbackloop.understanding.cleaning.marked import Marked, Span

_RULES = "-_=*~|—– \t"
"""Of what mail programs draw lines above history."""

_NOD = re.compile(
    r"\W{0,9}(?:ok(?:ay)?|yes|yeah|yep|no|sure|hi|hello|thanks?|好的?|嗯+|是的?|在)\W{0,9}", re.IGNORECASE
)
"""What a customer says in a chat so that the other goes on."""

_SIGNATURE_LINES = 12
_SIGNATURE_CHARACTERS = 700
_SIGNATURE_WIDTH = 120


def own_lines(marked: Marked) -> Marked:
    """Leave the lines that the author wrote."""
    marked = _cut_at(marked, INLINE.search(marked.text, marked.text.lower()))
    if "\n" not in marked.text.strip():
        return marked.keep([(0, 0)]) if marked.text.lstrip()[:1] in {">", "＞"} else marked
    marked = _without_history(marked)
    marked = marked.without(match.span() for match in QUOTED.finditer(marked.text))
    marked = _without_other_speakers(marked)
    marked = marked.without(match.span() for match in MACHINE.finditer(marked.text))
    return _without_signature(_cut_at(marked, DISCLAIMER.search(marked.text)))


def _cut_at(marked: Marked, match: re.Match[str] | None) -> Marked:
    """Leave what stands above a match, if anything does."""
    is_below = match is not None and marked.text[: match.start()].strip()
    return marked.keep([(0, match.start())]) if match and is_below else marked


def _without_history(marked: Marked) -> Marked:
    """Cut at the first sign of history. Under a header whose lines are all marked with `>` the author may answer below."""
    text = marked.text
    low = text.lower()
    headers = [match for rule in HISTORY if (match := rule.search(text, low))]
    header = min(headers, key=re.Match.start, default=None)
    if header is None:
        return marked
    is_marked = text[header.end() : header.end() + 1000].lstrip().startswith(">")
    # Where nothing stands above, only a reply delimiter lets the author's words follow.
    if is_marked or (DELIMITER.search(header.group()) and not text[: header.start()].strip()):
        return marked.without([header.span()])
    above = text[: header.start()].rstrip("\n")
    line = above.rfind("\n") + 1
    is_rule = line and not above[line:].strip(_RULES)
    return marked.keep([(0, line if is_rule else len(above))])


def _without_other_speakers(marked: Marked) -> Marked:
    """Of a pasted chat keep the customer's lines. It is a chat only if both sides are named."""
    marks = list(SPEAKER.finditer(marked.text))
    if not (any(mark["own"] for mark in marks) and any(mark["other"] for mark in marks)):
        return marked
    ends = [mark.start() for mark in marks[1:]] + [len(marked.text)]
    taken: list[Span] = [
        mark.span() if mark["own"] and not _NOD.fullmatch(marked.text, mark.end(), end) else (mark.start(), end)
        for mark, end in zip(marks, ends, strict=True)
    ]
    return marked.without(taken)


def _without_signature(marked: Marked) -> Marked:
    """Cut at the signature's line, if what follows is as short as a signature."""
    text = marked.text.rstrip()
    for match in SIGNATURE.finditer(text, max(0, len(text) - _SIGNATURE_CHARACTERS)):
        below = [line for line in text[match.end() :].splitlines() if line.strip()]
        is_short = len(below) <= _SIGNATURE_LINES and all(len(line) <= _SIGNATURE_WIDTH for line in below)
        if is_short and text[: match.start()].strip():
            return marked.keep([(0, match.start())])
    return marked
