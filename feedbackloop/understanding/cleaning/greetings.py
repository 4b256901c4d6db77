"""Which words at the head of a text are a greeting, thanks in advance or a reference number?

They go piece by piece, each judged by `cleaning.phrases`, while something else is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from feedbackloop.understanding.cleaning.closings import closings_start
from feedbackloop.understanding.cleaning.likely import likely_greeting_end
from feedbackloop.understanding.cleaning.marked import Marked, has_words
from feedbackloop.understanding.cleaning.phrases import LONGEST, is_courtesy, is_reference, may_be_courtesy

_LOOSE = re.compile(r"(?:[:;](?!['-]?[dDpPoO()/|\\])|[\s,，.。!！~～、：；—–)）😊🙂☺-])*+")
_ENDS = re.compile(
    r"[,，、:：;；。!！?？\n~～)）\]】—–|]|(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)(?<!\bno)(?<!\bnr)\.|(?<=\s)-|\s{2,}"
    r"|(?<=[\u3400-\u9fff])\s",
    re.IGNORECASE,
)
"""Where a piece may end."""
_GREETED = re.compile(
    r"(?:hi+|hello+|hey+|hiya)(?:[ \t]+(?:there|team|all|guys|again|everyone|support))*\b(?=[ \t])"
    r"|(?:(?:客服|卖家|店家|老板|亲)?[您你]们?好[呀啊哦]?|请问|(?:早上|上午|中午|下午|晚上)好)(?=[\u3400-\u9fff])",
    re.IGNORECASE,
)
"""A greeting that runs into what follows."""
_SUBJECT = re.compile(r"(?:re|fwd?|aw|wg|subject|回复|答复|转发|回覆|主题)[:：][^\n]{0,100}\n", re.IGNORECASE)
_BEGINS = re.compile(
    r"[\W_]{0,12}(?:and |also )?(?:(?:hi+|hello+|hey+|hiya|heya|howdy|dear|greetings|yo|to whom|how(?:'s| is| are)"
    r"|hop(?:e|ing)"
    r"|nice to|my name|happy|merry|best|warm|kind"
    r"|(?:a very |and )?good|thank\w*|thanx|thx|ty|cheers|love from|hugs|long-?time|many|first|before|wish\w*"
    r"|trust\w*|regarding|concerning|re"
    r"|ref|your ref\w*|about|for reference|#"
    r"|may i|let me|congrat\w*|i just|it(?:'s| is| was) (?:so |really |very )?(?:a )?(?:great|good|nice|lovely"
    r"|pleasure)|(?:great|good"
    r"|nice|lovely) (?:to|talk\w*|speak\w*|chat\w*|see\w*|hear\w*|meet\w*)"
    r"|a pleasure|(?:so |very |really |i'm |im |i am |my ){0,4}(?:sorry|apolog\w*)|me again|i(?:'m| am) (?:writ"
    r"|contact|reach|email|messag)\w*|with |compliments|big fan"
    r"|just |much |any |hey+|i(?:'m| am) not sure|g'day|morning|afternoon|evening|salaam|assalam|namaste|hola|bonjour"
    r"|aloha|ciao|shalom|top of|god |first time|forgive|excuse|quick|to the|(?:i|we)(?: \w+){0,2} (?:hope|trust|wish"
    r"|appreciate|thank|pray)"
    r"|(?:(?:my|our|your|the) )?(?:order|ticket|case|booking|invoice|tracking|account|customer|confirmation|request"
    r"|purchase|shipment|reservation|complaint"
    r"|incident|voucher|coupon|delivery|claim|so|policy|membership|member|transaction|serial|reference|pnr|po|sn"
    r"|subject|fwd?))\b|\W{0,4}#)",
    re.IGNORECASE,
)
"""How the head of an English text may begin where it is a courtesy or a reference: most texts do not."""
_GLANCE = 40
"""Characters in which a Chinese greeting shows itself."""
_SHORT, _FEW_WORDS = 30, 2
_CONGRATULATION = re.compile(
    r"(?:congrat\w*|happy (?:\w{1,12} ){0,2}(?:birthday|anniversary))\b[^.!?\n]{0,80}", re.IGNORECASE
)
"""Small talk only below a greeting: elsewhere it may be all that its author says."""
_ROUNDS = 14
_MOST_LIKELY = 4
"""Sentences that no rule knows: more of them are no greeting any more."""
_MOST_PIECES = 5
"""So many pieces together may be one greeting: "First of all, before I begin, thank you."."""


def without_greetings(marked: Marked) -> Marked:
    """Take greetings and reference numbers from the head, as many as leave enough."""
    text = marked.text
    cuts = list(_cuts(text))
    own = text[: closings_start(text)] if any(is_likely for _, is_likely in cuts) else text
    at = next((place for place, _ in reversed(cuts) if _is_enough(own, place)), 0)
    return marked.keep([(at, len(text))]) if at else marked


def _cuts(text: str) -> Iterator[tuple[int, bool]]:
    """Give the places where what follows a greeting begins, one after the other, and whether it only likely is one."""
    at, likely = 0, 0
    for _ in range(_ROUNDS):
        begin = _loose_end(text, at)
        end = _greeting_end(text, at)
        is_likely = end <= at
        if is_likely and likely < _MOST_LIKELY:
            end, likely = likely_greeting_end(text, begin), likely + 1
        if end <= begin:
            return
        at = end
        yield at, is_likely


def _is_enough(text: str, at: int) -> bool:
    """Say whether what is left can stand alone: of "Thank you very much, great help!" the thanks are a part."""
    cut = text[:at].rstrip()
    if len(text) - at < _SHORT and cut[-1:] == "," and "thank" in cut.lower():
        return len(text[at:].split()) > _FEW_WORDS
    return has_words(text[at:])


def _greeting_end(text: str, at: int) -> int:
    """Give where the next piece begins, if this one is a greeting; else where this one does."""
    begin = _loose_end(text, at)
    if not (_BEGINS.match(text, begin) or may_be_courtesy(text[begin : begin + _GLANCE])):
        return at
    subject = _SUBJECT.match(text, begin)
    if subject:
        return _loose_end(text, subject.end())
    for match in islice(_ENDS.finditer(text, begin, begin + LONGEST), _MOST_PIECES):
        piece = text[begin : match.start()]
        is_congratulation = at > 0 and _CONGRATULATION.fullmatch(piece) is not None
        if is_congratulation or is_courtesy(piece) or is_reference(piece):
            return _loose_end(text, match.end())
    greeted = _GREETED.match(text, begin)
    return greeted.end() if greeted else at


def _loose_end(text: str, at: int) -> int:
    match = _LOOSE.match(text, at)
    return match.end() if match else at
