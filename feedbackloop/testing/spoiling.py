"""How is a connector shown answers that no system should give?

A proxy on a loopback address stands between the connector and the system under test. It hands everything on, and spoils what
belongs to one item in the answers: the object with the item's id, and the objects that hold its words.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T .]\d\d:\d\d(:\d\d)?\S*")
_PERSON = re.compile(r"user|author|creator|requester|requestor|submitter|actor|^by$", re.IGNORECASE)
_KEPT = re.compile(r"(^|_)(id|ids)$|Id$", re.IGNORECASE)
LONG = 10_000_000
"""Characters of an overlong text."""
_HOP = {"connection", "content-length", "transfer-encoding", "content-encoding", "keep-alive", "host"}


class Spoil(StrEnum):
    """One way in which a record, or an answer with it, is broken."""

    NULLS = "nulls"
    """Every value of it but ids is null."""
    WRONG_TYPES = "wrong_types"
    """Every value of it but ids is an object."""
    NO_PEOPLE = "no_people"
    """Whoever wrote it is nobody."""
    YEAR_1969 = "year_1969"
    YEAR_10000 = "year_10000"
    SURROGATE = "surrogate"
    """Its words end in half a character."""
    LONG_TEXT = "long_text"
    """Its words are ten million characters."""
    HTML_PAGE = "html_page"
    """The first answer with it is a page of HTML with status 200."""
    TRUNCATED = "truncated"
    """The first answer with it ends in the middle, and says that it is whole."""


class SpoilingProxy:
    """Listens while the `with` block lasts.

    Args:
        upstream: The system's own address.
        item_id: Of the item to spoil, as the system names it.
        words: That the item holds and no other one does.
        how: What to do to it.
    """

    def __init__(self, upstream: str, item_id: str, words: str, how: Spoil) -> None:
        self._upstream = upstream.rstrip("/")
        self._item_id = item_id
        self._words = words
        self._how = how
        self._is_done = False
        self.spoiled = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _pass(self) -> None:
                proxy._serve(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

            def log_message(self, format: str, *arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> SpoilingProxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length) if length else None
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in _HOP}
        with requests.Session() as session:
            session.trust_env = False
            url = self._upstream + handler.path
            answer = session.request(
                handler.command, url, data=body, headers=headers, timeout=60, allow_redirects=False
            )
        content = self._spoiled(answer.content.replace(self._upstream.encode(), self.address.encode()))
        handler.send_response_only(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in _HOP:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _spoiled(self, content: bytes) -> bytes:
        try:
            document = json.loads(content)
        except ValueError:
            return content
        before = self.spoiled
        changed = self._walked(document)
        if self.spoiled == before:
            return content
        if self._how not in {Spoil.HTML_PAGE, Spoil.TRUNCATED}:
            return json.dumps(changed).encode()
        if self._is_done:
            return content
        self._is_done = True
        return (
            b"<!doctype html><title>Maintenance</title>"
            if self._how is Spoil.HTML_PAGE
            else content[: len(content) // 2]
        )

    def _walked(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._walked(one) for one in node]
        if not isinstance(node, dict):
            return node
        if str(node.get("id")) == self._item_id or self._holds_words(node):
            self.spoiled += 1
            return {name: self._value(name, value) for name, value in node.items()}
        return {name: self._walked(value) for name, value in node.items()}

    def _holds_words(self, node: dict[str, Any]) -> bool:
        return any(isinstance(value, str) and self._words in value for value in node.values())

    def _value(self, name: str, value: Any) -> Any:
        """Spoil one value of a record that is to be spoiled, and those inside it."""
        if _KEPT.search(name) and not (self._how is Spoil.NO_PEOPLE and _PERSON.search(name)):
            return value
        if self._how is Spoil.NO_PEOPLE and _PERSON.search(name):
            return None
        if isinstance(value, list):
            return [self._value(name, one) for one in value]
        if isinstance(value, dict):
            return {inner: self._value(inner, one) for inner, one in value.items()}
        return self._scalar(value)

    def _scalar(self, value: Any) -> Any:
        is_text = isinstance(value, str)
        is_time = is_text and bool(_TIME.fullmatch(value))
        change: dict[Spoil, Callable[[], Any]] = {
            Spoil.NULLS: lambda: None,
            Spoil.WRONG_TYPES: lambda: {"odd": []},
            Spoil.YEAR_1969: lambda: "1969" + value[4:] if is_time else value,
            Spoil.YEAR_10000: lambda: "10000" + value[4:] if is_time else value,
            Spoil.SURROGATE: lambda: f"{value}\ud800" if is_text and self._words in value else value,
            Spoil.LONG_TEXT: lambda: value + "x" * LONG if is_text and self._words in value else value,
        }
        return change.get(self._how, lambda: value)()
