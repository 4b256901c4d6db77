"""How does a described login become the header of every call?

Basic, bearer, a header of the system's own, or OAuth client credentials (RFC 6749, 4.4).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from urllib.parse import urlsplit

from pydantic import SecretStr

from feedbackloop.connector import Context
from feedbackloop.http import Http, Limits, basic_auth
from feedbackloop_connectors.door import Door, Pass, exchanged, lasting
from feedbackloop_connectors.rest.options import RestOptions

OAUTH_FIX = "look at oauth_url, client_id, client_secret and scope"


def described_door(options: RestOptions, context: Context) -> Door:
    """Give what makes the calls of one source, logged in.

    Args:
        options: With the address and the login.
        context: A relative `ca_file` is meant from its folder.

    Raises:
        Fatal: The address or the certificate file cannot be used.
    """

    def session(base_url: str, authorization: str | None) -> Http:
        own = {options.header_name: _secret(options.token)} if options.header_name else {}
        return Http(
            base_url,
            authorization=authorization,
            headers={"Accept": "application/json", **options.headers, **own},
            ca_file=context.path(options.ca_file),
            proxy=options.proxy,
            plain_http=options.plain_http,
            limits=Limits(requests_per_minute=options.requests_per_minute),
            secrets=[_secret(one) for one in (options.password, options.token, options.client_secret) if one],
        )

    login = partial(_granted, options, session) if options.client_id else lasting(_authorization(options))
    door = Door(login, partial(session, options.base_url))
    if not options.client_id:
        door.open()  # an address that cannot be used is told at once
    return door


def _granted(options: RestOptions, session: Callable[[str, str], Http]) -> Pass:
    """Fetch a token with the client's credentials."""
    url = urlsplit(options.oauth_url or "")
    http = session(f"{url.scheme}://{url.netloc}", basic_auth(options.client_id or "", _secret(options.client_secret)))
    form = {"grant_type": "client_credentials"} | ({"scope": options.scope} if options.scope else {})
    return exchanged(http, url.path or "/", form, fix=OAUTH_FIX)


def _authorization(options: RestOptions) -> str | None:
    """Give the Authorization header's value of a login that lasts; a header of the system's own stands beside it."""
    if options.username is not None:
        return basic_auth(options.username, _secret(options.password))
    return f"Bearer {_secret(options.token)}" if options.token and not options.header_name else None


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
