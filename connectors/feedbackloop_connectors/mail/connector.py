"""The mail connector: what the core calls, put together from its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import ClassVar

from feedbackloop.clock import iso, parse_time
from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Skippable, SourceError, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop_connectors.mail.imap import Imap
from feedbackloop_connectors.mail.letters import Letter
from feedbackloop_connectors.mail.options import MailOptions
from feedbackloop_connectors.mail.pulling import Cursor, Puller, read_cursor
from feedbackloop_connectors.mail.sending import Smtp, compose, message_id
from feedbackloop_connectors.mail.threads import by_time

_KEYWORD = re.compile(r"[A-Za-z0-9_.-]+")
LOGIN_FIX = "check the host, port and security, username and password; some providers want an app password"


class Mailbox(Connector[MailOptions]):
    """A mailbox, by IMAP and SMTP. See docs/connectors/mail.md."""

    name: ClassVar[str] = "mail"
    Options: ClassVar[type[SourceOptions]] = MailOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset({Ability.TAGS, Ability.PUBLIC_REPLIES, Ability.FETCH})

    def __init__(self, options: MailOptions, context: Context) -> None:
        super().__init__(options, context)
        ca_file = context.path(options.ca_file)
        self._imap = Imap(options, ca_file)
        self._smtp = Smtp(options, ca_file)

    @property
    def is_local(self) -> bool:
        """Say whether both servers are on this machine."""
        return self.options.is_local

    def check(self) -> list[Check]:
        """Log in to both servers and open every folder; writes nothing."""
        return [self._imap_check(), self._smtp_check()]

    def start(self, since: datetime | None) -> str:
        """Give the cursor of a first pull: from `since`, else from the option `start`, else from the beginning."""
        if since is None and self.options.start:
            since = parse_time(self.options.start, self.context.zone)
        return str(Cursor(iso(since) if since else ""))

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:
        """Yield pages of threads with new mail, oldest first; see `Connector.pull`."""
        yield from self._puller(until).pages(read_cursor(cursor or self.start(None)))

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single threads anew; what is in no folder any more is named in `Page.erased`."""
        return self._puller().fetch(ids)

    def push(self, action: Action) -> Receipt:
        """Set keywords on a thread, or answer its customer; see `Connector.push`.

        Raises:
            Skippable: The thread is gone, its customer unreachable, or the action of another kind.
            UnknownOutcome: A mail was handed over, and no answer came; it is looked at by a person.
        """
        if action.kind is ActionKind.TAG:
            return self._tag(action)
        if action.kind is not ActionKind.REPLY:
            raise Skippable(f"a mailbox cannot take a {action.kind}", record=action.id)
        try:
            return self.find(action) or self._reply(action)
        except NotImplementedError as error:
            raise UnknownOutcome(str(error), record=action.id) from error

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt: the keywords themselves, or our copy among sent mail.

        Raises:
            NotImplementedError: The copy is there and still a draft: whether the mail went out, nobody can tell.
        """
        if action.kind is ActionKind.TAG:
            _, flags = self._puller().thread(action.item)
            return Receipt(external_id=action.item) if set(action.tags) <= flags else None
        name = message_id(action.key, self.options.sender)
        copies = self._copies(name)
        if any("\\Draft" in flags for _, flags in copies):
            raise NotImplementedError("a copy of this mail is still a draft: look whether the customer has it")
        return Receipt(external_id=name, written_ids=(name,)) if copies else None

    def close(self) -> None:
        """Log out."""
        self._imap.close()

    # --- parts ----------------------------------------------------------------------------------------------------------

    def _reply(self, action: Action) -> Receipt:
        mail = compose(action, self._answered(action), self.options.sender, self.context.now())
        name, folder = message_id(action.key, self.options.sender), self.options.sent_folder
        self._imap.append(folder, mail.as_bytes(), "(\\Seen \\Draft)")
        try:
            self._smtp.send(mail)
        except UnknownOutcome:
            raise
        except SourceError:  # surely not sent: the copy goes, so that another attempt may be made
            uids = [uid for uid, _ in self._copies(name)]
            self._imap.add_flags(uids, ["\\Deleted"])
            self._imap.expunge(uids)
            raise
        self._imap.add_flags([uid for uid, _ in self._copies(name)], ["\\Draft"], "-")
        return Receipt(external_id=name, written_ids=(name,))

    def _answered(self, action: Action) -> Letter:
        """Give the customer's last letter of a thread: never a machine's (RFC 3834)."""
        letters, _ = self._puller().thread(action.item)
        if any(letter.undelivered for letter in letters):
            raise Skippable("mail to this customer came back as undeliverable", record=action.id)
        people = [one for one in letters if not (one.is_own or one.is_automatic or self.options.is_agent(one.sender))]
        if not people:
            raise Skippable(f"there is no mail of a customer in the thread {action.item!r}", record=action.id)
        return max(people, key=by_time)

    def _tag(self, action: Action) -> Receipt:
        bad = [tag for tag in action.tags if not _KEYWORD.fullmatch(tag)]
        if bad:
            raise Skippable(f"{bad[0]!r} cannot be an IMAP keyword", record=action.id)
        total = 0
        for folder in self.options.folders:
            if self._imap.has(folder):
                uids = self._imap.in_thread(action.item)
                self._imap.add_flags(uids, action.tags)
                total += len(uids)
        if not total:
            raise Skippable(f"there is no thread {action.item!r} in this mailbox", record=action.id)
        return Receipt(external_id=action.item)

    def _copies(self, name: str) -> list[tuple[int, frozenset[str]]]:
        folder = self.options.sent_folder
        if not self._imap.has(folder):
            return []
        found = self._imap.letters(folder, self._imap.in_thread(name))
        return [(uid, flags) for uid, letter, flags in found if letter.id == name]

    def _imap_check(self) -> Check:
        try:
            for folder in self.options.folders:
                self._imap.select(folder)
        except SourceError as error:
            return Check("imap", False, str(error), LOGIN_FIX)
        return Check(
            "imap", True, f"{self.options.username} at {self.options.imap_host}: {', '.join(self.options.folders)}"
        )

    def _smtp_check(self) -> Check:
        try:
            return Check("smtp", True, self._smtp.check())
        except SourceError as error:
            return Check("smtp", False, str(error), LOGIN_FIX)

    def _puller(self, until: datetime | None = None) -> Puller:
        return Puller(self._imap, self.options, self.context.tag_prefix, until)
