"""An imitation of Jira Service Management Cloud: Jira's interface, version 2, and the service desk's."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, ClassVar

from feedbackloop.http import basic_auth
from feedbackloop_connectors.jira_sm.connector import JiraServiceManagement
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Rated, Route, Row, Said, Ticket
from loopback import Call, Reply

JIRA, DESK = "/rest/api/2", "/rest/servicedeskapi/request"
NAMES = {BOT: "Loop", AGENT: "Agent", CUSTOMER: "Wanda", 0: "Automation for Jira"}
STATUSES = {"open": ("In Progress", "indeterminate"), "done": ("Done", "done"), "rejected": ("Done", "done")}


class JiraDesk(Imitation):
    """Jira. `lacking`: rights that our account does not have."""

    not_found: ClassVar[object] = {"errorMessages": ["Issue does not exist or you do not have permission to see it."]}
    refused: ClassVar[object] = {"message": "Client must be authenticated to access this resource.", "status-code": 401}

    def __init__(self) -> None:
        super().__init__()
        self.lacking: set[str] = set()
        self.links: list[tuple[str, str]] = []

    def is_read(self, call: Call) -> bool:
        return call.method == "GET" or call.path.endswith("/search/jql")

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == basic_auth("loop@x.test", SECRET)

    def routes(self) -> Sequence[Route]:
        issue, request = rf"{JIRA}/issue/(\d+)", rf"{DESK}/(\d+)"
        return [
            ("GET", f"{JIRA}/myself", lambda _: person(BOT)),
            ("GET", f"{JIRA}/mypermissions", self._rights),
            ("POST", f"{JIRA}/search/jql", self._search),
            ("POST", f"{JIRA}/issue", self._create),
            ("GET", issue, self._show),
            ("PUT", issue, self._update),
            ("GET", f"{issue}/comment", self._issue_comments),
            ("POST", f"{issue}/comment", self._add),
            ("POST", f"{JIRA}/issueLink", self._link),
            ("GET", f"{request}/comment", self._comments),
            ("POST", f"{request}/comment", self._add),
            ("GET", f"{request}/feedback", self._feedback),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted issue."""
        del self.tickets[key]

    def rate(self, key: int, value: float, comment: str = "") -> Rated:
        """A rating is asked for when a request is finished."""
        self.finish(key)
        return super().rate(key, value, comment)

    # --- reading ------------------------------------------------------------------------------------------------------

    def _rights(self, call: Call) -> Any:
        if call.query["projectKey"] not in {"SUP", "IMP"}:
            return Reply(404, {"errorMessages": ["No project could be found."]})
        asked = call.query["permissions"].split(",")
        return {"permissions": {one: {"key": one, "havePermission": one not in self.lacking} for one in asked}}

    def _search(self, call: Call) -> Row:
        jql = call.body["jql"]
        if "currentUser()" in jql:
            found = sorted((one for one in self.living() if one.by == BOT), key=lambda one: -one.id)
        else:
            found_minutes = re.search(r'updated >= "-(\d+)m" ORDER BY updated ASC', jql)
            assert found_minutes, jql
            since = self.now - timedelta(minutes=int(found_minutes[1]))
            found = [one for one in self.changed_since(since) if one.by != BOT]
        begin, size = int(call.body.get("nextPageToken", 0)), call.body["maxResults"]
        shown = found[max(0, begin - self.is_repeating) if begin else 0 : begin + size]
        more = {"nextPageToken": str(begin + size)} if begin + size < len(found) else {}
        return {"issues": [self._row(one) for one in shown], "isLast": not more, **more}

    def _show(self, _: Call, key: int) -> Any:
        return self._row(self.tickets[key]) if key in self.tickets else Reply(404, self.not_found)

    def _row(self, one: Ticket) -> Row:
        name, category = STATUSES[one.status]
        fields: Row = {
            "summary": one.subject,
            "description": one.messages[0].text,
            "created": stamp(one.created),
            "updated": stamp(one.updated),
            "resolutiondate": stamp(one.ended) if one.ended else None,
            "resolution": {"name": "Won't Do" if one.status == "rejected" else "Done"} if one.ended else None,
            "status": {"name": name, "statusCategory": {"key": category}},
            "issuetype": {"name": "Service Request"},
            "priority": {"name": "Medium"},
            "labels": one.tags,
            "reporter": person(one.by),
            "customfield_10010": "enterprise",
            "customfield_10011": {"requestType": {"name": "Get help"}},
            **one.fields,
        }
        return {"id": str(one.id), "key": f"{'IMP' if one.by == BOT else 'SUP'}-{one.id}", "fields": fields}

    def _comments(self, call: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        start, limit = int(call.query["start"]), int(call.query["limit"])
        said = self.tickets[key].messages[1:]
        shown = [self._comment(one) for one in said[start : start + limit]]
        return {
            "size": len(shown),
            "start": start,
            "limit": limit,
            "isLastPage": start + limit >= len(said),
            "values": shown,
        }

    def _comment(self, one: Said) -> Row:
        created = {"iso8601": stamp(one.at), "jira": stamp(one.at), "epochMillis": int(one.at.timestamp() * 1000)}
        return {"id": str(one.id), "body": one.text, "public": one.public, "author": person(one.by), "created": created}

    def _issue_comments(self, _: Call, key: int) -> Any:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        said = self.tickets[key].messages[1:]
        return {"comments": [{k: v for k, v in self._comment(one).items() if k != "public"} for one in said]}

    def _feedback(self, _: Call, key: int) -> Any:
        given = next((one for one in self.ratings if one.ticket == key), None)
        if given is None:
            return Reply(404, {"errorMessage": "no feedback"})
        return {"type": "csat", "rating": int(given.value), "comment": {"body": given.comment}}

    # --- writing ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        sent = call.body["fields"]
        if sent["project"] != {"key": "IMP"} or sent["issuetype"] != {"name": "Task"}:
            return Reply(400, {"errorMessages": [], "errors": {"issuetype": "Specify a valid issue type"}})
        made = self.open(sent["description"], by=BOT, subject=sent["summary"])
        made.tags = list(sent["labels"])
        return Reply(201, {"id": str(made.id), "key": f"IMP-{made.id}"})

    def _update(self, call: Call, key: int) -> Reply:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        ticket = self.touch(key)
        added = [one["add"] for one in call.body.get("update", {}).get("labels", [])]
        ticket.tags = list(dict.fromkeys([*ticket.tags, *added]))
        ticket.subject = call.body.get("fields", {}).get("summary", ticket.subject)
        return Reply(204)

    def _add(self, call: Call, key: int) -> Reply:
        if key not in self.tickets:
            return Reply(404, self.not_found)
        return Reply(201, self._comment(self.say(key, BOT, call.body["body"], public=call.body.get("public", True))))

    def _link(self, call: Call) -> Reply:
        ends = call.body["inwardIssue"]["id"], call.body["outwardIssue"]["id"]
        if any(int(one) not in self.tickets for one in ends):
            return Reply(404, self.not_found)
        self.links.append(ends)
        return Reply(201)


def person(key: int) -> Row:
    """Name somebody as Jira does."""
    return {
        "accountId": f"acc-{key}",
        "displayName": NAMES[key],
        "emailAddress": f"p{key}@x.test",
        "timeZone": "Asia/Shanghai",
    }


def stamp(at: Any) -> str:
    """Write a time as Jira does, in the zone of somebody."""
    return (at + timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:%S.000+0800")


class JiraSystem(ImitatedSystem[JiraDesk]):
    """Jira Service Management as the contract sees it."""

    imitation = JiraDesk
    kind = JiraServiceManagement

    def options(self) -> Row:
        return {"email": "loop@x.test", "api_token": SECRET, "project": "SUP", "task_project": "IMP"}
