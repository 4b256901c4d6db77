"""Into which sentences and clauses does a text fall?

Connectors ("but", 结果, 却) begin a clause, so that a clause carries the word that sets it against the one before.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from feedbackloop.understanding.memory import remembered

if TYPE_CHECKING:
    from collections.abc import Sequence


class Clause(Struct, frozen=True, gc=False):
    """One clause: its place in the text, trimmed, and the number of its sentence."""

    start: int
    end: int
    sentence: int


_CONNECTORS = frozenset(
    (
        "but",
        "and",
        "however",
        "yet",
        "so",
        "then",
        "still",
        "now",
        *("但是", "但", "可是", "结果", "可", "然而", "不过", "却", "而且", "现在"),
    )
)
"""A connector alone is no clause: it belongs to the next one."""
_LONGEST_CONNECTOR = 12
"""Characters, blanks around it among them."""


_CHINESE_HEADS = (
    *("结果", "没想到", "却", "竟然", "居然", "谁知", "根本没", "到最后"),
    *("但是", "可是", "而是", "为什么", "怎么", "其实", "实际上"),
)
"""Before one of these a clause begins without a comma."""

_START = attrgetter("start")


_STOP, _HEAD = 1, 2
"""The groups of `_breaks`: after the end of a sentence, before a connector. Between clauses only, neither takes part."""


@cache
def _breaks(language: str) -> re.Pattern[str]:
    """Give the pattern of what parts clauses.

    It begins with one set of characters, so that the rest is tried only where one of them stands.
    """
    if language == "zh":
        heads = "|".join(f"(?<={head[0]})(?={head[1:]})" for head in _CHINESE_HEADS if head[1:])
        firsts, seconds = ("".join(sorted({head[n] for head in _CHINESE_HEADS if head[n:]})) for n in (0, 1))
        return re.compile(  # commas come first, for they are the most; of the other heads only 却 is one character
            rf"[。！？!?；;\n\\.～，,、…~()（）：:\s{firsts}](?:(?<=[，,、…~()（）：: ])(?!\d)|(?<=，)"
            rf"|(?:(?<=[。！？!?；;\n])|(?<=\\)n|(?<=\.)(?<!\d\.)(?!\d)|(?<=～)～+)()|(?<=[～\s])(?!\d)"
            rf"|(?<![的测试成].)(?:(?<=却)|(?=[{seconds}])(?:{heads}))(?:)())"
        )
    after_and = (
        r"i|we|he|she|it|they|you|now|then|yet|the|my|our|got|was|were|an?|instead|received|still|never|no|when|not|is"
        r"|this|that|there|so far|what|nothing|nobody|no one|only|charged|received|sent|gave|took|left|came"
        r"|given|found|told|have|has|had|were|here|did|could|forgot|hung|cancel\w+|[a-z]+n't|refus\w+|your|his|her|everything|all"
        r"|went|put|stood|ran|broke|lost|made|said|paid|saw|felt|[a-z]{3,}ed"
    )
    heads = (
        r"but|however|yet|even though|(?<!even )though|although|while|whereas|because|then|which|when|instead"
        r"|only (?=to|got|rec|gave|sent|refund|half|an?|[\d$]|one|two|three|four|five)|now (?=i|we|it|they|you|the|my|he|she)"
        r"|so (?=(?:i|we|they|he|she|it|the|my|our|you|there|after|when|now|then|an?|no|this|that)\b)"
        rf"|turned (?:out|into)|turns out|ended up|and (?!a (?:half|quarter)\b)(?=(?:{after_and})\b)"
    )
    return re.compile(  # blanks come first, for they are the most, and nothing else is tried behind them
        rf"[\s!?.,;:()…–—\\-](?:(?<= )(?:(?=[abehinostwy])(?=(?:{heads})\b)|(?=&(?:amp;)? )|[-–—]{{1,3}}(?:\s|$))"
        r"|(?<! )(?:(?:(?<=[!?\n])[!?\n]*|(?<=\\)n|(?<=;)(?<!&amp;)|(?<=\.)[\s.]*(?!\d|com|[a-z]\.))()"
        rf"|(?<=\s)(?=[abehinostwy])(?=(?:{heads})\b)|(?<=,)(?!\d)|(?<=\s)[-–—]{{1,3}}(?:\s|$)|(?<=[-–—])[-–—]{{0,2}}(?:\s|$)"
        r"|(?<=\s)(?=&(?:amp;)? )|(?<=-)-|(?<=[–—…()])|(?<=:)(?!\d)))"
    )


@remembered
def clauses(text: str, language: str) -> tuple[Clause, ...]:
    """Give the clauses in order; pieces without a letter or digit are left out."""
    found: list[Clause] = []
    start = sentence = 0
    for match in _breaks("zh" if language == "zh" else "en").finditer(text):
        end, following = match.span()
        kind = match.lastindex
        if start < end:
            if kind != _STOP and end - start < _LONGEST_CONNECTOR and text[start:end].strip() in _CONNECTORS:
                continue
            if text[start].isalnum() and text[end - 1].isalnum():
                found.append(Clause(start, end, sentence))
            else:
                _add_trimmed(found, text, (start, end), sentence)
        if kind is None:
            start = following
        elif kind == _STOP:
            sentence += 1
            start = following
        else:
            start = end
    _add_trimmed(found, text, (start, len(text)), sentence)
    return tuple(found)


def _add_trimmed(found: list[Clause], text: str, span: tuple[int, int], sentence: int) -> None:
    start, end = trim(text, span)
    if end > start:
        found.append(Clause(start, end, sentence))


def trim(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Cut white space and loose punctuation from both ends of a span."""
    start, end = span
    while start < end and not (text[start].isalnum() or text[start] in "$£€¥￥'\"“‘《("):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in "'\"”’%+》)"):
        end -= 1
    return start, end


def at(found: Sequence[Clause], place: int) -> int:
    """Give the number of the clause in which a place lies, or of the last one that begins before it."""
    return max(0, bisect_right(found, place, key=_START) - 1)
