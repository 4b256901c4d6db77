"""How is a text made ready for the cues, with every character in its place?

Lower case, straight quotes, full-width digits made plain, and the traditional characters of the cues folded to
simplified ones: all one character for one, so that a place found is a place in the text.
"""

from __future__ import annotations

import re
from functools import cache

from feedbackloop.understanding.lexicon.lists import content
from feedbackloop.understanding.memory import remembered
from feedbackloop.understanding.quantity.duration import lowered

LONGEST = 20_000
"""Characters of one text that are read. Longer texts are logs or attacks, and what a person says first stands first."""

_ENGLISH = {ord("’"): "'", ord("‘"): "'", ord("`"): "'", ord("“"): '"', ord("”"): '"', 0xA0: " ", ord("\t"): " "}
_DIGITS = {ord(wide): str(n) for n, wide in enumerate("０１２３４５６７８９")} | {0x3000: " ", ord("－"): "-"}
_CJK = re.compile(r"[\u3400-\u9fff]")


def normalised(text: str, language: str) -> str:
    """Give the first `LONGEST` characters ready for the cues; the length of what is given stays."""
    return _folded(text[:LONGEST], language)


@remembered
def _folded(text: str, language: str) -> str:
    letters, folded = _letters("zh" if language == "zh" else "en")
    low = lowered(text)
    return low.translate(letters) if folded.search(low) else low


def reading(text: str, language: str) -> str | None:
    """Say with which cues a text is read: "en", "zh", or None for languages that have none."""
    if language in {"en", "zh"}:
        return language
    return "zh" if language == "und" and _CJK.search(text) else None


@cache
def _letters(language: str) -> tuple[dict[int, str], re.Pattern[str]]:
    """Give what is folded to what, and a pattern that finds whether anything is: few texts have any."""
    letters = _ENGLISH
    if language == "zh":
        lines = content("expectation_traditional.txt").splitlines()
        letters = _DIGITS | {ord(pair[0]): pair[1] for line in lines if line[:1] != "#" for pair in line.split()}
    return letters, re.compile("[" + re.escape("".join(map(chr, letters))) + "]")
