"""Can somebody who knows nothing yet fill in the config that `init` writes?"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import EntryPoint, entry_points
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import BaseModel, Field, SecretStr

from feedbackloop import config
from feedbackloop.connector import Connector, SourceOptions
from feedbackloop.starting import config_text, option_lines


class DeskOptions(SourceOptions):
    base_url: str = Field(description="where it is")
    email: str | None = Field(None, description="of the agent")
    api_token: SecretStr | None = Field(None, description="needs email")
    oauth_token: SecretStr | None = Field(None, description="instead of both")
    page_size: int = 100


class Desk(Connector[DeskOptions]):
    name: ClassVar[str] = "desk"
    Options: ClassVar[type[SourceOptions]] = DeskOptions


class Notes(Connector[SourceOptions]):
    name: ClassVar[str] = "notes"


def opened(connector: type[Connector[SourceOptions]]) -> list[str]:
    return [match[0] for line in option_lines(connector) if (match := re.match(r"\w+(?= = )", line))]


def test_open_are_what_is_required_and_one_way_to_log_in() -> None:
    assert opened(Desk) == ["base_url", "email", "api_token"]  # type: ignore[arg-type]


def test_every_other_option_stands_there_commented_out_with_its_meaning() -> None:
    lines = list(option_lines(Desk))  # type: ignore[arg-type]
    assert '# oauth_token = { env = "DESK_OAUTH_TOKEN" }  # instead of both' in lines
    assert "# page_size = 100" in lines


def test_a_source_without_secrets_opens_no_login() -> None:
    assert opened(Notes) == []


class Listing(BaseModel):
    path: str = Field(description="of the list", examples=["/tickets"])
    rows: str = "@"


class Described(SourceOptions):
    list: Listing = Field(description="how rows are listed")
    one: Listing | None = Field(None, description="how one is read")
    also: tuple[Listing, ...] = Field((), description="more calls")
    item: dict[str, str] = Field(description="the mapping", examples=[{"id": "id", "customer.id": "who.id"}])
    values: dict[str, str] = Field({}, description="words")


class AnyDesk(Connector[Described]):
    name: ClassVar[str] = "any"
    Options: ClassVar[type[SourceOptions]] = Described


def test_tables_are_tables_and_the_whole_is_what_toml_reads() -> None:
    text = "\n".join(["[sources.support]", 'connector = "any"', *option_lines(AnyDesk)])  # type: ignore[arg-type]
    assert tomllib.loads(text)["sources"]["support"] == {
        "connector": "any",
        "list": {"path": "/tickets"},
        "item": {"id": "id", "customer": {"id": "who.id"}},
    }
    assert "# [sources.support.one]  # how one is read" in text
    assert "# [[sources.support.also]]  # more calls" in text
    assert "# values = {}  # words" in text


@pytest.mark.parametrize("entry", entry_points(group="feedbackloop"), ids=lambda entry: entry.name)
def test_what_init_writes_for_each_connector_is_valid_but_for_what_is_to_be_filled_in(
    entry: EntryPoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = getattr(entry.load(), "register_connectors", list)
    for connector in register():
        path = tmp_path / f"{connector.name}.toml"
        path.write_text(config_text(connector, files("feedbackloop") / "templates"), encoding="utf-8")
        for variable in re.findall(r'env = "(\w+)"', path.read_text(encoding="utf-8")):
            monkeypatch.setenv(variable, "x")
        section = config.load(path).sources["support"]
        assert section["connector"] == connector.name
        unknown = set(section) - set(connector.Options.model_fields)
        assert not unknown
