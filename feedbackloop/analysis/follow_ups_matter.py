"""What is one customer's matter: what moved us to write, and what backs the things that we may say?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import Literal

from msgspec import Struct

from feedbackloop.analysis.readability import sentences
from feedbackloop.analysis.wording_text import inert
from feedbackloop.records import Gap, ImprovementTask, Item, Message, Promise, Rating, Understanding

Trigger = Literal["shortfall", "bad_rating", "promise_broken", "promise_due", "fixed", "thanks"]

RECOVERY: frozenset[Trigger] = frozenset({"shortfall", "bad_rating", "promise_broken"})
"""Triggers that are one matter on one item: something went wrong, and the customer is answered once."""

_DONE = re.compile(
    r"\b(?:i|we|i['’]ve|we['’]ve|has|has been|have been|was|were|is|are|it['’]s)\s+"
    r"(?:(?:have|just|now|already|also|all|successfully)\s+){0,2}"
    r"(?:refunded|replaced|resent|re-sent|sent|shipped|dispatched|credited|cancell?ed|fixed|corrected|repaired|updated|restored"
    r"|arranged|booked|reset|issued|removed|changed|resolved|waived|reimbursed|delivered|unlocked|activated|swapped|extended"
    r"|released|settled|picked up|put right|taken care of|done|left|completed|submitted|confirmed|processed|registered"
    r"|forwarded|passed on|recorded)\b"
    r"|\bleft the (?:house|warehouse) (?:today|this morning|yesterday)\b"
    r"|(?:已经?|刚刚)(?:为您|给您|帮您|替您|把)?[^，。；,;]{0,8}?(?:退款|退还|退回|退给|补发|重发|重新发|寄出|发出|发货|揽收|更换|换货|修复|修好|解决"
    r"|取消|恢复|开通|更正|更新|赔付|补偿|改好|安排|延长|重置|处理好|查清楚|办好|备注好)"
    r"|(?:处理|查|办|备注|修|改)(?:好|清楚)了",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"\b(?:not|never|unable|cannot|will|would|shall|if|once|when|until|unless|tomorrow)\b|n['’]t\b|['’]ll\b|\?"
    r"|尚未|还没|没有|未能|无法|不能|将会?|会为|会在|如果|一旦|待|后再|吗|？|明天|后天|之前|马上|尽快",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?>\s|[.,!;:~()👍🙏😊🙂]|\b(?:okay|ok|thanks|thank|you|thx|cheers|great|perfect|good|fine|bye|goodbye|alright|all"
    r"|right|no(?= thank)|that['’]?s|that is|so|very|much|a lot|many|have|nice|day|too|and|then|super|wonderful|got"
    r"|understood|appreciated?)\b"
    r"|[。，！、；：～]|好的?|谢谢|多谢|感谢|你们?|您|嗯|哦|收到|知道了|明白了?|再见|拜拜|辛苦了?|没问题|可以|了|啦|哈)++",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"(?<=[,;，；])\s*")
_LONGEST_DEED = 300


class AgentAction(Struct, frozen=True):
    """What a person on our side did for this customer, in the words in which they said so, and when."""

    words: str
    at: datetime


class Matter(Struct, frozen=True, kw_only=True):
    """One matter of one customer that deserves a message.

    Attributes:
        item: The item it is about.
        understanding: What was read from the customer's words.
        trigger: What moved us.
        at: When it did; the draft carries this time.
        gaps: Those that went the way the trigger says (worse; for thanks better), clearest first.
        promises: Those concerned: broken ones, or the one that is due.
        rating: The rating that counts here, if any.
        task: The improvement task that mends the cause, if there is one.
        agent_action: What an agent already did, if anything.
    """

    item: Item
    understanding: Understanding
    trigger: Trigger
    at: datetime
    gaps: tuple[Gap, ...] = ()
    promises: tuple[Promise, ...] = ()
    rating: Rating | None = None
    task: ImprovementTask | None = None
    agent_action: AgentAction | None = None

    @property
    def cause(self) -> str:
        """The matter's stable name on its item: whatever went wrong is one matter, each promise and each fix another."""
        if self.trigger in RECOVERY:
            return "recovery"
        if self.trigger == "promise_due" and self.promises:
            return f"promise_due:{self.promises[0].id}"
        return f"fixed:{self.task.id}" if self.trigger == "fixed" and self.task else self.trigger


