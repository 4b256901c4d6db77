"""Can the desk be reached, who are we there, what may we do, what does it offer?"""

from __future__ import annotations

from collections.abc import Iterator

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop.http import Declined, Denied
from feedbackloop_connectors.desk.checking import first_contact
from feedbackloop_connectors.desk.values import rows
from feedbackloop_connectors.rt.account import Account

LOGIN_FIX = "check token (or user and password); RT needs the right ManageAuthTokens to make a token"
RIGHTS = (
    "SeeQueue, ShowTicket, ShowTicketComments, CommentOnTicket, ReplyToTicket, ModifyTicket, SeeCustomField, "
    "ModifyCustomField"
)


class Checker:
    """Asks the desk, one line of `feedbackloop check` after the other."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._api = account.api

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        fix = "check base_url (without /REST/2.0), the network and the proxy"
        version = first_contact(self._api.version, login_fix=LOGIN_FIX, address_fix=fix)
        if isinstance(version, Check):
            yield version
            return
        yield Check("address", True, f"RT {version} answers at {self._account.http.base_url}")
        try:
            yield Check("login", True, self._account.me)
            queues = self._account.seen_queues()
        except SourceError as error:
            yield Check("queues", False, str(error), f"correct `queues`, or grant the account {RIGHTS}")
            return
        yield Check("queues", True, ", ".join(queues))
        yield from self._tickets(queues)
        yield self._tasks()
        yield from self._field("tag field", self._account.options.tag_field, queues)
        yield from self._field("rating field", self._account.options.rating_field, queues)

    def _tickets(self, queues: list[str]) -> Iterator[Check]:
        """Say what may be done to the newest ticket that can be seen; RT hides what is not ours without a word."""
        newest = self._api.newest_change(queues)
        if not newest:
            yield Check("tickets", True, f"none to be seen yet; if there are any, the account lacks {RIGHTS}")
            return
        yield Check("tickets", True, f"changes up to number {newest} can be seen")

    def _tasks(self) -> Check:
        queue = self._account.options.task_queue
        if queue is None:
            return Check("task queue", True, "none set: no improvement tasks are filed here")
        try:
            links = rows(self._api.queue(queue).get("_hyperlinks"))
        except Declined:
            return Check("task queue", False, f"there is no queue {queue!r} to be seen", "correct task_queue")
        if not any(link.get("ref") == "create" for link in links):
            fix = f"grant the account CreateTicket in {queue}"
            return Check("task queue", False, f"tickets may not be opened in {queue}", fix)
        return Check("task queue", True, queue)

    def _field(self, what: str, name: str | None, queues: list[str]) -> Iterator[Check]:
        if name is None:
            return
        without = [queue for queue in queues if not self._has(queue, name)]
        if len(without) == len(queues):
            yield Check(
                what, False, f"no queue shows a custom field {name!r}", "apply it to the queues, grant SeeCustomField"
            )
        else:
            yield Check(what, True, name + (f"; not in {', '.join(without)}" if without else ""))

    def _has(self, queue: str, name: str) -> bool:
        try:
            fields = rows(self._api.queue(queue).get("TicketCustomFields"))
        except (Declined, Denied):
            return False
        return any(row.get("name") == name for row in fields)
