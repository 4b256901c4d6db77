"""How is a helpdesk imitated, so that a dozen of them share one state and differ in what they answer?

`Imitation` holds tickets, messages, tags and ratings, a clock of its own and the faults; a subclass adds the routes of one
system. `ImitatedSystem` is any of them as the contract sees it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar

from feedbackloop.connector import Connector, Context
from feedbackloop.records import Item
from feedbackloop.testing import Fault, Shelf, System, Write
from loopback import Call, Loopback, Reply

BOT, AGENT, CUSTOMER = 5, 7, 100
SECRET = "secret-of-the-imitation"
Row = dict[str, Any]
Route = tuple[str, str, Callable[..., Any]]


@dataclass
class Said:
    """One message. `by`: CUSTOMER, AGENT, BOT (the account of the sidecar) or 0, which is nobody."""

    id: int
    by: int
    text: str
    at: datetime
    public: bool = True
    kind: str = ""


@dataclass
class Rated:
    """One rating, on the scale 1..5 of the contract; `changed`: when its customer thought better of it."""

    id: int
    ticket: int
    value: float
    at: datetime
    comment: str = ""
    changed: datetime | None = None


@dataclass
class Ticket:
    """One ticket. `by`: who opened it."""

    id: int
    by: int
    subject: str
    created: datetime
    updated: datetime
    status: Literal["open", "done", "rejected"] = "open"
    ended: datetime | None = None
    tags: list[str] = field(default_factory=list)
    messages: list[Said] = field(default_factory=list)
    fields: Row = field(default_factory=dict)
    state: Literal["", "deleted", "merged"] = ""


class Imitation:
    """The state of one desk and its answers.

    Attributes:
        is_locked: Everybody is refused.
        is_one_second: All happens in one second.
        late: What is opened is stamped so much earlier.
        is_repeating: A page begins with the last row of the page before.
        plan_lacks: Paths that the account's plan does not have.
        says_date: Whether answers say the desk's time.
        garbles: Writes are done and answered with a page of HTML.
    """

    not_found: ClassVar[object] = {"error": "not found"}
    refused: ClassVar[object] = {"error": "unauthorized"}

    def __init__(self) -> None:
        self.now = (datetime.now(UTC) - timedelta(hours=1)).replace(microsecond=0)
        self.tickets: dict[int, Ticket] = {}
        self.ratings: list[Rated] = []
        self.last_id = 1000
        self.is_locked = self.is_one_second = self.is_repeating = False
        self.late = timedelta()
        self.plan_lacks: tuple[str, ...] = ()
        self.says_date, self.garbles = True, False
        self.before_write: Callable[[], None] = lambda: None
        self.server = Loopback(self, says_date=False)
        self.server.is_read = self.is_read

    def is_read(self, call: Call) -> bool:
        return call.method == "GET" or call.path.endswith("/search")

    # --- what people do -----------------------------------------------------------------------------------------------

    def tick(self, seconds: float = 1) -> datetime:
        if not self.is_one_second:
            self.now += timedelta(seconds=seconds)
        return self.now.replace(microsecond=0)

    def new_id(self) -> int:
        self.last_id += 1
        return self.last_id

    def open(self, text: str, *, by: int = CUSTOMER, subject: str = "A matter", kind: str = "") -> Ticket:
        at = self.tick() - self.late
        made = Ticket(len(self.tickets) + 1, by, subject, at, at)
        self.tickets[made.id] = made
        made.messages.append(Said(self.new_id(), by, text, at, kind=kind))
        return made

    def say(self, key: int, by: int, text: str, *, public: bool = True, kind: str = "") -> Said:
        ticket = self.touch(key)
        ticket.messages.append(Said(self.new_id(), by, text, ticket.updated, public, kind))
        return ticket.messages[-1]

    def touch(self, key: int) -> Ticket:
        ticket = self.tickets[key]
        ticket.updated = self.tick()
        return ticket

    def rate(self, key: int, value: float, comment: str = "") -> Rated:
        """Rate a ticket, which does not touch it; a rating that is there is replaced."""
        self.ratings = [one for one in self.ratings if one.ticket != key]
        self.ratings.append(Rated(self.new_id(), key, value, self.tick(), comment))
        return self.ratings[-1]

    def finish(self, key: int) -> None:
        ticket = self.touch(key)
        ticket.status, ticket.ended = "done", ticket.updated

    def delete(self, key: int) -> None:
        self.touch(key).state = "deleted"

    # --- answers ------------------------------------------------------------------------------------------------------

    def answer(self, call: Call) -> Reply:
        self.tick(0.25)
        if not self.is_read(call):
            self.before_write()
        reply = self._answered(call)
        if self.garbles and not self.is_read(call):
            reply = Reply(200, b"<html>")
        date = {"Date": self.now.strftime("%a, %d %b %Y %H:%M:%S GMT")} if self.says_date else {}
        return Reply(reply.status, reply.body, {**date, **reply.headers})

    def _answered(self, call: Call) -> Reply:
        headers = {name.lower(): value for name, value in call.headers.items()}
        if self.is_locked or not self.knows(headers):
            return Reply(401, self.refused)
        if any(re.fullmatch(path, call.path) for path in self.plan_lacks):
            return Reply(403, self.refused)
        for method, pattern, act in self.routes():
            found = re.fullmatch(pattern, call.path)
            if method == call.method and found:
                made = act(call, *(int(part) if part.isdigit() else part for part in found.groups()))
                return made if isinstance(made, Reply) else Reply(200, made)
        return Reply(404, self.not_found)

    def knows(self, headers: dict[str, str]) -> bool:
        """Say whether a caller is let in."""
        raise NotImplementedError

    def routes(self) -> Sequence[Route]:
        """Give method, path and what answers; the groups of the path are handed on, numbers as such."""
        raise NotImplementedError

    # --- parts for the routes -----------------------------------------------------------------------------------------

    def living(self) -> list[Ticket]:
        return [one for one in self.tickets.values() if not one.state]

    def there(self, key: object) -> Ticket | None:
        found = self.tickets.get(key) if isinstance(key, int) else None
        return found if found and not found.state else None

    def changed_since(self, since: datetime) -> list[Ticket]:
        found = [one for one in self.living() if one.updated >= since]
        return sorted(found, key=lambda one: (one.updated, one.id))

    def page(self, found: Sequence[Any], page: int, size: int) -> list[Any]:
        begin = max(0, (page - 1) * size - (1 if self.is_repeating and page > 1 else 0))
        return list(found[begin : page * size])


def iso(at: datetime) -> str:
    """Write a time as most desks do."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


