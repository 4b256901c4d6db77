"""How does a digest reach its readers, and what stands in the log about each push?

Mail goes out by SMTP with the standard library. TLS is never given up silently: a server that does not offer it is an error,
and a password crosses no network in the clear.
"""

from __future__ import annotations

import ipaddress
import logging
import re
import smtplib
import ssl
from email import message_from_bytes
from email.utils import parseaddr
from pathlib import Path
from typing import TYPE_CHECKING

from feedbackloop import hookimpl
from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.hookspecs import Mail
from feedbackloop.records import Action, Receipt

if TYPE_CHECKING:
    from feedbackloop.settings import MailServer, Settings

log = logging.getLogger("feedbackloop.push")

TIMEOUT_SECONDS = 30
_RETRY_SECONDS = 900
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_LONGEST = 300


@hookimpl
def deliver(mail: Mail, settings: Settings) -> str | None:
    """Send one digest by SMTP to its recipients; nobody named: not ours to deliver.

    Recipients that the server refuses are named in the answer; the others have their mail, so nothing is sent again.

    Raises:
        Refused: The server does not take our login.
        Fatal: TLS or the login cannot be had as configured.
        Skippable: The server refuses this mail, its sender or all recipients for good.
        UnknownOutcome: The line broke while the mail was on its way; it may have arrived.
        Retriable: A passing fault.
    """
    if not mail.to:
        return None
    server = settings.mail
    where = f"{server.host}:{server.port}"
    smtp = _connected(server, _tls(server, settings.folder, where), where)
    try:
        refused = _send(smtp, mail, server, where)
    finally:
        _leave(smtp)
    said = f"{len(mail.to) - len(refused)} of {len(mail.to)} recipients by {where}"
    return said + "".join(f"; {address} refused: {_reply(code, text)}" for address, (code, text) in refused.items())


@hookimpl
def after_push(action: Action, receipt: Receipt) -> None:
    """Write one line a push: what, where to, and the id it got; never a word of a text."""
    log.info("%s %s -> %s", action.kind, log_safe(_target(action)), log_safe(receipt.external_id))


@hookimpl
def on_push_error(action: Action, error: Exception) -> None:
    """Write one line a failed attempt; addresses in the reason are masked."""
    log.warning("%s %s failed: %s", action.kind, log_safe(_target(action)), log_safe(str(error)))


def log_safe(text: str) -> str:
    """Give a text as one harmless line: no control characters, no mail addresses, not endless."""
    line = " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())
    return _ADDRESS.sub("[address]", line)[:_LONGEST]


def _target(action: Action) -> str:
    return f"{action.source}/{action.item or action.external_id or 'new'}"


def _tls(server: MailServer, folder: Path, where: str) -> ssl.SSLContext | None:
    if server.security == "none":
        return None
    try:
        return ssl.create_default_context(cafile=str(folder / server.ca_file) if server.ca_file else None)
    except OSError as error:
        raise Fatal(f"{where}: mail.ca_file cannot be read: {log_safe(str(error))}") from error


def _connected(server: MailServer, tls: ssl.SSLContext | None, where: str) -> smtplib.SMTP:
    """Open a connection with TLS and login as configured."""
    try:
        smtp = _opened(server, tls)
    except ssl.SSLCertVerificationError as error:
        fix = "name its certificate in mail.ca_file, or the host it is made for in mail.host"
        raise Fatal(f"{where}: the mail server's certificate is not trusted ({error.verify_message}); {fix}") from error
    except smtplib.SMTPNotSupportedError as error:
        fix = 'security = "tls" or, on loopback, "none"'
        raise Fatal(f"{where}: the mail server does not offer STARTTLS; set {fix} under [mail]") from error
    except (smtplib.SMTPException, OSError) as error:
        raise _later(f"{where}: no connection to the mail server: {_why(error)}") from error
    try:
        _log_in(smtp, server, where)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _opened(server: MailServer, tls: ssl.SSLContext | None) -> smtplib.SMTP:
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
    smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    if tls is None:
        return smtp
    try:
        smtp.starttls(context=tls)
    except BaseException:
        smtp.close()
        raise
    return smtp


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye; whatever the server answers now, the mail's fate is already known."""
    try:
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def _log_in(smtp: smtplib.SMTP, server: MailServer, where: str) -> None:
    if not server.username or server.password is None:
        return
    if server.security == "none" and not _is_loopback(server.host):
        raise Fatal(f'{where}: a password is not sent in the clear; set security = "starttls" or "tls" under [mail]')
    try:
        smtp.login(server.username, server.password.get_secret_value())
    except smtplib.SMTPAuthenticationError as error:
        if error.smtp_code < 500:
            raise _later(f"{where}: login failed for now: {_why(error)}") from None
        raise Refused(f"{where}: the mail server refuses the login of mail.username: {_why(error)}") from None
    except smtplib.SMTPNotSupportedError:
        raise Fatal(f"{where}: the mail server offers no login; leave mail.username out") from None
    except (smtplib.SMTPException, OSError) as error:
        raise _later(f"{where}: login failed for now: {_why(error)}") from None


def _send(smtp: smtplib.SMTP, mail: Mail, server: MailServer, where: str) -> dict[str, tuple[int, bytes]]:
    """Hand the mail over; give the recipients that were refused while others were taken."""
    try:
        return smtp.sendmail(_envelope_sender(mail, server), mail.to, mail.eml)
    except smtplib.SMTPRecipientsRefused as error:
        replies = error.recipients.values()
        said = f"{where}: no recipient was taken: " + "; ".join(_reply(code, text) for code, text in replies)
        if any(code < 500 for code, _ in replies):
            raise _later(said, mail.key) from error
        raise Skippable(said, record=mail.key) from error
    except smtplib.SMTPResponseException as error:
        said = f"{where}: the mail server refuses this mail: {_why(error)}"
        if error.smtp_code < 500:
            raise _later(said, mail.key) from error
        raise Skippable(said, record=mail.key) from error
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise UnknownOutcome(
            f"{where}: the line broke while the mail was on its way; it may have arrived",
            record=mail.key,
            wait_seconds=_RETRY_SECONDS,
        ) from error


def _envelope_sender(mail: Mail, server: MailServer) -> str:
    """Take the sender from the message itself, so that bounces go where its From says."""
    return parseaddr(str(message_from_bytes(mail.eml)["From"] or server.sender))[1]


def _later(said: str, record: str | None = None) -> Retriable:
    return Retriable(said, record=record, wait_seconds=_RETRY_SECONDS)


def _reply(code: int, text: bytes) -> str:
    return log_safe(f"{code} {text.decode(errors='replace')}")


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _reply(error.smtp_code, said if isinstance(said, bytes) else str(said).encode())
    return log_safe(str(error) or type(error).__name__)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
