"""Which phrases are courtesy, a reference number or a company's template? Patterns only; `cleaning_courtesy` applies them."""

from __future__ import annotations

import re


def any_of(*alternatives: str) -> str:
    """Join patterns: any one of them."""
    return "(?:" + "|".join(alternatives) + ")"


NAMES = r"(?:[ \t]+[A-Z][\w.'’-]{0,20}){0,4}"

REFERENCE = any_of(
    r"(?i:(?:my |the |our |re:? ?)?(?:order|ticket|case|booking|reference|invoice|tracking|account|customer|confirmation"
    r"|request|ref)"
    r"[ ]?(?:number|no|id|ref|reference|code)?\.?[ ]?(?:is|was|:|#|=)*[ ]*#?(?=[\w/-]*\d)[\w/-]{3,40})",
    r"(?:我的)?(?:订单|訂單|工单|工單|快递单|运单|物流单|单)(?:号|號|编号|編號|号码)?(?:是|为|：|:|#)?\s*[A-Za-z#]{0,6}\d[\w-]{3,40}",
)

_GROUP = any_of(
    r"there|all|team|everyone|everybody|folks|guys|sir|madam|ma'?am|sirs|sirs?(?: ?/ ?| or | and )madam",
    r"customer (?:service|care|support)|support|service|admin|friends?(?: at \w+)?|again|help ?desk",
    r"(?:\w+ ){0,2}(?:support|service|care|sales|success|customer|the) (?:team|desk|department)",
)
_WELL = r"\b(?:well|fine|great|good|safe|lovely|nice|wonderful|day|morning|week|weekend|healthy|okay|ok)\b[^.!?\n]{0,30}[.!?\n]+"
_FOR_READING = any_of(
    r"taking the time",
    r"your (?:e-?mail|reply|message|response|time|attention)",
    r"reading|getting back|reaching out|contacting",
)
GREETING = re.compile(
    r"\s*"
    + any_of(
        r"(?i:hi+|hello+|hey+|hiya|howdy|dear|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern)"
        r"(?:[ \t]+(?i:from)[^.!?,\n]{2,30})?(?:(?:[ \t]+(?i:to|the|dear|you|my))?[ \t]+(?i:"
        + _GROUP
        + r")\b)?"
        + NAMES
        + r"(?:[ \t]*[,.!:;~\n—–-]+|(?=[ \t]+[iI]\b)|\s*$)",
        r"(?i:hi|hello|hey|dear)(?:[ \t]+[\w.'’-]{1,20}){1,3}[ \t]*(?:,|\n)",
        r"(?i:hi|hello|hey)(?:[ \t]+(?i:there|team|all|guys|again))?\b(?=[ \t])",
        r"(?i:(?:i |we )?(?:do )?(?:hope|trust|pray) (?:that )?(?:this|you|your|all|everyone|everything)\b[^.!?\n]{0,40}?"
        + _WELL
        + ")",
        r"(?i:how (?:are|r) (?:you|u|things)\b[^.!?\n]{0,25}[?.!\n]+)",
        r"(?i:happy (?:new year|(?:mon|tues|wednes|thurs|fri)day|holidays?)\b[^.!?\n]{0,20}[!.\n]+)",
        r"(?i:(?:thanks|thank you)(?: (?:so|very) much)? for " + _FOR_READING + r"\b[^.!?\n]{0,60}[.!?\n]+)",
        r"(?i:re|fwd?|aw|wg|回复|答复|转发|回覆)[:：][^\n]{0,100}\n",
        REFERENCE + r"[ \t]*[:.,;\n，。：]+",
        r"(?:尊敬|亲爱|敬爱|親愛)的[^,，。!！:：\n]{0,14}[,，。!！:：\s]+",
        r"(?:各位|大家)[^,，。!！:：\n]{0,6}(?:好|们)[,，。!！:：~～\s]*",
        r"(?:客服|卖家|店家|老板|掌柜|小哥哥|小姐姐|亲)?(?:您们?|你们?|妳)好(?:呀|啊|哦|吗)?[,，。!！:：~～\s]*",
        r"(?:客服|卖家)?(?:小姐姐|小哥哥|老师|同学)(?:您|你)?好[,，。!！:：~～\s]*",
        r"(?:早上|上午|中午|下午|晚上)好[,，。!！:：~～\s]*",
        r"(?:哈喽|嗨|嘿|在吗|在么|请问在吗|有人吗|亲|(?i:hi|hello))[,，。!！?？:：~～\s]+",
        r"(?:打扰|打擾|麻烦|冒昧|辛苦)(?:您|你|一下|了)*[,，。!！\s]+",
        r"希望(?:您|你)[^,，。!！\n]{0,8}(?:好|愉快|顺利)[,，。!！\s]+",
        r"[,，。!！~～\s]+",
    )
)
"""One greeting, pleasantry or reference at the head of a text."""

