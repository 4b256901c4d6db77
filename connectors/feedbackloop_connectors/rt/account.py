"""Which parts work together on one desk, and who are we there?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal
from feedbackloop.http import Declined
from feedbackloop_connectors.rt.api import Api
from feedbackloop_connectors.rt.items import Reader
from feedbackloop_connectors.rt.options import RtOptions


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: RtOptions, context: Context) -> None:
        self.options = options
        self.tag_prefix = context.tag_prefix
        self.http = options.open_http(context)
        self.api = Api(self.http, options.page_size)

    @cached_property
    def me(self) -> str:
        """Our account's name.

        Raises:
            Fatal: It cannot be told.
        """
        account = self.options.account
        if account is None:
            raise Fatal("the token does not say whose it is; write the account's name in `user`")
        try:
            return str(self.api.user(account).get("Name") or account)
        except Declined as refusal:
            raise Fatal(f"there is no account {account!r} on this desk; check `user` and `token`") from refusal

    def seen_queues(self) -> list[str]:
        """Give the names of the queues to read.

        Raises:
            Fatal: One is not there or not ours to see: RT would answer with no tickets and not a word.
        """
        if not self.options.queues:
            found = [name for name in self.api.queues() if name != self.options.task_queue]
            if not found:
                raise Fatal("this account sees no queue; give it the rights SeeQueue and ShowTicket")
            return found
        return [self._queue(name) for name in self.options.queues]

    def _queue(self, name: str) -> str:
        try:
            return str(self.api.queue(name).get("Name") or name)
        except Declined as refusal:
            raise Fatal(f"there is no queue {name!r}, or this account may not see it (right SeeQueue)") from refusal

    def reader(self, colleagues: Mapping[str, bool]) -> Reader:
        """Give what makes items of tickets."""
        return Reader(self.options, self.http.base_url, self.tag_prefix, self.me, colleagues)

    def url(self, ticket_id: int | str) -> str:
        """Give the address of a ticket for people."""
        return f"{self.http.base_url}/Ticket/Display.html?id={ticket_id}"
