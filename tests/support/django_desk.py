"""How does django-helpdesk's REST interface behave, traps included?

A small imitation of version 2.6 as it was seen to answer: tickets without times, pages that end in 404, follow-ups whose text is
run as a template and whose title renames the ticket, `#12` that writes to ticket 12, unknown fields passed over without a word.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from loopback_rest import Call, LoopbackRest, Reply

TOKEN = "token-of-the-imitation"
STAFF = 2
_FIELDS = {"queue", "title", "description", "submitter_email", "status", "on_hold", "priority", "due_date", "merged_to"}
_CUSTOM = {"custom_csat", "custom_feedback_tag", "custom_plan"}
_REQUIRED = ("queue", "title", "priority")

Row = dict[str, Any]


class Desk:
    """The helpdesk itself. `is_open` is False where everybody is turned away, `ticks` where all falls in one second."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
        self.ticks = True
        self.is_open = True
        self.tickets: dict[int, Row] = {}
        self.last_ticket = 0
        self.last_follow_up = 0
        self.server = LoopbackRest(self.answer)
        self.base_url = self.server.base_url

    def close(self) -> None:
        self.server.close()

    # --- as people there see it -----------------------------------------------------------------------------------------

    def mail_in(self, ticket_id: int, text: str, sender: str) -> Row:
        """Add what came by mail: nobody's words in this interface, with the sender in the title."""
        title = f"E-Mail Received from {sender}"
        return self._follow_up(ticket_id, title, text, public=True, message_id=f"<m{self.last_follow_up}@x.test>")

    def escalate(self, ticket_id: int) -> Row:
        """Add what the helpdesk writes by itself."""
        return self._follow_up(ticket_id, "Ticket Escalated", "Ticket escalated after 3 days", public=True)

    # --- answering ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        if call.headers.get("authorization") != f"Token {TOKEN}" or not self.is_open:
            return Reply(401, {"detail": "Invalid token."})
        match call.method, [part for part in call.path.split("/") if part]:
            case "GET", ["api", "tickets"]:
                return self._list(call)
            case "POST", ["api", "tickets"]:
                return self._create(call.body)
            case "POST", ["api", "followups"]:
                return self._comment(call.body)
            case method, ["api", "tickets", number] if int(number) in self.tickets:
                return self._single(method, int(number), call.body)
        return Reply(404, {"detail": "Not found."})

    def _list(self, call: Call) -> Reply:
        size, page = int(call.one("page_size", "25")), int(call.one("page", "1"))
        rows = [self.tickets[key] for key in sorted(self.tickets)]
        shown = rows[(page - 1) * size : page * size]
        if not shown and page > 1:
            return Reply(404, {"detail": "Invalid page."})
        following = f"https://another.example/api/tickets/?page={page + 1}" if page * size < len(rows) else None
        return Reply(200, {"count": len(rows), "next": following, "previous": None, "results": shown})

    def _single(self, method: str, number: int, body: Any) -> Reply:
        if method == "DELETE":
            del self.tickets[number]
            return Reply(204)
        if method == "PATCH":
            known = {name: value for name, value in body.items() if name in _FIELDS | _CUSTOM}
            self.tickets[number] |= known
        return Reply(200, self.tickets[number])

    def _create(self, body: Row) -> Reply:
        missing = [name for name in _REQUIRED if body.get(name) in (None, "")]
        if missing:
            return Reply(400, {missing[0]: ["This field is required."]})
        if "description" not in body:
            return Reply(500, "<!doctype html><title>Server Error (500)</title>")
        self.last_ticket += 1
        empty: Row = dict.fromkeys((*_FIELDS, *_CUSTOM)) | {"status": 1, "on_hold": False}
        known = {name: value for name, value in body.items() if name in _FIELDS | _CUSTOM}
        self.tickets[self.last_ticket] = empty | known | {"id": self.last_ticket, "followup_set": []}
        self._follow_up(self.last_ticket, "Ticket Opened", body["description"], public=True, user=STAFF)
        return Reply(201, self.tickets[self.last_ticket])

    def _comment(self, body: Row) -> Reply:
        ticket = self.tickets.get(body["ticket"])
        if ticket is None:
            return Reply(400, {"ticket": ["Invalid pk - object does not exist."]})
        text = body["comment"]
        if "%}" in text and "{%" not in text:
            return Reply(500, "<!doctype html><title>Server Error (500)</title>")
        text = re.sub(r"\{\{.*?\}\}|\{#.*?#\}", "", text)
        if body.get("title"):
            ticket["title"] = body["title"]
        made = self._follow_up(ticket["id"], ticket["title"], text, public=body.get("public", False), user=STAFF)
        return Reply(201, made)

    def _follow_up(self, ticket_id: int, title: str, text: str, *, public: bool, **more: Any) -> Row:
        self.last_follow_up += 1
        self.now += timedelta(seconds=1 if self.ticks else 0)
        made: Row = {"id": self.last_follow_up, "ticket": ticket_id, "user": None, "message_id": None}
        made |= {"title": title, "comment": text, "public": public, "date": self.now.isoformat(), "new_status": None}
        made |= more
        self.tickets[ticket_id]["followup_set"].append(made)
        for number in re.findall(r"#(\d+)", text) if made["user"] else ():
            if int(number) in self.tickets and int(number) != ticket_id:
                link = f"Referenced in ticket #{ticket_id}"
                self._follow_up(int(number), link, "", public=False, user=STAFF)
        return made