_THANKED = any_of(
    r"time|help|assistance|attention|understanding|consideration|support|cooperation|patience|efforts?|work|service|reply|response",
    r"reading|answer|guidance|feedback|helping(?: me| us)?|looking into (?:this|it)",
)
_THANKS_REST = (
    r"(?: "
    + any_of(
        r"you|u|guys|all|team|again|so|very|much|a lot|a bunch|a ton|a million|loads|kindly|in advance|once more|and|have",
        r"(?:for |and )(?:(?:all )?(?:of )?(?:your|the|any|all) )?(?:\w+ )?"
        + _THANKED
        + r"(?: (?:in|with|on|to|regarding) (?:this|the|my|advance)(?: \w+)?)?",
    )
    + r")*"
)
_FAREWELL = (
    r"(?i:(?:kind |best |warm )*(?:regards|wishes)|have a (?:\w+ ){0,3}(?:day|one|evening|week|weekend)|xx?|bye|cheers)"
)
CLOSING = re.compile(
    r"[\s,.!~(（【\[-]*"
    + any_of(
        r"(?i:(?:(?:and|so|but|anyways?|ok|okay|again|once again|well)[, ]+)?(?:i (?:would like to |want to )?)?"
        r"(?:many |very many |a million |big |huge |warm |kind )?(?:thanks|thank you|thank u|thankyou|thanx|thx|tks|ty|tyvm"
        r"|tia|cheers"
        r"|much obliged|(?:much|greatly|very much|really) appreciated|appreciate it)" + _THANKS_REST + r")"
        r"(?:[ \t]*[,!.&-]*[ \t]*(?i:and )?"
        + _FAREWELL
        + r")?(?:,? (?i:guys|folks|team|all|everyone|friends))?(?:[,!. \t-]*"
        + NAMES
        + r")?",
        r"(?i:(?:i |we )?(?:hope|wish)?(?: that)? ?(?:you )?(?:all )?(?:to )?(?:have|enjoy) (?:a|an|the rest of your|your)"
        r" (?:\w+[ ,]+){0,3}"
        r"(?:day|week|weekend|evening|afternoon|one|time|night|holidays?|year|christmas|morning|rest)"
        r"(?: ahead| everyone| all| too| guys| and [\w ]{1,30})*)",
        r"(?i:wish(?:ing)? you (?:all )?[^.!?\n]{2,60})",
        r"(?i:(?:i |we )?(?:am |are )?(?:really )?look(?:ing)? forward to (?:hearing|serving|seeing|welcoming|your"
        r"|a |receiving|speaking|the)"
        r"[^.!?\n]{0,70})",
        r"(?i:hope to hear (?:back )?from you[^.!?\n]{0,30})",
        r"(?i:(?:any|your|all|some) (?:\w+ )?(?:help|assistance|advice|support|reply|response|feedback|info\w*)"
        r"[^.!?\n]{0,30}(?:appreciated|welcome|great))",
        r"(?i:(?:i |we )?(?:would |will |do )?(?:really |greatly |truly |very much )?"
        r"appreciate (?:it|that|this|(?:your|any|all)(?: \w+){1,4}))",
        r"(?i:take care(?: of yourself| everyone)?|stay (?:safe|well|healthy)(?: and [\w ]{1,20})?|god bless(?: you| you all)?)",
        r"(?i:bye(?: bye| for now)?|goodbye|until next time|(?:xo)+|x{2,5})",
        r"(?i:with )?(?i:(?:my |our |the )?(?:kind(?:est)?|best|warm(?:est)?|many|sincere|friendly|all the|lots of|much)[ ])?"
        r"(?i:regards|wishes|greetings|rgds|brgds|best|love)"
        r"(?i:,? and (?:kind |best |warm )?(?:regards|wishes)(?: for [\w ]{3,30})?)?"
        r"(?:[ \t]*[,!.-]*" + NAMES + r")?",
        r"(?i:yours )?(?i:sincerely|faithfully|truly|respectfully|cordially|warmly)(?i: yours)?(?:[ \t]*,?"
        + NAMES
        + r")?",
        r"(?i:mit freundlichen grüßen|viele grüße|cordialement|saludos)",
        REFERENCE,
        r"#\d{3,20}",
        r"(?:再次)?(?:非常|十分|万分|萬分|多谢|先|提前|在此|衷心|真心)*(?:谢谢|謝謝|感谢|感謝|多谢|多謝|谢了|拜托|3q)"
        r"(?:了|您|你|大家|们|啦|哦|呀|客服|亲|一下|老板|的?(?:帮助|支持|理解|配合|回复|耐心|时间|阅读|关注)|不尽|啊|！|!)*",
        r"(?:真的|太)?(?:辛苦|麻烦|麻煩)(?:了|您|你|大家|们|啦|客服)+",
        r"祝(?:您|你|大家|贵[公店]司?|店家|老板|商家|生意)?们?[^。!！\n]{0,24}?"
        r"(?:愉快|顺利|順利|快乐|快樂|安康|兴隆|興隆|好|健康|平安|如意|大卖|吉祥|幸福|安)",
        r"(?:顺|順|敬|恭|即)?(?:祝|颂|頌)[^。!！\n]{0,8}(?:祺|安|绥|吉)",
        r"此致|敬礼|敬禮|顺颂商祺|順頌商祺|再见|再見|拜拜|以上",
        r"(?:期待|盼望?|等待|静候|望)(?:您|你们?|贵[司方]|尽快|尽早|早日|得到)*的?(?:回复|回覆|答复|回信|佳音|处理结果)",
    )
    + r"[\s,，.。!！~～:)）】\]🙏😊🙂☺️-]*"
)
"""One closing, thanks, wish or reference at the tail of a text."""

