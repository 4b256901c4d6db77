"""Does `new-connector` write a project that installs beside this one and keeps the contract at once?"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from pathlib import Path

import pytest

from described_desk import DESK
from feedbackloop.cli.new_connector import PROJECT, write_project
from file_desk import Typed
from projects import installed, pytest_says, run

ROOT = Path(__file__).parents[2]


def test_it_writes_every_file_and_says_what_comes_next(typed: Typed) -> None:
    done = typed("new-connector", "my-desk")

    assert done.code == 0
    assert "cd feedbackloop-my-desk && pip install -e . && pytest" in done.out
    written = {
        path.relative_to("feedbackloop-my-desk") for path in Path("feedbackloop-my-desk").rglob("*") if path.is_file()
    }
    assert written == {Path(name.format(package="feedbackloop_my_desk")) for name in PROJECT}


def test_the_json_document_names_the_files(typed: Typed) -> None:
    document = json.loads(typed("--json", "new-connector", "mydesk", "there").out)

    assert document["ok"] is True
    assert "there/pyproject.toml" in document["files"]
    assert all(Path(name).exists() for name in document["files"])


def test_nothing_of_the_templates_language_is_left_over(tmp_path: Path) -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in write_project("my_desk2", tmp_path)}

    plain = {path.name: text.replace("${{ matrix.python }}", "") for path, text in texts.items()}
    marks = [(name, mark) for name, text in plain.items() for mark in ("{%", "{#", "{{ ", " }}") if mark in text]
    assert marks == []
    assert tomllib.loads(texts[tmp_path / "pyproject.toml"])["project"]["name"] == "feedbackloop-my_desk2"
    assert "class MyDesk2(Connector[MyDesk2Options])" in texts[tmp_path / "src/feedbackloop_my_desk2/connector.py"]


def test_a_file_that_stands_there_stays_and_nothing_is_written_beside_it(typed: Typed) -> None:
    readme = Path("feedbackloop-mydesk/README.md")
    readme.parent.mkdir()
    readme.write_text("mine", encoding="utf-8")

    done = typed("new-connector", "mydesk")

    assert (done.code, readme.read_text(encoding="utf-8")) == (2, "mine")
    assert "feedbackloop-mydesk/README.md exists already" in done.err
    assert list(readme.parent.iterdir()) == [readme]


def test_a_folder_with_other_files_in_it_is_used(typed: Typed) -> None:
    Path("desk/.git").mkdir(parents=True)
    assert typed("new-connector", "mydesk", "desk").code == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MyDesk", "for example mydesk"),
        ("my desk!", "for example my-desk"),
        ("feedbackloop-mydesk ", "for example mydesk"),
        ("../evil", "for example evil"),
        ("3desk", "for example desk-3desk"),
        ("客服", "for example desk"),
        ("desk-", "for example desk"),
        ("", "for example desk"),
        ("plugins", "taken already"),
    ],
)
def test_a_bad_name_is_explained_and_nothing_is_written(typed: Typed, name: str, said: str) -> None:
    done = typed("new-connector", name)

    assert done.code == 2
    assert said in done.err
    assert list(Path().iterdir()) == []


def lists(python: Path, name: str, folder: Path) -> bool:
    """Say whether the command in that environment knows the connector."""
    done = run([str(python), "-m", "feedbackloop", "--json", "plugins"], folder)
    return name in json.loads(done.stdout)["connectors"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mydesk", "my-other-desk2"])
def test_the_project_installs_is_found_and_keeps_the_contract_at_once(name: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    write_project(name, project)
    python = installed(project, tmp_path / "venv")

    assert re.match(r"\d+ passed, \d+ skipped", pytest_says(python, project))
    assert lists(python, name, tmp_path)


@pytest.mark.slow
def test_the_example_installs_is_found_and_keeps_the_contract(tmp_path: Path) -> None:
    project = tmp_path / "project"
    leftovers = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*cache", "build", "dist")
    shutil.copytree(ROOT / "examples" / "feedbackloop-mydesk", project, ignore=leftovers)
    python = installed(project, tmp_path / "venv")

    assert re.match(r"\d+ passed, \d+ skipped", pytest_says(python, project))
    assert lists(python, "mydesk", tmp_path)


FIXTURES = ROOT.parent / "shared" / "fixtures"
DESCRIBED = {
    "freshdesk": "freshdesk/freshdesk-openapi-apievangelist.yml",
    "github": "github/issues-openapi.json",
    "intercom": "intercom/api.intercom.io-2.14.yaml",
    "zendesk": "zendesk/zendesk-prism.yaml",
}


def test_a_project_from_a_description_keeps_the_contract_at_once(typed: Typed, tmp_path: Path) -> None:
    Path("desk.json").write_text(json.dumps(DESK), encoding="utf-8")

    document = json.loads(typed("--json", "new-connector", "fromdesk", "--from-openapi", "desk.json").out)

    project = Path("feedbackloop-fromdesk").absolute()
    readme = (project / "README.md").read_text(encoding="utf-8")
    assert document["open_points"]
    assert all(point in readme for point in document["open_points"])
    said = pytest_says(installed(project, tmp_path / "home"), project)
    assert re.fullmatch(r"\d+ passed, \d+ skipped in .+", said), said


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("system", DESCRIBED)
def test_a_project_from_a_published_description_keeps_the_contract_at_once(
    typed: Typed, tmp_path: Path, system: str
) -> None:
    path = FIXTURES / DESCRIBED[system]
    if not path.exists():
        pytest.skip(f"there is no description at {path}")

    done = typed("new-connector", f"from-{system}", "--from-openapi", str(path))

    assert done.code == 0, done.err
    project = Path(f"feedbackloop-from-{system}").absolute()
    said = pytest_says(installed(project, tmp_path / "home"), project)
    print(f"\n{system}: {said}")
    assert re.fullmatch(r"\d+ passed, \d+ skipped in .+", said), said


def test_naming_a_list_without_a_description_is_an_error(typed: Typed) -> None:
    done = typed("new-connector", "mydesk", "--list", "/tickets")
    assert (done.code, "belongs to --from-openapi" in done.err) == (2, True)
