"""Which lines do mail programs, help desks and machines put around a person's words?

Patterns only; `cleaning.lines` applies them. All are bounded in length, so that no input makes them slow.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning.marked import Rule


def any_of(*alternatives: str) -> str:
    """Join patterns: any one of them."""
    return "(?:" + "|".join(alternatives) + ")"


_FLAGS = re.IGNORECASE | re.MULTILINE

_WROTE = any_of(r"wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(?a?\)?")
_ORIGINAL = any_of(
    r"original message|original appointment|forwarded message|forwarded by|reply message|ursprüngliche nachricht",
    r"original-nachricht|weitergeleitete nachricht|message d'origine|message transféré|mensaje original"
    r"|messaggio originale",
    r"原始邮件|原始郵件|原邮件|转发邮件|轉寄郵件|转发的邮件|转发邮件信息|回复的原邮件|回复邮件|邮件原件|原始信件"
    r"|原訊息|原始消息",
)
_SENDER = r"from|von|de|da|发件人|寄件者|寄件人|发送人|發件人"
_SENT = any_of(
    r"sent|date|to|gesendet|datum|an|envoyé|enviado|à|para",
    r"发送时间|發送時間|日期|收件人|收件者|寄件日期|傳送時間|时间|发送日期|送件日期",
)


def _line(*alternatives: str) -> re.Pattern[str]:
    """Compile alternatives that stand at a line's begin."""
    return re.compile(r"^[ \t]*+" + any_of(*alternatives), _FLAGS)


HISTORY = (
    Rule(
        ("wrote", "writes", "schrieb", "écrit", "escri", "scritto", "schreef", "escrev", "skrev", "napisa"),
        _line(
            r"(?:on|at|am|le|el|il|op|em|den|dnia)\b(?=[^\n]{0,100}\d)[^\n]{6,160}(?:\n[^\n]{0,80})?\b"
            + _WROTE
            + r"\b[^\n]{0,100}[:：][ \t]*+$",
            r"-{2,}+[ \t]*+on\b[^\n]{6,160}\b" + _WROTE + r"[ \t]*+-{2,}[ \t]*+$",
            r"[^\n]{0,120}\b" + _WROTE + r"[ \t]+(?:on|am|le)\b[^\n]{4,60}:[ \t]*+$",
        ),
    ),
    Rule(
        ("写道", "寫道", "写到", "来信说"),
        _line(
            r"(?=[^\n]{0,160}(?:@|<|\d{4}|\d月))[^\n]{0,160}(?:\n[^\n]{0,80})?(?:写道|寫道|写到|來信寫道|来信说)[ \t]*+[:：]"
        ),
    ),
    Rule(
        (
            "original",
            "forward",
            "nachricht",
            "message",
            "mensaje",
            "messaggio",
            "weitergeleitet",
            "transféré",
            "quoting",
        ),
        _line(
            r"[-=_*~]{2,}+[^\w\n]*+(?:nbsp;)?[ \t]*+" + _ORIGINAL + r"[^\n]{0,60}$",
            r"[-=_*~]{2,}+[ \t&nbsp;]*+original[ \t&nbsp;]*+[-=_*~]{2,}+[ \t]*+$",
            r"quoting [^\n]{3,120}[:：][ \t]*+$",
            r"begin forwarded message:|anfang der weitergeleiteten|début du message réexpédié",
        ),
    ),
    Rule(
        ("邮件", "郵件", "消息", "信件", "信息", "訊息", "原文", "转发", "引用"),
        _line(
            r"[-=_*~]{2,}+[^\w\n]*+(?:nbsp;)?[ \t]*+" + _ORIGINAL + r"[^\n]{0,60}$",
            r"[-=_*~【\[<（( \t]{0,40}(?:开始|以下(?:是|为)?|下面(?:是|为)?|附)?(?:被|为)?(?:转发|原始|原|引用|回复)的?(?:原)?"
            r"(?:邮件|消息|信件|信息|文|内容)(?:内容|原件)?(?:如下)?[-=_*~】\]>）):： \t]{1,40}$",
            r"【转发】[ \t]*+$|引用[^\n]{0,10}的话[:：][ \t]*+$|下面是被转发的邮件",
        ),
    ),
    Rule(
        (":", "："),
        _line(
            r"\*?(?:"
            + _SENDER
            + r")\*?[ \t]*+[:：][^\n]{0,200}\n+(?:[^\n]{0,200}\n){0,2}[ \t]*+\*?"
            + _SENT
            + r"\*?[ \t]*+[:：]"
        ),
    ),
    Rule(
        ("above", "below this line", "oberhalb", "au-dessus", "上方", "以上"),
        _line(
            r"[#=*\-> \t]{0,8}(?:please )?(?:type your|write your|enter your)?[ \t]*+(?:reply|respond|response"
            r"|antwort\w*|réponse)\b"
            r"[^\n]{0,20}\b(?:above|oberhalb|au-dessus)\b[^\n]{0,40}(?:line|linie|ligne)\b",
            r"[#=*\->_ \t]{0,12}(?:please )?(?:do not|don't) (?:write|type|reply|edit)[^\n]{0,20} below this line[^\n]{0,20}$",
            r"[#=*\- \t]{0,8}请在(?:此|这|本|上)[^\n]{0,10}(?:上方|以上)[^\n]{0,10}(?:回复|输入)",
        ),
    ),
)
"""Lines from which on others speak."""

