"""Which ticket does a webhook speak of, and did the desk send it?

A webhook only says what to look at; the ticket itself is read anew. So nothing but its id is taken from the body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from feedbackloop.errors import BadRecord, Refused
from feedbackloop.plain_json import load_object
from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.signatures import SCHEMES, verify


@dataclass(frozen=True, slots=True)
class Webhook:
    """How one desk sends webhooks: by which scheme it signs (see `signatures`), and where the ticket's id stands in a body."""

    scheme: str
    ticket_in: Callable[[Row], object]


def tickets_named(webhook: Webhook, secret: SecretStr | None, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
    """Verify a webhook and name its ticket; none where it speaks of something else, or of what can be no ticket.

    Raises:
        Refused: The signature is missing, wrong or too old, the body is no object, or no secret is set.
    """
    if secret is None:
        raise Refused("webhooks cannot be checked: the source has no webhook_secret; set it, or rely on pulling")
    verify(SCHEMES[webhook.scheme], [secret.get_secret_value()], headers, raw_body, now=datetime.now(UTC))
    try:
        name = str(webhook.ticket_in(load_object(raw_body)))
    except BadRecord as bad:
        raise Refused(f"the webhook's body {bad}") from bad
    return [name] if is_number(name) else []
