"""How does a connector talk HTTP without waiting for ever, reading too much, leaking a secret or writing twice?

One door for all connectors, on requests and tenacity. It calls its own base address only, follows no redirect, ignores the
environment's proxies and .netrc, keeps a deadline over the whole call (a dripping body included), caps what a body may grow
to after decompression, obeys Retry-After up to a cap, and paces itself. What comes out is an `Answer` or one of:

    Fatal                the address is wrong (redirect, certificate)
    └── Denied           401, 403; carries `status`
    Retriable            a passing fault; `wait_seconds` where the server named a time
    └── UnknownOutcome   a write was sent and its answer is lost
    Declined             any other 4xx: a Skippable with `status` and the start of the `body`
"""

from __future__ import annotations

import ipaddress
import json
import logging
import re
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests
import tenacity
import urllib3

from feedbackloop.errors import Fatal, Retriable, UnknownOutcome
from feedbackloop.http.answer import (
    UNSENDABLE,
    Answer,
    Declined,
    Denied,
    TooLarge,
    never_sent,
    reason,
    retry_after,
    server_time,
)
from feedbackloop.http.session import CuttableAdapter, open_session

__all__ = ["Answer", "Declined", "Denied", "Http", "Limits", "Pace", "basic_auth", "is_loopback"]

log = logging.getLogger("feedbackloop.http")

_SAFE = frozenset({"GET", "HEAD"})
_CHUNK_BYTES = 65536
_EXCERPT_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Limits:
    """How long, how much and how often.

    Attributes:
        deadline_seconds: For one attempt, from connecting to the last byte of the body.
        connect_seconds: For connecting alone.
        max_bytes: What a body may grow to after decompression.
        attempts: Tries of one call, the first included.
        max_wait_seconds: The longest wait inside a call; a server that asks for more gets `Retriable` at once.
        requests_per_minute: Of all calls through this door; 0 for no pacing.
    """

    deadline_seconds: float = 60.0
    connect_seconds: float = 10.0
    max_bytes: int = 64 * 1024 * 1024
    attempts: int = 5
    max_wait_seconds: float = 90.0
    requests_per_minute: int = 0


