"""Who are we on the desk, and what may we do there?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from feedbackloop.connector import Check
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.desk_since.dialect import Dialect

BUDGET = ("X-RateLimit-Remaining", "X-Ratelimit-Remaining", "X-RateLimit-Remaining-Minute", "RateLimit-Remaining")
"""How desks name the calls that are left."""


class Checker:
    """Asks a desk, one line of `feedbackloop check` after the other; writes nothing."""

    def __init__(self, dialect: Dialect[Any]) -> None:
        self._dialect = dialect

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        me = first_contact(lambda: self._dialect.me, login_fix=self._dialect.login_fix)
        if isinstance(me, Check):
            yield me
            return
        yield Check("address", True, f"{self._dialect.http.base_url} answers")
        yield Check("login", True, me.name)
        yield from self._dialect.checks()
        headers = self._dialect.http.last_headers
        left = next((headers[name] for name in BUDGET if name in headers), None)
        yield Check("rate budget", True, f"{left} calls left" if left else "the desk does not say")
