"""Did a webhook really come from the system that it names, just now, and which delivery is it?

Almost every system signs in one of a few ways: an HMAC over the body, or over an id, a time and the body, written in hex or
base64 into a header. A `Scheme` says which; `verify` compares in constant time. Where a system signs the time, a delivery from
outside the window is refused; where it does not, a replay is known only by its id or its body, which whoever keeps deliveries
must remember.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import SecretStr

from feedbackloop.clock import parse_time
from feedbackloop.errors import BadRecord, Refused
from feedbackloop.plain_json import load_object
from feedbackloop_connectors.desk.values import unix_moment

WINDOW = timedelta(minutes=5)
"""How far a signed time may lie from ours, both ways."""
_SECONDS = re.compile(r"[0-9]{1,13}")
_MILLISECONDS_FROM = 100_000_000_000
_KNOWN_PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Scheme:
    """How one system signs.

    Attributes:
        header: That holds the signature.
        algorithm: Of the HMAC; `plain`: the header holds the secret itself.
        encoding: Of the signature in the header.
        prefix: What stands before it there.
        signed: What is signed: `{id}`, `{timestamp}` and `{body}` with what stands between them.
        timestamp: The header that holds the time of sending; unix seconds or ISO 8601.
        id: The header that names the delivery, the same when it is sent again.
        many: The header may hold several signatures, a blank apart (while a secret is changed).
    """

    header: str
    algorithm: Literal["sha256", "sha1", "plain"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    signed: str = "{body}"
    timestamp: str | None = None
    id: str | None = None
    many: bool = False


SCHEMES: dict[str, Scheme] = {
    "standard": Scheme(
        "webhook-signature",
        encoding="base64",
        prefix="v1,",
        signed="{id}.{timestamp}.{body}",
        timestamp="webhook-timestamp",
        id="webhook-id",
        many=True,
    ),
    "zendesk": Scheme(
        "X-Zendesk-Webhook-Signature",
        encoding="base64",
        signed="{timestamp}{body}",
        timestamp="X-Zendesk-Webhook-Signature-Timestamp",
        id="X-Zendesk-Webhook-Invocation-Id",
    ),
    "chatwoot": Scheme(
        "X-Chatwoot-Signature",
        prefix="sha256=",
        signed="{timestamp}.{body}",
        timestamp="X-Chatwoot-Timestamp",
        id="X-Chatwoot-Delivery",
    ),
    "github": Scheme("X-Hub-Signature-256", prefix="sha256=", id="X-GitHub-Delivery"),
    "jira": Scheme("X-Hub-Signature", prefix="sha256=", id="X-Atlassian-Webhook-Identifier"),
    "intercom": Scheme("X-Hub-Signature", algorithm="sha1", prefix="sha1="),
    "zammad": Scheme("X-Hub-Signature", algorithm="sha1", prefix="sha1=", id="X-Zammad-Delivery"),
    "help-scout": Scheme("X-HelpScout-Signature", algorithm="sha1", encoding="base64"),
    "typeform": Scheme("Typeform-Signature", encoding="base64", prefix="sha256="),
    "surveymonkey": Scheme("Sm-Signature", algorithm="sha1", encoding="base64"),
    "delighted": Scheme("X-Delighted-Webhook-Signature", prefix="sha256="),
    "token": Scheme("X-Webhook-Token", algorithm="plain"),
}
"""By the name that stands in a config; `token` is for systems that sign nothing and send a header of one's own."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery whose signature is right. `id`: its name, else a digest of the body; `sent_at`: where the system signs it."""

    id: str
    sent_at: datetime | None = None


