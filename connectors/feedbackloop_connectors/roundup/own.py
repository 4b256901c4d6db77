"""How are our own writes recognised when they come back?

Every message we write carries our mark as its Message-ID, which Roundup keeps, uses in the mail that it sends, and can be
asked for. The name of the account proves nothing: a person may use it too.
"""

from __future__ import annotations

from hashlib import blake2b
from urllib.parse import urlsplit

OWN = "<feedbackloop."
OWN_TASK = "<feedbackloop.task."


def mark(key: str, *, is_task: bool = False) -> str:
    """Give the part of a Message-ID that stands for an action's key; it is what to search for."""
    return (OWN_TASK if is_task else OWN) + blake2b(key.encode(), digest_size=12).hexdigest() + "@"


def message_id(mark_of_it: str, base_url: str) -> str:
    """Complete a mark to a Message-ID under the tracker's own host."""
    return f"{mark_of_it}{urlsplit(base_url).hostname}>"
