"""Which sentences do only companies write? They praise and regret in the customer's stead.

"Thank you for contacting us", "we are delighted that you enjoyed it", 感谢您的支持: pasted by the thousand, and never what a
customer felt.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning.marked import Marked, Rule, Span, has_words

_TO_US = (
    r"(?:contacting|reaching out|choosing|shopping|using our|being (?:a|our|part)|bringing this|letting us know"
    r"|writing (?:to us|in)"
    r"|sharing your|staying with|flying with|(?:all )?your (?:\w+ ){0,2}(?:patience|feedback|order|purchase|business"
    r"|inquiry|enquiry"
    r"|loyalty|interest|reviews?|message|stay|visit|words|comments?|understanding and)|your continued)"
)
_FEEL = r"(?:happy|glad|delighted|thrilled|pleased|sorry|honou?red|proud|grateful|excited|overjoyed)"
_ARE = (
    r"(?:'m|'re|’m|’re|'d| am| are| would)(?: be)? (?:all )?(?:always |so |very |truly |really |deeply |absolutely )*"
)
_REST = r"[^.!?。！？\n]{0,240}[.!?。！？\n~]*"
_ENGLISH = Rule(
    (
        *(
            "thank you for",
            "thanks for",
            "apolog",
            "sorry",
            "we value",
            "appreciate you",
            "important",
            "anything else",
            "we regret",
            "our regret",
        ),
        *(
            "glad",
            "happy",
            "delighted",
            "thrilled",
            "pleased",
            "honour",
            "honor",
            "proud",
            "this is ",
            "priority",
            "value your",
            "much for",
            "we hope",
        ),
    ),
    re.compile(
        r"(?:"
        rf"(?:(?:hi|hello|dear)[^.!?\n,]{{0,30}},[ ]{{0,3}})?(?:many )?(?:thank you|thanks)(?: (?:so|very) much"
        rf"| a lot)? for {_TO_US}"
        r"|we hope to (?:welcome|see|serve|hear from) you"
        r"|(?:we(?:'re| are)? |please accept (?:our|my) |our |my )(?:deeply |sincerely |so |very |truly |really "
        r"|most |sincere(?:st)? )*"
        r"(?:apolog\w+|sorry (?:for|to|about|that|you)|regret (?:any|the|to inform|that you))"
        r"|sorry (?:to hear (?:that|this|about your)|for (?:the|any) inconvenience|about (?:that|the inconvenience))"
        r"|(?:your|customer) (?:call|feedback|satisfaction|opinion|business|happiness)[^.!?\n]{0,20} (?:is"
        r"|are) (?:very |extremely |our )?"
        r"(?:important|joy|priority|greatest|top)"
        r"|we (?:truly |really |greatly |sincerely )?(?:value|appreciate) (?:your|you )|is there anything else"
        r"|if there(?:'s| is) anything else"
        rf"|(?:[^.!?\n]{{0,60}}[, ])?(?:i|we){_ARE}{_FEEL} to (?:help|assist|hear|have you|serve|welcome|inform|see)"
        rf"|(?:[^.!?\n]{{0,60}}[, ])?we{_ARE}{_FEEL} (?:that )?(?:you|by your)\b"
        r"|(?:hello|hi|dear)[^.!?\n]{0,30}[,!] (?:this is|my name is|i am|i'm) \w+ (?:from|at|with) "
        r")" + _REST,
        re.IGNORECASE,
    ),
)
_SPOKEN_TO = ("you", "inconvenience", "apolog", "anything else")
"""Without one of these no English template stands in a text (lower case)."""
_CHINESE = Rule(
    ("谢您", "謝您", "谢亲", "敬请", "给您", "给你", "歉", "欢迎", "为您", "帮您", "我们会", "我们将", "收到您"),
    re.compile(
        r"(?:"
        r"(?:亲{1,4}|親|尊敬的[^,，\n]{0,10}|您好)?[,，~！!]?\s{0,3}(?:非常|十分|再次|衷心)?(?:感谢|感謝|谢谢)(?:您|亲)(?:的|对)?(?:宝贵)?"
        r"(?:来信|反馈|反饋|惠顾|惠顧|支持|光临|光臨|评价|評價|好评|五星|选择|選擇|咨询|諮詢|购买|认可|理解|配合|我们|本店|意见|信任|喜爱|喜欢|光顾)"
        r"|(?:由此)?给(?:您|你)(?:带来|造成)|敬请(?:谅解|见谅|期待)|(?:非常|十分|深表|真的)?(?:抱歉|歉意)[,，]?(?:给|为|让)(?:您|你)"
        r"|欢迎(?:您|下次|再次|常来)|(?:非常|很)(?:高兴|荣幸|开心)(?:能)?(?:为您|帮您|收到您)|我们(?:会|将)(?:继续努力|竭诚|做得更好|再接再厉)"
        r")" + _REST
    ),
)
"""One sentence that companies paste."""
_SENTENCE_START = re.compile(r"[.!?。！？\n~]\s*")


def without_templates(marked: Marked) -> Marked:
    """Take a company's sentences out, if anything else is left."""
    low = marked.text.lower()
    if any(map(low.__contains__, _SPOKEN_TO)) and _ENGLISH.may_stand_in(low):
        marked = _without(marked, _ENGLISH.pattern)
    return _without(marked, _CHINESE.pattern) if _CHINESE.may_stand_in(low) else marked


def _without(marked: Marked, sentence: re.Pattern[str]) -> Marked:
    """Take sentences out; one that begins a paragraph below other words takes the rest along: somebody else writes there."""
    starts = [0, *(match.end() for match in _SENTENCE_START.finditer(marked.text))]
    found: list[Span] = []
    for match in (match for start in starts if (match := sentence.match(marked.text, start))):
        above = marked.text[: match.start()]
        if above.endswith("\n\n") and has_words(above):
            found.append((match.start(), len(marked.text)))
            break
        if not found or match.start() >= found[-1][1]:
            found.append(match.span())
    rest = marked.without(found)
    return rest if has_words(rest.text) else marked