DELIMITER = re.compile(r"above|上方|以上|oberhalb", re.IGNORECASE)
"""In a header: what stands below it may be the author's."""

INLINE = Rule(
    ("wrote:", "--", "##-"),
    re.compile(
        r"(?<=\s)"
        + any_of(
            r"On (?=[^\n]{0,100}\d)[^\n>]{6,120}\bwrote:[ \t]*+>",
            r"-{3,}+[ \t]*+" + _ORIGINAL + r"[ \t]*+-{3,}",
            r"##- ?please type your reply above",
        ),
        re.IGNORECASE,
    ),
)
"""History in a mail whose line ends were lost."""

DISCLAIMER = re.compile(
    r"^\W{0,6}"
    + any_of(
        r"(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication"
        r"|transmission)\b"
        r"[^\n]{0,160}\b(?:confidential|intended|privileged|virus|solely)",
        r"confidentiality (?:notice|note|statement)|(?:legal |e-?mail )?disclaimer\b|important notice:",
        r"(?:please )?(?:consider|think (?:about|of)) the environment before",
        r"if you (?:are not the intended|have received this)",
        r"(?:本|此)(?:邮件|郵件|电子邮件|信息|信件)[^\n]{0,60}(?:保密|机密|機密|仅供|僅供|专有|指定|绝密)",
        r"(?:免责|免責|保密)(?:声明|聲明|条款)",
        r"diese e-?mail (?:enthält|ist)[^\n]{0,60}vertraulich|ce (?:message|courriel)[^\n]{0,80}confidentiel",
    ),
    _FLAGS,
)

SIGNATURE = re.compile(
    r"^(?:--|[—–]++|_{2,}+|-{3,}+|={4,}+|\*{3,}+|~{4,}+|[~*•]{1,3} [^\n]{2,60} [~*•]{1,3})[ \t]*+$", re.MULTILINE
)
"""The line that mail programs set above a signature."""

