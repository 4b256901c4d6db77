"""An imitation of Redmine's REST interface, with the traps that a real 5.0.4 showed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from loopback import Call, Reply

KEY = "0123456789abcdef-key-of-the-loopback-desk"
BOT, ANONYMOUS = 5, 4
ALL = {
    "view_issues", "view_private_notes", "add_issue_notes", "edit_issues", "set_notes_private", "add_issues",
    "manage_issue_relations",
}  # fmt: skip
FIELDS = {1: "CSAT", 2: "FeedbackTag", 3: "CustomerEmail"}
CLOSED = {5: "Closed", 6: "Rejected"}
Row = dict[str, Any]


class RedmineDesk:
    """The desk's state and its answers. Project 1 is `support`, project 2 `improvement`."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.issues: dict[int, Row] = {}
        self.permissions = set(ALL)
        self.is_revoked = self.is_one_second = False
        self.before_update: Callable[[Row], None] = lambda _: None

    # --- what people do -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        if not self.is_one_second:
            self.now += timedelta(seconds=1)

    def open(self, project: int, text: str, *, by: int = ANONYMOUS, subject: str = "A matter") -> int:
        self.tick()
        key = max(self.issues, default=0) + 1
        self.issues[key] = {
            "id": key,
            "project": {"id": project, "name": "Support" if project == 1 else "Improvement"},
            "status": {"id": 1, "name": "New", "is_closed": False},
            "author": person(by),
            "subject": subject,
            "description": text,
            "custom_fields": [{"id": one, "name": name, "value": None} for one, name in FIELDS.items()],
            "created_on": stamp(self.now),
            "updated_on": stamp(self.now),
            "closed_on": None,
            "journals": [],
            "relations": [],
        }
        return key

    def journal(self, key: int, by: int, notes: str = "", *, private: bool = False, details: Any = ()) -> None:
        self.tick()
        issue = self.issues[key]
        issue["updated_on"] = stamp(self.now)
        issue["journals"].append(
            {
                "id": sum(len(one["journals"]) for one in self.issues.values()) + 1,
                "user": person(by),
                "notes": notes,
                "private_notes": private,
                "created_on": stamp(self.now),
                "details": list(details),
            }
        )

    def set_field(self, key: int, field_id: int, value: str, *, by: int = ANONYMOUS) -> None:
        self.journal(key, by, details=[self._set(self.issues[key], field_id, value)])

    def close(self, key: int, status: int = 5) -> None:
        self.journal(key, 7, details=[{"property": "attr", "name": "status_id", "new_value": str(status)}])
        self.issues[key]["status"] = {"id": status, "name": CLOSED[status], "is_closed": True}
        self.issues[key]["closed_on"] = stamp(self.now)

    def _set(self, issue: Row, field_id: int, value: str) -> Row:
        custom = next(one for one in issue["custom_fields"] if one["id"] == field_id)
        old, custom["value"] = custom["value"], value
        return {"property": "cf", "name": str(field_id), "old_value": old, "new_value": value}

    # --- answers ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        is_known = (
            not self.is_revoked
            and {name.lower(): v for name, v in call.headers.items()}.get("x-redmine-api-key") == KEY
        )
        if not is_known:  # a guest sees an empty list, and is refused only where somebody must be
            return Reply(200, {"issues": [], "total_count": 0}) if call.path == "/issues.json" else Reply(401)
        for method, pattern, act in self._routes():
            found = re.fullmatch(pattern, call.path)
            if method == call.method and found:
                return act(call, *found.groups())
        return Reply(404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Reply]]]:
        return [
            ("GET", "/users/current.json", self._me),
            (
                "GET",
                "/roles/3.json",
                lambda _: Reply(200, {"role": {"id": 3, "permissions": sorted(self.permissions)}}),
            ),
            ("GET", r"/projects/(\w+)\.json", self._project),
            ("GET", r"/projects/(\w+)/memberships\.json", self._members),
            ("GET", "/issues.json", self._list),
            ("GET", r"/issues/(\d+)\.json", self._issue),
            ("POST", "/issues.json", self._create),
            ("PUT", r"/issues/(\d+)\.json", self._update),
            ("POST", r"/issues/(\d+)/relations\.json", self._relate),
        ]

    def _me(self, _: Call) -> Reply:
        roles = [{"id": 3, "name": "Manager"}]
        memberships = [{"project": {"id": one}, "roles": roles} for one in (1, 2)]
        return Reply(200, {"user": {"id": BOT, "login": "feedbackbot", "admin": False, "memberships": memberships}})

    def _project(self, _: Call, name: str) -> Reply:
        known = {"support": 1, "improvement": 2}
        return Reply(200, {"project": {"id": known[name]}}) if name in known else Reply(404)

    def _members(self, _: Call, __: str) -> Reply:
        roles = {BOT: "Manager", 7: "Manager", 8: "Reporter"}
        rows = [{"user": person(who), "roles": [{"name": role}]} for who, role in roles.items()]
        return Reply(200, {"memberships": rows})

    def _list(self, call: Call) -> Reply:
        query = call.query
        found = [one for one in self.issues.values() if query.get("status_id") == "*" or not one["status"]["is_closed"]]
        if "project_id" in query:
            found = [one for one in found if one["project"]["name"].lower() == query["project_id"]]
        if "issue_id" in query:
            found = [one for one in found if _number_fits(one["id"], query["issue_id"])]
        if "description" in query:
            found = [one for one in found if query["description"].removeprefix("~") in one["description"]]
        if "updated_on" in query:
            try:
                found = [one for one in found if _time_fits(read(one["updated_on"]), query["updated_on"])]
            except ValueError:
                return Reply(422, {"errors": ["Updated is invalid"]})
        for part in reversed(query.get("sort", "id:desc").split(",")):
            name, _, way = part.partition(":")
            found.sort(key=lambda one, name=name: one[name], reverse=way == "desc")
        size, offset = min(100, int(query.get("limit", 25))), int(query.get("offset", 0))
        rows = [{k: v for k, v in one.items() if k not in {"journals", "relations"}} for one in found]
        return Reply(200, {"issues": rows[offset : offset + size], "total_count": len(rows)})

    def _issue(self, _: Call, key: str) -> Reply:
        """Private notes are left out where the account may not see them."""
        if int(key) not in self.issues:
            return Reply(404)
        issue = self.issues[int(key)]
        shown = [one for one in issue["journals"] if self._may("view_private_notes") or not one["private_notes"]]
        return Reply(200, {"issue": issue | {"journals": shown}})

    def _create(self, call: Call) -> Reply:
        body = call.body["issue"]
        project = {"support": 1, "improvement": 2}[body["project_id"]]
        key = self.open(project, body["description"], by=BOT, subject=body["subject"])
        return Reply(201, {"issue": self.issues[key]})

    def _update(self, call: Call, key: str) -> Reply:
        """What the account may not do is left out without a word: a private note becomes a public one."""
        if int(key) not in self.issues:
            return Reply(404)
        issue, body = self.issues[int(key)], call.body["issue"]
        self.before_update(issue)
        changes = [self._set(issue, one["id"], one["value"]) for one in body.get("custom_fields", ())]
        if not self._may("edit_issues"):
            return Reply(204)
        private = body.get("private_notes", False) and self._may("set_notes_private")
        issue["subject"] = body.get("subject", issue["subject"])
        self.journal(int(key), BOT, body.get("notes", ""), private=private, details=changes)
        return Reply(204)

    def _relate(self, call: Call, key: str) -> Reply:
        other = call.body["relation"]["issue_to_id"]
        if other not in self.issues:
            return Reply(422, {"errors": ["Related issue cannot be blank"]})
        self.issues[int(key)]["relations"].append({"issue_id": int(key), "issue_to_id": other})
        return Reply(201, {"relation": {}})

    def _may(self, permission: str) -> bool:
        return permission in self.permissions


def person(who: int) -> Row:
    return {"id": who, "name": {ANONYMOUS: "Anonymous", BOT: "Feedback Loop"}.get(who, f"Person {who}")}


def stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def read(text: str) -> datetime:
    if not text.endswith("Z"):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def _time_fits(at: datetime, asked: str) -> bool:
    """Redmine's `>=` is "later than one second before", and so is the start of a span."""
    second = timedelta(seconds=1)
    if asked.startswith("><"):
        start, _, end = asked[2:].partition("|")
        return read(start) - second < at <= read(end)
    if not asked.startswith(">="):
        raise ValueError(asked)
    return at > read(asked[2:]) - second


def _number_fits(key: int, asked: str) -> bool:
    return key >= int(asked[2:]) if asked.startswith(">=") else str(key) in asked.split(",")
