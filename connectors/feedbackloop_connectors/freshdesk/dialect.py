"""How does the connector write to a Freshdesk, and find again what it wrote?

Freshdesk keeps no key with what it is sent, and its search lags behind by minutes. Tasks are therefore tickets that our own agent
requests, which can be listed without a search. Tags are taken as whole lists alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.connector import Check
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, number, when, words
from feedbackloop_connectors.desk_since.dialect import Said, named
from feedbackloop_connectors.desk_since.markup import as_html
from feedbackloop_connectors.freshdesk.items import message_id, said_in
from feedbackloop_connectors.freshdesk.options import API
from feedbackloop_connectors.freshdesk.reading import FreshdeskReads


class FreshdeskDialect(FreshdeskReads):
    """Freshdesk's API v2."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the conversations of a ticket."""
        mine = self.me.id
        for row in self.conversations(key):
            body, is_ours = said_in(row, "body_text", "body"), str(row.get("user_id")) == mine
            yield Said(message_id(row), body, row.get("private") is not True, is_ours)

    def tags(self, key: str) -> Sequence[str]:
        """Give the tags of a ticket."""
        return words(self.ticket(key).get("tags"))

    def note(self, key: str, body: str) -> str:
        """Write a private note."""
        made = self.write("POST", f"{API}/tickets/{key}/notes", {"body": as_html(body), "private": True})
        return f"conversation-{named(made, 'id')}"

    def reply(self, key: str, body: str) -> str:
        """Write a reply, which Freshdesk mails."""
        made = self.write("POST", f"{API}/tickets/{key}/reply", {"body": as_html(body)})
        return f"conversation-{named(made, 'id')}"

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Write the tags that are there and ours: Freshdesk takes whole lists alone."""
        held = self.tags(key)
        self.write("PUT", f"{API}/tickets/{key}", {"tags": list(dict.fromkeys([*held, *tags]))})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the tickets that our own agent requested: the search for words lags behind by minutes."""
        found = [
            number(row.get("id")) or 0
            for row in self.own_tickets()
            if self.is_marked(said_in(row, "description_text", "description"), action)
        ]
        return [str(one) for one in sorted(found)]

    def file_task(self, action: Action, body: str) -> str:
        """Open a ticket that our own agent requests: no customer hears of it."""
        ticket: Row = {
            "subject": action.title,
            "description": as_html(body),
            "requester_id": int(self.me.id),
            "status": 2,
            "priority": 1,
            "source": 2,
            "tags": list(action.tags),
        }
        if self.options.task_group is not None:
            ticket["group_id"] = self.options.task_group
        return named(self.write("POST", f"{API}/tickets", ticket), "id")

    def update_task(self, action: Action, task: str, body: str) -> str:
        """Bring the name up to date, then add a note, which carries the mark."""
        if action.title:
            self.write("PUT", f"{API}/tickets/{task}", {"subject": action.title})
        return self.note(task, body)

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the status; our prefix with `rejected` as a tag turns a task down."""
        ticket = self.ticket(task)
        if ticket.get("deleted") is True:
            return None
        is_done = self.reader.status(ticket) in {"solved", "closed"}
        tags = words(ticket.get("tags"))
        return self.standing(task, is_done=is_done, tags=tags, at=when(ticket.get("updated_at")))

    # --- checking -----------------------------------------------------------------------------------------------------

    def checks(self) -> Iterator[Check]:
        """Look at tickets, ratings and the group for tasks."""
        fix = "give the agent's role the right to view all tickets"
        yield self.seen("tickets", self.first_page, fix)
        if self.ratings:
            fix = "set ratings = false, or give the plan and the agent the right to read them"
            yield self.seen("ratings", self.ratings.seen, fix)
        if self.options.task_group is not None:
            where = f"{API}/groups/{self.options.task_group}"
            yield self.seen("task group", lambda: str(self.get(where).get("name")), "correct task_group")
