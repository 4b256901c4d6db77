"""How does a source system behave, and how does a right connector read it?

`MemorySystem` is a small helpdesk in memory whose faults can be switched on; `MemoryConnector` reads and writes it. Both are for
tests of the loop itself, and as a model: every rule that a connector must keep is kept here in the fewest lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import msgspec
from msgspec import Struct, structs
from pydantic import Field

from feedbackloop.connector import Ability, Check, Connector, Context, Page, SourceOptions
from feedbackloop.errors import Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.records import Action, ActionKind, Item, Message, Receipt, TaskState
from feedbackloop.testing.system import Fault, System, Write

OVERLAP_SECONDS = 5
"""A pull begins so much before where the last one ended: rows may appear late."""
_EPOCH = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass(slots=True)
class Row:
    """One ticket as the system stores it: when it last changed, and how often."""

    item: Item
    second: int
    version: int = 1
    deleted: bool = False
    is_task: bool = False


class MemorySystem(System):
    """A helpdesk in memory. Its export is ordered by the second of the last change, as most are.

    Attributes:
        rows: Id -> ticket.
        done: Every write that arrived, doubles included.
        requests: How often it was asked.
    """

    faults: ClassVar[frozenset[Fault]] = frozenset(Fault)
    secrets: tuple[str, ...] = ("mem-secret-token",)
    known: ClassVar[dict[str, MemorySystem]] = {}
    """Name -> system, so that a config can name one."""

    def __init__(self, name: str = "memory", page_size: int = 3) -> None:
        self.name, self.page_size = name, page_size
        self.rows: dict[str, Row] = {}
        self.done: list[Action] = []
        self.tasks: dict[str, str] = {}
        self.requests = 0
        self._second = 0
        self._active: set[Fault] = set()
        self._is_locked = False
        MemorySystem.known[name] = self

    # --- as people there see it --------------------------------------------------------------------------------------

    def connect(self) -> MemoryConnector:
        """Give a new connector to this system."""
        return MemoryConnector(MemoryOptions(connector="memory", system=self.name), Context(self.name))

    def put(self, item: Item) -> str:
        """Put a ticket in, or bring it to a new state; what was written to it before stays."""
        before = self.rows.get(item.id)
        if before:
            own = tuple(message for message in before.item.messages if _is_own(message))
            tags = tuple(tag for tag in before.item.tags if tag not in item.tags)
            item = structs.replace(item, messages=item.messages + own, tags=item.tags + tags)
        second = self._tick()
        if Fault.LATE_ROWS in self._active and before is None:
            second = max(0, second - OVERLAP_SECONDS + 1)
        self.rows[item.id] = Row(item, second, before.version + 1 if before else 1)
        return item.id

    def remove(self, item_id: str) -> None:
        """Delete a ticket; its row stays in the export and says so."""
        row = self.rows[item_id]
        row.deleted, row.second, row.version = True, self._tick(), row.version + 1

    def writes(self) -> list[Write]:
        """List what arrived."""
        return [Write(action.kind.value, action.item) for action in self.done]

    def finish_task(self, external_id: str) -> None:
        """Set a task to done."""
        self.tasks[external_id] = "done"

    def lock_out(self) -> None:
        """Refuse everything from now on."""
        self._is_locked = True

    def switch_on(self, fault: Fault) -> None:
        """Go wrong in this way from now on."""
        self._active.add(fault)

    def _tick(self) -> int:
        self._second += 0 if Fault.SAME_SECOND in self._active else 1
        return self._second

    # --- its interface -----------------------------------------------------------------------------------------------

    def export(self, after: tuple[int, str], since: int) -> list[Row]:
        """Give one page of rows behind (second, id), changed at `since` or later."""
        self._answer()
        if Fault.LATE_PAGES in self._active and self.requests % 2:
            raise TimeoutError("the page did not come in time")
        order = sorted(self.rows.values(), key=lambda row: (row.second, row.item.id))
        ahead = [row for row in order if row.second >= since and (row.second, row.item.id) > after]
        behind = [row for row in order if row.second >= since and (row.second, row.item.id) <= after]
        again = behind[-2:] if Fault.REPEATED_ROWS in self._active and ahead else []
        return again + ahead[: self.page_size]

    def write(self, action: Action) -> None:
        """Do one write; without an idempotency key of its own it would do it again each time."""
        self._answer()
        if action.kind is ActionKind.TASK:
            self.tasks[action.key] = "open"
            task = Item(id=action.key, kind="ticket", created_at=_EPOCH, subject=action.title, tags=("feedbackloop",))
            self.rows[action.key] = Row(task, self._tick(), is_task=True)
        elif action.kind is not ActionKind.TASK_UPDATE:
            self._write_to(self.rows.get(action.item), action)
        self.done.append(action)
        if Fault.DROPPED_ANSWERS in self._active:
            raise ConnectionError("the connection broke before the answer came")

    def _write_to(self, row: Row | None, action: Action) -> None:
        if row is None or row.deleted:
            raise KeyError(action.item)
        when = _EPOCH + timedelta(seconds=self._tick())
        message = Message(f"own-{action.key}", "agent", when, action.text, action.kind is ActionKind.REPLY)
        thread = row.item.messages if action.kind is ActionKind.TAG else (*row.item.messages, message)
        tags = row.item.tags + tuple(tag for tag in action.tags if tag not in row.item.tags)
        row.item = structs.replace(row.item, messages=thread, tags=tags)
        row.second, row.version = self._second, row.version + 1

    def _answer(self) -> None:
        self.requests += 1
        if self._is_locked:
            raise PermissionError("401")


class MemoryOptions(SourceOptions):
    """Options of the connector `memory`."""

    system: str = Field("memory", description="the name of a `MemorySystem` in this process")


class _Mark(Struct, frozen=True, omit_defaults=True):
    """Where a pull stands.

    Attributes:
        second: The newest that was read.
        seen: Rows of the seconds before it, in which version they were read: they may come again.
        after: In the middle of a pull: behind which row the next page begins.
        since: What was created earlier is left out.
    """

    second: int = 0
    seen: dict[str, tuple[int, int]] = {}
    after: tuple[int, str] | None = None
    since: datetime = datetime.min.replace(tzinfo=UTC)


class MemoryConnector(Connector[MemoryOptions]):
    """Reads and writes a `MemorySystem`."""

    name: ClassVar[str] = "memory"
    Options: ClassVar[type[SourceOptions]] = MemoryOptions
    abilities: ClassVar[frozenset[Ability]] = frozenset(Ability) - {Ability.WEBHOOKS}

    @property
    def system(self) -> MemorySystem:
        """The system behind the option's name."""
        return MemorySystem.known[self.options.system]

    @property
    def is_local(self) -> bool:
        """It is in this process."""
        return True

    def check(self) -> list[Check]:
        """Say whether the system answers us."""
        try:
            self.system.export((0, ""), 0)
        except PermissionError:
            return [Check("account", False, "the system refuses us (401)", "renew the token")]
        except TimeoutError as error:
            return [Check("account", False, str(error), "try again")]
        return [Check("account", True, f"{len(self.system.rows)} tickets")]

    def start(self, since: datetime | None) -> str:
        """Give a mark before everything."""
        return _written(_Mark(since=since) if since else _Mark())

    def pull(self, cursor: str, until: datetime | None = None) -> Iterator[Page]:  # noqa: ARG002  nothing is that late here
        """Begin a little before the mark, and pass over what was read in the same version."""
        mark = _read(cursor)
        floor = mark.second - OVERLAP_SECONDS
        after = mark.after or (floor, "")
        while rows := self._page(after, floor):
            after = max(after, max((row.second, row.item.id) for row in rows))
            fresh = [row for row in rows if mark.seen.get(row.item.id) != (row.second, row.version)]
            mark = _moved(mark, rows, after)
            yield _page([row for row in fresh if row.item.created_at >= mark.since], mark)
        yield _page([], structs.replace(mark, after=None), caught_up=True)

    def fetch(self, ids: Sequence[str]) -> Page:
        """Read single tickets."""
        rows = [self.system.rows[item_id] for item_id in ids if item_id in self.system.rows]
        missing = tuple(item_id for item_id in ids if item_id not in self.system.rows)
        found = _page(rows, _Mark())
        return Page(items=found.items, erased=found.erased + missing, requests=1)

    def push(self, action: Action) -> Receipt:
        """Write once: an earlier attempt that arrived is found by its key."""
        if (found := self.find(action)) is not None:
            return found
        try:
            self.system.write(action)
        except ConnectionError as error:
            raise UnknownOutcome(str(error), record=action.id) from error
        except PermissionError as error:
            raise Refused("the system refuses us (401)") from error
        except KeyError as error:
            raise Skippable(f"there is no ticket {action.item}", record=action.id) from error
        return _receipt(action)

    def find(self, action: Action) -> Receipt | None:
        """Look for the key among what arrived."""
        return _receipt(action) if any(done.key == action.key for done in self.system.done) else None

    def task_status(self, ids: Sequence[str]) -> list[TaskState]:
        """Say where tasks stand."""
        tasks = self.system.tasks
        return [
            TaskState(
                external_id=task, status="done" if tasks.get(task) == "done" else "open" if task in tasks else "missing"
            )
            for task in ids
        ]

    def _page(self, after: tuple[int, str], since: int) -> list[Row]:
        try:
            return self.system.export(after, since)
        except TimeoutError as error:
            raise Retriable(str(error)) from error
        except PermissionError as error:
            raise Refused("the system refuses us (401)") from error


