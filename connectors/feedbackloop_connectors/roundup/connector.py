"""The Roundup connector: what the core calls, put together from its parts."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import ClassVar

from feedbackloop.connector import Ability, Context, SourceOptions
from feedbackloop.errors import Fatal
from feedbackloop_connectors.desk.connector import BOTH_WAYS, DeskConnector
from feedbackloop_connectors.desk.door import open_http
from feedbackloop_connectors.roundup.api import Api, own_headers
from feedbackloop_connectors.roundup.checking import Checker
from feedbackloop_connectors.roundup.cursor import Cursor, read_cursor
from feedbackloop_connectors.roundup.items import Reader
from feedbackloop_connectors.roundup.options import RoundupOptions
from feedbackloop_connectors.roundup.pulling import Puller
from feedbackloop_connectors.roundup.rows import stamp
from feedbackloop_connectors.roundup.writing import Writer


class Roundup(DeskConnector[RoundupOptions, Cursor]):
    """A Roundup tracker. See docs/connectors/roundup.md."""

    name: ClassVar[str] = "roundup"
    Options: ClassVar[type[SourceOptions]] = RoundupOptions
    # no PRIVATE_NOTES: every message goes to the nosy list; no ERASURES: a retired issue leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = BOTH_WAYS - {Ability.PRIVATE_NOTES, Ability.ERASURES}

    def __init__(self, options: RoundupOptions, context: Context) -> None:
        super().__init__(options, context)
        self.http = open_http(options, context, headers=own_headers(options.base_url))
        self._api = Api(self.http, options.page_size, options.properties)
        self.finder = self.writer = Writer(
            self._api, me=lambda: self._me, tag_prefix=context.tag_prefix, solved=options.solved
        )

    def first(self, since: datetime | None) -> Cursor:
        """Begin at the first issue changed since."""
        return Cursor(stamp(since) if since else "")

    def read_cursor(self, text: str) -> Cursor:
        """Read a cursor back; one that is not ours begins anew."""
        return read_cursor(text)

    def puller(self, until: datetime | None = None) -> Puller:
        """Read issues in the order in which they changed."""
        return Puller(self._api, self._reader, until)

    def checker(self) -> Checker:
        """Ask who we are, and about the issues, statuses and keywords."""
        return Checker(self._api, lambda: self._me, self.options.username)

    @cached_property
    def _me(self) -> str:
        """The id of our account.

        Raises:
            Refused: The credentials are not accepted.
            Fatal: There is no such user, though the login was taken.
        """
        name = self.options.username
        found = [row for row in self._api.users({"username": name}) if row.get("username") == name]
        if not found:
            raise Fatal(f"the tracker shows no user {name!r} to this account; it needs the right to view users")
        return str(found[0]["id"])

    def _reader(self) -> Reader:
        """Learn the tracker's statuses and keywords, by which issues are read."""
        return Reader(
            self.options,
            base_url=self.http.base_url,
            tag_prefix=self.context.tag_prefix,
            statuses=self._api.names("status"),
            keywords=self._api.names("keyword"),
        )
