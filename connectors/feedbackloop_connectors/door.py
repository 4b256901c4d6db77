"""How is a source called, whether its login lasts or not?

A token is made or fetched when it is first needed, again before it runs out, and once more when it is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from feedbackloop.errors import Fatal, Refused, Retriable, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Http
from feedbackloop_connectors.desk.values import number

EARLY_SECONDS = 30.0
"""A token is renewed so long before it runs out."""
UNNAMED_SECONDS = 300.0
"""How long a token is used whose life the server does not name."""
LASTING = float("inf")


@dataclass(frozen=True, slots=True)
class Pass:
    """What lets us in.

    Attributes:
        authorization: The value of the Authorization header; None where there is no such header.
        seconds: For so long.
        requests: Calls that it cost.
    """

    authorization: str | None
    seconds: float = LASTING
    requests: int = 0


Login = Callable[[], Pass]
"""Gives a fresh pass."""


class Door:
    """Makes the calls of one source, logged in.

    Args:
        login: Gives a fresh pass.
        opened: Opens a session with that value of the Authorization header.
        clock: Monotonic seconds.
    """

    def __init__(
        self, login: Login, opened: Callable[[str | None], Http], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._login = login
        self._opened = opened
        self._clock = clock
        self._http: Http | None = None
        self._expires_at = 0.0
        self._spent = 0

    @property
    def requests_made(self) -> int:
        """Calls so far, those for passes included."""
        return self._spent + (self._http.requests_made if self._http else 0)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one call; see `Http.call`. A pass that is refused though it was good before is renewed once."""
        is_fresh = not self._is_open()
        try:
            return self.open().call(method, path, params=params, body=body, headers=headers)
        except Denied as refusal:
            if refusal.status != 401 or is_fresh or self._expires_at == LASTING:
                raise
        self._expires_at = 0.0
        return self.open().call(method, path, params=params, body=body, headers=headers)

    def open(self) -> Http:
        """Give the session, logged in; a new one where the pass runs out."""
        if self._http is None or not self._is_open():
            given = self._login()
            self._spent += given.requests + (self._http.requests_made if self._http else 0)
            self.close()
            self._http = self._opened(given.authorization)
            self._expires_at = self._clock() + max(0.0, given.seconds - EARLY_SECONDS)
        return self._http

    def close(self) -> None:
        """Let go of the connections."""
        if self._http:
            self._http.close()

    def _is_open(self) -> bool:
        return self._http is not None and self._clock() < self._expires_at


def lasting(authorization: str | None) -> Login:
    """Give the login of a key that does not run out."""
    return lambda: Pass(authorization)


def exchanged(http: Http, path: str, form: Mapping[str, str], *, fix: str = "look at the credentials") -> Pass:
    """Ask for an OAuth access token (RFC 6749), and close the session.

    Raises:
        Refused: There is none for us; `fix` says what to do.
        Fatal: The answer holds none.
    """
    try:
        token, seconds = access_token(http, path, form, fix=fix)
        return Pass(f"Bearer {token}", seconds, http.requests_made)
    finally:
        http.close()


def access_token(http: Http, path: str, form: Mapping[str, str], *, fix: str) -> tuple[str, float]:
    """Ask for an OAuth access token; gives it and for how many seconds it lasts. Errors as for `exchanged`."""
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = http.call("POST", path, body=urlencode(form).encode(), headers=kind).json()
    except Declined as refusal:
        raise Refused(f"no access token: {refusal}; {fix}") from refusal
    except UnknownOutcome as error:
        raise Retriable(f"no access token: {error}") from error  # asking twice for a token harms nobody
    found = answer if isinstance(answer, dict) else {}
    token = found.get("access_token")
    if not isinstance(token, str) or not token:
        raise Fatal(f"{path} answered without an access_token; is it the right address for tokens?")
    seconds = number(found.get("expires_in"))
    return token, UNNAMED_SECONDS if seconds is None else float(seconds)
