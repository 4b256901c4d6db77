"""Which words at the tail of a text are thanks, wishes, a signature or a reference number?

"Many thanks and best wishes" stand below complaints as often as below praise. They go piece by piece, each judged by
`cleaning.phrases`, with the names and addresses that stand below them, while enough else is left: "Thank you!" alone is feedback.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from feedbackloop.understanding.cleaning.likely import likely_closing_start, likely_signature_start
from feedbackloop.understanding.cleaning.marked import Glance, Marked
from feedbackloop.understanding.cleaning.phrases import LONGEST, REFERENCE_START, is_courtesy, is_reference
from feedbackloop.understanding.cleaning.sign_off import signature_start
from feedbackloop.understanding.language import is_common_english

_SENTENCE_ENDS = ".!?。！？\n~～;；"
_COMMAS = ",，、—–(（【["
_TAIL_MARKS = " \t\r\n,，.。!！~～、:：;；—–-)）]】\"”'’🙏😊🙂☺️♥❤️👍"
_THANKS = re.compile(
    r"\b(?<!no )(?<!not )(?:many thanks|thanks|thank (?:you|u)|thx|tks|tia|cheers|(?:kind|best|warm) (?:regards"
    r"|wishes)|regards"
    r"|sincerely)\b|(?:非常|十分|太|真是|真的|很|特别|万分|还有|也){0,4}(?:谢谢|感谢|多谢)"
    r"|(?<![很太真])麻烦(?=[您你尽帮请])|祝[您你]",
    re.IGNORECASE,
)
"""Where thanks may begin although no mark stands before them."""
_CAPITAL = re.compile(r"(?<=[^\s,.!?:;] )(?=[A-Z][a-z]* [a-z])")
_LATIN_SIGNS = (
    *(
        "thank",
        "thanx",
        "thx",
        "tks",
        "regards",
        "rgds",
        "hope",
        "hoping",
        "wish",
        "cheer",
        "ppreciat",
        "forward",
        "from you",
        "bless",
    ),
    *(
        "sincer",
        "faithful",
        "take care",
        "have a ",
        "enjoy",
        "bye",
        "gratitude",
        "obliged",
        "kisses",
        "stay ",
        "farewell",
    ),
    *(
        "cordial",
        "respectful",
        "back to me",
        "please",
        "v/r",
        "love",
        "talk soon",
        "ta ",
        "god",
        "kindly",
        "yourself",
        "may ",
        "allah",
        "trust",
        "wait",
        "grateful",
        "much love",
    ),
)
_CHINESE_SIGNS = (
    *(
        "谢",
        "謝",
        "感激",
        "感恩",
        "感谢",
        "祝",
        "拜",
        "辛苦",
        "麻烦",
        "劳",
        "盼",
        "望",
        "期待",
        "候",
        "敬",
        "颂",
        "祺",
        "请",
        "求",
        "再见",
        "以上",
    ),
    *("诚", "在线等", "这些", "愉快", "顺利", "愿", "谨", "安", "扰", "此致", "为感", "thank", "thx", "bye"),
)
_LATIN_SIGN, _CHINESE_SIGN = Glance(_LATIN_SIGNS), Glance(_CHINESE_SIGNS)
_HAN = re.compile("[\u3400-\u9fff]")
_SIGN_WORDS = frozenset(
    [
        "ty",
        "br",
        "tia",
        "ta",
        "x",
        "xo",
        "xoxo",
        "xx",
        "xxx",
        "love",
        "best",
        "warmly",
        "kindly",
        "hugs",
        "peace",
        "yours",
    ]
)
"""In lower case: a last sentence without any of these is no courtesy."""
_CONTACT = re.compile(
    r"@|www\.|https?:|\||\b(?:tel|phone|fax|mobile|cell)\b|\d{5,}|公司|集团|联系人|联系方式|旅行社|银行|科技$"
    r"|[厂店铺]$|酒店$|工作室$|事务所$|部$|中心|电话|手机|邮箱|微信|经理"
    r"|顾问|客服部|^\d{4}[-./年]",
    re.IGNORECASE,
)
_CHINESE_NAME = re.compile(
    r"(?:[您你]们?的)?(?:一[位个名])?(?:忠实|普通|老)?(?:用户|顾客|客户|消费者|会员)(?:[:： ]?\w{1,4})?|于\w{2,4}"
    r"|[—-]{0,4}(?:老?顾客|老?用户|客户)?[:： ]?(?:小|老|阿)?"
    r"[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤]"
    r"[\u4e00-\u9fff]{0,2} ?(?:先生|女士|小姐|太太|老师|[敬谨]?上)?|[阿小安][\u4e00-\u9fff]|[—-]{0,4} ?(?:一[位个名]"
    r"|来自)[^，。！？\n]{0,8}(?:用户|顾客|客户|消费者|会员|买家)|[\u4e00-\u9fff][姐哥总]"
)
_NAME = re.compile(r"[A-Z][\w.'’-]{0,20}(?: [A-Z][\w.'’-]{0,20}){0,3}|" + _CHINESE_NAME.pattern)
_NAME_MARKS = ",.!，。！~～ "
_NAME_WIDTH = 60
_ADDRESS_WIDTH = 100
_SIGNATURE_LINES = 8
_LEFT_MARKS = " \t\r\n,，、–—(（【[-"
_FACE = re.compile(r"[:;=]['-]?\($")
_LEFT_WORDS = (" and", " but", " so", " also")
"""What stood between the last own words and a closing."""
_LOWER_NAME = re.compile(r"[a-z]{2,15}(?: [a-z]{1,15})?")
_SMALL_WORDS = frozenset(["of", "and", "the", "at", "in", "for", "de", "von", "van", "&", "-", "der", "la"])
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+|[\u3400-\u9fff]")
_LETTERS = re.compile(r"[^\W_\u3400-\u9fff]+")
_ADDRESSED = re.compile(r"[@#]\w+|https?://\S+")
_ENOUGH_WORDS = 2
_SHORT = 200
"""Where fewer words would be left, the thanks are the message."""
_ROUNDS = 14
_GLANCE = 24
"""Characters before the end in which a reference number stands."""


def without_closings(marked: Marked) -> Marked:
    """Take closings with what stands below them from the tail, as many as leave enough."""
    text = marked.text
    end = closings_start(text)
    if end == len(text):
        return marked
    own = _without_marks(text[:end])
    word = next((word for word in _LEFT_WORDS if own[-len(word) :].lower() == word), "")
    return marked.keep([(0, len(_without_marks(own[: len(own) - len(word)])))])


def closings_start(text: str) -> int:
    """Give where the closings begin that can go, or the text's end."""
    return min((place for place in _cuts(text) if place >= _SHORT or _says_enough(text[:place])), default=len(text))


