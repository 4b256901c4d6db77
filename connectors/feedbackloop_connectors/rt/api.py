"""Which calls does the connector make?

One method a call, dicts out. Three things of REST 2 shape this module: times in queries are read in the account's own time zone,
whatever zone the text names, so nothing but a first pull's start is asked by time; `total` and `next_page` are missing wherever
the account might not see all rows, so no list is followed by them; and the list form of attachments gives texts as they are,
where a single attachment is base64.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

import msgspec

from feedbackloop.errors import Retriable, UnknownOutcome
from feedbackloop.http import Http
from feedbackloop_connectors.desk.values import Row, number, rows

ROWS = 100
"""Of one page; RT cuts larger wishes to this without a word."""
BATCH = 50
"""Ids in one query: they stand in the address, which servers cap at 8 KB or so."""
MESSAGE_TYPES = ("Create", "Correspond", "Comment")
_TICKET_FIELDS = "Subject,Status,Created,LastUpdated,Resolved,Due,Priority,Queue,Requestor,CustomFields,EffectiveId"
_TICKET = {
    "fields": _TICKET_FIELDS,
    "fields[Queue]": "Name",
    "fields[Requestor]": "Name,EmailAddress,RealName,Lang,Timezone,Organization",
}
_MAIL_RECORDS = "Type != 'EmailRecord' AND Type != 'CommentEmailRecord'"


class Api:
    """REST 2 as far as it is needed."""

    def __init__(self, http: Http, page_size: int = ROWS) -> None:
        self.http = http
        self.page_size = page_size

    # --- reading ------------------------------------------------------------------------------------------------------

    def version(self) -> str:
        """The desk's version."""
        return str(self._get("/rt").get("Version"))

    def user(self, name: str) -> Row:
        """One account, by name or number: `Name`, `Privileged`."""
        return self._get(f"/user/{quote(name, safe='')}")

    def queue(self, name: str) -> Row:
        """One queue, by name or number."""
        return self._get(f"/queue/{quote(name, safe='')}")

    def queues(self) -> list[str]:
        """The names of all queues that the account sees."""
        found: list[str] = []
        for page in range(1, 1000):
            listed = self._page("/queues/all", {"fields": "Name"}, page)
            found += [str(row["Name"]) for row in listed if row.get("Name")]
            if len(listed) < ROWS:
                break
        return found

    def newest_change(self, queues: Sequence[str]) -> int:
        """The number of the newest transaction on a ticket; 0 where there is none."""
        for page in range(1, 11):  # a page can be empty and not the last: rows that we may not see are left out
            params = {"query": _changes(0, queues), "orderby": "id", "order": "DESC", "fields": "Type"}
            ids = [_id(row) for row in self._page("/transactions", params, page)]
            if ids:
                return max(ids)
        return 0

    def changes(self, after: int, queues: Sequence[str], page: int) -> list[Row]:
        """One page of transactions on tickets, oldest first, with `Type`, `ObjectId`, `Field`, `NewValue`."""
        params = {"query": _changes(after, queues), "orderby": "id", "fields": "Type,ObjectId,Field,NewValue"}
        return self._page("/transactions", params, page, self.page_size)

    def tickets_after(self, ticket_id: int, queues: Sequence[str], since: datetime | None) -> list[Row]:
        """One page of tickets with higher numbers, touched since, lowest first."""
        query = f"id > {ticket_id} AND {_in_queues('Queue', queues)}"
        if since:
            query += f" AND LastUpdated >= {_quoted(_written(since))}"
        return self._page("/tickets", {"query": query, "orderby": "id", **_TICKET}, 1, self.page_size)

    def tickets(self, ids: Sequence[int]) -> list[Row]:
        """Tickets by number; deleted and merged ones, and those that we may not see, are missing."""
        found: list[Row] = []
        for batch in _batches(ids):
            query = " OR ".join(f"id = {one}" for one in batch)
            found += self._page("/tickets", {"query": query, "orderby": "id", **_TICKET}, 1)
        return found

    def ticket(self, ticket_id: int) -> Row:
        """One ticket with its links and, as `etag`, the stamp for `update`; a merged one gives the one it went into."""
        answer = self.http.call("GET", f"/REST/2.0/ticket/{ticket_id}")
        return _table(answer.json()) | {"etag": answer.headers.get("ETag")}

    def tickets_referring(self, uri: str) -> list[Row]:
        """Tickets with a link to an address, oldest first."""
        query = f"RefersTo = {_quoted(uri)}"
        return self._page("/tickets", {"query": query, "orderby": "id", "fields": "Status"}, 1)

    def messages(self, ids: Sequence[int]) -> list[Row]:
        """The transactions of tickets that hold texts, oldest first; what came in by a merge is not among them."""
        found: list[Row] = []
        for batch in _batches(ids):
            on = " OR ".join(f"ObjectId = {one}" for one in batch)
            types = " OR ".join(f"Type = '{kind}'" for kind in (*MESSAGE_TYPES, "AddLink", "CustomField"))
            params = {
                "query": f"ObjectType = 'RT::Ticket' AND ({on}) AND ({types})",
                "orderby": "id",
                "fields": "Type,Creator,Created,ObjectId,Field,NewValue",
            }
            found += self._all("/transactions", params)
        return found

    def said_by(self, who: str, ticket_id: int, kind: str) -> list[Row]:
        """The transactions of one kind that one account made on a ticket, oldest first."""
        query = f"ObjectType = 'RT::Ticket' AND ObjectId = {ticket_id} AND Type = '{kind}' AND Creator = {_quoted(who)}"
        return self._seen("/transactions", {"query": query, "orderby": "id", "fields": "Type"})

    def history(self, ticket_id: int) -> list[Row]:
        """All transactions of one ticket, those that came in by a merge too."""
        params = {"fields": "Type,Creator,Created,ObjectId,Field,NewValue"}
        return self._all(f"/ticket/{ticket_id}/history", params)

    def texts(self, transactions: Sequence[int]) -> list[Row]:
        """The attachments of transactions that are texts, with `Content`, `ContentType`, `Filename`, `Headers`."""
        found: list[Row] = []
        for batch in _batches(transactions):
            wanted = [
                {"field": "TransactionId", "operator": "IN", "value": [str(one) for one in batch]},
                {"field": "ContentType", "operator": "LIKE", "value": "text/"},
            ]
            params = {
                "query": msgspec.json.encode(wanted).decode(),
                "orderby": "id",
                "fields": "Content,ContentType,TransactionId,Filename,Headers",
            }
            found += self._seen("/attachments", params)
        return found

    # --- writing ------------------------------------------------------------------------------------------------------

    def comment(self, ticket_id: int, text: str) -> None:
        """Write what colleagues alone see."""
        self._say(ticket_id, "comment", text)

    def correspond(self, ticket_id: int, text: str) -> None:
        """Write what is mailed to the customer."""
        self._say(ticket_id, "correspond", text)

    def create(self, ticket: Row, *, due_at: datetime | None = None) -> int:
        """Open a ticket; gives its number."""
        due = {"Due": _written(due_at)} if due_at else {}
        answer = self.http.call("POST", "/REST/2.0/ticket", body=ticket | due)
        try:
            made = number(_table(answer.json()).get("id"))
        except Retriable as error:
            raise UnknownOutcome(f"{error}; the ticket may have been opened") from error
        if made is None:
            raise UnknownOutcome(
                "the answer to a new ticket names no number; it is looked up before anything is repeated"
            )
        return made

    def update(self, ticket_id: int, change: Row, etag: str | None = None) -> str:
        """Change a ticket; refused with 412 where it has moved since `etag`. Gives what RT said: a refusal is a 200 too."""
        headers = {"If-Match": etag} if etag else None
        answer = self.http.call("PUT", f"/REST/2.0/ticket/{ticket_id}", body=change, headers=headers)
        return answer.body.decode("utf-8", "replace")[:300]

    # --- parts --------------------------------------------------------------------------------------------------------

    def _say(self, ticket_id: int, how: str, text: str) -> None:
        # Only as JSON: a text/plain body is taken for Latin-1.
        body = {"Content": text, "ContentType": "text/plain"}
        self.http.call("POST", f"/REST/2.0/ticket/{ticket_id}/{how}", body=body)

    def _get(self, path: str) -> Row:
        return _table(self.http.get(f"/REST/2.0{path}"))

    def _page(self, path: str, params: Row, page: int, per_page: int = ROWS) -> list[Row]:
        answer = self.http.get(f"/REST/2.0{path}", params | {"page": page, "per_page": per_page})
        return rows(_table(answer).get("items"))

    def _all(self, path: str, params: Row) -> list[Row]:
        return [row for page in self._pages(path, params) for row in page]

    def _seen(self, path: str, params: Row) -> list[Row]:
        """Give all rows of a list in which none is hidden from us: our own writes, the texts of what we were shown."""
        found: list[Row] = []
        for page in self._pages(path, params):
            found += page
            if len(page) < ROWS:
                break
        return found

    def _pages(self, path: str, params: Row) -> Iterator[list[Row]]:
        """Yield pages until one is empty: a short page may be one with rows that we may not see."""
        for page in range(1, 10_000):
            listed = self._page(path, params, page)
            if not listed:
                return
            yield listed


def _written(moment: datetime) -> str:
    """Write a time: no zone, which RT would misread or ignore."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _changes(after: int, queues: Sequence[str]) -> str:
    return f"ObjectType = 'RT::Ticket' AND id > {after} AND {_MAIL_RECORDS} AND {_in_queues('TicketQueue', queues)}"


def _in_queues(field: str, queues: Sequence[str]) -> str:
    return "(" + " OR ".join(f"{field} = {_quoted(name)}" for name in queues) + ")"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(ids), BATCH):
        yield ids[begin : begin + BATCH]


def _table(answer: Any) -> Row:
    if not isinstance(answer, dict):
        raise Retriable(f"RT answered with a {type(answer).__name__} where an object was expected")
    return answer


def _id(row: Row) -> int:
    return number(row.get("id")) or 0
