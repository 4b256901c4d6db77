"""Is a piece of text a courtesy or a reference number: a greeting, thanks, a wish, a plea for an answer, an order number?

Lists of phrases never end, so a piece is judged by its words: a phrase of courtesy must stand in it, and all its other words must
be such as courtesies are made of (`words/courtesy_en.txt`, `courtesy_zh.txt`) or names. "Thanks for nothing" and "thank you for
the broken cup" have a word too many, and stay.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from feedbackloop.understanding.language import is_common_english
from feedbackloop.understanding.lexicon.lists import entries
from feedbackloop.understanding.lexicon.word_map import WordMap

LONGEST = 240
"""Characters of the longest courtesy; what is longer tells something."""

_LATIN = re.compile(r"[^\W\d_\u3400-\u9fff]+(?:['’-][^\W\d_\u3400-\u9fff]+)*")
_STRETCHED = re.compile(r"([A-Za-wyz])\1\1+")
_HAN = re.compile("[\u3400-\u9fff]+")
_MOST_NAMES = 4
_LONGEST_WORD = 5
"""Characters of the longest word in `courtesy_zh.txt`."""

_TIME = (
    r"(?:day|one|morning|afternoon|evening|night|week|weekend|time|holidays?|christmas|year|season|summer|rest|trip|life"
    r"|\w+day)"
)
_ENGLISH = re.compile(
    r"\b(?:hi+|hello+|hey+|hiya|heya|howdy|dear|greetings|yo|to whom it may|quick (?:one|question|note)|lots of love"
    r"|(?:love|hugs) from|yours in \w+|talk (?:to you )?soon|v/r"
    r"|how (?:are|r) (?:you|u|things)|how(?:'s| is| are) (?:it going|everything|life|all)|hope|hoping|nice to (?:hear"
    r"|meet|see)"
    r"|trust (?:you|this|that|all|everyone)|my name is|(?:happy|merry) (?:new year|holidays?|christmas|easter|\w+day)"
    r"|thank|thanks|thanking|thankyou|thanx|thx|tks|ty|tyvm|tia|cheers|ta|grateful(?:ly)?|gratitude|appreciate[ds]?"
    r"|obliged|await(?:ing)?"
    r"|wish(?:es|ing)?|regards?|rgds|brgds|br|sincerely|faithfully|respectfully|cordially|bless(?:ings)?|hugs|kisses"
    r"|(?:xo)+"
    r"|x{2,4}|goodbye|bye|farewell|take care|(?:have|enjoy) (?:yoursel\w{1,3} )?(?:a|an|the|your) (?:\w+ ){0,4}"
    + _TIME
    + r"|stay (?:safe|well|healthy|blessed)|look(?:ing)? forward|all the best|my best"
    r"|hear(?:ing)? (?:back )?from you)\b"
    r"|^\W*to the (?:\w+ ){0,2}(?:manager|team|support|department|owner|staff)\b"
    r"|^\W*(?:morning|afternoon|evening|g'day|salaam|assalam\w*|namaste|hola|bonjour|aloha|ciao|shalom)[ ,]+(?:all"
    r"|every\w+|team|folks|guys"
    r"|y'all|ladies|gents|sir|madam|dear|friends?|there|mates?)\b"
    r"|^\W*(?:a very |and )?good (?:morning|afternoon|evening|day|night)\b"
)
_PLEA = re.compile(
    r"\b(?:kindly|please (?:\w+ )?(?:help|assist|advise|reply|respond|answer|let me know|get back|look into|do the needful"
    r"|revert|contact me|be in touch|get in touch|call me)|(?:get|getting"
    r"|come) back to me)\b"
    r"|恳[请求]|敬请|^求|^望|希望|[还烦]请|^请|等[待候]"
)
_SIGN_OFF = re.compile(r"(?:[Ll]ove|[Bb]est|[Pp]eace|[Ww]armly|[Kk]indly|[Yy]ours(?: truly)?)\W*(?:\b[A-Z]|$)")
_SALUTED = re.compile(r"(?:hi|hello|hey|dear)\b(?:[ \t]+[\w.'’-]{1,20}){1,3}", re.IGNORECASE)
_STRONG = re.compile(
    r"\b(?:thank|thanks|thanking|thanx|thx|regards|wishes|appreciate[ds]?|grateful|hello|dear|look(?:ing)? forward"
    r"|hear from you"
    r"|hope (?:you|this|all|everyone)|good (?:morning|afternoon|evening)|have an? (?:\w+ ){0,2}(?:day|week|weekend"
    r"|evening|one))\b"
)
"""Phrases that make a courtesy even of a piece with a word or two of its own."""
_ADVERB = re.compile("[a-z]{2,14}ly")
"""A word that only says how: it makes no thanks a matter of their own, unless it tells of a mood (\"terribly\")."""
_HARM = re.compile(
    r"\b(?:ruin|wast|destroy|br[eo]ak|broke|los[ei]|lost|asham|steal|stole|lying|lies?\b|cheat|scam|robb|ripp|ignor"
    r"|fail|delay|damag|disappoint"
    r"|hurt|insult|kill|crash|spoil|mess(?:ed|ing)|charg|overcharg|bad(?:ly)?\b|poor|wrong|rude|burn|rot\b|fire[ds]?\b"
    r"|sue\b|bankrupt|mock|laugh"
    r"|refus|cancel|forg[eo]t|hang|hung|block|wrap|treated|screw|suck|annoy|confus|cost)"
)
"""What nobody gives honest thanks for: "thank you for ruining my day"."""
_MOST_OWN_WORDS, _OWN_SHARE = 2, 3
_DENYING = frozenset(
    [
        "no",
        "not",
        "nothing",
        "never",
        "none",
        "nobody",
        "nor",
        "without",
        "but",
        "however",
        "although",
        "yet",
        "still",
        "cannot",
        "hardly",
    ]
)
_CHINESE = re.compile(
    r"谢谢|感谢|多谢|事[儿情]?想麻烦|谢[了啦过意]|致谢|感激|感恩|拜[托谢]|劳烦|有劳|劳驾|辛苦|打[扰搅]|叨扰|冒昧"
    r"|不好意思|祝|敬礼|此致|敬上|谨上|谨启|敬启"
    r"|麻烦(?=[您你们亲帮尽请给处看查解回大老卖商]|客服)|(?<![很太真好挺么够])麻烦(?=$|[了啦]$)|顺颂|商[祺安]|尊敬的"
    r"|亲爱的|敬爱的|^亲+$|^[嗨嘿]$|哈[喽啰]"
    r"|高兴认识|^想?(?:咨询|请教|问)一下$|^(?:美女|帅哥)?(?:客服|老板|店家|卖家|小姐姐|小哥哥)$|^致|希望(?:一切"
    r"|[您你]).*[利好快]|忠实(?:用户|顾客|客户|粉丝)|顺致|敬意|即颂"
    r"|台安|^我?想?(?:反映|说|问)一?[个下](?:情况|问题)?$"
    r"|^\w{2,4}[敬谨]上|(?:[您你们午上家位司店]|老师|客服|老板|女士|先生|领导)好|^早安?$|在[吗么]|在不在|请问|有人吗"
    r"|^(?:首先|先|再次|敬|也)?祝.{0,12}[福好发财利乐愉安康吉祥兴旺顺美喜进升甜]|^[您你]们?(?:真诚|诚挚|忠诚|忠实)的$"
    r"|(?:工作|生活|周末|用餐|购物|旅途)(?:愉快|顺利)|财源广进|^在线等$|^就这些$|伙伴们?.{0,2}好|(?:妹妹|哥哥).{0,3}好"
    r"|^愿.{0,8}[福好乐安康祥顺喜]|(?:新年|新春|节日|节|周末|中秋|元旦|国庆)[快愉][乐快]"
    r"|我是.{0,10}(?:客户|顾客|用户)|盼[复望回您你]|[为企]盼|期待(?=[您你贵尽早回答得处解佳])|静候|再见|拜拜|^以上$|愿[您你大]"
)


def may_be_courtesy(words: str) -> bool:
    """Say at a glance whether Chinese words may begin with a courtesy or a reference."""
    first = words[:1]
    return first > "\u2fff" and bool(_CHINESE_REFERENCE.match(words) or _CHINESE.search(words))


def is_courtesy(piece: str, *, is_before_thanks: bool = False) -> bool:
    """Tell whether a piece between two marks or line ends is a courtesy and nothing else.

    "Please help" asks for something and is none, unless thanks stand behind it.
    """
    if len(piece) > LONGEST or any(map(str.isdigit, piece)):
        return False
    piece = _STRETCHED.sub(r"\1", piece)
    runs = _HAN.findall(piece)
    latin = _LATIN.findall(piece)
    if not runs:
        return _is_english_courtesy(piece.strip(), latin, is_before_thanks)
    if latin and not (_is_known(latin) or len(latin) == 1):
        return False
    words = "".join(runs)
    has_phrase = bool(_CHINESE.search(words) or (is_before_thanks and _PLEA.search(words)))
    return has_phrase and all(map(_is_made_of_courtesy, runs))


def _is_english_courtesy(piece: str, words: list[str], is_before_thanks: bool) -> bool:
    if not words:
        return False
    low = piece.lower().replace("’", "'")
    if not (_ENGLISH.search(low) or _SIGN_OFF.match(piece) or (is_before_thanks and _PLEA.search(low))):
        return False
    strangers = [word for word in words if word.lower().replace("’", "'") not in _words("en")]
    if not strangers:
        return True
    if _HARM.search(low):
        return False
    if all(map(_ADVERB.fullmatch, strangers)) and not _telling().find(" . ".join(strangers)):
        return True
    if piece.isupper() or (strangers[0] is words[0] and not words[0].islower()):
        return False
    names = [word for word in strangers if not word[0].islower()]
    others = [word for word in strangers if word[0].islower()]
    return len(names) <= _MOST_NAMES and (not others or _salutes(piece, words[1:]) or _may_say(low, others, len(words)))


def _may_say(low: str, others: list[str], length: int) -> bool:
    """Say whether these words of a customer's own may stand in thanks or a greeting: few, and none that tells anything.

    "Thanks for sorting this out" is a courtesy; "thanks for nothing", "for the broken cup", "for the delivery" are not.
    """
    is_few = len(others) <= _MOST_OWN_WORDS and len(others) * _OWN_SHARE <= length
    if (
        not is_few
        or not _STRONG.search(low)
        or any(word in _DENYING or word.endswith(("n't", "n’t")) for word in others)
    ):
        return False
    return not _telling().find(" . ".join(others))


@cache
def _telling() -> WordMap[str]:
    """Give the words that tell of a dimension, a touchpoint or a mood."""
    lists = ("dimensions", "journey", "expectation_polarity")
    return WordMap([(name, word) for name in lists for _, word in entries(name, "en")], "en")


def _salutes(piece: str, names: list[str]) -> bool:
    """Say whether a greeting is followed by names in small letters: "hi sarah"."""
    return _SALUTED.fullmatch(piece) is not None and not any(is_common_english(name.lower()) for name in names)


def _is_known(words: list[str]) -> bool:
    return _words("en").issuperset([word.lower().replace("’", "'") for word in words])


def _is_made_of_courtesy(run: str) -> bool:
    """Tell whether a run of Chinese falls into words of courtesies, the longest first."""
    at, known = 0, _words("zh")
    while at < len(run):
        for length in range(min(_LONGEST_WORD, len(run) - at), 0, -1):
            if run[at : at + length] in known:
                at += length
                break
        else:
            return False
    return True


@cache
def _words(language: str, section: str | None = None) -> frozenset[str]:
    """Read words of the shipped list: those of one section, or all of which courtesies are made."""
    path = files("feedbackloop.understanding") / "words" / f"courtesy_{language}.txt"
    pairs = [line.split(":", 1) for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    wanted = [words for name, words in pairs if name == section or (section is None and name != "reference")]
    return frozenset(word for words in wanted for word in words.split())


# --- reference numbers ---------------------------------------------------------------------------------------------

_ID = re.compile(r"#?(?<![A-Za-z\d])(?=[A-Za-z/-]{0,8}\d)[A-Za-z\d][A-Za-z\d_/-]*")
_MONEY = re.compile(r"[$€£¥￥%?？]")
_REFERENCE = re.compile(
    r"order|ticket|case|booking|ref|invoice|tracking|account|customer|confirmation|request|purchase|\bpo\b|shipment|parcel"
    r"|member|policy|serial|transaction|reservation|voucher|coupon|delivery|claim|pnr|\bsn\b|docket|incident|contract"
    r"|subscription|record|complaint|acct|rma|card|flight|registration|application|imei|ups|fedex|dhl|usps|#"
)
REFERENCE_START = re.compile(
    r"#(?=\w{0,12}\d)|\b(?:(?:for reference|my|the|our|your)[ ,]+){0,3}"
    r"(?:order|ticket|case|booking|ref|invoice|tracking|account|customer|confirmation|reservation|shipment)\b",
    re.IGNORECASE,
)
"""Where a reference may begin although no mark stands before it."""
_CHINESE_REFERENCE = re.compile(
    r"(?:我|我的|本人|这个|该|此|关于|有关|为|是|的|在|编号|编|订单|訂單|工单|问题单|单子|券|快递|物流|运单|运|单|号"
    r"|號|号码|尾号|尾|会员|会员卡|卡|交易|预订|预定|发票"
    r"|保单|保|票|序列|流水|案例|取件码|手机|账|账号|退货|换货|机身|预约|后四位|客户|查询|售后|退款|码|请查|查)+"
)


_BARE = re.compile(
    r"[\[(]?#[A-Z]{0,4}-?\d[\d-]{2,20}[\])]?|[\[(][A-Z]{0,4}-?\d[\d-]{3,20}[\])]|[A-Z]{2,4}-\d{3,8}(?:-\d{1,8})?"
)
_CHINESE_NOUN = re.compile("[单號号码卡票编券]|快递")


def _is_id(word: str) -> bool:
    return sum(map(str.isdigit, word)) > 2 or len(word) > 4


def is_reference(piece: str) -> bool:
    """Tell whether a piece names an order, a ticket or the like by its number and says nothing else."""
    if not 3 < len(piece) < 90 or not any(map(str.isdigit, piece)) or _MONEY.search(piece):
        return False
    if not any(map(_is_id, _ID.findall(piece))):
        return False
    rest = _ID.sub(" ", piece)
    han = "".join(_HAN.findall(rest))
    words = [word.lower() for word in _LATIN.findall(rest)]
    if not _words("en", "reference").issuperset(words) or (han and not _CHINESE_REFERENCE.fullmatch(han)):
        return False
    if not han and not words:
        return _BARE.fullmatch(piece.strip()) is not None
    if han:
        return _CHINESE_NOUN.search(han) is not None
    return _REFERENCE.search(" ".join(words)) is not None
