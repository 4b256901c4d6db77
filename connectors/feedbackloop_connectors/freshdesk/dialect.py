"""How does the connector write to a Freshdesk, and find again what it wrote?

Freshdesk keeps no key with what it is sent, and its search lags behind by minutes. Tasks are therefore tickets that our own agent
requests, which can be listed without a search. Tags are taken as whole lists alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.clock import EARLIEST, iso
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.finding import task_state
from feedbackloop_connectors.desk.values import Row, number, words
from feedbackloop_connectors.desk_since.dialect import Said, named, when
from feedbackloop_connectors.desk_since.markup import as_html, mark_of
from feedbackloop_connectors.freshdesk.reading import API, FreshdeskReads, message_id, said_in
from feedbackloop_connectors.marks import digest


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
        asked = {"requester_id": int(self.me.id), "updated_since": iso(EARLIEST), "include": "description"}
        found = [
            number(row.get("id")) or 0
            for row in self.all(f"{API}/tickets", asked)
            if mark_of(said_in(row, "description_text", "description")) == digest(action.key)
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
        at, url = when(ticket.get("updated_at")), self.url(task)
        if f"{self.context.tag_prefix}rejected" in words(ticket.get("tags")):
            return task_state(task, "rejected", at=at, url=url)
        is_done = self.reader.status(ticket) in {"solved", "closed"}
        return task_state(task, "done" if is_done else "open", at=at, url=url)
