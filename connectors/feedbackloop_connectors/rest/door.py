"""How does a login become the header of every call?

Basic, bearer, a header of the system's own, or OAuth client credentials (RFC 6749, 4.4), whose token is fetched when it is first
needed, and again before it runs out or when it is refused.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from feedbackloop.errors import Fatal, Refused, Retriable, UnknownOutcome
from feedbackloop.http import Answer, Declined, Denied, Http, Limits, basic_auth
from feedbackloop_connectors.rest.options import RestOptions

EARLY_SECONDS = 30.0
"""A token is renewed so long before it runs out."""
UNNAMED_SECONDS = 300.0
"""How long a token is used whose life the server does not name."""


class Door:
    """Makes the calls of one source, logged in.

    Args:
        clock: Monotonic seconds; tests bring their own, and `sleep` with it.
    """

    def __init__(
        self,
        options: RestOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._options = options
        self._clock = clock
        self._sleep = sleep
        self._expires_at = float("inf")
        self._spent = 0
        self._http: Http | None = None if options.client_id else self._opened(options.base_url, *_login(options))

    @property
    def requests_made(self) -> int:
        """Calls so far, those for tokens included."""
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
        """Make one call; see `Http.call`. A refused OAuth token is renewed once."""
        try:
            return self._ready().call(method, path, params=params, body=body, headers=headers)
        except Denied as refusal:
            if not self._options.client_id or refusal.status != 401:
                raise
        self._expires_at = 0.0
        return self._ready().call(method, path, params=params, body=body, headers=headers)

    def close(self) -> None:
        """Let go of the connections."""
        if self._http:
            self._http.close()

    def _ready(self) -> Http:
        if self._http is None or self._clock() >= self._expires_at:
            token, seconds = self._fresh_token()
            if self._http:
                self._spent += self._http.requests_made
                self._http.close()
            self._http = self._opened(self._options.base_url, f"Bearer {token}", {})
            self._expires_at = self._clock() + max(0.0, seconds - EARLY_SECONDS)
        return self._http

    def _fresh_token(self) -> tuple[str, float]:
        options = self._options
        url = urlsplit(options.oauth_url or "")
        login = basic_auth(options.client_id or "", _secret(options.client_secret))
        http = self._opened(f"{url.scheme}://{url.netloc}", login, {})
        form = {"grant_type": "client_credentials"} | ({"scope": options.scope} if options.scope else {})
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            answer = http.call("POST", url.path or "/", body=urlencode(form).encode(), headers=kind).json()
        except Declined as refusal:
            raise Refused(
                f"oauth_url gave no token: {refusal}; look at client_id, client_secret and scope"
            ) from refusal
        except UnknownOutcome as error:
            raise Retriable(f"oauth_url: {error}") from error  # asking twice for a token harms nobody
        finally:
            self._spent += http.requests_made
            http.close()
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise Fatal("oauth_url answered without an access_token; is it the right address?")
        seconds = answer.get("expires_in")
        return token, float(seconds) if isinstance(seconds, int | float) else UNNAMED_SECONDS

    def _opened(self, base_url: str, authorization: str | None, headers: Mapping[str, str]) -> Http:
        options = self._options
        return Http(
            base_url,
            authorization=authorization,
            headers={"Accept": "application/json", **options.headers, **headers},
            ca_file=options.ca_file,
            proxy=options.proxy,
            plain_http=options.plain_http,
            limits=Limits(requests_per_minute=options.requests_per_minute),
            secrets=[_secret(one) for one in (options.password, options.token, options.client_secret) if one],
            clock=self._clock,
            sleep=self._sleep,
        )


def _login(options: RestOptions) -> tuple[str | None, dict[str, str]]:
    """Give the Authorization header's value and the further headers of a login that does not change."""
    if options.username is not None:
        return basic_auth(options.username, _secret(options.password)), {}
    if options.header_name:
        return None, {options.header_name: _secret(options.token)}
    return (f"Bearer {_secret(options.token)}" if options.token else None), {}


def _secret(value: Any) -> str:
    return str(value.get_secret_value()) if value else ""
