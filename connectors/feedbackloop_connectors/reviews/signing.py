"""How does a key become a login: which short-lived tokens do the app stores take?

Both sign a JSON Web Token (RFC 7519) with a private key: Apple takes it as it is, Google in exchange for an access token
(RFC 7523). The library for it comes with `pip install feedbackloop[app-stores]`.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from feedbackloop.errors import Fatal
from feedbackloop.http import Http
from feedbackloop_connectors.door import Login, Pass, exchanged

APPLE_AUDIENCE = "appstoreconnect-v1"
APPLE_SECONDS = 1200
"""Apple takes tokens that last 20 minutes at most."""
GOOGLE_SECONDS = 3600
SCOPE = "https://www.googleapis.com/auth/androidpublisher"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"


def apple_login(issuer: str, key_id: str, private_key: str) -> Login:
    """Sign a token for App Store Connect with ES256."""

    def login() -> Pass:
        issued = int(time.time())  # the real time, also where history is replayed
        claims = {"iss": issuer, "iat": issued, "exp": issued + APPLE_SECONDS, "aud": APPLE_AUDIENCE}
        return Pass(f"Bearer {_signed(claims, private_key, 'ES256', {'kid': key_id})}", APPLE_SECONDS)

    return login


def google_login(service_account: str, oauth_url: str | None, opened: Callable[[str], Http]) -> Login:
    """Exchange a token that the service account signed for an access token.

    Args:
        service_account: The JSON of the account's key file.
        oauth_url: Where tokens are had; default: as the key file says.
        opened: Opens a session to an address.
    """
    account = _account(service_account)

    def login() -> Pass:
        url = oauth_url or str(account["token_uri"])
        issued = int(time.time())  # the real time, also where history is replayed
        claims = {"iss": account["client_email"], "scope": SCOPE, "aud": url, "iat": issued}
        claims["exp"] = issued + GOOGLE_SECONDS
        assertion = _signed(claims, str(account["private_key"]), "RS256", {"kid": str(account.get("private_key_id"))})
        place = urlsplit(url)
        http = opened(f"{place.scheme}://{place.netloc}")
        return exchanged(http, place.path or "/", {"grant_type": GRANT, "assertion": assertion})

    return login


def _account(text: str) -> Mapping[str, Any]:
    try:
        account = json.loads(text)
    except ValueError:
        account = None
    needed = ("client_email", "private_key", "token_uri")
    if not isinstance(account, dict) or not all(isinstance(account.get(name), str) for name in needed):
        raise Fatal(
            'service_account is not the JSON of a service account\'s key file; write { file = "path" } to that file'
        )
    return account


def _signed(claims: Mapping[str, Any], key: str, algorithm: str, headers: Mapping[str, str]) -> str:
    try:
        import jwt
    except ImportError as error:
        raise Fatal("signing needs a library; run `pip install feedbackloop[app-stores]`") from error
    try:
        return jwt.encode(dict(claims), key, algorithm=algorithm, headers=dict(headers))
    except (ValueError, TypeError, jwt.exceptions.PyJWTError) as error:
        raise Fatal(
            f"the private key cannot be used ({type(error).__name__}); give it as the whole PEM text"
        ) from error
