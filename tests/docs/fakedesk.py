"""What is the desk that the connector on the plugins page reads? A loopback one: tickets by change number, and notes."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

PAGE = 3


class FakeDesk(ThreadingHTTPServer):
    """A desk that listens on 127.0.0.1 while the `with` block lasts."""

    daemon_threads = True

    def __init__(self, token: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = token
        self.newest = 0
        self.changes: list[dict[str, Any]] = []
        self.notes: list[dict[str, Any]] = []
        self.drops_answers = False
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def change(self, ticket: dict[str, Any]) -> None:
        """Put a ticket in, or in a newer state: it is the newest change then."""
        self.newest += 1
        self.remove(ticket["id"])
        self.changes.append(ticket | {"change": self.newest})

    def remove(self, ticket_id: str) -> None:
        """Delete a ticket."""
        self.changes = [one for one in self.changes if one["id"] != ticket_id]

    def __enter__(self) -> FakeDesk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def desk(self) -> FakeDesk:
        return cast("FakeDesk", self.server)

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if not self._is_known():
            self._answer(401, {})
        elif path == "/me":
            self._answer(200, {"name": "Loop"})
        elif path.endswith("/notes"):
            self._answer(200, [one for one in self.desk.notes if one["ticket"] == path.split("/")[2]])
        else:
            after = int(query.removeprefix("after="))
            if after > self.desk.newest:
                self._answer(400, {"error": "there is no such change"})
                return
            later = [one for one in self.desk.changes if one["change"] > after]
            page = later[:PAGE]
            following = page[-1]["change"] if page else after
            self._answer(200, {"tickets": page, "next": following, "more": len(later) > PAGE})

    def do_POST(self) -> None:
        note = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ticket = self.path.split("/")[2]
        if not self._is_known():
            self._answer(401, {})
        elif ticket not in {one["id"] for one in self.desk.changes}:
            self._answer(404, {})
        else:
            self.desk.notes.append(note | {"id": len(self.desk.notes) + 1, "ticket": ticket})
            if self.desk.drops_answers:
                self.desk.drops_answers = False
                self.close_connection = True
                self.connection.close()
                return
            self._answer(201, self.desk.notes[-1])

    def _is_known(self) -> bool:
        return self.headers["Authorization"] == f"Bearer {self.desk.token}"

    def _answer(self, status: int, document: object) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the answer was dropped on purpose

    def log_message(self, format: str, *arguments: object) -> None:
        pass
