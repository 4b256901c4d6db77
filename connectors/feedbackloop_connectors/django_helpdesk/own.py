"""How are our own writes recognised when they come back, and what must not stand in a text?

The interface has no place for a mark but the text itself: what we write ends with a line such as `[ref fbl-3f9a61c0d2e4]`, made
from the action's key. Customers see it in a reply and quote it in their answers, so it proves nothing without a staff account.
"""

from __future__ import annotations

import re
from hashlib import blake2b

_JOINER = "\N{WORD JOINER}"
_ACTIVE = re.compile(r"(?<=\{)(?=[{%#])|(?<=%)(?=\})|(?<=#)(?=\d)")
_ENDING = re.compile(r"\[(ref|task) fbl-[0-9a-f]{12}\]\s*$")


def mark(key: str, *, is_task: bool = False) -> str:
    """Give the line that marks a write."""
    name = blake2b(key.encode(), digest_size=6).hexdigest()
    return f"[{'task' if is_task else 'ref'} fbl-{name}]"


def marked(text: str, mark_of_it: str) -> str:
    """Put the mark behind a text."""
    return f"{text.rstrip()}\n\n{mark_of_it}"


def inert(text: str) -> str:
    """Take the power out of a text: follow-ups are run as Django templates, and `#12` in one writes to ticket 12.

    An invisible joiner parts `{{`, `{%`, `%}`, `{#` and `#12`; the text looks as it did. A `%}` alone would be answered with 500.
    """
    return _ACTIVE.sub(_JOINER, text)


def kind_of_mark(text: str) -> str | None:
    """Say what the mark at the end of a text stands for, `ref` or `task`; None: not marked."""
    found = _ENDING.search(text)
    return found[1] if found else None
