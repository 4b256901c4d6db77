"""Where do the sentences at the head and the tail of a text end that most likely are courtesies, although no rule knows them?

`cleaning.odds` says how likely a sentence is one. The first and the last sentences are asked, and the lines below; the less of a
text is left without them, the surer it must be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from feedbackloop.understanding.cleaning.odds import LINE, courtesy_odds

LONGEST = 240
"""Characters of the longest courtesy; what is longer tells something."""
SURE, SURE_OF_PART, SURE_OF_LINE = 0.5, 2.5, 0.0
"""Log odds of a whole sentence, of a part of one, and of the lines below a text, above which they go."""
IN_LETTER = 0.9
"""So much less sure need be what stands beside another courtesy: who greets goes on with courtesies."""
_HOPELESS = -3.0
"""A sentence with less is not looked at part by part, outside of letters."""
_GREETED = 1.0
"""So much less says a sentence for its end if a greeting that was cut already stands in it."""
_MUCH_SURER = 1.0
"""So much more where little would be left."""
_LEFT_WORDS = 2
_DOUBTFUL_LINE, _SURE_LINE, _BORNE = -2.0, 0.5, 2
"""A line with less odds than the first needs two with more than the second above it, or below."""
_MOST_LINES, _LINE_WIDTH = 8, 160
_MOST_PARTS = 5
_SHORT = 200
_ADDRESSED = re.compile(r"[@#]\w+|https?://\S+|\bRT\b")
_EMOJI = "\u2600-\u27bf\ufe0f\U0001f300-\U0001faff"
_END = re.compile(
    rf"[.!?…。！？~～；\n\r:;{_EMOJI}](?:"
    rf"(?<=[.!?…])(?<![.!?…][.!?…])[.!?…]*+[)\"'”’]{{0,4}}(?=\s|$|[{_EMOJI}])|(?<=[。！？~～；])[。！？~～；]*+|(?<=[\n\r])[\n\r]*+"
    rf"|(?<=[:;])['-]?[)D](?=\s|$)|(?<=[{_EMOJI}])(?<![{_EMOJI}][{_EMOJI}])[{_EMOJI}]*+(?=\s|$))"
)
"""Where a sentence ends. It begins with all first characters in one class: so `re` passes over all others quickly."""
_MOST_MARKS = 12
_PART = re.compile(rf"[,:;](?=\s)|[，：、—–]|\s-+\s|(?<=[a-z{_EMOJI}]) (?=[A-Z])(?!I\b)|(?<=[\u3400-\u9fff]) ")
"""Where a part of one may end."""
_LOOSE = re.compile(rf"(?:[:;](?!['-]?[dDpPoO()/|\\])|[\s,，.。!！?~～、：；—–)）…\"'”’{_EMOJI}-])*+")
_SAYS = re.compile(rf"[^\W\d_]|[{_EMOJI}]")
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")


def likely_greeting_end(text: str, at: int) -> int:
    """Give where what follows a likely courtesy at this place begins, or the place itself."""
    window = text[: at + LONGEST]
    mark = _END.search(window, at)
    stop, end = mark.span() if mark else (len(window), len(window))
    odds = courtesy_odds(text[at:stop])
    if at:
        odds = max(odds, courtesy_odds(text[_sentence_start(text, at) : stop]) - _GREETED)
    if mark and _goes(text[at:stop], text[end:], odds, SURE - IN_LETTER * (at > 0)):
        return _loose(text, end)
    if odds < _HOPELESS and not at:
        return at
    for part in islice(_PART.finditer(window, at, stop), _MOST_PARTS):
        piece = text[at : part.start()]
        if _goes(piece, text[part.end() :], courtesy_odds(piece), SURE_OF_PART):
            return _loose(text, part.end())
    return at


def _sentence_start(text: str, at: int) -> int:
    window = max(0, at - LONGEST)
    return window + max((mark.end() for mark in _END.finditer(text[window:at])), default=0)


def likely_closing_start(text: str, end: int) -> int:
    """Give where a likely courtesy begins that reaches to this place, or the place itself."""
    tail = text[:end].rstrip()
    last = _LAST_MARKS.search(tail, max(0, len(tail) - _MOST_MARKS))
    stop = last.start() if last else len(tail)
    begin = _sentence_start(tail, stop)
    piece, above = tail[begin:], text[:begin]
    odds = courtesy_odds(piece)
    is_letter = end < len(text)
    if _goes(piece, above, odds, SURE - IN_LETTER * is_letter):
        return begin
    if odds < _HOPELESS and not is_letter:
        return end
    for part in list(_PART.finditer(tail, begin, stop))[-_MOST_PARTS:]:
        piece = tail[part.end() :]
        if _goes(piece, tail[: part.start()], courtesy_odds(piece), SURE_OF_PART):
            return part.end()
    return end


_CLOSING_MARKS = rf"[\s,，.。!！?？~～、:：;；—–)）…\"'”’{_EMOJI}-]"
_LAST_MARKS = re.compile(rf"(?<!{_CLOSING_MARKS}){_CLOSING_MARKS}++$")


def likely_signature_start(text: str, end: int) -> int:
    """Give where the lines begin that most likely are a signature, or the end.

    Below a name and a title a doubtful line is a slogan; more doubtful lines than the sure ones bear are not.
    """
    start, total, count, borne = end, 0.0, 0, 0
    for begin, line in _lines_from_below(text, end):
        odds = courtesy_odds(line, LINE)
        total, count = total + max(odds, _DOUBTFUL_LINE), count + 1
        borne += (odds > _SURE_LINE) - _BORNE * (odds < _DOUBTFUL_LINE)
        is_signature = borne >= 0 and odds > SURE_OF_LINE and total > SURE_OF_LINE * count
        if is_signature and _is_enough(text[:begin]):
            start = begin
    return start


def _lines_from_below(text: str, end: int) -> Iterator[tuple[int, str]]:
    at = end
    for _ in range(_MOST_LINES):
        begin = text.rfind("\n", 0, max(0, len(text[:at].rstrip())))
        line = text[begin + 1 : at].strip()
        if begin < 0 or len(line) > _LINE_WIDTH or not line:
            return
        yield begin, line
        at = begin


def _goes(piece: str, rest: str, odds: float, sure: float) -> bool:
    """Say whether a piece is likely enough a courtesy, for what would be left of the text."""
    if odds <= sure or len(piece) > LONGEST or not _SAYS.search(piece) or not _is_enough(rest):
        return False
    is_most = len(rest) < _SHORT and 2 * len(_WORD.findall(rest)) < len(_WORD.findall(piece))
    return odds > sure + _MUCH_SURER * is_most


def _is_enough(rest: str) -> bool:
    return len(_WORD.findall(_ADDRESSED.sub(" ", rest[:_SHORT]))) >= _LEFT_WORDS


def _loose(text: str, at: int) -> int:
    match = _LOOSE.match(text, at)
    return match.end() if match else at
