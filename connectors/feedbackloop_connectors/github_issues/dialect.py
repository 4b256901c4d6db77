"""How does the connector write to GitHub Issues, and find again what it wrote?

Nothing of ours is looked for by the search, which lags behind: a task is one of the issues that our account opened, and a list
knows those at once. What GitHub calls "not planned" turns a task down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.connector import Check
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, table, when
from feedbackloop_connectors.desk_since.dialect import Gone, Said, named
from feedbackloop_connectors.github_issues.items import author_id, comment_id, labels_of, words_of
from feedbackloop_connectors.github_issues.reading import ROWS, GitHubReads

TITLE = 256
"""Characters of a title."""


class GitHubDialect(GitHubReads):
    """GitHub's REST interface, as far as issues go."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the comments on an issue."""
        for row in self.comments(key):
            yield Said(comment_id(row), words_of(row), is_public=True, is_ours=str(author_id(row)) == self.me.id)

    def tags(self, key: str) -> Sequence[str]:
        """Give the labels of an issue."""
        return labels_of(self.issue(key))

    def reply(self, key: str, body: str) -> str:
        """Write a comment."""
        return f"comment-{named(self.write('POST', f'{self.repo}/issues/{key}/comments', {'body': body}), 'id')}"

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Add labels, which takes none away; GitHub makes those that it does not know."""
        self.call("POST", f"{self.repo}/issues/{key}/labels", body={"labels": list(tags)})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the issues that our account opened, newest first; a list knows them at once."""
        page = 1
        while True:
            asked = {"state": "all", "creator": self.me.name, "sort": "created", "per_page": ROWS, "page": page}
            found = self.list(f"{self.repo}/issues", asked)
            for row in found:
                if self.is_marked(words_of(row), action):
                    return [str(row.get("number"))]
            if len(found) < ROWS:
                return []
            page += 1

    def file_task(self, action: Action, body: str) -> str:
        """Open an issue."""
        labels = list(dict.fromkeys([*self.options.task_labels, *action.tags]))
        sent = {"title": action.title[:TITLE], "body": body, "labels": labels}
        return named(self.write("POST", f"{self.repo}/issues", sent), "number")

    def update_task(self, action: Action, task: str, body: str) -> str:
        """Bring the title up to date, then comment, which carries the mark."""
        if action.title:
            self.write("PATCH", f"{self.repo}/issues/{task}", {"title": action.title[:TITLE]})
        return self.reply(task, body)

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the state; closed as not planned, or as a duplicate, turns a task down."""
        try:
            issue = self.issue(task)
        except Gone:
            return None
        is_closed = issue.get("state") == "closed"
        is_done = is_closed and issue.get("state_reason") in (None, "completed", "reopened")
        at = when(issue.get("closed_at"))
        return self.standing(task, is_done=is_done, is_rejected=is_closed and not is_done, at=at)

    # --- checking -----------------------------------------------------------------------------------------------------

    def checks(self) -> Iterator[Check]:
        """Look at the repository, whether it has issues, and at what we may do there."""
        repository: Row = {}

        def about() -> str:
            repository.update(self.get(self.repo))
            return f"{repository.get('full_name')}{' (private)' if repository.get('private') else ''}"

        yield self.seen("repository", about, "correct repository, or give the token access to it")
        if repository.get("has_issues") is False:
            yield Check("issues", False, "are switched off", "switch them on in the repository's settings")
        may = table(repository.get("permissions"))
        if may and not (may.get("triage") or may.get("push")):
            yield Check("labels", False, "this account may not set labels", "give it the role triage or write")
        yield Check("notes", True, "GitHub has no private comments: none are written")
