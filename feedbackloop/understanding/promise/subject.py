"""Does a later message speak of the very thing that was promised, whatever the kind of promise?

Words are compared by their first letters ("deposit", "deposits"), Chinese by pairs of characters. Words that name no
thing ("within", "working", 工作日) do not count.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from feedbackloop.understanding.lexicon.clauses import clauses
from feedbackloop.understanding.lexicon.lists import joined, table
from feedbackloop.understanding.promise import kinds as promise_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = re.compile(r"[a-z]{3,}|[\u4e00-\u9fff]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_STEM = 5
"""Letters of a word that are compared."""


@cache
def _no_things() -> frozenset[str]:
    return frozenset(word[:_STEM] for word in table("promise")["no_things"].split())


@cache
def _particles() -> re.Pattern[str]:
    return re.compile(joined(table("promise")["particles"], {}))


@lru_cache(512)
def things(words: str) -> frozenset[str]:
    """Give what a text in lower case speaks of: stems of words and pairs of Chinese characters.

    Remembered for the last texts: every promise of a thread asks every later message.
    """
    found: set[str] = set()
    for word in _WORD.findall(words):
        if word[0].isascii():
            found.add(word[:_STEM])
        else:
            runs = _particles().split(word)
            found.update(run[i : i + 2] for run in runs for i in range(len(run) - 1))
    return frozenset(found - _no_things())


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
    if not wanted & things(words):
        return None
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
    for part in clauses(words, "zh" if _CHINESE.search(words) else "en")[:20]:
        yield part.start, min(part.end + 1, part.start + 300)
