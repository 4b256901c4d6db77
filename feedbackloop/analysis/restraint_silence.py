"""Did this person say in words that they want no more messages?"""

from __future__ import annotations

import re
from collections.abc import Iterable

_NO_MORE = re.compile(
    r"\b(?:do not|don['’]?t|stop|quit|never)\s+(?:ever\s+)?(?:contact|contacting|e-?mail|e-?mailing|writ(?:e|ing) to"
    r"|messag(?:e|ing)|call|calling|text|texting|bother|bothering|spam|spamming)\s+me\b"
    r"|\b(?:leave me alone|unsubscribe|opt me out|no (?:more|further) (?:e-?mails?|messages|surveys|contact)"
    r"|(?:remove|take) me (?:from|off) (?:your|the|this) (?:mailing )?list)\b"
    r"|(?:不要|别|勿|停止|请勿)(?:再)?(?:联系|打扰|骚扰|回访)|(?:不要|别)再(?:给我)?(?:发|打|来)(?:短信|邮件|消息|电话|信息|调查)?|退订",
    re.IGNORECASE,
)


def asks_for_silence(texts: Iterable[str]) -> bool:
    """Say whether somebody asked not to be contacted; fills `ContactFacts.asked_for_silence`.

    When in doubt the answer is yes: a message that stays away by mistake costs less than one that comes against a wish.

    Args:
        texts: The person's own words over all sources; of each the first 4,000 characters count.
    """
    return any(_NO_MORE.search(text[:4000]) for text in texts)
