"""Where does a company, or a machine in its name, answer below its customer's words?

Review pages and help desks put "Response from the owner: we are delighted" under a complaint. Three signs tell it: a line that
says who answers, a salutation ("Dear guest", 亲爱的顾客) after somebody else's words, and sentences that only companies write
(`cleaning.templates`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from feedbackloop.understanding.cleaning.house import without_house
from feedbackloop.understanding.cleaning.marked import Marked, Rule, has_words
from feedbackloop.understanding.cleaning.templates import without_templates

_FLAGS = re.IGNORECASE | re.MULTILINE

_WHO = (
    r"(?:owner|business|company|seller|vendor|merchant|host|hotel|restaurant|airline|developer|publisher|brand"
    r"|manager|management|support"
    r"|service|services|relations|care|team|agent|advisor|representative|staff|bot|chatbot|assistant|moderator"
    r"|official|experience|customer)"
)
_ANSWER = (
    r"(?:response|reply|replied|replies|responded|responds|responding|answer|answered|answers|comments?|message from)"
)
_WHO_ZH = (
    r"(?:商家|店家|掌柜的?|卖家|賣家|客服|官方|商户|酒店|宾馆|民宿|店主|老板|开发者|店铺|小店|经理|管家|房东|餐厅|平台"
    r"|品牌方?|厂家|公司|机器人|小助手|助手|小编"
    r"|航空公司|银行|小二|售后|店长)"
)
_ANSWER_ZH = r"(?:回复|回覆|答复|答覆|回应|解释|追评|说明)"
_GLAD = (
    r"(?:thank|thanks|hi\b|hello|dear|sorry|great|glad|happy|lovely|(?:awesome|fantastic|brilliant|wonderful|perfect"
    r"|cheers|yay|hooray)[!,.]|what (?:an? )?\w+|many thanks|we\b|we'|i'm|i am|our\b|apolog|you\b|your\b"
    r"|您|你好|亲|感谢|谢谢|很高兴|非常|抱歉|很开心|收到|尊敬|欢迎|问题)"
)
_LINE = r"^[ \t]*+[-=*\[(【（#|>]*+[ \t]*+"
_HEADER = Rule(
    (
        "respon",
        "repl",
        "answer",
        "comment",
        "message from",
        "回复",
        "回覆",
        "答复",
        "答覆",
        "回应",
        "解释",
        "追评",
        "说明",
    ),
    re.compile(
        _LINE
        + "(?:"
        + rf"(?=[^\n:：.!?]{{0,70}}\b{_WHO}\b)(?=[^\n:：.!?]{{0,70}}\b{_ANSWER}\b)[^\n:：.!?]{{4,80}}(?:[:：]|[\])】]"
        + r"|[ \t=-]*+$)"
        + r"|(?:our|review|business|official|public)(?:'s)? (?:response|reply|answer)\b[^\n:：.!?]{0,40}(?:[:：]|$)"
        + r"|(?:response|reply|answer|comment|message) (?:from|by) [^\n:：!?]{2,60}(?:[:：]|$)"
        + r"|(?:responded|replied|answered)(?: on)? [^\n:：!?]{0,12}\d[^\n:：!?]{0,20}$"
        + rf"|(?:来自)?[^\n:：，。！？]{{0,8}}{_WHO_ZH}[^\n:：，。！？]{{0,12}}"
        + rf"{_ANSWER_ZH}[^\n：，。！？]{{0,24}}(?:[:：\])】）]|$)"
        + r"|(?:response|reply|answer)[ \t]*+[:：][ \t]*+$"
        + rf"|[^\n:：，。！？]{{0,10}}{_ANSWER_ZH}(?:内容)?[ \t]*+[:：](?=[ \t]*+{_GLAD})"
        + ")",
        _FLAGS,
    ),
)
"""A line that says that somebody answers."""
_LABEL = Rule(
    (":", "：", "]", "】"),
    re.compile(_LINE + rf"(?P<who>[^\n:：\]】!?。]{{1,60}})[:：\]】](?=[ \t]*+\n?[ \t]*+{_GLAD})", _FLAGS),
)
"""A name before a colon, and then words as a company finds them."""
_GREETER = re.compile(
    r"^[ \t]*+[A-Z][^\n:：.!?]{1,40}: (?=(?:Hi|Hello|Hey|Dear) [A-Z])"
    r"|^[ \t]*+(?:[A-Z][\w']{0,20} ){0,3}(?:Support|Team|Care|Service|Relations) here\b",
    re.MULTILINE,
)
"""A name before a colon and then a greeting ("Acme: Hi Jane, that's great to hear"), or "Acme Support here!"."""
_LABELLED = re.compile(rf"\b{_WHO}\b|{_WHO_ZH}", re.IGNORECASE)
_INLINE = Rule(
    ("回复", "回覆", "答复", "答覆", "解释", "response from", "reply from"),
    re.compile(
        rf"(?<=[\s.!?。！？~～])[\[【(（]?{_WHO_ZH}(?:人员)?的?{_ANSWER_ZH}(?:[\]】)）][ \t]*+[:：]?|[:：])"
        r"|(?<=[.!?] )(?:response|reply) from (?:the )?(?:owner|company|business|[a-z ]{1,20}(?:team|support))[:：]",
        _FLAGS,
    ),
)
"""The same, where the line ends were lost."""
_SALUTATION = Rule(
    ("dear", "hello", "hi ", "hey ", "亲", "尊敬", "尊贵", "您好", "你好"),
    re.compile(
        r"\n[ \t]*+(?:(?:dear|hello|hi|hey)[ \t]++(?:[A-Z][\w.'’-]{0,20}|valued|guest|customer|sir|madam|friend|there)"
        r"(?:[ \t]+[\w.'’-]{1,20}){0,3}[ \t]*+[,!.:]"
        r"|(?:亲{1,4}|亲爱的|尊敬的|尊贵的)[^\n]{0,14}[,，!！~～:：]|[您你]好[,，!！][ \t]*+(?:感谢|谢谢|很高兴|非常))",
        re.IGNORECASE,
    ),
)
_OF_THE_HOUSE = re.compile(
    r"\b(?:thank|thanks|we|we're|we've|our|your|glad|happy|delighted|pleased|thrilled|apolog\w*|sorry)\b|[您亲]|感谢|谢谢|我们",
    re.IGNORECASE,
)
_OF_A_CUSTOMER = re.compile(
    r"\b(?:my|me|i have|i've|i am writing|i bought|i ordered|i want|i would like)\b|我[^们]", re.IGNORECASE
)
_VOICE = 160
"""Characters after a salutation in which its writer shows on which side he is."""


def without_company(marked: Marked) -> Marked:
    """Leave what stands above a company's answer, if anything does; then take out the sentences that only companies write."""
    low = marked.text.lower()
    if "\n" in low.strip():
        marked = without_house(_above(marked, _headers(marked.text, low)))
        marked = _above(marked, _salutations(marked.text, marked.text.lower()))
        low = marked.text.lower()
    marked = _above(marked, (match.start() for match in [_INLINE.search(marked.text, low)] if match))
    return without_templates(marked)


def _above(marked: Marked, places: Iterable[int]) -> Marked:
    """Leave what stands above the first of these places that has something above it."""
    place = next((place for place in places if has_words(marked.text[:place])), None)
    return marked if place is None else marked.keep([(0, place)])


def _headers(text: str, low: str) -> Iterator[int]:
    if _HEADER.may_stand_in(low):
        yield from (match.start() for match in _HEADER.pattern.finditer(text))
    if _LABEL.may_stand_in(low):
        yield from (match.start() for match in _LABEL.pattern.finditer(text) if _LABELLED.search(match["who"]))
    yield from (match.start() for match in _GREETER.finditer(text))


def _salutations(text: str, low: str) -> Iterator[int]:
    if _SALUTATION.may_stand_in(low):
        yield from (
            match.start() for match in _SALUTATION.pattern.finditer(text) if _is_of_the_house(text, match.end())
        )


def _is_of_the_house(text: str, at: int) -> bool:
    """Tell whether what follows a salutation is said by the company: a customer's letter may have a title above it."""
    voice = text[at : at + _VOICE]
    return _OF_THE_HOUSE.search(voice) is not None and not _OF_A_CUSTOMER.search(voice)
