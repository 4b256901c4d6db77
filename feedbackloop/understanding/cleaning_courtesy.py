"""Which words are courtesy or a company's set phrase, and say nothing about how their writer feels?

"Hello, I hope you have a wonderful day" and "Many thanks and best wishes" stand around complaints as often as around praise.
Only whole sentences at the head and the tail go, and only while something else is left: "Thank you!" alone is feedback.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning_marked import Marked

_NAMES = r"(?:[ \t]+[A-Z][\w.'’-]{0,20}){0,4}"
_GROUP = (
    r"(?:there|all|team|everyone|everybody|folks|guys|sir|madam|ma'?am|mam|sirs?(?: ?/ ?| or | and )madam|customer (?:service|care|support)|"
    r"support|friends?|again|helpdesk|help desk|service|admin|(?:\w+ )?(?:support|service|care|sales|success|customer|the) (?:team|desk|department))"
)
_GREETING = re.compile(
    r"\s*(?:"
    r"(?i:hi+|hello+|hey+|hiya|howdy|dear|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern|salutations)"
    r"(?:(?:[ \t]+(?i:to|the|dear|you|my))?[ \t]+(?i:"
    + _GROUP
    + r")\b)?"
    + _NAMES
    + r"(?:[ \t]*[,.!:;~\n—–-]+|(?=[ \t]+[iI]\b)|\s*$)"
    r"|(?i:hi|hello|hey|dear)(?:[ \t]+[\w.'’-]{1,20}){1,3}[ \t]*(?:,|\n)"
    r"|(?i:hi|hello|hey)(?:[ \t]+(?i:there|team|all|guys|again))?\b(?=[ \t])"
    r"|(?i:(?:i |we )?(?:do )?(?:hope|trust|pray) (?:that )?(?:this|you|your|all|everyone|everything)\b[^.!?\n]{0,40}?"
    r"\b(?:well|fine|great|good|safe|day|morning|week|weekend|healthy|okay|ok)\b[^.!?\n]{0,30}[.!?\n]+)"
    r"|(?i:how (?:are|r) (?:you|u|things)\b[^.!?\n]{0,25}[?.!\n]+)"
    r"|(?i:happy (?:new year|monday|tuesday|wednesday|thursday|friday|holidays?)\b[^.!?\n]{0,20}[!.\n]+)"
    r"|(?i:(?:thanks|thank you)(?: (?:so|very) much)? for (?:taking the time|your (?:e-?mail|reply|message|response|time|attention)|reading|getting back"
    r"|reaching out|contacting)\b[^.!?\n]{0,60}[.!?\n]+)"
    r"|(?:尊敬|亲爱|敬爱|親愛|尊敬)的[^,，。!！:：\n]{0,14}[,，。!！:：\s]+|(?:各位|大家)[^,，。!！:：\n]{0,6}(?:好|们)[,，。!！:：~～\s]*"
    r"|(?:客服|卖家|店家|老板|掌柜|小哥哥|小姐姐|亲)?(?:您们?|你们?|妳)好(?:呀|啊|哦|吗)?(?![\w])|(?:您们?|你们?)好(?:呀|啊)?[,，。!！:：~～\s]*"
    r"|(?:早上|上午|中午|下午|晚上)好[,，。!！:：~～\s]*|(?:哈喽|嗨|嘿|在吗|在么|请问在吗|有人吗|亲)[,，。!！?？:：~～\s]+"
    r"|(?:打扰|打擾|麻烦|冒昧)(?:您|你|一下|了)*[,，。!！\s]+|希望(?:您|你)[^,，。!！\n]{0,8}(?:好|愉快|顺利)[,，。!！\s]+"
    r"|[,，。!！~～\s]+"
    r")"
)

_FOR = (
    r"(?: (?:you|u|guys|all|team|again|so|very|much|a lot|a bunch|a ton|a million|loads|kindly|in advance|once more|and|have|for "
    r"(?:(?:all )?(?:of )?(?:your|the|any|all) )?(?:\w+ )?(?:time|help|assistance|attention|understanding|consideration|support|cooperation|patience|"
    r"efforts?|work|service|reply|response|reading|answer|guidance|feedback|helping(?: me| us)?|looking into (?:this|it))"
    r"(?: (?:in|with|on|to|regarding) (?:this|the|my|advance)(?: \w+)?)?))*"
)
_CLOSING = re.compile(
    r"[\s,.!~-]*(?:"
    r"(?i:(?:(?:and|so|but|anyways?|ok|okay|again|once again|well)[, ]+)?(?:i (?:would like to |want to )?)?(?:many |very many |a million |big |huge |warm |kind )?"
    r"(?:thanks|thank you|thank u|thankyou|thanx|thx|tks|ty|tyvm|tia|cheers|much obliged|(?:much|greatly|very much|really) appreciated|appreciate it)"
    + _FOR
    + r")"
    r"(?:[ \t]*[,!.-]*[ \t]*(?i:and )?(?i:(?:kind |best |warm )*(?:regards|wishes)|have a (?:\w+ ){0,3}(?:day|one|evening|week|weekend)|xx?|bye|cheers))?"
    r"(?:[,!. \t-]*" + _NAMES + r")?"
    r"|(?i:(?:i |we )?(?:hope|wish)?(?: that)? ?(?:you )?(?:all )?(?:to )?(?:have|enjoy) (?:yourselves )?(?:a|an|the rest of your|your) (?:\w+[ ,]+){0,3}"
    r"(?:day|week|weekend|evening|afternoon|one|time|night|holidays?|year|christmas|morning|rest)(?: ahead| everyone| all| too| guys| and [\w ]{1,30})*)"
    r"|(?i:wish(?:ing)? you (?:all )?[^.!?\n]{2,60}|(?:i |we )?(?:am |are )?(?:really )?look(?:ing)? forward to (?:hearing|your|a |receiving|speaking|the)[^.!?\n]{0,70}"
    r"|hope to hear (?:back )?from you[^.!?\n]{0,30}|(?:any|your|all|some) (?:\w+ )?(?:help|assistance|advice|support|reply|response|feedback|info\w*)[^.!?\n]{0,30}(?:appreciated|welcome|great)"
    r"|(?:i |we )?(?:would |will |do )?(?:really |greatly |very much )?appreciate (?:your|any|all)(?: \w+){1,4}"
    r"|take care(?: of yourself| everyone)?|stay (?:safe|well|healthy)(?: and [\w ]{1,20})?|god bless(?: you| you all)?|bye(?: bye| for now)?|goodbye|until next time)"
    r"|(?i:with )?(?i:(?:my |our |the )?(?:kind(?:est)?|best|warm(?:est)?|many|sincere|friendly|all the|lots of|much)[ ])?(?i:regards|wishes|greetings|rgds|brgds|best|love)"
    r"(?:[ \t]*[,!.-]*" + _NAMES + r")?"
    r"|(?i:yours )?(?i:sincerely|faithfully|truly|respectfully|cordially|warmly)(?i: yours)?(?:[ \t]*,?"
    + _NAMES
    + r")?"
    r"|(?i:(?:my |the |our )?(?:order|ticket|case|booking|reference|invoice|tracking|account|customer|confirmation|ref)[ ]?(?:number|no|id|ref|code|#)?[ ]?(?:is|was|:|#|=)*[ ]*"
    r"#?(?=[\w/-]*\d)[\w/-]{3,40})"
    r"|#\d{3,20}"
    r"|(?:再次)?(?:非常|十分|万分|萬分|多谢|先|提前|在此|衷心|真心|谢谢)*(?:谢谢|謝謝|感谢|感謝|多谢|多謝|谢了|辛苦|麻烦|麻煩|拜托|3q|感激)"
    r"(?:了|您|你|大家|们|啦|哦|呀|客服|亲|一下|老板|的?(?:帮助|支持|理解|配合|回复|耐心|时间|阅读|关注)|不尽|啊|！|!)*"
    r"|祝(?:您|你|大家|贵[公店]司?|店家|老板|商家|生意)?们?[^,，。!！\n]{0,16}(?:愉快|顺利|順利|快乐|快樂|安康|兴隆|興隆|好|健康|平安|如意|大卖|吉祥|幸福|安)"
    r"|此致|敬礼|敬禮|顺颂商祺|順頌商祺|(?:期待|盼望?|等待|静候|望)(?:您|你们?|贵[司方]|尽快|尽早|早日|得到)*的?(?:回复|回覆|答复|回信|佳音|处理结果)"
    r"|(?:我的)?(?:订单|訂單|工单|快递单|运单|单)(?:号|號|编号|号码)?(?:是|为|：|:|#)?\s*[A-Za-z#]{0,6}\d[\w-]{3,40}|再见|再見|拜拜|以上"
    r"|(?:xo)+|x{2,5}"
    r")[\s,，.。!！~～:)）)🙏😊🙂☺️-]*"
)
_SENTENCE_END = re.compile(r"[.!?。！？\n~～;；]+[\s)）\"”’🙏😊🙂☺️]*")
_COMMA = re.compile(r"[,，、-]\s*|\s{2,}|(?<=[\u4e00-\u9fff])\s+")

_TEMPLATE_HINTS = ("thank you for", "thanks for", "apolog", "sorry", "value your", "important to us", "anything else", "happy to help", "感谢您", "感謝您", "敬请", "给您", "您的满意", "欢迎您", "歉意", "抱歉")  # fmt: skip
_TEMPLATE = re.compile(
    r"(?:^|(?<=[.!?。！？\n~]))\s*(?:"
    r"(?i:(?:hi|hello|dear)[^.!?\n,]{0,30},[ ]*)?(?i:(?:thank you|thanks)(?: (?:so|very) much)? for (?:contacting|reaching out|choosing|shopping|using our|being (?:a|our)|bringing this|"
    r"letting us know|your (?:patience|feedback|order|purchase|business|inquiry|enquiry|continued|loyalty|interest|review|understanding and)|writing (?:to us|in)|sharing your)"
    r"|(?:we(?:'re| are)? |please accept (?:our|my) |our |my )(?:deeply |sincerely |so |very |truly |really |most |sincere(?:st)? )*(?:apolog\w+|sorry|regret)"
    r"|sorry (?:to hear|for (?:the|any) inconvenience|about (?:that|the inconvenience))"
    r"|(?:your|customer) (?:call|feedback|satisfaction|opinion|business)[^.!?\n]{0,20} (?:is|are) (?:very |extremely )?important"
    r"|we (?:truly |really |greatly )?(?:value|appreciate) your|is there anything else|if there(?:'s| is) anything else|(?:i am|i'm|we are|we're|i'd be|we'd be) (?:always )?happy to help)"
    r"|(?:亲|親|尊敬的[^,，\n]{0,10}|您好)?[,，~！!]?\s*(?:非常|十分|再次|衷心)?(?:感谢|感謝|谢谢)(?:您|亲)(?:的|对)?(?:来信|反馈|反饋|惠顾|惠顧|支持|光临|光臨|评价|評價|选择|選擇|咨询|諮詢|购买|认可|理解|配合|我们|本店)"
    r"|(?:由此)?给(?:您|你)(?:带来|造成)|敬请(?:谅解|见谅|期待)|(?:非常|十分|深表|真的)?(?:抱歉|歉意)[,，]?(?:给|为|让)(?:您|你)|欢迎(?:您|下次|再次)"
    r")[^.!?。！？\n]{0,240}[.!?。！？\n~]*"
)
_ROUNDS = 12


def without_templates(marked: Marked) -> Marked:
    """Take out the sentences that companies paste: they praise and regret in the customer's stead."""
    low = marked.text.lower()
    if not any(hint in low for hint in _TEMPLATE_HINTS):
        return marked
    rest = marked.without(match.span() for match in _TEMPLATE.finditer(marked.text))
    return rest if rest.text.strip() else marked


