"""A mail made from words of outside has the headers we gave it, and no others."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from feedbackloop.errors import UsageError
from feedbackloop.letters import follow_up_mail

NOW = datetime(2026, 11, 4, 12, tzinfo=UTC)


def mail(**changes: Any) -> EmailMessage:
    fields = {"subject": "Late", "language": "en", "sender": "Shop <hi@shop.example>", "to": "a@b.example", "at": NOW}
    made = follow_up_mail(changes.pop("key", "k"), changes.pop("text", "We are sorry."), **(fields | changes))
    message = message_from_bytes(made.eml, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert made.to == (message["To"].addresses[0].addr_spec,)
    return message


@pytest.mark.parametrize(
    "subject",
    ["=?UTF-8?Q?=0A?=Bcc: x@example.org", "Late\r\nBcc: x@example.org", "Late\n\nBcc: x@example.org", "\x00\u202eLate"],
)
def test_a_subject_cannot_break_out_of_its_header(subject: str) -> None:
    message = mail(subject=subject)
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Re: ")
    assert message.get_content().strip() == "We are sorry."


@pytest.mark.parametrize(
    ("subject", "language", "shown"),
    [
        ("Late", "en", "Re: Late"),
        (None, "en", "About your feedback"),
        ("  ", "zh", "关于您的反馈"),
        (None, "fr", "About your feedback"),
    ],
)
def test_without_a_subject_of_theirs_it_is_about_their_feedback(subject: str | None, language: str, shown: str) -> None:
    assert mail(subject=subject, language=language)["Subject"] == shown


def test_the_same_key_is_the_same_message_and_another_key_another() -> None:
    ids = [mail(key=key, text=text)["Message-ID"] for key, text in (("a", "x"), ("a", "y"), ("b", "x"))]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)


def test_machines_are_told_not_to_answer() -> None:
    message = mail()
    assert (message["Auto-Submitted"], message["X-Auto-Response-Suppress"]) == ("auto-generated", "All")


@pytest.mark.parametrize("text", ["非常抱歉，我们会改进。", "Größe: 5 €, 🫖", "lone \ud800 surrogate", "a\n" * 500])
def test_words_arrive_as_they_were(text: str) -> None:
    arrived = mail(text=text).get_content().replace("\r\n", "\n").strip()
    assert arrived == text.encode("utf-8", "replace").decode().strip()


@pytest.mark.parametrize(
    "to", ["", "nobody", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example", "<a b@c.example>"]
)
def test_what_is_no_single_address_is_refused(to: str) -> None:
    with pytest.raises(UsageError, match="the customer's address"):
        mail(to=to)