CLOSING_STARTS = re.compile(
    r"(?<!\bno )(?<!\bnot )\b(?i:many thanks|thanks|thank (?:you|u)|thx|tks|tia|cheers|(?:i |we )?(?:really |truly )?appreciate"
    r"|(?:kind|best|warm) (?:regards|wishes)|regards|sincerely)\b"
    r"|[（(【\[](?=(?i:order|ticket|case|ref|booking)|订单|单号|工单)|(?:非常|十分|麻烦了?，?)?(?:谢谢|謝謝|感谢|感謝|多谢)|(?<![不很太真])麻烦(?=[了您你])|祝您|祝你"
)
"""Where a closing may begin although no sentence ends before it."""

START_HINTS = (
    *("thank", "thx", "tks", "tia", "cheers", "appreciate", "regards", "wishes", "sincerely", "(", "（", "[", "【"),
    *("谢", "謝", "感", "麻烦", "祝"),
)
CLOSING_HINTS = (
    *(
        "thank",
        "thanx",
        "thx",
        "tks",
        "ty",
        "tia",
        "cheers",
        "oblig",
        "appreciat",
        "have a",
        "have the",
        "have your",
        "enjoy",
    ),
    *(
        "wish",
        "forward",
        "hope",
        "help",
        "assist",
        "advice",
        "support",
        "repl",
        "response",
        "feedback",
        "info",
        "take care",
    ),
    *(
        "stay ",
        "bless",
        "bye",
        "until next",
        "xo",
        "xx",
        "regard",
        "greeting",
        "rgds",
        "best",
        "love",
        "sincer",
        "faithful",
    ),
    *(
        "truly",
        "respect",
        "cordial",
        "warm",
        "grüße",
        "saludos",
        "order",
        "ticket",
        "case",
        "booking",
        "invoice",
        "tracking",
    ),
    *(
        "account",
        "customer",
        "confirm",
        "request",
        "ref",
        "#",
        "单",
        "單",
        "谢",
        "謝",
        "感",
        "拜",
        "3q",
        "辛苦",
        "麻",
        "祝",
    ),
    *("此致", "敬", "颂", "頌", "祺", "再见", "再見", "以上", "回复", "回覆", "答复", "回信", "佳音", "处理结果"),
)
"""Cheap signs, in lower case, that a closing may be there: without any of them there is none."""

