"""Does the mail connector keep the contract, over a real IMAP and SMTP server?

They are named by the environment: MAIL_HOST, MAIL_IMAP_PORT, MAIL_SMTP_PORT (open to everybody), MAIL_PASSWORD; and, to try TLS,
MAIL_CA (the authority's certificate), MAIL_IMAPS_PORT, MAIL_SMTPS_PORT and MAIL_SUBMISSION_PORT (STARTTLS, with a login). Every
address under `.test` must be a mailbox there; each test takes one of its own. There is no imitation of these servers.
"""

from __future__ import annotations

import imaplib
import os
import smtplib
import time
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest

import whole_loop
from feedbackloop.connector import Context
from feedbackloop.errors import Fatal, UnknownOutcome
from feedbackloop.records import Item
from feedbackloop.testing import ConnectorContract, Shelf, System, Write
from feedbackloop.testing.makers import action
from feedbackloop_connectors.mail.connector import Mailbox
from feedbackloop_connectors.mail.sending import message_id

REAL = {name: os.environ.get(f"MAIL_{name}", "") for name in ("HOST", "IMAP_PORT", "SMTP_PORT", "PASSWORD")}
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(
        not all(REAL.values()), reason="no mail server: set MAIL_HOST, _IMAP_PORT, _SMTP_PORT, _PASSWORD"
    ),
]


class MailSystem(System):
    """One mailbox; customers write to it by SMTP."""

    secrets = (REAL["PASSWORD"],)

    def __init__(self) -> None:
        self.address = f"desk-{uuid4().hex[:12]}@shop.test"
        self.customer = f"wanda-{uuid4().hex[:12]}@home.test"
        self.opened: list[Mailbox] = []
        self.known: dict[str, list[str]] = {}
        self.is_locked = False

    def connect(self) -> Mailbox:
        options = Mailbox.Options(
            connector="mail",
            imap_host=REAL["HOST"],
            imap_port=int(REAL["IMAP_PORT"]),
            imap_security="none",
            smtp_host=REAL["HOST"],
            smtp_port=int(REAL["SMTP_PORT"]),
            smtp_security="none",
            smtp_login=False,
            username=self.address,
            password="wrong-secret" if self.is_locked else REAL["PASSWORD"],
            sender=self.address,
            page_size=3,
        )
        for one in self.opened:  # servers limit the logins of one user; a closed one logs in again when it is used
            one.close()
        self.opened.append(Mailbox(options, Context("mail")))
        return self.opened[-1]

    def put(self, item: Item) -> str:
        """Send what the customer wrote and was not sent yet, as one thread; give the thread's name."""
        sent = self.known.setdefault(item.id, [])
        for message in item.messages[len(sent) :]:
            sent.append(self.write(message.text, item.subject or "Subject", sent))
        if item.tags:
            self._flag(sent[0], item.tags)
        return sent[0]

    def write(self, text: str, subject: str, thread: Sequence[str] = (), **headers: str) -> str:
        """Send one mail as the customer; give its Message-ID once it has arrived."""
        mail, name = EmailMessage(), f"{uuid4().hex}@home.test"
        mail["From"], mail["To"], mail["Subject"] = self.customer, self.address, subject
        mail["Message-ID"] = f"<{name}>"
        if thread:
            mail["In-Reply-To"], mail["References"] = f"<{thread[-1]}>", " ".join(f"<{one}>" for one in thread)
        for header, value in headers.items():
            mail[header.replace("_", "-")] = value
        mail.set_content(text)
        with smtplib.SMTP(REAL["HOST"], int(REAL["SMTP_PORT"]), timeout=10) as server:
            server.send_message(mail)
        self.wait_for(name)
        return name

    def wait_for(self, name: str, address: str | None = None) -> None:
        """Wait until a mail lies in a mailbox."""
        for _ in range(100):
            with self.inbox(address or self.address) as box:
                if box.uid("SEARCH", "TEXT", f'"{name}"')[1][0]:  # type: ignore[arg-type]  # the library's stubs know no text
                    return
            time.sleep(0.05)
        pytest.fail(f"the mail {name} did not arrive in 5 s")

    def inbox(self, address: str, folder: str = "INBOX") -> imaplib.IMAP4:
        box = imaplib.IMAP4(REAL["HOST"], int(REAL["IMAP_PORT"]), timeout=10)
        box.login(address, REAL["PASSWORD"])
        box.select(folder)
        return box

    def writes(self) -> Sequence[Write]:
        found = []
        with self.inbox(self.customer) as box:
            for number in box.search(None, "ALL")[1][0].split():
                head = box.fetch(number, "(BODY.PEEK[HEADER])")[1][0][1].decode()
                root = next(name for names in self.known.values() for name in names if f"<{name}>" in head)
                found.append(Write("reply", root))
        with self.inbox(self.address) as box:
            for names in self.known.values():
                found += [
                    Write("tag", names[0])
                    for number in box.search(None, "HEADER", "Message-ID", f'"<{names[0]}>"')[1][0].split()
                    if b"fbl-" in box.fetch(number, "(FLAGS)")[1][0]
                ]
        return found

    def lock_out(self) -> None:
        self.is_locked = True

    def close(self) -> None:
        for connector in self.opened:
            connector.close()

    def _flag(self, name: str, tags: Sequence[str]) -> None:
        with self.inbox(self.address) as box:
            for number in box.search(None, "HEADER", "Message-ID", f'"<{name}>"')[1][0].split():
                box.store(number, "+FLAGS", f"({' '.join(tags)})")


