"""The mail connector: what the core calls, put together from its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.records import Action, Receipt
from feedbackloop_connectors.mail.account import Account
from feedbackloop_connectors.mail.checking import Checker
from feedbackloop_connectors.mail.cursor import Cursor
from feedbackloop_connectors.mail.options import MailOptions
from feedbackloop_connectors.mail.pulling import Puller
from feedbackloop_connectors.mail.writing import Writer


class Mailbox(Connector[MailOptions]):
    """A mailbox, by IMAP and SMTP. See docs/connectors/mail.md."""

    name: ClassVar[str] = "mail"
    Options: ClassVar[type[SourceOptions]] = MailOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.TAGS, Ability.PUBLIC_REPLIES, Ability.FETCH})

    def __init__(self, options: MailOptions, context: Context) -> None:
        super().__init__(options, context)
        self._account = Account(options, context)
        self._writer = Writer(self._account)

    @property
    def is_local(self) -> bool:
        """Say whether both servers are on this machine."""
        return self.options.is_local

    def check(self) -> list[Check]:
        """Log in to both servers and open every folder; writes nothing."""
        return list(Checker(self._account).checks())

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        return str(Cursor.first(self.beginning(since)))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of threads with new mail, oldest first; see `Connector.pull`."""
        yield from Puller(self._account, until).pages(Cursor.read(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single threads anew; what is in no folder any more is named in `Page.erased`."""
        return Puller(self._account).fetch(ids)

    def push(self, action: Action) -> Receipt:
        """Set keywords on a thread, or answer its customer; see `Connector.push`."""
        return self._writer.push(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: the keywords themselves, or our copy among sent mail."""
        return self._writer.find(action)

    def close(self) -> None:
        """Log out."""
        self._account.imap.close()
