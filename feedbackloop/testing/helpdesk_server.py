"""How does the loopback helpdesk answer a call?

Authorization, the budget of calls, faults, routing. The desk's own state is kept under one lock, so that calls are done one
after the other, as they are in one ticket of the real one.
"""

from __future__ import annotations

import json
import re
import sys
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from feedbackloop.testing.helpdesk_faults import Fault, Faults
from feedbackloop.testing.helpdesk_reads import Reads
from feedbackloop.testing.helpdesk_state import DeskState, Row
from feedbackloop.testing.helpdesk_writes import Refusal, Writes

Routes = list[tuple[str, "re.Pattern[str]", Callable[..., Any]]]


@dataclass(slots=True)
class Desk:
    """What answering needs of a desk. `admit` raises a `Refusal` for a call that may not come in."""

    state: DeskState
    faults: Faults
    calls: list[tuple[str, str]]
    budget: Budget
    routes: Routes
    admit: Callable[[str, str], None]


class DeskServer(ThreadingHTTPServer):
    """The listening socket of one desk."""

    daemon_threads = True
    desk: Desk

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Pass over clients that hang up: tests kill theirs."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: DeskServer
    protocol_version = "HTTP/1.1"
    wbufsize = 65536
    disable_nagle_algorithm = True
    timeout = 60
    _says_date = True

    def do_GET(self) -> None:
        """Answer a read."""
        self._answer("GET")

    def do_POST(self) -> None:
        """Answer a creation."""
        self._answer("POST")

    def do_PUT(self) -> None:
        """Answer a change."""
        self._answer("PUT")

    def do_DELETE(self) -> None:
        """Answer a removal."""
        self._answer("DELETE")

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - the base class names it
        """Give the Date header by the desk's own clock."""
        return format_datetime(self.server.desk.state.clock.now(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: `Helpdesk.calls` holds what was asked."""

    def _answer(self, method: str) -> None:
        desk, url = self.server.desk, urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        desk.calls.append((method, self.path))
        fault = desk.faults.take(method, self.path)
        if fault and not fault.after:
            self._show_fault(fault, b"")
            return
        status, body, headers = self._do(method, url.path, dict(parse_qsl(url.query)), sent)
        if fault:
            self._show_fault(fault, body)
        else:
            self._send(status, body, {"Content-Type": "application/json; charset=utf-8"} | headers)

    def _do(self, method: str, path: str, query: Row, sent: bytes) -> tuple[int, bytes, Row]:
        desk = self.server.desk
        try:
            with desk.state.lock:
                desk.admit(self.headers.get("Authorization", ""), path)
                status, answer, headers = self._route(method, path, query, sent)
                return status, msgspec.json.encode(answer), headers | desk.budget.headers()
        except Refusal as refusal:
            wait = {"Retry-After": str(refusal.body["retry_after"])} if "retry_after" in refusal.body else {}
            return refusal.status, msgspec.json.encode(refusal.body), wait

    def _route(self, method: str, path: str, query: Row, sent: bytes) -> tuple[int, Row, Row]:
        for known, pattern, act in self.server.desk.routes:
            match = pattern.fullmatch(path) if known == method else None
            if match:
                ids = [int(part) for part in match.groups()]
                if method == "GET":
                    return 200, act(*ids, query), {}
                return self._write(method, act, ids, sent)
        raise Refusal(404, "InvalidEndpoint", "Not found")

    def _write(self, method: str, act: Callable[..., Any], ids: list[int], sent: bytes) -> tuple[int, Row, Row]:
        try:
            body = json.loads(sent)
        except ValueError as error:
            raise Refusal(400, "UnprocessableEntity", "the body is not JSON") from error
        if ids:
            return (201 if method == "POST" else 200), act(*ids, body), {}
        answer, lookup = act(body, self.headers.get("Idempotency-Key"))
        headers = {"x-idempotency-lookup": lookup} if lookup else {}
        return 201, answer, headers | {"Location": answer["ticket"]["url"]}

    def _show_fault(self, fault: Fault, body: bytes) -> None:
        if fault.kind == "answer":
            kind = {"Content-Type": "text/html"} if fault.body.startswith("<") else {}
            self._says_date = fault.says_date
            self._send(fault.status, fault.body.encode(), kind | dict(fault.headers))
            self._says_date = True
        elif fault.kind == "drop":
            self.close_connection = True
        elif fault.kind == "truncate":
            self._send(200, body[: len(body) // 2], {"Content-Type": "application/json"}, promised=len(body))
            self.close_connection = True
        else:
            self._drip(body, fault.seconds)

    def _drip(self, body: bytes, seconds: float) -> None:
        self._head(200, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        try:
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(seconds)
        except OSError:  # the client had enough
            self.close_connection = True

    def _send(self, status: int, body: bytes, headers: Row, promised: int | None = None) -> None:
        self._head(status, headers | {"Content-Length": str(len(body) if promised is None else promised)})
        self.wfile.write(body)
        self.wfile.flush()

    def _head(self, status: int, headers: Row) -> None:
        self.send_response_only(status)
        if self._says_date:
            self.send_header("Date", self.date_time_string())
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class Budget:
    """How many calls a minute the desk takes; `incremental_per_minute` 0: any number."""

    def __init__(self) -> None:
        self.incremental_per_minute = 0
        self.account_per_minute = 700
        self._calls: deque[float] = deque(maxlen=100_000)

    def take(self, path: str) -> None:
        """Count one call.

        Raises:
            Refusal: 429 with Retry-After when the minute's budget is used up.
        """
        if "/incremental/" not in path or not self.incremental_per_minute:
            return
        now = time.monotonic()
        recent = [at for at in self._calls if at > now - 60]
        if len(recent) >= self.incremental_per_minute:
            wait = max(1, round(recent[0] + 60 - now))
            raise Refusal(
                429,
                "APIRateLimitExceeded",
                "Number of allowed incremental export API requests exceeded",
                retry_after=wait,
            )
        self._calls.append(now)

    def headers(self) -> Row:
        """Give the headers that tell of the account's budget."""
        limit = str(self.account_per_minute)
        return {
            "x-rate-limit": limit,
            "x-rate-limit-remaining": limit,
            "ratelimit-limit": limit,
            "ratelimit-remaining": limit,
        }


def authorizations(email: str, token: str) -> set[str]:
    """Give the Authorization headers that stand for the desk's one API user."""
    basic = b64encode(f"{email}/token:{token}".encode()).decode()
    return {f"Basic {basic}", f"Bearer {token}"}


def routes(state: DeskState, reads: Reads, writes: Writes) -> Routes:
    """Say which path is answered by what; every path may end in `.json`."""
    table: list[tuple[str, str, Callable[..., Any]]] = [
        ("GET", "incremental/tickets/cursor", reads.export_tickets),
        ("GET", "incremental/ticket_events", reads.export_events),
        ("GET", "tickets", reads.list_tickets),
        ("GET", "tickets/show_many", reads.show_many),
        ("GET", r"tickets/(\d+)", reads.show),
        ("GET", r"tickets/(\d+)/comments", reads.comments),
        ("GET", r"tickets/(\d+)/audits", reads.audits),
        ("GET", "satisfaction_ratings", reads.ratings),
        ("GET", r"satisfaction_ratings/(\d+)", reads.rating),
        ("GET", "guide/survey_responses", reads.survey_responses),
        ("GET", "users/me", lambda _: reads.me()),
        ("GET", "users/show_many", reads.users),
        ("GET", "organizations/show_many", reads.organizations),
        ("GET", "groups", lambda _: {"groups": state.groups, "next_page": None}),
        ("GET", "ticket_fields", lambda _: {"ticket_fields": state.ticket_fields, "next_page": None}),
        ("POST", "tickets", writes.create),
        ("PUT", r"tickets/(\d+)", writes.update),
    ]
    for method in ("PUT", "POST", "DELETE"):
        table.append((method, r"tickets/(\d+)/tags", lambda i, body, how=method: writes.tags(how, i, body)))
    return [(method, re.compile(rf"/api/v2/{path}(?:\.json)?"), act) for method, path, act in table]
