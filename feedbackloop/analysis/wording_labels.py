"""What do dimensions, touchpoints and standards' metrics say to people, in English and in Chinese?"""

from __future__ import annotations

from feedbackloop.analysis.wording_figures import Language

DIMENSION_WORDS: dict[str, dict[Language, str]] = {
    "reliability": {"en": "what was promised is not kept", "zh": "答应的事没有做到"},
    "responsiveness": {"en": "answers and help come too late", "zh": "回复和处理太慢"},
    "assurance": {"en": "customers cannot rely on what they are told", "zh": "客户对得到的说明不放心"},
    "empathy": {"en": "customers do not feel understood", "zh": "客户觉得没有被理解"},
    "tangibles": {"en": "what customers see and hold is not what they expected", "zh": "看到和拿到的与预期不符"},
}
"""What it means for customers when a dimension falls short; no dimension: `NO_DIMENSION`."""

NO_DIMENSION: dict[Language, str] = {"en": "it does not go as customers expect", "zh": "实际体验与客户预期不符"}

THEME_WORDS: dict[Language, str] = {"en": "customers write of it more and more", "zh": "越来越多的客户提到它"}
"""What it means that a theme grew."""

DIMENSION_NAMES: dict[str, dict[Language, str]] = {
    "reliability": {"en": "reliability", "zh": "可靠性"},
    "responsiveness": {"en": "responsiveness", "zh": "响应性"},
    "assurance": {"en": "assurance", "zh": "保证性"},
    "empathy": {"en": "empathy", "zh": "移情性"},
    "tangibles": {"en": "tangibles", "zh": "有形性"},
}
"""SERVQUAL's dimensions by their usual names."""

_TOUCHPOINTS_ZH = {
    "account": "账户",
    "advertising": "广告",
    "app": "应用",
    "billing": "账单",
    "booking": "预订",
    "cancellation": "取消",
    "check_in": "入住退房",
    "checkout": "下单",
    "delivery": "配送",
    "description": "商品描述",
    "facility": "设施环境",
    "flight": "航班",
    "food": "餐饮",
    "installation": "安装",
    "invoice": "发票",
    "loyalty": "会员",
    "order": "订单",
    "ordering": "下单",
    "packaging": "包装",
    "payment": "支付",
    "price": "价格",
    "pricing": "价格",
    "product": "产品",
    "quality": "质量",
    "recommendation": "推荐",
    "refund": "退款",
    "renewal": "复购",
    "repair": "维修",
    "returns": "退换货",
    "reviews": "评价",
    "room": "房间",
    "search": "查找",
    "service": "服务",
    "setup": "安装",
    "staff": "服务人员",
    "store": "门店",
    "support": "客服",
    "warranty": "保修",
    "website": "网站",
}

SURVEY_WORDS: dict[str, dict[Language, str]] = {
    "reliability": {"en": "keeping our word", "zh": "说到做到"},
    "responsiveness": {"en": "being quick to help", "zh": "响应及时"},
    "assurance": {"en": "knowing our trade", "zh": "专业可靠"},
    "empathy": {"en": "understanding what you need", "zh": "理解您的需要"},
    "tangibles": {"en": "what you see and hold", "zh": "看到和拿到的东西"},
}
"""SERVQUAL's dimensions as a customer would name what a survey asked."""

METRIC_WORDS: dict[str, dict[Language, str]] = {
    "first_reply": {"en": "send a first answer", "zh": "首次回复您"},
    "next_reply": {"en": "answer each message", "zh": "回复您的每条消息"},
    "resolution": {"en": "solve a request", "zh": "解决问题"},
}
"""Standards that can be said to a customer as "we aim to … within …"; counts and fields of a source cannot."""

_GROUP_WORDS: dict[str, dict[Language, str]] = {
    "segment": {"en": "customers", "zh": "客户"},
    "source": {"en": "from", "zh": "来源"},
    "language": {"en": "language", "zh": "语言"},
}


def touchpoint_word(name: str | None, language: Language) -> str:
    """Name a touchpoint; one of the config's own stands as the operator wrote it."""
    if not name:
        return "各环节" if language == "zh" else "Overall"
    plain = name.replace("_", " ")
    if language == "zh":
        return _TOUCHPOINTS_ZH.get(name, plain)
    return plain[:1].upper() + plain[1:]


def group_words(group: dict[str, str], language: Language) -> str:
    """Say by what else than touchpoint and dimension a group was formed: `customers: gold, company: ACME`."""
    more = sorted((key, value) for key, value in group.items() if key not in {"touchpoint", "dimension", "theme"})
    named = (
        (_GROUP_WORDS.get(key, {}).get(language) or key.removeprefix("fields.").replace("_", " "), value)
        for key, value in more
    )
    return ("；" if language == "zh" else ", ").join(
        f"{word}：{value}" if language == "zh" else f"{word}: {value}" for word, value in named
    )
