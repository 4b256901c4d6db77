"""What is the desk that the tests talk to? One on 127.0.0.1 that stands for mydesk, with faults to switch on.

Change it until it answers as your desk does.
"""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

ON_A_PAGE = 3
FIRST = datetime(2026, 11, 2, 8, tzinfo=UTC)
STEP = timedelta(seconds=30)
"""Between two changes."""


class Desk(ThreadingHTTPServer):
    """A desk that listens while the `with` block lasts. `faults` holds the names of what goes wrong."""

    daemon_threads = True

    def __init__(self, token: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.token = token
        self.tickets: dict[str, dict[str, Any]] = {}
        self.faults: set[str] = set()
        self.failed: set[str] = set()
        self._now = FIRST
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, ticket: dict[str, Any]) -> None:
        """Put a ticket in, or bring it to this state: it changes now, or a little earlier where rows come late."""
        late = timedelta(seconds=45) if "late_rows" in self.faults else timedelta()
        self.tickets[ticket["id"]] = ticket | {"changed_at": stamp(self.tick() - late)}

    def remove(self, ticket_id: str) -> None:
        """Put a ticket into the bin: its row stays and says so."""
        self.put(self.tickets[ticket_id] | {"state": "binned", "comments": []})

    def add_comment(self, ticket_id: str, comment: dict[str, Any]) -> dict[str, Any]:
        """Add a comment as the API does."""
        ticket = self.tickets[ticket_id]
        now = stamp(self.tick())
        made = comment | {"id": f"c-{ticket_id}-{len(ticket['comments'])}", "by": "agent", "at": now}
        self.tickets[ticket_id] = ticket | {"comments": [*ticket["comments"], made], "changed_at": now}
        return made

    def add_labels(self, ticket_id: str, sent: dict[str, Any]) -> dict[str, Any]:
        """Add labels as the API does: those that are there stay."""
        ticket = self.tickets[ticket_id]
        labels = [*ticket["labels"], *(one for one in sent["add"] if one not in ticket["labels"])]
        self.tickets[ticket_id] = ticket | {"labels": labels, "changed_at": stamp(self.tick())}
        return {"labels": labels}

    def page(self, since: str, number: int) -> dict[str, Any]:
        """Give one page of what changed since, oldest change first."""
        order = sorted(self.tickets.values(), key=lambda row: (row["changed_at"], row["id"]))
        rows = [row for row in order if row["changed_at"] >= since]
        begin = (number - 1) * ON_A_PAGE
        if "repeated_rows" in self.faults and number > 1:
            begin -= 1
        return {"tickets": rows[begin : begin + ON_A_PAGE], "more": begin + ON_A_PAGE < len(rows)}

    def tick(self) -> datetime:
        """Let the desk's clock go on, unless all changes fall into one second."""
        self._now += timedelta() if "same_second" in self.faults else STEP
        return self._now

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


def stamp(moment: datetime) -> str:
    """Write a time as the desk does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Handler(BaseHTTPRequestHandler):
    """The desk's API."""

    server: Desk
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for an acknowledgement

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if not self.is_known():
            self.answer(401, {"error": "unknown token"})
        elif url.path == "/me":
            self.answer(200, {"name": "Loop"})
        elif url.path == "/tickets" and self.is_late():
            self.answer(503, {"error": "try again"})
        elif url.path == "/tickets":
            self.answer(200, self.server.page(query["changed_since"], int(query["page"])))
        elif (ticket := self.ticket()) is not None:
            self.answer(200, {"comments": ticket["comments"], "labels": ticket["labels"]})
        else:
            self.answer(404, {"error": "no such ticket"})

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ticket = self.ticket()
        if not self.is_known():
            self.answer(401, {"error": "unknown token"})
        elif ticket is None:
            self.answer(404, {"error": "no such ticket"})
        else:
            what = self.path.rpartition("/")[2]
            write = self.server.add_comment if what == "comments" else self.server.add_labels
            made = write(ticket["id"], sent)
            if "dropped_answers" in self.server.faults:
                self.close_connection = True  # the note stands, and nobody hears of it
            else:
                self.answer(201, made)

    def is_known(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {self.server.token}"

    def is_late(self) -> bool:
        first_time = self.path not in self.server.failed
        self.server.failed.add(self.path)
        return first_time and "late_pages" in self.server.faults

    def ticket(self) -> dict[str, Any] | None:
        parts = urlsplit(self.path).path.split("/")
        is_one = parts[1] == "tickets" and parts[3:] in (["comments"], ["labels"])
        return self.server.tickets.get(parts[2]) if is_one else None

    def answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""
