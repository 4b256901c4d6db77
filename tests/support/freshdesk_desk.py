"""An imitation of Freshdesk's API v2, with the traps that its users report."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from feedbackloop.http import basic_auth
from feedbackloop_connectors.freshdesk.connector import Freshdesk
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Rated, Route, Row, Said, Ticket, iso
from loopback import Call, Reply

FACES = {1: -103, 2: -101, 3: 100, 4: 101, 5: 103}
STATUSES = {"open": 2, "done": 4, "rejected": 4}
LAST_PAGE = 300


class FreshdeskDesk(Imitation):
    """Freshdesk."""

    refused: ClassVar[object] = {
        "code": "invalid_credentials",
        "message": "You have to be logged in to perform this action.",
    }
    last_page = LAST_PAGE

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == basic_auth(SECRET, "X")

    def routes(self) -> Sequence[Route]:
        return [
            ("GET", "/api/v2/agents/me", lambda _: {"id": BOT, "contact": {"name": "Loop", "email": "loop@x.test"}}),
            ("GET", "/api/v2/groups/9", lambda _: {"id": 9, "name": "Improvements"}),
            ("GET", "/api/v2/tickets", self._list),
            ("POST", "/api/v2/tickets", self._create),
            ("GET", r"/api/v2/tickets/(\d+)", self._show),
            ("PUT", r"/api/v2/tickets/(\d+)", self._update),
            ("GET", r"/api/v2/tickets/(\d+)/conversations", self._conversations),
            ("GET", r"/api/v2/tickets/(\d+)/satisfaction_ratings", self._ratings_of),
            ("POST", r"/api/v2/tickets/(\d+)/notes", self._note),
            ("POST", r"/api/v2/tickets/(\d+)/reply", self._reply),
            ("GET", "/api/v2/surveys/satisfaction_ratings", self._ratings),
        ]

    # --- reading ------------------------------------------------------------------------------------------------------

    def _list(self, call: Call) -> Reply:
        page, size = int(call.query.get("page", 1)), int(call.query.get("per_page", 30))
        if page > self.last_page or size > 100:
            message = (
                f"You cannot access tickets beyond the {self.last_page}th page. Please provide a smaller page number."
            )
            fault = {"field": "page", "message": message, "code": "invalid_value"}
            return Reply(400, {"description": "Validation failed", "errors": [fault]})
        since = call.query.get("updated_since")
        begin = datetime.fromisoformat(since) if since else datetime.now(UTC) - timedelta(days=30)
        wanted = "deleted" if call.query.get("filter") == "deleted" else ""
        found = [one for one in self.tickets.values() if one.updated >= begin and one.state == wanted]
        if "requester_id" in call.query:
            found = [one for one in found if one.by == int(call.query["requester_id"])]
        found.sort(key=lambda one: (one.updated, one.id), reverse=call.query.get("order_type", "desc") == "desc")
        shown = [self._row(one, call.query.get("include", "").split(",")) for one in self.page(found, page, size)]
        link = {"Link": f'<https://another.example/tickets?page={page + 1}>; rel="next"'}
        return Reply(200, shown, link if page * size < len(found) else {})

    def _show(self, call: Call, key: int) -> Reply:
        found = self.tickets.get(key)
        if found is None:
            return Reply(404)  # without a body
        return Reply(200, self._row(found, ["description", *call.query.get("include", "").split(",")]))

    def _row(self, one: Ticket, include: Sequence[str]) -> Row:
        row: Row = {
            "id": one.id,
            "subject": one.subject,
            "status": STATUSES[one.status],
            "priority": 1,
            "source": 2,
            "type": None,
            "requester_id": one.by,
            "responder_id": AGENT,
            "group_id": None,
            "company_id": None,
            "product_id": None,
            "due_by": None,
            "is_escalated": False,
            "spam": False,
            "tags": one.tags,
            "custom_fields": {"cf_plan": "enterprise", "cf_empty": None},
            "created_at": iso(one.created),
            "updated_at": iso(one.updated),
            **({"deleted": True} if one.state else {}),
            **one.fields,
        }
        opening = one.messages[0]
        if "description" in include:
            row |= {"description": as_sent(opening.text), "description_text": opening.text}
        if "requester" in include and one.by == CUSTOMER:
            row["requester"] = {"id": one.by, "name": "Wanda", "email": "wanda@x.test", "mobile": None, "phone": None}
        if "stats" in include:
            row["stats"] = {
                "resolved_at": iso(one.ended) if one.ended else None,
                "closed_at": None,
                "first_responded_at": None,
            }
        return row

    def _conversations(self, call: Call, key: int) -> Any:
        found = self.tickets.get(key)
        if found is None:
            return Reply(404)
        shown = self.page(found.messages[1:], int(call.query.get("page", 1)), int(call.query.get("per_page", 30)))
        return [self._conversation(one, key) for one in shown]

    def _conversation(self, one: Said, key: int) -> Row:
        source = {"survey": 6, "reply": 0}.get(one.kind, 0 if one.public else 2)
        return {
            "id": one.id,
            "body": as_sent(one.text),
            "body_text": one.text,
            "incoming": one.by == CUSTOMER,
            "private": not one.public,
            "user_id": one.by or AGENT,
            "source": source,
            "ticket_id": key,
            "support_email": None,
            "to_emails": [],
            "automation_id": 12 if one.by == 0 else None,
            "auto_response": False,
            "created_at": iso(one.at),
            "updated_at": iso(one.at),
        }

    def rate(self, key: int, value: float, comment: str = "") -> Rated:
        """A rating with words stands on the ticket as well, as a conversation of the same second."""
        made = super().rate(key, value, comment)
        if comment:
            self.tickets[key].messages.append(Said(self.new_id(), CUSTOMER, comment, made.at, kind="survey"))
        return made

    def _ratings(self, call: Call) -> Any:
        begin = datetime.fromisoformat(call.query["created_since"])
        found = [one for one in self.ratings if one.at >= begin]
        return [
            self._rating(one) for one in self.page(found, int(call.query.get("page", 1)), int(call.query["per_page"]))
        ]

    def _ratings_of(self, _: Call, key: int) -> Any:
        return [self._rating(one) for one in self.ratings if one.ticket == key]

    def _rating(self, one: Rated) -> Row:
        return {
            "id": one.id,
            "survey_id": 1,
            "user_id": CUSTOMER,
            "agent_id": AGENT,
            "group_id": None,
            "ticket_id": one.ticket,
            "feedback": one.comment or None,
            "ratings": {"default_question": FACES[int(one.value)]},
            "created_at": iso(one.at),
            "updated_at": iso(one.changed or one.at),
        }

    # --- writing ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        missing = [name for name in ("subject", "description", "status", "priority") if not call.body.get(name)]
        if missing or not any(call.body.get(name) for name in ("requester_id", "email", "phone")):
            return Reply(400, {"description": "Validation failed", "errors": [{"field": name} for name in missing]})
        made = self.open(as_typed(call.body["description"]), by=call.body["requester_id"], subject=call.body["subject"])
        made.tags = call.body.get("tags", [])
        return Reply(201, self._row(made, ["description"]))

    def _update(self, call: Call, key: int) -> Reply:
        if self.there(key) is None:
            return Reply(404)
        ticket = self.touch(key)
        ticket.tags = call.body.get("tags", ticket.tags)
        ticket.subject = call.body.get("subject", ticket.subject)
        return Reply(200, self._row(ticket, ["description"]))

    def _note(self, call: Call, key: int) -> Reply:
        return self._add(key, call.body["body"], public=call.body.get("private", True) is False)

    def _reply(self, call: Call, key: int) -> Reply:
        return self._add(key, call.body["body"], public=True)

    def _add(self, key: int, body: str, *, public: bool) -> Reply:
        if self.there(key) is None:
            return Reply(404)
        return Reply(201, self._conversation(self.say(key, BOT, as_typed(body), public=public), key))


def as_sent(words: str) -> str:
    """Give what the editor makes of typed words."""
    return "<div>" + html.escape(words, quote=False).replace("\n", "<br>\r\n") + "</div>"


def as_typed(markup: str) -> str:
    """Give the plain form that Freshdesk keeps beside the HTML."""
    return html.unescape(markup.replace("<br>", "\n"))


class FreshdeskSystem(ImitatedSystem[FreshdeskDesk]):
    """Freshdesk as the contract sees it."""

    imitation = FreshdeskDesk
    kind = Freshdesk

    def options(self) -> Row:
        return {"api_key": SECRET, "task_group": 9}
