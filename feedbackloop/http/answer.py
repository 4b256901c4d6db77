"""What did the server answer, and what does a broken call mean?

The half of `feedbackloop.http` that touches no connection: answers and their JSON, the errors that carry a status, Retry-After,
and what became of a call that has no answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec
import requests
import urllib3

from feedbackloop.errors import Refused, Retriable, Skippable

MISSING_RETRY_AFTER_SECONDS = 60.0
"""What a 429 without a readable Retry-After waits: the limits that send it are per minute."""

UNSENDABLE = (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeError)
"""What comes of characters that no header and no address may hold."""


class Denied(Refused):
    """401 or 403. `status` lets a connector tell a locked feature from a dead account."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Declined(Skippable):
    """The server understood and said no (404, 409, 410, 422, any other 4xx)."""

    def __init__(self, message: str, status: int, body: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body


class TooLarge(Exception):
    """The body grew past its cap; the rest was not read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer, its body read to the end. `at` is the server's own time, where it said it."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    at: datetime | None = None

    def json(self) -> Any:
        """Decode the body.

        Raises:
            Retriable: It is not JSON: HTML with status 200, a body cut off, nesting without end.
        """
        return _decode(self.body)


def never_sent(error: Exception) -> bool:
    """Say whether a call broke before a byte of it could be sent: no connection came about."""
    if isinstance(error, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return isinstance(_cause(error), urllib3.exceptions.NewConnectionError)


def reason(error: Exception) -> str:
    """Say in plain words why a call has no answer; requests' own texts hold addresses of objects and whole URLs."""
    if isinstance(error, TooLarge):
        return str(error)
    if isinstance(error, requests.exceptions.SSLError):
        return f"the certificate was not accepted ({_cause(error)})"
    if isinstance(error, UNSENDABLE):
        return "it holds characters that cannot be sent"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy cannot be reached"
    if isinstance(_cause(error), urllib3.exceptions.NameResolutionError):
        return "the host's name cannot be resolved"
    if never_sent(error):
        return "no connection"
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return "no whole answer in time"
    return "the connection broke before the answer was whole"


def _cause(error: Exception) -> object:
    """Give what requests wrapped: ConnectionError(MaxRetryError(reason=the cause))."""
    return getattr(error.args[0], "reason", None) if error.args else None


def retry_after(headers: Mapping[str, str], status: int) -> float | None:
    """Read Retry-After: seconds or an HTTP date. A 429 without a readable one waits a minute (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    at, now = _http_date(text), server_time(headers)
    if at and now:
        return max(0.0, (at - now).total_seconds())
    return MISSING_RETRY_AFTER_SECONDS if status == 429 else None


def server_time(headers: Mapping[str, str]) -> datetime | None:
    """Give the server's own time, to the second, where the answer says it."""
    return _http_date(headers.get("Date", ""))


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _decode(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:  # slower and more forgiving: NaN becomes null, half a surrogate pair a replacement character
        return _mended(json.loads(body.decode("utf-8", "replace"), parse_constant=lambda _: None))
    except RecursionError as error:
        raise Retriable("the answer is JSON nested without end; nothing of it was read") from error
    except ValueError as error:
        start = body[:200].lstrip().lower()
        kind = "HTML" if start.startswith((b"<!doctype", b"<html", b"<")) else "no whole JSON"
        raise Retriable(f"the answer is {kind} where JSON was expected ({len(body)} bytes)") from error


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    if isinstance(value, float) and value in {float("inf"), float("-inf")}:
        return None
    if isinstance(value, list):
        return [_mended(part) for part in value]
    if isinstance(value, dict):
        return {_mended(name): _mended(part) for name, part in value.items()}
    return value
