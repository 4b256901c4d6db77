"""How is a decision of restraint said in words, for `explain`, the review list and the ledger's reader?"""

from __future__ import annotations

from datetime import UTC, tzinfo

from feedbackloop.analysis.restraint import Decision, Reason
from feedbackloop.analysis.wording_figures import Language, moment

_WORDS: dict[Reason, dict[Language, str]] = {
    "contacted_recently": {
        "en": "this person already got as many messages and surveys as the limit for their segment allows",
        "zh": "近期联系这位客户（包括回访和调查）的次数已到其客户等级的上限",
    },
    "opted_out": {"en": "this person does not want to be contacted", "zh": "这位客户表示不希望被联系"},
    "silent": {
        "en": "this person left the last messages unanswered and is left alone",
        "zh": "这位客户连续几次没有回应，不再打扰",
    },
    "quiet_hours": {"en": "it is night where the customer lives", "zh": "客户所在地现在是休息时间"},
    "recent_feedback": {
        "en": "this person gave feedback a short while ago, and nobody asked for this message",
        "zh": "这位客户刚刚提过反馈，而这条消息并非回应那条反馈",
    },
    "automatic_mail": {"en": "an auto-responder wrote, not a person", "zh": "对方是自动回复，不是真人"},
    "agent_answering": {
        "en": "the thread is open and somebody wrote in it within the last day",
        "zh": "会话尚未结束，最近一天内还有人在回复",
    },
    "same_matter": {"en": "this person already got a message about this matter", "zh": "同一件事已经联系过这位客户"},
    "lint": {"en": "the draft has faults that must be mended first", "zh": "草稿没有通过检查，需要先修改"},
    "no_channel": {
        "en": "the source system takes no replies and mail is not switched on",
        "zh": "来源系统不支持回复，也没有启用邮件",
    },
    "unreachable": {"en": "there is no working address for this person", "zh": "没有可用的联系方式"},
    "too_old": {"en": "the matter is older than max_age allows", "zh": "事情已经超过允许联系的期限"},
    "hold_out": {
        "en": "this person belongs to the random group that gets no messages, for comparison",
        "zh": "这位客户被随机分到不联系的对照组",
    },
    "write_cap": {"en": "this run has used up the writes it may make", "zh": "本次运行的写入次数已用完"},
    "source_closed": {
        "en": "the source system takes no more replies in this thread",
        "zh": "来源系统已关闭这个会话，不能再回复",
    },
}


def explain(decision: Decision, language: Language = "en", zone: tzinfo = UTC) -> str:
    """Say a decision as one sentence.

    Args:
        decision: From `restraint.decide`.
        language: Of the sentence.
        zone: In which the time of a wait is said.
    """
    if decision.reason is None:
        return "It may be sent now." if language == "en" else "现在可以发送。"
    why = _WORDS[decision.reason][language]
    if decision.decision == "hold":
        return f"Held back: {why}." if language == "en" else f"不发送：{why}。"
    if decision.wait_until is None:
        return f"Waits for the next run: {why}." if language == "en" else f"等到下次运行：{why}。"
    until = moment(decision.wait_until, zone, language)
    return f"Waits until {until}: {why}." if language == "en" else f"等到{until}：{why}。"
