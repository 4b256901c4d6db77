"""Does the mail connector tell people from machines, keep headers its own, and send a mail at most once?"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedbackloop.connector import Context
from feedbackloop.errors import Skippable, UnknownOutcome
from feedbackloop.testing.makers import action
from feedbackloop_connectors.mail.account import Account
from feedbackloop_connectors.mail.cursor import Cursor
from feedbackloop_connectors.mail.letters import Letter, read_letter
from feedbackloop_connectors.mail.options import MailOptions
from feedbackloop_connectors.mail.sending import compose, message_id
from feedbackloop_connectors.mail.threads import build_item
from feedbackloop_connectors.mail.writing import Writer

ARRIVED = datetime(2026, 11, 21, 21, 30, tzinfo=UTC)
PLAIN = "From: Wanda <wanda@home.test>\nMessage-ID: <m1@home.test>\nSubject: Late\n"
REPORT = """From: Mail Delivery System <Mailer-Daemon@mail.test>
Message-ID: <dsn@mail.test>
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

A message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.test

Final-Recipient: rfc822; wanda@home.test
Action: {action}
Status: {status}

--b
Content-Type: text/rfc822-headers

Message-ID: <feedbackloop.1@shop.test>
References: <m1@home.test>

--b--
"""


def letter(headers: str = PLAIN, body: str = "Hello", **more: str) -> Letter:
    head = headers + "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in more.items())
    return read_letter(f"{head}\n{body}\n".encode(), ARRIVED, "INBOX-7")


def options(**more: Any) -> MailOptions:
    fields = {"imap_host": "mail.test", "smtp_host": "mail.test", "username": "desk", "password": "mail-secret"}
    return MailOptions(connector="mail", sender="Desk <desk@shop.test>", **fields | more)


@pytest.mark.parametrize(
    ("headers", "is_automatic"),
    [
        ({}, False),
        ({"Auto_Submitted": "no"}, False),
        ({"Auto_Submitted": "auto-replied"}, True),
        ({"Auto_Submitted": "Auto-Generated; owner-email=x@y.test"}, True),
        ({"Precedence": "bulk"}, True),
        ({"Precedence": "first-class"}, False),
        ({"X_Autoreply": "yes"}, True),
        ({"List_Id": "<news.shop.test>"}, True),
        ({"Return_Path": "<>"}, True),
    ],
)
def test_machines_are_known_by_their_headers(headers: dict[str, str], is_automatic: bool) -> None:
    assert letter(**headers).is_automatic is is_automatic


@pytest.mark.parametrize(
    ("headers", "root"),
    [
        ({}, "m1@home.test"),
        ({"References": "<a@x.test> <b@x.test>", "In_Reply_To": "<b@x.test>"}, "a@x.test"),
        ({"In_Reply_To": "<b@x.test>"}, "b@x.test"),
        # what people's programs put there besides
        ({"In_Reply_To": "your mail of Monday <b@x.test>"}, "b@x.test"),
        ({"References": "nothing of use"}, "m1@home.test"),
    ],
)
def test_a_thread_is_named_by_the_mail_that_it_goes_back_to(headers: dict[str, str], root: str) -> None:
    assert letter(**headers).root == root


def test_a_mail_without_message_id_is_named_by_its_place() -> None:
    assert letter("From: wanda@home.test\n").id == "INBOX-7"


@pytest.mark.parametrize(
    ("word", "status", "undelivered"),
    [("failed", "5.1.1", "5.1.1"), ("delayed", "4.2.0", None), ("delivered", "2.0.0", None)],
)
def test_only_a_report_of_failure_makes_a_customer_unreachable(word: str, status: str, undelivered: str | None) -> None:
    report = read_letter(REPORT.format(action=word, status=status).encode(), ARRIVED, "x")
    assert report.undelivered == undelivered and report.is_automatic
    if undelivered:
        item = build_item("m1@home.test", [letter(), report], [], options())
        assert report.root == "m1@home.test" and item is not None
        assert item.customer.tags == ("unreachable",) and item.fields == {"unreachable": "5.1.1"}


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        ("Sat, 21 Nov 2026 20:00:00 +0000", datetime(2026, 11, 21, 20, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 20:00:00 -0500", ARRIVED),  # 01:00 of the next day: later than it arrived
        ("Thu, 01 Jan 1970 00:00:00 +0000", ARRIVED),
        ("Fri, 01 Jan 9999 00:00:00 -2300", ARRIVED),
        ("yesterday", ARRIVED),
    ],
)
def test_a_time_that_cannot_be_is_not_believed(said: str, believed: datetime) -> None:
    assert letter(Date=said).at == believed


@pytest.mark.parametrize("charset", ["no-such-charset", "utf-8", "us-ascii"])
def test_a_broken_character_set_loses_no_mail(charset: str) -> None:
    raw = (
        PLAIN.encode()
        + f"Content-Type: text/plain; charset={charset}\n\n".encode()
        + "到货 \ud800".encode(errors="surrogatepass")
    )
    assert read_letter(raw, ARRIVED, "x").text


@given(st.binary(max_size=300))
def test_any_bytes_are_a_letter(raw: bytes) -> None:
    assert read_letter(raw, ARRIVED, "INBOX-1").root


def test_a_thread_of_machines_alone_is_no_feedback() -> None:
    assert build_item("m1@home.test", [letter(List_Id="<news.shop.test>")], [], options()) is None


def test_agents_are_named_and_the_mailbox_itself_is_one() -> None:
    chosen = options(agents=("@shop.test",))
    assert chosen.is_agent("Anna@Shop.test") and not chosen.is_agent("wanda@home.test")


def test_a_reply_is_marked_for_machines_and_stands_in_its_thread() -> None:
    mail = compose(action("reply", "m1@home.test", text="很抱歉。"), letter(), "Desk <desk@shop.test>", ARRIVED)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["References"] == "<m1@home.test>" and mail["Subject"] == "Re: Late"
    again = read_letter(mail.as_bytes(), ARRIVED, "x")
    assert (again.text, again.is_own, again.root) == ("很抱歉。", True, "m1@home.test")


@pytest.mark.parametrize(
    "subject", ["=?UTF-8?Q?=0A?=Bcc: x@example.org", "a\nBcc: x@example.org", "=?utf-8?q?a=0d=0aBcc:_x?="]
)
def test_a_subject_cannot_bring_a_header_along(subject: str) -> None:
    hostile = Letter("m1@home.test", "m1@home.test", "wanda@home.test", "", subject, ARRIVED, "")
    raw = compose(action("reply"), hostile, "desk@shop.test", ARRIVED).as_bytes()
    assert not any(line.lower().startswith(b"bcc") for line in raw.splitlines())


@pytest.mark.parametrize("sender", ["", "nobody", "a@b.test\nBcc: c@d.test", "a b@c.test"])
def test_mail_goes_only_to_what_is_an_address(sender: str) -> None:
    hostile = Letter("m1@home.test", "m1@home.test", sender, "", "Late", ARRIVED, "")
    with pytest.raises(Skippable):
        compose(action("reply"), hostile, "desk@shop.test", ARRIVED)


def test_one_action_has_one_message_id() -> None:
    assert (
        message_id("k", "desk@shop.test")
        == message_id("k", "Desk <desk@shop.test>")
        != message_id("l", "desk@shop.test")
    )


def test_a_password_is_not_sent_in_the_clear() -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        options(imap_security="none")
    options(imap_security="none", imap_host="127.0.0.1")


def test_a_cursor_says_where_each_folder_stands() -> None:
    cursor = Cursor().at("INBOX", 7, 12).at("Archive", 8, 3)
    assert Cursor.read(str(cursor)) == cursor
    assert Cursor.read('{"folders": 3}') == Cursor()


class Folders:
    """What the writer asks of an IMAP server, over lists: folder -> messages with their flags."""

    def __init__(self, inbox: list[Letter]) -> None:
        self.held: dict[str, list[tuple[Letter, set[str]]]] = {"INBOX": [(one, set()) for one in inbox], "Sent": []}
        self.open = "INBOX"
        self.calls = 0

    def select(self, folder: str) -> int:
        self.open = folder
        return 1

    def has(self, folder: str) -> bool:
        self.open = folder
        return folder in self.held

    def in_thread(self, root: str) -> list[int]:
        return [uid for uid, (one, _) in enumerate(self.held[self.open]) if root in (one.root, one.id)]

    def letters(self, folder: str, uids: list[int]) -> list[tuple[int, Letter, frozenset[str]]]:
        return [(uid, self.held[folder][uid][0], frozenset(self.held[folder][uid][1])) for uid in uids]

    def append(self, folder: str, raw: bytes, flags: str) -> None:
        self.held[folder].append((read_letter(raw, ARRIVED, "Sent-0"), set(flags.strip("()").split())))

    def add_flags(self, uids: list[int], flags: list[str], sign: str = "+") -> None:
        for uid in uids:
            held = self.held[self.open][uid][1]
            held.symmetric_difference_update(held & set(flags) if sign == "-" else set(flags) - held)

    def expunge(self, uids: list[int]) -> None:
        self.held[self.open] = [one for uid, one in enumerate(self.held[self.open]) if uid not in uids]


class Post:
    """A mail server that answers each mail with one outcome; None: it takes it."""

    def __init__(self, outcome: Exception | None) -> None:
        self.outcome = outcome
        self.asked: list[EmailMessage] = []

    def send(self, mail: EmailMessage) -> None:
        self.asked.append(mail)
        if self.outcome:
            raise self.outcome


def writer(outcome: Exception | None = None) -> tuple[Writer, Folders, Post]:
    account = Account(options(), Context("mail"))
    folders, post = Folders([letter()]), Post(outcome)
    account.imap, account.smtp = folders, post  # type: ignore[assignment]
    return Writer(account), folders, post


def test_a_copy_of_what_was_sent_is_found_and_nothing_is_sent_twice() -> None:
    desk, folders, post = writer()
    receipt = desk.push(action("reply", "m1@home.test"))
    assert [flags for _, flags in folders.held["Sent"]] == [{"\\Seen"}]  # no draft any more
    assert desk.push(action("reply", "m1@home.test")) == receipt and len(post.asked) == 1


def test_a_mail_that_may_have_gone_out_stays_a_draft_and_is_not_sent_again() -> None:
    desk, folders, post = writer(UnknownOutcome("the SMTP server broke off"))
    for _ in range(2):  # the first attempt lost its answer; the second one finds the draft
        with pytest.raises(UnknownOutcome):
            desk.push(action("reply", "m1@home.test"))
    assert len(post.asked) == 1 and [flags for _, flags in folders.held["Sent"]] == [{"\\Seen", "\\Draft"}]
    with pytest.raises(NotImplementedError):
        desk.find(action("reply", "m1@home.test"))


def test_a_mail_that_was_refused_leaves_no_copy_and_may_be_sent_later() -> None:
    desk, folders, post = writer(Skippable("550 no such user"))
    with pytest.raises(Skippable):
        desk.push(action("reply", "m1@home.test"))
    assert not folders.held["Sent"] and desk.find(action("reply", "m1@home.test")) is None
    post.outcome = None
    assert desk.push(action("reply", "m1@home.test")).external_id and len(post.asked) == 2
