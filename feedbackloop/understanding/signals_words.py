"""By which words do effort, emotion, churn, escalation, suggestions and questions show themselves?"""

from __future__ import annotations

import re
from functools import cache

_EN = {
    "anger": r"\b(?:angry|furious|outrage\w*|livid|fuming|pissed|mad at|ridiculous|unacceptable|disgust\w*|appall\w*|hate[ds]?|infuriat\w*|damn|wtf|bullshit|bs|idiots?|stupid|pathetic|scam\w*|thie(?:f|ves)|shame on|how dare|sick of|fed up|annoy\w*|fuck\w*|shut up)\b",
    "disappointment": r"\b(?:disappoint\w*|let ?down|sad(?:ly|dened)?|unhappy|regret\w*|upset|unfortunate(?:ly)?|heartbr\w*|sorry for|miss(?:ing)? (?:him|her|them|you)|depress\w*|cry(?:ing)?|hurts?)\b",
    "worry": r"\b(?:worr(?:y|ied|ying)|concern(?:ed|ing)?|afraid|scared|anxious|nervous|panic\w*|stress\w*|terrif\w*|fear\w*|scary|frighten\w*|creepy)\b",
    "confusion": r"\b(?:confus\w*|don'?t understand|do not understand|no idea|not sure|unclear|puzzled|makes no sense|i wonder|what do(?:es)? .{1,20} mean|bewilder\w*)\b",
    "gratitude": r"\b(?:thanks|thank (?:you|u)|thx|ty|grateful|appreciat\w*|cheers)\b",
    "joy": r"\b(?:love[ds]?|loving|happy|glad|delight\w*|excited|amazing|awesome|wonderful|fantastic|thrilled|enjoy\w*|yay|haha+|lol|great|perfect|beautiful|brilliant|excellent|congrat\w*)\b",
}
_ZH = {
    "anger": r"生气|气愤|愤怒|气死|火大|恼火|可恶|无耻|骗子|垃圾|滚|妈的|他妈|恶心|忍无可忍|岂有此理|太过分|过分|投诉|坑人|黑心|无良|呸|欺骗",
    "disappointment": r"失望|遗憾|可惜|难过|伤心|后悔|郁闷|无语|心寒|扫兴|不满意|不满",
    "worry": r"担心|害怕|怕|不安|焦虑|着急|担忧|紧张|恐怖|吓",
    "confusion": r"不明白|不懂|搞不清|不知道(?:怎么|为什么|为何|是不是)|疑惑|纳闷|困惑|莫名其妙|什么意思|看不懂",
    "gratitude": r"谢谢|感谢|多谢|感激|辛苦了",
    "joy": r"开心|高兴|喜欢|满意|惊喜|愉快|赞|棒|爱了|完美|幸福|快乐|哈哈|太好了|超好",
}
_CHURN = {
    "en": r"\b(?:never (?:again|(?:buy|order|fly|use|shop|return|come|go|book|stay|eat|visit|deal|purchase|going)\w*)|(?:won'?t|will not|not) be (?:back|returning|coming back|going back|buying|ordering|using|booking|shopping|renewing)|(?:switch(?:ing|ed)?|chang(?:ing|ed)|mov(?:ing|ed)) (?:to (?:another|a different|your competitor|a competitor)|(?:bank|provider|compan)\w*)|cancel(?:l?ing|l?ed)? (?:my|our) (?:account|subscription|membership|contract|service|card|order)|clos(?:e|ing|ed) my account|lost (?:a|my|our) (?:customer|business)|taking my business|last time (?:i|we)(?:'ll| will| ever| order| buy| fly| use)|(?:stay|keep|steer) (?:far )?(?:away|clear)|delet(?:e|ing) (?:the|my|this) (?:app|account)|do(?:n't| not) (?:waste|buy|use|bother|order|go)|go elsewhere|avoid (?:this|at all|like))\b",
    "zh": r"再也不|不会再(?:来|买|去|住|点|光顾|用|次)|不再(?:来|买|去|住|点|光顾|用)|再不(?:来|买|去|会)|下次不(?:会|来|买|去|再)|以后不(?:会|来|买|去|再)|绝不(?:再|会)|拉黑|注销|取消会员|卸载|换(?:一)?家|永远不|最后一次|千万(?:别|不要)|不会(?:有下次|回购)",
}
_ESCALATION = {
    "en": r"\b(?:lawyers?|attorney|legal action|sue|suing|small claims|ombudsman|trading standards|bbb|better business bureau|cfpb|consumer (?:protection|affairs|rights)|regulator|report(?:ing|ed)? (?:you|this|them) to|formal complaint|file (?:a|an) (?:official |formal )?complaint|chargeback|charge back|dispute (?:the|this) charge|(?:speak|talk) (?:to|with) (?:a|the|your) (?:manager|supervisor)|escalat\w*|social media|the press|attorney general|police|refund or|court)\b",
    "zh": r"12315|消费者协会|消协|工商局|市场监管|起诉|律师|法院|法律|报警|曝光|媒体|315|维权|向.{1,8}投诉|要投诉|举报|找你们?(?:领导|经理)|上级",
}
_SUGGESTION = {
    "en": r"\b(?:(?:i |we |would |i'd |can |may i )+(?:suggest|recommend (?:that|you|adding|they|having))|suggestions?|it would be (?:nice|great|good|better|helpful|cool|awesome|useful)|would be (?:nice|great|better|helpful) (?:if|to)|(?:you|they|it|staff|company) (?:guys )?(?:really )?(?:should|could|need to|ought to) (?:\w+ ){0,2}(?:add|improve|consider|offer|provide|include|make|allow|change|have|be|use|let|train|give|fix|invest|update|bring|put)|please (?:add|bring back|consider|improve|make|allow|include|offer|fix)|i wish (?:you|they|it|there|the)|why (?:not|don't you|can't you) (?:\w+ )?(?:add|offer|make|have)|bring back|feature request|needs? (?:to be|more|an? option|improvement)|if only (?:it|they|you|there))\b",
    "zh": r"建议|希望(?:能|可以|以后|酒店|商家|店家|你们|贵|下次|改进|卖家|加强|今后|京东|多|尽快)|要是(?:能|有|可以).{1,20}(?:就好|更好|就更|完美)|如果(?:能|有|可以|再).{1,20}(?:就好|更好|就更|完美)|最好(?:能|是|再|可以)|应该(?:加|改|增加|提高|加强|改进|多)|有待(?:提高|改进|加强|改善)|需要(?:改进|加强|提高|改善)|能不能(?:增|加|改|出)|改进一下|可以再",
}
_QUESTION = {
    "en": r"\?|\b(?:how (?:do|can|long|much|many|to|would|come)|what (?:is|are|should|do|can|if|happens)|when (?:will|can|do|is)|where (?:is|can|do)|why (?:is|was|did|has|have|can't|am|do|does)|can (?:i|you|we|someone)|could (?:i|you|someone)|is (?:it|there) (?:possible|any|a way)|please (?:help|advise|explain|tell|let me|check|assist|send|respond|reply|call|contact|refund|cancel|fix|confirm|can)|need (?:help|to know|you to|a refund|assistance|to (?:change|cancel|update|get|find))|help (?:me|please)|i (?:want|would like|need) (?:to|a|my)|do you|are you|will (?:you|i|my)|my \w+ (?:isn't|is not|won't|doesn't|hasn't|has not|did not|didn't|was|still) )",
    "zh": r"[?？]|吗|呢|怎么|如何|什么时候|多久|为什么|为何|请问|请.{0,6}(?:帮|解决|处理|回复|联系|查|退|告知)|能否|可否|能不能|可不可以|麻烦|求助|急|要求退|要退|我要",
}
_UNASKED = {
    "en": r"\b(?:(?:i|we) (?:had to|have to|ended up having to) (?:use|buy|make|find|write|bring|do it|carry|ask|google|borrow|go)|(?:there (?:is|was)|has|have|had) no (?:way|option|place|button|easy way|instructions?|information|sign)|(?:could|can) ?n[o']t find (?:any|a|where|how|the)|i wish (?:i|it|there)|(?:only|just) (?:thing|wish|complaint) (?:is|was|would|missing)|(?:the )?only (?:drawback|downside|problem)|workaround|work around)\b",
    "zh": r"(?:只好|只能|不得不)(?:自己|去|用|再|另|买|找)|没有(?:地方|办法|选项|入口|说明|提示|指引|按钮)|找不到|美中不足|唯一(?:的)?(?:不足|缺点|遗憾)|要是有|自己(?:去)?(?:买|带|准备|动手)",
}
_CONTACT = {
    "en": r"\b(?P<number>\d{1,2}|two|three|four|five|six|seven|eight|nine|ten|several|many|multiple|numerous|countless|couple of|dozens? of)\s?(?:different |separate |more |phone |unanswered |long )*(?:phone ?calls?|calls?|emails?|e-mails?|times|attempts|messages|chats?|tickets?|reps?|representatives|agents|people|visits|letters|tweets|dms)\b|\b(?P<nth>second|third|fourth|fifth|sixth|2nd|3rd|4th|5th|\d{1,2}th) (?:time|call|email|attempt|message|request|ticket|complaint|letter)\b|\b(?P<again>(?:again and again|over and over|repeatedly|once again|yet again|keep (?:calling|emailing|asking|trying|getting)|back and forth|every time i (?:call|ask|try)|still no (?:reply|response|answer)))\b",
    "zh": r"(?P<number>\d{1,2}|[两三四五六七八九十几多数无])(?:次|遍|通|个)(?:电话|客服|邮件|投诉|反馈|联系|催|打|问|沟通|反映)?|第(?P<nth>[二三四五六七八九十]|\d{1,2})次|(?P<again>多次|反复|一再|再三|屡次|每次都|一直(?:打|催|联系|没人)|催了|来来回回|又打)",
}
_CHANNELS = {
    "en": r"\b(?:(?P<phone>call(?:ed|ing|s)?|phone[ds]?|rang|hotline|on hold)|(?P<email>e-?mail(?:ed|s|ing)?)|(?P<chat>(?:live )?chat(?:ted|bot|s)?)|(?P<social>tweet(?:ed)?|dm'?(?:ed|d)?|facebook|twitter|instagram)|(?P<visit>visited|in person|went (?:to|in)(?: the| your)? (?:store|branch|shop|office))|(?P<form>web ?form|contact form|ticket|online form)|(?P<letter>letters?|certified mail|faxed))\b",
    "zh": r"(?P<phone>电话|热线|拨打|致电)|(?P<email>邮件|邮箱|发邮)|(?P<chat>在线客服|旺旺|咚咚|聊天|机器人)|(?P<social>微博|微信|公众号|抖音|小红书)|(?P<visit>去店里|门店|柜台|营业厅|上门)|(?P<form>表单|工单|留言)|(?P<letter>来信|写信)",
}
_MARKS = {
    "churn": _CHURN,
    "escalation": _ESCALATION,
    "suggestion": _SUGGESTION,
    "question": _QUESTION,
    "unasked_need": _UNASKED,
    "contact": _CONTACT,
    "channels": _CHANNELS,
}


@cache
def mark(name: str, language: str) -> re.Pattern[str]:
    """Give the pattern of one mark in "zh", or else English."""
    return re.compile(_MARKS[name]["zh" if language == "zh" else "en"])


@cache
def emotions(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give the emotions with their patterns; of equally strong ones the first wins."""
    return tuple((name, re.compile(words)) for name, words in (_ZH if language == "zh" else _EN).items())
