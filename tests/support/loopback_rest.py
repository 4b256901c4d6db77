"""How does a small imitation of a helpdesk's interface stand on a loopback address?"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Call:
    """One request: path, parameters with all their values, headers by lower-case name, and the body, of JSON or of a form."""

    method: str
    path: str
    params: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any

    def one(self, name: str, default: str = "") -> str:
        return self.params.get(name, [default])[0]


@dataclass
class Reply:
    """What is answered; a text is sent as it is, anything else as JSON."""

    status: int = 200
    body: Any = ""
    headers: dict[str, str] = field(default_factory=dict)


class LoopbackRest:
    """Serves `answer` on a free port, one call at a time. `calls` are all that came, `lose_writes` answers are dropped.

    Attributes:
        lose_writes: So many more writes are done and their connection is closed without an answer.
        fail_reads: So many more reads are answered with 503.
    """

    def __init__(self, answer: Callable[[Call], Reply]) -> None:
        self._answer = answer
        self._lock = threading.Lock()
        self.calls: list[Call] = []
        self.lose_writes = 0
        self.fail_reads = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1  # one packet an answer: two would wait for each other

            def _serve(self) -> None:
                outer._serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = _serve

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        size = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(size)
        place = urlsplit(handler.path)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        body = _decoded(raw, headers.get("content-type", ""))
        call = Call(handler.command, place.path, parse_qs(place.query, keep_blank_values=True), headers, body)
        with self._lock:
            self.calls.append(call)
            reply = self._faulty(call) or self._answer(call)
            is_form = "form-urlencoded" in call.headers.get("content-type", "")  # a login, which writes nothing
            is_lost = call.method != "GET" and not is_form and self.lose_writes > 0 and reply.status < 300
            self.lose_writes -= is_lost
        if is_lost:
            handler.close_connection = True
            handler.connection.shutdown(2)
            return
        _send(handler, reply)

    def _faulty(self, call: Call) -> Reply | None:
        if call.method == "GET" and self.fail_reads:
            self.fail_reads -= 1
            return Reply(503, "<html>later</html>")
        return None


def _decoded(raw: bytes, kind: str) -> Any:
    if not raw:
        return None
    return parse_qs(raw.decode()) if "form-urlencoded" in kind else json.loads(raw)


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    is_text = isinstance(reply.body, str)
    data = reply.body.encode() if is_text else json.dumps(reply.body).encode()
    handler.send_response(reply.status)
    kind = "text/plain" if is_text else "application/json"
    for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **reply.headers}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)
