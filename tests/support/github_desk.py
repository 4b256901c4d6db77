"""An imitation of GitHub's REST interface, as far as issues go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from feedbackloop_connectors.github_issues.connector import GitHubIssues
from imitation import AGENT, BOT, CUSTOMER, SECRET, ImitatedSystem, Imitation, Route, Row, Said, Ticket, iso
from loopback import Call, Reply

REPO = "/repos/tea/board"
LOGINS = {BOT: "loop", AGENT: "agent", CUSTOMER: "wanda", 0: "ci[bot]"}
REASONS = {"open": None, "done": "completed", "rejected": "not_planned"}


class GitHubDesk(Imitation):
    """GitHub. `moved`: numbers of issues that went to another repository. `limit`: headers of a 403 that comes first."""

    not_found: ClassVar[object] = {
        "message": "Not Found",
        "documentation_url": "https://docs.github.com/rest",
        "status": "404",
    }
    refused: ClassVar[object] = {
        "message": "Bad credentials",
        "documentation_url": "https://docs.github.com/rest",
        "status": "401",
    }

    def __init__(self) -> None:
        super().__init__()
        self.moved: set[int] = set()
        self.limit: dict[str, str] | None = None
        self.repository: Row = {"permissions": {"triage": True}, "has_issues": True}

    def knows(self, headers: dict[str, str]) -> bool:
        return headers.get("authorization") == f"Bearer {SECRET}"

    def _answered(self, call: Call) -> Reply:
        if self.limit is not None and call.path != "/user":
            headers, self.limit = self.limit, None
            return Reply(403, {"message": "You have exceeded a secondary rate limit."}, headers)
        if any(f"{call.path}/".startswith(f"{REPO}/issues/{key}/") for key in self.moved):
            return Reply(
                301, {"message": "Moved Permanently"}, {"Location": "https://api.github.com/repositories/2/issues/1"}
            )
        return super()._answered(call)

    def routes(self) -> Sequence[Route]:
        one = rf"{REPO}/issues/(\d+)"
        about = {"id": 1, "full_name": "tea/board", "private": True, **self.repository}
        return [
            ("GET", "/user", lambda _: {"id": BOT, "login": "loop"}),
            ("GET", REPO, lambda _: about),
            ("GET", f"{REPO}/issues", self._list),
            ("POST", f"{REPO}/issues", self._create),
            ("GET", one, self._show),
            ("PATCH", one, self._update),
            ("GET", f"{one}/comments", self._comments),
            ("POST", f"{one}/comments", self._comment),
            ("POST", f"{one}/labels", self._label),
        ]

    def delete(self, key: int) -> None:
        """Nothing is left of a deleted issue in a list."""
        self.touch(key).state = "deleted"

    def rate(self, key: int, value: float, comment: str = "") -> Any:
        """GitHub has no ratings."""
        del key, value, comment

    # --- reading ------------------------------------------------------------------------------------------------------

    def _list(self, call: Call) -> Any:
        query = call.query
        found = [one for one in self.living() if query.get("state") == "all" or one.status == "open"]
        if "since" in query:
            found = [one for one in found if one.updated >= datetime.fromisoformat(query["since"])]
        if "creator" in query:
            found = [one for one in found if LOGINS[one.by] == query["creator"]]
        by = query.get("sort", "created")
        found.sort(key=lambda one: (one.updated if by == "updated" else one.created, one.id))
        if query.get("direction", "desc") == "desc":
            found.reverse()
        page, size = int(query.get("page", 1)), min(100, int(query.get("per_page", 30)))
        link = (
            {"Link": f'<https://another.example/issues?page={page + 1}>; rel="next"'}
            if page * size < len(found)
            else {}
        )
        return Reply(200, [self._row(one) for one in self.page(found, page, size)], link)

    def _show(self, _: Call, key: int) -> Any:
        if key in self.tickets and self.tickets[key].state:
            return Reply(410, {"message": "This issue was deleted"})
        return self._row(self.tickets[key]) if key in self.tickets else Reply(404, self.not_found)

    def _row(self, one: Ticket) -> Row:
        url = f"https://github.com/tea/board/issues/{one.id}"
        api = f"https://api.github.com{REPO}/issues/{one.id}"
        label = {"id": 1, "node_id": "x", "url": url, "description": None, "color": "ededed", "default": False}
        labels = [label | {"name": tag} for tag in one.tags]
        row = {
            "id": 5000 + one.id,
            "node_id": "x",
            "url": api,
            "repository_url": f"https://api.github.com{REPO}",
            "labels_url": f"{api}/labels{{/name}}",
            "comments_url": f"{api}/comments",
            "events_url": f"{api}/events",
            "html_url": url,
            "number": one.id,
            "state": "open" if one.status == "open" else "closed",
            "state_reason": REASONS[one.status],
            "title": one.subject,
            "labels": labels,
            "assignee": None,
            "milestone": None,
            "locked": False,
            "comments": len(one.messages) - 1,
            "closed_at": iso(one.ended) if one.ended else None,
        }
        return row | self._words(one.messages[0]) | {"updated_at": iso(one.updated)} | one.fields

    def _words(self, one: Said) -> Row:
        kind = {AGENT: "MEMBER", BOT: "COLLABORATOR"}.get(one.by, "NONE")
        person = dict.fromkeys(PERSON, "https://github.com/x")
        user = {"id": one.by or 99, "login": LOGINS[one.by], "node_id": "x", "site_admin": False, "gravatar_id": ""}
        user |= {"type": "User" if one.by else "Bot"}
        made = {"body": one.text, "user": person | user, "author_association": kind}
        return made | {"created_at": iso(one.at), "updated_at": iso(one.at)}

    def _comments(self, call: Call, key: int) -> Any:
        if self.there(key) is None:
            return Reply(404, self.not_found)
        shown = self.page(
            self.tickets[key].messages[1:], int(call.query.get("page", 1)), int(call.query.get("per_page", 30))
        )
        return [self._one_comment(one, key) for one in shown]

    def _one_comment(self, one: Said, key: int) -> Row:
        url = f"https://api.github.com{REPO}/issues/{key}"
        return {"id": one.id, "node_id": "x", "url": url, "html_url": url, "issue_url": url} | self._words(one)

    # --- writing ------------------------------------------------------------------------------------------------------

    def _create(self, call: Call) -> Reply:
        if not call.body.get("title"):
            return Reply(422, {"message": "Validation Failed"})
        made = self.open(call.body["body"], by=BOT, subject=call.body["title"])
        made.tags = list(call.body.get("labels", []))
        return Reply(201, self._row(made))

    def _update(self, call: Call, key: int) -> Any:
        self.touch(key).subject = call.body["title"]
        return self._row(self.tickets[key])

    def _comment(self, call: Call, key: int) -> Reply:
        if self.there(key) is None:
            return Reply(404, self.not_found)
        return Reply(201, self._one_comment(self.say(key, BOT, call.body["body"]), key))

    def _label(self, call: Call, key: int) -> Any:
        if self.there(key) is None:
            return Reply(404, self.not_found)
        ticket = self.touch(key)
        ticket.tags = list(dict.fromkeys([*ticket.tags, *call.body["labels"]]))
        return self._row(ticket)["labels"]


PERSON = (
    "avatar_url", "url", "html_url", "followers_url", "following_url", "gists_url", "starred_url", "subscriptions_url",
    "organizations_url", "repos_url", "events_url", "received_events_url",
)  # fmt: skip


class GitHubSystem(ImitatedSystem[GitHubDesk]):
    """GitHub Issues as the contract sees it, with issues as feedback."""

    imitation = GitHubDesk
    kind = GitHubIssues

    def options(self) -> Row:
        return {"token": SECRET, "repository": "tea/board", "feedback": True}
