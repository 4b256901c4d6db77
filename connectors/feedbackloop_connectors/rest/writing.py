"""How is something written to a described system, once?

A write is a few calls in order. Its text carries a mark made from the action's key, by which `find` knows an earlier attempt;
tags are their own mark.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedbackloop import clock
from feedbackloop.errors import BadRecord, Fatal, Retriable, Skippable, UnknownOutcome
from feedbackloop.http import Declined
from feedbackloop.records import Action, ActionKind, Receipt, TaskState
from feedbackloop_connectors.described.expressions import filled, path_of, search
from feedbackloop_connectors.described.mapping import mark_of
from feedbackloop_connectors.door import Door
from feedbackloop_connectors.rest.options import Call, Find, RestOptions, Write

_SEPARATOR = re.compile("[,;|]")
"""Between tags that a system keeps in one text."""
MOVED_ON = (409, 412)
"""The system says that somebody was faster."""


class Writer:
    """Writes to one source, and finds what was written."""

    def __init__(self, options: RestOptions, door: Door) -> None:
        self._options = options
        self._door = door

    def push(self, action: Action) -> Receipt:
        """Make the calls of this kind of action.

        Raises:
            Skippable: This kind is not described, or a template does not fit.
        """
        described = self._described(action)
        words = _words(action)
        answers: dict[str, Any] = {}
        for call in described.calls:
            answers[call.name] = self._made(call, words | answers, action)
        if described.id is not None:
            name = search(described.id, answers, "id")
            if name in (None, ""):
                raise UnknownOutcome(f"write.{action.kind}.id finds nothing in the answer", record=action.id)
            return _receipt(action, name)
        found = self._found(described.find, action) if described.find else None
        return found or Receipt(external_id=action.external_id or action.key)

    def find(self, action: Action) -> Receipt | None:
        """Look for an earlier attempt by its mark, tags by themselves.

        Raises:
            NotImplementedError: The config does not say how to look.
        """
        described = self._described(action)
        if described.find is None:
            raise NotImplementedError
        return self._found(described.find, action)

    def states(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand."""
        return [self._state(name) for name in ids]

    def _described(self, action: Action) -> Write:
        described = self._options.write.get(action.kind.value)
        if described is None:
            raise Skippable(
                f"the config does not say how a {action.kind} is written: write.{action.kind}", record=action.id
            )
        return described

    def _made(self, call: Call, words: Mapping[str, Any], action: Action) -> Any:
        body = filled(call.body, words) if call.body else None
        headers = {name: str(value) for name, value in filled(call.headers, words).items()}
        try:
            answer = self._door.call(call.method, path_of(call.path, words), body=body, headers=headers)
        except Declined as refusal:
            if refusal.status in MOVED_ON:
                raise Retriable(f"{refusal}; somebody was faster", record=action.id) from refusal
            raise
        try:
            return answer.json() if answer.body.strip() else None
        except Retriable as error:
            if call.method == "GET":
                raise
            raise UnknownOutcome(f"{error}; the write may have been done", record=action.id) from error

    def _found(self, find: Find, action: Action) -> Receipt | None:
        try:
            elements = search(find.each, self._door.call("GET", path_of(find.path, _words(action))).json(), "find.each")
        except BadRecord as error:
            raise Fatal(f"write.{action.kind}.find: {error}") from error
        if not isinstance(elements, list):
            raise Fatal(
                f"write.{action.kind}.find.each = {find.each!r} finds no list in the answer; is the path right?"
            )
        if action.kind is ActionKind.TAG:
            there = {tag.strip() for one in elements for tag in _SEPARATOR.split(str(one))}
            return Receipt(external_id=action.key) if set(action.tags) <= there else None
        mark = _mark(action)
        carriers = (one for one in elements if isinstance(one, dict) and mark in str(one.get("text")))
        return next((_receipt(action, one.get("id")) for one in carriers), None)

    def _state(self, name: str) -> TaskState:
        described = self._options.task_status
        assert described is not None
        try:
            word = search(described.status, self._door.call("GET", path_of(described.path, {"id": name})).json())
        except Declined as refusal:
            if refusal.status not in {404, 410}:
                raise
            return TaskState(external_id=name, status="missing")
        except BadRecord as error:
            raise Fatal(f"task_status: {error}") from error
        return TaskState(external_id=name, status=described.values.get(str(word), "open"))


def _receipt(action: Action, name: object) -> Receipt:
    """Name what was written; an update of a task is no task, so its receipt names the task."""
    written = str(name)
    return Receipt(external_id=action.external_id or written, written_ids=(written,))


def _mark(action: Action) -> str:
    return mark_of(action.key, is_task=action.kind is ActionKind.TASK)


def _words(action: Action) -> dict[str, Any]:
    """Name what templates may use."""
    return {
        "item": action.item,
        "text": action.text,
        "tags": list(action.tags),
        "title": action.title,
        "due_at": clock.iso(action.due_at) if action.due_at else None,
        "linked": list(action.linked),
        "external_id": action.external_id,
        "key": action.key,
        "mark": _mark(action),
    }