class Pace:
    """Lets at most `per_minute` calls start in any 60 seconds; 0 lets all pass."""

    def __init__(
        self,
        per_minute: int,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._started: deque[float] = deque(maxlen=per_minute or 1)
        self._per_minute = per_minute
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Return when the next call may start."""
        if not self._per_minute:
            return
        if len(self._started) == self._per_minute:
            due = self._started[0] + 60 - self._clock()
            if due > 0:
                self._sleep(due)
        self._started.append(self._clock())


def is_loopback(url: str) -> bool:
    """Say whether a URL's host is this machine: `localhost` or a loopback address, never a name that might resolve to one."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def basic_auth(user: str, password: str) -> str:
    """Give the value of an Authorization header (RFC 7617, UTF-8)."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


@dataclass(slots=True)
class _Secrets:
    """Takes secrets and whatever could forge a log line out of a text."""

    values: tuple[str, ...] = ()
    _control: re.Pattern[str] = field(default=re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+"), repr=False)

    def out_of(self, text: str) -> str:
        for value in self.values:
            text = text.replace(value, "***")
        return self._control.sub(" ", text)


class _Again(Exception):
    """Try once more: `cause` is what the caller gets when no try is left."""

    def __init__(self, cause: Retriable) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Http:
    """The door to one source system. Used from one thread; `close` when done.

    Args:
        base_url: `https://…`; plain http is for loopback addresses, or for any host with `plain_http`.
        authorization: The value of the Authorization header; never shown.
        headers: Sent with every call.
        secrets: Further values that must never be shown.
        clock: Monotonic seconds, `sleep` its counterpart: tests bring their own.

    Raises:
        Fatal: The base address cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        ca_file: str | None = None,
        proxy: str | None = None,
        plain_http: bool = False,
        limits: Limits | None = None,
        secrets: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits or Limits()
        self.requests_made = 0
        self.last_headers: Mapping[str, str] = {}
        self._base = _usable_base(base_url, plain_http)
        self._secrets = _Secrets(tuple(sorted(_shown_never(authorization, secrets), key=len, reverse=True)))
        self._clock = clock
        self._sleep = sleep
        self._pace = Pace(self.limits.requests_per_minute, clock=clock, sleep=sleep)
        if ca_file and not Path(ca_file).exists():
            raise Fatal(f"ca_file: there is no {ca_file}")
        self._adapter = CuttableAdapter()
        login = {"Authorization": authorization} if authorization else {}
        self._session = open_session(self._adapter, headers={**(headers or {}), **login}, ca_file=ca_file, proxy=proxy)

    @property
    def base_url(self) -> str:
        """The base address, without a slash at its end."""
        return self._base.geturl()

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, pace: Pace | None = None) -> Any:
        """Read JSON from a path or from a link that the server gave (own scheme, host and port only)."""
        return self.call("GET", path, params=params, pace=pace).json()

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
    ) -> Answer:
        """Make one call, again where that is safe.

        Reads are repeated on 409, 429, 5xx and broken connections; writes on 429 and where no connection came about.

        Args:
            method: GET and HEAD are reads, all others writes.
            path: From the base address on, or an absolute link.
            body: Sent as JSON; bytes as they are, with the Content-Type that `headers` names.
            pace: A further budget that this call belongs to.

        Raises:
            SourceError: See the module's head.
        """
        url = self.own_url(path)
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"Content-Type": "application/json", **(headers or {})} if data is not None else headers

        def attempt() -> Answer:
            for budget in (pace, self._pace):
                if budget:
                    budget.wait()
            return self._attempt(method, url, params, data, sent)

        try:
            return self._retrying()(attempt)
        except _Again as last:
            raise last.cause from last.__cause__

    def own_url(self, path: str) -> str:
        """Give the full address of a path or of a link on this very server.

        Raises:
            Fatal: The link leads to another scheme, host or port: following it would carry the credentials there.
        """
        base = self._base
        if path.startswith("/") and not path.startswith("//"):
            return base.geturl() + path
        try:
            link = urlsplit(path)
            same = _origin(link) == _origin(base) and link.username is None
        except ValueError:
            same = False
        if not same or not link.path.startswith("/"):
            raise Fatal(self._say(f"refused to follow a link away from {base.netloc}: {path[:100]!r}"))
        # Only path and query are taken over, so that no two parsers can disagree about the host.
        query = f"?{link.query}" if link.query else ""
        return f"{base.scheme}://{base.netloc}{link.path}{query}"

    def close(self) -> None:
        """Let go of the connections."""
        self._session.close()

    def _retrying(self) -> tenacity.Retrying:
        backoff = tenacity.wait_random_exponential(multiplier=0.5, max=min(20.0, self.limits.max_wait_seconds))

        def wait(state: tenacity.RetryCallState) -> float:
            again = state.outcome.exception() if state.outcome else None
            named = again.cause.wait_seconds if isinstance(again, _Again) else None
            return backoff(state) if named is None else named + min(1.0, backoff(state))

        return tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_Again),
            stop=tenacity.stop_after_attempt(self.limits.attempts),
            wait=wait,
            sleep=self._sleep,
            reraise=True,
        )

    def _attempt(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None,
        data: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> Answer:
        self.requests_made += 1
        started = self._clock()
        what = f"{method} {urlsplit(url).path}"
        patience = (self.limits.connect_seconds, self.limits.deadline_seconds)
        try:
            with (
                self._adapter.deadline(self.limits.deadline_seconds),
                self._session.request(
                    method,
                    url,
                    params=params,
                    data=data,
                    headers=headers,
                    timeout=patience,
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                self.last_headers = response.headers
                body = self._read(response)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, UnicodeError, TooLarge) as error:
            self._broken(what, error, is_read=method in _SAFE)
        log.debug("%s -> %d, %d bytes, %.2f s", what, response.status_code, len(body), self._clock() - started)
        return self._judge(what, response, body, is_read=method in _SAFE)

    def _read(self, response: requests.Response) -> bytes:
        """Read the body piece by piece, so that a bomb does not outgrow its cap."""
        pieces, size = [], 0
        while piece := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            pieces.append(piece)
            size += len(piece)
            if size > self.limits.max_bytes:
                raise TooLarge(f"the answer is larger than {self.limits.max_bytes} bytes")
        if self._adapter.was_cut:  # among the headers, a cut looks like an empty body
            raise requests.exceptions.ReadTimeout
        return b"".join(pieces)

    def _broken(self, what: str, error: Exception, *, is_read: bool) -> None:
        """Say what a call without an answer means: try again, give up, or nobody knows."""
        late = self._adapter.was_cut
        said = self._say(f"{what}: {'no whole answer in time' if late else reason(error)}")
        if isinstance(error, requests.exceptions.SSLError) and not late:
            raise Fatal(f"{said}; check the address, or name the certificate in ca_file") from error
        if isinstance(error, UNSENDABLE):
            raise Fatal(f"{said}; check the credentials and base_url for stray characters") from error
        if is_read and isinstance(error, TooLarge):
            raise Retriable(said) from error
        if is_read or (never_sent(error) and not late):
            raise _Again(Retriable(said)) from error
        raise UnknownOutcome(f"{said}; the write may have arrived") from error

    def _judge(self, what: str, response: requests.Response, body: bytes, *, is_read: bool) -> Answer:
        """Turn a status into an answer or the error that it means."""
        status = response.status_code
        if 200 <= status < 300:
            return Answer(status, response.headers, body, server_time(response.headers))
        excerpt = self._say(body[:2000].decode("utf-8", "replace")).strip()[:_EXCERPT_CHARACTERS]
        said = f"{what} answered {status}" + (f": {excerpt}" if excerpt else "")
        if status in {401, 403}:
            raise Denied(said, status)
        if status == 429 or (is_read and (status == 409 or status >= 500)):
            self._again(said, response.headers, status)
        if status >= 500:
            raise UnknownOutcome(f"{said}; the write may have been done")
        if 300 <= status < 400:
            where = urlsplit(response.headers.get("Location", ""))
            raise Fatal(
                self._say(f"{said}; it points to {where.scheme}://{where.netloc}: write the address itself in base_url")
            )
        raise Declined(said, status, excerpt)

    def _again(self, said: str, headers: Mapping[str, str], status: int) -> None:
        wait = retry_after(headers, status)
        if wait is not None and wait > self.limits.max_wait_seconds:
            raise Retriable(f"{said}; it asks to wait {wait:.0f} s", wait_seconds=wait)
        raise _Again(Retriable(said, wait_seconds=wait))

    def _say(self, text: str) -> str:
        return self._secrets.out_of(text)


def _usable_base(base_url: str, plain_http: bool) -> SplitResult:
    try:
        base = urlsplit(base_url.strip().rstrip("/"))
        usable = bool(base.hostname) and (base.port is None or base.port > 0)
    except ValueError:
        usable = False
    if not usable or base.scheme not in {"http", "https"} or base.query or base.fragment:
        raise Fatal("base_url is no address; write for example https://acme.zendesk.com")
    if base.username is not None or base.password is not None:
        raise Fatal("base_url holds a name or a password; write them in their own keys")
    if base.scheme == "http" and not (plain_http or is_loopback(base_url)):
        raise Fatal(
            f"base_url is plain http to {base.hostname}; write https://, or set plain_http = true for this host"
        )
    return base


def _shown_never(authorization: str | None, secrets: Iterable[str]) -> set[str]:
    parts = (authorization or "").split()
    return {value for value in (*parts[1:], *secrets) if len(value) > 3}


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    return url.scheme, url.hostname, url.port or {"http": 80, "https": 443}.get(url.scheme)
