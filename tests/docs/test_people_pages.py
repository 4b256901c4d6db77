"""Do the pages about customers and follow-ups say what the program takes?"""

import re
import tomllib
from pathlib import Path

import pytest

from feedbackloop.analysis.wording import Wording
from feedbackloop.config import from_dict

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("customers.md", "follow-ups.md")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.S)


@pytest.mark.parametrize("page", PAGES)
def test_every_config_shown_is_taken(page: str) -> None:
    shown = blocks(page, "toml")
    assert shown
    for block in shown:
        assert from_dict(tomllib.loads(block))


def test_the_template_shown_is_taken(tmp_path: Path) -> None:
    (block,) = blocks("follow-ups.md", "jinja")
    (tmp_path / "follow_up.en.j2").write_text(block, encoding="utf-8")
    names = (
        "trigger",
        "manner",
        "subject",
        "words",
        "wrote_on",
        "gap_type",
        "done_words",
        "done_on",
        "solved_on",
        "due",
    )
    values = dict.fromkeys((*names, "task", "team", "task_due", "task_done"), "") | {"facts": (), "is_closed": False}
    assert Wording(tmp_path).blocks("follow_up", "en", values | {"name": "Anna"})["greeting"] == "Good day Anna,"


def test_every_file_name_shown_ships() -> None:
    shown = set(
        re.findall(r"`((?:follow_up|note|task)\.\w\w\.j2)`", (DOCS / "follow-ups.md").read_text(encoding="utf-8"))
    )
    ships = {path.name for path in (DOCS.parent / "feedbackloop" / "templates").glob("*.j2")}
    assert shown == ships