def verify(
    scheme: Scheme, secrets: Sequence[str], headers: Mapping[str, str], body: bytes, *, now: datetime
) -> Delivery:
    """Check a delivery.

    Args:
        scheme: How the system signs.
        secrets: The keys, any of which may have signed; while one is changed there are two.
        headers: As they came; their names' case does not count.
        body: The raw body, to the byte.
        now: Our time.

    Raises:
        Refused: The signature is missing or wrong, or its time lies outside the window.
    """
    said = {name.lower(): value.strip() for name, value in headers.items()}
    given = said.get(scheme.header.lower(), "")
    if not given:
        raise Refused(f"the webhook has no signature: there is no header {scheme.header}")
    stamp = said.get(scheme.timestamp.lower(), "") if scheme.timestamp else ""
    name = said.get(scheme.id.lower(), "") if scheme.id else ""
    message = _message(scheme.signed, name, stamp, body)
    wanted = [_signature(scheme, secret, message) for secret in secrets if secret]
    candidates = given.split() if scheme.many else [given]
    # every pair is compared to its end, so that the time taken says nothing
    matches = [hmac.compare_digest(one.encode(), own.encode()) for one in candidates for own in wanted]
    if not any(matches):
        raise Refused("the webhook's signature is wrong: another secret, or a body changed on its way")
    sent_at = _in_window(stamp, now) if scheme.timestamp else None
    return Delivery(name[:200] or hashlib.sha256(body).hexdigest(), sent_at)


def signed_object(
    scheme: str,
    secret: SecretStr | None,
    headers: Mapping[str, str],
    raw_body: bytes,
    *,
    now: datetime,
    option: str = "webhook_secret",
) -> dict[str, object]:
    """Give the JSON object that a webhook brings.

    Args:
        scheme: The name of the way in which its system signs.
        secret: The one key; None where the config holds none.
        headers: As they came.
        raw_body: To the byte.
        now: Our time.
        option: What the secret is called in the config.

    Raises:
        Refused: There is no secret to check it with, `verify` refuses it, or its body is no object.
    """
    if secret is None:
        raise Refused(f"webhooks cannot be checked: the source has no {option}; set it, or rely on pulling")
    verify(SCHEMES[scheme], [secret.get_secret_value()], headers, raw_body, now=now)
    try:
        return load_object(raw_body)
    except BadRecord as bad:
        raise Refused(f"the webhook's body {bad}") from bad


def sign(scheme: Scheme, secret: str, body: bytes, *, id: str = "", timestamp: str = "") -> dict[str, str]:
    """Give the headers with which a system of this scheme would send a body; for tests and for senders of one's own."""
    headers = {scheme.header: _signature(scheme, secret, _message(scheme.signed, id, timestamp, body))}
    if scheme.timestamp:
        headers[scheme.timestamp] = timestamp
    if scheme.id:
        headers[scheme.id] = id
    return headers


def _message(signed: str, name: str, stamp: str, body: bytes) -> bytes:
    """Put together what is signed. The parts are placed one by one: a name that reads `{body}` stays a name."""
    parts = {"{id}": name.encode(), "{timestamp}": stamp.encode(), "{body}": body}
    return b"".join(parts.get(piece, piece.encode()) for piece in re.split(r"(\{\w+\})", signed))


def _signature(scheme: Scheme, secret: str, message: bytes) -> str:
    if scheme.algorithm == "plain":
        return secret
    made = hmac.new(_key(secret), message, scheme.algorithm)
    return scheme.prefix + (made.hexdigest() if scheme.encoding == "hex" else b64encode(made.digest()).decode())


def _key(secret: str) -> bytes:
    """Give the key's bytes: Standard Webhooks write theirs in base64 behind `whsec_`."""
    if secret.startswith(_KNOWN_PREFIX):
        try:
            return b64decode(secret.removeprefix(_KNOWN_PREFIX), validate=True)
        except NotBase64:
            pass
    return secret.encode()


def _in_window(stamp: str, now: datetime) -> datetime:
    try:
        if _SECONDS.fullmatch(stamp):
            seconds = int(stamp)
            sent_at = unix_moment(seconds / 1000 if seconds > _MILLISECONDS_FROM else seconds)
        else:
            sent_at = parse_time(stamp)
    except ValueError as error:
        raise Refused(f"the webhook's time cannot be read: {stamp[:40]!r}") from error
    if abs(sent_at - now) > WINDOW:
        raise Refused(f"the webhook was signed at {sent_at:%Y-%m-%dT%H:%M:%SZ}, more than {WINDOW} from now; a replay?")
    return sent_at
