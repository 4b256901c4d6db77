"""How does a rendered digest become one mail, and how do its files get to disk?

The same digest gives the same bytes: Message-ID and MIME boundary are made from team and week, the date comes from the facts.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from feedbackloop.digest.facts import Facts
from feedbackloop.digest.inert import header, inert
from feedbackloop.digest.render import Rendered
from feedbackloop.errors import UsageError
from feedbackloop.hookspecs import Mail

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")


def build(facts: Facts, rendered: Rendered, sender: str, to: Sequence[str]) -> Mail:
    """Make the whole message: the text, the same as HTML, and headers that no text from outside can break out of.

    Args:
        facts: Team, week and date of the digest.
        rendered: Subject, HTML and text.
        sender: `[mail] sender`: `Name <address>` or an address alone.
        to: The team's addresses; empty for a file that nobody is named in.

    Returns:
        The mail with its key, which is the same for the same team and week.

    Raises:
        UsageError: The sender or a recipient is not a mail address.
    """
    origin = _address(sender, "mail.sender")
    recipients = [_address(one, "teams.email") for one in to]
    key = key_of(facts)
    mark = hashlib.sha256(key.encode()).hexdigest()[:16]
    message = EmailMessage(policy=SMTP)
    message["Subject"] = header(rendered.subject)
    message["From"] = origin
    if recipients:
        message["To"] = recipients
    message["Date"] = format_datetime(facts.made_at)
    message["Message-ID"] = f"<digest.{facts.week}.{mark}@{origin.domain}>"
    # RFC 3834: nobody's auto-responder shall answer; Exchange knows only its own header
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["List-Id"] = f"<feedbackloop-digest.{origin.domain}>"
    message["List-Unsubscribe"] = f"<mailto:{origin.addr_spec}?subject=unsubscribe>"
    message["Content-Language"] = "zh-CN" if facts.language == "zh" else "en"
    message.set_content(rendered.text, cte=_encoding(rendered.text))
    message.add_alternative(rendered.html, subtype="html", cte=_encoding(rendered.html))
    # "=_" cannot stand in quoted-printable nor in base64: no part can hold the boundary
    message.set_boundary(f"=_feedbackloop_{mark}")
    return Mail(key, tuple(one.addr_spec for one in recipients), header(rendered.subject), message.as_bytes())


def key_of(facts: Facts) -> str:
    """Name one digest: the same for the same team and week."""
    return f"digest:{facts.week}:{facts.team or ''}"


def write_files(rendered: Rendered, path: Path, eml: bytes | None = None) -> list[Path]:
    """Write the HTML, and with `eml` its twins `.txt` and `.eml` beside it; each file appears whole or not at all.

    Returns:
        The files, the HTML first.

    Raises:
        UsageError: The folder is missing or cannot be written.
    """
    files = [(path, rendered.html.encode())]
    if eml is not None:
        files += [(path.with_suffix(".txt"), rendered.text.encode()), (path.with_suffix(".eml"), eml)]
    try:
        for target, content in files:
            _replace(target, content)
    except OSError as error:
        raise UsageError(f"{path}: the digest cannot be written there: {error.strerror}") from error
    return [target for target, _ in files]


def _replace(target: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(0o644 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _address(text: str, where: str) -> Address:
    name, spec = parseaddr(header(text, 320))
    if text.strip() != inert(text) or not _ADDRESS.fullmatch(spec):
        raise UsageError(
            f"{where}: {header(text, 80)!r} is not a mail address; write for example Name <name@example.com>"
        )
    local, _, domain = spec.rpartition("@")
    return Address(display_name=name, username=local, domain=domain)


def _encoding(text: str) -> str:
    """Choose the shorter encoding: base64 for Chinese, quoted-printable for the rest."""
    foreign = sum(1 for ch in text if ord(ch) > 127)
    return "base64" if foreign * 8 > len(text) else "quoted-printable"
