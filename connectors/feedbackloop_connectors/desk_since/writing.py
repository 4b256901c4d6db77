"""How is an action written at most once, and how is an earlier attempt found?

Such a desk keeps no key of ours with what it is sent. So a note and a task end in a mark; a reply, which the customer reads, is
known by its words and our account; tags are their own mark. Each is looked up before it is written, and again where an answer
was lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from feedbackloop.errors import Skippable
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.desk.finding import if_there, missing
from feedbackloop_connectors.desk.values import is_number
from feedbackloop_connectors.desk.writing import DeskWriter, with_links
from feedbackloop_connectors.desk_since.dialect import Dialect
from feedbackloop_connectors.desk_since.markup import says_the_same
from feedbackloop_connectors.marks import marked

LINKS = 20
"""Addresses of evidence in a task's text."""


class Writer(DeskWriter):
    """Writes and looks up through a dialect."""

    def __init__(self, dialect: Dialect[Any]) -> None:
        self._dialect = dialect
        self.gone = f"the {dialect.noun} is gone, or not ours to see"

    # --- an earlier attempt -------------------------------------------------------------------------------------------

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an earlier attempt; None: there was none that arrived."""
        self._dialect.me  # noqa: B018 - to a stranger a desk may show nothing, which would read as "not done"
        if action.kind is ActionKind.TASK:
            return self._filed(self._dialect.tasks_marked(action))
        on = self._on(action)
        if not is_number(on):
            return None
        look = self._tagged if action.kind is ActionKind.TAG else self._said
        return if_there(lambda: look(action, on))

    def _filed(self, found: Sequence[str]) -> Receipt | None:
        if not found:
            return None
        note = f"{len(found)} {self._dialect.noun}s carry this task's mark; the oldest counts" if found[1:] else None
        return self._task_receipt(found[0], note)

    def _tagged(self, action: Action, on: str) -> Receipt | None:
        is_there = set(action.tags) <= set(self._dialect.tags(on))
        return Receipt(external_id=on, url=self._dialect.url(on)) if is_there else None

    def _said(self, action: Action, on: str) -> Receipt | None:
        is_reply, is_update = action.kind is ActionKind.REPLY, action.kind is ActionKind.TASK_UPDATE
        for one in self._dialect.said_on_task(on) if is_update else self._dialect.said(on):
            if not one.is_ours or (one.is_public is not is_reply and not is_update):
                continue
            is_it = says_the_same(one.text, action.text) if is_reply else self._dialect.is_marked(one.text, action)
            if is_it:
                return self._receipt(on, one.id)
        return None

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand, in the order asked."""
        self._dialect.me  # noqa: B018 - to a stranger a desk may show nothing, which would read as "not done"
        return [self._state(one) for one in ids]

    def _state(self, task: str) -> TaskState:
        found = if_there(lambda: self._dialect.task_state(task)) if is_number(task) else None
        return found or missing(task)

    # --- the writes ---------------------------------------------------------------------------------------------------

    def note(self, action: Action) -> Receipt | None:
        """Write a private note that ends in the mark."""
        on = self._needed(action)
        return self._receipt(on, self._dialect.note(on, marked(action.text, action.key)))

    def reply(self, action: Action) -> Receipt | None:
        """Write what the customer gets, without any mark."""
        on = self._needed(action)
        return self._receipt(on, self._dialect.reply(on, action.text))

    def tag(self, action: Action) -> Receipt | None:
        """Add tags."""
        on = self._needed(action)
        self._dialect.add_tags(on, action.tags)
        return Receipt(external_id=on, url=self._dialect.url(on))

    def task(self, action: Action) -> Receipt | None:
        """File a task whose text names the tickets that it rests on."""
        return self._task_receipt(self._dialect.file_task(action, self._text(action)))

    def task_update(self, action: Action) -> Receipt | None:
        """Add a note to the task."""
        on = self._needed(action)
        return self._receipt(on, self._dialect.update_task(action, on, self._text(action)))

    # --- parts --------------------------------------------------------------------------------------------------------

    def _on(self, action: Action) -> str:
        return (action.external_id if action.kind is ActionKind.TASK_UPDATE else action.item) or ""

    def _needed(self, action: Action) -> str:
        on = self._on(action)
        if not is_number(on):
            raise Skippable(f"{on!r} is no {self._dialect.noun} of this desk", record=action.id)
        return on

    def _text(self, action: Action) -> str:
        links = [self._dialect.url(one) for one in action.linked if is_number(one)]
        return marked(with_links(action.text or action.title, links, named=LINKS), action.key)

    def _receipt(self, on: str, message: str | None) -> Receipt | None:
        if message is None:
            return None
        return Receipt(external_id=message, url=self._dialect.url(on), written_ids=(message,))

    def _task_receipt(self, task: str, note: str | None = None) -> Receipt:
        return Receipt(external_id=task, url=self._dialect.url(task), written_ids=(task,), note=note)
