"""What does a session of `feedbackloop.http` ignore, and how is a call ended that does not end by itself?

The limits of requests are per read: a server that sends a byte now and then, in the headers or in the body, holds a call for
hours. The adapter here remembers the socket in use, so that a timer can cut it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class CuttableAdapter(HTTPAdapter):
    """Sends over connections whose socket can be cut from another thread."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self.was_cut = False
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let every connection tell its socket before it waits for an answer."""
        super().init_poolmanager(*args, **kwargs)
        adapter = self

        class Plain(HTTPConnection):
            def getresponse(self) -> Any:
                adapter._socket = self.sock
                return super().getresponse()

        class Secure(HTTPSConnection):
            def getresponse(self) -> Any:
                adapter._socket = self.sock
                return super().getresponse()

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Cut the connection if the block is not left in time; `was_cut` then says so."""
        self._socket, self.was_cut = None, False
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.was_cut = True
        if self._socket is not None:
            with suppress(OSError):  # closed already
                # The plain socket's own: the TLS one's would change what the other thread is reading with.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def open_session(
    adapter: HTTPAdapter,
    *,
    headers: Mapping[str, str],
    ca_file: str | None = None,
    proxy: str | None = None,
) -> requests.Session:
    """Give a session that heeds nothing but what it is told here."""
    session = requests.Session()
    session.trust_env = False  # the environment's .netrc would replace a Bearer header, its proxies would see all
    session.headers.update({"Accept": "application/json", "User-Agent": "feedbackloop", "Accept-Encoding": "gzip"})
    session.headers.update(headers)
    session.verify = ca_file or True
    if proxy:
        session.proxies = {"http": proxy, "https": proxy}
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session
