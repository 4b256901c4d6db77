"""How is something written back to a source that is a file?

To `<path>.actions.jsonl` beside it: one line an action, found again by its idempotency key. Nothing in it is ever read as
feedback. A person or a tool may add lines of their own, which say where a task stands.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, cast

import msgspec

from feedbackloop import clock
from feedbackloop.connector import Check
from feedbackloop.errors import Fatal, Retriable
from feedbackloop.records import Action, ActionKind, Receipt, TaskState

_OWN = b'{"key":'
"""How every line of ours begins: a torn one is known by it."""
_STATUSES = ("open", "done", "rejected")


class ActionFile:
    """The actions file of one source. Lines are appended under a lock and synced before the receipt is given."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: dict[str, str] = {}
        self._read_to = 0

    def find(self, action: Action) -> Receipt | None:
        """Give the receipt of an action that stands in the file; None if it does not."""
        try:
            with self.path.open("rb") as file:
                self._index(file.fileno())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from error
        return self._receipt(action) if action.key in self._keys else None

    def append(self, action: Action, now: datetime) -> Receipt:
        """Write one action, once a key: a line that an earlier attempt left behind is found, not repeated.

        Raises:
            Retriable: The disk is full.
            Fatal: The file cannot be written.
        """
        try:
            with self._locked() as handle:
                self._mend(handle)
                self._index(handle)
                if action.key not in self._keys:
                    _write(handle, _line(action, now))
                    self._keys[action.key] = _external_id(action)
        except OSError as error:
            raise self._failed(error) from error
        return self._receipt(action)

    def task_states(self, ids: Sequence[str], zone: tzinfo = UTC) -> list[TaskState]:
        """Say where tasks stand: as the last line with their `external_id` says, `open` if none does."""
        states: dict[str, TaskState] = {}
        try:
            lines = self.path.read_bytes().splitlines() if self.path.exists() else []
        except OSError as error:
            raise self._failed(error) from error
        for line in lines:
            entry = _entry(line)
            name, status = entry.get("external_id"), entry.get("status")
            if isinstance(name, str) and status in _STATUSES and entry.get("kind") in {"task", "task_status"}:
                states[name] = TaskState(external_id=name, status=status, at=_time(entry.get("at"), zone))
        return [states.get(name) or TaskState(external_id=name, status="missing") for name in ids]

    def check(self) -> Check:
        """Say whether writes can be put there."""
        folder, exists = self.path.parent, self.path.exists()
        can_write = os.access(self.path if exists else folder, os.W_OK)
        detail = f"writes go to {self.path}"
        return Check("write-back", can_write, detail, None if can_write else f"make {folder} writable")

    @contextmanager
    def _locked(self) -> Iterator[int]:
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield handle
            if is_new:
                _sync_folder(self.path.parent)
        finally:
            os.close(handle)

    def _mend(self, handle: int) -> None:
        """Take away the torn end of a line of ours that a crash left; end a person's line that has no end."""
        size = os.fstat(handle).st_size
        tail = b""
        start = size
        while start > 0 and b"\n" not in tail:
            start = max(0, start - 65536)
            tail = os.pread(handle, size - start, start)
        torn = tail.rpartition(b"\n")[2]
        if not torn:
            return
        if (torn.startswith(_OWN) or _OWN.startswith(torn)) and not _entry(torn):
            os.ftruncate(handle, size - len(torn))
        else:
            _write(handle, b"\n")

    def _index(self, handle: int) -> None:
        """Take up the keys that were added since the last look; only whole lines count."""
        size = os.fstat(handle).st_size
        if size < self._read_to:
            self._keys, self._read_to = {}, 0
        new = os.pread(handle, size - self._read_to, self._read_to)
        whole = new[: new.rfind(b"\n") + 1]
        for line in whole.splitlines():
            entry = _entry(line)
            if isinstance(entry.get("key"), str):
                self._keys[entry["key"]] = str(entry.get("external_id") or entry["key"])
        self._read_to += len(whole)

    def _receipt(self, action: Action) -> Receipt:
        return Receipt(external_id=self._keys[action.key], note=f"a line in {self.path.name}")

    def _failed(self, error: OSError) -> Fatal | Retriable:
        reason = f"{self.path}: {error.strerror or error}"
        return Retriable(reason) if error.errno in {28, 122} else Fatal(f"{reason}; make the folder writable")


def _external_id(action: Action) -> str:
    return action.external_id or action.key


def _line(action: Action, now: datetime) -> bytes:
    entry: dict[str, Any] = {"key": action.key, "kind": action.kind.value, "external_id": _external_id(action)}
    if action.kind is ActionKind.TASK:
        entry["status"] = "open"
    optional = {
        "item": action.item,
        "text": action.text,
        "tags": action.tags,
        "title": action.title,
        "due_at": clock.iso(action.due_at) if action.due_at else None,
        "linked": action.linked,
        "about": action.about,
    }
    entry |= {name: value for name, value in optional.items() if value}
    return msgspec.json.encode(entry | {"at": clock.iso(now)}) + b"\n"


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last: without it a power cut may lose the file with all that was synced into it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _entry(line: bytes) -> dict[str, Any]:
    """Read one line; empty for what is no JSON object (a person's comment, a torn line)."""
    try:
        entry = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return cast("dict[str, Any]", entry) if isinstance(entry, dict) else {}


def _time(value: object, zone: tzinfo) -> datetime | None:
    try:
        return clock.parse_time(value, zone) if isinstance(value, str) else None
    except ValueError:
        return None
