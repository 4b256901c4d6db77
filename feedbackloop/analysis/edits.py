"""How much did a person change in a draft before it went out? It says how good the drafts are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from statistics import median

from msgspec import Struct

_WORD = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:['’.,:-][^\W_\u3400-\u9fff]+)*")


class Edits(Struct, frozen=True):
    """Drafts that went out, or were approved, and what people changed in them.

    `median_changed`: share of words changed, 0..1, in the median of those that were edited; None where nobody edited any.
    """

    drafts: int
    edited: int
    median_changed: float | None = None


def words_changed(draft: str, text: str) -> float:
    """Give the share of words that differ: taken out and put in, of all words on both sides; 0 the same, 1 nothing in common.

    Chinese is counted by characters, since its words are not spaced. Case and punctuation alone are no change.
    """
    before, after = (_WORD.findall(side.casefold()) for side in (draft, text))
    if not before and not after:
        return 0.0
    return 1.0 - SequenceMatcher(None, before, after, autojunk=False).ratio()


def edits(pairs: Sequence[tuple[str, str]]) -> Edits:
    """Sum up (draft, text as it went out); the draft is empty where nobody changed it."""
    changed = [words_changed(draft, text) for draft, text in pairs if draft]
    return Edits(len(pairs), len(changed), median(changed) if changed else None)