def _read(cursor: str) -> _Mark:
    try:
        return msgspec.json.decode(cursor, type=_Mark) if cursor else _Mark()
    except msgspec.DecodeError:
        return _Mark()  # another version's: reading everything again loses nothing


def _written(mark: _Mark) -> str:
    return msgspec.json.encode(mark).decode()


def _moved(mark: _Mark, rows: list[Row], after: tuple[int, str]) -> _Mark:
    newest = max(mark.second, *(row.second for row in rows))
    seen = mark.seen | {row.item.id: (row.second, row.version) for row in rows}
    recent = {name: place for name, place in seen.items() if place[0] >= newest - OVERLAP_SECONDS}
    return _Mark(newest, recent, after, mark.since)


def _page(rows: list[Row], mark: _Mark, *, caught_up: bool = False) -> Page:
    latest = {row.item.id: row for row in rows if not row.is_task}
    return Page(
        items=tuple(_item(row) for row in latest.values() if not row.deleted),
        erased=tuple(name for name, row in latest.items() if row.deleted),
        cursor=_written(mark),
        requests=1,
        caught_up=caught_up,
    )


def _item(row: Row) -> Item:
    """Give the ticket with our own messages marked: they are known by their ids."""
    thread = tuple(structs.replace(m, own=_is_own(m)) for m in row.item.messages)
    return structs.replace(row.item, messages=thread, version=float(row.version))


def _is_own(message: Message) -> bool:
    return message.id.startswith("own-")


def _receipt(action: Action) -> Receipt:
    return Receipt(external_id=action.external_id or action.key, written_ids=(f"own-{action.key}",))
