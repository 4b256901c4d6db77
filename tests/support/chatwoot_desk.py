"""An imitation of Chatwoot's application interface, as its source shows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from feedbackloop_connectors.chatwoot.connector import Chatwoot
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Route, Row, Said, Ticket
from loopback import Call, Reply

STATUSES = {"open": "open", "done": "resolved", "rejected": "resolved"}
ACCOUNT = "/api/v1/accounts/3"
PER_PAGE, MESSAGES = 4, 20
TYPES = {CUSTOMER: 0, AGENT: 1, BOT: 1}


class ChatwootDesk(Imitation):
    """Chatwoot; its lists are cut to four a page, so that little fills several."""

    not_found: ClassVar[object] = {"error": "Resource could not be found"}
    refused: ClassVar[object] = {"errors": ["Invalid Access Token"]}
    is_old = False

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("api_access_token") == SECRET

    def routes(self) -> Sequence[Route]:
        one = ACCOUNT + r"/conversations/(\d+)"
        return [
            ("GET", "/api/v1/profile", self._profile),
            ("GET", f"{ACCOUNT}/inboxes", lambda _: {"payload": [{"id": 1, "name": "Website"}]}),
            ("GET", f"{ACCOUNT}/conversations", self._list),
            ("GET", one, self._show),
            ("GET", f"{one}/messages", self._messages),
            ("POST", f"{one}/messages", self._say),
            ("GET", f"{one}/labels", self._labels),
            ("POST", f"{one}/labels", self._set_labels),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted conversation."""
        del self.tickets[key]

    def rate(self, key: int, value: float, comment: str = "") -> Any:
        """Answer the survey, which stands as a message; a message that changes touches its conversation."""
        ticket = self.touch(key)
        asked = next((one for one in ticket.messages if one.kind == "input_csat"), None)
        if asked is None:
            asked = self.say(key, 0, "How did we do?", kind="input_csat")
        ticket.fields["rated"] = {"rating": int(value), "feedback_message": comment}

    # --- reading ------------------------------------------------------------------------------------------------------

    def _profile(self, _: Call) -> Row:
        return {"id": BOT, "email": "loop@x.test", "accounts": [{"id": 3, "name": "Tea", "role": "agent"}]}

    def _list(self, call: Call) -> Row:
        query = call.query
        assert query["status"] == "all"
        found = list(self.tickets.values())
        if "updated_within" in query:  # without pages: everything in one answer
            begin = self.now - timedelta(seconds=int(query["updated_within"]))
            shown = [one for one in found if one.updated > begin]
        else:
            found.sort(key=lambda one: (one.created, one.id))
            assert query["sort_by"] == "created_at_asc"
            shown = self.page(found, int(query.get("page", 1)), PER_PAGE)
        meta = {"mine_count": 0, "unassigned_count": 0, "assigned_count": 0, "all_count": len(found)}
        return {"data": {"meta": meta, "payload": [self._row(one) for one in shown]}}

    def _show(self, _: Call, key: int) -> Any:
        return self._row(self.tickets[key]) if key in self.tickets else Reply(404, self.not_found)

    def _row(self, one: Ticket) -> Row:
        sender = {
            "id": CUSTOMER,
            "name": "Wanda",
            "email": "wanda@x.test",
            "additional_attributes": {"company_name": "Tea & Co"},
        }
        row: Row = {
            "id": one.id,
            "account_id": 3,
            "inbox_id": 1,
            "uuid": f"uuid-{one.id}",
            "additional_attributes": {"mail_subject": one.subject},
            "custom_attributes": {"plan": "enterprise"},
            "labels": one.tags,
            "status": STATUSES[one.status],
            "muted": False,
            "can_reply": True,
            "priority": None,
            "snoozed_until": None,
            "created_at": int(one.created.timestamp()),
            "updated_at": one.updated.timestamp(),
            "last_activity_at": int(one.updated.timestamp()),
            "messages": [self._message(one.messages[-1], one)],
            "meta": {"sender": sender, "channel": "Channel::WebWidget", "hmac_verified": False},
        }
        if self.is_old:
            del row["updated_at"]
        return row | {name: value for name, value in one.fields.items() if name != "rated"}

    def _messages(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        ticket = self.tickets[key]
        before = int(call.query.get("before", 10**9))
        shown = [one for one in ticket.messages if one.id < before][-MESSAGES:]
        return {"meta": {"labels": ticket.tags}, "payload": [self._message(one, ticket) for one in shown]}

    def _message(self, one: Said, ticket: Ticket) -> Row:
        kinds = {"activity": 2, "input_csat": 3, "greeting": 3, "bot": 1}
        row: Row = {
            "id": one.id,
            "content": one.text,
            "account_id": 3,
            "inbox_id": 1,
            "conversation_id": ticket.id,
            "message_type": kinds.get(one.kind, TYPES.get(one.by, 2)),
            "content_type": "input_csat" if one.kind == "input_csat" else "text",
            "content_attributes": {"deleted": True} if one.kind == "deleted" else {},
            "private": not one.public,
            "status": "sent",
            "source_id": None,
            "created_at": int(one.at.timestamp()),
            "updated_at": int(ticket.updated.timestamp()),
        }
        if one.kind == "input_csat" and "rated" in ticket.fields:
            row["content_attributes"] = {"submitted_values": {"csat_survey_response": ticket.fields["rated"]}}
        if one.by:
            kind = "agent_bot" if one.kind == "bot" else "contact" if one.by == CUSTOMER else "user"
            row["sender"] = {"id": one.by, "name": "Somebody", "type": kind}
        return row

    def _labels(self, _: Call, key: int) -> Any:
        return {"payload": self.tickets[key].tags} if key in self.tickets else Reply(404, self.not_found)

    # --- writing ------------------------------------------------------------------------------------------------------

    def _say(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        assert call.body["message_type"] == "outgoing" and "source_id" not in call.body
        made = self.say(key, BOT, call.body["content"], public=not call.body.get("private", False))
        return self._message(made, self.tickets[key])

    def _set_labels(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        self.touch(key).tags = list(call.body["labels"])
        return {"payload": self.tickets[key].tags}


class ChatwootSystem(ImitatedSystem[ChatwootDesk]):
    """Chatwoot as the contract sees it."""

    imitation = ChatwootDesk
    kind = Chatwoot

    def options(self) -> Row:
        return {"access_token": SECRET, "account": 3}
