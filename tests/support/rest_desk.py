"""What is the system that the connector `rest` is tried on? A loopback one, with every way of paging and login, and faults."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlsplit

ON_A_PAGE = 3
FIRST = datetime(2026, 11, 2, 8, tzinfo=UTC)
STEP = timedelta(seconds=30)
"""Between two changes."""


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class RestDesk(ThreadingHTTPServer):
    """Listens while the `with` block lasts.

    Attributes:
        login: The header that must come with every call, and its value.
        rows: Issue id -> row as the list shows it; `texts` and `threads` are had by further calls.
        faults: What goes wrong.
        paging: next, cursor, page or offset.
        asked: Every path that was asked for, with its query.
    """

    daemon_threads = True

    def __init__(self, paging: str = "page", login: tuple[str, str] = ("Authorization", "Bearer secret-token")) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.paging = paging
        self.login = login
        self.client = ("the-client", "client-secret")
        self.token_seconds = 3600
        self.tokens = 0
        self.rows: dict[int, dict[str, Any]] = {}
        self.threads: dict[int, list[dict[str, Any]]] = {}
        self.faults: set[str] = set()
        self.failed: set[str] = set()
        self.asked: list[str] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self._now = FIRST
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def tick(self) -> str:
        """Let the clock go on, unless all falls into one second; rows may be dated back."""
        self._now += timedelta() if "same_second" in self.faults else STEP
        return stamp(self._now - (timedelta(seconds=45) if "late_rows" in self.faults else timedelta()))

    def put(self, number: int, **row: Any) -> None:
        """Open an issue or bring it to this state."""
        blank = {"title": None, "state": "new", "created": stamp(FIRST), "by": "c-1", "labels": [], "score": None}
        self.rows[number] = blank | self.rows.get(number, {}) | row | {"id": number, "changed": self.tick()}
        self.threads.setdefault(number, [])

    def say(self, number: int, **comment: Any) -> dict[str, Any]:
        """Add a comment."""
        made = {"id": f"m{number}-{len(self.threads[number])}", "user": "agent", "private": False} | comment
        made.setdefault("at", self.tick())
        self.threads[number].append(made)
        self.rows[number]["changed"] = self.tick()
        return made

    def remove(self, number: int) -> None:
        self.put(number, state="trash")
        self.threads[number] = []

    def page(self, query: dict[str, str]) -> dict[str, Any]:
        """Give one page of the list."""
        order = sorted(self.rows.values(), key=lambda row: (row["changed"], row["id"]))
        rows = [row for row in order if row["changed"] >= query.get("since", "")]
        begin = int(query.get("offset") or query.get("cursor") or (int(query.get("page", 1)) - 1) * ON_A_PAGE)
        if "repeated_rows" in self.faults and begin:
            begin -= 1
        end = begin + ON_A_PAGE
        answer: dict[str, Any] = {"issues": rows[begin:end], "total": len(rows)}
        if end < len(rows):
            kept = f"&since={query['since']}" if "since" in query else ""
            answer |= {"after": str(end), "links": {"next": f"{self.address}/api/issues?offset={end}{kept}"}}
        return answer

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class Handler(BaseHTTPRequestHandler):
    server: RestDesk
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are two writes: the second would wait 40 ms for an acknowledgement

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path in self.server.answers:
            self.answer(*self.server.answers[url.path])
        elif url.path == "/me":
            self.answer(200, {"user": {"login": "loop"} if self.is_known() else None})
        elif not self.is_known():
            self.answer(401, {"error": "who are you?"})
        elif url.path == "/api/issues" and self.is_late():
            self.answer(503, {"error": "try again"})
        elif url.path == "/api/issues":
            self.answer(200, self.server.page(query))
        elif url.path == "/api/search":
            self.answer(200, {"issues": self.search(query["text"])})
        else:
            self.one(url.path.removeprefix("/api/issues/"))

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        path = urlsplit(self.path).path
        if path == "/token":
            self.token(raw)
        elif not self.is_known():
            self.answer(401, {"error": "who are you?"})
        elif path == "/api/issues":
            number = max(self.server.rows, default=0) + 1
            sent = json.loads(raw)
            self.server.put(number, title=sent["title"], labels=sent["labels"], by="loop")
            self.server.say(number, body=sent["text"], user="loop")
            self.done(201, {"issue": self.server.rows[number]})
        else:
            number = int(path.split("/")[3])
            if self.is_there(number):
                self.done(201, {"comment": self.server.say(number, **json.loads(raw), user="loop")})

    def do_PUT(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        number = int(urlsplit(self.path).path.split("/")[3])
        if self.is_there(number):
            self.server.put(number, **sent)
            self.done(204, None)

    def one(self, rest: str) -> None:
        number, _, what = rest.partition("/")
        if not number.isdigit() or not self.is_there(int(number)):
            return
        row, thread = self.server.rows[int(number)], self.server.threads[int(number)]
        self.answer(200, {"comments": thread} if what == "comments" else {"issue": row})

    def is_there(self, number: int) -> bool:
        there = number in self.server.rows and self.server.rows[number]["state"] != "trash"
        if not there:
            self.answer(404, {"error": "no such issue"})
        return there

    def search(self, text: str) -> list[dict[str, Any]]:
        threads = self.server.threads
        return [
            {"id": n, "text": one["body"]} for n, thread in threads.items() for one in thread[:1] if text in one["body"]
        ]

    def token(self, raw: bytes) -> None:
        form = dict(parse_qsl(raw.decode()))
        from base64 import b64encode

        known = "Basic " + b64encode(":".join(self.server.client).encode()).decode()
        if self.headers["Authorization"] != known or form.get("grant_type") != "client_credentials":
            self.answer(400, {"error": "invalid_client"})
            return
        self.server.tokens += 1
        token = f"token-number-{self.server.tokens}"
        self.server.login = ("Authorization", f"Bearer {token}")
        self.answer(200, {"access_token": token, "expires_in": self.server.token_seconds})

    def is_known(self) -> bool:
        name, value = self.server.login
        return self.headers[name] == value

    def is_late(self) -> bool:
        first_time = self.path not in self.server.failed
        self.server.failed.add(self.path)
        return first_time and "late_pages" in self.server.faults

    def done(self, status: int, document: object) -> None:
        if "dropped_answers" in self.server.faults:
            self.close_connection = True  # the write is done, and nobody hears of it
        else:
            self.answer(status, document)

    def answer(self, status: int, document: object) -> None:
        body = b"" if document is None else document if isinstance(document, bytes) else json.dumps(document).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass


DESCRIPTION: dict[str, Any] = {
    "connector": "rest",
    "token": "secret-token",
    "account": {"path": "/me", "name": "user.login"},
    "list": {
        "path": "/api/issues",
        "params": {"since": "{{ since }}"},
        "rows": "issues",
        "changed": "changed",
        "paging": "page",
    },
    "also": [{"name": "thread", "path": "/api/issues/{{ row.id }}/comments"}],
    "one": {"path": "/api/issues/{{ id }}", "row": "issue"},
    "item": {
        "id": "id",
        "created_at": "created",
        "updated_at": "changed",
        "subject": "title",
        "status": "state",
        "tags": "labels",
        "rating": "score",
        "customer": {"id": "by"},
        "messages": "thread.comments[].{id: id, by: user, at: at, public: !private, text: body}",
    },
    "values": {"status": {"trash": "deleted", "*": "open"}, "messages.author": {"robot": "system"}},
    "rating": {"scale": "csat", "min": 1, "max": 5},
    "write": {
        "note": {
            "calls": [
                {
                    "path": "/api/issues/{{ item }}/comments",
                    "body": {"body": "{{ text }} [{{ mark }}]", "private": True},
                }
            ],
            "id": "answer.comment.id",
            "find": {
                "path": "/api/issues/{{ item }}/comments",
                "each": "comments[?private].{id: id, text: body}",
            },
        },
        "reply": {
            "calls": [{"path": "/api/issues/{{ item }}/comments", "body": {"body": "{{ text }} [{{ mark }}]"}}],
            "find": {"path": "/api/issues/{{ item }}/comments", "each": "comments[?!private].{id: id, text: body}"},
        },
        "tag": {
            "calls": [
                {"method": "GET", "path": "/api/issues/{{ item }}", "name": "now"},
                {
                    "method": "PUT",
                    "path": "/api/issues/{{ item }}",
                    "body": {"labels": "{{ (now.issue.labels + tags) | unique }}"},
                },
            ],
            "find": {"path": "/api/issues/{{ item }}", "each": "issue.labels"},
        },
        "task": {
            "calls": [
                {
                    "path": "/api/issues",
                    "body": {"title": "{{ title }}", "text": "{{ text }}\n{{ mark }}", "labels": "{{ tags }}"},
                }
            ],
            "id": "answer.issue.id",
            "find": {"path": "/api/search?text={{ mark }}", "each": "issues"},
        },
    },
    "task_status": {"path": "/api/issues/{{ id }}", "status": "issue.state", "values": {"finished": "done"}},
}
"""How that system is described: what `[sources.NAME]` would hold."""