@pytest.fixture
def mailbox() -> Iterator[MailSystem]:
    system = MailSystem()
    yield system
    system.close()


class TestRealMailKeepsTheContract(ConnectorContract):
    @pytest.fixture
    def system(self, mailbox: MailSystem) -> MailSystem:
        return mailbox


def test_a_reply_stands_in_its_thread_and_is_answered_by_no_machine(mailbox: MailSystem) -> None:
    root = mailbox.write("说好三天到货，结果等了一个星期。", "订单 4711")
    receipt = mailbox.connect().push(action("reply", root, text="很抱歉。"))
    mailbox.wait_for(receipt.external_id, mailbox.customer)
    with mailbox.inbox(mailbox.customer) as box:
        head = box.fetch("1", "(BODY.PEEK[HEADER])")[1][0][1].decode()
    assert f"In-Reply-To: <{root}>" in head and "Auto-Submitted: auto-generated" in head
    mailbox.write("谢谢！", "Re: 订单 4711", [root, receipt.external_id])
    found = Shelf().pull(mailbox.connect()).items[root]
    assert [(m.author, m.own, m.text) for m in found.messages] == [
        ("customer", False, "说好三天到货，结果等了一个星期。"),
        ("agent", True, "很抱歉。"),
        ("customer", False, "谢谢！"),
    ]


def test_mail_that_comes_back_makes_its_customer_unreachable(mailbox: MailSystem) -> None:
    """The server takes the mail and reports later that there is no such mailbox (RFC 3464)."""
    mailbox.customer = f"bounce-{uuid4().hex[:8]}@home.test"
    root = mailbox.write("Where is it?", "Late")
    shelf = Shelf().pull(mailbox.connect())
    receipt = mailbox.connect().push(action("reply", root))
    mailbox.wait_for(receipt.external_id)
    found = shelf.pull(mailbox.connect()).items[root]
    assert found.customer.tags == ("unreachable",) and found.fields["unreachable"].startswith("5.")
    assert [(m.author, m.automatic) for m in found.messages][-1] == ("system", True)


def test_an_address_refused_at_once_is_set_aside_and_leaves_no_copy(mailbox: MailSystem) -> None:
    mailbox.customer = f"reject-{uuid4().hex[:8]}@home.test"
    root = mailbox.write("Where is it?", "Late")
    with pytest.raises(Exception, match="550"):
        mailbox.connect().push(action("reply", root))
    assert mailbox.connect().find(action("reply", root)) is None


