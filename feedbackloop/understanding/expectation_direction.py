"""Did it turn out worse than expected, as expected, or better?

The comparison decides, not the mood: "as expected they failed" is met, 超出想象的小 is worse.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedbackloop.understanding.expectation_polarity import polarity

if TYPE_CHECKING:
    from feedbackloop.records import Direction
    from feedbackloop.understanding.quantity import Quantity

_COMPARED = {
    "en": (
        re.compile(
            r"\b(?:better|faster|quicker|cheaper|sooner|earlier|easier|nicer|larger|roomier|brighter|smoother|clearer|tastier|happier|stronger"
            r"|lighter|quieter|cleaner|fresher|prettier|early|ahead|shorter (?:wait|queue|line|time)|less (?:\w+ )?(?:noisy|expensive|painful|time)"
            r"|more (?!expensive|difficult|complicated|than|time|money|noise|cramped|of a|pain|trouble|work|frustrat))\b|\bmore than\b|(?:with)?in the \w+ (?:time|window|period|date)"
        ),
        re.compile(
            r"\b(?:worse|slower|later|harder|smaller|heavier|thinner|weaker|louder|noisier|dirtier|rougher|late|behind|delay\w*|less|lower|fewer|poorer|tighter|narrower|cheaper (?:made|looking|feel)"
            r"|longer|shorter|higher|darker|blander|more (?:expensive|difficult|complicated|time|money|noise|cramped|pain|trouble|frustrat\w*)|costl?ier|pricier|not on schedule|higher (?:price|fee|cost))\b"
        ),
    ),
    "zh": (
        re.compile(
            r"快|早|好|漂亮|大|厚|便宜|强|高|舒服|提前|惊喜|满意|美|精致|清楚|清晰|新鲜|棒|轻便|实惠|满足|多(?!了|好几|花|等|出)"
        ),
        re.compile(
            r"差|慢|晚|小|薄|贵|糟|少|久|短|旧|脏|吵|难|低|坏|重|窄|轻|烂|粗糙|迟|超时|延误|延迟|丑|暗|破|弱|失望|不如|垃圾|稀|淡|没有?(?:以前|之前|上次)|退步|下降|多了|多好几|相差"
        ),
    ),
}
_NEGATION = {
    "en": re.compile(
        r"n't\b|\bn[o']?t\b|\bnot\b|\bnever\b|\bno\b|\bneither\b|\bfail(?:s|ed|ing)?\b|\bhardly\b|\bfar from\b|\bwithout\b|\bnowhere\b|\bcannot\b|\bnothing\b|\bunable\b|\bcant\b|\bdidnt\b|\bdoesnt\b|\bwasnt\b|\bisnt\b"
    ),
    "zh": re.compile(
        r"不(?!愧|过|错|仅|但|负|辜负)|没|未|无(?!敌)|差距|差别|差异|差太|差很|差好|差远|相差|区别|出入|色差|太多|差的|差了"
    ),
}
_KEPT = {
    "en": re.compile(
        r"\b(?:and (?:it|they|he|she) (?:did|was|were)|(?:it |they |he |she )?(?:did|has|have) indeed|on time|as promised|sure enough|true to|right on|kept (?:their|his|her)|delivered on|indeed|exactly|early)\b"
    ),
    "zh": re.compile(
        r"真的(?!是?(?:不|差|很差|太|失望|假|坑|烂))|果然|准时|按时|如期|确实(?!不|没|很?差|有点)|准点|兑现|做到了|没有?骗|提前|很快就|不错|全新"
    ),
}


def of_comparison(piece: str, language: str) -> Direction:
    """Read the compared word of a clause: "faster than expected" is better, 比预期慢 worse.

    Where good and bad words stand side by side or none does, the mood of the clause decides, and worse wins a tie.
    """
    good, bad = _COMPARED[language]
    better, worse = bool(good.search(piece)), bool(bad.search(piece))
    if better != worse:
        return "better" if better else "worse"
    return "better" if polarity(piece, language) > 0 else "worse"


def of_surprise(piece: str, language: str, *, default: Direction) -> Direction:
    """Read what overturned the expectation by its mood; `default` where no word tells."""
    mood = polarity(piece, language)
    return default if mood == 0 else "better" if mood > 0 else "worse"


def is_negated(piece: str, language: str) -> bool:
    """Say whether a clause says no to what it names."""
    return _NEGATION[language].search(piece) is not None


def is_kept(piece: str, language: str) -> bool:
    """Say whether an outcome tells of a kept word: "and it did", 真的, 准时; not if it is said no to."""
    return _KEPT[language].search(piece) is not None and not is_negated(piece, language)


def of_quantities(promised: Quantity, actual: Quantity) -> Direction | None:
    """Compare two durations or two times of day: the later is worse. None for pairs that say nothing.

    Amounts of money and counts are left to the words: a higher price is worse, a higher refund better.
    """
    if actual.is_relative:
        return "worse" if actual.unit.endswith("_late") else "better"
    if promised.kind != actual.kind or promised.kind not in {"duration", "clock"}:
        return None
    expected, found = promised.seconds or promised.high, actual.seconds or actual.low
    return "worse" if found > expected else "better" if found < expected else "met"
