"""What does one mail say: who wrote it, in which thread, and was it a person?

Automatic mail is known by RFC 3834's header and its older kin, an undeliverable report by RFC 3464's form.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import parseaddr, parsedate_to_datetime

from feedbackloop.clock import bounded

OWN = "feedbackloop."
"""How the Message-ID of our own mail begins."""
_ID = re.compile(r"<([^<>\s]+)>")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "List-Id", "List-Unsubscribe", "X-Auto-Response-From")


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail. `root` names its thread: the first message it goes back to. `undelivered` is a status such as `5.1.1`."""

    id: str
    root: str
    sender: str
    name: str
    subject: str
    at: datetime
    text: str
    is_automatic: bool = False
    undelivered: str | None = None
    references: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """Say whether we sent it."""
        return self.id.startswith(OWN)


def by_time(one: Letter) -> tuple[datetime, int, str]:
    """Order letters; servers tell times to the second, and an answer goes back to more letters than what it answers."""
    return one.at, len(one.references), one.id


def read_letter(raw: bytes, arrived: datetime, name: str) -> Letter:
    """Read one mail.

    Args:
        raw: As it came, possibly cut off at the end.
        arrived: When the server took it in: what a Date header says of later is not believed.
        name: Stands in for a missing Message-ID.
    """
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    display, address = parseaddr(_header(mail, "From"))
    own_id = next(iter(_ids(mail, "Message-ID")), name)
    report = _report(mail)
    chain = tuple(dict.fromkeys([*_ids(mail, "References"), *_ids(mail, "In-Reply-To")]))
    if report:
        chain = tuple(dict.fromkeys([*report[1], *chain]))
    return Letter(
        id=own_id,
        root=chain[0] if chain else own_id,
        sender=address.strip(),
        name=display.strip(),
        subject=_header(mail, "Subject").strip(),
        at=_time(mail, arrived),
        text=_text(mail),
        is_automatic=bool(report) or _is_automatic(mail, address),
        undelivered=report[0] if report else None,
        references=chain,
    )


def _is_automatic(mail: Message, address: str) -> bool:
    submitted = _header(mail, "Auto-Submitted").partition(";")[0].strip().casefold()
    if submitted not in {"", "no"}:
        return True
    if _header(mail, "Precedence").strip().casefold() in _BULK or any(mail.get(one) for one in _AUTOMATIC_HEADERS):
        return True
    is_nobody = _header(mail, "Return-Path").strip() == "<>"
    return is_nobody or address.partition("@")[0].casefold() in {"mailer-daemon", "postmaster", "noreply", "no-reply"}


def _report(mail: EmailMessage) -> tuple[str, tuple[str, ...]] | None:
    """Read an undeliverable report (RFC 3464): its status, and the thread of the mail that came back; None: it is none."""
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(mail.walk())
    failed = [part for part in parts if _header(part, "Action").strip().casefold() == "failed"]
    codes = [found[0] for part in failed if (found := _STATUS.search(_header(part, "Status")))]
    return (codes[-1], _returned(parts)) if codes else None


def _returned(parts: Sequence[Message]) -> tuple[str, ...]:
    """Name the thread of the mail that came back, which a report holds whole or by its headers alone."""
    for part in parts:
        kind = part.get_content_type()
        if kind == "message/rfc822" and part.is_multipart():
            return _chain(next(one for one in part.walk() if one is not part))
        if kind == "text/rfc822-headers":
            return _chain(email.message_from_string(str(part.get_payload()), policy=email.policy.default))
    return ()


def _chain(original: Message) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys([*_ids(original, "References"), *_ids(original, "In-Reply-To"), *_ids(original, "Message-ID")])
    )


def _text(mail: EmailMessage) -> str:
    """Give the words: the plain text, else the HTML, which is cleaned later."""
    body = mail.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        text = str(body.get_content())
    except (LookupError, ValueError, KeyError):  # a character set that nobody knows, or a broken encoding
        payload = body.get_payload(decode=True)
        text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return text.replace("\r\n", "\n").rstrip("\n")


def _time(mail: Message, arrived: datetime) -> datetime:
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
        at = bounded(at if at.tzinfo else at.replace(tzinfo=UTC))
    except (ValueError, TypeError, IndexError, OverflowError):
        return arrived
    return min(at, arrived)


def _ids(mail: Message, name: str) -> list[str]:
    return _ID.findall(_header(mail, name))


def _header(mail: Message, name: str) -> str:
    """Read a header; one that cannot be parsed is taken as it stands."""
    try:
        return str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError):
        return ""
