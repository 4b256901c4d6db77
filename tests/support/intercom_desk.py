"""An imitation of Intercom's REST interface 2.14: searches without order, with a lag, and parts in single conversations alone."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from feedbackloop_connectors.intercom.connector import Intercom
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Route, Row, Said, Ticket
from loopback import Call, Reply

STATES = {"open": "open", "done": "closed", "rejected": "closed"}
KINDS = {CUSTOMER: "user", AGENT: "admin", BOT: "admin", 0: "bot"}
LOOP_CONTACT = "c-loop"


class IntercomDesk(Imitation):
    """Intercom. Tickets are what our account opened; conversations all else. `most`: rows of one answer, whatever is asked."""

    not_found: ClassVar[object] = {
        "type": "error.list",
        "errors": [{"code": "not_found", "message": "Resource Not Found"}],
    }
    refused: ClassVar[object] = {
        "type": "error.list",
        "errors": [{"code": "unauthorized", "message": "Access Token Invalid"}],
    }
    most = 4

    def __init__(self) -> None:
        super().__init__()
        self.tag_names: list[str] = []

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {SECRET}" and headers.get("intercom-version") == "2.14"

    def routes(self) -> Sequence[Route]:
        one, ticket = r"/conversations/(\d+)", r"/tickets/(\d+)"
        me = {
            "type": "admin",
            "id": str(BOT),
            "name": "Loop",
            "email": "loop@x.test",
            "app": {"type": "app", "id_code": "app1"},
        }
        return [
            ("GET", "/me", lambda _: me),
            ("GET", "/ticket_types/9", lambda _: {"type": "ticket_type", "id": "9", "name": "Improvement"}),
            ("GET", f"/contacts/{LOOP_CONTACT}", lambda _: {"type": "contact", "id": LOOP_CONTACT, "name": "Our loop"}),
            ("POST", "/conversations/search", self._search),
            ("POST", "/tickets/search", self._search_tickets),
            ("GET", one, self._show),
            ("POST", f"{one}/reply", self._reply),
            ("POST", f"{one}/tags", self._tag),
            ("POST", "/tags", self._make_tag),
            ("POST", "/tickets", self._create),
            ("GET", ticket, self._show_ticket),
            ("PUT", ticket, self._update_ticket),
            ("POST", f"{ticket}/reply", self._reply),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted conversation."""
        del self.tickets[key]

    def rate(self, key: int, value: float, comment: str = "") -> Any:
        self.touch(key).fields["rated"] = {"rating": int(value), "remark": comment}

    # --- reading ------------------------------------------------------------------------------------------------------

    def _search(self, call: Call) -> Row:
        found = [one for one in self.tickets.values() if one.by != BOT]
        for bound in call.body["query"]["value"]:
            at = datetime.fromtimestamp(bound["value"], UTC)
            assert bound["field"] == "updated_at" and bound["operator"] in {">", "<"}
            found = [one for one in found if (one.updated > at if bound["operator"] == ">" else one.updated < at)]
        found.sort(key=lambda one: one.id * 7 % 11)  # in no order that says anything
        return self._listed(call, "conversations", [self._row(one) for one in found])

    def _listed(self, call: Call, name: str, found: list[Row]) -> Row:
        paging = call.body["pagination"]
        size, begin = min(self.most, paging["per_page"]), int(paging.get("starting_after", 0))
        shown = found[max(0, begin - self.is_repeating) if begin else 0 : begin + size]
        pages: Row = {"type": "pages", "page": 1, "per_page": size, "total_pages": 1}
        if begin + size < len(found):
            pages["next"] = {"per_page": size, "starting_after": str(begin + size)}
        return {"type": name[:-1] + ".list", name: shown, "total_count": len(found), "pages": pages}

    def _show(self, call: Call, key: int) -> Any:
        found = self.tickets.get(key)
        if found is None or found.by == BOT:
            return Reply(404, self.not_found)
        is_plain = call.query.get("display_as") == "plaintext"
        parts = [self._part(one, is_plain=is_plain) for one in found.messages[1:]]
        shown = {"type": "conversation_part.list", "conversation_parts": parts, "total_count": len(parts)}
        return self._row(found, is_plain=is_plain) | {"conversation_parts": shown}

    def _row(self, one: Ticket, *, is_plain: bool = False) -> Row:
        opening = one.messages[0]
        tags = [{"type": "tag", "id": f"t-{tag}", "name": tag} for tag in one.tags]
        source = {"type": "conversation", "id": f"s-{one.id}", "delivered_as": "customer_initiated", "subject": ""}
        row: Row = {
            "type": "conversation",
            "id": str(one.id),
            "title": one.subject,
            "created_at": int(one.created.timestamp()),
            "updated_at": int(one.updated.timestamp()),
            "state": STATES[one.status],
            "open": one.status == "open",
            "read": True,
            "priority": "not_priority",
            "tags": {"type": "tag.list", "tags": tags},
            "source": source | {"body": body_of(opening.text, is_plain=is_plain), "author": self._author(opening)},
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": str(CUSTOMER), "external_id": "70"}],
            },
            "custom_attributes": {"plan": "enterprise"},
            "conversation_rating": None,
            "statistics": {"type": "conversation_statistics"},
        }
        if one.ended:
            row["statistics"]["last_close_at"] = int(one.ended.timestamp())
        if "rated" in one.fields:
            at = int(one.updated.timestamp())
            row["conversation_rating"] = {"created_at": at, "updated_at": at, **one.fields["rated"]}
        return row | {name: value for name, value in one.fields.items() if name != "rated"}

    def _part(self, one: Said, *, is_plain: bool = False) -> Row:
        return {
            "type": "conversation_part",
            "id": str(one.id),
            "part_type": one.kind or ("comment" if one.public else "note"),
            "body": body_of(one.text, is_plain=is_plain) if one.text else None,
            "author": self._author(one),
            "redacted": one.kind == "redacted",
            "created_at": int(one.at.timestamp()),
            "updated_at": int(one.at.timestamp()),
        }

    def _author(self, one: Said) -> Row:
        return {"type": KINDS[one.by], "id": str(one.by), "name": "Somebody", "email": f"p{one.by}@x.test"}

    # --- writing ------------------------------------------------------------------------------------------------------

    def _reply(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        sent = call.body
        assert sent["type"] == "admin" and sent["admin_id"] == str(BOT)
        self.say(key, BOT, html.unescape(sent["body"].replace("<br>", "\n")), public=sent["message_type"] == "comment")
        if self.tickets[key].by == BOT:
            return self._ticket_part(self.tickets[key].messages[-1])
        return self._show(Call("GET", "", {}, {}, None), key)

    def _make_tag(self, call: Call) -> Row:
        self.tag_names = list(dict.fromkeys([*self.tag_names, call.body["name"]]))
        return {"type": "tag", "id": f"t-{call.body['name']}", "name": call.body["name"]}

    def _tag(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        name = call.body["id"].removeprefix("t-")
        ticket = self.touch(key)
        ticket.tags = list(dict.fromkeys([*ticket.tags, name]))
        return {"type": "tag", "id": call.body["id"], "name": name}

    def _create(self, call: Call) -> Any:
        if call.body["ticket_type_id"] != "9" or call.body["contacts"] != [{"id": LOOP_CONTACT}]:
            return Reply(
                400, {"type": "error.list", "errors": [{"code": "parameter_invalid", "message": "no such type"}]}
            )
        sent = call.body["ticket_attributes"]
        return self._ticket(self.open(sent["_default_description_"], by=BOT, subject=sent["_default_title_"]))

    def _search_tickets(self, call: Call) -> Row:
        assert {one["field"]: one["value"] for one in call.body["query"]["value"]} == {
            "ticket_type_id": "9",
            "contact_ids": LOOP_CONTACT,
        }
        return self._listed(call, "tickets", [self._ticket(one) for one in self.tickets.values() if one.by == BOT])

    def _show_ticket(self, _: Call, key: int) -> Any:
        found = self.tickets.get(key)
        return self._ticket(found) if found and found.by == BOT else Reply(404, self.not_found)

    def _update_ticket(self, call: Call, key: int) -> Row:
        self.touch(key).subject = call.body["ticket_attributes"]["_default_title_"]
        return self._ticket(self.tickets[key])

    def _ticket(self, one: Ticket) -> Row:
        category = "resolved" if one.status == "done" else "submitted"
        parts = [self._ticket_part(said) for said in one.messages[1:]]
        return {
            "type": "ticket",
            "id": str(one.id),
            "ticket_id": str(one.id + 1000),
            "category": "Back-office",
            "ticket_attributes": {"_default_title_": one.subject, "_default_description_": one.messages[0].text},
            "ticket_state": {"type": "ticket_state", "id": "1", "category": category},
            "contacts": {
                "type": "contact.list",
                "contacts": [{"type": "contact", "id": LOOP_CONTACT, "external_id": None}],
            },
            "created_at": int(one.created.timestamp()),
            "updated_at": int(one.updated.timestamp()),
            "open": one.status == "open",
            "ticket_parts": {"type": "ticket_part.list", "ticket_parts": parts, "total_count": len(parts)},
        }

    def _ticket_part(self, one: Said) -> Row:
        return self._part(one) | {"type": "ticket_part"}


def body_of(words: str, *, is_plain: bool) -> str:
    """Give a body as the editor keeps it, or as plain text."""
    return words if is_plain else "<p>" + html.escape(words, quote=False).replace("\n", "<br>") + "</p>"


class IntercomSystem(ImitatedSystem[IntercomDesk]):
    """Intercom as the contract sees it."""

    imitation = IntercomDesk
    kind = Intercom

    def options(self) -> Row:
        return {"access_token": SECRET, "task_type": "9", "task_contact": LOOP_CONTACT}
