"""How does a rendered digest become one mail, and how do its files get to disk?

The same digest gives the same bytes: Message-ID and MIME boundary are made from team and week, the date comes from the facts.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from feedbackloop.digest.facts import Facts
from feedbackloop.digest.render import Rendered
from feedbackloop.errors import UsageError
from feedbackloop.hookspecs import Mail
from feedbackloop.inert import header
from feedbackloop.letters import address, automatic, encoding, mark, message_id


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
    origin = address(sender, "mail.sender")
    recipients = [address(one, "teams.email") for one in to]
    key = key_of(facts)
    message = automatic(rendered.subject, origin, facts.made_at)
    if recipients:
        message["To"] = recipients
    message["Message-ID"] = message_id(f"digest.{facts.week}", key, origin)
    message["References"] = message_id(
        f"digest.{facts.week}", f"week:{facts.week}", origin
    )  # all teams' mails, one thread
    message["List-Id"] = f"<feedbackloop-digest.{origin.domain}>"
    message["List-Unsubscribe"] = f"<mailto:{origin.addr_spec}?subject=unsubscribe>"
    message["Content-Language"] = "zh-CN" if facts.language == "zh" else "en"
    message.set_content(rendered.text, cte=encoding(rendered.text))
    message.add_alternative(rendered.html, subtype="html", cte=encoding(rendered.html))
    # "=_" cannot stand in quoted-printable nor in base64: no part can hold the boundary
    message.set_boundary(f"=_feedbackloop_{mark(key)}")
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
