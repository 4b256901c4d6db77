"""Can somebody who knows nothing yet fill in the config that `init` writes?"""

from __future__ import annotations

import re
from typing import ClassVar

from pydantic import Field, SecretStr

from feedbackloop.connector import Connector, SourceOptions
from feedbackloop.starting import option_lines


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
