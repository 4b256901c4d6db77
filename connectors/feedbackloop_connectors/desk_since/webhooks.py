"""Which ticket does a webhook speak of, and did the desk send it?

A webhook only says what to look at; the ticket itself is read anew. So nothing but its id is taken from the body.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import SecretStr

from feedbackloop_connectors.desk.values import Row, is_number
from feedbackloop_connectors.signatures import signed_object


@dataclass(frozen=True, slots=True)
class Webhook:
    """How one desk sends webhooks: by which scheme it signs (see `signatures`), and where the ticket's id stands in a body."""

    scheme: str
    ticket_in: Callable[[Row], object]

    def tickets(self, secret: SecretStr | None, headers: Mapping[str, str], raw_body: bytes) -> list[str]:
        """Verify a webhook and name its ticket; none where it speaks of something else, or of what can be no ticket.

        Raises:
            Refused: The signature is missing, wrong or too old, the body is no object, or no secret is set.
        """
        body = signed_object(self.scheme, secret, headers, raw_body, now=datetime.now(UTC))
        name = str(self.ticket_in(body))
        return [name] if is_number(name) else []