_MAIL = r"(?:e-?mail|message|reply|response|notification)"
MACHINE = re.compile(
    r"^[ \t>*]*+"
    + any_of(
        r"(?:sent|written|typed) (?:from|via|by|with|on) (?:my |the |a |an )?(?:[^\n]{2,50}|(?:phone|mobile|iphone"
        r"|ipad|tablet|android)\b[^\n]{0,120})|get outlook for [^\n]{2,40}",
        r"(?:gesendet von|von meinem|envoyé de|enviado (?:desde|do)|inviato da) [^\n]{2,50}",
        r"(?:发|發|寄|来|來)自(?!己)我?的?[^\n]{1,30}|获取 ?outlook[^\n]{0,30}",
        r"(?:从|從|由)[^\n]{0,20}(?:iphone|ipad|android|outlook|手机|手機|邮箱|邮件|郵件|客户端|windows)[^\n]{0,12}"
        r"(?:发送|发出|发来|傳送|发自)[^\n]{0,6}",
        r"\[?(?:auto(?:matic)?[- ]?reply|out of office|automatic (?:message|response|notification))\b[^\n]{0,200}",
        r"(?:this is|this was) an? (?:auto\w*|system)[- ]?(?:generated |mated |ic )?" + _MAIL + r"[^\n]{0,200}",
        r"(?:please )?do not reply to this (?:e-?mail|message)[^\n]{0,160}|(?:to )?unsubscribe\b[^\n]{0,160}",
        r"view (?:this e-?mail )?in (?:your )?browser[^\n]{0,80}|you (?:are )?receiv(?:ed|ing) this "
        + _MAIL
        + r" because[^\n]{0,200}",
        r"your (?:request|ticket|case|inquiry)\b[^\n]{0,40}\b(?:has been|was) (?:received|created|updated|closed"
        r"|solved|resolved)"
        r"[^\n]{0,160}",
        r"(?:此|本)(?:邮件|郵件|信|消息|短信)(?:由|为|為|是)?[^\n]{0,10}(?:系统|系統|自动|自動)[^\n]{0,60}",
        r"(?:请|請)(?:勿|不要)(?:直接)?(?:回复|回覆)[^\n]{0,40}|【?(?:系统|系統|自动|自動)(?:消息|回复|回覆|通知"
        r"|提示)】?[^\n]{0,200}",
        r"-{2,}+[ \t]*+(?:please )?(?:reply (?:above|below|to|here)|do not)[^\n]{0,80}-{2,}",
        r"\[(?:image|cid|inline image|图片|圖片|attachment|附件|quoted text|message clipped)[^\]\n]{0,120}\]",
        r"(?:ticket|case|order|reference|booking|invoice|customer|account|tracking)[ \t]*+(?:number|no\.?|id|ref\.?|code|#)"
        r"[ \t]*+(?:is)?[ \t]*+[:#：]?[ \t]*+(?=[#\w/-]*\d)[#\w/-]{2,40}[.;,]?",
        r"(?:order|ticket|case|ref|booking)[ \t]*+[:#][ \t]*+#?(?=[\w/-]*\d)[\w/-]{3,40}[.;,]?",
        r"(?:订单|訂單|工单|工單|快递单|运单|物流单|订单编|单|案例|会员|流水)(?:号|號|编号|編號|号码|號碼)?[ \t]*+"
        r"(?:是|为|[:：#])?[ \t]*+[A-Z#]{0,6}\d[\w-]{3,40}[。.;,，]?",
    )
    + r"[ \t]*+$",
    _FLAGS,
)
"""A line that a machine or a form put there."""

QUOTED = re.compile(
    r"^[ \t]*+(?:[>＞|][^\n]*|[^\n]{2,100}[:：][ \t]*+(?=\n(?:[ \t]*+\n)?[ \t]*+[>＞])"
    r"|(?=[^\n]{0,60}(?:\d{4}[-/.年]\d|\d[./-]\d{4}))[^\n]{2,90}(?=\n[ \t]*+[>＞]))",
    re.MULTILINE,
)
"""Lines marked as quoted, the line that says whom, and the table that some mail programs put above."""

SPEAKER = re.compile(
    r"^[ \t]*+(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?\)?\]?[ \t]*+)?(?:(?P<other>"
    r"agent|support(?: agent| team)?|advisor|representative|rep|operator|(?:chat)?bot|system|assistant"
    r"|customer (?:service|care|support)|客服[^\s:：]{0,6}|商家|卖家|机器人|系统|小助手)"
    r"|(?P<own>customer|client|visitor|user|me|guest|客户|顾客|我|买家|用户|访客))[ \t]*+(?:\([^)\n]{0,30}\))?[ \t]*+[:：]",
    _FLAGS,
)
"""Who speaks in a pasted chat."""
