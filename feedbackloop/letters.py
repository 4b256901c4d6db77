"""How does a mail get headers that no text from outside can break out of?

Shared by digests and by follow-ups that go out by mail. The same key gives the same Message-ID, so that mail programs show one
that was sent twice once.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses

from feedbackloop.errors import UsageError
from feedbackloop.hooktypes import Mail
from feedbackloop.inert import header, inert

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_SUBJECTS = {"en": "About your feedback", "zh": "关于您的反馈"}


def automatic(subject: str, origin: Address, made_at: datetime) -> EmailMessage:
    """Begin a mail that says it comes from a machine: nobody's auto-responder shall answer it."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = header(subject)
    message["From"] = origin
    message["Date"] = format_datetime(made_at)
    # RFC 3834; Exchange knows only its own header
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def follow_up_mail(
    key: str, text: str, *, subject: str | None, language: str, sender: str, to: str, at: datetime
) -> Mail:
    """Make the mail that brings a follow-up to one customer.

    Args:
        key: The action's key: the same key is the same Message-ID.
        text: The follow-up as it was approved.
        subject: Of the customer's own message, if it had one.
        language: Of the text, ISO 639-1.
        sender: `[mail] sender`.
        to: The customer's address.
        at: The loop's time.

    Raises:
        UsageError: One of the addresses is none.
    """
    origin, recipient = address(sender, "mail.sender"), address(to, "the customer's address")
    words = f"Re: {subject}" if subject and subject.strip() else _SUBJECTS.get(language, _SUBJECTS["en"])
    message = automatic(words, origin, at)
    message["To"] = recipient
    message["Message-ID"] = message_id("follow-up", key, origin)
    message["Content-Language"] = header(language, 12)
    body = text.encode("utf-8", "replace").decode()
    message.set_content(body, cte=encoding(body))
    return Mail(key, (recipient.addr_spec,), header(words), message.as_bytes())


def message_id(kind: str, key: str, origin: Address) -> str:
    """Name a mail by what it is about."""
    return f"<{kind}.{mark(key)}@{origin.domain}>"


def mark(key: str) -> str:
    """Give 16 characters that stand for a key."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:16]


def address(text: str, where: str) -> Address:
    """Read `Name <address>` or an address alone.

    Raises:
        UsageError: It is none; `where` names the place.
    """
    found = getaddresses([header(text, 320)])
    name, spec = found[0] if len(found) == 1 else ("", "")
    if text.strip() != inert(text) or not _ADDRESS.fullmatch(spec):
        raise UsageError(
            f"{where}: {header(text, 80)!r} is not a mail address; write for example Name <name@example.com>"
        )
    local, _, domain = spec.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def encoding(text: str) -> str:
    """Choose the shorter encoding: base64 for Chinese, quoted-printable for the rest."""
    foreign = sum(1 for ch in text if ord(ch) > 127)
    return "base64" if foreign * 8 > len(text) else "quoted-printable"
