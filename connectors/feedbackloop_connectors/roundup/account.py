"""Which parts work together on one tracker, and who are we there?"""

from __future__ import annotations

from functools import cached_property

from feedbackloop.connector import Context
from feedbackloop.errors import Fatal
from feedbackloop_connectors.roundup.api import Api, own_headers
from feedbackloop_connectors.roundup.items import Reader
from feedbackloop_connectors.roundup.options import RoundupOptions


class Account:
    """The parts of one configured source, put together.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def __init__(self, options: RoundupOptions, context: Context) -> None:
        self.options = options
        self.tag_prefix = context.tag_prefix
        self.http = options.open_http(context, headers=own_headers(options.base_url))
        self.api = Api(self.http, options.page_size, options.properties)

    @cached_property
    def me(self) -> str:
        """The id of our account.

        Raises:
            Refused: The credentials are not accepted.
            Fatal: There is no such user, though the login was taken.
        """
        name = self.options.username
        found = [row for row in self.api.users({"username": name}) if row.get("username") == name]
        if not found:
            raise Fatal(f"the tracker shows no user {name!r} to this account; it needs the right to view users")
        return str(found[0]["id"])

    @cached_property
    def reader(self) -> Reader:
        """What makes items of issues, by the tracker's statuses and keywords, which are asked once a run."""
        return Reader(
            self.options,
            base_url=self.http.base_url,
            tag_prefix=self.tag_prefix,
            statuses=self.api.names("status"),
            keywords=self.api.names("keyword"),
        )

    def url(self, issue_id: str) -> str:
        """Give the address of an issue for people."""
        return f"{self.http.base_url}/issue{issue_id}"
