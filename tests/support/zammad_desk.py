"""An imitation of Zammad's REST interface, as its source and recorded answers show it."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from feedbackloop_connectors.zammad.connector import Zammad
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Route, Row, Said, Ticket
from loopback import Call, Reply

STATES = {"open": "open", "done": "closed", "rejected": "closed"}
LOGINS = {BOT: "loop@x.test", AGENT: "agent@x.test", CUSTOMER: "wanda@x.test", 0: "-"}
SENDERS = {BOT: "Agent", AGENT: "Agent", CUSTOMER: "Customer", 0: "System"}


class ZammadDesk(Imitation):
    """Zammad. Its groups are `Users` and, for tasks, `Improvements`."""

    not_found: ClassVar[object] = {"error": "Couldn't find Ticket", "error_human": "Couldn't find Ticket"}
    refused: ClassVar[object] = {"error": "Invalid token!", "error_human": "Invalid token!"}

    def __init__(self) -> None:
        super().__init__()
        self.groups: Row = {"Users": ["full"], "Improvements": ["full"]}
        self.links: list[tuple[int, int]] = []
        self.mails: list[Row] = []

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Token token={SECRET}"

    def routes(self) -> Sequence[Route]:
        return [
            ("GET", "/api/v1/users/me", lambda _: {"id": BOT, "login": LOGINS[BOT], "groups": self.groups}),
            ("GET", r"/api/v1/users/(\d+)", self._user),
            ("GET", "/api/v1/tickets/search", self._search),
            ("POST", "/api/v1/tickets", self._create),
            ("GET", r"/api/v1/tickets/(\d+)", self._show),
            ("PUT", r"/api/v1/tickets/(\d+)", self._update),
            ("GET", r"/api/v1/ticket_articles/by_ticket/(\d+)", self._articles),
            ("POST", "/api/v1/ticket_articles", self._add),
            ("GET", "/api/v1/tags", self._tags),
            ("POST", "/api/v1/tags/add", self._tag),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted ticket; `merge` is what shows."""
        del self.tickets[key]

    def merge(self, key: int) -> None:
        self.touch(key).fields["state"] = "merged"

    def rate(self, key: int, value: float, comment: str = "") -> Any:
        """An attribute of the house, so the ticket is touched."""
        self.touch(key).fields["csat"] = str(int(value))
        return comment

    # --- reading ------------------------------------------------------------------------------------------------------

    def _search(self, call: Call) -> Any:
        query = call.query
        if "query" in query or query["expand"] != "true":
            return Reply(500, {"error": "this imitation has no Elasticsearch"})
        found = [one for one in self.tickets.values() if self._fits(one, query)]
        for name, way in zip(query["sort_by"].split(",")[::-1], query["order_by"].split(",")[::-1], strict=True):
            found.sort(key=lambda one: one.id if name == "id" else one.updated, reverse=way == "desc")
        page, size = int(query.get("page", 1)), min(200, int(query.get("per_page", 50)))
        return [self._row(one) for one in self.page(found, page, size)]

    def _fits(self, one: Ticket, query: dict[str, str]) -> bool:
        if "condition[ticket.updated_at][value]" in query:
            assert query["condition[ticket.updated_at][operator]"] == "after (absolute)"
            return one.updated >= datetime.fromisoformat(query["condition[ticket.updated_at][value]"])
        assert query["condition[ticket.customer_id][operator]"] == "is"
        return one.by == int(query["condition[ticket.customer_id][value]"])

    def _show(self, call: Call, key: int) -> Any:
        assert call.query["expand"] == "true"
        return self._row(self.tickets[key]) if key in self.tickets else Reply(404, self.not_found)

    def _row(self, one: Ticket) -> Row:
        return {
            "id": one.id,
            "number": f"77{one.id:03}",
            "title": one.subject,
            "group_id": 1,
            "group": "Improvements" if one.by == BOT else "Users",
            "state_id": 1,
            "state": STATES[one.status],
            "priority": "2 normal",
            "owner": "-",
            "owner_id": 1,
            "organization": "Zammad Foundation",
            "customer_id": one.by,
            "customer": LOGINS[one.by],
            "created_by_id": one.by,
            "note": None,
            "preferences": {},
            "article_count": len(one.messages),
            "create_article_type": "email",
            "close_at": stamp(one.ended) if one.ended else None,
            "last_close_at": stamp(one.ended) if one.ended else None,
            "escalation_at": None,
            "first_response_diff_in_min": None,
            "created_at": stamp(one.created),
            "updated_at": stamp(one.updated),
            "csat": None,
            "plan": "enterprise",
            **one.fields,
        }

    def _articles(self, _: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        return [self._article(one, key) for one in self.tickets[key].messages]

    def _article(self, one: Said, key: int) -> Row:
        is_mail = one.by == CUSTOMER
        body = "<div>" + html.escape(one.text, quote=False).replace("\n", "<br>") + "</div>" if is_mail else one.text
        return {
            "id": one.id,
            "ticket_id": key,
            "body": body,
            "content_type": "text/html" if is_mail else "text/plain",
            "internal": not one.public,
            "sender": SENDERS[one.by],
            "type": "email" if one.public else "note",
            "created_by_id": one.by,
            "created_by": LOGINS[one.by],
            "preferences": {"is-auto-response": True} if one.kind == "auto" else {},
            "created_at": stamp(one.at),
            "updated_at": stamp(one.at),
        }

    def _user(self, _: Call, key: int) -> Any:
        if key != CUSTOMER:
            return Reply(404, {"error": "Couldn't find User"})
        person = {"id": key, "firstname": "Wanda", "lastname": "Whistle", "email": LOGINS[key], "vip": True}
        return person | {"preferences": {"locale": "de-de"}, "organization": None}

    def _tags(self, call: Call) -> Any:
        found = self.tickets.get(int(call.query["o_id"]))
        return {"tags": found.tags if found else []}

    # --- writing ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        links = call.body.get("links", {}).get("Ticket", {}).get("normal", [])
        if call.body["group"] not in self.groups or any(one not in self.tickets for one in links):
            return Reply(422, {"error": "No lookup value found"})
        article = call.body["article"]
        assert article["internal"] is True
        made = self.open(article["body"], by=call.body["customer_id"], subject=call.body["title"])
        made.messages[0].public = False
        made.tags = [tag for tag in call.body.get("tags", "").split(",") if tag]
        self.links += [(made.id, one) for one in links]
        return Reply(201, self._row(made))

    def _update(self, call: Call, key: int) -> Any:
        self.touch(key).subject = call.body["title"]
        return self._row(self.tickets[key])

    def _add(self, call: Call) -> Reply:
        sent, key = call.body, call.body["ticket_id"]
        if self.there(key) is None:
            return Reply(404, self.not_found)
        if sent["type"] == "email":
            self.mails.append(sent)  # whatever `internal` says
        return Reply(201, self._article(self.say(key, BOT, sent["body"], public=not sent["internal"]), key))

    def _tag(self, call: Call) -> Reply:
        if self.there(call.body["o_id"]) is None:
            return Reply(404, self.not_found)
        ticket = self.touch(call.body["o_id"])
        ticket.tags = list(dict.fromkeys([*ticket.tags, call.body["item"]]))
        return Reply(201, True)


def stamp(at: datetime) -> str:
    """Write a time as Zammad does, with milliseconds."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


class ZammadSystem(ImitatedSystem[ZammadDesk]):
    """Zammad as the contract sees it."""

    imitation = ZammadDesk
    kind = Zammad

    def options(self) -> Row:
        return {"token": SECRET, "task_group": "Improvements", "rating_field": "csat"}
