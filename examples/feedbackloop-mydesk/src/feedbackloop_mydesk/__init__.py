"""Which connector does this package bring?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedbackloop import hookimpl
from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Bring `mydesk`."""
    from feedbackloop_mydesk.connector import Mydesk  # late: `feedbackloop --help` needs none of it

    return [Mydesk]
