"""Can the tracker be reached, who are we there, what does it offer?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.roundup.account import Account

LOGIN_FIX = "check username and password, that the role has Rest Access, and that [web] http_auth is on in config.ini"


class Checker:
    """Asks the tracker, one line of `feedbackloop check` after the other; writes nothing."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        fix = "check base_url: the tracker's own address, without /rest"
        me = first_contact(lambda: self._account.me, login_fix=LOGIN_FIX, address_fix=fix)
        if isinstance(me, Check):
            yield me
            return
        yield Check("address", True, f"{self._api.http.base_url} answers")
        yield Check("login", True, f"{self._account.options.username}, user {me}")
        yield self._seen("issues", self._issues)
        yield self._seen("statuses", lambda: ", ".join(self._api.names("status").values()))
        yield self._seen("keywords", lambda: f"{len(self._api.names('keyword'))} known")
        yield Check("notes", True, "Roundup has no private notes: none are written")
        left = self._api.http.last_headers.get("X-RateLimit-Remaining")
        yield Check("rate budget", True, f"{left} calls left" if left else "the tracker sets none")

    def _issues(self) -> str:
        newest = self._api.issues(1, None)
        return f"open to us: {len(newest)} on the first page" if newest else "open to us: none yet"

    def _seen(self, name: str, look: Callable[[], str]) -> Check:
        try:
            return Check(name, True, look() or "none")
        except SourceError as error:
            fix = "give this account's role the right to view it, or correct the property names in the options"
            return Check(name, False, str(error), fix)
