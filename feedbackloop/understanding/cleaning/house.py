"""Which last lines of a text are said by the company, although no line says who answers?

"Hi Jane - thanks for flagging this, we've passed it on": no wording is sure, but a house betrays itself several times in a few
lines (thanks for feedback, regret, "our team", an offer to be in touch), and a customer by what only customers say (my order, I
waited, your driver, our room). The lines from the first with such a sign to the end go where enough
signs stand and no customer speaks.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning.marked import Marked, has_words

_FLAGS = re.IGNORECASE
_MOST = 900
"""Characters of the longest answer that is looked at."""
_ENOUGH_SIGNS, _ENOUGH_SIGNS_BELOW = 2, 3
"""In a paragraph of its own, and in a line directly below other words."""
_HEADER_WIDTH = 60
_MOST_LINES = 12
_GLAD = (
    r"(?:happy|glad|delighted|thrilled|pleased|honou?red|proud|grateful|stoked|chuffed|excited|overjoyed|wonderful|great|lovely"
    r"|brilliant|fantastic|sorry|sad|disappointed|saddened)"
)
_ENGLISH = tuple(
    re.compile(sign, _FLAGS)
    for sign in (
        r"\b(?:thank you|thanks)[^.!?\n]{0,30} for (?:your|being|taking|bringing|flagging|the|this|that|sharing"
        r"|letting|leaving|coming"
        r"|visiting|choosing|getting in|reaching|contacting|bearing|stopping|joining|staying|dining|such|raising"
        r"|highlighting)\b",
        r"\bwe(?:'re|'ve|'ll|'d| are| have| will| would| do| were| always| really| truly| love| appreciate| strive"
        r"| hope| understand"
        r"| apologi[sz]e| take| value| aim| look| can| regret| wish)\b",
        r"\bour (?:\w+ )?(?:team|guests?|customers?|clients?|chefs?|staff|colleagues?|managers?|warehouse|support"
        r"|developers?|customer|crew"
        r"|apolog\w+|goal|aim|priority|mission|standards?|policy|records|service|attention|end)\b",
        r"\bapolog\w+|\bsorry (?:to (?:hear|read|learn)|about|for (?:any|the|this|your)|that you|you)\b|\binconvenience",
        r"\byour (?:\w+ ){0,2}(?:reviews?|feedback|comments?|experience|concerns?|stay|satisfaction|patience|visit"
        r"|words|rating|message"
        r"|support|details|business|loyalty|understanding|suggestions?|enquiry|inquiry|interest)\b",
        r"\b(?:dm|pm|drop|send|email|e-mail|call|contact|message|reach out to|get in touch with) (?:us|me|our)\b|\bfeel free\b"
        r"|\bget in touch\b|\bbe in touch\b|\bhere to help\b|\banything else\b|\bjust shout\b|\breach out\b"
        r"|\b[a-z]+@[a-z]+\.[a-z]",
        r"\b"
        + _GLAD
        + r" (?:to (?:hear|help|read|see|assist|have|know|welcome|host|serve)|that (?:you|we|it|did)|you\b|by your"
        r"|it (?:worked|helped))",
        r"\b(?:look(?:ing)? forward to|hope to|can't wait to|see|welcome) (?:seeing |welcoming |serving |hosting "
        r"|welcome |see |host "
        r"|serve )?you\b|\bcome (?:back|again) soon\b",
        r"\b(?:passed|shared) (?:\w+ ){0,4}(?:on to|with|along)\b|\blooking into\b|\bassure\b|\bstrive|\bgoodwill\b"
        r"|\bon board\b"
        r"|\bparamount\b|\bvalued\b|\bmake (?:things|this|it) right\b|\b(?:let|told) the team\b|\b(?:this"
        r"|that) is (?:certainly )?not the",
        r"(?<![\w.])@[a-z]\w+|\^[A-Z]{1,3}\b|\b(?:i am|i'm|this is|my name is) \w+ (?:from|at|with)\b"
        r"|\bi (?:understand|see) your\b"
        r"|\bi(?:'ll| will| would|'d)? (?:\w+ )?be (?:\w+ ){0,2}(?:glad|happy) to\b",
    )
)
_CUSTOMER = re.compile(
    r"\bmy (?!team\b|colleague|name is|apolog|manager|sincere)|\bi (?:bought|ordered|want\w*|was|had|waited|paid"
    r"|need\w*|asked|called"
    r"|received|got|went|don't|didn't|never|can't|cannot|still|have (?:been|not|never|had|a)|am (?:very|so|not|still"
    r"|writing|extremely))\b"
    r"|\b(?:refund|charged|told|sent|gave|owe|helped) me\b|\bwe (?:stayed|ate|ordered|went|bought|had|waited|paid"
    r"|loved|visited|came|asked"
    r"|arrived|booked|found|got|will (?:definitely |certainly )?(?:be back|return|never|not)|won't|called|left|enjoyed)\b"
    r"|\bour (?:room|stay|family|waiter|waitress|order|son|daughter|kids|children|table|server|flight|food|money|party"
    r"|meal|holiday|trip|bill)"
    r"\b|\byour (?:staff|company|store|driver|product|app|service|food|hotel|website|restaurant|people|employees?"
    r"|courier|prices?|policy)\b"
    r"|\byou (?:guys|people)\b|\brecommend|\bcome back(?! soon)|\byour hospitality\b|\bfor having us\b"
    r"|\bthe (?:staff|food|rooms?|place|service|hotel) (?:is|was|are|were)\b",
    _FLAGS,
)
_CHINESE = tuple(
    map(
        re.compile,
        (
            "感谢[您亲]|谢谢[您亲]|感谢(?:光临|惠顾|支持)|谢谢(?:支持|惠顾)",
            "抱歉|歉意|不便|久等|见谅|谅解",
            "为[您亲]|帮[您亲]|给[您亲]",
            "我们(?:会|将|已|一定|正在|非常|很|的?工作)|这边|小店|本店|小编",
            "祝[您亲]|欢迎|光临|期待(?:您|与您|再次)",
            "[您亲]的(?:问题|反馈|意见|建议|支持|理解|满意|好评|评价|来信|认可|信任|喜欢|厚爱|耐心|配合)",
            "^亲+[,，~～!！您爱]|尊敬的|亲爱的|我是\\w{0,8}(?:客服|经理|店长)",
            "(?:改进|努力|竭诚|服务|登记|核实|处理好)",
        ),
    )
)
_CHINESE_CUSTOMER = re.compile(
    r"我(?!们|是\w{0,8}(?:客服|经理|店长))|你们|贵(?:公司|店|司|方)|服务员|我们.{0,4}满意|退款给|投诉|希望(?!能?为"
    r"|再次|您)|请(?:尽快|帮|处理|给)"
)
_ADDRESSED = re.compile("[您亲]|感谢|谢谢|欢迎")
_HAN = re.compile("[\u3400-\u9fff]")
_SALUTATION = re.compile(
    r"(?:(?:hi|hello|hey|dear|good \w+)\b|[您你]好|亲|尊敬的)[^.!?\n，]{0,40}[,!.:，！：]?", _FLAGS
)
_BREAK = re.compile(r"\n[ \t]*+(?=\S)")


def without_house(marked: Marked) -> Marked:
    """Leave what stands above the first line from which on a house speaks to the end."""
    text = marked.text
    for match in list(_BREAK.finditer(text, max(0, len(text) - _MOST)))[-_MOST_LINES:]:
        is_apart = text[match.start() - 1 : match.start()] == "\n"
        enough = _ENOUGH_SIGNS if is_apart else _ENOUGH_SIGNS_BELOW
        if has_words(text[: match.start()]) and is_said_by_house(text[match.end() :], enough):
            return marked.keep([(0, _above_header(text, match.start()))])
    return marked


def is_said_by_house(words: str, enough: int = _ENOUGH_SIGNS) -> bool:
    """Tell whether these lines, the first of them too, are a company's: so many signs of a house, and none of a customer."""
    words = words.replace("’", "'")
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    first = next((line for line in lines if not (_SALUTATION.fullmatch(line) or _names_somebody(line))), lines[0])
    is_chinese = _HAN.search(first) is not None
    signs, customer = (_CHINESE, _CHINESE_CUSTOMER) if is_chinese else (_ENGLISH, _CUSTOMER)
    if not any(sign.search(first) for sign in signs) or customer.search(words):
        return False
    if is_chinese and not _ADDRESSED.search(words):
        return False
    return sum(sign.search(words) is not None for sign in signs) >= enough


def _above_header(text: str, end: int) -> int:
    """Give where the lines begin that stand directly above an answer and name who gives it, and when."""
    place = text.rfind("\n\n", 0, end)
    lines = text[place:end].split("\n")[2:] if place > 0 else []
    is_header = 0 < len(lines) < 4 and all(map(_names_somebody, lines))
    return place if is_header else end


def _names_somebody(line: str) -> bool:
    words = line.split()
    is_short = 0 < len(line) < _HEADER_WIDTH and not line.rstrip().endswith((".", "!", "?"))
    return is_short and 2 * sum(not word[0].islower() for word in words) >= len(words)
