"""Which lines of a mail did its author write?

Quoted history, forwarded mail, signatures, disclaimers, reply delimiters and machine text have forms of their own, in English,
Chinese and the languages whose mail programs are often met. Patterns are anchored at a line's start and bounded in length, so
that no input makes them slow.
"""

from __future__ import annotations

import re

from feedbackloop.understanding.cleaning_marked import Marked, Span

_FLAGS = re.IGNORECASE | re.MULTILINE

_WROTE = r"(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev|napisał\(?a?\)?|написал\(?а?\)?)"
_HISTORY = re.compile(
    r"^[ \t]*(?:"
    r"[-=_*~]{2,}[ \t]*(?:original message|original appointment|forwarded message|forwarded by|reply message|ursprüngliche nachricht|"
    r"original-nachricht|weitergeleitete nachricht|message d'origine|message transféré|mensaje original|messaggio originale|"
    r"原始邮件|原始郵件|原邮件|转发邮件|轉寄郵件|转发的邮件|转发邮件信息|回复的原邮件|回复邮件|邮件原件|原始信件|原訊息|原始消息)[^\n]{0,40}$"
    r"|begin forwarded message:|anfang der weitergeleiteten|début du message réexpédié|下面是被转发的邮件"
    r"|(?:on|at|am|le|el|il|op|em|den|dnia)\b(?=[^\n]{0,100}\d)[^\n]{6,160}(?:\n[^\n]{0,80})?\b"
    + _WROTE
    + r"\b[^\n]{0,100}[:：][ \t]*$"
    r"|[^\n]{0,120}\b" + _WROTE + r"[ \t]+(?:on|am|le)\b[^\n]{4,60}:[ \t]*$"
    r"|(?=[^\n]{0,160}(?:@|<|\d{4}|\d月))[^\n]{0,160}(?:\n[^\n]{0,80})?(?:写道|寫道|写到|來信寫道|来信说)[ \t]*[:：]"
    r"|\*?(?:from|von|de|da|发件人|寄件者|寄件人|发送人|發件人)\*?[ \t]*[:：][^\n]{0,200}\n+"
    r"(?:[^\n]{0,200}\n){0,2}[ \t]*\*?(?:sent|date|to|gesendet|datum|an|envoyé|enviado|à|para|发送时间|發送時間|日期|收件人|收件者|寄件日期|傳送時間|时间"
    r"|发送日期|送件日期)\*?[ \t]*[:：]"
    r"|[#=*\-> \t]{0,8}(?:please )?(?:type your|write your|enter your)?[ \t]*(?:reply|respond|response|antwort\w*|réponse)\b[^\n]{0,20}"
    r"\b(?:above|oberhalb|au-dessus)\b[^\n]{0,40}(?:line|linie|ligne)\b"
    r"|[#=*\- \t]{0,8}请在(?:此|这|本|上)[^\n]{0,10}(?:上方|以上)[^\n]{0,10}(?:回复|输入)"
    r")",
    _FLAGS,
)
"""From here on others speak."""

_COMPANY = re.compile(
    r"^[ \t]*(?:[\[(【（]?(?:a |the )?(?:response|reply|answer|comment) from (?:the )?(?:[^\n]{1,60}[:：]"
    r"|(?:owner|business|company|developer|seller|host|management|team)(?:[ \t,]+[\w,]+){0,4}[\])】）]?[ \t]*$)"
    r"|[\[(【（]?[^\n]{0,40}\b(?:support|team|owner|manager|service|agent)\b[^\n]{0,20}\b(?:replied|responded|responds|wrote|says)\b[^\n]{0,30}[:：]"
    r"|[\[【(（]?(?:商家|店家|掌柜|卖家|賣家|客服|官方|商户|酒店|店主|开发者|店铺|经理|管家)(?:人员)?的?(?:回复|回覆|答复|解释)(?:[\]】)）][ \t]*[:：]?|[:：])"
    r")",
    _FLAGS,
)
"""Below its customer's review a company answers."""

_DISCLAIMER = re.compile(
    r"^\W{0,6}(?:(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|message|communication|transmission)\b"
    r"[^\n]{0,160}\b(?:confidential|intended|privileged|virus|solely)"
    r"|confidentiality (?:notice|note|statement)|(?:legal |e-?mail )?disclaimer\b|important notice:"
    r"|(?:please )?(?:consider|think (?:about|of)) the environment before|if you (?:are not the intended|have received this)"
    r"|(?:本|此)(?:邮件|郵件|电子邮件|信息|信件)[^\n]{0,60}(?:保密|机密|機密|仅供|僅供|专有|指定|绝密)|(?:免责|免責|保密)(?:声明|聲明|条款)"
    r"|diese e-?mail (?:enthält|ist)[^\n]{0,60}vertraulich|ce (?:message|courriel)[^\n]{0,80}confidentiel)",
    _FLAGS,
)

