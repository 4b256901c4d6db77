"""How does a reply go out at most once, and never to a machine?

SMTP cannot be asked what it took. So a copy lies in the folder of sent mail, marked as a draft, before anything is sent, and it
loses that mark once the server has taken the mail. A copy that is still a draft says: it may be out, a person must look.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from hashlib import blake2b

from feedbackloop import letters
from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, SourceError, UnknownOutcome, UsageError
from feedbackloop.inert import header
from feedbackloop.records import Action
from feedbackloop_connectors.mail.letters import OWN, Letter
from feedbackloop_connectors.mail.options import MailOptions

SECONDS = 60


def message_id(key: str, sender: str) -> str:
    """Give the Message-ID, without its brackets, of the mail that an action sends."""
    return f"{OWN}{blake2b(key.encode(), digest_size=12).hexdigest()}@{address_of(sender).domain}"


def address_of(text: str) -> Address:
    """Read an address, with or without a name.

    Raises:
        Skippable: It is none that mail can safely be sent to.
    """
    try:
        return letters.address(text, "mail")
    except UsageError as error:
        raise Skippable(str(error)) from error


def compose(action: Action, answered: Letter, sender: str, now: datetime) -> EmailMessage:
    """Make the reply to a letter: in its thread, and marked so that no machine answers it (RFC 3834)."""
    subject = answered.subject
    chain = [*answered.references, answered.id]
    mail = letters.automatic(subject if subject[:3].casefold() == "re:" else f"Re: {subject}", address_of(sender), now)
    mail["To"] = address_of(answered.sender)
    mail["Message-ID"] = f"<{message_id(action.key, sender)}>"
    mail["In-Reply-To"] = f"<{answered.id}>"
    mail["References"] = " ".join(f"<{one}>" for one in dict.fromkeys(chain))
    mail.set_content(action.text, cte=letters.encoding(action.text))
    return mail


class Smtp:
    """Sends one mail at a time, each over a connection of its own."""

    def __init__(self, options: MailOptions, ca_file: str | None) -> None:
        self._options = options
        self._ca_file = ca_file

    def check(self) -> str:
        """Log in and say what the server answers."""
        with self._server() as server:
            return f"{server.noop()[0]} from {self._options.smtp_host}"

    def send(self, mail: EmailMessage) -> None:
        """Hand a mail over.

        Raises:
            Skippable: The server refuses this recipient or this mail for good.
            Retriable: It did not take it now.
            UnknownOutcome: It was handed over, and no answer came.
        """
        origin, to = address_of(str(mail["From"])), address_of(str(mail["To"]))
        with self._server() as server:
            _taken(server.mail(origin.addr_spec), "the sender")
            _taken(server.rcpt(to.addr_spec), "the customer's address")
            try:
                answer = server.data(mail.as_bytes())
            except smtplib.SMTPDataError as error:
                answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
            except (OSError, smtplib.SMTPException) as error:
                raise UnknownOutcome(
                    "the mail was handed over and the SMTP server broke off; it may be sent"
                ) from error
            _taken(answer, "the mail")

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        options = self._options
        context = ssl.create_default_context(cafile=self._ca_file)
        try:
            if options.smtp_security == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    options.smtp_host, options.smtp_port, timeout=SECONDS, context=context
                )
            else:
                server = smtplib.SMTP(options.smtp_host, options.smtp_port, timeout=SECONDS)
            with server:
                server.ehlo()
                if options.smtp_security == "starttls":
                    server.starttls(context=context)
                    server.ehlo()
                if options.smtp_login:
                    server.login(options.username, options.password.get_secret_value())
                yield server
        except SourceError:
            raise
        except smtplib.SMTPAuthenticationError as error:
            raise Refused("the SMTP server does not accept the login; check username and password") from error
        except ssl.SSLError as error:
            raise Fatal(
                f"the SMTP server's certificate was not accepted ({error.reason}); name it in ca_file"
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Retriable(f"the SMTP server cannot be reached or broke off ({type(error).__name__})") from error


def _taken(answer: tuple[int, bytes], what: str) -> None:
    code, words = answer
    said = f"the SMTP server refused {what}: {code} {header(words.decode('utf-8', 'replace'), 200)}"
    if code >= 500:
        raise Skippable(said)
    if code >= 400:
        raise Retriable(said)