TEMPLATE_HINTS = (
    *(
        "thank you for",
        "thanks for",
        "apolog",
        "sorry",
        "value your",
        "appreciate your",
        "important to us",
        "anything else",
    ),
    *(
        "glad",
        "happy",
        "delighted",
        "thrilled",
        "pleased",
        "this is",
        "感谢您",
        "感謝您",
        "敬请",
        "给您",
        "您的满意",
        "欢迎您",
        "欢迎下次",
        "歉意",
        "抱歉",
    ),
)
"""Cheap signs, in lower case, that a template may be there."""

_TO_US = any_of(
    r"contacting|reaching out|choosing|shopping|using our|being (?:a|our)|bringing this|letting us know|writing (?:to us|in)",
    r"sharing your",
    r"your (?:patience|feedback|order|purchase|business|inquiry|enquiry|continued|loyalty|interest|review|understanding and)",
    r"your (?:wonderful |kind |great |valuable )(?:feedback|review|words)",
)
_ARE = r"(?:'m|'re|'d| am| are| would)(?: be)? (?:always |so |very |truly |really |deeply )*"
TEMPLATE = re.compile(
    r"\s*"
    + any_of(
        r"(?i:(?:hi|hello|dear)[^.!?\n,]{0,30},[ ]*)?(?i:(?:thank you|thanks)(?: (?:so|very) much)? for "
        + _TO_US
        + ")",
        r"(?i:(?:we(?:'re| are)? |please accept (?:our|my) |our |my )(?:deeply |sincerely |so |very |truly |really |most "
        r"|sincere(?:st)? )*"
        r"(?:apolog\w+|sorry (?:for|to|about|that|you)|regret (?:any|the|to inform|that you)))",
        r"(?i:sorry (?:to hear (?:that|this|about your)|for (?:the|any) inconvenience|about (?:that|the inconvenience)))",
        r"(?i:(?:your|customer) (?:call|feedback|satisfaction|opinion|business)[^.!?\n]{0,20} (?:is|are) "
        r"(?:very |extremely )?important)",
        r"(?i:we (?:truly |really |greatly )?(?:value|appreciate) your|is there anything else|if there(?:'s| is) anything else)",
        r"(?i:(?:[^.!?\n]{0,60}[, ])?(?:i|we)" + _ARE + r"(?:happy|glad|delighted|thrilled|pleased|sorry|honou?red) to "
        r"(?:help|assist|hear|have you|serve|welcome))",
        r"(?i:(?:[^.!?\n]{0,60}[, ])?we" + _ARE + r"(?:happy|glad|delighted|thrilled|pleased|sorry) (?:that )?you\b)",
        r"(?i:(?:hello|hi|dear)[^.!?\n]{0,30}, (?:this is|my name is|i am|i'm) \w+ (?:from|at|with) )",
        r"(?:亲|親|尊敬的[^,，\n]{0,10}|您好)?[,，~！!]?\s*(?:非常|十分|再次|衷心)?(?:感谢|感謝|谢谢)(?:您|亲)(?:的|对)?"
        r"(?:来信|反馈|反饋|惠顾|惠顧|支持|光临|光臨|评价|評價|好评|五星|选择|選擇|咨询|諮詢|购买|认可|理解|配合|我们|本店)",
        r"(?:由此)?给(?:您|你)(?:带来|造成)|敬请(?:谅解|见谅|期待)|(?:非常|十分|深表|真的)?(?:抱歉|歉意)[,，]?(?:给|为|让)(?:您|你)",
        r"欢迎(?:您|下次|再次)|(?:非常|很)高兴为您服务",
    )
    + r"[^.!?。！？\n]{0,240}[.!?。！？\n~]*"
)
"""One sentence that companies paste."""