def is_bad(rating: Rating) -> bool:
    """Say whether a rating asks for an answer: CSAT up to the middle (3 of 5), NPS up to 6, others in their lower 40 %."""
    limit = {"csat": 0.5, "nps": 0.6}.get(rating.scale, 0.4)
    return _height(rating) <= limit


def is_good(rating: Rating) -> bool:
    """Say whether a rating is praise: NPS 9 and 10, others in their upper tenth."""
    return _height(rating) >= 0.9


def _height(rating: Rating) -> float:
    span = rating.max - rating.min
    return (rating.value - rating.min) / span if span > 0 else 0.5


def people(item: Item) -> list[Message]:
    """Give the public messages that persons wrote, oldest first: nothing automatic, nothing of ours."""
    human = (m for m in item.messages if m.public and not m.automatic and not m.own and m.author != "system")
    return sorted(human, key=lambda message: message.at)


def agent_action(item: Item, broken: Sequence[Promise] = ()) -> AgentAction | None:
    """Find the newest sentence in which an agent says that something has been done; None: nobody says so.

    Only what was said after the customer's last word counts: whoever wrote again may have written that it never came. A mere
    "ok, thank you" is no such word.
    Intentions, questions and refusals ("I have not sent", "once we have refunded") are no deeds, and where one follows in
    the same sentence ("..., and I'll write on Friday") it is cut off. A sentence with a broken promise in it is no deed
    either.
    """
    spoken = people(item)
    last_word = max((m.at for m in spoken if m.author == "customer" and not _is_courtesy(m)), default=item.created_at)
    for message in reversed([m for m in spoken if m.author == "agent" and m.at >= last_word]):
        said = [s for s in sentences(inert(message.text, 4000)) if not any(inert(p.what) in s for p in broken)]
        deed = next(filter(None, map(_deed, said)), None)
        if deed:
            return AgentAction(deed, message.at)
    return None


def _is_courtesy(message: Message) -> bool:
    """Say whether a message is nothing but thanks, consent or a goodbye."""
    return bool(message.text.strip()) and _COURTESY.fullmatch(message.text.strip()[:200]) is not None


def _deed(sentence: str) -> str:
    """Give the part of a sentence that tells of something done, up to the first clause that is open, or nothing."""
    clauses = takewhile(lambda clause: not _NOT_DONE.search(clause), _CLAUSE.split(sentence))
    said = "".join(clause + " " if clause.endswith((",", ";")) else clause for clause in clauses).strip()
    is_deed = bool(_DONE.search(said)) and len(said) <= _LONGEST_DEED
    return said.rstrip(",;，； ") if is_deed else ""


def task_for(gaps: Sequence[Gap], tasks: Sequence[ImprovementTask]) -> ImprovementTask | None:
    """Choose the task that mends the cause of these gaps: touchpoint and dimension must fit, the higher priority wins.

    Only tasks count that a person agreed to; a task of another segment does not fit.
    """
    agreed = [t for t in tasks if t.status in {"approved", "open", "reopened", "done", "verified"}]
    fitting = [task for task in agreed if any(_fits(task.group, gap) for gap in gaps)]
    return min(fitting, key=lambda task: (-task.priority, task.id), default=None)


def _fits(group: dict[str, str], gap: Gap) -> bool:
    of_gap = {"touchpoint": gap.touchpoint, "dimension": gap.dimension, "segment": gap.segment}
    return bool(group) and all(of_gap.get(key) == value for key, value in group.items())
