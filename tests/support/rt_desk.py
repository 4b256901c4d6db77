"""An imitation of Request Tracker's REST 2, with the traps that a real 5.0.3 showed.

Its limits: it knows the queries that the connector asks, one time zone and one account.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from loopback import Call, Reply

TOKEN = "1-27-token-of-the-loopback-desk"
BOT = "feedbackbot"
Row = dict[str, Any]
_OPERATORS = {"=": eq, "!=": ne, ">": gt, ">=": ge, "<": lt, "<=": le}
_TOKENS = re.compile(r"\s*(\(|\)|AND\b|OR\b|!=|>=|<=|=|>|<|'(?:\\.|[^'])*'|[\w.]+)")


@dataclass
class Ticket:
    """One ticket; `into` is the one it was merged into."""

    id: int
    queue: str
    subject: str
    requestors: list[str]
    created: datetime
    updated: datetime
    status: str = "new"
    resolved: datetime | None = None
    fields: dict[str, list[str]] = field(default_factory=dict)
    refers_to: list[str] = field(default_factory=list)
    into: int | None = None


class RtDesk:
    """The desk's state and its answers."""

    def __init__(self, now: datetime | None = None) -> None:
        self.now = now or datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.tickets: dict[int, Ticket] = {}
        self.transactions: list[Row] = []
        self.attachments: list[Row] = []
        self.hidden: set[int] = set()
        self.colleagues = {BOT, "agent1"}
        self.is_revoked = False
        self.may_modify_fields = True
        self.is_one_second = False

    # --- what people do -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        if not self.is_one_second:
            self.now += timedelta(seconds=1)

    def open(self, queue: str, text: str, *, by: str, requestors: list[str] | None = None, **more: Any) -> int:
        self.tick()
        key = len(self.tickets) + 1
        asked = [by] if requestors is None else requestors
        self.tickets[key] = Ticket(key, queue, more.pop("subject", "A matter"), asked, self.now, self.now, **more)
        self.say(key, "Create", text, by=by)
        self.say(key, "EmailRecord", f"This message has been automatically generated: {text}", by="RT_System")
        return key

    def say(self, key: int, kind: str, text: str, *, by: str, headers: str = "X-RT-Interface: Email") -> None:
        self.tick()
        number = self.note(key, kind, by=by)
        parts = [("text/plain", text, ""), ("text/html", f"<p>{text}</p>", ""), ("text/plain", "a log", "log.txt")]
        for content_type, content, name in parts:
            self.attachments.append(
                {
                    "id": str(len(self.attachments) + 1),
                    "TransactionId": str(number),
                    "ContentType": content_type,
                    "Content": content,
                    "Filename": name,
                    "Headers": headers,
                }
            )

    def note(self, key: int, kind: str, *, by: str, field: str = "", value: str = "") -> int:
        """Write a transaction down; it moves its ticket."""
        self.tickets[key].updated = self.now
        self.transactions.append(
            {
                "id": str(len(self.transactions) + 1),
                "Type": kind,
                "Creator": {"type": "user", "id": by},
                "Created": stamp(self.now),
                "ObjectType": "RT::Ticket",
                "ObjectId": str(key),
                "Field": field,
                "NewValue": value,
            }
        )
        return len(self.transactions)

    def set_status(self, key: int, status: str, *, by: str = "agent1") -> None:
        self.tick()
        self.tickets[key].status = status
        self.tickets[key].resolved = self.now if status == "resolved" else None
        self.note(key, "Status", by=by, field="Status", value=status)

    def merge(self, key: int, into: int) -> None:
        self.tick()
        self.tickets[key].into = into
        for one in (key, into):
            self.note(one, "AddLink", by="agent1", field="MergedInto", value=f"fsck.com-rt://desk/ticket/{into}")

    # --- answers ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        if self.is_revoked or call.headers.get("Authorization") != f"token {TOKEN}":
            return Reply(401, {"message": "Unauthorized"})
        path = call.path.removeprefix("/REST/2.0")
        for method, pattern, act in self._routes():
            found = re.fullmatch(pattern, path)
            if method == call.method and found:
                return act(call, *found.groups())
        return Reply(404, {"message": "Not Found"})

    def _routes(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        return [
            ("GET", "/rt", lambda _: Reply(200, {"Version": "5.0.3"})),
            ("GET", "/user/(.+)", self._user),
            ("GET", "/queue/(.+)", self._queue),
            ("GET", "/queues/all", self._queues),
            ("GET", "/tickets", self._list_tickets),
            ("GET", "/transactions", self._list_transactions),
            ("GET", "/attachments", self._list_attachments),
            ("GET", r"/ticket/(\d+)/history", self._history),
            ("GET", r"/ticket/(\d+)", self._ticket),
            ("POST", r"/ticket/(\d+)/(comment|correspond)", self._write),
            ("POST", "/ticket", self._create),
            ("PUT", r"/ticket/(\d+)", self._update),
        ]

    def _user(self, _: Call, name: str) -> Reply:
        name = BOT if name == "27" else name.replace("%40", "@")
        return Reply(200, {"Name": name, "Privileged": int(name in self.colleagues)})

    def _queue(self, _: Call, name: str) -> Reply:
        if name not in {"Support", "Improvement"}:
            return Reply(404, {"message": "Not Found"})
        fields = [{"id": "2", "name": "CSAT"}, {"id": "3", "name": "FeedbackTag"}]
        return Reply(200, {"Name": name, "TicketCustomFields": fields, "_hyperlinks": [{"ref": "create"}]})

    def _queues(self, call: Call) -> Reply:
        return _page([{"id": "3", "Name": "Support"}, {"id": "4", "Name": "Improvement"}], call, with_total=True)

    def _list_tickets(self, call: Call) -> Reply:
        """Deleted and merged tickets are in no list, whatever is asked."""
        living = [one for one in self.tickets.values() if one.status != "deleted" and one.into is None]
        found = [self._row(one) for one in living if matches(call.query["query"], _searchable(one))]
        return _page(found, call, with_total=True)

    def _list_transactions(self, call: Call) -> Reply:
        """Rows that the account may not see make a page shorter; there is no total and no next page."""
        found = [row for row in self.transactions if matches(call.query["query"], self._searchable(row))]
        return _page(found, call, self.hidden)

    def _list_attachments(self, call: Call) -> Reply:
        wanted = {one["field"]: one["value"] for one in json.loads(call.query["query"])}
        rows = [row for row in self.attachments if row["TransactionId"] in wanted["TransactionId"]]
        return _page([row for row in rows if row["ContentType"].startswith(wanted["ContentType"])], call, self.hidden)

    def _history(self, call: Call, key: str) -> Reply:
        ids = {key} | {str(one.id) for one in self.tickets.values() if one.into == int(key)}
        return _page([row for row in self.transactions if row["ObjectId"] in ids], call, self.hidden)

    def _ticket(self, _: Call, key: str) -> Reply:
        one = self.tickets.get(int(key))
        if one is None:
            return Reply(404, {"message": "Not Found"})
        one = self.tickets[one.into] if one.into else one
        links = [{"ref": "refers-to", "id": link, "_url": link} for link in one.refers_to]
        return Reply(200, self._row(one) | {"id": one.id, "_hyperlinks": links}, {"ETag": f'"{self._etag(one.id)}"'})

    def _write(self, call: Call, key: str, how: str) -> Reply:
        if int(key) not in self.tickets:
            return Reply(400, {"message": "Bad Request"})
        self.say(int(key), how.capitalize(), call.body["Content"], by=BOT, headers="X-RT-Interface: REST")
        return Reply(201, ["Comments added" if how == "comment" else "Correspondence added"])

    def _create(self, call: Call) -> Reply:
        body = call.body
        if body["Queue"] not in {"Support", "Improvement"}:
            return Reply(403, {"message": "Permission Denied"})
        fields = {name: list(values) for name, values in body.get("CustomFields", {}).items()}
        key = self.open(body["Queue"], body["Content"], by=BOT, requestors=[], subject=body["Subject"], fields=fields)
        self.tickets[key].refers_to = [str(one) for one in body.get("RefersTo", [])]
        return Reply(201, {"id": str(key), "type": "ticket"})

    def _update(self, call: Call, key: str) -> Reply:
        """A custom field is replaced, and a refusal is a sentence with status 200."""
        one = self.tickets[int(key)]
        if call.headers.get("If-Match") not in {None, f'"{self._etag(one.id)}"'}:
            return Reply(412, {"message": "Precondition Failed"})
        if not self.may_modify_fields:
            return Reply(200, [f"Ticket {key}: Permission Denied"])
        self.tick()
        for name, values in call.body.get("CustomFields", {}).items():
            one.fields[name] = list(values)
            self.note(one.id, "CustomField", by=BOT, field="3", value=",".join(values))
        one.subject = call.body.get("Subject", one.subject)
        one.refers_to += [str(link) for link in call.body.get("AddRefersTo", [])]
        return Reply(200, ["done"])

    # --- parts --------------------------------------------------------------------------------------------------------

    def _etag(self, key: int) -> str:
        return next(row["id"] for row in reversed(self.transactions) if row["ObjectId"] == str(key))

    def _searchable(self, row: Row) -> Row:
        return row | {"TicketQueue": self.tickets[int(row["ObjectId"])].queue, "Creator": row["Creator"]["id"]}

    def _row(self, one: Ticket) -> Row:
        people = [{"type": "user", "id": name, "Name": name, "EmailAddress": name} for name in one.requestors]
        fields = [
            {"id": number, "name": name, "values": one.fields.get(name, [])}
            for number, name in (("2", "CSAT"), ("3", "FeedbackTag"))
        ]
        return {
            "id": str(one.id),
            "Subject": one.subject,
            "Status": one.status,
            "Queue": {"id": "3", "Name": one.queue},
            "Created": stamp(one.created),
            "LastUpdated": stamp(one.updated),
            "Resolved": stamp(one.resolved) if one.resolved else "1970-01-01T00:00:00Z",
            "Due": "1970-01-01T00:00:00Z",
            "Requestor": people,
            "CustomFields": fields,
        }


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def matches(query: str, row: Row) -> bool:
    """Evaluate a query of RT's on one row. A time with a `T` in it is read as its day, as RT does."""
    return _either(iter(_TOKENS.findall(query)), row)


def _either(tokens: Iterator[str], row: Row) -> bool:
    result, joined = False, "OR"
    for token in tokens:
        if token == ")":
            return result
        if token in {"AND", "OR"}:
            joined = token
            continue
        value = _either(tokens, row) if token == "(" else _compare(row[token], next(tokens), next(tokens))
        result = (result and value) if joined == "AND" else (result or value)
    return result


def _compare(held: Any, operator: str, token: str) -> bool:
    wanted: Any = token.strip("'")
    if isinstance(held, list):
        return wanted in held
    if isinstance(held, datetime):
        held = f"{held:%Y-%m-%d %H:%M:%S}"
        wanted = wanted[:10] + " 00:00:00" if "T" in wanted else wanted
    elif isinstance(held, int) or operator not in {"=", "!="}:
        held, wanted = int(held), int(wanted)
    return bool(_OPERATORS[operator](held, wanted))


def _searchable(one: Ticket) -> Row:
    return {"id": one.id, "Queue": one.queue, "LastUpdated": one.updated, "RefersTo": one.refers_to}


def _page(found: list[Row], call: Call, hidden: set[int] | None = None, *, with_total: bool = False) -> Reply:
    """Give one page, at most a hundred rows; hidden rows are taken out after the page was cut."""
    if call.query.get("orderby") == "id":
        found = sorted(found, key=lambda row: int(row["id"]), reverse=call.query.get("order") == "DESC")
    size, page = min(100, int(call.query.get("per_page", 20))), int(call.query.get("page", 1))
    cut = found[(page - 1) * size : page * size]
    items = [row for row in cut if int(row.get("TransactionId") or row["id"]) not in (hidden or set())]
    total = len(found) if with_total else None
    return Reply(200, {"items": items, "count": len(items), "per_page": size, "page": page, "total": total})
