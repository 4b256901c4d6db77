"""Does a digest reach a real mail server, and is every refusal told from a passing fault?"""

import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from pydantic import SecretStr

from feedbackloop.errors import Fatal, Refused, Retriable, Skippable, UnknownOutcome
from feedbackloop.hookspecs import Mail
from feedbackloop.records import Action, ActionKind, Receipt
from feedbackloop.settings import MailServer, Settings
from feedbackloop_plugins.delivery import after_push, deliver, log_safe, on_push_error

DATA = Path(__file__).parent / "data"
CERTIFICATE = str(DATA / "mail_server_cert.pem")
EML = (
    b"From: Feedback loop <loop@example.com>\r\nTo: a@example.com\r\nSubject: s\r\n"
    b"Message-ID: <digest.1@example.com>\r\n\r\nBody.\r\n"
)


class Desk:
    """A mail server's behaviour by recipient: `no-` refused, `later-` not now; `verdict` is the answer to the whole mail."""

    def __init__(self, verdict: str = "250 OK") -> None:
        self.verdict = verdict
        self.taken: list[Envelope] = []

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("no-"):
            return "550 5.1.1 no such\tuser"
        if address.startswith("later-"):
            return "451 4.2.0 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.verdict == "hang up":
            assert server.transport is not None
            server.transport.abort()
            return "250 never sent"
        if self.verdict.startswith("250"):
            self.taken.append(envelope)
        return self.verdict


def settings(port: int, security: str = "none", **mail: Any) -> Settings:
    return Settings(mail=MailServer(host="127.0.0.1", port=port, security=security, **mail))


def mail(*to: str) -> Mail:
    return Mail("digest:2026-W47:", to or ("a@example.com",), "s", EML)


def tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE, DATA / "mail_server_key.pem")
    return context


@contextmanager
def served(desk: Desk, **options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(desk, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_the_mail_arrives_as_it_was_made() -> None:
    desk = Desk()
    with served(desk) as port:
        said = deliver(mail("a@example.com", "b@example.com"), settings(port))
    assert said == f"2 of 2 recipients by 127.0.0.1:{port}"
    assert [envelope.content for envelope in desk.taken] == [EML]
    assert desk.taken[0].rcpt_tos == ["a@example.com", "b@example.com"]
    assert desk.taken[0].mail_from == "loop@example.com"


def test_a_mail_for_nobody_is_left_to_other_plugins() -> None:
    assert deliver(Mail("k", (), "s", EML), settings(1)) is None


def test_starttls_is_used_and_the_certificate_is_checked() -> None:
    desk = Desk()
    with served(desk, tls_context=tls(), require_starttls=True) as port:
        deliver(mail(), settings(port, "starttls", ca_file=CERTIFICATE))
        with pytest.raises(Fatal, match="certificate is not trusted"):
            deliver(mail(), settings(port, "starttls"))
    assert len(desk.taken) == 1


def test_tls_from_the_first_byte() -> None:
    desk = Desk()
    with served(desk, ssl_context=tls()) as port:
        deliver(mail(), settings(port, "tls", ca_file=CERTIFICATE))
    assert len(desk.taken) == 1


def test_without_starttls_nothing_is_sent_in_the_clear() -> None:
    desk = Desk()
    with served(desk) as port, pytest.raises(Fatal, match="does not offer STARTTLS"):
        deliver(mail(), settings(port, "starttls"))
    assert desk.taken == []


def test_a_missing_ca_file_is_named() -> None:
    with pytest.raises(Fatal, match=r"mail\.ca_file cannot be read"):
        deliver(mail(), settings(1, "tls", ca_file="/nonexistent/ca.pem"))


def _only_secret(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"loop", b"secret"), handled=False)


@pytest.mark.parametrize(("password", "is_right"), [("secret", True), ("wrong", False)])
def test_the_login_is_used_and_a_wrong_one_stops(password: str, is_right: bool) -> None:
    desk = Desk()
    login: dict[str, Any] = {"username": "loop", "password": SecretStr(password), "ca_file": CERTIFICATE}
    with served(desk, tls_context=tls(), authenticator=_only_secret, auth_required=True) as port:
        if is_right:
            deliver(mail(), settings(port, "starttls", **login))
        else:
            with pytest.raises(Refused, match="refuses the login") as caught:
                deliver(mail(), settings(port, "starttls", **login))
            assert "wrong" not in str(caught.value)
    assert len(desk.taken) == int(is_right)


def test_a_login_where_none_is_offered_is_a_fault_of_the_config() -> None:
    with served(Desk()) as port, pytest.raises(Fatal, match="offers no login"):
        deliver(mail(), settings(port, username="loop", password=SecretStr("s")))


def test_a_password_crosses_no_network_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    with served(Desk()) as port:
        # a name that is not loopback, led to the loopback server
        real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a, **k: real("127.0.0.1", *a, **k))
        server = MailServer(host="mail.example.com", port=port, security="none", username="u", password=SecretStr("p"))
        with pytest.raises(Fatal, match="not sent in the clear"):
            deliver(mail(), Settings(mail=server))


def test_some_recipients_refused_are_named_and_the_others_have_their_mail() -> None:
    desk = Desk()
    with served(desk) as port:
        said = deliver(mail("a@example.com", "no-b@example.com", "later-c@example.com"), settings(port))
    assert str(said).startswith("1 of 3 recipients")
    assert "no-b@example.com refused: 550 5.1.1 no such user" in str(said)
    assert "later-c@example.com refused: 451" in str(said)
    assert desk.taken[0].rcpt_tos == ["a@example.com"]


@pytest.mark.parametrize(
    ("to", "verdict", "error"),
    [
        (("no-a@example.com",), "250 OK", Skippable),
        (("later-a@example.com",), "250 OK", Retriable),
        (("no-a@example.com", "later-b@example.com"), "250 OK", Retriable),
        (("a@example.com",), "554 5.7.1 looks like spam", Skippable),
        (("a@example.com",), "452 4.3.1 disk full", Retriable),
        (("a@example.com",), "hang up", UnknownOutcome),
    ],
)
def test_a_refusal_for_good_is_told_from_a_passing_one(
    to: tuple[str, ...], verdict: str, error: type[Exception]
) -> None:
    desk = Desk(verdict)
    with served(desk) as port, pytest.raises(error) as caught:
        deliver(mail(*to), settings(port))
    assert type(caught.value) is error
    assert getattr(caught.value, "record", None) == "digest:2026-W47:"
    assert desk.taken == []


def test_a_server_that_is_not_there_is_a_passing_fault() -> None:
    with pytest.raises(Retriable, match="no connection") as caught:
        deliver(mail(), settings(free_port()))
    assert caught.value.wait_seconds


ACTION = Action(id="act-1", key="k", kind=ActionKind.NOTE, source="support", item="1\nforged", text="secret words")


def test_a_push_is_one_line_without_a_word_of_its_text(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "feedbackloop.push"):
        after_push(ACTION, Receipt(external_id="4711\r\x1b[2J"))
    assert caplog.messages == ["note support/1 forged -> 4711 [2J"]


def test_a_failed_push_is_one_line_and_names_no_address(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "feedbackloop.push"):
        on_push_error(ACTION, Skippable("400: jane.doe@example.com\nis suspended"))
    assert caplog.messages == ["note support/1 forged failed: 400: [address] is suspended"]


def test_no_log_line_is_endless() -> None:
    assert len(log_safe("x" * 10_000)) == 300
