"""The Roundup connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import ClassVar

from feedbackloop.clock import parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Fatal
from feedbackloop.http import Declined, Http, basic_auth, is_loopback
from feedbackloop.records import Action, Receipt, TaskState
from feedbackloop_connectors.roundup.api import Api, own_headers
from feedbackloop_connectors.roundup.checking import Checker
from feedbackloop_connectors.roundup.cursor import Cursor, read_cursor
from feedbackloop_connectors.roundup.items import Reader
from feedbackloop_connectors.roundup.options import RoundupOptions
from feedbackloop_connectors.roundup.pulling import Puller
from feedbackloop_connectors.roundup.rows import stamp
from feedbackloop_connectors.roundup.writing import Writer


class Roundup(Connector[RoundupOptions]):
    """A Roundup tracker. See docs/connectors/roundup.md."""

    name: ClassVar[str] = "roundup"
    Options: ClassVar[type[SourceOptions]] = RoundupOptions
    # no PRIVATE_NOTES: every message goes to the nosy list; no ERASURES: a retired issue leaves no trace in a list
    abilities: ClassVar[frozenset[Ability]] = frozenset(
        {Ability.TAGS, Ability.PUBLIC_REPLIES, Ability.TASKS, Ability.TASK_STATUS, Ability.FETCH}
    )

    def __init__(self, options: RoundupOptions, context: Context) -> None:
        super().__init__(options, context)
        password = options.password.get_secret_value()
        self._http = Http(
            options.base_url,
            authorization=basic_auth(options.username, password),
            headers=own_headers(options.base_url),
            ca_file=str(Path(context.folder) / options.ca_file) if options.ca_file else None,
            proxy=options.proxy,
            plain_http=options.plain_http,
            secrets=[password],
        )
        self._api = Api(self._http, options.page_size, options.properties)
        self._writer = Writer(self._api, me=lambda: self._me, tag_prefix=context.tag_prefix, solved=options.solved)

    @property
    def is_local(self) -> bool:
        """Say whether the tracker is a loopback one, reached without a proxy."""
        return is_loopback(self.options.base_url) and self.options.proxy is None

    def check(self) -> list[Check]:
        """Ask the tracker who we are and what it offers; writes nothing."""
        return list(Checker(self._api, lambda: self._me, self.options.username).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(stamp(since) if since else ""))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of issues in the order in which they changed; see `Connector.pull`.

        Raises:
            Refused: The credentials are not accepted, or the role lacks a right.
            Fatal: The address is no tracker, or a property in the options does not exist.
        """
        try:
            yield from self._puller(until).pages(read_cursor(cursor or self.start(None)))
        except Declined as refusal:
            raise Fatal(f"{refusal}; check base_url, which is the tracker's own address") from refusal

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single issues anew; what is retired is named in `Page.erased`."""
        return self._puller().fetch(ids)

    def push(self, action: Action) -> Receipt:
        """Do one write with its mark; see `Connector.push`."""
        return self._writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: our mark in the Message-IDs, the keywords themselves."""
        return self._writer.find(action)

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand: the statuses of `solved` are done, our prefix with `rejected` as a keyword turns one down."""
        return self._writer.states(ids)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

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

    def _puller(self, until: datetime | None = None) -> Puller:
        reader = Reader(
            self.options,
            base_url=self._http.base_url,
            tag_prefix=self.context.tag_prefix,
            statuses=self._api.names("status"),
            keywords=self._api.names("keyword"),
        )
        return Puller(self._api, reader, until)
