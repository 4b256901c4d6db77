"""Which calls does the connector make?

One method a call, plain objects out. The list of tickets is in the order of their ids; it can be filtered by nothing of use.
"""

from __future__ import annotations

from feedbackloop.errors import Retriable, UnknownOutcome
from feedbackloop.http import Declined, Http
from feedbackloop_connectors.desk.finding import if_there
from feedbackloop_connectors.desk.values import Row


class Api:
    """The REST interface of one helpdesk."""

    def __init__(self, http: Http, page_size: int = 100) -> None:
        self.http = http
        self.page_size = page_size

    def tickets(self, page: int) -> Row:
        """One page of all tickets: `results`, `next` and `count`; empty where it lies behind the end."""
        try:
            found = self._call("GET", "/api/tickets/", params={"page": page, "page_size": self.page_size})
        except Declined as refusal:
            if refusal.status != 404 or page == 1:
                raise
            return {"results": [], "next": None, "count": 0}
        if not isinstance(found.get("results"), list):
            raise Retriable("the list of tickets holds no results")
        return found

    def ticket(self, ticket_id: str) -> Row | None:
        """One ticket with its follow-ups; None where there is none, or none that we may see."""
        return if_there(lambda: self._call("GET", f"/api/tickets/{ticket_id}/"))

    def add_follow_up(self, ticket_id: str, comment: str, *, public: bool) -> Row:
        """Write on a ticket. Never with a title: that would rename the ticket."""
        return self._call(
            "POST", "/api/followups/", body={"ticket": int(ticket_id), "comment": comment, "public": public}
        )

    def change(self, ticket_id: str, values: Row) -> Row:
        """Change some fields of a ticket; gives it as it stands then. Unknown fields are passed over without a word."""
        return self._call("PATCH", f"/api/tickets/{ticket_id}/", body=values)

    def create(self, values: Row) -> Row:
        """File a ticket."""
        return self._call("POST", "/api/tickets/", body=values)

    def _call(self, method: str, path: str, *, params: Row | None = None, body: Row | None = None) -> Row:
        answer = self.http.call(method, path, params=params, body=body)
        try:
            found = answer.json()
        except Retriable as error:
            if method == "GET":
                raise
            raise UnknownOutcome(f"{error}; the write may have been done") from error
        if not isinstance(found, dict):
            raise Retriable(f"{path} did not answer with an object; is base_url where the helpdesk is mounted?")
        return found
