"""Is the message safe, whole and the same every time; do files appear whole?"""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import msgspec
import pytest

from feedbackloop.digest.facts import Facts
from feedbackloop.digest.mail import build, write_files
from feedbackloop.digest.render import Rendered, render
from feedbackloop.errors import UsageError

DATA = Path(__file__).parent / "data"
SENDER = "Feedback loop <loop@example.com>"


def week(language: str = "en", **changes: Any) -> Facts:
    facts = msgspec.json.decode((DATA / f"digest_week_{language}.json").read_bytes(), type=Facts)
    return msgspec.structs.replace(facts, **changes)


def parsed(eml: bytes) -> EmailMessage:
    message = message_from_bytes(eml, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("language", ["en", "zh"])
def test_both_parts_arrive_as_they_were_made(language: str) -> None:
    facts = week(language)
    rendered = render(facts)
    message = parsed(build(facts, rendered, SENDER, ["a@example.com"]).eml)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert message.get_content_type() == "multipart/alternative"
    assert text is not None and html is not None
    assert text.get_content().replace("\r\n", "\n") == rendered.text
    assert html.get_content().replace("\r\n", "\n").rstrip("\n") == rendered.html.rstrip("\n")
    assert message["Subject"] == rendered.subject


def test_the_same_digest_is_the_same_bytes() -> None:
    facts = week("zh")
    assert build(facts, render(facts), SENDER, ["a@example.com"]) == build(
        facts, render(facts), SENDER, ["a@example.com"]
    )


def test_one_week_and_team_is_one_message_id_whatever_it_says() -> None:
    plain = Rendered("s", "<p>h</p>", "t")
    first = parsed(build(week(), plain, SENDER, []).eml)["Message-ID"]
    assert parsed(build(week(items=1), Rendered("x", "y", "z"), SENDER, ["a@b.example"]).eml)["Message-ID"] == first
    others = [week(team="Logistics"), week(week="2026-W48")]
    assert len({first, *(parsed(build(other, plain, SENDER, []).eml)["Message-ID"] for other in others)}) == 3


def test_the_mails_of_one_week_are_one_thread_and_those_of_the_next_another() -> None:
    plain = Rendered("s", "<p>h</p>", "t")
    weeks = [week(), week(team="Logistics"), week(week="2026-W48")]
    first, team, later = (parsed(build(one, plain, SENDER, []).eml)["References"] for one in weeks)
    assert first == team != later


def test_machines_are_told_not_to_answer() -> None:
    message = parsed(build(week(), render(week()), SENDER, ["a@example.com", "B <b@example.com>"]).eml)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Id"] == "<feedbackloop-digest.example.com>"
    assert message["List-Unsubscribe"] == "<mailto:loop@example.com?subject=unsubscribe>"
    assert message["Date"] == "Mon, 23 Nov 2026 07:00:00 +0000"
    assert message["To"] == "a@example.com, B <b@example.com>"


@pytest.mark.parametrize(
    "subject",
    ["=?UTF-8?Q?=0A?=Bcc: x@example.org", "x\r\nBcc: x@example.org", "x\nBcc: x@example.org", "=?utf-8?b?CkJjYzo=?= x"],
)
def test_no_subject_makes_a_header_of_its_own(subject: str) -> None:
    raw = build(week(), Rendered(subject, "h", "t"), SENDER, ["a@example.com"]).eml
    head = raw.split(b"\r\n\r\n")[0]
    assert b"\r\nBcc" not in head and b"\nBcc" not in head
    assert parsed(raw)["Bcc"] is None
    assert "\n" not in parsed(raw)["Subject"]


def test_lines_stay_within_what_mail_allows() -> None:
    raw = build(week("zh"), render(week("zh")), SENDER, ["a@example.com"]).eml
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert raw.isascii()


@pytest.mark.parametrize("address", ["nobody", "a@b@c", "x\nBcc: y@example.org", "", "<>", "ü@example.com"])
def test_what_is_no_address_is_refused_with_its_place(address: str) -> None:
    with pytest.raises(UsageError, match=r"teams\.email"):
        build(week(), Rendered("s", "h", "t"), SENDER, [address])


def test_files_are_the_html_and_its_twins(tmp_path: Path) -> None:
    rendered = Rendered("s", "<p>页面</p>", "文本")
    files = write_files(rendered, tmp_path / "w47.html", b"eml")
    assert [file.name for file in files] == ["w47.html", "w47.txt", "w47.eml"]
    assert [file.read_bytes() for file in files] == ["<p>页面</p>".encode(), "文本".encode(), b"eml"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w47.eml", "w47.html", "w47.txt"]


def test_without_twins_only_the_html_is_written(tmp_path: Path) -> None:
    assert write_files(Rendered("s", "h", "t"), tmp_path / "w.html") == [tmp_path / "w.html"]


def test_a_missing_folder_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"w\.html: the digest cannot be written there: No such file"):
        write_files(Rendered("s", "h", "t"), tmp_path / "missing" / "w.html")
    assert list(tmp_path.iterdir()) == []
