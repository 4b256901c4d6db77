"""What does the first call of `feedbackloop check` say?"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop.http import Denied

Answer = TypeVar("Answer")
ADDRESS_FIX = "check base_url, the network and the proxy"


def first_contact(ask: Callable[[], Answer], *, login_fix: str, address_fix: str = ADDRESS_FIX) -> Answer | Check:
    """Make the first call; gives its answer, or the one line after which nothing more can be asked.

    Args:
        ask: The call: who are we, or what may we see?
        login_fix: What to do when the desk does not know us.
        address_fix: What to do when it cannot be reached, or is something else.
    """
    try:
        return ask()
    except Denied as refusal:
        return Check("login", False, str(refusal), login_fix)
    except SourceError as error:
        return Check("address", False, str(error), address_fix)
