"""A small web server on a loopback address, behind which a test puts its imitation of a helpdesk."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """One call as it came in. Of a parameter named twice, `query` holds the first value."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Reply:
    """What is answered: `body` as JSON, bytes as they are, None as nothing at all."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


class Desk(Protocol):
    """What stands behind the server."""

    def answer(self, call: Call) -> Reply: ...


class Loopback:
    """Serves a desk until it is closed.

    Attributes:
        late: So many reads of paths that contain `late_path` are answered 503 first.
        dropped: So many writes are done and their answer is lost.
        says_date: Whether answers carry a Date header; Puma adds none.
        is_read: Says which calls are reads; some desks are searched by POST.
    """

    def __init__(self, desk: Desk, *, says_date: bool = True) -> None:
        self.desk, self.says_date = desk, says_date
        self.late, self.late_path, self.dropped = 0, "", 0
        self.is_read: Callable[[Call], bool] = lambda call: call.method == "GET"
        self.calls: list[Call] = []
        self.lock = threading.Lock()
        loopback = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                loopback.serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        sent = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        query = {name: values[0] for name, values in parse_qs(url.query, keep_blank_values=True).items()}
        is_form = "form-urlencoded" in handler.headers.get("Content-Type", "")
        body = dict(parse_qsl(sent.decode())) if is_form else json.loads(sent) if sent else None
        call = Call(handler.command, url.path, query, dict(handler.headers), body)
        with self.lock:
            self.calls.append(call)
            if self.is_read(call) and self.late and self.late_path in call.path:
                self.late -= 1
                reply = Reply(503, {"message": "late"}, {"Retry-After": "0"})
            else:
                reply = self._answered(call)
            if self.dropped and not self.is_read(call):
                self.dropped -= 1
                handler.close_connection = True
                return
        self._send(handler, reply)

    def _answered(self, call: Call) -> Reply:
        """Let the desk answer; a mistake in the imitation is a 400, which no connector tries again."""
        try:
            return self.desk.answer(call)
        except Exception as error:  # noqa: BLE001 - shown to the test by its status and text
            return Reply(400, {"message": f"the imitation failed: {error!r}"})

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, bytes) else b""
        if reply.body is not None and not isinstance(reply.body, bytes):
            body = json.dumps(reply.body, ensure_ascii=False).encode()
        handler.send_response_only(reply.status)
        if self.says_date:
            handler.send_header("Date", handler.date_time_string())
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