def _without_marks(own: str) -> str:
    """Take the marks away that stood before a closing; a face stays whole."""
    bare = own.rstrip(_LEFT_MARKS)
    return own.rstrip() if _FACE.search(own) else bare


def _says_enough(words: str) -> bool:
    return len(_WORD.findall(_ADDRESSED.sub(" ", words))) >= _ENOUGH_WORDS


def _cuts(text: str) -> Iterator[int]:
    """Walk back over pieces: each courtesy may be cut; names and addresses with it if a courtesy stands above them."""
    cut = at = min(len(text), signature_start(text))
    yield cut
    for _ in range(_ROUNDS):
        begin = next(_closings(text, at, is_thanked=cut < len(text)), None)
        begin = _before_name(text, begin) if begin is not None else _likely_start(text, at)
        if begin is not None:
            cut = at = begin
            yield cut
            continue
        begin = _name_start(text, at)
        if begin is None:
            break
        at = begin
    yield _block_start(text)


def _likely_start(text: str, at: int) -> int | None:
    """Give where lines or a sentence begin that reach to this place and most likely are a signature or a courtesy."""
    begin = likely_signature_start(text, at)
    if begin == at:
        begin = likely_closing_start(text, at)
    return begin if begin < at else None


def _before_name(text: str, at: int) -> int:
    """Give where the line begins, if nothing but a Chinese name stands before the courtesy that ends it (用户 小吴 敬上)."""
    line = text.rfind("\n", 0, at) + 1
    return line if line and _CHINESE_NAME.fullmatch(text[line:at].strip()) else at


