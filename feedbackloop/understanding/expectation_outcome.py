"""Which clause tells how an expectation turned out?

Signs are added up: a word of contrast at the clause's begin, a failure or arrival, a quantity against a quantity, good or bad words;
distance costs. Two thresholds: one sign is enough after a cue that is strong by itself, weak cues want more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedbackloop.understanding.expectation_polarity import polarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedbackloop.understanding.expectation_clauses import Clause

ENOUGH = {"required": 1.2, "optional": 1.2, "strong": 2.2}
_AHEAD = 6
"""Clauses looked at after the cue; and two before it."""
_BEHIND = 2

_CONTRAST = {
    "en": re.compile(
        r"(?:but|however|yet|instead|now|only|still|then|unfortunately|sadly|turns? out|turned (?:out|into)|ended up|nope|although|though|while|whereas|in(?: actual)? fact|actually|in reality)\b|(?:and |it )?(?:then |it )?(?:turned out|ended up|now|instead|still|only)\b"
    ),
    "zh": re.compile(
        r"结果|却|竟|居然|但|可是?(?!以|能)|才|而(?!且)|然而|没想到|谁知|谁料|不料|哪知|还是|实际|其实|事实|打开|收到|到手|到货|拿到|发现|一看|变成|只|仅|就给|现在|到现在|至今|最后|最终"
    ),
}
_FAILED = {
    "en": re.compile(
        r"n[o']?t\b|\b(?:not|never|no|nothing|none|nobody|nope|without|declined|refused|denied|cancell?ed|delayed|late|wrong|missing|only|still|took|waited|waiting|received|got|arrived|turned|broke\w*|fail\w*"
        r"|haven't|hasn't|gone by|later|again|unable|ignored|charged|changed|sent|gave|ended|came|ran out|nowhere|worse|less|lost|lied|stopped|cannot|cant|didnt|doesnt|wasnt|isnt)\b"
    ),
    "zh": re.compile(
        r"没|不|未|无|少了|缺|错|漏|坏|迟|晚|才|只有|只给|只是|仅|就是|竟|居然|却|变成|到了|等了|收到|送来|拿到|打开|差|再联系|假|失望|慢|拖|推"
    ),
}


def outcome(
    text: str, parts: Sequence[Clause], cue: tuple[int, int], language: str, *, timed: bool
) -> tuple[int, float] | None:
    """Find the clause that most likely tells how an expectation turned out.

    Args:
        text: Made ready by `expectation_text.normalised`.
        parts: Its clauses.
        cue: The number of the clause with the cue, and where the expected piece ends: what begins before is not its outcome.
        language: "en" or "zh".
        timed: The expectation names a quantity: an outcome that names one too is more likely.

    Returns:
        The clause's number and its score; None where no clause shows any sign.
    """
    best: tuple[int, float] | None = None
    here, end = cue
    for number in range(max(0, here - _BEHIND), min(len(parts), here + _AHEAD + 1)):
        part = parts[number]
        behind = number < here
        if (
            number == here
            or (part.start < end and not behind)
            or abs(part.sentence - parts[here].sentence) > (0 if behind else 2)
        ):
            continue
        score = _score(text[part.start : min(part.end, part.start + 200)], language, timed=timed)
        score -= (
            1.0 + 0.2 * (here - number)
            if behind
            else 0.35 * (number - here - 1) + 0.4 * (part.sentence - parts[here].sentence)
        )
        if score > (best[1] if best else 0.6):
            best = number, score
    return best


def _score(clause: str, language: str, *, timed: bool) -> float:
    score = 0.0
    if _CONTRAST[language].match(clause):
        score += 1.6
    if _FAILED[language].search(clause):
        score += 1.2
    if timed and re.search(r"\d|[一二两三四五六七八九十半]个?(?:小时|天|月|分|点)|\b(?:hours?|days?|weeks?)\b", clause):
        score += 1.0
    mood = polarity(clause, language)
    return score + (0.8 if mood < 0 else 0.4 if mood > 0 else 0.0)
