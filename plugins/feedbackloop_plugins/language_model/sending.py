"""Which texts may be sent, and in which words? The account says why others are not."""

from __future__ import annotations

from collections.abc import Sequence

from feedbackloop.errors import FeedbackloopError
from feedbackloop.hookspecs import Redact
from feedbackloop.records import Text
from feedbackloop_plugins.language_model.account import Account
from feedbackloop_plugins.language_model.masking import Masked, masked

LONGEST = 4000
"""Longer texts, in characters, are left to the built-in reading: they cost much and hold mostly what others wrote."""


def sendable(texts: Sequence[Text], redact: Redact, account: Account) -> dict[int, Masked]:
    """Mask what may be sent: place -> masked text. An empty text is nobody's to read."""
    short = [place for place, text in enumerate(texts) if text.text.strip() and len(text.text) <= LONGEST]
    account.left("longer than is sent", sum(len(text.text) > LONGEST for text in texts))
    try:
        found = masked([texts[place].text for place in short], redact) if short else []
    except FeedbackloopError:  # no plugin masks, or the one that does broke: it is named in the report
        account.left("masking failed", len(short))
        return {}
    account.left("cannot be masked place by place", found.count(None))
    return {place: one for place, one in zip(short, found, strict=True) if one is not None}