DeskT = TypeVar("DeskT", bound=Imitation)


class ImitatedSystem(System, Generic[DeskT]):
    """One imitation as the contract sees it, closed at the end of a `with`.

    A subclass names the imitation, the connector and the options.
    """

    imitation: type[DeskT]
    kind: ClassVar[type[Connector[Any]]]
    faults: ClassVar[frozenset[Fault]] = frozenset(Fault)
    secrets = (SECRET,)
    absent_id = "99999999"

    def __init__(self) -> None:
        self.desk: DeskT = self.imitation()
        self.opened: list[Connector[Any]] = []
        self.keys: dict[str, int] = {}
        self.said: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def options(self) -> Row:
        """Give what the config says beside the connector and the address."""
        raise NotImplementedError

    def connect(self, base_url: str | None = None, **more: object) -> Connector[Any]:
        options = {"connector": self.kind.name, "base_url": base_url or self.address, "page_size": 3}
        made = self.kind.Options(**options | self.options() | more)
        self.opened.append(self.kind(made, Context("support")))
        return self.opened[-1]

    def read(self, shelf: Shelf | None = None, **options: object) -> Shelf:
        """Pull all that is new on a shelf, an empty one at first."""
        return (shelf or Shelf()).pull(self.connect(**options))

    @property
    def address(self) -> str:
        return self.desk.server.url

    def connect_through(self, address: str) -> Connector[Any]:
        return self.connect(address)

    def put(self, item: Item) -> str:
        for message in item.messages[self.said.get(item.id, 0) :]:
            if item.id in self.keys:
                self.desk.say(self.keys[item.id], CUSTOMER, message.text)
            else:
                self.keys[item.id] = self.desk.open(message.text, subject=item.subject or "A matter").id
        self.said[item.id] = len(item.messages)
        key = self.keys[item.id]
        if item.tags:
            ticket = self.desk.touch(key)
            ticket.tags = list(dict.fromkeys([*ticket.tags, *item.tags]))
        for rating in item.ratings:
            self.desk.rate(key, rating.value)
        return str(key)

    def remove(self, item_id: str) -> None:
        self.desk.delete(int(item_id))

    def writes(self) -> Sequence[Write]:
        found = []
        for ticket in self.desk.tickets.values():
            if ticket.by == BOT:
                found.append(Write("task", ""))
                continue
            own = [one for one in ticket.messages if one.by == BOT]
            found += [Write("reply" if one.public else "note", str(ticket.id)) for one in own]
            found += [Write("tag", str(ticket.id)) for tag in ticket.tags if tag.startswith("fbl-")]
        return found

    def finish_task(self, external_id: str) -> None:
        self.desk.finish(int(external_id))

    def lock_out(self) -> None:
        self.desk.is_locked = True

    def switch_on(self, fault: Fault) -> None:
        match fault:
            case Fault.LATE_PAGES:
                self.desk.server.late = 2
            case Fault.SAME_SECOND:
                self.desk.is_one_second = True
            case Fault.LATE_ROWS:
                self.desk.late = timedelta(seconds=8)
            case Fault.REPEATED_ROWS:
                self.desk.is_repeating = True
            case Fault.DROPPED_ANSWERS:
                self.desk.server.dropped = 1

    def close(self) -> None:
        for connector in self.opened:
            connector.close()
        self.desk.server.close()