def test_a_mail_of_which_nobody_knows_whether_it_went_out_is_not_sent_again(mailbox: MailSystem) -> None:
    """The process died after the copy was stored: it is still a draft, and a person must look."""
    root = mailbox.write("Where is it?", "Late")
    asked, copy = action("reply", root), EmailMessage()
    copy["Message-ID"] = f"<{message_id(asked.key, mailbox.address)}>"
    with mailbox.inbox(mailbox.address) as box:
        box.create("Sent")
        box.append("Sent", "(\\Seen \\Draft)", "", copy.as_bytes())
    with pytest.raises(NotImplementedError):
        mailbox.connect().find(asked)
    with pytest.raises(UnknownOutcome):
        mailbox.connect().push(asked)
    assert not mailbox.writes()


def test_the_whole_loop_runs_and_then_rests(mailbox: MailSystem, tmp_path: Path) -> None:
    """Mail has no tasks and no status: complaints come to tags, and a second run writes nothing."""
    config = whole_loop.configure(tmp_path, mailbox.connect().options)
    text = config.read_text(encoding="utf-8").replace('tasks_in = "desk"\n', "")
    config.write_text(text, encoding="utf-8")
    brought = [mailbox.put(one) for one in whole_loop.feedback()]
    first = whole_loop.run(config)
    written = sorted(mailbox.writes(), key=repr)
    assert first["sources"][1]["new"] == len(brought), first["sources"]
    assert [write.kind for write in written] == ["tag"] * 12, first
    second = whole_loop.run(config)
    assert second["actions"]["pushed"] == 0 and second["understood"]["items"] == 0, second
    assert sorted(mailbox.writes(), key=repr) == written


# --- TLS ---------------------------------------------------------------------------------------------------------------

TLS = {name: os.environ.get(f"MAIL_{name}", "") for name in ("CA", "IMAPS_PORT", "SMTPS_PORT", "SUBMISSION_PORT")}
needs_tls = pytest.mark.skipif(not all(TLS.values()), reason="set MAIL_CA, _IMAPS_PORT, _SMTPS_PORT, _SUBMISSION_PORT")


def secured(system: MailSystem, imap: str, smtp: str, **more: object) -> Mailbox:
    """Give a connector that reads and sends over TLS, from the first byte or from STARTTLS on."""
    options = {
        "connector": "mail",
        "imap_host": "localhost",
        "imap_port": int(TLS["IMAPS_PORT"] if imap == "tls" else REAL["IMAP_PORT"]),
        "imap_security": imap,
        "smtp_host": "localhost",
        "smtp_port": int(TLS["SMTPS_PORT"] if smtp == "tls" else TLS["SUBMISSION_PORT"]),
        "smtp_security": smtp,
        "username": system.address,
        "password": REAL["PASSWORD"],
        "sender": system.address,
        "ca_file": TLS["CA"],
    }
    system.opened.append(Mailbox(Mailbox.Options(**options | more), Context("mail")))
    return system.opened[-1]


@needs_tls
@pytest.mark.parametrize("imap", ["tls", "starttls"])
@pytest.mark.parametrize("smtp", ["tls", "starttls"])
def test_mail_is_read_and_answered_over_tls(mailbox: MailSystem, imap: str, smtp: str) -> None:
    thread = mailbox.write("\u8bf4\u597d\u4e09\u5929\u5230\u8d27\u3002", "Late")
    source = secured(mailbox, imap, smtp)
    assert all(line.ok for line in source.check())
    assert Shelf().pull(source).texts() == {thread: ["\u8bf4\u597d\u4e09\u5929\u5230\u8d27\u3002"]}
    receipt = source.push(action("reply", thread, text="\u5bf9\u4e0d\u8d77\u3002"))
    mailbox.wait_for(receipt.external_id, mailbox.customer)


@needs_tls
def test_a_certificate_that_cannot_be_checked_stops_before_the_login(mailbox: MailSystem) -> None:
    with pytest.raises(Fatal, match=r"(?i)certificate|tls"):
        Shelf().pull(secured(mailbox, "tls", "tls", ca_file=None), attempts=1)
