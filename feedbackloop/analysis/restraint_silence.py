"""Did this person say in words that they want no more messages?"""

from __future__ import annotations

import re
from collections.abc import Iterable

_BY = r"\b(?:by|via|over|per) (?:e-?mail|phone|text|sms|chat|letter|post|whatsapp)\b"
_REFUSED = re.compile(
    r"\b(?:do not|don['’]?t|stop|quit|never)\s+(?:ever\s+)?(?:contact|contacting|e-?mail|e-?mailing|writ(?:e|ing) to"
    r"|messag(?:e|ing)|call|calling|text|texting|bother|bothering|spam|spamming)\s+me\b"
    rf"(?:\s+{_BY})?"  # a way right behind it is refused with it: "do not contact me by e-mail"
    r"|\b(?:leave me alone|unsubscribe|opt me out|no (?:more|further) (?:e-?mails?|messages|surveys|contact)"
    r"|(?:remove|take) me (?:from|off) (?:your|the|this) (?:mailing )?list)\b"
    r"|(?:不要|别|勿|停止|请勿)(?:再)?(?:联系|打扰|骚扰|回访)|(?:不要|别)再(?:给我)?(?:发|打|来)(?:短信|邮件|消息|电话|信息|调查)?|退订",
    re.IGNORECASE,
)
_ANOTHER_WAY = re.compile(
    r"(?<!\band )\b(?:e-?mail|text|call|phone|ring|message|write to) me\b"
    rf"|{_BY}"
    r"|(?<![要别勿也或和])(?:请|可以|只能|就|，|,|改)(?:给我)?(?:发(?:短信|邮件|消息|微信)|打电话)",
    re.IGNORECASE,
)
"""Asks for an answer by some way: beside a refusal it makes a choice of ways of it."""
_NOR = re.compile(r"\b(?:n?or)\b|或", re.IGNORECASE)
"""Ways that are refused together: "don't call or e-mail me"."""
_SENTENCE = re.compile(r"[.!?。！？\n]+")


def asks_for_silence(texts: Iterable[str]) -> bool:
    """Say whether somebody asked not to be contacted; fills `ContactFacts.asked_for_silence`.

    When in doubt the answer is yes: a message that stays away by mistake costs less than one that comes against a wish.
    "Don't call me, e-mail me" is none: who names the way that suits them wants to hear from us.

    Args:
        texts: The person's own words over all sources; of each the first 4,000 characters count.
    """
    return any(_refuses(sentence) for text in texts for sentence in _SENTENCE.split(text[:4000]))


def _refuses(sentence: str) -> bool:
    rest, refusals = _REFUSED.subn("", sentence)
    return refusals > 0 and (_NOR.search(rest) is not None or not _ANOTHER_WAY.search(rest))
