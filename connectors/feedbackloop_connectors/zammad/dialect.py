"""How does the connector write to a Zammad, and find again what it wrote?

An article that is internal and of type email is mailed all the same, so notes are of type note. Tags are added one by one,
which takes nothing away from people. A task is a ticket of our own account, which is its customer, so that it can be found
without a search for words; its links to tickets are Zammad's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.connector import Check
from feedbackloop.errors import Skippable
from feedbackloop.http import Declined
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, is_number, number, table, text, when
from feedbackloop_connectors.desk_since.dialect import Said, named
from feedbackloop_connectors.zammad.items import GONE, message_id, words_of
from feedbackloop_connectors.zammad.reading import API, ZammadReads

TITLE = 250
"""Characters of a title."""
TASKS = 200
"""Of our own tasks, the newest that are looked through."""


class ZammadDialect(ZammadReads):
    """Zammad's REST interface."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the articles of a ticket."""
        for row in self.articles(key):
            is_ours = str(number(row.get("created_by_id"))) == self.me.id
            yield Said(message_id(row), words_of(row), row.get("internal") is not True, is_ours)

    def note(self, key: str, body: str) -> str:
        """Write an internal note."""
        return self._article(key, {"type": "note", "internal": True, "body": body})

    def reply(self, key: str, body: str) -> str:
        """Write a mail to the ticket's customer.

        Raises:
            Skippable: The customer has no mail address.
        """
        ticket = self.ticket(key)
        to = text(self.person(ticket).get("email"))
        if to is None:
            raise Skippable(f"the customer of ticket {key} has no mail address in Zammad, or we may not see it")
        mail = {"type": "email", "internal": False, "body": body, "to": to, "subject": str(ticket.get("title"))}
        return self._article(key, mail)

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Add one after the other; a tag that is there stays."""
        for tag in tags:
            self.call("POST", f"{API}/tags/add", body={"object": "Ticket", "o_id": int(key), "item": tag})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the tickets whose customer is our own account, those of the same title first."""
        ours = self.search("customer_id", "is", self.me.id, per_page=TASKS, sort_by="id", order_by="desc")
        for row in sorted(ours, key=lambda one: one.get("title") != action.title[:TITLE]):
            key = str(row.get("id"))
            articles = self.articles(key)
            if articles and self.is_marked(words_of(articles[0]), action):
                return [key]
        return []

    def file_task(self, action: Action, body: str) -> str:
        """Open a ticket of our own, linked to the tickets it rests on; where one of those is gone, without links."""
        article = {"type": "note", "internal": True, "content_type": "text/plain", "body": body}
        ticket: Row = {
            "title": action.title[:TITLE],
            "group": self.options.task_group,
            "customer_id": int(self.me.id),
            "article": article,
            "tags": ",".join(action.tags),
        }
        linked = [int(one) for one in action.linked if is_number(one)]
        links: Row = {"links": {"Ticket": {"normal": linked}}} if linked else {}
        try:
            return named(self.write("POST", f"{API}/tickets", ticket | links), "id")
        except Declined as refusal:
            if refusal.status != 422 or not linked:
                raise
            return named(self.write("POST", f"{API}/tickets", ticket), "id")

    def update_task(self, action: Action, task: str, body: str) -> str:
        """Bring the name up to date, then add a note, which carries the mark."""
        if action.title:
            self.write("PUT", f"{API}/tickets/{task}", {"title": action.title[:TITLE]})
        return self.note(task, body)

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the state; our prefix with `rejected` as a tag turns a task down."""
        ticket = self.ticket(task)
        if str(ticket.get("state")) in GONE:
            return None
        at = when(ticket.get("close_at")) or when(ticket.get("updated_at"))
        is_done = self.reader.status(ticket) in {"solved", "closed"}
        return self.standing(task, is_done=is_done, tags=self.tags(task), at=at)

    def checks(self) -> Iterator[Check]:
        """Look at the groups that are open to us, at tickets, and at the group for tasks."""
        groups = table(self.get(f"{API}/users/me", {"expand": "true"}).get("groups"))
        fix = "give the sidecar's agent full access to the groups it is to read (admin › users)"
        yield Check(
            "groups",
            bool(groups),
            ", ".join(sorted(groups)) or "none is open to this account",
            fix if not groups else None,
        )
        yield self.seen("tickets", self.first_page, fix)
        task_group = self.options.task_group
        if task_group is not None:
            missing = task_group not in groups
            detail = f"{task_group}: {'not open to this account' if missing else 'open to us'}"
            yield Check("task group", not missing, detail, f"correct task_group, or: {fix}" if missing else None)

    def _article(self, key: str, article: Row) -> str:
        sent = {"ticket_id": int(key), "content_type": "text/plain", "sender": "Agent", **article}
        return f"article-{named(self.write('POST', f'{API}/ticket_articles', sent), 'id')}"
