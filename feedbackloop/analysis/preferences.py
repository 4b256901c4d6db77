"""What did a customer say about how they want to be reached?

Only wishes in so many words count, and only the sentence that says them is kept: a wish is quoted, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from feedbackloop.analysis.readability import sentences
from feedbackloop.analysis.restraint_silence import asks_for_silence
from feedbackloop.analysis.wording_text import inert, own_words

MOST_KEPT = 5
_QUOTE = 200
_WISH = r"\b(?:please|prefer\w*|rather|only|would like|better|best|instead)\b"
_REACH = rf"(?:{_WISH}|\b(?:call|reach|ring|phone|contact) (?:me|us)\b)"
_BY = r"(?:e-?mail|phone|telephone|text message|sms|chat|whatsapp|letter|post)"
_EN = {
    "channel": rf"{_WISH}[^.!?]{{0,60}}\b(?:(?:by|via|over|per|on) (?:the )?{_BY}|(?:e-?mail|phone|call|ring|text) (?:me|us))\b"
    rf"|\b(?:do not|don['’]?t|please stop|never) (?:e-?mail|phone|call|ring|text)(?:ing)? (?:me|us)\b"
    rf"|\b(?:e-?mail|phone|text message|chat|whatsapp) (?:is|would be|works) (?:best|better|easier)\b",
    "time": rf"{_REACH}[^.!?]{{0,60}}\b(?:after|before|between|no later than)\b[^.!?]{{0,12}}\d"
    rf"|{_REACH}[^.!?]{{0,40}}\b(?:in the (?:morning|afternoon|evening)|at the weekend|on weekdays)\b",
    "language": rf"{_WISH}[^.!?]{{0,40}}\bin (?:English|Chinese|Mandarin|German|French|Spanish|Italian|Dutch)\b",
}
_ZH = {
    "channel": r"(?:请|最好|希望|方便的话|还是|只)[^。！？]{0,12}(?:打电话|电话联系|发邮件|邮件联系|发短信|短信联系|微信|站内信)"
    r"|(?:别|不要|请勿)(?:再)?(?:给我)?(?:打电话|发短信|发邮件)",
    "time": r"(?:请|最好|希望|方便)[^。！？]{0,12}(?:上午|下午|晚上|中午|周末|工作日|\d{1,2}\s*点)"
    r"[^。！？]{0,10}(?:联系|打|回复|来电)",
    "language": r"(?:请|最好|希望)[^。！？]{0,8}(?:用|说)?(?:中文|英文|英语|普通话|粤语)(?:回复|联系|沟通)?",
}
_KINDS = {kind: re.compile(f"{_EN[kind]}|{_ZH[kind]}", re.IGNORECASE) for kind in _EN}


class Preference(Struct, frozen=True):
    """One stated wish: `channel`, `time`, `language` or `silence`, in the customer's own words, inert."""

    kind: str
    words: str
    at: datetime


def preferences(said: Iterable[tuple[datetime, str]]) -> tuple[Preference, ...]:
    """Find what a customer wishes about being reached, the newest of each kind and wording, newest first.

    Args:
        said: The customer's own texts with their times; of each the first 4,000 characters count.
    """
    found = [
        Preference(kind, inert(sentence, _QUOTE), at)
        for at, text in said
        for sentence in sentences(own_words(text[:4000]))
        for kind in _kinds(sentence)
    ]
    newest = {(one.kind, one.words): one for one in sorted(found, key=lambda one: (one.at, one.kind, one.words))}
    return tuple(sorted(newest.values(), key=lambda one: (one.at, one.kind, one.words), reverse=True)[:MOST_KEPT])


def _kinds(sentence: str) -> list[str]:
    if asks_for_silence([sentence]):
        return ["silence"]
    return [kind for kind, pattern in _KINDS.items() if pattern.search(sentence)]
