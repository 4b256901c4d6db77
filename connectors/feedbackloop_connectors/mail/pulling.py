"""How is the mailbox read, page by page, so that every page can be the last?

New messages are found by their UIDs, which only grow; each brings its whole thread, gathered from all folders and from the copies
of what we sent. Where a folder was made anew (another UIDVALIDITY) it is read from the beginning.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from feedbackloop.connector import Page
from feedbackloop.records import Item
from feedbackloop_connectors.mail.account import Account
from feedbackloop_connectors.mail.cursor import Cursor
from feedbackloop_connectors.mail.letters import Letter
from feedbackloop_connectors.mail.threads import UNREACHABLE, build_item


class Puller:
    """One pull. `until`: threads begun later are left for another pull, and the cursor stays before them."""

    def __init__(self, account: Account, until: datetime | None = None) -> None:
        self._imap = account.imap
        self._options = account.options
        self._tag_prefix = account.tag_prefix
        self._until = until
        self._calls = 0
        self._gathered: set[str] = set()

    def pages(self, cursor: Cursor) -> Iterator[Page]:
        """Yield all pages from `cursor` on; the last one is caught up."""
        held: Cursor | None = None
        for folder in self._options.folders:
            validity = self._imap.select(folder)
            known, last = cursor.folders.get(folder, (validity, 0))
            new = self._imap.new(last if known == validity else 0)
            for begin in range(0, len(new), self._options.page_size):
                uids = new[begin : begin + self._options.page_size]
                items, warnings, has_later = self._batch(folder, uids, cursor.oldest)
                held = held or (cursor if has_later else None)
                cursor = cursor.at(folder, validity, uids[-1])
                yield Page(tuple(items), (), str(held or cursor), (), self._spent(), warnings=warnings)
        yield Page(cursor=str(held or cursor), requests=self._spent(), caught_up=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single threads anew; what is gone from all folders is erased."""
        found = {name: self.item(name) for name in ids}
        items = tuple(one for one in found.values() if one)
        return Page(items, tuple(name for name in ids if not found[name]), requests=self._spent(), caught_up=True)

    def item(self, root: str) -> Item | None:
        """Gather one thread and make its item."""
        letters, flags = self.thread(root)
        tags = sorted(flag for flag in flags if flag[:1] not in "\\$" and not flag.startswith(self._tag_prefix))
        return build_item(root, letters, tags, self._options)

    def thread(self, root: str) -> tuple[list[Letter], set[str]]:
        """Gather the letters of a thread from all folders, and the flags that they hold."""
        letters: list[Letter] = []
        flags: set[str] = set()
        for folder in (*self._options.folders, self._options.sent_folder):
            if folder == self._options.sent_folder and not self._imap.has(folder):
                continue
            self._imap.select(folder)
            for _, letter, held in self._imap.letters(folder, self._imap.in_thread(root)):
                if letter.root == root and "\\Draft" not in held:
                    letters.append(letter)
                    flags |= held
        return letters, flags

    def _batch(
        self, folder: str, uids: Sequence[int], oldest: datetime | None
    ) -> tuple[list[Item], tuple[str, ...], bool]:
        self._imap.select(folder)
        roots = dict.fromkeys(letter.root for _, letter, _ in self._imap.letters(folder, uids))
        found = [self.item(root) for root in roots if root not in self._gathered]
        self._gathered |= set(roots)
        people = [one for one in found if one]
        wanted = [one for one in people if not (self._until and one.created_at > self._until)]
        fresh = [one for one in wanted if oldest is None or (one.updated_at or one.created_at) >= oldest]
        lost = sum(UNREACHABLE in one.fields for one in fresh)
        warnings = (f"{lost} customers cannot be reached: mail to them came back",) if lost else ()
        return fresh, warnings, len(wanted) < len(people)

    def _spent(self) -> int:
        spent, self._calls = self._imap.calls - self._calls, self._imap.calls
        return spent
