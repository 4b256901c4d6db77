"""Can the system be reached, who are we there, and can its rows be read as described?"""

from __future__ import annotations

from collections.abc import Iterator

from feedbackloop.connector import Check
from feedbackloop.errors import SourceError
from feedbackloop_connectors.rest.asking import Asker
from feedbackloop_connectors.rest.cursor import Mark
from feedbackloop_connectors.rest.pulling import Puller


class Checker:
    """Asks who we are, and reads the first page from a mark on, as a pull would; writes nothing."""

    def __init__(self, asker: Asker, puller: Puller, mark: Mark) -> None:
        self._asker = asker
        self._puller = puller
        self._mark = mark

    def checks(self) -> Iterator[Check]:
        """Yield one line each; the first that stops all others ends the list."""
        try:
            who = self._asker.who()
            page = next(self._puller.pages(self._mark))
        except SourceError as error:
            yield Check("account", False, str(error), "look at base_url, the login, and `account` and `list`")
            return
        named = f"signed in as {who}" if who else "the list can be read; set `account` to see who we are"
        yield Check("account", True, named)
        read = f"{len(page.items)} of {len(page.items) + len(page.rejected)} rows of the first page can be read"
        faults = sorted({f"{bad.field}: {bad.reason}" for bad in page.rejected})
        yield Check("rows", not faults, read, f"look at `item`: {'; '.join(faults)[:300]}" if faults else None)
