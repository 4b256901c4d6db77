"""Does a follow-up in better words still say what the draft said, and nothing else?

Every check is one that needs no understanding: the same quotations, the same figures, no new link, deed or offer, not much
longer. What passes is then held to the same lint as every message. A false alarm costs a nicer wording, nothing more.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from feedbackloop.analysis import lint
from feedbackloop.records import FollowUp

_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|『[^』]*』|(?<!\w)\"[^\"\n]*\"")
_FIGURE = re.compile(r"\d+(?:[.,:/-]\d+)*|[零一二三四五六七八九十百千两]+(?=[个天小周月年次分星点元块%])")
_COUNT = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|half|double|twice|hundred|thousand)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|\S@\S|\b[\w-]+\.(?:com|org|net|io|cn|de|co)\b", re.IGNORECASE)
_DEEDS = re.compile(
    r"\b(refund|replac|compensat|credit|discount|voucher|coupon|gift|free of charge|waiv|reimburs|sent|send|ship|dispatch|deliver"
    r"|fix|repair|resolv|solv|correct|improv|chang|train|ensur|escalat|contact|call|email|speak|arrang|organi[sz]|schedul|priorit"
    r"|investigat|review|look(?:ing|ed)? into|work(?:ing|ed)? on|taking (?:care|steps)|handl|process|in progress"
    r"|make sure|make it right|make up for|guarantee|promis|offer)",
    re.IGNORECASE,
)
_DEEDS_ZH = re.compile(
    "退款|退钱|赔|补偿|补发|重发|换货|寄|发货|派送|优惠|折扣|券|礼|免费|减免|解决|修复|修好|改进|改善|培训|整改|处理|跟进|联系|致电|回电|"
    "安排|调查|核查|升级|保证|承诺|确保|尽快|立即|马上"
)
_LONGER = 1.6
_SPARE = 80
"""Characters that a short part may grow by, whatever its length."""


def reworded(draft: FollowUp, feeling: str, understanding: str, by: str) -> FollowUp | None:
    """Give a draft with two of its parts in other words; None if a part does not stand in its text to be exchanged."""
    text = draft.text
    for old, new in ((draft.feeling, feeling), (draft.understanding, understanding)):
        if not old or text.count(old) != 1:
            return None
        text = text.replace(old, new)
    return replace(draft, text=text, feeling=feeling, understanding=understanding, polished_by=by)


def faults(draft: FollowUp, other: FollowUp, glossary: Mapping[str, str]) -> tuple[str, ...]:
    """Say what a reworded draft has lost or added; empty if it may stand in the draft's place.

    Args:
        draft: As the templates wrote it.
        other: From `reworded`.
        glossary: The config's house words -> customers' words.
    """
    pairs = ((draft.feeling, other.feeling), (draft.understanding, other.understanding))
    found = [fault for old, new in pairs for fault in _part_faults(old, new)]
    return (*dict.fromkeys(found), *lint.lines(lint.lint(other, glossary)))


def _part_faults(old: str, new: str) -> Iterator[str]:
    if _QUOTED.findall(old) != _QUOTED.findall(new):
        yield "quotations differ"
    old_words, new_words = _QUOTED.sub("“”", old), _QUOTED.sub("“”", new)
    if _figures(old_words) != _figures(new_words):
        yield "figures differ"
    if _ADDRESS.search(new_words):
        yield "an address was added"
    if added := _deeds(new_words) - _deeds(old_words):
        yield f"deeds were added: {', '.join(sorted(added))}"
    if len(new) > len(old) * _LONGER + _SPARE:
        yield "much longer"


def _figures(words: str) -> Counter[str]:
    """Count figures, those in words too."""
    return Counter(match[0].lower() for form in (_FIGURE, _COUNT) for match in form.finditer(words))


def _deeds(words: str) -> set[str]:
    """Name the deeds and offers spoken of, by their stems."""
    return {match[0].lower() for form in (_DEEDS, _DEEDS_ZH) for match in form.finditer(words)}
