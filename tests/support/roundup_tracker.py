"""How does a Roundup tracker's REST interface behave, traps included?

A small imitation of version 2.6 as it was seen to answer: times without a zone that are read in the zone of the account, texts only
at `@verbose=3`, writes that need their headers and the newest tag, addresses good for one post, a message that reopens what was
solved, a wrong login told in plain text.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from loopback_rest import Call, LoopbackRest, Reply

USERS = {"admin": "admin-secret-1", "feedbackbot": "bot-secret-1"}
STATUSES = ("unread", "deferred", "chatting", "need-eg", "in-progress", "testing", "done-cbb", "resolved")
PROPERTIES = {
    "issue": {"title", "status", "messages", "keyword", "nosy", "csat", "customer_email", "plan"},
    "msg": {"author", "date", "content", "messageid"},
    "user": {"username", "realname", "address", "organisation", "timezone"},
    "status": {"name"},
    "keyword": {"name"},
}
ALWAYS = {"id", "activity", "creation", "creator", "actor"}
LINKS = {"status": "status", "author": "user", "creator": "user", "actor": "user"}
MULTILINKS = {"messages": "msg", "keyword": "keyword", "nosy": "user"}
_RANGE = re.compile(r"^(\d{4}-\d\d-\d\d\.\d\d:\d\d:\d\d)([+]0000)?;$")

Node = dict[str, Any]


class Tracker:
    """The tracker itself. `zone_hours` is the zone of every account, `ticks` is off where everything falls in one second.

    Attributes:
        late: So much earlier than it can be seen is what a new issue says of its time.
        rate: So many calls are answered before one 429 comes; 0 for no limit.
    """

    def __init__(self, zone_hours: int = 8) -> None:
        self.zone = timedelta(hours=zone_hours)
        self.now = datetime(2026, 11, 21, 21, 29, 38, tzinfo=UTC)
        self.ticks = True
        self.late = timedelta()
        self.rate = 0
        self.nodes: dict[str, dict[str, Node]] = {kind: {} for kind in PROPERTIES}
        self.retired: set[str] = set()
        self.passwords = dict(USERS)
        self.tokens: dict[str, str] = {}
        for name in ("admin", "anonymous", "feedbackbot"):
            self._make("user", {"username": name}, "1")
        for name in STATUSES:
            self._make("status", {"name": name}, "1")
        self.server = LoopbackRest(self.answer)
        self.base_url = self.server.base_url

    def close(self) -> None:
        self.server.close()

    # --- answering ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        user = self._user(call)
        if user is None:
            return Reply(401, "Invalid Login - Invalid login")
        if self.rate and len(self.server.calls) % self.rate == 0:
            return Reply(429, {"error": {"status": 429, "msg": "too fast"}}, {"Retry-After": "0"})
        if call.method != "GET" and "x-requested-with" not in call.headers:
            return _error(400, "Required Header Missing")
        _, _, _, *place = call.path.split("/")
        kind = place[0] if place else ""
        if call.path.split("/")[:3] != ["", "rest", "data"] or kind not in self.nodes:
            return _error(404, "Class not found")
        if len(place) == 1:
            return self._list(kind, call) if call.method == "GET" else self._create(kind, call.body, user)
        return self._single(kind, place[1:], call, user)

    def _single(self, kind: str, place: list[str], call: Call, user: str) -> Reply:
        if place[0] == "@poe":
            return self._once(kind, place[1:], call.body, user)
        node = self.nodes[kind].get(place[0])
        if node is None:
            return _error(404, f"no such {kind} {place[0]}")
        if call.method == "GET":
            verbose = int(call.one("@verbose", "1"))
            attributes = self._shown(node, PROPERTIES[kind], verbose)
            return _data({"id": place[0], "type": kind, "attributes": attributes, "@etag": _tag(node)})
        if call.headers.get("if-match") != _tag(node):
            return _error(412, "If-Match is missing or does not match.")
        if call.method == "DELETE":
            self.retired.add(f"{kind}{place[0]}")
            return _data({"status": "ok"})
        return self._change(node, dict(call.body), user)

    def _user(self, call: Call) -> str | None:
        for name, password in self.passwords.items():
            expected = "Basic " + b64encode(f"{name}:{password}".encode()).decode()
            if call.headers.get("authorization") == expected:
                return next(key for key, node in self.nodes["user"].items() if node["username"] == name)
        return None

    # --- reading --------------------------------------------------------------------------------------------------------

    def _list(self, kind: str, call: Call) -> Reply:
        fields = [name for name in call.one("@fields").split(",") if name]
        filters = {name: values for name, values in call.params.items() if not name.startswith("@")}
        unknown = ({*fields, *filters}) - PROPERTIES[kind] - ALWAYS
        if unknown:
            return _error(400, f"'Unknown property: {min(unknown)}'")
        living = [node for key, node in self.nodes[kind].items() if f"{kind}{key}" not in self.retired]
        found = [node for node in living if all(self._fits(node, name, filters[name]) for name in filters)]
        order = call.one("@sort", "id").split(",")
        found.sort(key=lambda node: tuple(int(node[name]) if name == "id" else node[name] for name in order))
        size, index = int(call.one("@page_size", "0")) or len(found) or 1, int(call.one("@page_index", "1"))
        page = found[(index - 1) * size : index * size]
        verbose = int(call.one("@verbose", "1"))
        # the total is wrong behind the last page, as it is there
        return _data(
            {"collection": [self._shown(node, fields, verbose) for node in page], "@total_size": len(page) + size}
        )

    def _fits(self, node: Node, name: str, values: list[str]) -> bool:
        held = node.get(name)
        if name in {"activity", "creation"}:
            match = _RANGE.match(values[0])
            assert match, f"the tracker does not understand {values[0]}"
            since = datetime.strptime(match[1], "%Y-%m-%d.%H:%M:%S").replace(tzinfo=UTC)
            since -= timedelta() if match[2] else self.zone
            return str(held) >= _stamp(since)
        if name in MULTILINKS:
            return bool(set(values) & set(held or ()))
        if name == "id":
            return str(held) in values
        return values[0].lower() in str(held or "").lower()

    def _shown(self, node: Node, fields: Any, verbose: int) -> Node:
        shown: Node = {"id": node["id"]}
        for name in fields:
            value = node.get(name)
            if name == "content" and verbose < 3:
                value = {"link": f"{self.base_url}/msg{node['id']}/"}
            elif name in LINKS and value is not None and verbose:
                value = {"id": value, "link": f"{self.base_url}/rest/data/{LINKS[name]}/{value}"}
            elif name in MULTILINKS:
                value = [{"id": one} if verbose else one for one in value or ()]
            shown[name] = value
        return shown

    # --- writing --------------------------------------------------------------------------------------------------------

    def _once(self, kind: str, token: list[str], body: Any, user: str) -> Reply:
        if not token:
            made = f"token-{len(self.tokens) + 1}"
            self.tokens[made] = kind
            return _data({"link": f"https://another.example/rest/data/{kind}/@poe/{made}"})
        if self.tokens.pop(token[0], None) != kind:
            return _error(400, f"POE token '{token[0]}' not valid.")
        return self._create(kind, body, user)

    def _create(self, kind: str, body: Any, user: str) -> Reply:
        if set(body) - PROPERTIES[kind]:
            return _error(400, "Unknown property")
        if kind == "keyword" and body["name"] in {node["name"] for node in self.nodes[kind].values()}:
            return _error(400, f'node with key "{body["name"]}" exists')
        return _data({"id": self._make(kind, body, user)["id"]}, 201)

    def _make(self, kind: str, body: Node, user: str) -> Node:
        key, stamp = str(len(self.nodes[kind]) + 1), self._tick()
        node = {name: [] if name in MULTILINKS else None for name in PROPERTIES[kind]} | dict(body)
        node |= {"id": key, "creation": stamp, "activity": stamp, "creator": user, "actor": user}
        if kind == "issue":
            node["status"] = node["status"] or "1"
            self._notice(node)
            node["activity"] = _stamp(self.now - self.late)
        self.nodes[kind][key] = node
        return node

    def _change(self, node: Node, body: Node, user: str) -> Reply:
        added = body.pop("@op", "replace") == "add"
        for name, value in body.items():
            node[name] = sorted({*node[name], *value}, key=int) if added and name in MULTILINKS else value
        if "messages" in body:
            if any(self.nodes["msg"][one]["author"] is None for one in body["messages"]):
                return _error(409, "no such user None")
            if "status" not in body and STATUSES[int(node["status"]) - 1] in {"unread", "resolved", "done-cbb"}:
                node["status"] = str(STATUSES.index("chatting") + 1)
            self._notice(node)
        node["activity"], node["actor"] = self._tick(), user
        return _data({"id": node["id"], "attribute": body})

    def _notice(self, issue: Node) -> None:
        """Put the authors of messages on the nosy list."""
        authors = {self.nodes["msg"][one]["author"] for one in issue["messages"]}
        issue["nosy"] = sorted({*issue["nosy"], *authors} - {None}, key=int)

    def _tick(self) -> str:
        self.now += timedelta(seconds=1 if self.ticks else 0)
        return _stamp(self.now)


def _stamp(at: datetime) -> str:
    return at.strftime("%Y-%m-%d.%H:%M:%S")


def _tag(node: Node) -> str:
    return f'"{abs(hash(repr(sorted(node.items(), key=str)))):x}"'


def _data(data: Any, status: int = 200) -> Reply:
    return Reply(status, {"data": data})


def _error(status: int, message: str) -> Reply:
    return Reply(status, {"error": {"status": status, "msg": message}})
