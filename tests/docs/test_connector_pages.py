"""Are the configs and lines shown on the pages of described sources and of files valid?"""

from __future__ import annotations

import json
import re
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from feedbackloop import config
from feedbackloop.starting import option_lines
from feedbackloop_connectors.files import register_connectors
from feedbackloop_connectors.singer.connector import Singer
from feedbackloop_connectors.webhook.connector import Webhook

FOLDER = Path(__file__).parents[2] / "docs" / "connectors"
SHOWS_ANOTHER = {"rest", "singer", "webhook"}
"""Sources whose pages show them over some other system, whose name stands in the secret's."""
ONE_SYSTEM = {
    one.name: one
    for place in entry_points(group="feedbackloop")
    if place.value.startswith("feedbackloop_connectors.")
    for one in place.load().register_connectors()
    if one.name not in SHOWS_ANOTHER
}
CONNECTORS = {connector.name: connector for connector in (*register_connectors(), Singer, Webhook)}


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)\n```", (FOLDER / f"{name}.md").read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_config_on_the_page_is_valid(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = blocks(name, "toml")
    assert shown
    monkeypatch.setenv("GITHUB_TOKEN", "g")
    monkeypatch.setenv("TYPEFORM_WEBHOOK_SECRET", "t")
    for text in shown:
        path = tmp_path / "feedbackloop.toml"
        path.write_text(text, encoding="utf-8")
        for source, section in config.load(path).sources.items():
            assert section["connector"] == name
            assert config.validate_options(CONNECTORS[name].Options, section, f"sources.{source}")


@pytest.mark.parametrize("name", CONNECTORS)
def test_every_option_is_on_the_page(name: str) -> None:
    page = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    missing = [option for option in CONNECTORS[name].Options.model_fields if f"`{option}`" not in page]
    assert missing in ([], ["connector"])


def test_the_lines_of_the_actions_file_are_json() -> None:
    kinds = [json.loads(text)["kind"] for text in blocks("jsonl", "json")]
    assert kinds == ["task", "task_status"]


@pytest.mark.parametrize("name", sorted(ONE_SYSTEM))
def test_a_secret_is_named_on_the_page_as_init_names_it(name: str) -> None:
    """Else what the page says to export is not what the config made by `init` reads."""
    variable = re.compile(r'\w+ = \{ env = "\w+" \}')
    shown = {line for text in blocks(name, "toml") for line in variable.findall(text)}
    made = set(variable.findall("\n".join(option_lines(ONE_SYSTEM[name]))))
    assert shown <= made
