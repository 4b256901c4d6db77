"""Where does a signature begin that stands below a line of its own: "Respectfully submitted," "Your loyal customer,"?

What people put below their name never ends (offices, honours, mottoes, disclaimers), so it is told by its place: a short line
that takes leave, a name below it, and nothing below that in which the customer speaks on.
"""

from __future__ import annotations

import re

_REACH = 900
"""Characters before the end in which a signature begins."""
_MOST_LINES, _WIDTH, _NAME_WORDS = 12, 300, 6
_LEAVE = re.compile(
    r"(?:(?!I\b)[^\n.!?:\d]{0,40}\b)?(?:v/r|mfg|regards|rgds|wishes|sincerely|faithfully|truly|cheers|respectfully"
    r"|thanks|thank you|thx"
    r"|appreciation|gratitude|best|love|yours|gr[uü](?:ß|ss)en|hugs|cordially|blessings|peace|warmly|kindly|submitted"
    r"|signed|merci|saludos"
    r"|cordialement)\b(?!')[^\n.!?:\d]{0,24}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:your|yours|an?|one|from|with|in|signed|most|very|till|until|always)\b[^\n.!?:\d]{2,40},", re.IGNORECASE
)
"""A line that takes leave by saying as whom: "A concerned mother,"."""
_MOST_WORDS, _LEAVE_WIDTH = 6, 60
_MARKS = " ,!.~*–—-"
_SPEAKS_ON = re.compile(
    r"^\W*p\.? ?s\b|\b(?:i|i'm|i've|my|me|you|your|we|it|was|is|were|are|has|have|not|never)\b(?!\.)",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(
    r"^\W*[\"“'‘«*_].*$|^.{0,40}(?:e-?mail|message|transmission|information|environment|follow us|printing).*$",
    re.I | re.M,
)
"""A motto, or a lawyer's line: whoever speaks there is not the customer."""

_LOWER_NAME = re.compile(r"(?:an?|the|your) [^\n]{2,40}|[a-z]{1,15}(?: [a-z.]{1,15})?")


def signature_start(text: str) -> int:
    """Give where the line stands that takes leave of the reader, or the text's end."""
    begin = max(0, len(text) - _REACH)
    at = text.find("\n", begin)
    while at >= 0:
        end = text.find("\n", at + 1)
        if end < 0:
            break
        line = text[at + 1 : end].strip()
        if _takes_leave(line) and _is_below_name(text[end:]) and text[:at].strip():
            return at
        at = end
    return len(text)


def _takes_leave(line: str) -> bool:
    is_short = 0 < len(line) <= _LEAVE_WIDTH and len(line.split()) <= _MOST_WORDS
    return is_short and bool(_LEAVE.fullmatch(line.strip(_MARKS)) or _NAMED.fullmatch(line))


def _is_below_name(below: str) -> bool:
    """Say whether a name stands first, and nobody speaks on below it."""
    lines = [line.strip() for line in below.splitlines() if line.strip()]
    if not 0 < len(lines) <= _MOST_LINES or any(len(line) > _WIDTH for line in lines):
        return False
    name = lines[0]
    is_name = len(name.split()) <= _NAME_WORDS and not name.endswith(("!", "?", ":"))
    capitals = sum(word[0].isupper() for word in name.split())
    if name[0].islower() and not (capitals > 1 or _LOWER_NAME.fullmatch(name)):
        return False
    return is_name and not _SPEAKS_ON.search(_QUOTED.sub("", "\n".join(lines)).replace("’", "'"))
