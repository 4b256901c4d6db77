"""Does the tutorial lead from an empty folder to the example, with the figures that it names at each step?"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from projects import installed, pytest_says, run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "tutorial-connector.md").read_text(encoding="utf-8")
EXAMPLE = ROOT / "examples" / "feedbackloop-mydesk"
STEPS = re.split(r"^## Step \d+: .+$", PAGE, flags=re.MULTILINE)[1:]
LEFTOVERS = re.compile(r"__pycache__|\.egg-info|\.pytest_cache|\.ruff_cache|\.venv")


def changes(step: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Give file and (old piece, new piece) pairs for each change that a step shows."""
    return [
        (name, [_pieces(hunk) for hunk in body.split("@@\n")[1:]])
        for name, body in re.findall(r"```diff\n--- (\S+)\n\+\+\+ \S+\n(.+?)\n```", step, re.DOTALL)
    ]


def _pieces(hunk: str) -> tuple[str, str]:
    lines = hunk.splitlines()
    return tuple("\n".join(one[1:] for one in lines if not one.startswith(sign)) for sign in "+-")  # type: ignore[return-value]


def change(project: Path, name: str, pieces: list[tuple[str, str]]) -> None:
    """Do one change as a reader would."""
    path = project / name
    text = path.read_text(encoding="utf-8")
    for old, new in pieces:
        assert text.count(old) == 1, f"{name} holds this {text.count(old)} times:\n{old}"
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def figures(step: str) -> str:
    """Give what the page says that pytest says."""
    (said,) = re.findall(r"`pytest`: (\d+ passed, \d+ skipped)", step)
    return str(said)


def files(project: Path) -> dict[str, str]:
    found = (path for path in sorted(project.rglob("*")) if path.is_file() and not LEFTOVERS.search(str(path)))
    return {str(path.relative_to(project)): path.read_text(encoding="utf-8") for path in found}


def test_the_page_has_four_steps_and_every_change_names_a_file_of_the_example() -> None:
    assert len(STEPS) == 4
    named = [name for step in STEPS for name, _ in changes(step)]
    assert len(named) == PAGE.count("```diff") == 6
    assert set(named) <= set(files(EXAMPLE))


@pytest.mark.slow
def test_following_the_page_leads_to_the_example_with_the_figures_it_names(tmp_path: Path) -> None:
    first, second, third, _ = STEPS
    commands = first.partition("```sh\n")[2].partition("\n```")[0].splitlines()
    assert commands == ["feedbackloop new-connector mydesk", "cd feedbackloop-mydesk", "pip install -e . && pytest"]
    done = run([sys.executable, "-m", *commands[0].split()], tmp_path)
    assert done.returncode == 0, done.stderr
    project = tmp_path / "feedbackloop-mydesk"
    python = installed(project, tmp_path / "venv")
    assert pytest_says(python, project).startswith(figures(first))

    *of_the_desk, of_the_connector = changes(second)
    for name, pieces in of_the_desk:
        change(project, name, pieces)
    assert "failed" in pytest_says(python, project)
    change(project, *of_the_connector)
    assert pytest_says(python, project).startswith(figures(second))

    for name, pieces in changes(third):
        change(project, name, pieces)
    assert pytest_says(python, project).startswith(figures(third))
    assert files(project) == files(EXAMPLE)