_SIGNATURE = re.compile(r"^(?:--[ \t]*|—|__{1,3}|-{3,}|={4,}|\*{4,})[ \t]*$", re.MULTILINE)
"""The line that mail programs set above a signature."""

_CLOSING = re.compile(
    r"^[ \t]*(?:(?:with )?(?:my |our )?(?:kind(?:est)?|best|warm(?:est)?|many|with)?[ ]?(?:regards|wishes|greetings)|"
    r"regards|rgds|best|all the best|(?:yours )?(?:sincerely|faithfully|truly|respectfully)(?: yours)?|respectfully|cordially|warmly|cheers|"
    r"(?:many |a million |kind )?(?:thanks|thank you)(?: (?:so|very) much| a lot| again| in advance| and (?:kind |best |warm )?regards)*|"
    r"take care|have a (?:\w+ ){1,2}(?:day|week|weekend|evening)|mit freundlichen grüßen|viele grüße|cordialement|saludos|"
    r"此致|敬礼|敬禮|祝好|祝安|顺祝|順祝|顺颂商祺|順頌商祺|祝您?(?:工作|生活|身体)[^\n]{2,6}|谢谢|謝謝|感谢|多谢)[ \t]*[,，.!！。~]*[ \t]*$",
    _FLAGS,
)
"""A closing that stands alone in its line; a name and an address may follow."""

_MACHINE = re.compile(
    r"^[ \t>*]*(?:"
    r"(?:sent|written|typed) (?:from|via|by|with|on) (?:my |the |a |an )?[^\n]{2,50}"
    r"|get outlook for [^\n]{2,40}|(?:gesendet von|von meinem|envoyé de|enviado (?:desde|do)|inviato da) [^\n]{2,50}"
    r"|(?:发|發|寄|来|來)自(?!己)我?的?[^\n]{1,30}|(?:从|從|由)[^\n]{0,20}(?:iphone|ipad|android|outlook|手机|手機|邮箱|邮件|郵件|客户端|windows)[^\n]{0,12}(?:发送|发出|发来|傳送|发自)[^\n]{0,6}"
    r"|获取 ?outlook[^\n]{0,30}"
    r"|\[?(?:auto(?:matic)?[- ]?reply|out of office|automatic (?:message|response|notification))\b[^\n]{0,200}"
    r"|(?:this is|this was) an? (?:auto\w*|system)[- ]?(?:generated |mated |ic )?(?:e-?mail|message|reply|response|notification)[^\n]{0,200}"
    r"|(?:please )?do not reply to this (?:e-?mail|message)[^\n]{0,160}|(?:to )?unsubscribe\b[^\n]{0,160}|view (?:this e-?mail )?in (?:your )?browser[^\n]{0,80}"
    r"|you (?:are )?receiv(?:ed|ing) this (?:e-?mail|message) because[^\n]{0,200}"
    r"|your (?:request|ticket|case|inquiry)\b[^\n]{0,40}\b(?:has been|was) (?:received|created|updated|closed|solved|resolved)[^\n]{0,160}"
    r"|(?:此|本)(?:邮件|郵件|信|消息|短信)(?:由|为|為|是)?[^\n]{0,10}(?:系统|系統|自动|自動)[^\n]{0,60}|(?:请|請)(?:勿|不要)(?:直接)?(?:回复|回覆)[^\n]{0,40}"
    r"|【?(?:系统|系統|自动|自動)(?:消息|回复|回覆|通知|提示)】?[^\n]{0,200}"
    r"|-{2,}[ \t]*(?:please )?(?:reply|do not)[^\n]{0,80}-{2,}|\[(?:image|cid|inline image|图片|圖片|attachment|附件)[^\]\n]{0,120}\]"
    r"|(?:ticket|case|order|reference|booking|invoice|customer|account|tracking)[ \t]*(?:number|no\.?|id|ref\.?|code|#)[ \t]*(?:is)?[ \t]*[:#：]?[ \t]*[#\w/-]{2,40}[.;,]?"
    r"|(?:order|ticket|case|ref|booking)[ \t]*[:#][ \t]*#?(?=[\w/-]*\d)[\w/-]{3,40}[.;,]?"
    r"|(?:订单|訂單|工单|工單|快递单|运单|物流单|订单编|单|案例|会员|流水)(?:号|號|编号|編號|号码|號碼)?[ \t]*(?:是|为|[:：#])?[ \t]*[A-Z#]{0,6}\d[\w-]{3,40}[。.;,，]?"
    r")[ \t]*$",
    _FLAGS,
)
"""A line that a machine or a form put there."""

