"""An imitation of Help Scout's Mailbox API 2.0, in the form of the official client's own test payloads."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from feedbackloop_connectors.help_scout.connector import HelpScout
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Route, Row, Said, Ticket, iso
from loopback import Call, Reply

STATUSES = {"open": "active", "done": "closed", "rejected": "closed"}
POINTS = {1: "not_good", 2: "not_good", 3: "okay", 4: "great", 5: "great"}
PER_PAGE = 4
BOX = 9


class HelpScoutDesk(Imitation):
    """Help Scout; its lists are cut to four a page. `tokens` are those that are valid."""

    not_found: ClassVar[object] = {"message": "Not Found", "logRef": "x", "_embedded": {"errors": []}}
    refused: ClassVar[object] = {"error": "invalid_token"}

    def __init__(self) -> None:
        super().__init__()
        self.tokens: set[str] = set()
        self.given = 0

    def is_read(self, call: Call) -> bool:
        return call.method == "GET" or call.path.endswith("/token")

    def _answered(self, call: Call) -> Reply:
        if call.path == "/v2/oauth2/token" and not self.is_locked:
            if call.body != {"grant_type": "client_credentials", "client_id": "app-1", "client_secret": SECRET}:
                return Reply(401, {"error": "invalid_client"})
            self.given += 1
            self.tokens.add(f"token-{self.given}")
            return Reply(200, {"token_type": "bearer", "access_token": f"token-{self.given}", "expires_in": 172800})
        return super()._answered(call)

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization", "").removeprefix("Bearer ") in self.tokens

    def routes(self) -> Sequence[Route]:
        one = r"/v2/conversations/(\d+)"
        return [
            ("GET", "/v2/users/me", lambda _: {"id": BOT, "email": "loop@x.test"}),
            ("GET", f"/v2/mailboxes/{BOX}", lambda _: {"id": BOX, "name": "Improvements"}),
            ("GET", "/v2/conversations", self._list),
            ("POST", "/v2/conversations", self._create),
            ("GET", one, self._show),
            ("PATCH", one, self._update),
            ("PUT", f"{one}/tags", self._tag),
            ("POST", f"{one}/notes", self._note),
            ("POST", f"{one}/reply", self._reply),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted conversation."""
        del self.tickets[key]

    def merge(self, key: int) -> None:
        self.touch(key).state = "merged"

    def rate(self, key: int, value: float, comment: str = "") -> Any:
        """A rating stands on the reply that was rated."""
        ticket = self.touch(key)
        if len(ticket.messages) == 1:
            self.say(key, AGENT, "We are on it.")
        ticket.fields["rated"] = {"rating": POINTS[int(value)], "comments": comment, "createdAt": iso(ticket.updated)}

    # --- reading ------------------------------------------------------------------------------------------------------

    def _list(self, call: Call) -> Any:
        query = call.query
        assert query["status"] == "all" and query["embed"] == "threads" and query["sortOrder"] == "desc"
        found = self.living()
        if "modifiedSince" in query:
            found = [one for one in found if one.updated >= datetime.fromisoformat(query["modifiedSince"])]
        if "mailbox" in query:
            found = [one for one in found if one.by == BOT and query["mailbox"] == str(BOX)]
        by_change = query["sortField"] == "modifiedAt"
        found.sort(key=lambda one: (one.updated if by_change else one.created, one.id), reverse=True)
        page = int(query["page"])
        pages = -(-len(found) // PER_PAGE)
        shown = [self._row(one) for one in self.page(found, page, PER_PAGE)]
        place = {"size": PER_PAGE, "totalElements": len(found), "totalPages": pages, "number": page}
        links = {"next": {"href": f"https://another.example/v2/conversations?page={page + 1}"}}
        return {"page": place, "_links": links, **({"_embedded": {"conversations": shown}} if shown else {})}

    def _show(self, _: Call, key: int) -> Any:
        if key in self.tickets and self.tickets[key].state == "merged":
            return Reply(301, None, {"Location": "https://api.helpscout.net/v2/conversations/1"})
        return self._row(self.tickets[key]) if key in self.tickets else Reply(404, self.not_found)

    def _row(self, one: Ticket) -> Row:
        threads = [self._thread(said, one) for said in reversed(one.messages)]
        return {
            "id": one.id,
            "number": 15000 + one.id,
            "threads": len(threads),
            "type": "email",
            "folderId": 493,
            "status": STATUSES[one.status],
            "state": "published",
            "subject": one.subject,
            "preview": one.messages[-1].text[:80],
            "mailboxId": BOX if one.by == BOT else 85,
            "createdBy": {"id": CUSTOMER, "type": "customer", "email": "wanda@x.test"},
            "createdAt": iso(one.created),
            "closedAt": iso(one.ended) if one.ended else None,
            "userUpdatedAt": iso(one.created),  # customers do not move it
            "customerWaitingSince": {"time": iso(one.created), "friendly": f"{self.now.second} s ago"},
            "source": {"type": "email", "via": "customer"},
            "tags": [{"id": 1, "color": "#929499", "tag": tag} for tag in one.tags],
            "cc": [],
            "bcc": [],
            "primaryCustomer": {"id": CUSTOMER},
            "customFields": [{"id": 6688, "name": "Account Type", "value": "33077", "text": "enterprise"}],
            "_embedded": {"threads": threads},
            **{name: value for name, value in one.fields.items() if name != "rated"},
        }

    def _thread(self, one: Said, ticket: Ticket) -> Row:
        is_customer = one.by == CUSTOMER
        kind = one.kind or ("customer" if is_customer else "message" if one.public else "note")
        row: Row = {
            "id": one.id,
            "type": kind,
            "status": "active",
            "state": "draft" if one.kind == "draft" else "published",
            "action": {"type": "default", "associatedEntities": {}},
            "body": "<p>" + html.escape(one.text, quote=False).replace("\n", "<br>") + "</p>",
            "source": {"type": "workflow" if one.by == 0 else "email", "via": "customer" if is_customer else "user"},
            "customer": {"id": CUSTOMER, "first": "Wanda", "last": "Whistle", "email": "wanda@x.test"},
            "createdBy": {"id": one.by or 1, "type": "customer" if is_customer else "user"},
            "createdAt": iso(one.at),
        }
        if "rated" in ticket.fields and one is ticket.messages[-1]:
            row["rating"] = ticket.fields["rated"]
        return row

    # --- writing ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        sent = call.body
        if sent["mailboxId"] != BOX or not sent["customer"].get("email"):
            return Reply(400, {"message": "Validation error", "_embedded": {"errors": [{"path": "mailboxId"}]}})
        (thread,) = sent["threads"]
        assert thread["type"] == "note"
        made = self.open(as_typed(thread["text"]), by=BOT, subject=sent["subject"])
        made.messages[0].public = False
        made.tags = list(sent["tags"])
        return Reply(201, None, {"Resource-ID": str(made.id)})

    def _update(self, call: Call, key: int) -> Reply:
        assert call.body["op"] == "replace" and call.body["path"] == "/subject"
        self.touch(key).subject = call.body["value"]
        return Reply(204)

    def _tag(self, call: Call, key: int) -> Reply:
        if self.there(key) is None:
            return Reply(404, self.not_found)
        self.touch(key).tags = list(call.body["tags"])
        return Reply(204)

    def _note(self, call: Call, key: int) -> Reply:
        return self._add(call, key, public=False)

    def _reply(self, call: Call, key: int) -> Reply:
        assert call.body["customer"] == {"id": CUSTOMER} and call.body["draft"] is False
        return self._add(call, key, public=True)

    def _add(self, call: Call, key: int, *, public: bool) -> Reply:
        if self.there(key) is None:
            return Reply(404, self.not_found)
        made = self.say(key, BOT, as_typed(call.body["text"]), public=public)
        ticket = self.tickets[key]
        ticket.status = "open" if call.body.get("status") != "closed" else ticket.status
        return Reply(201, None, {"Resource-ID": str(made.id)})


def as_typed(markup: str) -> str:
    """Give the words of what we sent."""
    return html.unescape(markup.replace("<br>", "\n"))


class HelpScoutSystem(ImitatedSystem[HelpScoutDesk]):
    """Help Scout as the contract sees it."""

    imitation = HelpScoutDesk
    kind = HelpScout
    secrets = (SECRET, "token-1")

    def options(self) -> Row:
        return {"app_id": "app-1", "app_secret": SECRET, "task_mailbox": BOX, "task_customer": "loop@x.test"}