def _name_start(text: str, end: int) -> int | None:
    """Give where the last line begins, if it is a name or an address, or a name that follows the last mark."""
    tail = text[:end].rstrip()
    line = tail.rfind("\n") + 1
    if line and len(tail) - line < _ADDRESS_WIDTH and is_address(tail[line:].strip()):
        return line
    place = max(map(tail[-_NAME_WIDTH:].rfind, _NAME_MARKS))
    begin = max(0, len(tail) - _NAME_WIDTH) + place + 1
    return begin if place >= 0 and begin > line and _NAME.fullmatch(tail[begin:].strip()) else None


def _block_start(text: str) -> int:
    """Give where a last paragraph of two lines or more begins that holds nothing but a name and how to reach it."""
    place = text.rfind("\n\n")
    lines = text[place:].split("\n")[2:] if 0 < place < len(text) - 2 else []
    lines = [line.strip() for line in lines]
    is_block = 1 < len(lines) <= _SIGNATURE_LINES and all(map(is_address, lines)) and any(map(_CONTACT.search, lines))
    return place if is_block else len(text)


def _closings(text: str, end: int, *, is_thanked: bool) -> Iterator[int]:
    """Places where a courtesy begins that reaches to the end, the longest first."""
    window = max(0, end - LONGEST)
    tail = text[window:end].rstrip(_TAIL_MARKS)
    if not tail:
        return
    sentence = max(map(tail.rfind, _SENTENCE_ENDS)) + 1
    if not _shows_sign(tail[sentence:].lower()):
        return
    begins = [sentence] if sentence or not window else []
    begins += [place + 1 for place in map(tail.rfind, _COMMAS) if place >= sentence]
    space = tail.rfind(" ") + 1
    begins += [space] if space > sentence and tail[space] > "\u3400" else []
    begins += [match.start() for pattern in (_THANKS, _CAPITAL) for match in pattern.finditer(tail, sentence)]
    if tail[-1:].isalnum() and any(map(str.isdigit, tail[-_GLANCE:])):
        begins += [match.start() for match in REFERENCE_START.finditer(tail, max(0, len(tail) - _NAME_WIDTH))]
    for begin in sorted(set(begins)):
        piece = tail[begin:]
        if is_courtesy(piece, is_before_thanks=is_thanked) or is_reference(piece):
            yield window + begin


def _shows_sign(low: str) -> bool:
    """Say at a glance whether a last sentence may hold a courtesy, or end in a reference number."""
    return (
        (_CHINESE_SIGN if _HAN.search(low) else _LATIN_SIGN).is_in(low)
        or any(map(str.isdigit, low[-_GLANCE:]))
        or not _SIGN_WORDS.isdisjoint(_LETTERS.findall(low[-_GLANCE:]))
    )


def is_address(line: str) -> bool:
    """Names, titles, companies and numbers: short, without a sentence's end, most words with a capital letter."""
    if len(line) > 80 or (
        line.endswith((".", "!", "?", "。", "！", "？")) and not line.endswith(("Inc.", "Ltd.", "Co."))
    ):
        return False
    if not line or _CONTACT.search(line) or _CHINESE_NAME.fullmatch(line):
        return True
    if _LOWER_NAME.fullmatch(line):
        return not any(map(is_common_english, line.split()))
    words = [word for word in re.split(r"[\s,/]+", line) if word.strip("xX") and word not in _SMALL_WORDS]
    return 0 < len(words) <= 7 and 2 * sum(not word[0].islower() and word[0].isascii() for word in words) > len(words)
