"""Which calls read an Intercom, and what does it mean by its answers?

A search tells no order and knows seconds alone; `>` may mean "greater or equal", so a second more is asked for at either end.
Its rows hold no parts: each conversation is read by itself, as plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import ClassVar

from feedbackloop.connector import Context
from feedbackloop.records import Item
from feedbackloop_connectors.desk.values import Row, number, rows, table, text, unix
from feedbackloop_connectors.desk_since.dialect import Dialect, Listed, Me
from feedbackloop_connectors.intercom.items import Reader
from feedbackloop_connectors.intercom.options import IntercomOptions
from feedbackloop_connectors.intercom.windows import Windows

ROWS = 150
"""Of one answer to a search."""
SECOND = timedelta(seconds=1)


class IntercomReads(Dialect[IntercomOptions]):
    """The half of Intercom's interface that reads."""

    noun: ClassVar[str] = "conversation"
    login_fix: ClassVar[str] = (
        "check access_token and base_url: the app needs to read and write conversations, tags and tickets"
    )

    def __init__(self, options: IntercomOptions, context: Context) -> None:
        super().__init__(options, context)
        self._app = ""
        self._reader = Reader(self.url, self.is_own, context.tag_prefix)
        self._windows = self._new_windows()

    def headers(self) -> dict[str, str]:
        """Say which version of the interface is meant."""
        return {**super().headers(), "Intercom-Version": "2.14"}

    def ask_me(self) -> Me:
        """Ask whose token it is."""
        found = self.get("/me")
        self._app = text(table(found.get("app")).get("id_code")) or ""
        return Me(text(found.get("id")) or "", text(found.get("email")) or text(found.get("name")) or "")

    # --- reading ------------------------------------------------------------------------------------------------------

    def beside(self, since: datetime, *, is_first: bool) -> Iterator[tuple[str, datetime]]:
        """Begin a pull anew; ratings stand on the conversation."""
        del since, is_first
        self._windows = self._new_windows()
        return iter(())

    def changed(self, since: datetime, page: int) -> Listed:
        """Give conversations by time of change; the spans know where they are."""
        del page
        return self._windows.rows(since, self.options.page_size)

    def stamps(self, row: Row) -> tuple[str | None, object, object]:
        """Read them from the row."""
        return text(row.get("id")), row.get("updated_at"), row.get("created_at")

    def item(self, key: str, row: Row) -> Item | None:
        """Make an item, one call."""
        del row
        return self._reader.item(self.conversation(key))

    def url(self, key: str) -> str:
        """Give the address of a conversation in the inbox."""
        inbox = self.http.base_url.replace("://api.", "://app.").replace(".intercom.io", ".intercom.com")
        return f"{inbox}/a/inbox/{self._app}/inbox/conversation/{key}"

    # --- parts --------------------------------------------------------------------------------------------------------

    def _new_windows(self) -> Windows:
        return Windows(self.changed_between, lambda: self.server_time)

    def changed_between(
        self, begin: datetime, end: datetime | None, place: str | None
    ) -> tuple[Sequence[Row], int, str | None]:
        """Give one answer of the conversations that changed within a span, how many there are, and where the list goes on."""
        bounds = [{"field": "updated_at", "operator": ">", "value": unix(begin - SECOND)}]
        if end is not None:
            bounds.append({"field": "updated_at", "operator": "<", "value": unix(end + SECOND)})
        answer = self.listed_by("/conversations/search", {"operator": "AND", "value": bounds}, place)
        found = rows(answer.get("conversations"))
        return found, number(answer.get("total_count")) or len(found), next_place(answer)

    def listed_by(self, path: str, query: Row, place: str | None) -> Row:
        """Give one answer to a search, from a place in its list on."""
        paging: Row = {"per_page": ROWS, **({"starting_after": place} if place else {})}
        return self.searched(path, {"query": query, "pagination": paging})

    def conversation(self, key: str) -> Row:
        """Read one conversation with its parts, as plain text."""
        return self.get(f"/conversations/{key}", {"display_as": "plaintext"})


def next_place(answer: Row) -> str | None:
    """Give where a list goes on; none, or null, at its end."""
    return text(table(table(answer.get("pages")).get("next")).get("starting_after"))
