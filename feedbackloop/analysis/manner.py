"""How does this customer write, and so how do they want to be answered?

Complaint handling knows two kinds of people: some want a quick, warm word, others want dates, figures and the cause. The
manner is read from the customer's own words; without clear signs it is warm and short.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

Manner = Literal["warm", "analytic"]

_FIGURES = re.compile(
    r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?|\d{1,2}:\d{2}|\d+(?:[.,]\d+)?\s?(?:%|€|\$|£|eur|usd|gbp|元|块|days?|hours?|weeks?|h\b|天|小时|日|周)"
    r"|[$€£¥]\s?\d+|#\d{3,}|\d{6,}",
    re.IGNORECASE,
)
_REASONING = re.compile(
    r"\b(?:therefore|according to|as per|first(?:ly)?,|second(?:ly)?,|specifically|whereas|explain|the reason"
    r"|root cause|terms|contract|compared with|compared to)\b"
    r"|根据|按照|首先|其次|第[一二三][，,、：:]|具体|原因|请说明|对比|合同|条款|依据",
    re.IGNORECASE,
)
_EMOTION = re.compile(
    r"[!！]|[😀-🙏💔❤👎👍😡]|\b(?:angry|furious|upset|disappoint\w*|sad|love|hate|awful|terrible|horrible|omg|wtf)\b"
    r"|太|真的|气死|生气|失望|无语|难过|伤心|崩溃|着急|急|求|啊|呢|吧|垃圾|坑",
    re.IGNORECASE,
)
_LIST = re.compile(r"^\s*(?:\d+[.)、]|[-*•])\s*\S", re.MULTILINE)


def manner_of(texts: Iterable[str]) -> Manner:
    """Say whether a customer wants dates and figures (`analytic`) or a quick, warm word (`warm`).

    Signs of the first kind are figures and dates (one each), lists and words of reasoning (two each); of the second
    exclamations and words of feeling. Analytic needs three signs, one more for each 500 characters (a long story names figures
    anyway), and more of them than of feeling.

    Args:
        texts: The customer's own messages on this matter; only the first 4,000 characters count.
    """
    words = "\n".join(texts)[:4000]
    signs = len(_FIGURES.findall(words)) + 2 * (len(_REASONING.findall(words)) + len(_LIST.findall(words)))
    return "analytic" if signs >= 3 + len(words) // 500 and signs > len(_EMOTION.findall(words)) else "warm"