_QUOTED = re.compile(r"^[ \t]*[>＞][^\n]*", re.MULTILINE)
_SPEAKER = re.compile(
    r"^[ \t]*(?:\[?\(?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?\)?\]?[ \t]*)?(?:"
    r"(?P<other>agent|support(?: agent| team)?|advisor|representative|rep|operator|(?:chat)?bot|system|assistant|customer (?:service|care|support)"
    r"|客服[^\s:：]{0,6}|商家|卖家|机器人|系统|小助手)"
    r"|(?P<own>customer|client|visitor|user|me|guest|客户|顾客|我|买家|用户|访客))"
    r"[ \t]*(?:\([^)\n]{0,30}\))?[ \t]*[:：]",
    _FLAGS,
)
_MAX_SIGNATURE_LINES = 12
_MAX_SIGNATURE_CHARACTERS = 700


def own_lines(marked: Marked) -> Marked:
    """Leave the lines that the author wrote. A single line is left as it is."""
    text = marked.text
    if "\n" not in text.strip():
        return marked if text.lstrip()[:1] != ">" else marked.keep([(0, 0)])
    marked = _without_history(marked)
    marked = marked.without(match.span() for match in _QUOTED.finditer(marked.text))
    marked = _without_other_speakers(marked)
    marked = marked.without(match.span() for match in _MACHINE.finditer(marked.text))
    disclaimer = _DISCLAIMER.search(marked.text)
    if disclaimer and marked.text[: disclaimer.start()].strip():
        marked = marked.keep([(0, disclaimer.start())])
    return _without_signature(marked)


def _without_history(marked: Marked) -> Marked:
    """Cut at the first sign of history. Under a header whose lines are all marked with `>` the author may answer below."""
    text = marked.text
    company = _COMPANY.search(text)
    if company and text[: company.start()].strip():
        return _without_history(marked.keep([(0, company.start())]))
    header = _HISTORY.search(text)
    if header is None:
        return marked
    below = text[header.end() :].lstrip()
    if below.startswith(">"):
        return marked.without([header.span()])
    if text[: header.start()].strip():
        return marked.keep([(0, header.start())])
    # Nothing stands above: only a reply delimiter lets the author's words follow.
    is_delimiter = re.match(r"[^\n]*(?:above|上方|以上|oberhalb)", header.group(), re.IGNORECASE)
    return marked.without([header.span()]) if is_delimiter else marked.keep([(0, 0)])


def _without_other_speakers(marked: Marked) -> Marked:
    """Of a pasted chat keep the customer's lines. It is a chat only if both sides are named."""
    marks = list(_SPEAKER.finditer(marked.text))
    if not (any(mark["own"] for mark in marks) and any(mark["other"] for mark in marks)):
        return marked
    ends = [mark.start() for mark in marks[1:]] + [len(marked.text)]
    taken: list[Span] = [
        mark.span() if mark["own"] else (mark.start(), end) for mark, end in zip(marks, ends, strict=True)
    ]
    return marked.without(taken)


def _without_signature(marked: Marked) -> Marked:
    """Cut at the last signature line or closing, if what follows is as short as a signature."""
    text = marked.text.rstrip()
    tail_start = max(0, len(text) - _MAX_SIGNATURE_CHARACTERS)
    for pattern in (_SIGNATURE, _CLOSING):
        for match in pattern.finditer(text, tail_start):
            is_tail = _is_signature(text[match.end() :], strict=pattern is _CLOSING)
            if is_tail and text[: match.start()].strip():
                return marked.keep([(0, match.start())])
    return marked


def _is_signature(below: str, *, strict: bool) -> bool:
    lines = [line.strip() for line in below.splitlines() if line.strip()]
    longest = 60 if strict else 120
    if len(lines) > _MAX_SIGNATURE_LINES or any(len(line) > longest for line in lines):
        return False
    return (
        not strict
        or len(lines) <= 1
        or not any(line.endswith((".", "!", "?", "。", "！", "？")) and " " in line for line in lines)
    )
