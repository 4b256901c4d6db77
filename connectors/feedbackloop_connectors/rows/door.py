"""How is a source called whose login does not last?

A token is made or fetched when it is first needed, again before it runs out, and once more when it is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from feedbackloop.errors import Fatal, Refused, Retriable, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Http

EARLY_SECONDS = 60.0
"""A token is renewed so long before it runs out."""
UNNAMED_SECONDS = 300.0
"""How long a token is used whose life the server does not name."""

Login = Callable[[], tuple[str, float]]
"""Gives the value of the Authorization header, and for how many seconds it lasts."""


class Door:
    """Makes the calls of one source, logged in.

    Args:
        login: Gives a fresh login.
        opened: Opens a session with that login.
        clock: Monotonic seconds.
    """

    def __init__(
        self, login: Login, opened: Callable[[str], Http], *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._login = login
        self._opened = opened
        self._clock = clock
        self._http: Http | None = None
        self._expires_at = 0.0
        self._spent = 0

    @property
    def requests_made(self) -> int:
        """Calls so far, those for logins not counted."""
        return self._spent + (self._http.requests_made if self._http else 0)

    def call(self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: object = None) -> Answer:
        """Make one call; see `Http.call`. A refused login is renewed once."""
        is_fresh = self._http is None or self._clock() >= self._expires_at
        try:
            return self._ready().call(method, path, params=params, body=body)
        except Denied as refusal:
            if refusal.status != 401 or is_fresh:
                raise
        self._expires_at = 0.0
        return self._ready().call(method, path, params=params, body=body)

    def close(self) -> None:
        """Let go of the connections."""
        if self._http:
            self._http.close()

    def _ready(self) -> Http:
        if self._http is None or self._clock() >= self._expires_at:
            authorization, seconds = self._login()
            if self._http:
                self._spent += self._http.requests_made
                self._http.close()
            self._http = self._opened(authorization)
            self._expires_at = self._clock() + max(0.0, seconds - EARLY_SECONDS)
        return self._http


def exchanged(http: Http, path: str, form: Mapping[str, str]) -> tuple[str, float]:
    """Ask for an OAuth access token; closes the session.

    Raises:
        Refused: There is none for us.
        Fatal: The answer holds none.
    """
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    try:
        answer = http.call("POST", path, body=urlencode(form).encode(), headers=kind).json()
    except Declined as refusal:
        raise Refused(f"no access token: {refusal}; look at the credentials") from refusal
    except UnknownOutcome as error:
        raise Retriable(f"no access token: {error}") from error  # asking twice for a token harms nobody
    finally:
        http.close()
    found = answer if isinstance(answer, dict) else {}
    token, seconds = found.get("access_token"), str(found.get("expires_in", ""))
    if not isinstance(token, str) or not token:
        raise Fatal("the token's address answered without an access_token; is it the right one?")
    return f"Bearer {token}", float(seconds) if seconds.isdigit() else UNNAMED_SECONDS


def lasting(authorization: str) -> Login:
    """Give the login of a key that does not run out."""
    return lambda: (authorization, float("inf"))
