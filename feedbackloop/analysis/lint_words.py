"""Which words are the house's own, and what would a customer say instead?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from msgspec import Struct

from feedbackloop.analysis.wording_figures import Language

HOUSE_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "ASAP": "a time that you can keep",
        "as per": "as",
        "backend": "our systems",
        "back-end": "our systems",
        "CSAT": "your rating",
        "customer journey": "your experience with us",
        "deliverable": "what you get",
        "detractor": "customer",
        "end user": "you",
        "ETA": "when it arrives",
        "escalate": "pass on to somebody who can decide",
        "escalated": "passed on to somebody who can decide",
        "facilitate": "help",
        "FYI": "so that you know",
        "going forward": "from now on",
        "in due course": "a date",
        "KPI": "what we measure",
        "leverage": "use",
        "NPS": "your rating",
        "per our policy": "the rule, in plain words, and why it exists",
        "pain point": "what went wrong",
        "remediate": "put right",
        "requester": "you",
        "RMA": "return number",
        "root cause analysis": "finding out why",
        "service level": "what we promise",
        "SKU": "item",
        "SLA": "what we promise",
        "stakeholder": "the people concerned",
        "synergy": "working together",
        "tier 2": "a specialist",
        "touchpoint": "the moment concerned, such as delivery",
        "triage": "sort",
        "utilise": "use",
        "utilize": "use",
        "workaround": "what you can do until then",
    },
    "zh": {
        "SLA": "我们承诺的时间",
        "NPS": "您的评分",
        "KPI": "我们衡量的结果",
        "工单": "您的问题",
        "闭环": "处理完并告诉您结果",
        "赋能": "帮助",
        "触点": "具体的环节，比如配送",
        "痛点": "让您不满意的地方",
        "抓手": "办法",
        "链路": "过程",
        "颗粒度": "细节",
        "对齐": "沟通一致",
        "拉通": "一起处理",
        "落地": "做到",
        "沉淀": "总结",
        "客诉": "您的投诉",
        "时效": "时间",
        "履约": "按约定做到",
        "逆向物流": "退货",
        "二线": "专门的同事",
        "升级处理": "请有权决定的同事来处理",
        "核销": "使用",
        "底层逻辑": "原因",
        "流转": "转交",
        "用户侧": "您这边",
        "后台": "我们的系统",
        "按流程": "说明具体要做什么",
    },
}
"""House word -> what a customer would say; the config's glossary comes on top and wins."""

_LATIN = re.compile(r"[A-Za-z0-9]")


class Jargon(Struct, frozen=True):
    """One house word in a text, as it stands there, and what to say instead."""

    word: str
    instead: str


def jargon(text: str, language: Language, glossary: Mapping[str, str]) -> list[Jargon]:
    """Find the house words of a text, in the order of their first place, each once.

    Latin words count whole and in any case; Chinese words count wherever they stand. Longer words win over shorter ones inside.

    Args:
        text: Our own words; quotations are to be taken out before.
        language: Whose built-in list applies.
        glossary: The config's house words -> customers' words.
    """
    known = {word.casefold(): instead for word, instead in {**HOUSE_WORDS[language], **glossary}.items() if word}
    return list(_first_each(text, _pattern(tuple(sorted(known, key=lambda w: (-len(w), w)))), known))


def _first_each(text: str, pattern: re.Pattern[str], known: Mapping[str, str]) -> Iterator[Jargon]:
    seen: set[str] = set()
    for match in pattern.finditer(text):
        word = match[0].casefold()
        if word in known and word not in seen:
            seen.add(word)
            yield Jargon(match[0], known[word])


@lru_cache(maxsize=8)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(map(_whole, words)) or r"(?!)", re.IGNORECASE)


def _whole(word: str) -> str:
    before = r"(?<![A-Za-z0-9])" if _LATIN.match(word[0]) else ""
    after = r"(?![A-Za-z0-9])" if _LATIN.match(word[-1]) else ""
    return before + re.escape(word) + after
