"""How does the connector write to an Intercom, and find again what it wrote?

An answer to a new part is the whole conversation, so what was written is looked up by its mark. Improvement tasks are tickets;
they are searched by their type and contact, and known by the last line of their description.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from feedbackloop.connector import Check
from feedbackloop.records import Action, TaskState
from feedbackloop_connectors.desk.values import Row, rows, table, when
from feedbackloop_connectors.desk_since.dialect import Said, named
from feedbackloop_connectors.desk_since.markup import as_html
from feedbackloop_connectors.intercom.items import author_id, is_public, part_id, parts_of, words_of
from feedbackloop_connectors.intercom.reading import IntercomReads, next_place

DESCRIPTION, TITLE = "_default_description_", "_default_title_"


class IntercomDialect(IntercomReads):
    """Intercom's REST interface."""

    def said(self, key: str) -> Iterator[Said]:
        """Give the parts of a conversation."""
        return self._said(parts_of(self.conversation(key)))

    def said_on_task(self, task: str) -> Iterator[Said]:
        """Give the parts of a ticket."""
        return self._said(rows(table(self.get(f"/tickets/{task}").get("ticket_parts")).get("ticket_parts")))

    def _said(self, parts: Sequence[Row]) -> Iterator[Said]:
        for row in parts:
            yield Said(part_id(row), words_of(row), is_public(row), author_id(row) == self.me.id)

    def tags(self, key: str) -> Sequence[str]:
        """Give the tags of a conversation."""
        found = rows(table(self.conversation(key).get("tags")).get("tags"))
        return [str(row.get("name")) for row in found]

    def note(self, key: str, body: str) -> None:
        """Write a note; the answer is the whole conversation, so what was written is looked up."""
        self._reply(f"/conversations/{key}/reply", "note", body)

    def reply(self, key: str, body: str) -> None:
        """Write what the customer gets."""
        self._reply(f"/conversations/{key}/reply", "comment", body)

    def add_tags(self, key: str, tags: Sequence[str]) -> None:
        """Make each tag known, which changes none that is, and put it on the conversation, which takes none away."""
        for tag in tags:
            made = named(self.write("POST", "/tags", {"name": tag}), "id")
            self.write("POST", f"/conversations/{key}/tags", {"id": made, "admin_id": self.me.id})

    def tasks_marked(self, action: Action) -> Sequence[str]:
        """Look through the tickets of our type and contact."""
        fits = [("ticket_type_id", self.options.task_type), ("contact_ids", self.options.task_contact)]
        query = {"operator": "AND", "value": [{"field": name, "operator": "=", "value": one} for name, one in fits]}
        found: list[str] = []
        place: str | None = None
        while True:
            answer = self.listed_by("/tickets/search", query, place)
            for row in rows(answer.get("tickets")):
                described = as_text(table(row.get("ticket_attributes")).get(DESCRIPTION))
                if self.is_marked(described, action):
                    found.append(str(row.get("id")))
            place = next_place(answer)
            if place is None:
                return sorted(found, key=lambda key: (len(key), key))

    def file_task(self, action: Action, body: str) -> str:
        """File a ticket, of which nobody is notified."""
        ticket: Row = {
            "ticket_type_id": self.options.task_type,
            "contacts": [{"id": self.options.task_contact}],
            "ticket_attributes": {TITLE: action.title, DESCRIPTION: body},
            "skip_notifications": True,
        }
        return named(self.write("POST", "/tickets", ticket), "id")

    def update_task(self, action: Action, task: str, body: str) -> None:
        """Bring the name up to date, then add a note, which carries the mark."""
        if action.title:
            change = {"ticket_attributes": {TITLE: action.title}, "skip_notifications": True}
            self.write("PUT", f"/tickets/{task}", change)
        self._reply(f"/tickets/{task}/reply", "note", body)

    def task_state(self, task: str) -> TaskState | None:
        """Read it from the category of the ticket's state; Intercom has none for turning a task down."""
        ticket = self.get(f"/tickets/{task}")
        is_done = table(ticket.get("ticket_state")).get("category") == "resolved"
        return self.standing(task, is_done=is_done, at=when(ticket.get("updated_at")))

    # --- checking -----------------------------------------------------------------------------------------------------

    def checks(self) -> Iterator[Check]:
        """Look at conversations and at what tasks need."""
        fix = "let the app read conversations (developer hub, authentication)"
        yield self.seen("conversations", lambda: f"{self._look(self.server_time)} changed in the last day", fix)
        if self.options.task_type:
            look = f"/ticket_types/{self.options.task_type}"
            yield self.seen(
                "task type", lambda: str(self.get(look).get("name")), "correct task_type; let the app read tickets"
            )
        if self.options.task_contact:
            look_at = f"/contacts/{self.options.task_contact}"
            yield self.seen("task contact", lambda: str(self.get(look_at).get("name")), "correct task_contact")

    def _look(self, now: datetime) -> int:
        return self.changed_between(now - timedelta(days=1), None, None)[1]

    def _reply(self, path: str, kind: str, body: str) -> None:
        said = {"message_type": kind, "type": "admin", "admin_id": self.me.id, "body": as_html(body)}
        self.write("POST", path, said)


def as_text(value: object) -> str:
    """Give a text, empty for all else."""
    return value if isinstance(value, str) else ""
