"""Why is there no answer, in words that are nobody's?"""

from __future__ import annotations

import re

from feedbackloop.errors import Fatal, Retriable, SourceError
from feedbackloop.http import Declined, Denied

_TOO_LONG = re.compile(
    r"context|too (?:long|large|many tokens)|exceed|maximum.{0,20}(?:length|tokens)|larger than|reduce the length",
    re.IGNORECASE,
)
_TOO_LARGE = 413
_NOT_THERE = 404


class Unanswered(Exception):
    """There is no answer, and this is why.

    Attributes:
        detail: May quote the server, and is for `check` alone.
        is_too_much: Asking about fewer texts at once may help.
        is_for_good: Asking again cannot help.
        is_the_texts: It says nothing of the endpoint: where others were answered, it is no failure.
    """

    def __init__(
        self,
        reason: str,
        detail: str = "",
        *,
        is_too_much: bool = False,
        is_for_good: bool = False,
        is_the_texts: bool = False,
    ) -> None:
        super().__init__(reason)
        self.detail = detail or reason
        self.is_too_much = is_too_much
        self.is_for_good = is_for_good
        self.is_the_texts = is_the_texts


def unanswered(error: SourceError) -> Unanswered:
    """Turn what went wrong on the way into a reason."""
    said = str(error)
    if isinstance(error, Denied):
        return Unanswered(f"the endpoint refused the key ({error.status})", said, is_for_good=True)
    if isinstance(error, Declined) and is_too_long(error):
        return Unanswered("longer than the model takes", said, is_too_much=True, is_the_texts=True)
    if isinstance(error, Declined):
        reason = f"the endpoint declined the request ({error.status})"
        return Unanswered(reason, said, is_for_good=error.status == _NOT_THERE)
    if isinstance(error, Fatal):
        return Unanswered("the endpoint's address cannot be used", said, is_for_good=True)
    if isinstance(error, Retriable) and error.wait_seconds is not None:
        return Unanswered("the endpoint asks to wait", said)
    if " answered " in said:
        return Unanswered("the endpoint stumbled", said)
    if "in time" in said:
        return Unanswered("no answer in time", said, is_too_much=True)
    return Unanswered("no usable answer" if "answer" in said else "the endpoint cannot be reached", said)


def is_too_long(error: Declined) -> bool:
    """Say whether a request was declined because the model's context does not hold it: no field of the answer's says so
    everywhere, so its words must."""
    return error.status == _TOO_LARGE or (error.status < _NOT_THERE and bool(_TOO_LONG.search(error.body)))
