"""The words are the operator's to change: seen before anything is sent, and a fault in them costs nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from file_desk import CONFIG, Typed, pushed, ticket, write

NOW = ("--now", "2026-11-04T09:00:00Z")
LATE = "You promised delivery within 24 hours and it took three days. I am very disappointed."


@pytest.fixture
def templates(tmp_path: Path, desk: Path) -> Path:
    """A desk whose follow-ups go out at once, with a folder of own templates."""
    config = CONFIG.replace("[actions]", '[actions]\nfollow_ups = "auto"\ntemplates = "words"')
    (tmp_path / "feedbackloop.toml").write_text(config, encoding="utf-8")
    write(desk, ticket(1, LATE))
    folder = tmp_path / "words"
    folder.mkdir()
    return folder


def reply(desk: Path) -> str:
    (text,) = (line["text"] for line in pushed(desk) if line["kind"] == "reply")
    return str(text)


def test_an_own_block_is_what_goes_out_and_the_others_stay(typed: Typed, desk: Path, templates: Path) -> None:
    (templates / "follow_up.en.j2").write_text("{% block greeting %}Good day,{% endblock %}", encoding="utf-8")
    assert typed("run", *NOW).code == 0
    assert reply(desk).startswith("Good day,\n\n") and "You wrote on 2 November" in reply(desk)


def test_a_faulty_template_is_named_with_its_line_and_nothing_is_lost(
    typed: Typed, desk: Path, templates: Path
) -> None:
    (templates / "follow_up.en.j2").write_text("{% block greeting %}\nDear {{ nmae }},{% endblock %}", encoding="utf-8")
    (templates / "note.en.j2").write_text("{% block head %}{% if %}{% endblock %}", encoding="utf-8")
    done = typed("run", *NOW, "--json")
    assert done.code == 1
    said = [one["error"] for one in done.json["failures"]]
    assert any("follow_up.en.j2, line 2: 'nmae' is undefined" in one for one in said), said
    assert any("note.en.j2, line 1" in one for one in said) and len(said) == 2
    assert reply(desk).startswith("Hello Wanda,")  # the one that ships
    checked = typed("check", "--json").json["checks"]
    assert [one["name"] for one in checked if not one["ok"] and "template" in one["name"]] == ["template note.en.j2"]


def test_a_preview_shows_the_words_and_writes_nothing(typed: Typed, desk: Path, templates: Path) -> None:
    typed("run", *NOW)
    before = pushed(desk)
    own = templates / "follow_up.en.j2"
    own.write_text("{% block greeting %}Good day,{% endblock %}{% block closing %}ASAP{% endblock %}", encoding="utf-8")
    done = typed("explain", "desk/T-1", "--preview", *NOW)
    assert (
        done.code == 0 and "  Good day," in done.out and "edit first: jargon: ASAP" in done.out and "note:" in done.out
    )
    own.write_text("{% block greeting %}\n\n{{ 1 / 0 }}{% endblock %}", encoding="utf-8")
    faulty = typed("explain", "desk/T-1", "--preview", *NOW)
    assert faulty.code == 1 and "follow_up.en.j2, line 3: division by zero" in faulty.err
    assert "  Hello Wanda," in faulty.out and pushed(desk) == before
    assert typed("explain", "desk/none", "--preview").code == 2


def test_customers_words_cannot_run_in_a_template_nor_leave_their_quotation(
    typed: Typed, desk: Path, templates: Path
) -> None:
    write(desk, ticket(1, LATE.replace("three days", "three days {{ 7 * 7 }} {% raw %} ”</p><script>")))
    (templates / "follow_up.en.j2").write_text("{% block greeting %}{{ words }}{% endblock %}", encoding="utf-8")
    typed("run", *NOW)
    preview = typed("explain", "desk/T-1", "--preview", *NOW)
    assert "49" not in preview.out and "<script>" not in preview.out and "{{" not in preview.out


def test_a_missing_folder_is_named(typed: Typed, desk: Path, templates: Path) -> None:
    templates.rmdir()
    done = typed("run", *NOW)
    assert done.code == 1 and "there is no folder" in done.err + done.out
    assert reply(desk).startswith("Hello Wanda,")
