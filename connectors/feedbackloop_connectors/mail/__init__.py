"""A mailbox as a source: threads of mail in by IMAP; replies out by SMTP, labels as IMAP keywords."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedbackloop import hookimpl

if TYPE_CHECKING:
    from feedbackloop.connector import Connector


@hookimpl
def register_connectors() -> Sequence[type[Connector[Any]]]:
    """Name the one connector of this package."""
    from feedbackloop_connectors.mail.connector import Mailbox

    return [Mailbox]