def without_courtesies(marked: Marked) -> Marked:
    """Take greetings from the head and closings from the tail, sentence by sentence."""
    text = marked.text
    start = _after_greetings(text)
    end = _before_closings(text, start)
    if not _has_words(text[start:end]):
        start, end = (start, len(text)) if _has_words(text[start:]) else (0, len(text))
    return marked.keep([(start, end)])


def _has_words(text: str) -> bool:
    return any(character.isalnum() or character > "\u2000" for character in text)


def _after_greetings(text: str) -> int:
    at = 0
    for _ in range(_ROUNDS):
        match = _GREETING.match(text, at)
        if match is None or match.end() == at:
            break
        at = match.end()
    return at


def _before_closings(text: str, start: int) -> int:
    """Walk back over sentences, then over what follows a comma, as long as each is a closing."""
    end = len(text)
    for _ in range(_ROUNDS):
        last = _last_closing(text, start, end)
        if last is None:
            break
        end = last
    return end


def _last_closing(text: str, start: int, end: int) -> int | None:
    window = max(start, end - 220)
    tail = text[window:end].rstrip()
    for boundary in (_SENTENCE_END, _COMMA):
        ends = [match.end() for match in boundary.finditer(tail) if match.end() < len(tail)]
        begins = ends[-2:] if ends else []
        if window == start:
            begins = [0, *begins]
        for begin in begins:
            if _CLOSING.fullmatch(tail, begin):
                return window + begin
    return None
