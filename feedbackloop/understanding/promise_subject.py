"""Does a later message speak of the very thing that was promised, whatever the kind of promise?

Words are compared by their first letters ("deposit", "deposits"), Chinese by pairs of characters. Words that name no
thing ("within", "working", 工作日) do not count.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from feedbackloop.understanding import promise_kinds
from feedbackloop.understanding.expectation_clauses import clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STEM = 5
"""Letters of a word that are compared."""
_NO_THING = frozenset(
    word[:_STEM]
    for word in (
        "the you your our will have has had with within for from that this they then them and not but can may shall should would could"
        " been being are was were what when where which once after before soon possible next last business working days day hour hours"
        " minutes week weeks month months today tomorrow morning afternoon evening tonight monday tuesday wednesday thursday friday"
        " saturday sunday expect expected going get got let know please allow usually takes take about approximately shortly able back"
        " here there out one two three just now also all any some more new january february march april june july august september"
        " october november december end time latest than later thanks thank sorry its it's let make sure send receive arrive"
    ).split()
)
_PARTICLES = re.compile(
    r"[的了会在给您你我们将内前后请把被就也还都一二两三四五六七八九十个天日周月号点分钟半]|工作日|小时|预计|今天|明天|后天|马上|尽快|最晚|之内|以内|左右|下班|一定|立即|稍后"
)


def things(words: str) -> frozenset[str]:
    """Give what a text in lower case speaks of: stems of words and pairs of Chinese characters."""
    found: set[str] = set()
    for word in _WORD.findall(words):
        if word[0].isascii():
            found.add(word[:_STEM])
        else:
            runs = _PARTICLES.split(word)
            found.update(run[i : i + 2] for run in runs for i in range(len(run) - 1))
    return frozenset(found - _NO_THING)


def reported(promised: str, words: str, sign: str) -> tuple[int, int] | None:
    """Find the clause of a later message that says that what was promised has come or is done.

    Args:
        promised: The words of the promise, lower case.
        words: Those of the message, lower case.
        sign: "came" in customers' words, "done_so" in agents'.

    Returns:
        Place of the clause; None where none says so.
    """
    wanted = things(promised)
    for start, end in _clauses(words):
        piece = words[start:end]
        if (
            promise_kinds.sign(sign).search(piece)
            and not promise_kinds.sign("not_so").search(piece)
            and wanted & things(piece)
        ):
            return start, end
    return None


def _clauses(words: str) -> Iterator[tuple[int, int]]:
    for part in clauses(words, "zh" if _CHINESE.search(words) else "en")[:60]:
        yield part.start, min(part.end + 1, part.start + 300)
