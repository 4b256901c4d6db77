"""How are keywords set and customers answered, each at most once?

A mail cannot be called back, so a copy is laid down first, as a draft. Where it still is one, a person must see whether the mail
went out.
"""

from __future__ import annotations

import re

from feedbackloop.errors import Skippable, SourceError, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop_connectors.mail.account import Account
from feedbackloop_connectors.mail.letters import Letter, by_time
from feedbackloop_connectors.mail.pulling import Puller
from feedbackloop_connectors.mail.sending import compose, message_id

_KEYWORD = re.compile(r"[A-Za-z0-9_.-]+")


class Writer:
    """Does one action."""

    def __init__(self, account: Account) -> None:
        self._options = account.options
        self._now = account.now
        self._imap = account.imap
        self._smtp = account.smtp
        self._puller = Puller(account)

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
            _, flags = self._puller.thread(action.item)
            return Receipt(external_id=action.item) if set(action.tags) <= flags else None
        name = message_id(action.key, self._options.sender)
        copies = self._copies(name)
        if any("\\Draft" in flags for _, flags in copies):
            raise NotImplementedError("a copy of this mail is still a draft: look whether the customer has it")
        return Receipt(external_id=name, written_ids=(name,)) if copies else None

    # --- parts --------------------------------------------------------------------------------------------------------------

    def _reply(self, action: Action) -> Receipt:
        mail = compose(action, self._answered(action), self._options.sender, self._now())
        name, folder = message_id(action.key, self._options.sender), self._options.sent_folder
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
        letters, _ = self._puller.thread(action.item)
        if any(letter.undelivered for letter in letters):
            raise Skippable("mail to this customer came back as undeliverable", record=action.id)
        people = [one for one in letters if not (one.is_own or one.is_automatic or self._options.is_agent(one.sender))]
        if not people:
            raise Skippable(f"there is no mail of a customer in the thread {action.item!r}", record=action.id)
        return max(people, key=by_time)

    def _tag(self, action: Action) -> Receipt:
        bad = [tag for tag in action.tags if not _KEYWORD.fullmatch(tag)]
        if bad:
            raise Skippable(f"{bad[0]!r} cannot be an IMAP keyword", record=action.id)
        total = 0
        for folder in self._options.folders:
            if self._imap.has(folder):
                uids = self._imap.in_thread(action.item)
                self._imap.add_flags(uids, action.tags)
                total += len(uids)
        if not total:
            raise Skippable(f"there is no thread {action.item!r} in this mailbox", record=action.id)
        return Receipt(external_id=action.item)

    def _copies(self, name: str) -> list[tuple[int, frozenset[str]]]:
        folder = self._options.sent_folder
        if not self._imap.has(folder):
            return []
        found = self._imap.letters(folder, self._imap.in_thread(name))
        return [(uid, flags) for uid, letter, flags in found if letter.id == name]
