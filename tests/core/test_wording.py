"""Templates: the operator's blocks win, faults are named, and nothing in them can reach out."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feedbackloop.analysis.tasks_evidence import Evidence
from feedbackloop.analysis.tasks_text import Frame, task_text
from feedbackloop.analysis.wording import ForgivingWording, Wording, language_of, template_faults, wording
from feedbackloop.analysis.wording_figures import Language
from feedbackloop.errors import ConfigError
from feedbackloop.records import Finding

NOTE = {"gaps": [], "promises": [], "words": [], "open_promises": [], "link": ""}


def own(folder: Path, text: str, name: str = "note.en.j2") -> Wording:
    (folder / name).write_text(text, encoding="utf-8")
    return Wording(folder)


def test_an_operator_s_block_wins_and_the_others_stay(tmp_path: Path) -> None:
    blocks = own(tmp_path, "{% block head %}For the agent{% endblock %}").blocks("note", "en", {**NOTE, "link": "x"})
    assert (blocks["head"], blocks["more"]) == ("For the agent", "More: x")


def test_a_shipped_block_that_shows_another_shows_the_operator_s(tmp_path: Path) -> None:
    finding = Finding(
        id="f", group={}, week="2026-W45", items=10, shortfalls=5, share=0.5, share_low=0.2, share_high=0.8
    )
    frame = Frame("Logistics", "en", datetime(2026, 11, 22, tzinfo=UTC), UTC)
    templates = own(tmp_path, "{% block metric %}Fewer than {{ target }}.{% endblock %}", "task.en.j2")
    body = task_text(finding, Evidence(), frame, templates=templates).body
    assert "Fewer than 25 %. Counting starts" in body  # half of 50 %, since there is no baseline


def test_the_other_language_stays_as_shipped(tmp_path: Path) -> None:
    blocks = own(tmp_path, "{% block head %}For the agent{% endblock %}").blocks("note", "zh", NOTE)
    assert blocks["head"] == "期望与实际（feedbackloop 内部备注）"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{% block head %}{{ nobody_knows_this }}{% endblock %}", "nobody_knows_this"),
        ("{% block head %}\n{% if %}{% endblock %}", "line 2"),
        ("{% block head %}{{ ''.__class__.__mro__ }}{% endblock %}", "unsafe"),
        ("{% block head %}{{ gaps.append(1) }}{% endblock %}", "append"),
        ("{% block head %}{{ 1 / 0 }}{% endblock %}", "division by zero"),
        ("{% block head %}{{ self.head() }}{% endblock %}", "recursion"),
        ("{% block head %}{% for n in range(10 ** 9) %}x{% endfor %}{% endblock %}", "Range too big"),
        ("{% block head %}{% include '/etc/passwd' %}{% endblock %}", "/etc/passwd"),
        ("{% block haed %}x{% endblock %}", "the blocks are head, gaps"),
        ("{% block head %}\n\n{{ nobody_knows_this }}{% endblock %}", "line 3"),  # found only when it runs
        ("{% block head %}{{ 10 ** 10 }}{% endblock %}", "no power above"),
        ("{% block head %}{{ 'x' * 999999999 }}{% endblock %}", "* is for numbers"),
        ("{% block head %}{% for n in range(9999) %}for ever {% endfor %}{% endblock %}", "more than 20000 characters"),
    ],
)
def test_a_faulty_or_nosy_template_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=r"note\.en\.j2") as caught:
        own(tmp_path, text).blocks("note", "en", NOTE)
    assert said in str(caught.value)


def test_a_template_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "note.en.j2").write_bytes(b"{% block head %}\xff{% endblock %}")
    with pytest.raises(ConfigError, match=r"note\.en\.j2"):
        Wording(tmp_path).blocks("note", "en", NOTE)


def test_blank_lines_and_blanks_at_line_ends_do_not_pile_up(tmp_path: Path) -> None:
    blocks = own(tmp_path, "{% block head %}\n\na  \n\n\n\nb\n\n{% endblock %}").blocks("note", "en", NOTE)
    assert blocks["head"] == "a\n\nb"


def test_a_forgiving_one_names_the_fault_once_and_uses_what_ships(tmp_path: Path) -> None:
    (tmp_path / "note.en.j2").write_text("{% block head %}\n{{ nobody }}{% endblock %}", encoding="utf-8")
    templates = ForgivingWording(tmp_path)
    for _ in range(3):
        assert templates.blocks("note", "en", NOTE)["head"].startswith("Expectation and experience")
    (fault,) = templates.take_faults()
    assert f"{tmp_path / 'note.en.j2'}, line 2: 'nobody' is undefined" in fault
    assert templates.take_faults() == []
    (tmp_path / "note.en.j2").write_text("{% block head %}Mended{% endblock %}", encoding="utf-8")
    os.utime(tmp_path / "note.en.j2", (1, 1))  # another time than before, whatever the clock's grain
    assert templates.blocks("note", "en", NOTE)["head"] == "Mended"


def test_a_missing_folder_is_named_and_nothing_stops(tmp_path: Path) -> None:
    templates = ForgivingWording(tmp_path / "gone")
    assert templates.blocks("note", "en", NOTE)["head"]
    assert "there is no folder" in templates.take_faults()[0]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("note.en.j2", "{% block head %}fine{% endblock %}", None),
        ("note.en.j2", "{% block head %}\n{% if %}{% endblock %}", "line 2"),
        ("note.en.j2", "{% block haed %}{% endblock %}", "'haed' that nothing shows"),
        ("followup.en.j2", "", "is not one of follow_up.en.j2, follow_up.zh.j2"),
    ],
)
def test_faults_are_found_without_running(tmp_path: Path, name: str, text: str, said: str | None) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = template_faults(tmp_path)
    assert found == {} if said is None else said in found[name]


def test_templates_of_a_folder_are_read_once(tmp_path: Path) -> None:
    assert wording() is wording()
    assert wording(tmp_path) is wording(tmp_path) is not wording()


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("en", "en"),
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("EN_us", "en"),
        ("de", None),
        ("und", None),
        ("", None),
        ("zhuang", None),
    ],
)
def test_languages_are_known_by_code_or_locale(code: str, language: Language | None) -> None:
    assert language_of(code) == language
