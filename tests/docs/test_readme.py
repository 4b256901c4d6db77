"""Is what the README and the docs say still so: their commands, their links, the tests behind the promises?"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from feedbackloop.cli import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").rglob("*.md"))]
PROMISES = tomllib.loads((ROOT / "docs" / "promises.toml").read_text(encoding="utf-8"))
LATER = {"serve"}
"""Commands of the contract that are not built yet: no page may promise them."""


def command_of(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```sh\n(.+?)\n```", README, re.DOTALL)
    assert found, f"the README has no command marked {mark!r}"
    return found[1]


@pytest.mark.parametrize("mark", ["main job", "tests"])
def test_each_of_the_two_commands_is_one_line_that_makes_its_own_environment(mark: str) -> None:
    command = command_of(mark)
    assert "\n" not in command
    assert command.startswith("python3 -m venv .venv && ")
    # An externally managed Python refuses any other pip than the environment's own.
    assert all(step.startswith((".venv/bin/", "python3 -m venv ")) for step in command.split(" && "))


def test_ci_runs_the_readmes_test_command_to_the_letter() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert command_of("tests") in script.splitlines()
    assert "set -euo pipefail" in script


def test_ci_can_be_executed() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_ci_calls_every_environment_of_tox_but_the_tests_themselves() -> None:
    environments = re.search(r"env_list = (.+)", (ROOT / "tox.ini").read_text(encoding="utf-8"))
    called = re.search(r"tox run .*-e (\S+)", (ROOT / ".ci" / "run").read_text(encoding="utf-8"))
    assert environments
    assert called
    wanted = {name.strip() for name in environments[1].split(",")}
    assert set(called[1].split(",")) == {name for name in wanted if not name.startswith("py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"(?:^|[`/] ?)feedbackloop (?:--?\w+ )*([a-z][a-z-]+)", page.read_text(encoding="utf-8"), re.M)
    assert set(named) <= set(COMMANDS), f"{page.name} names {set(named) - set(COMMANDS)}"
    assert not set(named) & LATER


def test_there_are_twelve_promises_and_each_names_tests() -> None:
    assert list(PROMISES) == [f"P{number}" for number in range(1, 13)]
    assert [name for name, one in PROMISES.items() if not one["tests"]] == []


@pytest.mark.parametrize("name", PROMISES)
def test_every_test_that_is_said_to_hold_a_promise_exists(name: str) -> None:
    for test in PROMISES[name]["tests"]:
        path, _, function = test.partition("::")
        source = (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else ""
        assert re.search(rf"^    ?.*def {function}\(|^def {function}\(", source, re.M), f"{test} does not exist"


def test_the_readme_states_every_promise() -> None:
    for name, one in PROMISES.items():
        assert f"**{name}** {one['promise']}" in README
