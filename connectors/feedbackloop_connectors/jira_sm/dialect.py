"""How does the connector write to a Jira Service Management, and find again what it wrote?

Comments go through the service desk, where public and private are told apart. Labels are added one by one. A task is an issue
of our own account, linked to the requests it rests on; it is found by a search, which lags a little behind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.connector import Check
from feedbackloop.http import Declined
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, is_number, rows, table, when, words
from feedbackloop_connectors.desk_since.dialect import Said, named
from feedbackloop_connectors.jira_sm.items import comment_id, status_of, words_of
from feedbackloop_connectors.jira_sm.reading import DESK, JIRA, JiraReads

TITLE = 255
"""Characters of a summary."""
LINKS = 20
"""Requests that a task is linked to, one call each."""
READING = ("BROWSE_PROJECTS", "ADD_COMMENTS", "EDIT_ISSUES", "SERVICEDESK_AGENT")
FILING = ("BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "LINK_ISSUES")


class JiraDialect(JiraReads):
    """Jira Service Management Cloud."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the comments on a request."""
        return self._said(self.comments(key))

    def said_on_task(self, task: str) -> Iterator[Said]:
        """Give the comments on an issue of any project."""
        return self._said(rows(self.get(f"{JIRA}/issue/{task}/comment").get("comments")))

    def _said(self, comments: Sequence[Row]) -> Iterator[Said]:
        for row in comments:
            is_ours = table(row.get("author")).get("accountId") == self.me.id
            yield Said(comment_id(row), words_of(row), row.get("public") is not False, is_ours)

    def tags(self, key: str) -> Sequence[str]:
        """Give the labels of a request."""
        return words(table(self.issue(key).get("fields")).get("labels"))

    def note(self, key: str, body: str) -> str:
        """Write an internal comment."""
        return self._comment(f"{DESK}/{key}/comment", {"body": body, "public": False})

    def reply(self, key: str, body: str) -> str:
        """Write a comment that the customer gets."""
        return self._comment(f"{DESK}/{key}/comment", {"body": body, "public": True})

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Add labels, which takes none away."""
        self.call("PUT", f"{JIRA}/issue/{key}", body={"update": {"labels": [{"add": tag} for tag in tags]}})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the issues of our own account in the project of tasks, newest first."""
        query = f'project = "{self.options.task_project}" AND reporter = currentUser() ORDER BY created DESC'
        place: str | None = None
        while True:
            found, place = self.jql(query, place)
            for row in found:
                described = words_of({"body": table(row.get("fields")).get("description")})
                if self.is_marked(described, action):
                    return [str(row.get("id"))]
            if place is None:
                return []

    def file_task(self, action: Action, body: str) -> str:
        """Open an issue and link it; its text names its evidence, where a link is refused, too."""
        fields: Row = {
            "project": {"key": self.options.task_project},
            "issuetype": {"name": self.options.task_type},
            "summary": action.title[:TITLE],
            "description": body,
            "labels": list(action.tags),
        }
        made = named(self.write("POST", f"{JIRA}/issue", {"fields": fields}), "id")
        for one in [name for name in action.linked if is_number(name)][:LINKS]:
            link = {"type": {"name": "Relates"}, "inwardIssue": {"id": one}, "outwardIssue": {"id": made}}
            try:
                self.call("POST", f"{JIRA}/issueLink", body=link)
            except Declined:  # gone, or of a project that may not be linked: the task's text names it all the same
                continue
        return made

    def update_task(self, action: Action, task: str, body: str) -> str:
        """Bring the summary up to date, then comment, which carries the mark."""
        if action.title:
            self.call("PUT", f"{JIRA}/issue/{task}", body={"fields": {"summary": action.title[:TITLE]}})
        return self._comment(f"{JIRA}/issue/{task}/comment", {"body": body})

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the category of the status; some resolutions turn a task down."""
        fields = table(self.issue(task).get("fields"))
        is_rejected = table(fields.get("resolution")).get("name") in self.options.rejected_resolutions
        at = when(fields.get("resolutiondate"))
        return self.standing(task, is_done=status_of(fields) == "solved", is_rejected=is_rejected, at=at)

    def checks(self) -> Iterator[Check]:
        """Look at what we may do in the projects."""
        yield self._rights("project", self.options.project, READING)
        if self.options.task_project:
            yield self._rights("task project", self.options.task_project, FILING)

    def _rights(self, what: str, project: str, needed: Sequence[str]) -> Check:
        def look() -> str:
            asked = {"projectKey": project, "permissions": ",".join(needed)}
            found = table(self.get(f"{JIRA}/mypermissions", asked).get("permissions"))
            missing.extend(one for one in needed if table(found.get(one)).get("havePermission") is not True)
            return (
                f"{project}: the account lacks {', '.join(missing)}"
                if missing
                else f"{project}: all needed rights are there"
            )

        missing: list[str] = []
        fix = f"correct the key, or give the account a role in {project} with these rights; to read notes it must be an agent"
        line = self.seen(what, look, fix)
        return Check(what, False, line.detail, fix) if missing else line

    def _comment(self, path: str, comment: Row) -> str:
        return f"comment-{named(self.write('POST', path, comment), 'id')}"
