"""What kinds of promises are there, and by which words are each promised, done, received or missed?

contact   call back, reply, keep informed: seen in the thread, or in the customer's words
delivery  send, ship, arrive
money     refund, credit, compensate
repair    fix, resolve, replace, visit
action    any other deed: check, escalate, cancel
"""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct


class Kind(Struct, frozen=True):
    """One kind of promise. `promised` is matched in the promising clause, `done` in agents', `got` in customers' later words."""

    name: str
    dimension: str
    promised: re.Pattern[str]
    done: re.Pattern[str]
    got: re.Pattern[str]
    about: re.Pattern[str]


@cache
def kinds() -> tuple[Kind, ...]:
    """Give the kinds in the order in which they are tried, "action" last; both languages in one pattern."""
    return (
        _kind(
            "contact",
            "responsiveness",
            r"\b(?:call|ring|phone|reply|respond|get back|contact|email|e-mail|write|follow(?:ing)? up|update you|keep you|let you know|inform you|notify you|reach out|be in touch|answer|hear (?:back )?from|call ?back|hear back)\b"
            r"|回电|回复|联系|致电|打电话|来电|答复|通知您?|反馈|告知|回访|给您.{0,4}电话|跟您.{0,4}电话",
            r"\b(?:called|spoke|rang|as discussed|following up|follow-up|tried to reach|left (?:you )?a (?:message|voicemail)|as promised)\b|已(?:经)?(?:联系|致电|电话|回复|通知|沟通)|刚才?(?:电话|联系)|电话沟通",
            r"\b(?:thanks?(?: you)? for (?:calling|the call|getting back|your (?:reply|call|email|quick reply))|(?:they|you|she|he|someone) (?:did )?(?:called|call(?: me)? back|rang|got back|replied|contacted me))\b|(?:已经?|刚刚?)(?:接到|收到).{0,6}(?:电话|回复|联系)|(?:谢谢|感谢).{0,4}(?:回复|来电|联系|电话)|联系我了|回电了",
            r"\b(?:call(?:ed|s)?|call ?back|rang|reply|replied|replies|respon\w+|hear[d]?|contact\w*|answer\w*|got back|get back|email\w*|in touch|update[sd]?|phone\w*)\b|联系|回电|电话|回复|答复|回音|消息|理我|反馈",
        ),
        _kind(
            "money",
            "reliability",
            r"\b(?:refund\w*|reimburs\w+|credit(?:ed)?|compensat\w+|money back|waive[d]?|discount|voucher|pay(?:ment)?|deposit)\b|退款|退回|到账|赔偿|补偿|退还|返还|返现|打款|优惠券",
            r"\b(?:refunded|reimbursed|credited|compensated|waived|refund (?:has been|was|is) (?:\w+ )?(?:issued|processed|sent|made|completed)|(?:processed|issued|sent) (?:the|your|a) (?:full )?(?:refund|credit))\b|已(?:经)?(?:为您|帮您|给您)?(?:退款|退回|到账|赔偿|补偿|打款|退还)|退款(?:已|成功)",
            r"\b(?:(?:got|received|have|see) (?:the|my|a|our) (?:full )?(?:refund|money|credit|reimbursement)|refund (?:has )?(?:arrived|came|received|is here)|refunded me)\b|(?:退款|钱|款).{0,4}(?:收到|到了|到账了|已到)|收到.{0,4}(?:退款|钱|赔偿)|已到账",
            r"\b(?:refund\w*|money|credit\w*|reimburse\w*|compensat\w*|paid)\b|退款|钱|到账|赔|退",
        ),
        _kind(
            "delivery",
            "reliability",
            r"\b(?:ship(?:ped|s)?|deliver(?:ed|y)?|dispatch(?:ed)?|send|sent|arrive|receive|post(?:ed)?|mail(?:ed)?|courier|on its way|be with you|be there)\b|发货|发出|寄出|补发|送达|送到|到货|配送|派送|寄|送过去|补寄|重发|收到",
            r"\b(?:shipped|dispatched|delivered|sent (?:out|it|you|the|your)|(?:has|have) been sent|on its way|out for delivery|tracking number)\b|已(?:经)?(?:为您|帮您|给您)?(?:发货|发出|寄出|补发|送达|签收|配送|重发)|快递单号|运单号",
            r"\b(?:(?:it |parcel |package |order |they |everything )?(?:has |have |just |finally )*(?:arrived|was delivered|been delivered)|(?:got|received) (?:it|the|my|them)(?: \w+){0,2}|is here)\b|收到(?:了|货)|到货了|已收到|送到了|到了",
            r"\b(?:deliver\w*|ship\w*|arriv\w*|parcel|package|order|receiv\w*|sent|send|dispatch\w*|here|came|come)\b|货|快递|收到|送|寄|发",
        ),
        _kind(
            "repair",
            "reliability",
            r"\b(?:fix\w*|resolv\w*|repair\w*|replac\w*|solv\w*|technician|engineer|sort(?:ed)? (?:it|this|out)|correct\w*|restor\w*|exchang\w*|visit|come (?:out|over|by))\b|修复|维修|解决|更换|换货|上门|处理好|修好|处理|检修|恢复",
            r"\b(?:(?:has been|have been|is now|was|we(?:'ve| have)?|i(?:'ve| have)?|now) (?:\w+ )?(?:fixed|resolved|repaired|replaced|solved|sorted|corrected|restored))\b|已(?:经)?(?:为您|帮您|给您)?(?:修复|维修|解决|更换|处理|恢复|修好|换)",
            r"\b(?:works? (?:now|again|fine|well)|working (?:now|again|fine)|(?:is|are|got|been|it's|problem|issue) (?:\w+ )?(?:fixed|resolved|sorted|repaired|solved)|(?:got|received) (?:the|a|my) replacement)\b|好了|解决了|修好了|可以用了|恢复了|正常了",
            r"\b(?:fix\w*|resolv\w*|repair\w*|replac\w*|work\w*|solv\w*|technician|engineer|broken|showed? up|came|problem|issue)\b|修|解决|处理|换|上门|问题",
        ),
        _kind(
            "action",
            "reliability",
            r"\b(?:check|investigat\w*|look into|arrange\w*|escalat\w*|forward\w*|process\w*|cancel\w*|make sure|ensure|confirm|review|raise|pass (?:this|it)|open a|update|change|remove|add|activate|set up|schedul\w*|book)\b|核实|跟进|安排|反馈|申请|登记|取消|改进|调查|查询|转达|催|确认|开通|升级",
            r"\b(?:(?:has|have) been (?:\w+ )?(?:checked|arranged|escalated|forwarded|processed|cancelled|canceled|confirmed|updated|changed|removed|added|activated|booked|scheduled)|i(?:'ve| have) (?:\w+ )?(?:checked|arranged|escalated|forwarded|processed|cancelled|confirmed|updated|changed|removed|added|activated|booked|scheduled))\b|已(?:经)?(?:为您|帮您|给您)?(?:核实|安排|申请|取消|登记|查询|确认|开通|反馈|提交)",
            r"\b(?:thanks?(?: you)? for (?:sorting|arranging|checking|doing|your help)|all (?:sorted|good|done))\b|(?:谢谢|感谢).{0,6}(?:安排|处理|帮)|搞定了",
            r"\b(?:done|happen\w*|progress|cancel\w*|change\w*|update\w*|arrang\w*|process\w*)\b|进展|结果|取消|安排|办",
        ),
    )


def _kind(name: str, dimension: str, promised: str, done: str, got: str, about: str) -> Kind:  # one table row
    return Kind(name, dimension, re.compile(promised), re.compile(done), re.compile(got), re.compile(about))


def kind_of(words: str) -> Kind | None:
    """Give the kind of a promise by its words in lower case; None if they name no deed."""
    return next((kind for kind in kinds() if kind.promised.search(words)), None)
