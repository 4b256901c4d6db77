"""Can both servers be reached, and are the folders there?"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop_connectors.mail.account import Account

LOGIN_FIX = "check the host, port and security, username and password; some providers want an app password"


class Checker:
    """Logs in to both servers and opens every folder; writes nothing."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def checks(self) -> Iterator[Check]:
        """Yield one line for each server."""
        yield self._seen("imap", self._folders)
        yield self._seen("smtp", self._account.smtp.check)

    def _folders(self) -> str:
        options = self._account.options
        for folder in options.folders:
            self._account.imap.select(folder)
        return f"{options.username} at {options.imap_host}: {', '.join(options.folders)}"

    def _seen(self, name: str, look: Callable[[], str]) -> Check:
        try:
            return Check(name, True, look())
        except SourceError as error:
            return Check(name, False, str(error), LOGIN_FIX)
