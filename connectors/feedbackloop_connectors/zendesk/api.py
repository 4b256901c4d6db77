"""Which calls does the connector make, and how are their pages followed?

One method a call, dicts out. Pages are followed by their cursor on our own base address, never by the links in an answer, and a
list ends when the server says so or when its cursor stands still.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from feedbackloop.errors import Retriable, UnknownOutcome
from feedbackloop.http import Answer, Http, Pace
from feedbackloop_connectors.desk.values import Row, rows, table, text

BATCH = 100
"""Ids in one `show_many` call; more are refused."""
TICKET_EXTRAS = "users,organizations,metric_sets,comment_count"


class Api:
    """The Zendesk API as far as it is needed. `pace` is the budget of the incremental exports."""

    def __init__(self, http: Http, pace: Pace, page_size: int = 1000) -> None:
        self.http = http
        self._pace = pace
        self._page_size = page_size
        self.server_time: datetime | None = None

    # --- reading ------------------------------------------------------------------------------------------------------

    def me(self) -> Row:
        """Who we are; an anonymous user with id null where the credentials are not accepted."""
        return table(self._get("/api/v2/users/me.json").get("user"))

    def changed_tickets(self, cursor: str | None, start: int) -> Row:
        """One page of the cursor export: from `cursor`, or from `start` where there is none yet."""
        where: Row = {"cursor": cursor} if cursor else {"start_time": start}
        params = where | {"per_page": self._page_size, "include": TICKET_EXTRAS}
        return self._get("/api/v2/incremental/tickets/cursor.json", params, pace=self._pace)

    def events(self, start: int) -> Row:
        """One page of the event export with its comments, from that second on."""
        params = {"start_time": start, "include": "comment_events"}
        return self._get("/api/v2/incremental/ticket_events.json", params, pace=self._pace)

    def tickets(self, ids: Sequence[int]) -> Iterator[Row]:
        """Pages of tickets by id; what is gone is missing from them."""
        for batch in _batches(ids):
            params = {"ids": batch, "include": TICKET_EXTRAS}
            yield self._get("/api/v2/tickets/show_many.json", params)

    def ticket(self, ticket_id: int) -> Row:
        """One ticket as it stands now."""
        return table(self._get(f"/api/v2/tickets/{ticket_id}.json").get("ticket"))

    def ticket_with_extras(self, ticket_id: int) -> Row:
        """One ticket with its people and metrics, as `tickets` gives them."""
        return self._get(f"/api/v2/tickets/{ticket_id}.json", {"include": TICKET_EXTRAS})

    def tickets_by_external_id(self, external_id: str) -> list[Row]:
        """All tickets with that external id, which need not be unique, oldest first."""
        found = rows(self._get("/api/v2/tickets.json", {"external_id": external_id}).get("tickets"))
        return sorted(found, key=lambda row: int(row.get("id") or 0))

    def comments(self, ticket_id: int) -> Iterator[Row]:
        """All comments of a ticket, oldest first."""
        return self._list(f"/api/v2/tickets/{ticket_id}/comments.json", "comments", {"page[size]": 100})

    def audits(self, ticket_id: int) -> Iterator[Row]:
        """The whole history of a ticket."""
        return self._list(f"/api/v2/tickets/{ticket_id}/audits.json", "audits", {"page[size]": 100})

    def users(self, ids: Sequence[int]) -> Iterator[Row]:
        """Users by id; unknown ones are left out."""
        for batch in _batches(ids):
            yield from rows(self._get("/api/v2/users/show_many.json", {"ids": batch}).get("users"))

    def ratings(self, since: int) -> Iterator[Row]:
        """Answered ratings of the old form, created since."""
        params = {"start_time": since, "score": "received", "page[size]": 100}
        return self._list("/api/v2/satisfaction_ratings.json", "satisfaction_ratings", params)

    def rating(self, rating_id: int) -> Row:
        """One rating of the old form."""
        return table(self._get(f"/api/v2/satisfaction_ratings/{rating_id}.json").get("satisfaction_rating"))

    def survey_responses(self, since: int, ticket_id: int | None = None) -> Iterator[Row]:
        """Answered CSAT surveys of the new form, created since; more than 50 a page are refused."""
        params: Row = {"page[size]": 50, "filter[created_at_start]": str(since * 1000)}
        if ticket_id is not None:
            params["filter[subject_zrns]"] = f"zen:ticket:{ticket_id}"
        return self._list("/api/v2/guide/survey_responses.json", "survey_responses", params)

    def groups(self) -> Iterator[Row]:
        """The groups of agents."""
        return self._list("/api/v2/groups.json", "groups", {"page[size]": 100})

    def ticket_fields(self) -> Iterator[Row]:
        """What the custom fields are called."""
        return self._list("/api/v2/ticket_fields.json", "ticket_fields", {"page[size]": 100})

    # --- writing ------------------------------------------------------------------------------------------------------

    def update_ticket(self, ticket_id: int, ticket: Row) -> Row:
        """Change one ticket; the answer holds `ticket` and `audit`."""
        return self._write("PUT", f"/api/v2/tickets/{ticket_id}.json", {"ticket": ticket})

    def add_tags(self, ticket_id: int, tags: Sequence[str], updated_stamp: str) -> Row:
        """Add tags, leaving the others; refused with 409 where the ticket has moved on since `updated_stamp`."""
        body = {"tags": list(tags), "updated_stamp": updated_stamp, "safe_update": True}
        return self._write("PUT", f"/api/v2/tickets/{ticket_id}/tags.json", body)

    def create_ticket(self, ticket: Row, key: str) -> Row:
        """File a ticket; the same key within two hours gives the first answer again."""
        return self._write("POST", "/api/v2/tickets.json", {"ticket": ticket}, {"Idempotency-Key": key[:255]})

    # --- parts --------------------------------------------------------------------------------------------------------

    def _get(self, path: str, params: Row | None = None, *, pace: Pace | None = None) -> Row:
        return self._table(path, self.http.call("GET", path, params=params, pace=pace))

    def _write(self, method: str, path: str, body: Row, headers: dict[str, str] | None = None) -> Row:
        answer = self.http.call(method, path, body=body, headers=headers)
        try:
            return self._table(path, answer)
        except Retriable as error:
            raise UnknownOutcome(f"{error}; the write may have been done") from error

    def _table(self, path: str, answer: Answer) -> Row:
        self.server_time = answer.at or self.server_time
        decoded: Any = answer.json()
        if not isinstance(decoded, dict):
            raise Retriable(f"{path} answered with a {type(decoded).__name__} where an object was expected")
        return decoded

    def _list(self, path: str, name: str, params: Row) -> Iterator[Row]:
        after: str | None = None
        while True:
            answer = self._get(path, params if after is None else params | {"page[after]": after})
            yield from rows(answer.get(name))
            meta = table(answer.get("meta"))
            following = text(meta.get("after_cursor"))
            if not meta.get("has_more") or following is None or following == after:
                return
            after = following


def _batches(ids: Sequence[int]) -> Iterator[str]:
    for begin in range(0, len(ids), BATCH):
        yield ",".join(str(part) for part in ids[begin : begin + BATCH])
