"""How does the connector write to a Help Scout, and find again what it wrote?

An answer to a write is empty; the number of a new thread stands in a header. A reply without a status would open a closed
conversation again, so the one it has is always said. A conversation takes no more than 100 threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from feedbackloop.connector import Check
from feedbackloop.errors import Skippable
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, number, table, when
from feedbackloop_connectors.desk_since.dialect import Said, named
from feedbackloop_connectors.desk_since.markup import as_html
from feedbackloop_connectors.help_scout.items import author_id, is_public, tags_of, thread_id, threads_of, words_of
from feedbackloop_connectors.help_scout.reading import HelpScoutReads

RESOURCE = "Resource-ID"


class HelpScoutDialect(HelpScoutReads):
    """Help Scout's Mailbox API 2.0."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the threads of a conversation."""
        for row in threads_of(self.conversation(key)):
            is_ours = str(author_id(row)) == self.me.id
            yield Said(thread_id(row), words_of(row), is_public(row), is_ours)

    def tags(self, key: str) -> Sequence[str]:
        """Give the tags of a conversation."""
        return tags_of(self.conversation(key))

    def note(self, key: str, body: str) -> str | None:
        """Write a note."""
        return self._thread(key, "notes", {}, body)

    def reply(self, key: str, body: str) -> str | None:
        """Write what the customer gets.

        Raises:
            Skippable: The conversation names no customer.
        """
        customer = number(table(self.conversation(key).get("primaryCustomer")).get("id"))
        if customer is None:
            raise Skippable(f"conversation {key} names no customer to reply to")
        return self._thread(key, "reply", {"customer": {"id": customer}, "draft": False}, body)

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Write the tags that are there and ours: Help Scout takes whole lists alone."""
        held = self.tags(key)
        self.call("PUT", f"/v2/conversations/{key}/tags", body={"tags": list(dict.fromkeys([*held, *tags]))})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the mailbox of tasks, newest first; a list knows them at once."""
        page = 1
        while True:
            listed = self.conversations(page, mailbox=self.options.task_mailbox, sortField="createdAt")
            for row in listed.rows:
                threads = threads_of(row)
                if threads and self.is_marked(words_of(threads[0]), action):
                    return [str(row.get("id"))]
            if listed.is_last:
                return []
            page += 1

    def file_task(self, action: Action, body: str) -> str:
        """Open a conversation that holds a note alone, so that nobody is mailed."""
        sent: Row = {
            "subject": action.title,
            "type": "email",
            "status": "active",
            "mailboxId": self.options.task_mailbox,
            "customer": {"email": self.options.task_customer},
            "tags": list(action.tags),
            "threads": [{"type": "note", "text": as_html(body)}],
        }
        answer = self.call("POST", "/v2/conversations", body=sent)
        return named({RESOURCE: answer.headers.get(RESOURCE)}, RESOURCE)

    def update_task(self, action: Action, task: str, body: str) -> str | None:
        """Bring the subject up to date, then add a note, which carries the mark."""
        if action.title:
            change = {"op": "replace", "path": "/subject", "value": action.title}
            self.call("PATCH", f"/v2/conversations/{task}", body=change)
        return self.note(task, body)

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the status; our prefix with `rejected` as a tag turns a task down."""
        found = self.conversation(task)
        if found.get("state") == "deleted":
            return None
        at = when(found.get("closedAt")) or when(found.get("userUpdatedAt"))
        return self.standing(task, is_done=found.get("status") == "closed", tags=tags_of(found), at=at)

    def checks(self) -> Iterator[Check]:
        """Look at conversations, and at the mailbox for tasks."""
        fix = "let who made the application see the mailboxes"
        yield self.seen("conversations", self.first_page, fix)
        if self.options.task_mailbox is not None:
            where = f"/v2/mailboxes/{self.options.task_mailbox}"
            yield self.seen("task mailbox", lambda: str(self.get(where).get("name")), "correct task_mailbox")

    def _thread(self, key: str, kind: str, more: Row, body: str) -> str | None:
        """Write one thread; its id is None where the answer does not tell it, and is looked up."""
        status = self.conversation(key).get("status")
        answer = self.call(
            "POST", f"/v2/conversations/{key}/{kind}", body={"text": as_html(body), "status": status, **more}
        )
        made = answer.headers.get(RESOURCE)
        return f"thread-{made}" if made else None
